package dev.korm.engine.depot;

import java.util.Arrays;

/** A set of 64-bit hashes in 10 to 20 bytes each. Used by one thread. */
final class Hashes {
    private static final int FIRST_CAPACITY = 64;

    /** Open addressing; 0 marks a free place. */
    private long[] places = new long[FIRST_CAPACITY];

    private int size;

    /** Returns whether it was not there. */
    boolean add(long hash) {
        long stored = stored(hash);
        int place = place(places, stored);
        if (places[place] == stored) {
            return false;
        }
        places[place] = stored;
        if (++size > places.length / 5 * 4) {
            grow();
        }
        return true;
    }

    boolean has(long hash) {
        long stored = stored(hash);
        return places[place(places, stored)] == stored;
    }

    boolean isEmpty() {
        return size == 0;
    }

    private static long stored(long hash) {
        return hash == 0 ? 1 : hash;
    }

    /**
     * Returns the position at which the hash is, or would be inserted. Hashes are even, so that their last bits tell
     * them apart.
     */
    private static int place(long[] places, long stored) {
        int place = (int) stored & (places.length - 1);
        while (places[place] != 0 && places[place] != stored) {
            place = (place + 1) & (places.length - 1);
        }
        return place;
    }

    private void grow() {
        if (places.length == 1 << 30) {
            throw new OutOfMemoryError("More than 858 million files cannot be told apart at once");
        }
        long[] old = places;
        places = new long[old.length * 2];
        Arrays.stream(old).filter(hash -> hash != 0).forEach(hash -> places[place(places, hash)] = hash);
    }
}
