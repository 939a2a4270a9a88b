package dev.korm.codec.json;

import dev.korm.Normalized;
import dev.korm.codec.json.JsonWriter.Texts;
import dev.korm.codec.text.NormalText;
import dev.korm.spi.query.ColumnKind;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Equal values as equal texts: JSON with sorted keys, and the fingerprints of it that unique columns hold. */
public final class CanonicalJson {
    private CanonicalJson() {}

    /** Returns a JSON text with the keys of every object sorted by code unit. */
    public static String text(String json) {
        JsonWriter out = new JsonWriter(Texts.ANY);
        write(JsonReader.tree(json), out);
        return out.toString();
    }

    /**
     * Returns the fingerprint of a stored value: SHA-512 of its canonical JSON text, in lower-case hex.
     *
     * @param kind what its column holds
     */
    public static String fingerprint(Object stored, ColumnKind kind) {
        return hash("SHA-512", json(stored, kind, Set.of()));
    }

    /**
     * Returns the canonical JSON text of a stored value.
     *
     * @param kind what its column holds
     * @param forms what a text is normalised to
     */
    public static String json(Object stored, ColumnKind kind, Set<Normalized.Form> forms) {
        JsonWriter out = new JsonWriter(Texts.ANY);
        if (kind == ColumnKind.JSON) {
            Object tree = JsonReader.tree((String) stored);
            write(tree instanceof String text ? NormalText.of(text, forms) : tree, out);
        } else if (stored instanceof String text) {
            out.text(NormalText.of(text, forms));
        } else {
            StoredForms.toJson(stored instanceof BigDecimal decimal ? decimal.stripTrailingZeros() : stored, out);
        }
        return out.toString();
    }

    /** Returns the JSON text of an object of canonical members. */
    public static String object(Map<String, String> members) {
        JsonWriter out = new JsonWriter(Texts.ANY);
        out.beginObject();
        for (String key : JsonWriter.ordered(new TreeSet<>(members.keySet()))) {
            out.key(key);
            write(JsonReader.tree(Objects.requireNonNull(members.get(key))), out);
        }
        out.endObject();
        return out.toString();
    }

    /** Returns a hash of a text's UTF-8 in lower-case hex. */
    public static String hash(String algorithm, String text) {
        try {
            byte[] hash = MessageDigest.getInstance(algorithm).digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("Every Java has " + algorithm, missing);
        }
    }

    private static void write(@Nullable Object tree, JsonWriter out) {
        if (tree == null) {
            out.nul();
        } else if (tree instanceof JsonObject object) {
            TreeMap<String, @Nullable Object> sorted = new TreeMap<>();
            for (int i = 0; i < object.size(); i++) {
                sorted.put(object.key(i), object.value(i));
            }
            out.beginObject();
            for (String key : JsonWriter.ordered(sorted.keySet())) {
                out.key(key);
                write(sorted.get(key), out);
            }
            out.endObject();
        } else if (tree instanceof List<?> list) {
            out.beginArray();
            for (Object entry : list) {
                write(entry, out);
            }
            out.endArray();
        } else if (tree instanceof BigDecimal decimal) {
            out.number(decimal);
        } else {
            StoredForms.toJson(tree, out);
        }
    }
}
