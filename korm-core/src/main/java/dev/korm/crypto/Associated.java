package dev.korm.crypto;

import java.security.GeneralSecurityException;
import javax.crypto.Cipher;

/**
 * What a ciphertext is bound to, in two pieces: its item, and the key, type and path, which are the same in each item of a
 * collection.
 *
 * @param item the item's identity
 * @param rest behind it
 */
record Associated(byte[] item, byte[] rest) {
    /** As the original has it. */
    static final Associated NOTHING = new Associated(new byte[0], new byte[0]);

    void into(Cipher cipher) throws GeneralSecurityException {
        cipher.updateAAD(item);
        cipher.updateAAD(rest);
    }
}
