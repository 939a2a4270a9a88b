package dev.korm.model;

import dev.korm.FieldPath;
import dev.korm.Normalized;
import dev.korm.codec.text.Article;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.schema.FingerprintKey;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The type of what a path leads to: what its values are, how constants are compared with them, and where further steps
 * lead. {@code Optional} and {@code Unique} are seen through. Immutable.
 */
public interface Node {
    /**
     * Returns the kind of a column of this type, or of a value of this type inside JSON. {@link ColumnKind#JSON} for
     * records, lists, maps; {@link ColumnKind#OTHER} when only the data tells.
     */
    ColumnKind kind();

    /** Returns the type's name for messages, such as {@code int} or {@code List<String>}. */
    String typeName();

    /** Returns the type's name with its article, for sentences such as "age is an int". */
    default String typeNameWithArticle() {
        return Article.with(typeName());
    }

    /** Returns the constant that stands for null, of the class that {@link #kind} names; see {@link dev.korm.Default}. */
    default Optional<Object> absentValue() {
        return Optional.empty();
    }

    /** Returns whether its values have an order. */
    boolean isOrdered();

    /**
     * Returns a constant to be compared with values of this type, of the class that {@link ColumnKind} names for {@link
     * #kind()}; whole numbers, fractions and decimals may stand for each other. Inside JSON the same classes are used.
     * For a kind of OTHER the constant's own type decides.
     *
     * @param path for the message
     * @throws dev.korm.QueryException when the constant is of another type
     */
    Object constant(Object value, FieldPath path);

    /** Returns the differences between two texts of it that comparisons ignore; empty where every difference counts. */
    default Set<Normalized.Form> forms() {
        return Set.of();
    }

    /**
     * Returns whether its values are sealed, and found by what they are all the same; their constants are canonical
     * JSON.
     */
    default boolean isSearchable() {
        return false;
    }

    /** Returns the key of the fingerprints of its column, where it is searchable. */
    default FingerprintKey searchKey(String column) {
        throw new IllegalStateException("Nothing is searched in the column " + column);
    }

    /** Converts a stored value to the user's type, for the keys and aggregates of groups. */
    @Nullable Object fromStored(@Nullable Object stored);

    /** Returns the target of a step to a field, or to a key of a map; empty when there is no such field. */
    Optional<Member> member(String name);

    /** Returns the names of its fields; empty for what has none, or takes any. */
    List<String> memberNames();

    /** Returns the target of a step to an entry of a list; empty when it is not a list. */
    Optional<Node> entry();

    /**
     * Returns the model of the items that a reference names: a document's where it is not declared. Empty for what is
     * no reference.
     */
    Optional<Class<?>> reference();

    /** Returns whether it is a file. */
    default boolean isFile() {
        return false;
    }

    /** Returns whether it may be, or hold, anything: a document, or a value in one. */
    boolean isDynamic();

    /**
     * The target of a step.
     *
     * @param storedName the column's name, or the key inside JSON
     */
    record Member(String storedName, Node node) {}
}
