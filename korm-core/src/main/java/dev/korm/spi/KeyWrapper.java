package dev.korm.spi;

/**
 * A key management service, or another safe for keys: it wraps the keys of a {@code KeyRing} with a key of its own
 * that never leaves it, so that what is kept beside the program is worth nothing without it. {@code Pkcs12KeyWrapper} is one.
 *
 * <p>To make a file for {@code KeyRing.fromFile(java.nio.file.Path, KeyWrapper)}: take 32 random bytes, write
 * {@code id=} and the hex digits of {@code wrap(bytes)} in a line, and overwrite the bytes.
 *
 * <p>Safe for many threads. Neither its text nor its errors show a key.
 */
public interface KeyWrapper {
    /**
     * Returns a key in the form in which it may be kept.
     *
     * @param key 32 bytes, the caller's, who overwrites them
     */
    byte[] wrap(byte[] key);

    /**
     * Returns the key that {@link #wrap} was given; the caller overwrites it after use.
     *
     * @throws dev.korm.key.MissingKeyException when the service does not answer, or refuses
     */
    byte[] unwrap(byte[] wrapped);
}
