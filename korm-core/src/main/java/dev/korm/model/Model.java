package dev.korm.model;

import dev.korm.Assignment;
import dev.korm.FieldPath;
import dev.korm.PathException;
import dev.korm.Rn;
import dev.korm.Stored;
import dev.korm.crypto.LayerSealer;
import dev.korm.deletion.SoftDelete;
import dev.korm.file.FileRef;
import dev.korm.model.existing.ExistingRecord;
import dev.korm.model.reference.FileVisitor;
import dev.korm.model.reference.ReferenceEditor;
import dev.korm.model.reference.ReferenceField;
import dev.korm.model.reference.ReferencePolicy;
import dev.korm.model.reference.ReferenceVisitor;
import dev.korm.model.row.Decoder;
import dev.korm.model.row.Encoded;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.TableSchema;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A class whose instances can be items: what its table looks like, how an instance becomes columns and back, and what paths
 * mean in it. Immutable; one for each class.
 *
 * @param <T> the class
 */
public interface Model<T> {
    Class<T> type();

    /** Returns the collection that the record declares. */
    Optional<Stored> home();

    /** Returns the type of the whole item: what a path's first step starts from. */
    Node root();

    /**
     * Returns the table that items like this one need: key, revision, a column for each field (a hidden one for each
     * unique field), indexes. For a record it is the same whatever the data; for a document it has the columns of its
     * values.
     *
     * @param data what is to be stored; null asks for what every item needs
     */
    TableSchema wanted(TableName table, @Nullable T data);

    /** Returns the names of those indexes of {@link #wanted} without which a table that is there can be written: preparing makes them, and no write. */
    default Set<String> deferredIndexes(TableName table) {
        return Set.of();
    }

    /** Returns the names of all fields as paths and messages use them; empty for a document. */
    List<String> fieldNames();

    /**
     * Returns all of an item as columns, for a table as it is. What the data does not name is left to a database that
     * fills it in.
     *
     * @throws dev.korm.ValueException when a value cannot be stored, or does not fit its column; names field and RN
     * @throws dev.korm.SchemaException when a column is of a kind that the field cannot be stored in
     */
    default Encoded encode(T data, TableSchema actual, Rn<?> rn) {
        return encode(data, actual, rn, null);
    }

    /**
     * Works as {@link #encode(Object, TableSchema, Rn)}.
     *
     * @param seals seals the item's secrets; null for data without
     */
    Encoded encode(T data, TableSchema actual, Rn<?> rn, @Nullable LayerSealer seals);

    /** Encodes what was read from a row, to be a row again: what the database generates is left to it. */
    Encoded encodeAgain(T data, TableSchema actual, Rn<?> rn, @Nullable LayerSealer seals);

    /** Encodes only the columns that differ. A field that a document no longer has becomes null. */
    default Encoded encodeChanges(T before, T after, TableSchema actual, Rn<?> rn) {
        return encodeChanges(before, after, actual, rn, null);
    }

    /**
     * Works as {@link #encodeChanges(Object, Object, TableSchema, Rn)}.
     *
     * @param seals seals the item's secrets; null for data without
     */
    Encoded encodeChanges(T before, T after, TableSchema actual, Rn<?> rn, @Nullable LayerSealer seals);

    /**
     * Works as {@link #encodeChanges(Object, Object, TableSchema, Rn, LayerSealer)}.
     *
     * @param replaced top-level fields of a record that are encoded also where they do not differ
     */
    default Encoded encodeChanges(
            T before, T after, Set<String> replaced, TableSchema actual, Rn<?> rn, @Nullable LayerSealer seals) {
        return encodeChanges(before, after, actual, rn, seals);
    }

    /** Returns the top-level fields that differ, by value; an RN differs when its text does. */
    List<String> changedFields(T before, T after);

    /**
     * Encodes top-level fields that are set to constants.
     *
     * @throws dev.korm.PathException when a path is no top-level field
     * @throws dev.korm.ValueException when a value cannot be stored
     */
    Encoded encodeAssignments(Map<FieldPath, ? extends @Nullable Object> values, TableSchema actual);

    /**
     * Returns the value that an assignment gives a top-level field of some data.
     *
     * @throws dev.korm.PathException when there is no such field
     * @throws dev.korm.ValueException when the field has no such value
     */
    @Nullable Object assigned(T data, Assignment assignment);

