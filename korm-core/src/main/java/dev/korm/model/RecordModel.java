package dev.korm.model;

import dev.korm.FieldPath;
import dev.korm.FileRef;
import dev.korm.ModelException;
import dev.korm.PathException;
import dev.korm.Rn;
import dev.korm.Stored;
import dev.korm.ValueException;
import dev.korm.codec.Codec;
import dev.korm.codec.Misfit;
import dev.korm.codec.RecordCodec;
import dev.korm.codec.RecordField;
import dev.korm.codec.UniqueCodec;
import dev.korm.codec.WrapperCodec;
import dev.korm.spi.ColumnShape;
import dev.korm.spi.IndexShape;
import dev.korm.spi.TableName;
import dev.korm.spi.TableShape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A record as an item: each component is a column. */
final class RecordModel<T> implements Model<T> {
    private static final int MOST_TABLES = 256;

    private final Class<T> type;
    private final RecordCodec codec;
    private final Optional<Stored> home;
    private final Node root;
    private final List<String> names;
    private final List<ColumnShape> columns;
    private final List<Indexes.Wish> indexes;
    private final boolean mayRefer;
    private final boolean mayHoldFiles;
    private final ByShape<RecordTable<T>> tables;
    private final Map<TableName, TableShape> wanted = new ConcurrentHashMap<>();

    RecordModel(Class<T> type, RecordCodec codec) {
        this.type = type;
        this.codec = codec;
        this.home = Optional.ofNullable(type.getAnnotation(Stored.class));
        this.root = CodecNode.of(codec);
        this.names = codec.names();
        this.columns = columns(type, codec);
        this.indexes = Indexes.of(type, codec, root);
        this.mayRefer = References.mayRefer(codec);
        this.mayHoldFiles = References.mayHoldFiles(codec);
        this.tables = new ByShape<>(shape -> new RecordTable<>(type, codec, shape));
    }

    private static List<ColumnShape> columns(Class<?> type, RecordCodec codec) {
        List<ColumnShape> columns = new ArrayList<>();
        Map<String, String> folded = new HashMap<>();
        columns.add(Columns.key());
        for (RecordField field : codec.fields()) {
            String name = field.storedName();
            boolean unique = isUnique(field);
            String fault = Columns.fault(name, unique);
            String other = folded.put(name.toLowerCase(Locale.ROOT), field.name());
            if (fault.isEmpty() && other != null) {
                fault = "it differs from the field " + other + " only in case, and SQLite tells no such names apart";
            }
            if (!fault.isEmpty()) {
                throw new ModelException("The field " + type.getSimpleName() + "." + field.name() + " of type "
                        + field.component().getGenericType().getTypeName() + " cannot be stored as the column \"" + name
                        + "\": " + fault + "; give it another @Name");
            }
            columns.add(new ColumnShape(name, field.codec().kind()));
            if (unique) {
                columns.add(Columns.shadow(name));
            }
        }
        columns.add(Columns.revision());
        return List.copyOf(columns);
    }

    static boolean isUnique(RecordField field) {
        Codec at = field.codec();
        while (at instanceof WrapperCodec wrapper) {
            if (wrapper instanceof UniqueCodec) {
                return true;
            }
            at = wrapper.inner();
        }
        return false;
    }

    @Override
    public Class<T> type() {
        return type;
    }

    @Override
    public Optional<Stored> home() {
        return home;
    }

    @Override
    public Node root() {
        return root;
    }

    @Override
    public TableShape wanted(TableName table, @Nullable T data) {
        TableShape known = wanted.get(table);
        if (known != null) {
            return known;
        }
        TableShape shape = wanted(table);
        if (wanted.size() < MOST_TABLES) {
            wanted.put(table, shape);
        }
        return shape;
    }

    private TableShape wanted(TableName table) {
        List<IndexShape> guards = new ArrayList<>();
        for (RecordField field : codec.fields()) {
            if (isUnique(field)) {
                guards.add(Columns.uniqueIndex(table, field.storedName()));
            }
        }
        for (Indexes.Wish wish : indexes) {
            guards.add(Columns.index(table, wish.paths(), wish.parts()));
        }
        return new TableShape(table, columns, guards);
    }

    @Override
    public List<String> fieldNames() {
        return names;
    }

