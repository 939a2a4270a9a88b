package dev.korm.model.existing;

import dev.korm.Indexed;
import dev.korm.ModelException;
import dev.korm.OnDelete;
import dev.korm.Rn;
import dev.korm.SchemaException;
import dev.korm.Searchable;
import dev.korm.Stored;
import dev.korm.UniqueTogether;
import dev.korm.ValueException;
import dev.korm.codec.CodecTree;
import dev.korm.codec.RecordCodec;
import dev.korm.codec.RecordField;
import dev.korm.codec.SecretTypes;
import dev.korm.codec.base.Codec;
import dev.korm.codec.base.UniqueCodec;
import dev.korm.codec.base.WrapperCodec;
import dev.korm.codec.scalar.FileRefCodec;
import dev.korm.codec.scalar.RnCodec;
import dev.korm.codec.shape.Component;
import dev.korm.codec.text.TypeMismatch;
import dev.korm.deletion.SoftDelete;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ExistingTable;
import dev.korm.table.Column;
import dev.korm.table.Id;
import dev.korm.table.RowKey;
import dev.korm.table.Table;
import dev.korm.table.Version;
import java.lang.reflect.ParameterizedType;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A record whose items are rows of a table that korm did not make. Immutable. */
public final class ExistingRecord {
    private final Class<?> type;
    private final RecordCodec codec;
    private final List<RecordField> key = new ArrayList<>();
    private final Set<Class<?>> targets = new LinkedHashSet<>();
    private final ExistingTable table;
    private @Nullable RecordField version;

    private ExistingRecord(Class<?> type, RecordCodec codec, Table declared, Stored home) {
        this.type = type;
        this.codec = codec;
        List<ExistingTable.Field> fields = new ArrayList<>();
        for (RecordField field : codec.fields()) {
            require(field);
            if (field.component().isAnnotationPresent(Id.class)) {
                key.add(field);
            }
            if (field.component().isAnnotationPresent(Version.class)) {
                version = version(field);
            }
            fields.add(field(field));
        }
        if (key.isEmpty()) {
            throw new ModelException(
                    type.getSimpleName()
                            + " has a @Table, and so needs to know its primary key: write @Id on the field, or fields, that are it");
        }
        key.forEach(this::requireKey);
        table = new ExistingTable(
                collection(type, home),
                declared.schema(),
                declared.name(),
                fields,
                key.stream().map(RecordField::storedName).toList(),
                Optional.ofNullable(version).map(RecordField::storedName),
                Optional.empty());
    }

    private static TableName collection(Class<?> type, Stored home) {
        try {
            return TableName.items(home.namespace(), home.kind());
        } catch (IllegalArgumentException malformed) {
            throw new ModelException(
                    "@Stored of " + type.getSimpleName() + " does not name a collection: " + malformed.getMessage(),
                    malformed);
        }
    }

    /**
     * Returns what a record says of its table; empty where its table is korm's own.
     *
     * @throws ModelException when it says what such a table cannot do; names the field and the way out
     */
    public static Optional<ExistingRecord> of(Class<?> type, RecordCodec codec) {
        Table declared = type.getAnnotation(Table.class);
        if (declared == null) {
            return Optional.empty();
        }
        Stored home = type.getAnnotation(Stored.class);
        if (home == null) {
            throw new ModelException(
                    type.getSimpleName()
                            + " has a @Table, and no name for its rows in RNs: write @Stored(namespace = …, kind = …) beside it");
        }
        if (type.isAnnotationPresent(SoftDelete.class)) {
            throw refused(
                    type,
                    "@SoftDelete",
                    "the mark of a deleted row is a column of korm's; delete rows, or keep a column for it");
        }
        if (type.isAnnotationPresent(UniqueTogether.class)) {
            throw refused(type, "@UniqueTogether", "the table's own unique indexes hold, and korm tells of them");
        }
        return Optional.of(new ExistingRecord(type, codec, declared, home));
    }