    /**
     * Returns the column that a top-level field of a record has.
     *
     * @throws dev.korm.PathException when there is none
     */
    default ColumnSchema column(FieldPath field) {
        throw new PathException("The path " + field + " names no field with a type of its own: the items of "
                + type().getSimpleName() + " are not records");
    }

    /** Returns data that wants the columns which assignments need; null where that is what every item needs. */
    default @Nullable T assigned(Map<FieldPath, ? extends @Nullable Object> values) {
        return null;
    }

    /** Warns of what constructors make of null where an item lacks a field, which filters and orders do not see. Calls the constructors. */
    default void warnOfReplacedNulls() {}

    /** Returns the lines that declare a default for fields without a column in a table, where null is no value of theirs; empty for a document. */
    default List<String> missingDefaults(TableSchema actual) {
        return List.of();
    }

    /** Returns the decoder that reads items of a table as it is. Made once and kept, for a record. */
    Decoder<T> decoder(TableSchema actual);

    /**
     * Returns the data with another value at a path; steps through a reference are handed on.
     *
     * @throws dev.korm.PathException when there is no such field, or the path has {@code [*]} or {@code .*}
     * @throws dev.korm.ValueException when the value does not fit
     */
    T set(T data, FieldPath path, @Nullable Object value, ReferenceEditor references);

    /** Returns the data with a change merged in, as {@link dev.korm.Editable#patch} says. */
    T patch(T data, Map<String, ? extends @Nullable Object> change, ReferenceEditor references);

    /**
     * Returns the data with every reference that a path meets replaced by what a visitor makes of it. Where the path
     * goes on after a reference, the visitor is handed the rest of it; the walk itself never leaves this item. {@code
     * [*]} reaches every entry of a list; {@code .*} every field, every value of a map or every entry of a list, but
     * not the references inside a list that is such a value. What the path does not find is passed over. Answers the
     * same instance when the visitor gave back the same references.
     */
    T mapReferences(T data, List<FieldPath.Step> steps, ReferenceVisitor visitor);

    /** Returns the top-level field that a step leads to, where it is a reference itself and no more than that. */
    default Optional<ReferenceField> referenceField(FieldPath.Step step) {
        return Optional.empty();
    }

    /**
     * Returns the data with every reference anywhere in it replaced by what a function makes of it; the same instance
     * likewise.
     */
    T mapAllReferences(T data, UnaryOperator<Rn<?>> change);

    /**
     * Returns the data with every file anywhere in it replaced by what a function makes of it; the same instance
     * likewise. Where the data alone tells what it is, a file that is stored is an RN, and stays one.
     */
    T mapAllFiles(T data, UnaryOperator<FileRef> change);

    /** Shows every file anywhere in the data. */
    void eachFile(T data, FileVisitor visitor);

    /** Returns the columns of a table as it is that can hold files of items of this type. */
    List<ColumnSchema> fileColumns(TableSchema actual);

    /**
     * Shows every file in what one of {@link #fileColumns} holds.
     *
     * @throws dev.korm.ValueException when that is no value of its field
     */
    void eachFile(ColumnSchema column, @Nullable Object stored, FileVisitor visitor);

    /** Returns the data as names and readable texts, in order, for people; secrets are hidden. */
    Map<String, Object> describe(T data);

    /** Compares by value, byte arrays included. */
    boolean sameData(T one, T other);

    /** Returns the policies that the record declares for its references, in the order of the fields. */
    default List<ReferencePolicy> policies() {
        return List.of();
    }

    /**
     * Returns the columns whose values are bound to the layer, namespace, kind or id of their item, and are of no use
     * in another place unless they are decoded in the old one and encoded for the new one.
     */
    default Set<String> boundColumns() {
        return Set.of();
    }

    /** Returns the hidden columns of the fingerprints that keep sealed values unique. */
    default Set<String> sealedKeys() {
        return Set.of();
    }

    /** Returns what the record declares about its deleted items. */
    default Optional<SoftDelete> softDelete() {
        return Optional.empty();
    }

    /** Returns what the record says of its table, where that is one that korm did not make. */
    default Optional<ExistingRecord> existing() {
        return Optional.empty();
    }

    /** Returns the data as it is in a row that has come to a revision: a field that is the row's own revision has it. */
    default T revised(T data, long revision) {
        return data;
    }

    /** Checks the data itself; fails when it is not valid before it is stored, for example null. */
    void check(T data, Rn<?> rn);
}
