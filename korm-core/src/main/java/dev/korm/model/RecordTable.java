package dev.korm.model;

import dev.korm.FieldPath;
import dev.korm.Rn;
import dev.korm.SchemaException;
import dev.korm.codec.ColumnForm;
import dev.korm.codec.RecordCodec;
import dev.korm.codec.RecordField;
import dev.korm.codec.SecretTypes;
import dev.korm.codec.json.CanonicalJson;
import dev.korm.codec.scalar.RnCodec;
import dev.korm.codec.text.TypeMismatch;
import dev.korm.crypto.BlindIndex;
import dev.korm.crypto.ItemIdentity;
import dev.korm.crypto.LayerSealer;
import dev.korm.crypto.SecretLocation;
import dev.korm.model.row.Decoder;
import dev.korm.model.row.Encoded;
import dev.korm.model.row.Failures;
import dev.korm.model.row.FieldReferences;
import dev.korm.model.row.Fingerprint;
import dev.korm.model.row.UnknownField;
import dev.korm.spi.Row;
import dev.korm.spi.RowCursor;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.FingerprintKey;
import dev.korm.spi.schema.TableSchema;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A record's fields in the columns of a table as it is. Safe for many threads. */
final class RecordTable<T> implements Decoder<T> {
    private static final int MOST_COLUMN_LISTS = 256;

    private final Class<T> type;
    private final RecordCodec codec;
    private final TableName table;
    private final TableSchema actual;
    private final FieldMapping[] mappings;
    private final boolean secrets;
    /** Whether the database fills in one of the columns. */
    private final boolean filled;

    private final List<ColumnSchema> read;
    private final List<ColumnSchema> written;
    /** Beside the fingerprints of single fields as they are. */
    private final List<FingerprintKey> keys;
    /** The columns of changes, so that equal changes share one list. */
    private final Map<BitSet, List<ColumnSchema>> columnsOf = new ConcurrentHashMap<>();
    /** The columns of items that leave some to the database. */
    private final Map<List<RecordField>, List<ColumnSchema>> insertsOf = new ConcurrentHashMap<>();

    /**
     * The mapping of a field to the columns of a table.
     *
     * @param source its position among the columns read; -1 when the table lacks it
     * @param shadow the hidden column of its fingerprints
     * @param reference whether it is a reference itself
     */
    private record FieldMapping(
            RecordField field,
            ColumnForm form,
            ColumnSchema column,
            int source,
            @Nullable ColumnSchema shadow,
            boolean reference) {
        /** Returns the location of its secrets; null when it cannot have any. */
        @Nullable SecretLocation location(@Nullable ItemIdentity owner) {
            return owner != null && form.mayHoldSecrets() ? owner.column(column.name()) : null;
        }
    }

    RecordTable(Class<T> type, RecordCodec codec, DeclaredKeys declared, TableSchema actual) {
        this.type = type;
        this.codec = codec;
        this.table = actual.table();
        this.actual = actual;
        this.mappings = new FieldMapping[codec.fields().size()];
        List<ColumnSchema> readable = new ArrayList<>();
        for (RecordField field : codec.fields()) {
            ColumnSchema there = actual.column(field.storedName()).orElse(null);
            ColumnSchema column = there != null
                    ? there
                    : new ColumnSchema(field.storedName(), field.codec().kind());
            ColumnSchema shadow = FingerprintKey.of(field.storedName()).hidden();
            boolean unique =
                    declared.of(field).filter(FingerprintKey::isPlain).isPresent() || actual.has(shadow.name());
            mappings[field.index()] = new FieldMapping(
                    field,
                    new ColumnForm(field.codec(), column.kind()),
                    column,
                    there == null ? -1 : readable.size(),
                    unique ? shadow : null,
                    field.codec() instanceof RnCodec);
            if (there != null) {
                readable.add(there);
            }
        }
        this.secrets =
                Arrays.stream(mappings).anyMatch(mapping -> mapping.form().mayHoldSecrets());
        this.filled =
                Arrays.stream(mappings).anyMatch(mapping -> mapping.column().isFilled());
        this.read = List.copyOf(readable);
        this.keys = Stream.concat(declared.all().stream(), FingerprintKey.in(actual).stream())
                .filter(key -> !key.isPlain())
                .distinct()
                .toList();
        this.written = columns(codec.fields(), keys);
    }

