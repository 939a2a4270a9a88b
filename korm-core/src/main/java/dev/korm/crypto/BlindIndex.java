package dev.korm.crypto;

import java.util.ArrayList;
import java.util.List;

/**
 * Fingerprints of the sealed values of one field, or of several with sealed ones among them. Each begins with the id of its key
 * and a colon, so that it is known which are to be made anew when keys change. Immutable, safe for many threads.
 */
public final class BlindIndex {
    private static final char AFTER_ID = ':';
    /** Begins as no digest does. */
    private static final String DELETED = ":deleted-";

    private final BlindIndexKeys blinder;
    private final List<String> context;
    private final int bits;

    BlindIndex(BlindIndexKeys blinder, List<String> context, int bits) {
        this.blinder = blinder;
        this.context = List.copyOf(context);
        this.bits = bits;
    }

    /**
     * Returns the fingerprint of a value under the current key.
     *
     * @throws dev.korm.key.MissingKeyException when there is no key
     */
    public String current(String canonicalJson) {
        return under(blinder.ring().currentId(), canonicalJson);
    }

    /**
     * Returns the fingerprints of a value under every key of the ring: a search needs all of them while a rotation is
     * incomplete.
     */
    public List<String> all(String canonicalJson) {
        List<String> all = new ArrayList<>();
        for (String keyId : blinder.ring().ids()) {
            all.add(under(keyId, canonicalJson));
        }
        return all;
    }

    private String under(String keyId, String canonicalJson) {
        return keyId + AFTER_ID + blinder.fingerprint(keyId, context, canonicalJson, bits);
    }

    /** Returns the fingerprint of a value that does not open: one of its own for each item, under no key. */
    public static String unopened(String itemDigest) {
        return AFTER_ID + itemDigest;
    }

    /** Returns what stands in the place of a fingerprint in the row of a deleted item: one of its own for each item, found by nothing. */
    public static String deleted(String itemDigest) {
        return DELETED + itemDigest;
    }

    /** Returns whether a fingerprint is that of a deleted item. */
    public static boolean isDeleted(String fingerprint) {
        return fingerprint.startsWith(DELETED);
    }

    /**
     * Returns the id of the key that a fingerprint was made with; empty for what stands for a value that does not open.
     */
    public static String keyId(String fingerprint) {
        int end = fingerprint.indexOf(AFTER_ID);
        return end < 0 ? "" : fingerprint.substring(0, end);
    }
}
