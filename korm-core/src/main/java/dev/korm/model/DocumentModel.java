package dev.korm.model;

import dev.korm.Assignment;
import dev.korm.Document;
import dev.korm.FieldPath;
import dev.korm.PathException;
import dev.korm.Rn;
import dev.korm.Stored;
import dev.korm.Unique;
import dev.korm.ValueException;
import dev.korm.codec.DynamicForm;
import dev.korm.codec.DynamicPath;
import dev.korm.codec.DynamicValue;
import dev.korm.codec.SecretTypes;
import dev.korm.codec.json.CanonicalJson;
import dev.korm.codec.text.TypeMismatch;
import dev.korm.crypto.BlindIndex;
import dev.korm.crypto.ItemIdentity;
import dev.korm.crypto.LayerSealer;
import dev.korm.crypto.SecretLocation;
import dev.korm.file.FileRef;
import dev.korm.model.assign.AssignedValue;
import dev.korm.model.reference.FileVisitor;
import dev.korm.model.reference.ReferenceEditor;
import dev.korm.model.reference.ReferenceVisitor;
import dev.korm.model.reference.References;
import dev.korm.model.row.BySchema;
import dev.korm.model.row.Columns;
import dev.korm.model.row.Decoder;
import dev.korm.model.row.Encoded;
import dev.korm.model.row.Failures;
import dev.korm.model.row.Fingerprint;
import dev.korm.spi.Row;
import dev.korm.spi.RowCursor;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.FingerprintKey;
import dev.korm.spi.schema.IndexSchema;
import dev.korm.spi.schema.TableSchema;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Documents as items: each has the columns of its values. */
final class DocumentModel implements Model<Document> {
    static final DocumentModel INSTANCE = new DocumentModel();

    private static final String NAME = "Document";
    private static final int MOST_COLUMN_LISTS = 256;

    private final BySchema<Table> tables = new BySchema<>(Table::new);

    private DocumentModel() {}

    @Override
    public Class<Document> type() {
        return Document.class;
    }

    @Override
    public Optional<Stored> home() {
        return Optional.empty();
    }

    @Override
    public Node root() {
        return DynamicNode.DOCUMENT;
    }

    @Override
    public TableSchema wanted(TableName table, @Nullable Document data) {
        Document fields = data == null ? Document.EMPTY : data;
        List<ColumnSchema> columns = new ArrayList<>();
        List<IndexSchema> indexes = new ArrayList<>();
        columns.add(Columns.key());
        checkNames(fields);
        for (Map.Entry<String, @Nullable Object> field : fields.asMap().entrySet()) {
            Object value = field.getValue();
            if (value == null) {
                continue;
            }
            columns.add(new ColumnSchema(field.getKey(), DynamicValue.kind(value)));
            if (value instanceof Unique<?>) {
                FingerprintKey key = FingerprintKey.of(field.getKey());
                columns.add(key.hidden());
                indexes.add(Columns.uniqueIndex(table, key));
            }
        }
        columns.add(Columns.revision());
        return new TableSchema(table, columns, indexes);
    }

    private static void checkNames(Document data) {
        Map<String, String> folded = new HashMap<>();
        for (Map.Entry<String, @Nullable Object> field : data.asMap().entrySet()) {
            String name = field.getKey();
            String fault = Columns.fault(name, field.getValue() instanceof Unique<?>);
            String other = folded.put(name.toLowerCase(Locale.ROOT), name);
            if (fault.isEmpty() && other != null) {
                fault = "it differs from \"" + other + "\" only in case, and SQLite does not distinguish such names";
            }
            if (!fault.isEmpty()) {
                throw new ValueException("The field \"" + name + "\" of a document cannot be a column: " + fault
                        + "; rename it, or nest it in another field, where names are free");
            }
        }
    }

    @Override
    public List<String> fieldNames() {
        return List.of();
    }

    @Override
    public Encoded encode(Document data, TableSchema actual, Rn<?> rn, @Nullable LayerSealer seals) {
        return encode(data, actual, rn, seals, Generated.REFUSED);
    }

    @Override
    public Encoded encodeAgain(Document data, TableSchema actual, Rn<?> rn, @Nullable LayerSealer seals) {
        return encode(data, actual, rn, seals, Generated.LEFT_OUT);
    }

    private Encoded encode(
            Document data, TableSchema actual, Rn<?> rn, @Nullable LayerSealer seals, Generated generated) {
        check(data, rn);
        checkNames(data);
        Table table = tables.of(actual);
        Set<String> names = new LinkedHashSet<>(table.names());
        data.asMap().forEach((name, value) -> {
            if (value != null || table.isFilled(name)) {
                names.add(name);
            }
        });
        table.leaveOut(names, data, rn, generated);
        return table.encode(names, data, rn, seals, Table.Others.READ);
    }

