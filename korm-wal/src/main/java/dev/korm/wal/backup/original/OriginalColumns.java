package dev.korm.wal.backup.original;

import dev.korm.Rn;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.TableSchema;
import dev.korm.wal.backup.format.Json;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The columns of one table of a backup of the original's, which does not say of what types they are. Where the pool has the table, it says so;
 * else all values of a column together decide. For one thread.
 */
public final class OriginalColumns {
    private static final Pattern FINGERPRINT = Pattern.compile("[0-9a-f]{128}");
    private static final Pattern QUOTED_TIME = Pattern.compile("\"[+-]?[0-9]{4,6}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z\"");
    private static final String MARK = "__ENCRYPTED__";
    private static final String UNIQUE = ColumnSchema.UNIQUE_PREFIX;

    private final boolean jsonAsText;
    private final Map<String, Seen> seen = new LinkedHashMap<>();

    /** The counts of the values of a column. */
    private static final class Seen {
        private long values;
        private long nulls;
        private long booleans;
        private long wholes;
        private long bits;
        private long reals;
        private long structures;
        private long sealed;
        private long references;
        private long fingerprints;
        private long times;
    }

    /** @param type of the original's layer */
    public OriginalColumns(String type) {
        this.jsonAsText = type.equals("sqlite");
    }

    /** Looks at a row. */
    public void look(Map<?, ?> row) {
        row.forEach((name, value) -> look(seen.computeIfAbsent(String.valueOf(name), any -> new Seen()), value));
    }

    private void look(Seen column, @Nullable Object value) {
        if (value == null) {
            column.nulls++;
            return;
        }
        column.values++;
        if (value instanceof Boolean) {
            column.booleans++;
        } else if (value instanceof Long whole) {
            column.wholes++;
            column.bits += whole == 0 || whole == 1 ? 1 : 0;
        } else if (value instanceof BigDecimal) {
            column.reals++;
        } else if (value instanceof String text) {
            look(column, text);
        } else {
            column.structures++;
            column.sealed += isSealed(value) ? 1 : 0;
        }
    }

    private void look(Seen column, String text) {
        if (Rn.isRn(text)) {
            column.references++;
        } else if (FINGERPRINT.matcher(text).matches()) {
            column.fingerprints++;
        } else if (jsonAsText && (text.startsWith("{") || text.startsWith("["))) {
            Object parsed = parsed(text);
            if (parsed != null) {
                column.structures++;
                column.sealed += isSealed(parsed) ? 1 : 0;
            }
        } else if (jsonAsText && QUOTED_TIME.matcher(text).matches()) {
            column.times++;
        }
    }

    private static @Nullable Object parsed(String text) {
        try {
            return Json.parse(text);
        } catch (RuntimeException noJson) {
            return null;
        }
    }

    private static boolean isSealed(Object value) {
        return value instanceof Map<?, ?> map && Boolean.TRUE.equals(map.get(MARK));
    }

    /** Returns the columns, the key first. */
    public List<ColumnSchema> columns(Optional<TableSchema> there) {
        List<ColumnSchema> columns = new ArrayList<>();
        columns.add(new ColumnSchema(TableName.ID, ColumnKind.ID));
        seen.forEach((name, column) -> {
            if (!name.equals(TableName.ID)) {
                ColumnKind kind = there.flatMap(schema -> schema.column(name))
                        .map(ColumnSchema::kind)
                        .filter(known -> known != ColumnKind.OTHER)
                        .orElseGet(() -> kind(name, column));
                columns.add(new ColumnSchema(name, kind));
            }
        });
        return columns;
    }

    private ColumnKind kind(String name, Seen column) {
        long all = column.values;
        if (name.startsWith(UNIQUE) && column.fingerprints == all) {
            return ColumnKind.FINGERPRINT;
        }
        if (all == 0) {
            return ColumnKind.TEXT;
        }
        if (column.booleans == all) {
            return ColumnKind.BOOLEAN;
        }
        if (column.wholes + column.reals == all) {
            return column.reals == 0 ? ColumnKind.INTEGER : ColumnKind.REAL;
        }
        if (column.sealed == all) {
            return ColumnKind.ENCRYPTED;
        }
        if (jsonAsText) {
            // A text that looks like JSON in every row is taken for JSON, as the original takes it.
            if (column.structures + column.times == all) {
                return ColumnKind.JSON;
            }
        } else if (column.structures > 0) {
            return ColumnKind.JSON;
        }
        return column.references == all ? ColumnKind.RN : ColumnKind.TEXT;
    }

    /** Returns what the backup does not say of the columns. */
    public List<String> notes(String table, List<ColumnSchema> chosen) {
        List<String> bits = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        for (ColumnSchema column : chosen) {
            Seen known = seen.get(column.name());
            if (known != null) {
                if (column.kind() == ColumnKind.INTEGER && known.bits > 0 && known.bits == known.values && jsonAsText) {
                    bits.add(column.name());
                }
                if ((column.kind() == ColumnKind.INTEGER || column.kind() == ColumnKind.REAL) && known.nulls > 0) {
                    missing.add(column.name());
                }
            }
        }
        List<String> notes = new ArrayList<>();
        if (!bits.isEmpty()) {
            notes.add(
                    table + ": " + String.join(", ", bits)
                            + " hold only 0 and 1. Booleans of SQLite are written so in the original's backups, so they are whole numbers here unless the pool has the table already");
        }
        if (!missing.isEmpty()) {
            notes.add(table + ": nulls of " + String.join(", ", missing)
                    + " may have been NaN or infinite, which the original's backups lose");
        }
        return notes;
    }

    /**
     * Returns the values of a row, in the order of columns.
     *
     * @throws IllegalArgumentException when one is not of its column's kind
     */
    public @Nullable Object[] values(Map<?, ?> row, List<ColumnSchema> columns) {
        @Nullable Object[] values = new Object[columns.size()];
        for (int i = 0; i < values.length; i++) {
            Object value = row.get(columns.get(i).name());
            values[i] = value == null ? null : value(value, columns.get(i).kind());
        }
        if (values.length == 0 || !(values[0] instanceof String)) {
            throw new IllegalArgumentException("A row has no id");
        }
        return values;
    }

    private Object value(Object value, ColumnKind kind) {
        return switch (kind) {
            case BOOLEAN ->
                value instanceof Long bit && (bit == 0 || bit == 1) ? (Object) (bit == 1) : as(value, Boolean.class);
            case INTEGER -> whole(value);
            case REAL ->
                value instanceof String digits
                        ? (Object) Double.valueOf(digits)
                        : as(value, Number.class).doubleValue();
            case DECIMAL -> new BigDecimal(value.toString());
            case JSON, ENCRYPTED -> jsonAsText && value instanceof String text ? text : Json.text(value);
            default -> value instanceof String text ? text : Json.text(value);
        };
    }

    private static Object whole(Object value) {
        if (value instanceof String digits) {
            return Long.valueOf(digits);
        }
        return value instanceof BigDecimal real ? (Object) real.doubleValue() : as(value, Long.class);
    }

    private static <T> T as(Object value, Class<T> type) {
        if (!type.isInstance(value)) {
            throw new IllegalArgumentException("A value is not of its column's type");
        }
        return type.cast(value);
    }
}
