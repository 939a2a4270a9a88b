package dev.korm.wal.backup.format;

import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The hash of the rows of a table, whatever order they come in and whatever store they are in: the sum of the SHA-256 of each row, modulo
 * 2<sup>256</sup>, and a second sum over rows with their revisions. Safe for many threads.
 */
public final class TableHash {
    private static final int WORDS = 4;

    private long rows;
    private final long[] sum = new long[WORDS];
    private long revisions;

    /** Adds rows that were hashed by themselves. */
    synchronized void add(Sum other) {
        rows += other.rows;
        revisions += other.revisions;
        plus(sum, other.words);
    }

    public synchronized long rows() {
        return rows;
    }

    /** Returns the hash of what the rows hold, without revisions: 64 hex digits. */
    public synchronized String content() {
        StringBuilder hex = new StringBuilder();
        for (int i = WORDS - 1; i >= 0; i--) {
            hex.append(HexFormat.of().toHexDigits(sum[i]));
        }
        return hex.toString();
    }

    /** Returns the hash of the rows' revisions: 16 hex digits. */
    public synchronized String revisions() {
        return HexFormat.of().toHexDigits(revisions);
    }

    private static void plus(long[] to, long[] from) {
        long carry = 0;
        for (int i = 0; i < WORDS; i++) {
            long before = to[i];
            long added = before + from[i];
            long withCarry = added + carry;
            carry = Long.compareUnsigned(added, before) < 0 || Long.compareUnsigned(withCarry, added) < 0 ? 1 : 0;
            to[i] = withCarry;
        }
    }

    /** A sum of some rows. For one thread. */
    static final class Sum {
        private final MessageDigest digest = sha256();
        private final byte[] hash = new byte[WORDS * Long.BYTES];
        private final long[] words = new long[WORDS];
        private final long[] one = new long[WORDS];
        private long rows;
        private long revisions;

        /** Adds a row by its canonical bytes; returns its part of the sum over revisions, by which it is known from its other states. */
        long add(byte[] bytes, int from, int to, long revision) {
            digest.update(bytes, from, to - from);
            try {
                digest.digest(hash, 0, hash.length);
            } catch (DigestException tooShort) {
                throw new IllegalStateException(tooShort);
            }
            for (int i = 0; i < WORDS; i++) {
                one[WORDS - 1 - i] = word(hash, i * Long.BYTES);
            }
            plus(words, one);
            rows++;
            long row = mixed(one[0] ^ mixed(revision));
            revisions += row;
            return row;
        }

        private static long word(byte[] bytes, int from) {
            long word = 0;
            for (int i = 0; i < Long.BYTES; i++) {
                word = (word << Byte.SIZE) | (bytes[from + i] & 0xff);
            }
            return word;
        }

        /** Returns a number whose every bit depends on every bit of another (SplitMix64's finalizer). */
        private static long mixed(long value) {
            long a = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
            long b = (a ^ (a >>> 27)) * 0x94d049bb133111ebL;
            return b ^ (b >>> 31);
        }
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }

    /**
     * The canonical bytes of the rows of one table: for each column that is not null, in the order of the names, its name, the sort of its
     * value, and the value. So a column that a store lacks makes no difference where it would be null. For one thread.
     */
    public static final class Rows {
        private final int[] order;
        private final byte[][] names;
        private final ColumnKind[] kinds;
        private final int revision;
        private final Bytes bytes = new Bytes(1024);

        /** @param columns of the rows, in the order of their values */
        public Rows(List<ColumnSchema> columns) {
            List<Integer> hashed = new ArrayList<>();
            int found = -1;
            for (int i = 0; i < columns.size(); i++) {
                String name = columns.get(i).name();
                if (name.equals(TableName.REVISION) || name.equals(TableName.FORMER_REVISION)) {
                    found = i;
                } else if (!name.equals(TableName.TOKEN)) {
                    hashed.add(i);
                }
            }
            hashed.sort(Comparator.comparing(i -> columns.get(i).name()));
            this.revision = found;
            this.order = hashed.stream().mapToInt(i -> i).toArray();
            this.names = new byte[order.length][];
            this.kinds = new ColumnKind[order.length];
            for (int i = 0; i < order.length; i++) {
                names[i] = columns.get(order[i]).name().getBytes(StandardCharsets.UTF_8);
                kinds[i] = columns.get(order[i]).kind();
            }
        }

