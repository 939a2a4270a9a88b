package dev.korm.codec;

import dev.korm.SealException;
import dev.korm.codec.json.JsonObject;
import dev.korm.codec.json.JsonReader;
import dev.korm.codec.json.JsonWriter;
import dev.korm.codec.json.PayloadText;
import dev.korm.codec.json.SealedText;
import dev.korm.codec.text.TypeMismatch;
import dev.korm.crypto.Payload;
import dev.korm.crypto.SealedBytes;
import dev.korm.crypto.SecretLocation;
import dev.korm.key.KeyRing;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The secrets in what columns hold, without the types of what is in them: in a column of sealed values, or anywhere inside JSON. Those
 * that do not open keep nobody from the others. What changes keys uses this.
 */
public final class StoredSecrets {
    private StoredSecrets() {}

    /**
     * A column's text with its secrets sealed anew.
     *
     * @param text the same text where none was
     * @param resealed how many were
     * @param unopened how many should have been, and do not open
     */
    public record Renewed(String text, int resealed, int unopened) {}

    /** Returns whether a column's text may hold a secret; most JSON does not, and need not be read. */
    public static boolean mayHold(String text) {
        return text.contains(PayloadText.MARK) || text.contains("\\u");
    }

    /**
     * Tells the id of the key of each sealed value in a column's text, without opening any; those of the original have {@link
     * KeyRing#DEFAULT_ID}. Hashes of passwords have no key, and what is no JSON holds no secret.
     */
    public static void keyIds(String text, Consumer<String> each) {
        Payload whole = PayloadText.parse(text);
        if (whole != null) {
            tell(whole, each);
            return;
        }
        replaced(tree(text), null, (object, location) -> {
            tell(Sealed.ofTree(object, null).payloadOrNull(), each);
            return object;
        });
    }

    private static void tell(@Nullable Payload payload, Consumer<String> each) {
        if (payload != null && payload.type().equals(Payload.SYMMETRIC)) {
            each.accept(keyId(payload));
        }
    }

    static String keyId(Payload payload) {
        String id = payload.keyId();
        return payload.version() == 0 || id == null ? KeyRing.DEFAULT_ID : id;
    }

    /**
     * Returns a column's text with everything that is not sealed with the current key sealed with it; what does not
     * open stays.
     */
    public static Renewed renewed(String text, SecretLocation column) {
        String current = column.sealer().ring().currentId();
        SealedBytes own = SealedText.parse(text);
        if (own != null) {
            return renewed(text, own, column, current);
        }
        Payload whole = PayloadText.parse(text);
        return whole != null ? renewed(text, whole, column, current) : renewedInside(text, column, current);
    }

    private static Renewed renewed(String text, Payload whole, SecretLocation column, String current) {
        if (isDone(whole, current)) {
            return new Renewed(text, 0, 0);
        }
        try {
            return new Renewed(resealed(Sealed.of(whole, column), column).text(), 1, 0);
        } catch (SealException closed) {
            return new Renewed(text, 0, 1);
        }
    }

    private static Renewed renewed(String text, SealedBytes own, SecretLocation column, String current) {
        if (own.keyId().equals(current)) {
            return new Renewed(text, 0, 0);
        }
        try {
            byte[] plain = column.sealer().open(own, column);
            try {
                return new Renewed(SealedText.of(column.sealer().sealed(plain, column)), 1, 0);
            } finally {
                Arrays.fill(plain, (byte) 0);
            }
        } catch (SealException closed) {
            return new Renewed(text, 0, 1);
        }
    }