    @Override
    public Encoded encodeChanges(
            Document before, Document after, TableSchema actual, Rn<?> rn, @Nullable LayerSealer seals) {
        check(after, rn);
        checkNames(after);
        Table table = tables.of(actual);
        List<String> changed = new ArrayList<>(changedFields(before, after));
        changed.removeIf(name -> table.isLeftAlone(name, after, rn));
        return table.encode(changed, after, rn, seals, Table.Others.READ);
    }

    @Override
    public List<String> changedFields(Document before, Document after) {
        Map<String, @Nullable Object> old = before.asMap();
        Map<String, @Nullable Object> now = after.asMap();
        Set<String> names = new LinkedHashSet<>(old.keySet());
        names.addAll(now.keySet());
        List<String> changed = new ArrayList<>();
        for (String name : names) {
            if (!DynamicValue.same(old.get(name), now.get(name))) {
                changed.add(name);
            }
        }
        return changed;
    }

    @Override
    public Encoded encodeAssignments(Map<FieldPath, ? extends @Nullable Object> values, TableSchema actual) {
        Document assigned = assigned(values);
        checkNames(assigned);
        References.files(null, assigned, References.FileEditor.refusingNew(), NAME);
        Table table = tables.of(actual);
        List<String> names = new ArrayList<>(assigned.asMap().keySet());
        names.removeIf(name -> table.isLeftAlone(name, assigned, null));
        return table.encode(names, assigned, null, null, Table.Others.UNKNOWN);
    }

    @Override
    public Document assigned(Map<FieldPath, ? extends @Nullable Object> values) {
        Document.Builder builder = Document.builder();
        for (Map.Entry<FieldPath, ? extends @Nullable Object> assignment : values.entrySet()) {
            FieldPath path = assignment.getKey();
            if (path.steps().size() != 1 || !(path.steps().get(0) instanceof FieldPath.Field field)) {
                throw new PathException(
                        "The path " + path + " is not a top-level field; bulk changes can only set whole fields");
            }
            builder.put(field.name(), assignment.getValue());
        }
        return builder.build();
    }

    @Override
    public @Nullable Object assigned(Document data, Assignment assignment) {
        FieldPath path = assignment.path();
        if (path.steps().size() != 1 || !(path.steps().get(0) instanceof FieldPath.Field field)) {
            throw new PathException(
                    "The path " + path + " is not a top-level field; bulk changes can only set whole fields");
        }
        try {
            return AssignedValue.of(
                    assignment,
                    data.asMap().get(field.name()),
                    entries -> Objects.requireNonNull(DynamicValue.normal(entries, 0)),
                    DynamicValue::same);
        } catch (TypeMismatch misfit) {
            throw Failures.set(NAME, misfit, path);
        }
    }

    @Override
    public Decoder<Document> decoder(TableSchema actual) {
        return tables.of(actual);
    }

    @Override
    public Document set(Document data, FieldPath path, @Nullable Object value, ReferenceEditor references) {
        try {
            Object changed = DynamicPath.set(
                    data,
                    path,
                    0,
                    DynamicValue.normal(value, path.steps().size() - 1),
                    (reference, rest) -> references.set(reference, rest, value, path));
            return changed instanceof Document document ? document : data;
        } catch (TypeMismatch misfit) {
            throw Failures.set(NAME, misfit, path);
        }
    }

    @Override
    public Document patch(Document data, Map<String, ? extends @Nullable Object> change, ReferenceEditor references) {
        try {
            return DynamicPath.patch(
                    data,
                    change,
                    (reference, inner, path) -> references.patch(reference, Editor.texts(inner), path),
                    null);
        } catch (TypeMismatch misfit) {
            throw Failures.set(NAME, misfit, misfit.way());
        }
    }

    @Override
    public Document mapReferences(Document data, List<FieldPath.Step> steps, ReferenceVisitor visitor) {
        return steps.isEmpty() ? data : (Document) References.along(null, data, steps, visitor, NAME);
    }

    @Override
    public Document mapAllReferences(Document data, UnaryOperator<Rn<?>> change) {
        return (Document) References.all(null, data, change, NAME);
    }

    @Override
    public Document mapAllFiles(Document data, UnaryOperator<FileRef> change) {
        return (Document) References.files(null, data, (file, declared) -> change.apply(file), NAME);
    }

    @Override
    public void eachFile(Document data, FileVisitor visitor) {
        References.files(null, data, References.FileEditor.showing(visitor), NAME);
    }

