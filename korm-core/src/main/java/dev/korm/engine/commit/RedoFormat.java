package dev.korm.engine.commit;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.korm.recovery.JournalException;
import dev.korm.spi.Mutation;
import dev.korm.spi.Row;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Writes and reads {@link RedoRecord}s as bytes.
 *
 * <pre>
 * record    = version (1 byte, 1) text(pool) millis (8) files (0 | 1) count(parts) part*
 * part      = text(layer) count(mutations) mutation*
 * mutation  = 'I' table text(id)          row      an insert
 *           | 'U' table text(id) revision row      an update
 *           | 'D' table text(id) revision          a deletion
 * table     = text(name) text(key)
 * revision  = 0 | 1 number (8)                     any, or the expected one
 * row       = count(columns) column*
 * column    = text(name) text(kind) value
 * value     = 'n' | 'l' number (8) | 'd' double (8) | 'f' | 't' | 's' text | 'b' bytes | 'm' scale (4) bytes(unscaled)
 * text      = bytes in UTF-8
 * bytes     = count(bytes) byte*
 * count     = 4 bytes
 * </pre>
 *
 * All numbers are big-endian.
 */
final class RedoFormat {
    private static final int VERSION = 1;

    private RedoFormat() {}

    static ByteBuffer write(RedoRecord redo) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            text(out, redo.pool());
            out.writeLong(redo.time().toEpochMilli());
            out.writeBoolean(redo.hasFiles());
            out.writeInt(redo.parts().size());
            for (RedoRecord.Part part : redo.parts()) {
                text(out, part.layer());
                out.writeInt(part.mutations().size());
                for (Mutation mutation : part.mutations()) {
                    mutation(out, mutation);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Memory takes every byte", e);
        }
        return ByteBuffer.wrap(bytes.toByteArray());
    }

    private static void mutation(DataOutputStream out, Mutation mutation) throws IOException {
        if (mutation instanceof Mutation.Insert insert) {
            head(out, 'I', insert.table(), insert.id());
            row(out, insert.columns(), insert.values());
        } else if (mutation instanceof Mutation.Update update) {
            head(out, 'U', update.table(), update.id());
            revision(out, update.expectedRevision());
            row(out, update.columns(), update.values());
        } else if (mutation instanceof Mutation.Delete delete) {
            head(out, 'D', delete.table(), delete.id());
            revision(out, delete.expectedRevision());
        } else {
            throw new IllegalArgumentException("A change of several layers names its rows; it has a "
                    + mutation.getClass().getSimpleName());
        }
    }

    private static void head(DataOutputStream out, char kind, TableName table, String id) throws IOException {
        out.writeByte(kind);
        text(out, table.text());
        text(out, table.key());
        text(out, id);
    }

    private static void revision(DataOutputStream out, OptionalLong revision) throws IOException {
        out.writeBoolean(revision.isPresent());
        if (revision.isPresent()) {
            out.writeLong(revision.getAsLong());
        }
    }

    private static void row(DataOutputStream out, List<ColumnSchema> columns, Row values) throws IOException {
        out.writeInt(columns.size());
        for (int i = 0; i < columns.size(); i++) {
            text(out, columns.get(i).name());
            text(out, columns.get(i).kind().name());
            value(out, values.get(i));
        }
    }

    private static void value(DataOutputStream out, @Nullable Object value) throws IOException {
        if (value == null) {
            out.writeByte('n');
        } else if (value instanceof Long number) {
            out.writeByte('l');
            out.writeLong(number);
        } else if (value instanceof Double number) {
            out.writeByte('d');
            out.writeDouble(number);
        } else if (value instanceof Boolean truth) {
            out.writeByte(truth ? 't' : 'f');
        } else if (value instanceof String text) {
            out.writeByte('s');
            text(out, text);
        } else if (value instanceof byte[] bytes) {
            out.writeByte('b');
            bytes(out, bytes);
        } else if (value instanceof BigDecimal decimal) {
            out.writeByte('m');
            out.writeInt(decimal.scale());
            bytes(out, decimal.unscaledValue().toByteArray());
        } else {
            throw new IllegalArgumentException(
                    "No column holds a " + value.getClass().getName());
        }
    }

    private static void text(DataOutputStream out, String text) throws IOException {
        bytes(out, text.getBytes(UTF_8));
    }

    private static void bytes(DataOutputStream out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    /**
     * Reads a record.
     *
     * @throws JournalException when the bytes are none, or of a later version
     */
    static RedoRecord read(String change, ByteBuffer body) {
        ByteBuffer in = body.duplicate();
        try {
            byte version = in.get();
            if (version != VERSION) {
                throw new JournalException(
                        "The journal's entry of " + change + " is of version " + version
                                + ", and this korm reads version " + VERSION
                                + ". Open the pool with the korm that wrote it, or a later one",
                        null);
            }
            String pool = text(in);
            Instant time = Instant.ofEpochMilli(in.getLong());
            boolean hasFiles = in.get() != 0;
            int count = in.getInt();
            List<RedoRecord.Part> parts = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                parts.add(new RedoRecord.Part(text(in), mutations(in)));
            }
            return new RedoRecord(pool, time, hasFiles, parts);
        } catch (BufferUnderflowException | IllegalArgumentException | ArithmeticException malformed) {
            throw new JournalException(
                    "The journal's entry of " + change
                            + " cannot be read: its checksum is right and its content is not. It was written by another program",
                    malformed);
        }
    }

    private static List<Mutation> mutations(ByteBuffer in) {
        int count = in.getInt();
        List<Mutation> mutations = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            char kind = (char) in.get();
            TableName table = new TableName(text(in), text(in));
            String id = text(in);
            switch (kind) {
                case 'I' -> {
                    List<ColumnSchema> columns = new ArrayList<>();
                    Row values = row(in, columns);
                    mutations.add(new Mutation.Insert(table, id, columns, values));
                }
                case 'U' -> {
                    OptionalLong revision = revision(in);
                    List<ColumnSchema> columns = new ArrayList<>();
                    Row values = row(in, columns);
                    mutations.add(new Mutation.Update(table, id, revision, columns, values));
                }
                case 'D' -> mutations.add(new Mutation.Delete(table, id, revision(in)));
                default -> throw new IllegalArgumentException("There is no such mutation");
            }
        }
        return mutations;
    }

    private static OptionalLong revision(ByteBuffer in) {
        return in.get() == 0 ? OptionalLong.empty() : OptionalLong.of(in.getLong());
    }

    private static Row row(ByteBuffer in, List<ColumnSchema> columns) {
        int count = in.getInt();
        List<@Nullable Object> values = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            columns.add(new ColumnSchema(text(in), ColumnKind.valueOf(text(in))));
            values.add(value(in));
        }
        return Row.of(values.toArray());
    }

    private static @Nullable Object value(ByteBuffer in) {
        char kind = (char) in.get();
        return switch (kind) {
            case 'n' -> null;
            case 'l' -> in.getLong();
            case 'd' -> in.getDouble();
            case 't' -> true;
            case 'f' -> false;
            case 's' -> text(in);
            case 'b' -> bytes(in);
            case 'm' -> {
                int scale = in.getInt();
                yield new BigDecimal(new BigInteger(bytes(in)), scale);
            }
            default -> throw new IllegalArgumentException("There is no such value");
        };
    }

    private static String text(ByteBuffer in) {
        return new String(bytes(in), UTF_8);
    }

    private static byte[] bytes(ByteBuffer in) {
        int length = in.getInt();
        if (length < 0 || length > in.remaining()) {
            throw new IllegalArgumentException("A length is beyond the end");
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }
}