    private static Renewed renewedInside(String text, SecretLocation column, String current) {
        Object tree = tree(text);
        int[] counts = new int[2];
        Object fresh = replaced(tree, column, (object, location) -> {
            try {
                Object sealed = resealed(object, location, current);
                counts[0] += sealed == object ? 0 : 1;
                return sealed;
            } catch (SealException closed) {
                counts[1]++;
                return object;
            }
        });
        if (fresh == tree) {
            return new Renewed(text, 0, counts[1]);
        }
        JsonWriter out = new JsonWriter(JsonWriter.Texts.ANY);
        JsonTree.write(fresh, out);
        return new Renewed(out.toString(), counts[0], counts[1]);
    }

    /** A listener that is told of each sealed value whether it opens. */
    public interface Opening {
        /**
         * @param keyId the key that it says it was sealed with
         * @param closed why it does not open; null when it does
         */
        void tried(String keyId, @Nullable SealException closed);
    }

    /** Tries to open each sealed value in a column's text, and keeps nothing of what it opens. */
    public static void open(String text, SecretLocation column, Opening each) {
        Payload whole = PayloadText.parse(text);
        if (whole != null) {
            tryOpen(Sealed.of(whole, column), each);
            return;
        }
        replaced(tree(text), column, (object, location) -> {
            if (location != null) {
                tryOpen(Sealed.ofTree(object, location), each);
            }
            return object;
        });
    }

    private static void tryOpen(Sealed sealed, Opening each) {
        Payload payload = sealed.payloadOrNull();
        if (payload == null || !payload.type().equals(Payload.SYMMETRIC)) {
            return;
        }
        SealException closed = null;
        try {
            Arrays.fill(sealed.open(), (byte) 0);
        } catch (SealException failed) {
            closed = failed;
        }
        each.tried(keyId(payload), closed);
    }

    private static @Nullable Object tree(String text) {
        try {
            return JsonReader.tree(text);
        } catch (TypeMismatch malformed) {
            return null;
        }
    }

    private static Object resealed(JsonObject object, @Nullable SecretLocation location, String current) {
        Sealed stored = Sealed.ofTree(object, location);
        return location == null || isDone(stored.payload(), current) ? object : resealed(stored, location);
    }

    private static boolean isDone(Payload payload, String current) {
        return !payload.type().equals(Payload.SYMMETRIC)
                || (payload.version() == Payload.VERSION && current.equals(payload.keyId()));
    }

    private static Sealed resealed(Sealed stored, SecretLocation location) {
        byte[] plain = stored.open();
        try {
            return Sealed.of(location.sealer().sealed(plain, location), location);
        } finally {
            Arrays.fill(plain, (byte) 0);
        }
    }

    /**
     * Returns the JSON of the value that is sealed in a column.
     *
     * @throws SealException when it does not open
     */
    public static String open(String text, SecretLocation column) {
        byte[] json = Sealed.ofText(text, column).open();
        try {
            return new String(json, StandardCharsets.UTF_8);
        } finally {
            Arrays.fill(json, (byte) 0);
        }
    }

    /**
     * Returns the tree with every payload replaced by what a function makes of it; the same instance when it gave back
     * the same.
     */
    private static @Nullable Object replaced(
            @Nullable Object tree,
            @Nullable SecretLocation location,
            BiFunction<JsonObject, @Nullable SecretLocation, Object> change) {
        if (tree instanceof JsonObject object) {
            if (Sealed.isPayload(object)) {
                return change.apply(object, location);
            }
            JsonObject copy = new JsonObject();
            boolean changed = false;
            for (int i = 0; i < object.size(); i++) {
                Object member = object.value(i);
                Object now = replaced(member, location == null ? null : location.member(object.key(i)), change);
                changed |= now != member;
                copy.add(object.key(i), now);
            }
            return changed ? copy : object;
        }
        if (tree instanceof List<?> list) {
            List<@Nullable Object> copy = new ArrayList<>(list.size());
            boolean changed = false;
            for (Object entry : list) {
                Object now = replaced(entry, location == null ? null : location.entry(copy.size()), change);
                changed |= now != entry;
                copy.add(now);
            }
            return changed ? copy : list;
        }
        return tree;
    }
}