        long revision(@Nullable Object[] row) {
            return revision >= 0 && row[revision] instanceof Number number ? number.longValue() : 0;
        }

        /** Returns the hash of what one row holds, without its revision. */
        public byte[] content(@Nullable Object[] row) {
            bytes.reset();
            append(bytes, row);
            MessageDigest digest = sha256();
            digest.update(bytes.array(), 0, bytes.size());
            return digest.digest();
        }

        long revision(StoredRow row) {
            return revision >= 0 && row.value(revision, ColumnKind.INTEGER) instanceof Number number
                    ? number.longValue()
                    : 0;
        }

        /** Adds the canonical bytes of a row, whose texts are given in UTF-8 as well. */
        void append(Bytes out, @Nullable Object[] row, byte[][] texts) {
            for (int i = 0; i < order.length; i++) {
                Object value = row[order[i]];
                byte[] text = texts[order[i]];
                if (value instanceof String && text != null) {
                    out.text(names[i]);
                    append(out, kinds[i], text, 0, text.length);
                } else if (value != null) {
                    out.text(names[i]);
                    append(out, kinds[i], value);
                }
            }
        }

        void append(Bytes out, @Nullable Object[] row) {
            for (int i = 0; i < order.length; i++) {
                Object value = row[order[i]];
                if (value != null) {
                    out.text(names[i]);
                    append(out, kinds[i], value);
                }
            }
        }

        void append(Bytes out, StoredRow row) {
            for (int i = 0; i < order.length; i++) {
                if (!row.isNull(order[i])) {
                    out.text(names[i]);
                    row.append(order[i], kinds[i], out);
                }
            }
        }

        /** Adds a text by its UTF-8. */
        static void append(Bytes out, ColumnKind kind, byte[] text, int from, int to) {
            if (kind == ColumnKind.JSON || kind == ColumnKind.ENCRYPTED) {
                out.write('J');
                int begin = out.beginLength();
                if (CanonicalJson.append(text, from, to, out)) {
                    out.endLength(begin);
                } else {
                    out.truncate(begin - Integer.BYTES);
                    String json = new String(text, from, to - from, StandardCharsets.UTF_8);
                    out.text(Json.canonicalByParsing(json).getBytes(StandardCharsets.UTF_8));
                }
            } else {
                out.write('T');
                out.text(text, from, to - from);
            }
        }

        static void append(Bytes out, ColumnKind kind, Object value) {
            if (value instanceof String text) {
                byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                append(out, kind, bytes, 0, bytes.length);
            } else if (value instanceof Long || value instanceof Integer) {
                out.write('I');
                out.number(((Number) value).longValue());
            } else if (value instanceof Double real) {
                out.write('R');
                out.number(Double.doubleToLongBits(real));
            } else if (value instanceof Boolean truth) {
                out.write(truth ? '1' : '0');
            } else if (value instanceof BigDecimal decimal) {
                BigDecimal bare = decimal.stripTrailingZeros();
                out.write('D');
                out.number(bare.scale());
                out.text(bare.unscaledValue().toByteArray());
            } else if (value instanceof byte[] raw) {
                out.write('B');
                out.text(raw);
            } else {
                throw new IllegalStateException("A column answers " + value.getClass());
            }
        }
    }

    /** Hashes rows one by one, in one thread. */
    public static final class Adding {
        private final Rows canonical;
        private final Sum sum = new Sum();
        private final Bytes bytes = new Bytes(1024);

        /** @param columns of the rows, in the order of their values */
        public Adding(List<ColumnSchema> columns) {
            this.canonical = new Rows(columns);
        }

        /** Adds a row; returns a number by which it is known from its other states. */
        public long add(@Nullable Object[] row) {
            bytes.reset();
            canonical.append(bytes, row);
            return sum.add(bytes.array(), 0, bytes.size(), canonical.revision(row));
        }

        /** Adds a row by its line. */
        public void add(StoredRow row) {
            bytes.reset();
            canonical.append(bytes, row);
            sum.add(bytes.array(), 0, bytes.size(), canonical.revision(row));
        }

        /** Adds all of them to a hash. */
        public void addTo(TableHash hash) {
            hash.add(sum);
        }

        /** Returns the hash of all rows that were added. */
        public TableHash hash() {
            TableHash hash = new TableHash();
            hash.add(sum);
            return hash;
        }
    }
}
