package dev.korm.codec;

import dev.korm.Encrypted;
import dev.korm.SealException;
import dev.korm.crypto.Payload;
import dev.korm.crypto.Spot;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Secrets in columns one by one: those that do not open keep nobody from the others. */
public final class SecretColumns {
    private static final String MARK = "__ENCRYPTED__";

    private SecretColumns() {}

    /**
     * A column's text with its secrets sealed anew.
     *
     * @param text the same text where none was
     * @param resealed how many were
     * @param unopened how many should have been, and do not open
     */
    public record Renewed(String text, int resealed, int unopened) {}

    /** Whether a column's text may hold a secret; most JSON does not, and need not be read. */
    public static boolean mayHold(String text) {
        return text.contains(MARK) || text.contains("\\u");
    }

    /** Tells the id of the key of each sealed value in a column's text. What is no JSON holds none. */
    public static void keyIds(String text, Consumer<String> each) {
        Object tree = tree(text);
        StoredSecrets.replaced(tree, null, (object, spot) -> {
            Payload payload = Sealed.ofTree(object, null).payloadOrNull();
            if (payload != null && payload.type().equals(Payload.SYMMETRIC)) {
                each.accept(StoredSecrets.keyId(payload));
            }
            return object;
        });
    }

    /** A column's text with everything that is not sealed with the current key sealed with it; what does not open stays. */
    public static Renewed renewed(String text, Spot column) {
        Object tree = tree(text);
        String current = column.sealer().ring().currentId();
        int[] counts = new int[2];
        Object fresh = StoredSecrets.replaced(tree, column, (object, spot) -> {
            try {
                Object sealed = StoredSecrets.resealed(object, spot, current);
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

    private static @Nullable Object tree(String text) {
        try {
            return JsonReader.tree(text);
        } catch (Misfit malformed) {
            return null;
        }
    }

    /**
     * The JSON of the value that is sealed in a column.
     *
     * @throws SealException when it does not open
     */
    public static String open(String text, Spot column) {
        byte[] json = Sealed.ofText(text, column).open();
        try {
            return new String(json, StandardCharsets.UTF_8);
        } finally {
            Arrays.fill(json, (byte) 0);
        }
    }

    /**
     * The JSON of the value in a field of sealed values; null for none.
     *
     * @param field its type; null in a document
     */
    public static @Nullable String clear(@Nullable Codec field, @Nullable Object value) {
        if (!(Codec.bare(value) instanceof Encrypted<?> encrypted)) {
            return null;
        }
        Codec inner = field == null ? null : encrypted(field).inner();
        byte[] json = Holders.get().secret(encrypted).json(inner);
        try {
            return new String(json, StandardCharsets.UTF_8);
        } finally {
            Arrays.fill(json, (byte) 0);
        }
    }

    /** The codec of sealed values that a field has, optional or not. */
    public static EncryptedCodec encrypted(Codec field) {
        Codec at = field;
        while (at instanceof WrapperCodec wrapper) {
            at = wrapper.inner();
        }
        if (at instanceof EncryptedCodec encrypted) {
            return encrypted;
        }
        throw new Misfit("its column holds fingerprints of sealed values, and " + field.typeName()
                + " is not sealed; declare it as Encrypted");
    }

    /** Whether a field has sealed values. */
    public static boolean isEncrypted(Codec field) {
        Codec at = field;
        while (at instanceof WrapperCodec wrapper) {
            at = wrapper.inner();
        }
        return at instanceof EncryptedCodec;
    }

    /** Whether a type says that there are secrets in its values. */
    public static boolean declares(Codec field) {
        return SecretSearch.declares(field);
    }
}