    @Override
    public List<ColumnSchema> fileColumns(TableSchema actual) {
        return actual.columns().stream()
                .filter(column ->
                        !column.isHidden() && (column.kind() == ColumnKind.RN || column.kind() == ColumnKind.JSON))
                .toList();
    }

    @Override
    public void eachFile(ColumnSchema column, @Nullable Object stored, FileVisitor visitor) {
        try {
            Object value = stored == null ? null : DynamicValue.fromColumn(stored, column.kind(), null);
            if (value != null) {
                eachFile(Document.builder().put(column.name(), value).build(), visitor);
            }
        } catch (TypeMismatch misfit) {
            throw Failures.read(NAME, misfit.inField(column.name()), null);
        }
    }

    @Override
    @SuppressWarnings("unchecked")
    public Map<String, Object> describe(Document data) {
        return (Map<String, Object>) DynamicValue.describe(data);
    }

    /** Compares data; null and absent are the same in a column. */
    @Override
    public boolean sameData(Document one, Document other) {
        return changedFields(one, other).isEmpty();
    }

    @Override
    public void check(@Nullable Document data, Rn<?> rn) {
        if (data == null) {
            throw new ValueException(
                    "The item " + rn + " cannot be stored: its document is null; to remove an item, delete it");
        }
    }

    /** The columns of a table as it is. */
    private static final class Table implements Decoder<Document> {
        private final TableSchema actual;
        private final List<ColumnSchema> read = new ArrayList<>();
        private final List<ColumnSchema> columns;
        /** The columns that hold null where a document has no such field. */
        private final List<String> names = new ArrayList<>();

        /** The columns that the database fills in. */
        private final Set<String> filled = new LinkedHashSet<>();

        /** The columns of types that korm does not know. */
        private final List<String> foreign = new ArrayList<>();

        /** Beside the fingerprints of single fields as they are. */
        private final List<FingerprintKey> keys;

        private final Map<List<ColumnSchema>, List<ColumnSchema>> shared = new ConcurrentHashMap<>();

        Table(TableSchema actual) {
            this.actual = actual;
            for (ColumnSchema column : actual.columns()) {
                if (column.isHidden()) {
                    continue;
                }
                read.add(column);
                if (column.isFilled()) {
                    filled.add(column.name());
                }
                if (column.kind() == ColumnKind.OTHER) {
                    foreign.add(column.name());
                } else if (!column.isFilled()) {
                    names.add(column.name());
                }
            }
            this.columns = List.copyOf(read);
            this.keys = FingerprintKey.in(actual).stream()
                    .filter(key -> !key.isPlain())
                    .toList();
        }

        List<String> names() {
            return names;
        }

        boolean isFilled(String name) {
            return filled.contains(name);
        }

        /** Takes out the fields of a row that the database is to fill in, or whose values a document has only as texts. */
        void leaveOut(Set<String> fields, Document data, Rn<?> rn, Generated generated) {
            if (generated == Generated.LEFT_OUT) {
                foreign.forEach(fields::remove);
            }
            for (String name : filled) {
                ColumnSchema column = actual.column(name).orElseThrow();
                Object value = data.asMap().get(name);
                boolean leaves = column.isGenerated()
                        || (value == null
                                && (column.filling() == ColumnSchema.Filling.DEFAULT_NOT_NULL
                                        || !fields.contains(name)));
                if (leaves) {
                    fields.remove(name);
                    leaveOut(column, value, rn, generated);
                }
            }
        }

        private void leaveOut(ColumnSchema column, @Nullable Object value, @Nullable Rn<?> rn, Generated generated) {
            try {
                if (column.isGenerated()) {
                    generated.leaveOut(value);
                }
                generated.requireUnkept(
                        column, isUnique(column.name()) || keys.stream().anyMatch(key -> key.isOf(column.name())));
            } catch (TypeMismatch misfit) {
                throw Failures.store(NAME, misfit.inField(column.name()), rn);
            }
        }

        /**
         * Returns whether a change leaves a column as it is: the database works it out, or it cannot be null, as the
         * field is.
         */
        boolean isLeftAlone(String name, Document data, @Nullable Rn<?> rn) {
            ColumnSchema column = filled.contains(name) ? actual.column(name).orElseThrow() : null;
            if (column == null || !column.isGenerated()) {
                return column != null
                        && column.filling() == ColumnSchema.Filling.DEFAULT_NOT_NULL
                        && !data.asMap().containsKey(name);
            }
            try {
                Generated.REFUSED.leaveOut(data.asMap().get(name));
            } catch (TypeMismatch misfit) {
                throw Failures.store(NAME, misfit.inField(name), rn);
            }
            return true;
        }

        @Override
        public List<ColumnSchema> columns() {
            return columns;
        }