    private List<ColumnSchema> columns(List<RecordField> fields, List<FingerprintKey> fingerprints) {
        List<ColumnSchema> columns = new ArrayList<>();
        for (RecordField field : fields) {
            FieldMapping mapping = mappings[field.index()];
            columns.add(mapping.column());
            if (mapping.shadow() != null) {
                columns.add(mapping.shadow());
            }
        }
        fingerprints.forEach(key -> columns.add(key.hidden()));
        return List.copyOf(columns);
    }

    /** Returns the keys that a change of some fields changes. */
    private List<FingerprintKey> touched(List<RecordField> fields) {
        return keys.isEmpty()
                ? keys
                : keys.stream()
                        .filter(key -> fields.stream().anyMatch(field -> key.isOf(field.storedName())))
                        .toList();
    }

    Encoded encode(T data, Rn<?> rn, @Nullable LayerSealer seals, Generated generated) {
        if (filled) {
            return encodeNamed(data, rn, seals, generated);
        }
        ItemIdentity owner = owner(rn, seals);
        @Nullable Object[] values = new Object[written.size()];
        int at = 0;
        for (FieldMapping mapping : mappings) {
            at = encode(mapping, value(mapping.field(), data), owner, values, at);
        }
        for (FingerprintKey key : keys) {
            values[at++] = fingerprint(key, data, seals);
        }
        return new Encoded(
                written, Row.of(values), Fingerprint.underAllKeys(keys, table, part -> part(part, data), seals));
    }

    /** Returns an item without the fields that the database is to fill in. */
    private Encoded encodeNamed(T data, Rn<?> rn, @Nullable LayerSealer seals, Generated generated) {
        ItemIdentity owner = owner(rn, seals);
        List<RecordField> named = new ArrayList<>();
        List<@Nullable Object> values = new ArrayList<>();
        for (FieldMapping mapping : mappings) {
            Object value = value(mapping.field(), data);
            if (isLeftOut(mapping, value, generated)) {
                requireUnkept(mapping, generated);
                continue;
            }
            named.add(mapping.field());
            @Nullable Object[] row = new Object[2];
            int width = encode(mapping, value, owner, row, 0);
            values.addAll(Arrays.asList(row).subList(0, width));
        }
        for (FingerprintKey key : keys) {
            values.add(fingerprint(key, data, seals));
        }
        return new Encoded(
                insertsOf(named),
                Row.of(values.toArray()),
                Fingerprint.underAllKeys(keys, table, part -> part(part, data), seals));
    }

    private static boolean isLeftOut(FieldMapping mapping, @Nullable Object value, Generated generated) {
        try {
            if (mapping.column().isGenerated()) {
                generated.leaveOut(value);
                return true;
            }
        } catch (TypeMismatch misfit) {
            throw misfit.inField(mapping.field().name());
        }
        return value == null && mapping.column().filling() == ColumnSchema.Filling.DEFAULT_NOT_NULL;
    }

    private void requireUnkept(FieldMapping mapping, Generated generated) {
        try {
            generated.requireUnkept(
                    mapping.column(),
                    mapping.shadow() != null
                            || keys.stream()
                                    .anyMatch(key -> key.isOf(mapping.column().name())));
        } catch (TypeMismatch misfit) {
            throw misfit.inField(mapping.field().name());
        }
    }

    private List<ColumnSchema> insertsOf(List<RecordField> named) {
        List<ColumnSchema> known = insertsOf.get(named);
        if (known != null) {
            return known;
        }
        List<ColumnSchema> columns = columns(named, keys);
        if (insertsOf.size() >= MOST_COLUMN_LISTS) {
            return columns;
        }
        List<ColumnSchema> earlier = insertsOf.putIfAbsent(List.copyOf(named), columns);
        return earlier != null ? earlier : columns;
    }

    /** Returns the fields without those that the database works out by itself. */
    private List<RecordField> writable(T data, List<RecordField> fields) {
        if (!filled) {
            return fields;
        }
        return fields.stream()
                .filter(field -> !mappings[field.index()].column().isGenerated()
                        || !isLeftOut(mappings[field.index()], value(field, data), Generated.REFUSED))
                .toList();
    }

    Encoded encode(T data, List<RecordField> changed, Rn<?> rn, @Nullable LayerSealer seals) {
        ItemIdentity owner = owner(rn, seals);
        List<RecordField> fields = writable(data, changed);
        List<FingerprintKey> touched = touched(fields);
        List<ColumnSchema> columns = columnsOf(fields, touched);
        @Nullable Object[] row = new Object[columns.size()];
        int at = 0;
        for (RecordField field : fields) {
            at = encode(mappings[field.index()], value(field, data), owner, row, at);
        }
        for (FingerprintKey key : touched) {
            requireFields(key, fields);
            row[at++] = fingerprint(key, data, seals);
        }
        return new Encoded(
                columns, Row.of(row), Fingerprint.underAllKeys(touched, table, part -> part(part, data), seals));
    }

