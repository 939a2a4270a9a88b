package dev.korm.crypto;

import dev.korm.crypto.primitive.KeyFormat;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import org.jspecify.annotations.Nullable;

/**
 * A cipher that has a subkey's rounds ready, at which one thread works at a time. The JDK's cipher prepares a key only when it is
 * another than the last one, which takes four times as long as sealing a short text does.
 */
final class PreparedCipher {
    static final int NONCE_BYTES = 12;
    static final int TAG_BYTES = 16;

    private final Cipher cipher;

    private @Nullable CollectionKey of;
    private int number;
    /** Kept, since the cipher copies each part of the associated data that it is given twice. */
    private byte[] associatedData = {};

    private AesKey key = new AesKey(new byte[KeyFormat.LENGTH]);

    PreparedCipher() {
        try {
            cipher = Cipher.getInstance("AES/GCM/NoPadding");
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("Every Java has AES in GCM", missing);
        }
    }

    /** Returns whether it has a subkey already. */
    boolean has(CollectionKey wanted, int subkey) {
        return of == wanted && number == subkey;
    }

    /**
     * Takes another key, and overwrites the one before.
     *
     * @param wanted null for a key that is no subkey
     */
    void take(@Nullable CollectionKey wanted, int subkey, byte[] bytes) {
        key.destroy();
        key = new AesKey(bytes);
        number = subkey;
        of = wanted;
    }

    /** Returns the ciphertext with the tag behind it. */
    byte[] encrypt(byte[] nonce, AssociatedData associated, byte[] plain) throws GeneralSecurityException {
        cipher.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(8 * TAG_BYTES, nonce));
        update(associated);
        return cipher.doFinal(plain);
    }

    /** Returns the plaintext of a ciphertext with the tag behind it. */
    byte[] decrypt(byte[] nonce, AssociatedData associated, byte[] sealed) throws GeneralSecurityException {
        cipher.init(Cipher.DECRYPT_MODE, key, new GCMParameterSpec(8 * TAG_BYTES, nonce));
        update(associated);
        return cipher.doFinal(sealed);
    }

    private void update(AssociatedData associated) {
        int length = associated.length();
        if (length > associatedData.length) {
            associatedData = new byte[length];
        }
        associated.into(associatedData);
        cipher.updateAAD(associatedData, 0, length);
    }

    /** Overwrites the key, and the cipher's copy of it as far as the JDK lets one. */
    void wipe() {
        key.destroy();
        of = null;
        try {
            cipher.init(Cipher.DECRYPT_MODE, key, new GCMParameterSpec(8 * TAG_BYTES, new byte[NONCE_BYTES]));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("AES takes every key of 32 bytes", impossible);
        }
    }
}
