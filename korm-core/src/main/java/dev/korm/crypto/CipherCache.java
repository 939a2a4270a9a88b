package dev.korm.crypto;

import dev.korm.crypto.primitive.Hkdf;
import java.security.GeneralSecurityException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import javax.crypto.Mac;
import org.jspecify.annotations.Nullable;

/**
 * Prepared ciphers, each for one subkey of a collection. A bounded number: the collections beyond {@value #BLOCKS} that are worked on by turns share
 * places and prepare keys anew. A thread takes a cipher out while it works with it, so another that needs the same one meanwhile makes its own. Safe
 * for many threads.
 */
final class CipherCache {
    /** How many subkeys a collection has. */
    static final int SUBKEYS = 256;
    /** How many collections, each under one key of the ring, find all of their ciphers prepared: about 1 kB each. */
    private static final int BLOCKS = 16;

    private final AtomicReferenceArray<@Nullable Block> blocks = new AtomicReferenceArray<>(BLOCKS);
    private final AtomicInteger collections = new AtomicInteger();

    /** A place for each subkey of a collection. */
    static final class Block {
        private final AtomicReferenceArray<@Nullable PreparedCipher> places = new AtomicReferenceArray<>(SUBKEYS);
    }

    /** The key from which subkeys are derived, asked for when one is. */
    interface Root {
        byte[] bytes();
    }

    /** Returns the block of a collection that comes new. */
    Block nextBlock() {
        int number = Math.floorMod(collections.getAndIncrement(), BLOCKS);
        Block made = new Block();
        Block known = blocks.compareAndExchange(number, null, made);
        return known == null ? made : known;
    }

    /** Returns a cipher with a subkey; the caller gives it back unless something was thrown at work. */
    static PreparedCipher take(CollectionKey key, int subkey, Root root) {
        PreparedCipher cipher = key.block().places.getAndSet(subkey, null);
        if (cipher == null) {
            cipher = new PreparedCipher();
        }
        if (!cipher.has(key, subkey)) {
            cipher.take(key, subkey, derive(root.bytes(), key.context(subkey)));
        }
        return cipher;
    }

    static void giveBack(PreparedCipher cipher, CollectionKey key, int subkey) {
        if (!key.block().places.compareAndSet(subkey, null, cipher)) {
            cipher.wipe();
        }
    }

    /** Returns a key of 32 bytes for a context. */
    static byte[] derive(byte[] root, byte[] context) {
        AesKey key = new AesKey(root.clone());
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            return Hkdf.expand(mac, context);
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("Every Java has HMAC with SHA-256", missing);
        } finally {
            key.destroy();
        }
    }

    /** Overwrites the keys of all that are not at work. */
    void wipe() {
        for (int number = 0; number < BLOCKS; number++) {
            Block block = blocks.get(number);
            for (int i = 0; block != null && i < SUBKEYS; i++) {
                PreparedCipher cipher = block.places.getAndSet(i, null);
                if (cipher != null) {
                    cipher.wipe();
                }
            }
        }
    }
}