    /** Encodes some fields of many items; the fingerprints of keys that have other fields too are left out. */
    Encoded encodeValues(List<RecordField> fields, List<@Nullable Object> values) {
        for (int i = 0; i < fields.size(); i++) {
            FieldMapping mapping = mappings[fields.get(i).index()];
            if (mapping.column().isGenerated()) {
                isLeftOut(mapping, values.get(i) == null ? "" : values.get(i), Generated.REFUSED);
            }
        }
        Map<String, Fingerprint.Part> given = new HashMap<>();
        List<String> names = fields.stream().map(RecordField::storedName).toList();
        List<FingerprintKey> settled = touched(fields).stream()
                .filter(key -> names.containsAll(key.columns()))
                .toList();
        List<ColumnSchema> columns = columns(fields, settled);
        @Nullable Object[] row = new Object[columns.size()];
        int at = 0;
        for (int i = 0; i < fields.size(); i++) {
            FieldMapping mapping = mappings[fields.get(i).index()];
            int first = at;
            at = encode(mapping, values.get(i), null, row, first);
            given.put(
                    names.get(i),
                    new Fingerprint.Part(row[first], mapping.column().kind()));
        }
        for (FingerprintKey key : settled) {
            row[at++] = Fingerprint.of(key, part -> Objects.requireNonNull(given.get(part.column())));
        }
        return new Encoded(columns, Row.of(row));
    }

    private @Nullable FieldMapping mapping(String column) {
        for (FieldMapping mapping : mappings) {
            if (mapping.column().name().equals(column)) {
                return mapping;
            }
        }
        return null;
    }

    private @Nullable String fingerprint(FingerprintKey key, T data, @Nullable LayerSealer seals) {
        BlindIndex blind = seals == null || !key.isSealed() ? null : seals.blind(table, key);
        return Fingerprint.of(key, part -> part(part, data), blind);
    }

    /**
     * Returns the part of a fingerprint that an item has in a column; null where the record has no such field, for a
     * new item.
     */
    private Fingerprint.Part part(FingerprintKey.Part part, T data) {
        FieldMapping mapping = mapping(part.column());
        if (mapping == null) {
            return new Fingerprint.Part(null, ColumnKind.OTHER);
        }
        Object value = value(mapping.field(), data);
        if (part.content() == FingerprintKey.Content.SEALED) {
            return new Fingerprint.Part(SecretTypes.clear(mapping.field().codec(), value), ColumnKind.JSON);
        }
        return new Fingerprint.Part(
                stored(mapping, value, null), mapping.column().kind());
    }

    /** Checks that a change knows all fields that are unique together, also where its record does not have them. */
    private void requireFields(FingerprintKey key, List<RecordField> changed) {
        for (String column : key.columns()) {
            if (mapping(column) == null) {
                throw new SchemaException("A change of "
                        + changed.stream()
                                .map(RecordField::name)
                                .filter(name -> codec.field(name)
                                        .filter(field -> key.isOf(field.storedName()))
                                        .isPresent())
                                .collect(Collectors.joining(" and "))
                        + " of " + type.getSimpleName() + " cannot be stored: the collection keeps " + key
                        + " unique together, and " + type.getSimpleName() + " has no field " + column
                        + ". Give it one, or change the item as a Document");
            }
        }
    }

    private List<ColumnSchema> columnsOf(List<RecordField> fields, List<FingerprintKey> touched) {
        BitSet key = new BitSet(mappings.length);
        int last = -1;
        for (RecordField field : fields) {
            if (field.index() <= last) {
                return columns(fields, touched);
            }
            last = field.index();
            key.set(last);
        }
        List<ColumnSchema> known = columnsOf.get(key);
        if (known != null) {
            return known;
        }
        List<ColumnSchema> columns = columns(fields, touched);
        if (columnsOf.size() >= MOST_COLUMN_LISTS) {
            return columns;
        }
        List<ColumnSchema> earlier = columnsOf.putIfAbsent(key, columns);
        return earlier != null ? earlier : columns;
    }

