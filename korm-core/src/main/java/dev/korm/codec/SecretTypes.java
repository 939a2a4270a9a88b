package dev.korm.codec;

import dev.korm.Encrypted;
import dev.korm.codec.base.Codec;
import dev.korm.codec.base.WrapperCodec;
import dev.korm.codec.text.TypeMismatch;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The secrets within types. */
public final class SecretTypes {
    private SecretTypes() {}

    /** Returns whether there may be secrets in the values of a type; what is in a document is not declared. */
    static boolean mayHold(Codec codec) {
        return CodecTree.any(codec, part -> isSecret(part) || part instanceof DocumentCodec);
    }

    /** Returns whether a type says that there are secrets in its values. */
    public static boolean declares(Codec codec) {
        return CodecTree.any(codec, SecretTypes::isSecret);
    }

    private static boolean isSecret(Codec codec) {
        return codec instanceof EncryptedCodec || codec instanceof PasswordCodec;
    }

    /** Returns whether a field has sealed values, optional or not. */
    public static boolean isEncrypted(Codec field) {
        return bare(field) instanceof EncryptedCodec;
    }

    /** Returns the codec of sealed values that a field has, optional or not. */
    public static EncryptedCodec encrypted(Codec field) {
        if (bare(field) instanceof EncryptedCodec encrypted) {
            return encrypted;
        }
        throw new TypeMismatch("its column holds fingerprints of sealed values, and " + field.typeName()
                + " is not sealed; declare it as Encrypted");
    }

    private static Codec bare(Codec field) {
        Codec at = field;
        while (at instanceof WrapperCodec wrapper) {
            at = wrapper.inner();
        }
        return at;
    }

    /**
     * Returns the JSON of the value in a field of sealed values; null for none.
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
}
