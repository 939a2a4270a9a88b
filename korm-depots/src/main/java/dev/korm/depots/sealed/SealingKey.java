package dev.korm.depots.sealed;

import dev.korm.key.KeyRing;
import java.util.Arrays;

/** A key of a ring, as it seals files. Closed when the keys of a file are derived from it. Shows nothing of itself. */
final class SealingKey implements AutoCloseable {
    /** What makes it another key than those that the ring's keys seal fields with. */
    private static final String PURPOSE = "korm.depot";

    private static final int SIZE = 32;

    private final String id;
    private final byte[] secret;

    private SealingKey(String id, byte[] secret) {
        this.id = id;
        this.secret = secret;
    }

    /** @throws dev.korm.key.MissingKeyException when the ring has no key of that id, or it cannot be had */
    static SealingKey of(KeyRing ring, String id) {
        return new SealingKey(id, ring.derive(id, PURPOSE, SIZE));
    }

    String id() {
        return id;
    }

    byte[] secret() {
        return secret;
    }

    @Override
    public void close() {
        Arrays.fill(secret, (byte) 0);
    }

    @Override
    public String toString() {
        return "SealingKey " + id;
    }
}
