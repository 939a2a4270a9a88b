package dev.korm.wal.backup.format;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;

/** The lines of the chunk that is being filled, and what its rows are hashed by. For one thread. */
public final class LineWriter {
    /** The least size of a chunk's lines; one that is full goes beyond it by what is written at a time. */
    static final int FULL = 512 * 1024;

    static final String GONE = "gone";

    private TableHash.Bytes lines = new TableHash.Bytes();
    private TableHash.Bytes hashed = new TableHash.Bytes();
    private int[] ends = new int[1024];
    private long[] revisions = new long[1024];
    private TableHash[] tables = new TableHash[1024];
    private int rows;

    private JsonGenerator out = generator(lines);

    private static JsonGenerator generator(TableHash.Bytes to) {
        return Json.FACTORY.createGenerator(ObjectWriteContext.empty(), to);
    }

    /** The lines written since the last ones were taken. For one thread. */
    static final class Filled {
        private final TableHash.Bytes lines;
        private final TableHash.Bytes hashed;
        private final int[] ends;
        private final long[] revisions;
        private final TableHash[] tables;
        private final int rows;

        private Filled(LineWriter from) {
            this.lines = from.lines;
            this.hashed = from.hashed;
            this.ends = from.ends;
            this.revisions = from.revisions;
            this.tables = from.tables;
            this.rows = from.rows;
        }

        TableHash.Bytes lines() {
            return lines;
        }

        /** Adds the rows to the hashes of their tables. */
        void hash() {
            int from = 0;
            int row = 0;
            while (row < rows) {
                TableHash table = tables[row];
                TableHash.Sum sum = new TableHash.Sum();
                while (row < rows && tables[row] == table) {
                    sum.add(hashed.array(), from, ends[row], revisions[row]);
                    from = ends[row];
                    row++;
                }
                table.add(sum);
            }
        }
    }

    /** Writes the line that begins a table. */
    public void table(StoredTable table) {
        Json.write(out, table.line());
    }

    /** Writes a row, and counts it to the hash of its table. */
    public void row(@Nullable Object[] values, TableHash table, TableHash.Rows canonical) {
        row(values);
        canonical.append(hashed, values);
        if (rows == ends.length) {
            ends = Arrays.copyOf(ends, rows * 2);
            revisions = Arrays.copyOf(revisions, rows * 2);
            tables = Arrays.copyOf(tables, rows * 2);
        }
        ends[rows] = hashed.size();
        revisions[rows] = canonical.revision(values);
        tables[rows] = table;
        rows++;
    }

    /** Writes a row that is hashed elsewhere. */
    public void row(@Nullable Object[] values) {
        out.writeStartArray();
        for (Object value : values) {
            write(value);
        }
        out.writeEndArray();
    }

    /** Writes the line that takes rows and files out of what an increment adds to. */
    public void gone(List<ContentKey> keys) {
        out.writeStartObject();
        out.writeStringProperty("t", GONE);
        out.writeArrayPropertyStart("keys");
        keys.forEach(key -> out.writeString(key.hex()));
        out.writeEndArray();
        out.writeEndObject();
    }

    /** Writes the line that ends the rows of a table, or the bytes of a file. */
    public void end(long count) {
        out.writeStartObject();
        out.writeStringProperty("t", "end");
        out.writeNumberProperty("n", count);
        out.writeEndObject();
    }

    /** Writes the line that begins a file. */
    public void file(StoredFile file) {
        Json.write(out, file.line());
    }

    /** Writes a piece of a file. */
    public void bytes(byte[] bytes, int length) {
        out.writeStartArray();
        out.writeBinary(bytes, 0, length);
        out.writeEndArray();
    }

    private void write(@Nullable Object value) {
        if (value == null) {
            out.writeNull();
        } else if (value instanceof String text) {
            out.writeString(text);
        } else if (value instanceof Long || value instanceof Integer) {
            out.writeNumber(((Number) value).longValue());
        } else if (value instanceof Double real) {
            out.writeNumber(real);
        } else if (value instanceof Boolean truth) {
            out.writeBoolean(truth);
        } else if (value instanceof BigDecimal decimal) {
            out.writeString(decimal.toString());
        } else if (value instanceof byte[] bytes) {
            out.writeBinary(bytes);
        } else {
            throw new IllegalStateException("A column answers " + value.getClass());
        }
    }

    boolean isFull() {
        out.flush();
        return lines.size() >= FULL;
    }

    /** Returns what was written, and begins anew. */
    Filled take() {
        out.close();
        if (lines.size() > 0) {
            lines.write('\n');
        }
        Filled filled = new Filled(this);
        lines = new TableHash.Bytes();
        hashed = new TableHash.Bytes();
        ends = new int[Math.max(1024, rows)];
        revisions = new long[ends.length];
        tables = new TableHash[ends.length];
        rows = 0;
        out = generator(lines);
        return filled;
    }
}
