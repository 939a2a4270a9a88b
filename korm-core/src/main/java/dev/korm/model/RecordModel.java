package dev.korm.model;

import dev.korm.Assignment;
import dev.korm.DeletePolicy;
import dev.korm.FieldPath;
import dev.korm.ModelException;
import dev.korm.PathException;
import dev.korm.Rn;
import dev.korm.Stored;
import dev.korm.ValueException;
import dev.korm.codec.ColumnForm;
import dev.korm.codec.RecordCodec;
import dev.korm.codec.RecordField;
import dev.korm.codec.SecretTypes;
import dev.korm.codec.base.Codec;
import dev.korm.codec.scalar.RnCodec;
import dev.korm.codec.text.Article;
import dev.korm.codec.text.TypeMismatch;
import dev.korm.crypto.LayerSealer;
import dev.korm.deletion.SoftDelete;
import dev.korm.file.FileRef;
import dev.korm.model.assign.AssignedValue;
import dev.korm.model.existing.ExistingRecord;
import dev.korm.model.reference.FileVisitor;
import dev.korm.model.reference.Policies;
import dev.korm.model.reference.ReferenceEditor;
import dev.korm.model.reference.ReferenceField;
import dev.korm.model.reference.ReferencePolicy;
import dev.korm.model.reference.ReferenceVisitor;
import dev.korm.model.reference.References;
import dev.korm.model.reference.TakenNulls;
import dev.korm.model.row.BySchema;
import dev.korm.model.row.Columns;
import dev.korm.model.row.Decoder;
import dev.korm.model.row.Encoded;
import dev.korm.model.row.Failures;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.FingerprintKey;
import dev.korm.spi.schema.IndexSchema;
import dev.korm.spi.schema.TableSchema;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A record as an item: each component is a column. */
final class RecordModel<T> implements Model<T> {
    private static final int MOST_TABLES = 256;

    private final Class<T> type;
    private final RecordCodec codec;
    private final Optional<Stored> home;
    private final Optional<SoftDelete> softDelete;
    private final Node root;
    private final List<String> names;
    private final List<ColumnSchema> columns;
    private final DeclaredKeys keys;
    private final Set<String> sealedKeys;
    private final List<Indexes.Wish> indexes;
    private final List<ReferencePolicy> policies;
    private final List<ReferencePolicy> targeted;
    private final TakenNulls nulls;
    private final boolean mayRefer;
    private final boolean mayHoldFiles;
    private final BySchema<RecordTable<T>> tables;
    private final Optional<ExistingRecord> existing;
    private final Map<TableName, TableSchema> wanted = new ConcurrentHashMap<>();

    RecordModel(Class<T> type, RecordCodec codec) {
        this.type = type;
        this.codec = codec;
        this.home = Optional.ofNullable(type.getAnnotation(Stored.class));
        this.softDelete = Optional.ofNullable(type.getAnnotation(SoftDelete.class));
        this.root = CodecNode.of(codec);
        this.names = codec.names();
        this.keys = new DeclaredKeys(type, codec);
        this.columns = columns(type, codec, keys);
        this.sealedKeys = sealedKeys(keys);
        this.indexes = Indexes.of(type, codec, root);
        this.policies = Policies.of(type, codec);
        this.targeted = policies.stream()
                .filter(policy -> policy.target().isPresent() && policy.policy() != DeletePolicy.LEAVE)
                .toList();
        this.nulls = new TakenNulls(codec, policies);
        this.mayRefer = References.mayRefer(codec);
        this.tables = new BySchema<>(schema -> new RecordTable<>(type, codec, keys, schema));
        this.mayHoldFiles = References.mayHoldFiles(codec);
        this.existing = ExistingRecord.of(type, codec);
    }

    @Override
    public Optional<ExistingRecord> existing() {
        return existing;
    }

    @Override
    public T revised(T data, long revision) {
        return existing.isEmpty() ? data : type.cast(existing.get().revised(data, revision));
    }

    private static Set<String> sealedKeys(DeclaredKeys keys) {
        Set<String> hidden = new HashSet<>();
        for (FingerprintKey key : keys.all()) {
            if (key.isSealed() && !keys.isSearched(key)) {
                hidden.add(key.hidden().name());
            }
        }
        return Set.copyOf(hidden);
    }