    private static ModelException refused(Class<?> type, String what, String why) {
        return new ModelException(type.getSimpleName() + " has a @Table, which korm does not alter, and so cannot have "
                + what + ": " + why);
    }

    private void require(RecordField field) {
        String at = " on the field " + field.name();
        if (field.component().isAnnotationPresent(Indexed.class)) {
            throw refused(type, "@Indexed" + at, "index the column where the table is made");
        }
        if (field.component().isAnnotationPresent(Searchable.class) || SecretTypes.declares(field.codec())) {
            throw refused(
                    type,
                    "a sealed value" + at,
                    "its keys could not be rotated there. Keep it in a collection of korm's that refers to the row");
        }
        if (field.component().isAnnotationPresent(OnDelete.class)) {
            throw refused(type, "@OnDelete" + at, "the foreign key of the table decides");
        }
        if (CodecTree.any(field.codec(), part -> part instanceof UniqueCodec)) {
            throw refused(
                    type,
                    "Unique" + at,
                    "the table's own unique indexes hold, and korm tells of them. Use the plain type");
        }
        if (CodecTree.any(field.codec(), part -> part instanceof FileRefCodec)) {
            throw refused(
                    type,
                    "a file" + at,
                    "files that belong to no item of korm's are swept away. Keep the RN of the file as a String");
        }
    }

    private void requireKey(RecordField field) {
        ColumnKind kind = field.codec().kind();
        boolean isPart = (kind == ColumnKind.INTEGER || kind == ColumnKind.TEXT || kind == ColumnKind.RN)
                && !type(field).equals(Double.class);
        if (!isPart) {
            throw new ModelException("The field " + type.getSimpleName() + "." + field.name()
                    + " cannot be part of a key: that is a whole number, a text, a UUID, a date or a reference");
        }
        if (kind == ColumnKind.RN) {
            throw new ModelException(
                    "The field " + type.getSimpleName() + "." + field.name()
                            + " is a reference, and cannot be part of a key by itself: give the column a second field of its own type, with @Id");
        }
    }

    private RecordField version(RecordField field) {
        if (version != null) {
            throw new ModelException(type.getSimpleName() + " has two fields with @Version; a row has one");
        }
        if (field.codec().kind() != ColumnKind.INTEGER) {
            throw new ModelException("The field " + type.getSimpleName() + "." + field.name()
                    + " with @Version is to be a whole number; korm raises it by one with each change");
        }
        return field;
    }

    private ExistingTable.Field field(RecordField field) {
        Column column = field.component().getAnnotation(Column.class);
        List<String> columns = column == null ? List.of() : List.of(column.value());
        Optional<TableName> target = Optional.empty();
        if (bare(field.codec()) instanceof RnCodec reference
                && reference.target().isAnnotationPresent(Table.class)) {
            Stored home = reference.target().getAnnotation(Stored.class);
            targets.add(reference.target());
            requireColumns(field, columns, reference.target());
            target = Optional.ofNullable(home).map(its -> TableName.items(its.namespace(), its.kind()));
        }
        if (target.isEmpty() && columns.size() > 1) {
            throw new ModelException(
                    "The field " + type.getSimpleName() + "." + field.name()
                            + " is one column; only a reference to a record with a @Table has as many as that has fields with @Id");
        }
        return new ExistingTable.Field(
                field.storedName(), columns, type(field), field.codec().kind(), target);
    }

    private void requireColumns(RecordField field, List<String> columns, Class<?> target) {
        long keys = Component.of(target).stream()
                .filter(component -> component.isAnnotationPresent(Id.class))
                .count();
        if (keys != Math.max(1, columns.size())) {
            throw new ModelException("The field " + type.getSimpleName() + "." + field.name() + " refers to "
                    + target.getSimpleName() + ", whose key has " + keys
                    + " columns: name as many by @Column, in the order of its fields with @Id");
        }
    }

