package dev.korm.wal.backup.format;

import dev.korm.key.KeyRing;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The sealing of a whole backup: AES-256-GCM, by a key that is made for this backup alone, so that the number of a chunk is its nonce. A chunk
 * is bound to its number and to the backup's name. Safe for many threads.
 */
public final class ChunkSeal {
    private static final int TAG_BITS = 128;
    private static final int NONCE = 12;
    private static final int KEY = 32;

    private final SecretKeySpec key;
    private final byte[] name;

    private ChunkSeal(byte[] key, String name) {
        this.key = new SecretKeySpec(key, "AES");
        this.name = name.getBytes(StandardCharsets.UTF_8);
    }

    /** @throws dev.korm.key.MissingKeyException when the ring has no such key */
    public static ChunkSeal of(KeyRing ring, Manifest.Seal seal, String backup) {
        byte[] derived = ring.derive(seal.key(), "korm.backup:" + seal.salt(), KEY);
        try {
            return new ChunkSeal(derived, backup);
        } finally {
            Arrays.fill(derived, (byte) 0);
        }
    }

    byte[] seal(long number, byte[] bytes, int length) {
        return run(Cipher.ENCRYPT_MODE, number, bytes, length);
    }

    /** @throws IllegalArgumentException when it was sealed with another key, for another place, or was altered */
    byte[] open(long number, byte[] bytes) {
        return run(Cipher.DECRYPT_MODE, number, bytes, bytes.length);
    }

    private byte[] run(int mode, long number, byte[] bytes, int length) {
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            byte[] nonce = ByteBuffer.allocate(NONCE).putInt(0).putLong(number).array();
            cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
            cipher.updateAAD(name);
            return cipher.doFinal(bytes, 0, length);
        } catch (GeneralSecurityException failed) {
            throw new IllegalArgumentException("The chunk cannot be opened with this key", failed);
        }
    }
}
