package dev.korm.wal.backup.format;

import dev.korm.KormException;
import dev.korm.spi.query.ColumnKind;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;

/**
 * Reads the lines of a backup from its parts, and checks every byte on the way. For one thread.
 *
 * <p><b>States.</b> Between tables and files; in a table; in a file. A line that does not fit the state is damage, as is an end in any state but the first.
 */
public final class PartReader {
    private static final int CHECKED_TOGETHER = 1 << 16;

    private final @Nullable ChunkSeal seal;
    private final BackupVisitor visitor;
    private long number;
    private @Nullable StoredTable table;
    private ColumnKind[] kinds = new ColumnKind[0];
    private @Nullable StoredFile file;
    private long count;

    public PartReader(@Nullable ChunkSeal seal, BackupVisitor visitor) {
        this.seal = seal;
        this.visitor = visitor;
    }

    /**
     * Reads a part to its end.
     *
     * @throws IllegalArgumentException when anything of it is not as it was written; what was told to the visitor before may be wrong too
     * @throws IOException when it cannot be read
     */
    public void read(InputStream in, Manifest.Part part) throws IOException {
        MessageDigest digest = TableHash.sha256();
        long left = part.bytes();
        byte[] header = new byte[Chunk.HEADER];
        while (left > 0) {
            readFully(in, header, 0, Chunk.HEADER);
            int size = Chunk.size(header);
            if (size > left) {
                throw new IllegalArgumentException("A chunk says that it is longer than its part");
            }
            byte[] chunk = Arrays.copyOf(header, size);
            readFully(in, chunk, Chunk.HEADER, size - Chunk.HEADER);
            digest.update(chunk);
            left -= size;
            lines(Chunk.unpack(number++, chunk, seal));
        }
        if (in.read() >= 0) {
            throw new IllegalArgumentException("A part is longer than it was");
        }
        requireHash(digest, part);
    }

    /**
     * Reads a part to its end without looking into it.
     *
     * @throws IllegalArgumentException when it has not the bytes that were written
     * @throws IOException when it cannot be read
     */
    public static void check(InputStream in, Manifest.Part part) throws IOException {
        MessageDigest digest = TableHash.sha256();
        byte[] some = new byte[CHECKED_TOGETHER];
        long size = 0;
        for (int got = in.read(some); got >= 0; got = in.read(some)) {
            digest.update(some, 0, got);
            size += got;
        }
        if (size != part.bytes()) {
            throw new IllegalArgumentException(
                    size < part.bytes() ? "A part is shorter than it was" : "A part is longer than it was");
        }
        requireHash(digest, part);
    }

    private static void requireHash(MessageDigest digest, Manifest.Part part) {
        if (!HexFormat.of().formatHex(digest.digest()).equals(part.sha256())) {
            throw new IllegalArgumentException("The checksum of a part is another");
        }
    }

    /** @throws IllegalArgumentException when the last line is missing */
    public void end() {
        if (table != null || file != null) {
            throw new IllegalArgumentException("The last line is missing");
        }
    }

    private static void readFully(InputStream in, byte[] to, int from, int length) throws IOException {
        if (in.readNBytes(to, from, length) < length) {
            throw new IllegalArgumentException("A part is shorter than it was");
        }
    }

    private void lines(byte[] text) {
        try (JsonParser parser = Json.FACTORY.createParser(ObjectReadContext.empty(), text)) {
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
        } catch (KormException | IllegalArgumentException told) {
            throw told;
        } catch (tools.jackson.core.JacksonException | ClassCastException malformed) {
            throw new IllegalArgumentException("There is a line that is not as lines are", malformed);
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
                    default -> parser.getString();
                };
            default -> throw new IllegalArgumentException("A row has a value that is none");
        };
    }
}
