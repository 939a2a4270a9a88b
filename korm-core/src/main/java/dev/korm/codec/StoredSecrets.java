package dev.korm.codec;

import dev.korm.KeyRing;
import dev.korm.crypto.Payload;
import dev.korm.crypto.Spot;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The secrets in what columns hold, without the types of what is in them: in a column of sealed values, or anywhere inside JSON.
 * What changes keys uses this.
 */
public final class StoredSecrets {
    private StoredSecrets() {}

    /**
     * The ids of the keys that the secrets in a column's value are sealed with, without opening any; those of the original have
     * {@link KeyRing#DEFAULT_ID}. Hashes of passwords have no key.
     *
     * @param stored JSON text, as a row holds it
     */
    public static Set<String> keyIds(String stored) {
        Payload whole = PayloadText.parse(stored);
        if (whole != null) {
            return whole.type().equals(Payload.SYMMETRIC) ? Set.of(keyId(whole)) : Set.of();
        }
        Set<String> ids = new LinkedHashSet<>();
        replaced(JsonReader.tree(stored), null, (object, spot) -> {
            Payload payload = Sealed.ofTree(object, null).payloadOrNull();
            if (payload != null && payload.type().equals(Payload.SYMMETRIC)) {
                ids.add(keyId(payload));
            }
            return object;
        });
        return ids;
    }

    static String keyId(Payload payload) {
        String id = payload.keyId();
        return payload.version() == 0 || id == null ? KeyRing.DEFAULT_ID : id;
    }

    /**
     * A column's value with every secret sealed with the current key, and bound to its place. The same instance when they all are
     * already.
     *
     * @param stored JSON text, as a row holds it
     * @param column of which item
     * @throws dev.korm.SealException when one of them does not open; nothing has changed then
     */
    public static String resealed(String stored, Spot column) {
        String current = column.sealer().ring().currentId();
        Payload whole = PayloadText.parse(stored);
        if (whole != null) {
            Sealed before = Sealed.of(whole, column);
            return isDone(whole, current) ? stored : resealed(before, column).text();
        }
        Object tree = JsonReader.tree(stored);
        Object fresh = replaced(tree, column, (object, spot) -> resealed(object, spot, current));
        if (fresh == tree) {
            return stored;
        }
        JsonWriter out = new JsonWriter(JsonWriter.Texts.ANY);
        JsonTree.write(fresh, out);
        return out.toString();
    }

    static Object resealed(JsonObject object, @Nullable Spot spot, String current) {
        Sealed stored = Sealed.ofTree(object, spot);
        return spot == null || isDone(stored.payload(), current) ? object : resealed(stored, spot);
    }

    private static boolean isDone(Payload payload, String current) {
        return !payload.type().equals(Payload.SYMMETRIC)
                || (payload.version() == Payload.VERSION && current.equals(payload.keyId()));
    }

    private static Sealed resealed(Sealed stored, Spot spot) {
        byte[] plain = stored.open();
        try {
            return Sealed.of(spot.sealer().seal(plain, spot), spot);
        } finally {
            Arrays.fill(plain, (byte) 0);
        }
    }

    /** The tree with every payload replaced by what a function makes of it; the same instance when it gave back the same. */
    static @Nullable Object replaced(
            @Nullable Object tree, @Nullable Spot spot, BiFunction<JsonObject, @Nullable Spot, Object> change) {
        if (tree instanceof JsonObject object) {
            if (Sealed.isPayload(object)) {
                return change.apply(object, spot);
            }
            JsonObject copy = new JsonObject();
            boolean changed = false;
            for (int i = 0; i < object.size(); i++) {
                Object member = object.value(i);
                Object now = replaced(member, spot == null ? null : spot.member(object.key(i)), change);
                changed |= now != member;
                copy.add(object.key(i), now);
            }
            return changed ? copy : object;
        }
        if (tree instanceof List<?> list) {
            List<@Nullable Object> copy = new ArrayList<>(list.size());
            boolean changed = false;
            for (Object entry : list) {
                Object now = replaced(entry, spot == null ? null : spot.entry(copy.size()), change);
                changed |= now != entry;
                copy.add(now);
            }
            return changed ? copy : list;
        }
        return tree;
    }
}