    private static @Nullable Object value(RecordField field, Object data) {
        try {
            return field.get(data);
        } catch (TypeMismatch misfit) {
            throw misfit.inField(field.name());
        }
    }

    /** Returns the item as the owner of its secrets; null when it has none. */
    private @Nullable ItemIdentity owner(Rn<?> rn, @Nullable LayerSealer seals) {
        return secrets && seals != null ? seals.item(table, rn.id().orElseThrow()) : null;
    }

    private static int encode(
            FieldMapping mapping,
            @Nullable Object value,
            @Nullable ItemIdentity owner,
            @Nullable Object[] row,
            int first) {
        int at = first;
        Object stored = stored(mapping, value, owner);
        row[at++] = stored;
        if (mapping.shadow() != null) {
            row[at++] = stored == null
                    ? null
                    : CanonicalJson.fingerprint(stored, mapping.column().kind());
        }
        return at;
    }

    private static @Nullable Object stored(FieldMapping mapping, @Nullable Object value, @Nullable ItemIdentity owner) {
        try {
            return mapping.form().write(value, mapping.location(owner));
        } catch (TypeMismatch misfit) {
            throw misfit.inField(mapping.field().name());
        }
    }

    /** Returns the column that may hold the values of a field which has none. */
    private Optional<String> formerName(FieldMapping mapping) {
        Set<String> named =
                Arrays.stream(mappings).map(other -> other.column().name()).collect(Collectors.toSet());
        return mapping.source() >= 0
                ? Optional.empty()
                : UnknownField.formerOrOnlyColumn(
                        mapping.field().storedName(), mapping.column().kind(), actual, named);
    }

    @Override
    public List<ColumnSchema> columns() {
        return read;
    }

    @Override
    public T decode(RowCursor row, int first, Rn<T> rn, @Nullable LayerSealer seals) {
        return decoded(row, first, rn, seals, null, null);
    }

    @Override
    public T decode(
            RowCursor row, int first, Rn<T> rn, @Nullable LayerSealer seals, @Nullable FieldReferences references) {
        return decoded(row, first, rn, seals, null, references);
    }

    @Override
    public T decode(
            RowCursor row,
            int first,
            Rn<T> rn,
            @Nullable LayerSealer seals,
            Map<FieldPath, ? extends @Nullable Object> instead) {
        Map<RecordField, @Nullable Object> values = new HashMap<>();
        instead.forEach((path, value) -> {
            RecordField field = Editor.topLevel(codec, path);
            try {
                values.put(field, field.codec().convertNullable(value, 0));
            } catch (TypeMismatch misfit) {
                throw Failures.set(type.getSimpleName(), misfit, path);
            }
        });
        return decoded(row, first, rn, seals, values, null);
    }

    /**
     * @param instead what some fields get, whatever is stored of them; null for none
     * @param references gives fields their references; null for those that are stored
     */
    private T decoded(
            RowCursor row,
            int first,
            Rn<T> rn,
            @Nullable LayerSealer seals,
            @Nullable Map<RecordField, @Nullable Object> instead,
            @Nullable FieldReferences references) {
        ItemIdentity owner = owner(rn, seals);
        @Nullable Object[] values = new Object[mappings.length];
        int at = 0;
        try {
            for (; at < mappings.length; at++) {
                FieldMapping mapping = mappings[at];
                if (instead != null && instead.containsKey(mapping.field())) {
                    values[at] = instead.get(mapping.field());
                    continue;
                }
                Object stored = mapping.source() < 0 ? null : row.get(first + mapping.source());
                if (stored == null) {
                    values[at] = codec.ofNull(mapping.field(), mapping.source() < 0);
                } else if (references != null && mapping.reference() && stored instanceof String text) {
                    values[at] = reference(mapping, text, references);
                } else {
                    values[at] = mapping.form().read(stored, mapping.location(owner));
                }
            }
        } catch (TypeMismatch misfit) {
            throw Failures.read(type, misfit.inField(mappings[at].field().name()), rn, formerName(mappings[at]));
        }
        try {
            return type.cast(codec.constructStored(values));
        } catch (TypeMismatch refused) {
            throw Failures.read(type, refused, rn);
        }
    }

    private static @Nullable Object reference(FieldMapping mapping, String text, FieldReferences references) {
        int field = mapping.field().index();
        Rn<?> known = references.known(field, text);
        if (known != null) {
            return known;
        }
        Object read = mapping.form().read(text, null);
        return read instanceof Rn<?> rn ? references.met(field, text, rn) : read;
    }
}
