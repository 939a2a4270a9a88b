package dev.korm.crypto;

import dev.korm.crypto.primitive.Hex;

/**
 * A secret as it was sealed, before it is written as a payload and after it is read from one. Immutable; its arrays are not to be changed.
 *
 * @param nonce 12 bytes
 * @param sealed the ciphertext with its tag of 16 bytes behind it
 * @param dataType what JSON the plaintext is
 * @param keyId the id of the ring's key
 */
@SuppressWarnings("ArrayRecordComponent") // Nobody compares them, and a copy of each would be the cost of the whole.
public record SealedBytes(byte[] nonce, byte[] sealed, String dataType, String keyId) {
    public static final int NONCE_LENGTH = PreparedCipher.NONCE_BYTES;
    public static final int TAG_LENGTH = PreparedCipher.TAG_BYTES;

    /** Returns the payload of {@link Payload#VERSION} that it is. */
    public Payload payload() {
        int end = sealed.length - TAG_LENGTH;
        return new Payload(
                Payload.SYMMETRIC,
                Hex.text(sealed, 0, end),
                dataType,
                Hex.text(nonce, 0, nonce.length),
                Hex.text(sealed, end, sealed.length),
                Payload.VERSION,
                keyId);
    }

    /** Returns nothing of what is in it. */
    @Override
    public String toString() {
        return "SealedBytes";
    }
}
