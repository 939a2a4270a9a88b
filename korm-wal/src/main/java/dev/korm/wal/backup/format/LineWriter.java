package dev.korm.wal.backup.format;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.io.NumberOutput;

/**
 * The lines of the chunk that is being filled, as what they are made of: they become bytes, and rows are hashed, when the chunk is packed, by another thread. For one thread.
 */
public final class LineWriter {
    /** The least size of a chunk's lines, about; one that is full goes beyond it by what is written at a time. */
    static final int FULL = 256 * 1024;

    static final String GONE = "gone";

    /** The size of a line without its values, and of a value that is no text, about. */
    private static final int SMALL = 8;

    private List<Object> lines = new ArrayList<>();
    private @Nullable Hashing hashing;
    private long size;

    /** A line that is no row. */
    private interface Line {
        void write(Bytes out);
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

        /** Returns how many bytes the lines become, about. */
        int size() {
            return size;
        }

        /** Returns the bytes of the lines, and adds the rows to the hashes of their tables; once. */
        Bytes write() {
            Bytes bytes = new Bytes(size);
            Rows rows = new Rows(bytes);
            for (Object line : lines) {
                if (line instanceof Object[] values) {
                    rows.write(values);
                } else if (line instanceof Line other) {
                    other.write(bytes);
                    bytes.write('\n');
                } else {
                    rows.hashedBy(line instanceof Hashing by ? by : null);
                }
            }
            rows.hashedBy(null);
            return bytes;
        }
    }

    /** Writes rows, and hashes them. */
    private static final class Rows {
        private final Bytes out;
        private final Bytes hashed = new Bytes(1024);
        private byte[][] texts = {};
        private @Nullable Hashing hashing;
        private TableHash.Sum sum = new TableHash.Sum();

        Rows(Bytes out) {
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
            if (texts.length != values.length) {
                texts = new byte[values.length][];
            }
            out.write('[');
            for (int i = 0; i < values.length; i++) {
                if (i > 0) {
                    out.write(',');
                }
                if (values[i] instanceof String text) {
                    texts[i] = write(text);
                } else {
                    LineWriter.write(out, values[i]);
                }
            }
            out.write(']');
            out.write('\n');
            if (hashing != null) {
                hashed.reset();
                hashing.canonical().append(hashed, values, texts);
                sum.add(hashed.array(), 0, hashed.size(), hashing.canonical().revision(values));
            }
        }

        /** Writes a text; returns its UTF-8. */
        private byte[] write(String text) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            if (isWhole(text, bytes)) {
                out.quoted(bytes);
            } else {
                out.quotedInAscii(text);
            }
            return bytes;
        }

        /** Returns whether a text holds no halves of characters, which its UTF-8 does not tell. */
        private static boolean isWhole(String text, byte[] bytes) {
            if (!Bytes.has(bytes, '?')) {
                // Each half became a question mark.
                return true;
            }
            for (int i = 0; i < text.length(); i++) {
                char one = text.charAt(i);
                if (Character.isSurrogate(one)) {
                    if (Character.isLowSurrogate(one)
                            || i + 1 == text.length()
                            || !Character.isLowSurrogate(text.charAt(i + 1))) {
                        return false;
                    }
                    i++;
                }
            }
            return true;
        }
    }

    private void line(Line line, long characters) {
        lines.add(line);
        size += characters + SMALL;
    }

    /** Writes the line that begins a table. */
    public void table(StoredTable table) {
        line(out -> json(out, table.line()), FULL / 1024);
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
                    Map<String, @Nullable Object> line = new LinkedHashMap<>();
                    line.put("t", GONE);
                    line.put("keys", keys.stream().map(ContentKey::hex).toList());
                    json(out, line);
                },
                keys.size() * 36L);
    }

    /** Writes the line that ends the rows of a table, or the bytes of a file. */
    public void end(long count) {
        line(
                out -> {
                    Map<String, @Nullable Object> line = new LinkedHashMap<>();
                    line.put("t", "end");
                    line.put("n", count);
                    json(out, line);
                },
                SMALL);
    }

    /** Writes the line that begins a file. */
    public void file(StoredFile file) {
        line(out -> json(out, file.line()), file.rn().length());
    }

    /** Writes a piece of a file. */
    public void bytes(byte[] bytes, int length) {
        byte[] piece = Arrays.copyOf(bytes, length);
        line(
                out -> {
                    out.write('[');
                    base64(out, piece);
                    out.write(']');
                },
                length * 4L / 3);
    }

    private static void json(Bytes out, Map<String, @Nullable Object> line) {
        byte[] text = Json.text(line).getBytes(StandardCharsets.UTF_8);
        out.write(text, 0, text.length);
    }

    private static void base64(Bytes out, byte[] bytes) {
        byte[] text = Base64.getEncoder().encode(bytes);
        out.write('"');
        out.write(text, 0, text.length);
        out.write('"');
    }

    private static void write(Bytes out, @Nullable Object value) {
        if (value == null) {
            out.ascii("null");
        } else if (value instanceof Long || value instanceof Integer) {
            out.ascii(Long.toString(((Number) value).longValue()));
        } else if (value instanceof Double real) {
            String text = NumberOutput.toString(real, true);
            out.ascii(Double.isFinite(real) ? text : '"' + text + '"');
        } else if (value instanceof Boolean truth) {
            out.ascii(truth ? "true" : "false");
        } else if (value instanceof BigDecimal decimal) {
            out.ascii('"' + decimal.toString() + '"');
        } else if (value instanceof byte[] bytes) {
            base64(out, bytes);
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