    private static List<ColumnSchema> columns(Class<?> type, RecordCodec codec, DeclaredKeys keys) {
        List<ColumnSchema> columns = new ArrayList<>();
        Map<String, String> folded = new HashMap<>();
        columns.add(Columns.key());
        for (RecordField field : codec.fields()) {
            String name = field.storedName();
            Optional<FingerprintKey> key = keys.of(field);
            String fault =
                    Columns.fault(name, key.filter(FingerprintKey::isPlain).isPresent());
            if (fault.isEmpty()) {
                fault = ReservedNames.reason(name).orElse("");
            }
            String other = folded.put(name.toLowerCase(Locale.ROOT), field.name());
            if (fault.isEmpty() && other != null) {
                fault = "it differs from the field " + other
                        + " only in case, and SQLite does not distinguish such names";
            }
            if (!fault.isEmpty()) {
                throw new ModelException("The field " + type.getSimpleName() + "." + field.name() + " of type "
                        + field.component().genericType().getTypeName() + " cannot be stored as the column \"" + name
                        + "\": " + fault + "; give it another @Name");
            }
            columns.add(new ColumnSchema(name, field.codec().kind()));
            key.ifPresent(unique -> columns.add(unique.hidden()));
        }
        keys.compound().forEach(key -> columns.add(key.hidden()));
        columns.add(Columns.revision());
        SoftDelete soft = type.getAnnotation(SoftDelete.class);
        if (soft != null && !soft.ended()) {
            columns.add(Columns.deleted());
        }
        return List.copyOf(columns);
    }

    @Override
    public Class<T> type() {
        return type;
    }

