package dev.korm.codec;

import dev.korm.codec.JsonWriter.Texts;
import dev.korm.spi.ColumnKind;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Equal values as equal texts: JSON with sorted keys, and the fingerprints of it that unique columns hold. */
public final class Canonical {
    private Canonical() {}

    /** A JSON text with the keys of every object sorted by code unit. */
    public static String text(String json) {
        JsonWriter out = new JsonWriter(Texts.ANY);
        write(JsonReader.tree(json), out);
        return out.toString();
    }

    /**
     * The fingerprint of a stored value: SHA-512 of its canonical JSON text, in lower-case hex.
     *
     * @param kind what its column holds
     */
    public static String fingerprint(Object stored, ColumnKind kind) {
        String json;
        if (kind == ColumnKind.JSON) {
            json = text((String) stored);
        } else {
            JsonWriter out = new JsonWriter(Texts.ANY);
            StoredForms.toJson(stored instanceof BigDecimal decimal ? decimal.stripTrailingZeros() : stored, out);
            json = out.toString();
        }
        return hash("SHA-512", json);
    }

    /** A hash of a text's UTF-8 in lower-case hex. */
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