        @Override
        public Document decode(RowCursor row, int first, Rn<Document> rn, @Nullable LayerSealer seals) {
            ItemIdentity owner = owner(rn, seals);
            Document.Builder builder = Document.builder();
            for (int i = 0; i < columns.size(); i++) {
                ColumnSchema column = columns.get(i);
                Object stored = row.get(first + i);
                Object value =
                        stored == null ? null : DynamicValue.fromColumn(stored, column.kind(), location(column, owner));
                if (value != null) {
                    builder.put(column.name(), isUnique(column.name()) ? Unique.of(value) : DynamicValue.read(value));
                }
            }
            return builder.build();
        }

        private boolean isUnique(String name) {
            return actual.has(FingerprintKey.of(name).hidden().name());
        }

        /** The treatment of fields that are not written: whether the data has them too. */
        enum Others {
            READ,
            UNKNOWN
        }

        private @Nullable ItemIdentity owner(@Nullable Rn<?> rn, @Nullable LayerSealer seals) {
            return rn != null && seals != null
                    ? seals.item(actual.table(), rn.id().orElseThrow())
                    : null;
        }

        /** Returns the location of a column's secrets; null when it cannot have any. */
        private static @Nullable SecretLocation location(ColumnSchema column, @Nullable ItemIdentity owner) {
            boolean secrets = column.kind() == ColumnKind.ENCRYPTED || column.kind() == ColumnKind.JSON;
            return secrets && owner != null ? owner.column(column.name()) : null;
        }

        Encoded encode(
                Collection<String> fields,
                Document data,
                @Nullable Rn<?> rn,
                @Nullable LayerSealer seals,
                Others unwritten) {
            ItemIdentity owner = owner(rn, seals);
            Map<String, @Nullable Object> there = data.asMap();
            List<ColumnSchema> written = new ArrayList<>();
            List<@Nullable Object> values = new ArrayList<>();
            for (String name : fields) {
                Object value = there.get(name);
                ColumnSchema column = actual.column(name).orElse(null);
                if (column == null && value == null) {
                    continue;
                }
                if (column == null) {
                    column = new ColumnSchema(name, DynamicValue.kind(java.util.Objects.requireNonNull(value)));
                }
                Object stored = store(name, value, column.kind(), location(column, owner), rn);
                written.add(column);
                values.add(stored);
                if (value instanceof Unique<?> || isUnique(name)) {
                    written.add(FingerprintKey.of(name).hidden());
                    values.add(stored == null ? null : CanonicalJson.fingerprint(stored, column.kind()));
                }
            }
            Map<String, List<String>> sealed = new HashMap<>();
            for (FingerprintKey key : keys) {
                boolean settled = unwritten == Others.READ || fields.containsAll(key.columns());
                if (settled && fields.stream().anyMatch(key::isOf)) {
                    written.add(key.hidden());
                    BlindIndex blind = seals == null || !key.isSealed() ? null : seals.blind(actual.table(), key);
                    Fingerprint.Values of = part -> part(part, there.get(part.column()), rn);
                    values.add(Fingerprint.of(key, of, blind));
                    sealed.putAll(Fingerprint.underAllKeys(List.of(key), actual.table(), of, seals));
                }
            }
            return new Encoded(share(written), Row.of(values.toArray()), sealed);
        }

        private Fingerprint.Part part(FingerprintKey.Part part, @Nullable Object value, @Nullable Rn<?> rn) {
            if (part.content() == FingerprintKey.Content.SEALED) {
                return new Fingerprint.Part(SecretTypes.clear(null, value), ColumnKind.JSON);
            }
            ColumnKind kind =
                    actual.column(part.column()).map(ColumnSchema::kind).orElse(ColumnKind.OTHER);
            return new Fingerprint.Part(store(part.column(), value, kind, null, rn), kind);
        }

        private static @Nullable Object store(
                String name,
                @Nullable Object value,
                ColumnKind column,
                @Nullable SecretLocation location,
                @Nullable Rn<?> rn) {
            try {
                return value == null ? null : DynamicForm.write(value, column, location);
            } catch (TypeMismatch misfit) {
                throw Failures.store(NAME, misfit.inField(name), rn);
            }
        }

        private List<ColumnSchema> share(List<ColumnSchema> written) {
            List<ColumnSchema> known = shared.get(written);
            if (known != null) {
                return known;
            }
            List<ColumnSchema> own = List.copyOf(written);
            if (shared.size() >= MOST_COLUMN_LISTS) {
                return own;
            }
            List<ColumnSchema> earlier = shared.putIfAbsent(own, own);
            return earlier != null ? earlier : own;
        }
    }
}
