package dev.korm.key;

import dev.korm.Pool;

/**
 * The keys of a pool: which secrets each one seals, and the rotation from one key to the next. Answered by {@link
 * Pool#keys()}.
 *
 * <p>To change keys: give every program that uses the data the new key in its ring, behind the current one; then, in all of them,
 * put it first, which makes it the current one; then run {@link #rotation()} once, from any of them; then {@link #requireUnused}
 * of the old key, and take it out of the rings.
 *
 * <pre>{@code
 * pool.keys().rotation().itemsPerSecond(500).run();
 * pool.keys().requireUnused("2024");
 * }</pre>
 *
 * <p>Passwords are hashes and have no key. Immutable, safe for many threads.
 */
public interface Keys {
    /** Returns the id of the key that seals. Throws as {@link KeyRing#currentId} does. */
    String currentId();

    /** Counts what is sealed with which key, in every layer. Reads every row that can hold a secret, and opens none. */
    KeyReport report();

    /** Sealing everything anew with the current key; begun by {@link Rotation#run} or {@link Rotation#start}. */
    Rotation rotation();

    /**
     * Makes sure that a key can be taken out of the ring. Reads as {@link #report} does.
     *
     * @throws KeyInUseException when it is the current one, or something is sealed with it; says how much and where
     */
    void requireUnused(String keyId);
}
