package dev.korm.wal.backup.format;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;

/**
 * The lines of the chunk that is being filled, as what they are made of: they become bytes, and rows are hashed, when the chunk is packed, by another thread. For one thread.
 */
public final class LineWriter {
    /** The least size of a chunk's lines, about; one that is full goes beyond it by what is written at a time. */
    static final int FULL = 512 * 1024;

    static final String GONE = "gone";

    /** The size of a line without its values, and of a value that is no text, about. */
    private static final int SMALL = 8;

    private List<Object> lines = new ArrayList<>();
    private @Nullable Hashing hashing;
    private long size;

    /** A line that is no row. */
    private interface Line {
        void write(JsonGenerator out);
    }

    /** Says what the rows behind it are hashed by. */
    private record Hashing(TableHash table, TableHash.Rows canonical) {}

    /** Says that the rows behind it are hashed elsewhere. */
    private static final Object HASHED = new Object();

    /** The lines written since the last ones were taken. For one thread at a time. */
    static final class Filled {
        private final List<Object> lines;
        private final int size;

        private Filled(List<Object> lines, long size) {
            this.lines = lines;
            this.size = Math.toIntExact(Math.min(size + size / 8, Integer.MAX_VALUE / 2));
        }

        boolean isEmpty() {
            return lines.isEmpty();
        }

        /** Returns the bytes of the lines, and adds the rows to the hashes of their tables; once. */
        TableHash.Bytes write() {
            TableHash.Bytes bytes = new TableHash.Bytes(size);
            try (JsonGenerator out = Json.FACTORY.createGenerator(ObjectWriteContext.empty(), bytes)) {
                Rows rows = new Rows(out);
                for (Object line : lines) {
                    if (line instanceof Object[] values) {
                        rows.write(values);
                    } else if (line instanceof Line other) {
                        other.write(out);
                    } else {
                        rows.hashedBy(line instanceof Hashing by ? by : null);
                    }
                }
                rows.hashedBy(null);
            }
            bytes.write('\n');
            return bytes;
        }
    }

    /** Writes rows, and hashes them. */
    private static final class Rows {
        private final JsonGenerator out;
        private final TableHash.Bytes hashed = new TableHash.Bytes(1024);
        private @Nullable Hashing hashing;
        private TableHash.Sum sum = new TableHash.Sum();

        Rows(JsonGenerator out) {
            this.out = out;
        }

        void hashedBy(@Nullable Hashing by) {
            if (hashing != null) {
                hashing.table().add(sum);
                sum = new TableHash.Sum();
            }
            hashing = by;
        }

        void write(@Nullable Object[] values) {
            out.writeStartArray();
            for (Object value : values) {
                LineWriter.write(out, value);
            }
            out.writeEndArray();
            if (hashing != null) {
                hashed.reset();
                hashing.canonical().append(hashed, values);
                sum.add(hashed.array(), 0, hashed.size(), hashing.canonical().revision(values));
            }
        }
    }

    private void line(Line line, long characters) {
        lines.add(line);
        size += characters + SMALL;
    }

    /** Writes the line that begins a table. */
    public void table(StoredTable table) {
        line(out -> Json.write(out, table.line()), FULL / 1024);
    }

    /** Writes a row, and counts it to the hash of its table. The values are the writer's from now on. */
    public void row(@Nullable Object[] values, TableHash table, TableHash.Rows canonical) {
        if (hashing == null || hashing.table() != table) {
            hashing = new Hashing(table, canonical);
            lines.add(hashing);
        }
        add(values);
    }

    /** Writes a row that is hashed elsewhere. The values are the writer's from now on. */
    public void row(@Nullable Object[] values) {
        if (hashing != null) {
            hashing = null;
            lines.add(HASHED);
        }
        add(values);
    }

    private void add(@Nullable Object[] values) {
        lines.add(values);
        size += SMALL;
        for (Object value : values) {
            size += value instanceof String text
                    ? text.length() + 3
                    : value instanceof byte[] bytes ? bytes.length * 4L / 3 : SMALL;
        }
    }

    /** Writes the line that takes rows and files out of what an increment adds to. */
    public void gone(List<ContentKey> keys) {
        line(
                out -> {
                    out.writeStartObject();
                    out.writeStringProperty("t", GONE);
                    out.writeArrayPropertyStart("keys");
                    keys.forEach(key -> out.writeString(key.hex()));
                    out.writeEndArray();
                    out.writeEndObject();
                },
                keys.size() * 36L);
    }

    /** Writes the line that ends the rows of a table, or the bytes of a file. */
    public void end(long count) {
        line(
                out -> {
                    out.writeStartObject();
                    out.writeStringProperty("t", "end");
                    out.writeNumberProperty("n", count);
                    out.writeEndObject();
                },
                SMALL);
    }

    /** Writes the line that begins a file. */
    public void file(StoredFile file) {
        line(out -> Json.write(out, file.line()), file.rn().length());
    }

    /** Writes a piece of a file. */
    public void bytes(byte[] bytes, int length) {
        byte[] piece = Arrays.copyOf(bytes, length);
        line(
                out -> {
                    out.writeStartArray();
                    out.writeBinary(piece);
                    out.writeEndArray();
                },
                length * 4L / 3);
    }

    private static void write(JsonGenerator out, @Nullable Object value) {
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
        return size >= FULL;
    }

    /** Returns what was written, and begins anew. */
    Filled take() {
        Filled filled = new Filled(lines, size);
        lines = new ArrayList<>();
        hashing = null;
        size = 0;
        return filled;
    }
}
