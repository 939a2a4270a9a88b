package dev.korm.codec;

import dev.korm.Document;
import dev.korm.Encrypted;
import dev.korm.ModelException;
import dev.korm.Password;
import dev.korm.Rn;
import dev.korm.Unique;
import dev.korm.codec.base.Codec;
import dev.korm.codec.base.Numbers;
import dev.korm.codec.json.CanonicalJson;
import dev.korm.codec.json.JsonObject;
import dev.korm.codec.json.JsonReader;
import dev.korm.codec.json.JsonWriter;
import dev.korm.codec.json.JsonWriter.Texts;
import dev.korm.codec.json.StoredForms;
import dev.korm.codec.scalar.ScalarCodec;
import dev.korm.codec.scalar.Scalars;
import dev.korm.codec.text.Article;
import dev.korm.codec.text.FrozenList;
import dev.korm.codec.text.StorableText;
import dev.korm.codec.text.TypeMismatch;
import dev.korm.crypto.Payload;
import dev.korm.crypto.SecretLocation;
import dev.korm.file.FileRef;
import dev.korm.spi.query.ColumnKind;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Values without a declared type, as documents keep them: {@link Boolean}, {@link Long}, {@link Double}, {@link BigDecimal},
 * {@link String}, {@code byte[]}, {@link Rn}, {@link FileRef}, {@link List}, {@link Document}, and {@link Unique} of those.
 */
public final class DynamicValue {
    /** Beyond, doubles are no longer all of the whole numbers, but each still is one. */
    private static final double LONGS = 0x1p63;

    private DynamicValue() {}

    /** A number that a store holds and no caller may give. */
    private record NotFinite(Double number) {}

    /** Returns what was read from a column so that a document takes it, also NaN and infinity, which other programs may have stored. */
    public static Object read(Object stored) {
        return stored instanceof Double real && !Double.isFinite(real) ? new NotFinite(real) : stored;
    }

    /** Returns a value given by a caller as documents keep it. */
    public static @Nullable Object normal(@Nullable Object value, int depth) {
        Codec.checkDepth(depth);
        if (value instanceof NotFinite read) {
            return read.number();
        }
        if (value instanceof Unique<?> unique && depth == 0) {
            Object inner = normal(Codec.bare(unique), 1);
            if (isSecret(inner)) {
                throw new TypeMismatch("a secret is stored differently each time, so the store cannot keep it unique");
            }
            return inner == null ? null : Unique.of(inner);
        }
        Object bare = Codec.bare(value);
        if (bare == null
                || bare instanceof Boolean
                || bare instanceof Rn<?>
                || bare instanceof FileRef
                || bare instanceof Document
                || bare instanceof FrozenList
                || isSecret(bare)) {
            return bare;
        }
        if (bare instanceof String text) {
            return text(text);
        }
        if (bare instanceof byte[] bytes) {
            return bytes.clone();
        }
        Object number = Numbers.stored(bare);
        if (number != null) {
            return number(number);
        }
        if (bare instanceof Map<?, ?> map) {
            return document(map, depth);
        }
        if (bare instanceof Collection<?> list) {
            return list(list, depth);
        }
        return declared(bare);
    }

    /** Returns whether a value is the holder of a secret. */
    static boolean isSecret(@Nullable Object value) {
        return value instanceof Encrypted<?> || value instanceof Password;
    }

    private static Object text(String text) {
        return text.startsWith("[rn]") && Rn.isRn(text) ? (Object) Rn.parse(text) : text;
    }

    /** Normalises a number: a whole number is a Long, however it was given, as JSON does not tell them apart. */
    private static Object number(Object number) {
        if (number instanceof Double real) {
            if (!Double.isFinite(real)) {
                throw notFinite();
            }
            if (real == Math.rint(real) && real >= -LONGS && real < LONGS) {
                return real.longValue();
            }
        }
        return number instanceof BigDecimal decimal ? StoredForms.checkSize(decimal) : number;
    }

