package dev.korm.wal.backup.format;

import dev.korm.KormException;
import dev.korm.spi.query.ColumnKind;
import java.math.BigDecimal;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;

/**
 * Tells a visitor the lines of a backup. For one thread.
 *
 * <p><b>States.</b> Between tables and files; in a table; in a file. A line that does not fit the state is damage, as is an end in any state but the first.
 */
public final class LineReader {
    private final BackupVisitor visitor;
    private @Nullable StoredTable table;
    private ColumnKind[] kinds = new ColumnKind[0];
    private StoredRow row = new StoredRow(0);
    private @Nullable StoredFile file;
    private long count;

    public LineReader(BackupVisitor visitor) {
        this.visitor = visitor;
    }

    /**
     * Reads lines that are whole.
     *
     * @throws IllegalArgumentException when they are not as lines are; what was told to the visitor before may be wrong too
     */
    public void read(byte[] lines) {
        try {
            int at = 0;
            while (at < lines.length) {
                int end = at;
                while (end < lines.length && lines[end] != '\n') {
                    end++;
                }
                if (table == null || !row.find(lines, at, end)) {
                    parse(lines, at, end);
                } else {
                    count++;
                    if (!visitor.stored(row)) {
                        visitor.row(values());
                    }
                }
                at = end + 1;
            }
        } catch (KormException | IllegalArgumentException told) {
            throw told;
        } catch (tools.jackson.core.JacksonException | ClassCastException malformed) {
            throw new IllegalArgumentException("There is a line that is not as lines are", malformed);
        }
    }

    private @Nullable Object[] values() {
        @Nullable Object[] values = new Object[kinds.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = row.value(i, kinds[i]);
        }
        return values;
    }

    /** @throws IllegalArgumentException when the last line is missing */
    public void end() {
        if (table != null || file != null) {
            throw new IllegalArgumentException("The last line is missing");
        }
    }

    /** Reads whatever JSON stands in a line. */
    private void parse(byte[] lines, int from, int to) {
        try (JsonParser parser = Json.FACTORY.createParser(ObjectReadContext.empty(), lines, from, to - from)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token == JsonToken.START_OBJECT) {
                    control(Members.of(Json.value(parser)));
                } else if (token == JsonToken.START_ARRAY && table != null) {
                    count++;
                    visitor.row(row(parser));
                } else if (token == JsonToken.START_ARRAY && file != null) {
                    parser.nextToken();
                    byte[] bytes = parser.getBinaryValue();
                    count += bytes.length;
                    visitor.bytes(bytes);
                    parser.nextToken();
                } else {
                    throw new IllegalArgumentException("There is a line that belongs to nothing");
                }
            }
        }
    }

    private void control(Members line) {
        String sort = line.text("t");
        if (sort.equals("end")) {
            if (table == null && file == null) {
                throw new IllegalArgumentException("There is an end of nothing");
            }
            if (count != line.number("n")) {
                throw new IllegalArgumentException("There are not as many rows or bytes as it says");
            }
            table = null;
            file = null;
            visitor.end();
        } else if (table != null || file != null) {
            throw new IllegalArgumentException("A table or file has no end");
        } else if (sort.equals(StoredTable.LINE)) {
            StoredTable begun = StoredTable.of(line);
            table = begun;
            kinds = begun.schema().columns().stream()
                    .map(column -> column.kind())
                    .toArray(ColumnKind[]::new);
            row = new StoredRow(kinds.length);
            count = 0;
            visitor.table(begun);
        } else if (sort.equals(LineWriter.GONE)) {
            line.texts("keys").forEach(key -> visitor.gone(ContentKey.parse(key)));
        } else if (sort.equals(StoredFile.LINE)) {
            StoredFile begun = StoredFile.of(line);
            file = begun;
            count = 0;
            visitor.file(begun);
        } else {
            throw new IllegalArgumentException("There is a line of a sort that this version does not know");
        }
    }

    private @Nullable Object[] row(JsonParser parser) {
        @Nullable Object[] values = new Object[kinds.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = value(parser, parser.nextToken(), kinds[i]);
        }
        if (parser.nextToken() != JsonToken.END_ARRAY) {
            throw new IllegalArgumentException("A row has not as many values as its table has columns");
        }
        return values;
    }

    private static @Nullable Object value(JsonParser parser, @Nullable JsonToken token, ColumnKind kind) {
        if (token == null) {
            throw new IllegalArgumentException("A row has no end");
        }
        return switch (token) {
            case VALUE_NULL -> null;
            case VALUE_TRUE, VALUE_FALSE -> parser.getBooleanValue();
            case VALUE_NUMBER_INT -> kind == ColumnKind.REAL ? (Object) parser.getDoubleValue() : parser.getLongValue();
            case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            case VALUE_STRING ->
                switch (kind) {
                    case DECIMAL -> new BigDecimal(parser.getString());
                    case BYTES -> Base64.getDecoder().decode(parser.getString());
                    case REAL -> real(parser.getString());
                    default -> parser.getString();
                };
            default -> throw new IllegalArgumentException("A row has a value that is none");
        };
    }

    /** Returns the number of which JSON has none, by the name that {@link LineWriter} gives it; other texts, which databases without fixed kinds may hold in such a column, as they are. */
    static Object real(String text) {
        return switch (text) {
            case "NaN" -> Double.NaN;
            case "Infinity" -> Double.POSITIVE_INFINITY;
            case "-Infinity" -> Double.NEGATIVE_INFINITY;
            default -> text;
        };
    }
}