    @Override
    public Encoded encode(T data, TableShape actual, Rn<?> rn) {
        check(data, rn);
        try {
            return tables.of(actual).encode(data);
        } catch (Misfit misfit) {
            throw Failures.store(type.getSimpleName(), misfit, rn);
        }
    }

    @Override
    public Encoded encodeChanges(T before, T after, TableShape actual, Rn<?> rn) {
        check(after, rn);
        try {
            return tables.of(actual).encode(after, changed(before, after));
        } catch (Misfit misfit) {
            throw Failures.store(type.getSimpleName(), misfit, rn);
        }
    }

    @Override
    public List<String> changedFields(T before, T after) {
        try {
            return changed(before, after).stream().map(RecordField::name).toList();
        } catch (Misfit misfit) {
            throw Failures.store(type.getSimpleName(), misfit, null);
        }
    }

    private List<RecordField> changed(T before, T after) {
        List<RecordField> changed = new ArrayList<>();
        for (RecordField field : codec.fields()) {
            try {
                if (!field.codec().sameNullable(field.get(before), field.get(after), 0)) {
                    changed.add(field);
                }
            } catch (Misfit misfit) {
                throw misfit.inField(field.name());
            }
        }
        return changed;
    }

    @Override
    public Encoded encodeAssignments(Map<FieldPath, ? extends @Nullable Object> values, TableShape actual) {
        List<RecordField> fields = new ArrayList<>();
        List<@Nullable Object> converted = new ArrayList<>();
        for (Map.Entry<FieldPath, ? extends @Nullable Object> assignment : values.entrySet()) {
            RecordField field = Editor.topLevel(codec, assignment.getKey());
            if (fields.contains(field)) {
                throw new PathException(
                        "The field " + field.name() + " of " + type.getSimpleName() + " is assigned twice");
            }
            try {
                fields.add(field);
                converted.add(field.codec().convertNullable(assignment.getValue(), 0));
            } catch (Misfit misfit) {
                throw Failures.set(type.getSimpleName(), misfit, assignment.getKey());
            }
        }
        try {
            return tables.of(actual).encodeValues(fields, converted);
        } catch (Misfit misfit) {
            throw Failures.store(type.getSimpleName(), misfit, null);
        }
    }

    @Override
    public Decoder<T> decoder(TableShape actual) {
        return tables.of(actual);
    }

    @Override
    public T set(T data, FieldPath path, @Nullable Object value, ReferenceEditor references) {
        if (path.root().isPresent() && path.root().get() != type) {
            throw new PathException("The path " + path + " begins with an accessor of "
                    + path.root().get().getSimpleName() + ", but the item is a " + type.getSimpleName());
        }
        return type.cast(new Editor(type.getSimpleName(), references).set(codec, data, path, value));
    }

    @Override
    public T patch(T data, Map<String, ? extends @Nullable Object> change, ReferenceEditor references) {
        return type.cast(new Editor(type.getSimpleName(), references).patch(codec, data, change));
    }

    @Override
    public T mapReferences(T data, List<FieldPath.Step> steps, ReferenceVisitor visitor) {
        if (steps.isEmpty() || !mayRefer) {
            return data;
        }
        return type.cast(References.along(codec, data, steps, visitor, type.getSimpleName()));
    }

    @Override
    public T mapAllReferences(T data, UnaryOperator<Rn<?>> change) {
        return mayRefer ? type.cast(References.all(codec, data, change, type.getSimpleName())) : data;
    }

    @Override
    public T mapAllFiles(T data, UnaryOperator<FileRef> change) {
        return mayHoldFiles ? type.cast(References.files(codec, data, change, type.getSimpleName())) : data;
    }

    @Override
    @SuppressWarnings("unchecked")
    public Map<String, Object> describe(T data) {
        try {
            return (Map<String, Object>) codec.describe(data, 0);
        } catch (Misfit misfit) {
            throw Failures.read(type.getSimpleName(), misfit, null);
        }
    }

    @Override
    public boolean sameData(T one, T other) {
        try {
            return codec.sameNullable(one, other, 0);
        } catch (Misfit misfit) {
            throw Failures.read(type.getSimpleName(), misfit, null);
        }
    }

    @Override
    public void check(@Nullable T data, Rn<?> rn) {
        if (data == null) {
            throw new ValueException("The item " + rn + " cannot be stored: its data, a " + type.getSimpleName()
                    + ", is null; to take an item away, delete it");
        }
    }
}