    /** Returns the fields with secrets, which open only where they were sealed. */
    @Override
    public Set<String> boundColumns() {
        return codec.fields().stream()
                .filter(field -> SecretTypes.declares(field.codec()))
                .map(RecordField::storedName)
                .collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public Set<String> sealedKeys() {
        return sealedKeys;
    }

    @Override
    public Optional<Stored> home() {
        return home;
    }

    @Override
    public Optional<SoftDelete> softDelete() {
        return softDelete;
    }

    @Override
    public Node root() {
        return root;
    }

    @Override
    public TableSchema wanted(TableName table, @Nullable T data) {
        TableSchema known = wanted.get(table);
        if (known != null) {
            return known;
        }
        TableSchema schema = wanted(table);
        if (wanted.size() < MOST_TABLES) {
            wanted.put(table, schema);
        }
        return schema;
    }

    private TableSchema wanted(TableName table) {
        List<IndexSchema> guards = new ArrayList<>();
        keys.all()
                .forEach(key -> guards.add(
                        keys.isSearched(key) ? Columns.searchIndex(table, key) : Columns.uniqueIndex(table, key)));
        for (Indexes.Wish wish : indexes) {
            guards.add(Columns.index(table, wish.paths(), wish.parts()));
        }
        return new TableSchema(table, columns, guards);
    }

    @Override
    public Set<String> deferredIndexes(TableName table) {
        Set<String> names = new HashSet<>();
        for (Indexes.Wish wish : indexes) {
            if (wish.deferred()) {
                names.add(Columns.index(table, wish.paths(), wish.parts()).name());
            }
        }
        return names;
    }

    @Override
    public List<String> fieldNames() {
        return names;
    }

    @Override
    public Encoded encode(T data, TableSchema actual, Rn<?> rn, @Nullable LayerSealer seals) {
        return encode(data, actual, rn, seals, Generated.REFUSED);
    }

    @Override
    public Encoded encodeAgain(T data, TableSchema actual, Rn<?> rn, @Nullable LayerSealer seals) {
        return encode(data, actual, rn, seals, Generated.LEFT_OUT);
    }

    private Encoded encode(T data, TableSchema actual, Rn<?> rn, @Nullable LayerSealer seals, Generated generated) {
        check(data, rn);
        try {
            return tables.of(actual).encode(data, rn, seals, generated);
        } catch (TypeMismatch misfit) {
            throw Failures.store(type.getSimpleName(), misfit, rn);
        }
    }

    @Override
    public Encoded encodeChanges(T before, T after, TableSchema actual, Rn<?> rn, @Nullable LayerSealer seals) {
        return encodeChanges(before, after, Set.of(), actual, rn, seals);
    }

    @Override
    public Encoded encodeChanges(
            T before, T after, Set<String> replaced, TableSchema actual, Rn<?> rn, @Nullable LayerSealer seals) {
        check(after, rn);
        existing.ifPresent(rows -> rows.requireSame(before, after, rn));
        try {
            return tables.of(actual).encode(after, changed(before, after, replaced), rn, seals);
        } catch (TypeMismatch misfit) {
            throw Failures.store(type.getSimpleName(), misfit, rn);
        }
    }

    @Override
    public List<String> changedFields(T before, T after) {
        try {
            return changed(before, after, Set.of()).stream()
                    .map(RecordField::name)
                    .toList();
        } catch (TypeMismatch misfit) {
            throw Failures.store(type.getSimpleName(), misfit, null);
        }
    }

    private List<RecordField> changed(T before, T after, Set<String> replaced) {
        List<RecordField> changed = new ArrayList<>();
        for (RecordField field : codec.fields()) {
            try {
                if (!field.codec().sameNullable(field.get(before), field.get(after), 0)
                        || replaced.contains(field.name())
                        || replaced.contains(field.storedName())) {
                    changed.add(field);
                }
            } catch (TypeMismatch misfit) {
                throw misfit.inField(field.name());
            }
        }
        return changed;
    }

    @Override
    public Encoded encodeAssignments(Map<FieldPath, ? extends @Nullable Object> values, TableSchema actual) {
        List<RecordField> fields = new ArrayList<>();
        List<@Nullable Object> converted = new ArrayList<>();
        for (Map.Entry<FieldPath, ? extends @Nullable Object> assignment : values.entrySet()) {
            RecordField field = Editor.topLevel(codec, assignment.getKey());
            existing.ifPresent(rows -> rows.requireAssignable(field.storedName()));
            if (fields.contains(field)) {
                throw new PathException(
                        "The field " + field.name() + " of " + type.getSimpleName() + " is assigned twice");
            }
            try {
                fields.add(field);
                Object value = field.codec().convertNullable(assignment.getValue(), 0);
                checkTargets(field, value);
                if (value != null && mayHoldFiles) {
                    References.files(field.codec(), value, References.FileEditor.refusingNew(), type.getSimpleName());
                }
                converted.add(value);
            } catch (TypeMismatch misfit) {
                throw Failures.set(type.getSimpleName(), misfit, assignment.getKey());
            }
        }
        try {
            return tables.of(actual).encodeValues(fields, converted);
        } catch (TypeMismatch misfit) {
            throw Failures.store(type.getSimpleName(), misfit, null);
        }
    }

    @Override
    public @Nullable Object assigned(T data, Assignment assignment) {
        if (assignment.operation() == Assignment.Operation.SET) {
            return assignment.value();
        }
        RecordField field = Editor.topLevel(codec, assignment.path());
        try {
            return AssignedValue.of(
                    assignment,
                    field.get(data),
                    entries -> Objects.requireNonNull(Codec.bare(field.codec().convertNullable(entries, 0))),
                    (one, other) -> field.codec()
                            .sameNullable(
                                    field.codec().convertNullable(one, 0),
                                    field.codec().convertNullable(other, 0),
                                    0));
        } catch (TypeMismatch misfit) {
            throw Failures.set(type.getSimpleName(), misfit, assignment.path());
        }
    }

    @Override
    public ColumnSchema column(FieldPath field) {
        RecordField named = Editor.topLevel(codec, field);
        return new ColumnSchema(named.storedName(), named.codec().kind());
    }

    @Override
    public void warnOfReplacedNulls() {
        codec.warnOfReplacedNulls();
    }

    @Override
    public List<String> missingDefaults(TableSchema actual) {
        return codec.fields().stream()
                .filter(field -> !actual.has(field.storedName()) && codec.isRequired(field))
                .map(field -> {
                    Class<?> declared = field.component().type();
                    return "@Default(\"" + (declared == boolean.class ? "false" : "0") + "\") "
                            + declared.getSimpleName() + " " + field.name();
                })
                .toList();
    }

    @Override
    public Decoder<T> decoder(TableSchema actual) {
        return tables.of(actual);
    }

    @Override
    public T set(T data, FieldPath path, @Nullable Object value, ReferenceEditor references) {
        if (path.root().isPresent() && path.root().get() != type) {
            throw new PathException("The path " + path + " begins with an accessor of "
                    + path.root().get().getSimpleName() + ", but the item is " + Article.with(type.getSimpleName()));
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
    public Optional<ReferenceField> referenceField(FieldPath.Step step) {
        if (!(step instanceof FieldPath.Field named)) {
            return Optional.empty();
        }
        RecordField field = codec.field(named.name()).orElse(null);
        return field != null && field.codec() instanceof RnCodec reference
                ? Optional.of(new ReferenceField(field.index(), reference.target()))
                : Optional.empty();
    }

    @Override
    public T mapAllReferences(T data, UnaryOperator<Rn<?>> change) {
        return mayRefer ? type.cast(References.all(codec, data, change, type.getSimpleName())) : data;
    }

    @Override
    public T mapAllFiles(T data, UnaryOperator<FileRef> change) {
        return mayHoldFiles
                ? type.cast(References.files(codec, data, (file, declared) -> change.apply(file), type.getSimpleName()))
                : data;
    }

    @Override
    public void eachFile(T data, FileVisitor visitor) {
        if (mayHoldFiles) {
            References.files(codec, data, References.FileEditor.showing(visitor), type.getSimpleName());
        }
    }

    @Override
    public List<ColumnSchema> fileColumns(TableSchema actual) {
        if (!mayHoldFiles) {
            return List.of();
        }
        return codec.fields().stream()
                .filter(field -> References.mayHoldFiles(field.codec()))
                .flatMap(field -> actual.column(field.storedName()).stream())
                .toList();
    }

    @Override
    public void eachFile(ColumnSchema column, @Nullable Object stored, FileVisitor visitor) {
        RecordField field = codec.fields().stream()
                .filter(each -> each.storedName().equals(column.name()))
                .findFirst()
                .orElseThrow();
        try {
            Object value = new ColumnForm(field.codec(), column.kind()).read(stored, null);
            if (value != null) {
                References.files(field.codec(), value, References.FileEditor.showing(visitor), type.getSimpleName());
            }
        } catch (TypeMismatch misfit) {
            throw Failures.read(type.getSimpleName(), misfit.inField(field.name()), null);
        }
    }

    @Override
    @SuppressWarnings("unchecked")
    public Map<String, Object> describe(T data) {
        try {
            return (Map<String, Object>) codec.describe(data, 0);
        } catch (TypeMismatch misfit) {
            throw Failures.read(type.getSimpleName(), misfit, null);
        }
    }

    @Override
    public boolean sameData(T one, T other) {
        try {
            return codec.sameNullable(one, other, 0);
        } catch (TypeMismatch misfit) {
            throw Failures.read(type.getSimpleName(), misfit, null);
        }
    }

    @Override
    public void check(@Nullable T data, Rn<?> rn) {
        if (data == null) {
            throw new ValueException("The item " + rn + " cannot be stored: its data, a " + type.getSimpleName()
                    + ", is null; to remove an item, delete it");
        }
        for (ReferencePolicy policy : targeted) {
            mapReferences(data, policy.path().steps(), (reference, target, rest) -> {
                checkTarget(policy, reference, "The item " + rn);
                return reference;
            });
        }
        nulls.require(data);
    }

    private void checkTargets(RecordField field, @Nullable Object value) {
        for (ReferencePolicy policy : targeted) {
            List<FieldPath.Step> steps = policy.path().steps();
            if (value != null && steps.get(0).equals(new FieldPath.Field(field.storedName()))) {
                List<FieldPath.Step> rest = steps.subList(1, steps.size());
                References.along(
                        field.codec(),
                        value,
                        rest,
                        (reference, target, none) -> {
                            checkTarget(policy, reference, "No " + type.getSimpleName());
                            return reference;
                        },
                        type.getSimpleName());
            }
        }
    }

    private void checkTarget(ReferencePolicy policy, Rn<?> reference, String what) {
        ReferencePolicy.Target target = policy.target().orElseThrow();
        if (!target.isOf(reference)) {
            throw new ValueException(what + " cannot be stored: its field " + policy.path() + " refers to " + reference
                    + ", and its policy " + policy.policy() + " is about items of " + target.namespace() + ":"
                    + target.kind() + ", the collection in @Stored. Store that item there, or remove @Stored or"
                    + " the policy");
        }
    }

    @Override
    public List<ReferencePolicy> policies() {
        return policies;
    }
}
