package dev.korm.key;

import static dev.korm.argument.NullArgumentException.requireEntries;
import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.ConfigurationException;
import dev.korm.PoolBuilder;
import dev.korm.crypto.primitive.Hkdf;
import dev.korm.spi.KeyWrapper;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The keys that secrets are sealed with: one is current and seals, all of them open. A pool takes one by
 * {@link PoolBuilder#keys}; without it, the environment's.
 *
 * <pre>{@code
 * KeyRing keys = KeyRing.fromFile(Path.of("/run/secrets/korm-keys"));
 * try (Pool pool = Korm.pool().layer("main", Sqlite.file("data.sqlite")).keys(keys).open()) { … }
 * }</pre>
 *
 * <p>A key is 32 random bytes, written as 64 hex digits; {@code korm keygen} makes one. It has an id of 1 to 32 letters,
 * digits, {@code .}, {@code _} and {@code -}, which stands beside every value that it sealed and is no secret. Several keys are
 * written {@code id=digits,id=digits}; the first is the current one. The key {@value #DEFAULT_ID} is the one of the variable
 * {@value #KEY_VARIABLE}, and opens what the original korm sealed.
 *
 * <p>Every ring that korm makes looks for its keys only when one is first needed, and never shows one: not in its text, not in
 * an error. Safe for many threads. Programs may implement it over a store of their own.
 */
public interface KeyRing extends AutoCloseable {
    /** The id of the key in {@value #KEY_VARIABLE}. */
    String DEFAULT_ID = "default";

    /** The environment variable of one key: 64 hex digits. */
    String KEY_VARIABLE = "KORM_ENCRYPTION_KEY";

    /** The environment variable of several keys: {@code id=digits,id=digits}, the current one first. */
    String KEYS_VARIABLE = "KORM_ENCRYPTION_KEYS";

    /**
     * Returns the id of the key that seals.
     *
     * @throws MissingKeyException when there is no key, or it cannot be had
     * @throws ConfigurationException when what should be keys is none
     */
    String currentId();

    /** Returns the ids of all keys, the current one first. Throws as {@link #currentId} does. */
    Set<String> ids();

    /**
     * Returns a copy of a key, 32 bytes, which the caller overwrites after use; empty when there is none of that id.
     * Throws as {@link #currentId} does.
     */
    Optional<byte[]> key(String id);

    /**
     * Returns a key for one purpose, made from a key of the ring by HKDF-SHA256. What is known of it tells nothing
     * about the key itself or about those for other purposes. The caller overwrites it after use.
     *
     * @param purpose what it is for, which makes it another one; the purposes that begin with {@code korm.} are korm's own
     * @param length how many bytes, at most 255 times 32
     * @throws MissingKeyException also when the ring has no key of that id
     */
    default byte[] derive(String id, String purpose, int length) {
        requireNonNull(id, "id");
        requireNonNull(purpose, "purpose");
        byte[] key = key(id).orElseThrow(() -> new MissingKeyException("The key ring has no key \"" + id + "\""));
        try {
            return Hkdf.derive(key, purpose, length);
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    /** Overwrites the keys that it holds. Pools that use it can seal and open nothing from then on. Twice is fine. */
    @Override
    void close();

    /** Returns the keys of the variables {@value #KEYS_VARIABLE} and {@value #KEY_VARIABLE} of this process. */
    static KeyRing fromEnvironment() {
        return fromEnvironment(System::getenv);
    }

    /**
     * Works as {@link #fromEnvironment()}, with variables from elsewhere. When both are set, the current key is the
     * first of {@value #KEYS_VARIABLE}.
     *
     * @param variables answers null for one that is not set
     */
    static KeyRing fromEnvironment(Function<String, @Nullable String> variables) {
        requireNonNull(variables, "variables");
        return KeySources.environment(variables);
    }

    /**
     * Returns the keys in a file, {@code id=digits} in each line, the current one first; empty lines and those that
     * begin with {@code #} count for nothing. A file with 64 hex digits alone is the key {@value #DEFAULT_ID}.
     *
     * <p>Refused when anybody but its owner can read or change it, and where the file system cannot tell.
     */
    static KeyRing fromFile(Path file) {
        requireNonNull(file, "file");
        return KeySources.file(file);
    }

    /**
     * Works as {@link #fromFile(Path)}, with keys that a key management service has wrapped: each is unwrapped by it
     * once, when it is first needed. {@link KeyWrapper} says how such a file is made.
     */
    static KeyRing fromFile(Path file, KeyWrapper wrapper) {
        requireNonNull(file, "file");
        requireNonNull(wrapper, "wrapper");
        return KeySources.file(file, wrapper);
    }

    /**
     * Creates a ring of these keys.
     *
     * @param currentId which of them seals
     * @param keys 32 bytes each; they are copied
     * @throws ConfigurationException when a key or an id is none
     */
    static KeyRing of(String currentId, Map<String, byte[]> keys) {
        requireNonNull(currentId, "currentId");
        requireEntries(keys, "keys");
        return KeySources.of(currentId, keys);
    }
}
