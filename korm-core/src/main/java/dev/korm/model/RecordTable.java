package dev.korm.model;

import dev.korm.Rn;
import dev.korm.codec.Canonical;
import dev.korm.codec.ColumnForm;
import dev.korm.codec.Misfit;
import dev.korm.codec.RecordCodec;
import dev.korm.codec.RecordField;
import dev.korm.crypto.Owner;
import dev.korm.crypto.Seals;
import dev.korm.crypto.Spot;
import dev.korm.spi.ColumnShape;
import dev.korm.spi.Row;
import dev.korm.spi.RowCursor;
import dev.korm.spi.TableName;
import dev.korm.spi.TableShape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A record's fields in the columns of a table as it is. Safe for many threads. */
final class RecordTable<T> implements Decoder<T> {
    private static final int MOST_COLUMN_LISTS = 256;

    private final Class<T> type;
    private final RecordCodec codec;
    private final TableName table;
    private final Place[] places;
    private final boolean secrets;
    private final List<ColumnShape> read;
    private final List<ColumnShape> written;
    /** The columns of changes, so that equal changes share one list. */
    private final Map<BitSet, List<ColumnShape>> columnsOf = new ConcurrentHashMap<>();

    /**
     * Where a field is.
     *
     * @param source its place among the columns read; -1 when the table lacks it
     * @param shadow the hidden column of its fingerprints
     */
    private record Place(
            RecordField field,
            ColumnForm form,
            ColumnShape column,
            int source,
            @Nullable ColumnShape shadow) {
        /** Where its secrets are; null when there can be none. */
        @Nullable Spot spot(@Nullable Owner owner) {
            return owner != null && form.mayHoldSecrets() ? owner.column(column.name()) : null;
        }
    }

    RecordTable(Class<T> type, RecordCodec codec, TableShape actual) {
        this.type = type;
        this.codec = codec;
        this.table = actual.table();
        this.places = new Place[codec.fields().size()];
        List<ColumnShape> readable = new ArrayList<>();
        for (RecordField field : codec.fields()) {
            ColumnShape there = actual.column(field.storedName()).orElse(null);
            ColumnShape column = there != null
                    ? there
                    : new ColumnShape(field.storedName(), field.codec().kind());
            ColumnShape shadow = Columns.shadow(field.storedName());
            boolean unique = RecordModel.isUnique(field) || actual.has(shadow.name());
            places[field.index()] = new Place(
                    field,
                    new ColumnForm(field.codec(), column.kind()),
                    column,
                    there == null ? -1 : readable.size(),
                    unique ? shadow : null);
            if (there != null) {
                readable.add(there);
            }
        }
        this.secrets = Arrays.stream(places).anyMatch(place -> place.form().mayHoldSecrets());
        this.read = List.copyOf(readable);
        this.written = columns(codec.fields());
    }

    private List<ColumnShape> columns(List<RecordField> fields) {
        List<ColumnShape> columns = new ArrayList<>();
        for (RecordField field : fields) {
            Place place = places[field.index()];
            columns.add(place.column());
            if (place.shadow() != null) {
                columns.add(place.shadow());
            }
        }
        return List.copyOf(columns);
    }

    Encoded encode(T data, Rn<?> rn, @Nullable Seals seals) {
        Owner owner = owner(rn, seals);
        @Nullable Object[] values = new Object[written.size()];
        int at = 0;
        for (Place place : places) {
            at = encode(place, value(place.field(), data), owner, values, at);
        }
        return new Encoded(written, Row.of(values));
    }

    Encoded encode(T data, List<RecordField> fields, Rn<?> rn, @Nullable Seals seals) {
        List<@Nullable Object> values = new ArrayList<>(fields.size());
        for (RecordField field : fields) {
            values.add(value(field, data));
        }
        return encodeValues(fields, values, owner(rn, seals));
    }

    /** @param owner the item; null for columns that are the same in many */
    Encoded encodeValues(List<RecordField> fields, List<@Nullable Object> values, @Nullable Owner owner) {
        List<ColumnShape> columns = columnsOf(fields);
        @Nullable Object[] row = new Object[columns.size()];
        int at = 0;
        for (int i = 0; i < fields.size(); i++) {
            at = encode(places[fields.get(i).index()], values.get(i), owner, row, at);
        }
        return new Encoded(columns, Row.of(row));
    }

    private List<ColumnShape> columnsOf(List<RecordField> fields) {
        BitSet key = new BitSet(places.length);
        int last = -1;
        for (RecordField field : fields) {
            if (field.index() <= last) {
                return columns(fields);
            }
            last = field.index();
            key.set(last);
        }
        List<ColumnShape> known = columnsOf.get(key);
        if (known != null) {
            return known;
        }
        List<ColumnShape> columns = columns(fields);
        if (columnsOf.size() >= MOST_COLUMN_LISTS) {
            return columns;
        }
        List<ColumnShape> earlier = columnsOf.putIfAbsent(key, columns);
        return earlier != null ? earlier : columns;
    }

    private static @Nullable Object value(RecordField field, Object data) {
        try {
            return field.get(data);
        } catch (Misfit misfit) {
            throw misfit.inField(field.name());
        }
    }

    /** The item as the owner of its secrets; null when it has none. */
    private @Nullable Owner owner(Rn<?> rn, @Nullable Seals seals) {
        return secrets && seals != null ? seals.item(table, rn.id().orElseThrow()) : null;
    }

    private static int encode(
            Place place, @Nullable Object value, @Nullable Owner owner, @Nullable Object[] row, int first) {
        int at = first;
        Object stored;
        try {
            stored = place.form().write(value, place.spot(owner));
        } catch (Misfit misfit) {
            throw misfit.inField(place.field().name());
        }
        row[at++] = stored;
        if (place.shadow() != null) {
            row[at++] = stored == null
                    ? null
                    : Canonical.fingerprint(stored, place.column().kind());
        }
        return at;
    }

    @Override
    public List<ColumnShape> columns() {
        return read;
    }

    @Override
    public T decode(RowCursor row, int first, Rn<T> rn, @Nullable Seals seals) {
        Owner owner = owner(rn, seals);
        @Nullable Object[] values = new Object[places.length];
        int at = 0;
        try {
            for (; at < places.length; at++) {
                Place place = places[at];
                Object stored = place.source() < 0 ? null : row.get(first + place.source());
                values[at] = place.form().read(stored, place.spot(owner));
            }
        } catch (Misfit misfit) {
            throw Failures.read(
                    type.getSimpleName(), misfit.inField(places[at].field().name()), rn);
        }
        try {
            return type.cast(codec.construct(values));
        } catch (Misfit refused) {
            throw Failures.read(type.getSimpleName(), refused, rn);
        }
    }
}
