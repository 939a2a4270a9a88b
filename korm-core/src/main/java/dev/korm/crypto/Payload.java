package dev.korm.crypto;

import org.jspecify.annotations.Nullable;

/**
 * The members of a stored secret. Formats: without a version, as the original korm writes them; {@link #PER_ITEM}, which is bound
 * to its place and names its key, and whose every item has a key of its own; {@link #VERSION}, whose items share the subkeys of their collection.
 *
 * @param type {@link #SYMMETRIC} or {@link #PASSWORD}
 * @param value the ciphertext without its tag in hex, or the text of a password's hash
 * @param dataType what JSON the plaintext is: {@code string}, {@code number}, {@code boolean} or {@code object}
 * @param iv the nonce in hex
 * @param authTag the tag in hex
 * @param version 0 for one without
 * @param keyId the id of the key that sealed it
 */
public record Payload(
        String type,
        String value,
        @Nullable String dataType,
        @Nullable String iv,
        @Nullable String authTag,
        long version,
        @Nullable String keyId) {
    public static final String SYMMETRIC = "symmetric";
    public static final String PASSWORD = "password";
    /** The version that is read, and was written before. */
    static final int PER_ITEM = 2;
    /** The version that is written. */
    public static final int VERSION = 3;

    /** Creates the payload of a password hash. */
    public static Payload password(String phc) {
        return new Payload(PASSWORD, phc, "string", null, null, 0, null);
    }

    /** Returns the kind of payload, never what is in it. */
    @Override
    public String toString() {
        return "Payload[" + type + "]";
    }
}