    private static Document document(Map<?, ?> map, int depth) {
        Document.Builder document = Document.builder();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            String key = key(entry.getKey());
            try {
                document.put(key, normal(entry.getValue(), depth + 1));
            } catch (TypeMismatch misfit) {
                throw misfit.inField(key);
            }
        }
        return document.build();
    }

    private static String key(@Nullable Object key) {
        if (key instanceof String text) {
            return text;
        }
        if (key != null && (key instanceof Enum<?> || Scalars.isScalar(key.getClass()))) {
            return Codecs.ofClass(key.getClass()) instanceof ScalarCodec scalar ? scalar.key(key) : key.toString();
        }
        throw new TypeMismatch("a key is not a text");
    }

    private static Object list(Collection<?> list, int depth) {
        List<@Nullable Object> values = new ArrayList<>(list.size());
        for (Object entry : list) {
            try {
                Object normal = normal(entry, depth + 1);
                values.add(normal instanceof byte[] bytes ? Base64.getEncoder().encodeToString(bytes) : normal);
            } catch (TypeMismatch misfit) {
                throw misfit.inEntry(values.size());
            }
        }
        return new FrozenList(values);
    }

    private static @Nullable Object declared(Object value) {
        Codec codec = codecOf(value);
        if (codec instanceof DocumentCodec) {
            throw new TypeMismatch("a " + Codec.nameOf(value) + " cannot be stored; records, maps and lists can");
        }
        if (codec.kind() != ColumnKind.JSON) {
            return normal(codec.toStored(value), 1);
        }
        List<Object> holders = new ArrayList<>(0);
        JsonWriter json = JsonWriter.carrying(holders);
        codec.write(value, json);
        return fromTree(JsonReader.tree(json.toString()), null, holders);
    }

    private static Codec codecOf(Object value) {
        try {
            return Codecs.ofValue(value);
        } catch (ModelException unknown) {
            throw new TypeMismatch(
                    Article.with(Codec.nameOf(value))
                            + " cannot be stored; its cause says why, and records, maps and lists can",
                    unknown);
        }
    }

    /** Returns the value of a JSON text; fails when it is none. */
    public static @Nullable Object parse(String json) {
        return fromTree(JsonReader.tree(json), null);
    }

    /**
     * Returns the value of a JSON tree.
     *
     * @param location where it was stored, so that what has the form of a secret is one; null for JSON from elsewhere
     */
    static @Nullable Object fromTree(@Nullable Object tree, @Nullable SecretLocation location) {
        return fromTree(tree, location, List.of());
    }

    private static @Nullable Object fromTree(
            @Nullable Object tree, @Nullable SecretLocation location, List<Object> holders) {
        if (tree instanceof String text) {
            return text(text);
        }
        if (tree instanceof Double number) {
            return number(number);
        }
        if (tree instanceof JsonObject object) {
            if (location != null && Sealed.isPayload(object)) {
                return holder(Sealed.ofTree(object, location));
            }
            if (object.get(JsonWriter.HELD) instanceof Long index && index < holders.size()) {
                return holders.get(index.intValue());
            }
            Document.Builder document = Document.builder();
            for (int i = 0; i < object.size(); i++) {
                SecretLocation inside = location == null ? null : location.member(object.key(i));
                document.put(object.key(i), fromTree(object.value(i), inside, holders));
            }
            return document.build();
        }
        if (tree instanceof List<?> list) {
            List<@Nullable Object> values = new ArrayList<>(list.size());
            for (Object entry : list) {
                SecretLocation inside = location == null ? null : location.entry(values.size());
                values.add(fromTree(entry, inside, holders));
            }
            return new FrozenList(values);
        }
        return tree;
    }

    /** Returns the holder of what is stored of a secret, which alone tells of which kind it is. */
    private static Object holder(Sealed stored) {
        Payload payload = stored.payloadOrNull();
        return payload != null && payload.type().equals(Payload.PASSWORD)
                ? Holders.get().password(stored)
                : Holders.get().encrypted(Secret.of(stored, null));
    }

    /** Writes a value of a document. */
    public static void write(@Nullable Object value, JsonWriter out) {
        if (value == null) {
            out.nul();
        } else if (value instanceof Document document) {
            Map<String, @Nullable Object> fields = document.asMap();
            if (out.isStored() && Sealed.isPayload(fields)) {
                throw new TypeMismatch("it looks like a stored secret, which only korm can make; use Encrypted.of(…) or"
                        + " Password.hash(…), or give the member \"__ENCRYPTED__\" another name");
            }
            out.beginObject();
            for (String key : JsonWriter.ordered(fields.keySet())) {
                try {
                    out.key(key);
                    write(fields.get(key), out);
                } catch (TypeMismatch misfit) {
                    throw misfit.inField(key);
                }
            }
            out.endObject();
        } else if (value instanceof List<?> list) {
            out.beginArray();
            int index = 0;
            for (Object entry : list) {
                try {
                    write(entry, out);
                } catch (TypeMismatch misfit) {
                    throw misfit.inEntry(index);
                }
                index++;
            }
            out.endArray();
        } else if (value instanceof Unique<?> unique) {
            write(unique.value(), out);
        } else if (value instanceof Encrypted<?> encrypted) {
            Holders.get().secret(encrypted).write(out, null);
        } else if (value instanceof Password password) {
            Holders.get().stored(password).writePassword(out);
        } else if (value instanceof FileRef file) {
            out.file(file);
        } else if (value instanceof Double real && !Double.isFinite(real)) {
            if (out.isStored()) {
                throw notFinite();
            }
            out.nul();
        } else {
            StoredForms.toJson(value, out);
        }
    }

    private static TypeMismatch notFinite() {
        return new TypeMismatch("NaN and infinity cannot be stored; use null");
    }

    /** Returns the members of an object given by a caller: a document or a map. */
    static Map<?, ?> members(Object value, Codec type) {
        if (value instanceof Document document) {
            return document.asMap();
        }
        if (value instanceof Map<?, ?> map) {
            return map;
        }
        throw type.unfit(value);
    }

    /** Returns the kind of a column added for a value of a document; never for null. */
    public static ColumnKind kind(Object value) {
        if (value instanceof Unique<?> unique) {
            return kind(unique.value());
        }
        if (value instanceof String text) {
            return text.startsWith("[rn]") ? ColumnKind.RN : ColumnKind.TEXT;
        }
        if (value instanceof Rn<?> || value instanceof FileRef) {
            return ColumnKind.RN;
        }
        if (isSecret(value)) {
            return ColumnKind.ENCRYPTED;
        }
        if (value instanceof Long) {
            return ColumnKind.INTEGER;
        }
        if (value instanceof Double) {
            return ColumnKind.REAL;
        }
        if (value instanceof BigDecimal) {
            return ColumnKind.DECIMAL;
        }
        if (value instanceof Boolean) {
            return ColumnKind.BOOLEAN;
        }
        return value instanceof byte[] ? ColumnKind.BYTES : ColumnKind.JSON;
    }

    /**
     * Returns a value of a document as {@link #kind} says it is stored.
     *
     * @param location where; null where no item is at hand
     */
    static Object stored(Object value, @Nullable SecretLocation location) {
        if (value instanceof Unique<?> unique) {
            Object stored = stored(unique.value(), location);
            return kind(value) == ColumnKind.JSON ? CanonicalJson.text((String) stored) : stored;
        }
        if (value instanceof Document || value instanceof List<?>) {
            return json(value, location);
        }
        if (value instanceof Password password) {
            return Holders.get().stored(password).text();
        }
        if (value instanceof Encrypted<?> encrypted) {
            if (location == null) {
                throw EncryptedCodec.outsideOfItem();
            }
            return Holders.get().secret(encrypted).sealedFor(location, null).text();
        }
        if (value instanceof Double real && !Double.isFinite(real)) {
            throw notFinite();
        }
        return value instanceof Rn<?> || value instanceof FileRef ? value.toString() : value;
    }

    /** Returns a value of a document as JSON text fit to be stored. */
    static String json(Object value, @Nullable SecretLocation location) {
        JsonWriter out = JsonWriter.into(location);
        write(value, out);
        return out.toString();
    }

    /** Returns a value of a document as JSON text. */
    public static String text(@Nullable Object value, Texts texts) {
        JsonWriter out = new JsonWriter(texts);
        write(value, out);
        return out.toString();
    }

    /** Returns a value given by a caller, as it would be stored; of structures, the canonical JSON text. */
    public static Object constant(Object value) {
        Object normal = normal(Codec.bare(value), 0);
        if (normal == null) {
            throw new TypeMismatch("to compare with an empty value, use isNull");
        }
        if (isSecret(normal)) {
            throw new TypeMismatch("sealed values and password hashes cannot be compared");
        }
        Object stored = stored(normal, null);
        if (normal instanceof String text) {
            StorableText.check(text);
        }
        return kind(normal) == ColumnKind.JSON ? CanonicalJson.text((String) stored) : stored;
    }

    /** Returns the fingerprint of any value that can be stored. */
    public static String fingerprint(Object value) {
        Object normal = normal(Codec.bare(value), 0);
        return normal == null
                ? CanonicalJson.hash("SHA-512", "null")
                : CanonicalJson.fingerprint(stored(normal, null), kind(normal));
    }

    /** Returns a value of a document as another kind of number or text holds it. */
    public static Object as(Object value, ColumnKind kind) {
        return StoredForms.fit(value, kind);
    }

    /** Returns whether a value must be copied before it is handed out. */
    public static boolean isMutable(@Nullable Object value) {
        return value instanceof byte[] || (value instanceof Unique<?> unique && unique.value() instanceof byte[]);
    }

    /** Returns a value as it may be handed out. */
    public static Object copy(Object value) {
        if (value instanceof byte[] bytes) {
            return bytes.clone();
        }
        return value instanceof Unique<?> unique && unique.value() instanceof byte[] bytes
                ? Unique.of(bytes.clone())
                : value;
    }

    /**
     * Returns the value of a column of any kind, in the form of documents.
     *
     * @param location the column; null where no item is at hand
     */
    public static @Nullable Object fromColumn(Object stored, ColumnKind kind, @Nullable SecretLocation location) {
        if (kind == ColumnKind.ENCRYPTED && stored instanceof String json) {
            return holder(Sealed.ofText(json, location));
        }
        if (kind == ColumnKind.JSON && stored instanceof String json) {
            try {
                return fromTree(JsonReader.tree(json), location);
            } catch (TypeMismatch malformed) {
                return stored;
            }
        }
        if (kind != ColumnKind.OTHER) {
            return stored;
        }
        return stored instanceof Boolean
                        || stored instanceof String
                        || stored instanceof byte[]
                        || Numbers.stored(stored) != null
                ? stored
                : stored.toString();
    }

    /** Compares by value, bytes included. */
    public static boolean same(@Nullable Object one, @Nullable Object other) {
        if (one instanceof byte[] some && other instanceof byte[] others) {
            return Arrays.equals(some, others);
        }
        if (one instanceof Unique<?> some && other instanceof Unique<?> others) {
            return same(some.value(), others.value());
        }
        return one == null ? other == null : one.equals(other);
    }

    /** Returns a hash that is the same for values that are. */
    public static int hash(@Nullable Object value) {
        if (value instanceof byte[] bytes) {
            return Arrays.hashCode(bytes);
        }
        if (value instanceof Unique<?> unique) {
            return hash(unique.value());
        }
        return value == null ? 0 : value.hashCode();
    }

    /** Returns a value of a document for people. */
    public static Object describe(@Nullable Object value) {
        if (value instanceof Document document) {
            Map<String, Object> texts = new LinkedHashMap<>();
            document.asMap().forEach((name, field) -> texts.put(name, describe(field)));
            return texts;
        }
        if (value instanceof List<?> list) {
            List<Object> texts = new ArrayList<>(list.size());
            for (Object entry : list) {
                texts.add(describe(entry));
            }
            return texts;
        }
        if (value instanceof byte[] bytes) {
            return bytes.length + " bytes";
        }
        return value instanceof Rn<?> || value instanceof FileRef ? value : String.valueOf(value);
    }
}
