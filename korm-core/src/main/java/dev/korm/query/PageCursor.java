package dev.korm.query;

import dev.korm.CursorException;
import dev.korm.QueryException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The text that says where a page ended: the keys of its last row, bound to the query by a digest, so that an altered text
 * or one of another query is noticed. It carries the values of the order's keys and is no place for a secret.
 */
public final class PageCursor {
    private static final int VERSION = 1;
    private static final int DIGEST_BYTES = 12;

    private PageCursor() {}

    /**
     * Writes a cursor.
     *
     * @param query what the cursor belongs to: anything that changes when the query does
     * @param values of the classes that {@link dev.korm.spi.query.ColumnKind} names
     * @throws QueryException when a value is of another class, which a column of another program can have
     */
    public static String write(String query, List<? extends @Nullable Object> values) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            out.writeShort(values.size());
            for (Object value : values) {
                write(out, value);
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        byte[] body = bytes.toByteArray();
        byte[] digest = digest(query, body);
        byte[] whole = Arrays.copyOf(digest, DIGEST_BYTES + body.length);
        System.arraycopy(body, 0, whole, DIGEST_BYTES, body.length);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(whole);
    }

    /**
     * Reads a cursor.
     *
     * @throws CursorException when it was altered or belongs to another query
     */
    public static List<@Nullable Object> read(String query, String cursor) {
        try {
            byte[] whole = Base64.getUrlDecoder().decode(cursor);
            byte[] body = Arrays.copyOfRange(whole, Math.min(DIGEST_BYTES, whole.length), whole.length);
            byte[] digest = Arrays.copyOf(whole, DIGEST_BYTES);
            if (!MessageDigest.isEqual(digest, digest(query, body))) {
                throw new CursorException(
                        "The cursor was altered or belongs to another query; start again at the first page");
            }
            return values(body);
        } catch (IllegalArgumentException | IOException malformed) {
            throw new CursorException("The text is not a cursor; start again at the first page", malformed);
        }
    }

    private static List<@Nullable Object> values(byte[] body) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(body));
        if (in.readByte() != VERSION) {
            throw new IOException("Unknown version");
        }
        int size = in.readUnsignedShort();
        List<@Nullable Object> values = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            values.add(readValue(in));
        }
        return values;
    }

    private static void write(DataOutputStream out, @Nullable Object value) throws IOException {
        if (value == null) {
            out.writeByte('n');
        } else if (value instanceof Long number) {
            out.writeByte('l');
            out.writeLong(number);
        } else if (value instanceof Double number) {
            out.writeByte('d');
            out.writeDouble(number);
        } else if (value instanceof Boolean flag) {
            out.writeByte('b');
            out.writeBoolean(flag);
        } else if (value instanceof BigDecimal number) {
            out.writeByte('m');
            text(out, number.toString());
        } else if (value instanceof String text) {
            out.writeByte('t');
            text(out, text);
        } else if (value instanceof byte[] bytes) {
            out.writeByte('x');
            bytes(out, bytes);
        } else {
            throw new QueryException("A page cannot say where it ends by values of the type "
                    + value.getClass().getSimpleName() + ", which korm does not know; order by another field");
        }
    }

    private static void text(DataOutputStream out, String text) throws IOException {
        bytes(out, text.getBytes(StandardCharsets.UTF_8));
    }

    private static void bytes(DataOutputStream out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static @Nullable Object readValue(DataInputStream in) throws IOException {
        byte tag = in.readByte();
        return switch (tag) {
            case 'n' -> null;
            case 'l' -> in.readLong();
            case 'd' -> in.readDouble();
            case 'b' -> in.readBoolean();
            case 'm' -> new BigDecimal(text(in));
            case 't' -> text(in);
            case 'x' -> bytes(in);
            default -> throw new IOException("Unknown tag");
        };
    }

    private static String text(DataInputStream in) throws IOException {
        return new String(bytes(in), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > in.available()) {
            throw new IOException("Wrong length");
        }
        return in.readNBytes(length);
    }

    private static byte[] digest(String query, byte[] body) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            sha.update(query.getBytes(StandardCharsets.UTF_8));
            sha.update((byte) 0);
            sha.update(body);
            return Arrays.copyOf(sha.digest(), DIGEST_BYTES);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every Java has SHA-256", impossible);
        }
    }
}