    private static Codec bare(Codec codec) {
        Codec bare = codec;
        while (bare instanceof WrapperCodec wrapper) {
            bare = wrapper.inner();
        }
        return bare;
    }

    /** Returns the type of the values, without what says that there may be none. */
    private static Class<?> type(RecordField field) {
        Class<?> raw = field.component().type();
        if (raw == Optional.class && field.component().genericType() instanceof ParameterizedType optional) {
            return optional.getActualTypeArguments()[0] instanceof Class<?> plain ? plain : Object.class;
        }
        return raw == OptionalLong.class || raw == OptionalInt.class ? Long.class : raw;
    }

    /**
     * Returns the refusal of what only korm's own tables have.
     *
     * @param what such as "A history of its items"
     */
    public SchemaException refusal(String what) {
        return new SchemaException(what + " is not to be had: the items of " + type.getSimpleName() + " are rows of "
                + table.name() + ", which korm did not make and does not alter. Nothing was changed");
    }

    public ExistingTable table() {
        return table;
    }

    /** Returns the records with tables of their own that it refers to. */
    public Set<Class<?>> targets() {
        return targets;
    }

    /** Returns whether the key is one number, which the database can give. */
    public boolean isNumbered() {
        return key.size() == 1 && key.get(0).codec().kind() == ColumnKind.INTEGER;
    }

    /** Returns the parts of the key of a row; empty where one is not known yet. */
    public Optional<List<Object>> key(Object data) {
        List<Object> parts = new ArrayList<>();
        for (RecordField field : key) {
            Object value = field.get(data);
            if (value == null || field.codec().isEmpty(value)) {
                return Optional.empty();
            }
            parts.add(field.codec().toStored(value));
        }
        return Optional.of(parts);
    }

    /** Returns the name of a row, of its collection's. */
    public <T> Rn<T> named(Rn<T> collection, Object data) {
        List<Object> parts = key(data)
                .orElseThrow(() -> new ValueException("A new " + type.getSimpleName() + " has no key: its "
                        + String.join(", ", key.stream().map(RecordField::name).toList())
                        + " is null, and only a single number can be left to the database"));
        return collection.item(RowKey.of(parts.toArray()));
    }

    /** Returns the data with the number of a row. */
    public Object numbered(Object data, long number) {
        return with(data, key.get(0), number);
    }

    /** Returns the data as it is in the row of a revision. */
    public Object revised(Object data, long revision) {
        RecordField field = version;
        return field == null ? data : with(data, field, revision);
    }

    private Object with(Object data, RecordField field, long number) {
        @Nullable Object[] components = codec.components(data);
        try {
            components[field.index()] = field.codec().fromStored(number);
            return codec.construct(components);
        } catch (TypeMismatch misfit) {
            throw new ValueException(
                    "The field " + type.getSimpleName() + "." + field.name()
                            + " cannot hold the number that the database gave",
                    misfit.getCause());
        }
    }

    /** Checks that a change leaves the key, and the number that korm counts, as they are. */
    public void requireSame(Object before, Object after, Rn<?> rn) {
        for (RecordField field : key) {
            requireSame(field, before, after, rn, "is its key. Delete it, and create another");
        }
        if (version != null) {
            requireSame(version, before, after, rn, "is its @Version, which grows by itself");
        }
    }

    private static void requireSame(RecordField field, Object before, Object after, Rn<?> rn, String why) {
        if (!field.codec().sameNullable(field.get(before), field.get(after), 0)) {
            throw new ValueException("The item " + rn + " cannot be changed: its field " + field.name() + " " + why);
        }
    }

    /** Checks that assignments to many rows leave their keys alone. */
    public void requireAssignable(String stored) {
        if (key.stream().anyMatch(field -> field.storedName().equals(stored))
                || (version != null && version.storedName().equals(stored))) {
            throw new ValueException("The field " + stored + " of " + type.getSimpleName()
                    + " cannot be assigned: it is the key of rows, or the number that korm counts");
        }
    }
}
