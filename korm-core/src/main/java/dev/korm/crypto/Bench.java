package dev.korm.crypto;

import java.security.GeneralSecurityException;
import java.security.Key;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import org.jspecify.annotations.Nullable;

/** A cipher with the key it used last, at which one thread works at a time. */
final class Bench {
    static final int NONCE_BYTES = 12;
    static final int TAG_BYTES = 16;

    private final Cipher cipher;
    private @Nullable Owner owner;
    private @Nullable String keyId;
    private @Nullable ItemKey key;

    Bench() {
        try {
            cipher = Cipher.getInstance("AES/GCM/NoPadding");
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("Every Java has AES in GCM", missing);
        }
    }

    /** The key of an item, when it is the one used last. */
    @Nullable ItemKey keyOf(Owner item, String id) {
        return key != null && id.equals(keyId) && item.equals(owner) ? key : null;
    }

    ItemKey keep(Owner item, String id, byte[] derived) {
        wipe();
        owner = item;
        keyId = id;
        key = new ItemKey(derived);
        return key;
    }

    /** The ciphertext with the tag behind it. */
    byte[] encrypt(Key with, byte[] nonce, byte[] associated, byte[] plain) throws GeneralSecurityException {
        cipher.init(Cipher.ENCRYPT_MODE, with, new GCMParameterSpec(8 * TAG_BYTES, nonce));
        cipher.updateAAD(associated);
        return cipher.doFinal(plain);
    }

    /** The plaintext of a ciphertext with the tag behind it. */
    byte[] decrypt(Key with, byte[] nonce, byte[] associated, byte[] sealed) throws GeneralSecurityException {
        cipher.init(Cipher.DECRYPT_MODE, with, new GCMParameterSpec(8 * TAG_BYTES, nonce));
        cipher.updateAAD(associated);
        return cipher.doFinal(sealed);
    }

    /** Overwrites the key. */
    void wipe() {
        if (key != null) {
            key.destroy();
            key = null;
        }
    }

    /** An AES key that can be overwritten, as the JDK's cannot. */
    static final class ItemKey implements SecretKey {
        private static final long serialVersionUID = 1L;

        private final transient byte[] bytes;

        ItemKey(byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        public String getAlgorithm() {
            return "AES";
        }

        @Override
        public String getFormat() {
            return "RAW";
        }

        @Override
        public byte[] getEncoded() {
            return bytes.clone();
        }

        @Override
        public void destroy() {
            Arrays.fill(bytes, (byte) 0);
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }

        @Override
        public String toString() {
            return "ItemKey";
        }

        private void writeObject(java.io.ObjectOutputStream out) throws java.io.IOException {
            throw new java.io.NotSerializableException(ItemKey.class.getName());
        }

        private void readObject(java.io.ObjectInputStream in) throws java.io.IOException {
            throw new java.io.NotSerializableException(ItemKey.class.getName());
        }
    }
}
