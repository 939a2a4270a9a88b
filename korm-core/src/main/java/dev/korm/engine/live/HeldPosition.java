package dev.korm.engine.live;

import dev.korm.CursorException;
import dev.korm.live.LivePosition;
import dev.korm.spi.ChangeFeed;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;
import org.jspecify.annotations.Nullable;

/**
 * A position of a live query: the moment of each layer, and the answer then.
 *
 * <p>As text: a digest of the query and of what follows, then, compressed, the layers with their positions, and the ids and versions of the answer where they are not too many; all in base64
 * for addresses. So a text that was altered, cut off, or is of another query is noticed.
 */
final class HeldPosition implements LivePosition {
    /** The text carries no longer answers. */
    static final int LONGEST = 10_000;

    private static final int FORMAT = 1;
    private static final int DIGEST_BYTES = 12;

    /** No text of ours is longer when it is inflated. */
    private static final int LARGEST = 1 << 24;

    private final String query;
    private final Map<String, ChangeFeed.Position> layers;
    private final @Nullable Answer answer;
    private volatile @Nullable String text;

    /**
     * @param query anything that changes when the query does
     * @param answer null where it is not known
     */
    HeldPosition(String query, Map<String, ChangeFeed.Position> layers, @Nullable Answer answer) {
        this.query = query;
        this.layers = Map.copyOf(layers);
        this.answer = answer;
    }

    Map<String, ChangeFeed.Position> layers() {
        return layers;
    }

    /** Returns the answer; empty where it is too long to be carried. */
    Optional<Answer> answer() {
        return Optional.ofNullable(answer);
    }

    /**
     * Returns the position of a query that a user gives.
     *
     * @throws CursorException when it was altered or is another query's
     */
    static HeldPosition of(String query, LivePosition given) {
        if (given instanceof HeldPosition held && held.query.equals(query)) {
            return held;
        }
        return read(query, given.text());
    }

    @Override
    public String text() {
        String known = text;
        if (known == null) {
            known = write();
            text = known;
        }
        return known;
    }

    private String write() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(new DeflaterOutputStream(bytes))) {
            out.writeByte(FORMAT);
            out.writeShort(layers.size());
            for (Map.Entry<String, ChangeFeed.Position> layer : new TreeMap<>(layers).entrySet()) {
                text(out, layer.getKey());
                text(out, layer.getValue().text());
            }
            Answer carried = answer;
            if (carried == null || carried.size() > LONGEST) {
                out.writeInt(-1);
            } else {
                out.writeInt(carried.size());
                for (Entry entry : carried.entries()) {
                    text(out, entry.id());
                    out.writeLong(entry.version());
                }
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        byte[] body = bytes.toByteArray();
        byte[] whole = Arrays.copyOf(digest(query, body), DIGEST_BYTES + body.length);
        System.arraycopy(body, 0, whole, DIGEST_BYTES, body.length);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(whole);
    }

    private static HeldPosition read(String query, String text) {
        try {
            byte[] whole = Base64.getUrlDecoder().decode(text);
            byte[] body = Arrays.copyOfRange(whole, Math.min(DIGEST_BYTES, whole.length), whole.length);
            if (!MessageDigest.isEqual(Arrays.copyOf(whole, DIGEST_BYTES), digest(query, body))) {
                throw new CursorException("The position of a live query was altered or belongs to another query; begin"
                        + " without one, with a fresh snapshot");
            }
            return read(query, new InflaterInputStream(new ByteArrayInputStream(body)));
        } catch (IllegalArgumentException | IOException malformed) {
            throw new CursorException(
                    "The text is no position of a live query; begin without one, with a fresh snapshot", malformed);
        }
    }

    private static HeldPosition read(String query, InputStream inflated) throws IOException {
        byte[] plain = inflated.readNBytes(LARGEST);
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(plain));
        if (in.readByte() != FORMAT) {
            throw new IOException("Unknown format");
        }
        Map<String, ChangeFeed.Position> layers = new TreeMap<>();
        for (int left = in.readUnsignedShort(); left > 0; left--) {
            String name = text(in);
            layers.put(name, new ChangeFeed.Position(text(in)));
        }
        int size = in.readInt();
        if (size < 0) {
            return new HeldPosition(query, layers, null);
        }
        if (size > LONGEST) {
            throw new IOException("Too long");
        }
        List<Entry> entries = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            String id = text(in);
            entries.add(new Entry(id, in.readLong()));
        }
        return new HeldPosition(query, layers, new Answer(entries));
    }

    private static void text(DataOutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static String text(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > in.available()) {
            throw new IOException("Wrong length");
        }
        return new String(in.readNBytes(length), StandardCharsets.UTF_8);
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

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof LivePosition position && position.text().equals(text());
    }

    @Override
    public int hashCode() {
        return text().hashCode();
    }

    /** Returns the moments; never the ids. */
    @Override
    public String toString() {
        return "Position " + layers;
    }
}
