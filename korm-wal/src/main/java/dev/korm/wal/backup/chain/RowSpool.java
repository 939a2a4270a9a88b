package dev.korm.wal.backup.chain;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Rows of one table in a temporary file, to be read when all are there. For one thread. */
final class RowSpool implements AutoCloseable {
    private final int columns;
    private @Nullable Path file;
    private @Nullable DataOutputStream out;
    private long count;

    RowSpool(int columns) {
        this.columns = columns;
    }

    private static UncheckedIOException failed(IOException cause) {
        return new UncheckedIOException("A temporary file for the rows of a backup failed", cause);
    }

    /** Adds a row. */
    void add(@Nullable Object[] row) {
        try {
            if (out == null) {
                file = file == null ? Files.createTempFile("korm-rows-", ".tmp") : file;
                out = new DataOutputStream(
                        new BufferedOutputStream(Files.newOutputStream(file, StandardOpenOption.APPEND), 1 << 16));
            }
            for (int i = 0; i < columns; i++) {
                write(out, row[i]);
            }
            count++;
        } catch (IOException failed) {
            throw failed(failed);
        }
    }

    /** Closes the file, until another row is added. */
    void rest() {
        try {
            if (out != null) {
                out.close();
                out = null;
            }
        } catch (IOException failed) {
            throw failed(failed);
        }
    }

    private static void write(DataOutputStream out, @Nullable Object value) throws IOException {
        if (value == null) {
            out.writeByte('-');
        } else if (value instanceof String text) {
            out.writeByte('T');
            bytes(out, text.getBytes(StandardCharsets.UTF_8));
        } else if (value instanceof Long || value instanceof Integer) {
            out.writeByte('I');
            out.writeLong(((Number) value).longValue());
        } else if (value instanceof Double real) {
            out.writeByte('R');
            out.writeDouble(real);
        } else if (value instanceof Boolean truth) {
            out.writeByte(truth ? '1' : '0');
        } else if (value instanceof BigDecimal decimal) {
            out.writeByte('D');
            out.writeInt(decimal.scale());
            bytes(out, decimal.unscaledValue().toByteArray());
        } else if (value instanceof byte[] raw) {
            out.writeByte('B');
            bytes(out, raw);
        } else {
            throw new IllegalStateException("A backup has a " + value.getClass());
        }
    }

    private static void bytes(DataOutputStream out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    /** Tells all rows in their order. */
    void read(Consumer<@Nullable Object[]> each) {
        rest();
        Path from = file;
        if (from == null) {
            return;
        }
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(from), 1 << 16))) {
            for (long i = 0; i < count; i++) {
                @Nullable Object[] row = new Object[columns];
                for (int column = 0; column < columns; column++) {
                    row[column] = value(in);
                }
                each.accept(row);
            }
        } catch (IOException failed) {
            throw failed(failed);
        }
    }

    private static @Nullable Object value(DataInputStream in) throws IOException {
        int sort = in.readByte();
        return switch (sort) {
            case '-' -> null;
            case 'T' -> new String(bytes(in), StandardCharsets.UTF_8);
            case 'I' -> in.readLong();
            case 'R' -> in.readDouble();
            case '1' -> true;
            case '0' -> false;
            case 'D' -> {
                int scale = in.readInt();
                yield new BigDecimal(new BigInteger(bytes(in)), scale);
            }
            case 'B' -> bytes(in);
            default -> throw new IOException("The temporary file was altered");
        };
    }

    private static byte[] bytes(DataInputStream in) throws IOException {
        return Objects.requireNonNull(in.readNBytes(in.readInt()));
    }

    @Override
    public void close() {
        try {
            rest();
        } catch (UncheckedIOException full) {
            // What could not be written is not needed any more, and the file goes.
            out = null;
        }
        try {
            if (file != null) {
                Files.deleteIfExists(file);
            }
        } catch (IOException failed) {
            throw failed(failed);
        }
    }
}
