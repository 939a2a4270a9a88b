package dev.korm.key;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.ClosedException;
import dev.korm.ConfigurationException;
import dev.korm.crypto.primitive.KeyFormat;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A ring whose keys are found at first need and then held in arrays of its own. Safe for many threads. */
final class HeldKeys implements KeyRing {
    private final String origin;
    private final Supplier<Map<String, byte[]>> source;
    private final UnaryOperator<byte[]> unwrap;
    private final ReentrantLock lock = new ReentrantLock();
    /** As they were found, the current one first; null before they were looked for. */
    private @Nullable Map<String, byte[]> found;

    private final Map<String, byte[]> bare = new LinkedHashMap<>();
    private boolean closed;
    /** Asked with every secret; null before keys were looked for, and after the end. */
    private volatile @Nullable String current;

    /**
     * @param origin where the keys are from, for the ring's text
     * @param source finds the keys, the current one first; they become the ring's own
     * @param unwrap makes a key of what was found, when the key is first needed
     */
    HeldKeys(String origin, Supplier<Map<String, byte[]>> source, UnaryOperator<byte[]> unwrap) {
        this.origin = origin;
        this.source = source;
        this.unwrap = unwrap;
    }

    static String checkId(String id, String origin) {
        if (!KeyFormat.isId(id)) {
            throw new ConfigurationException(
                    "Invalid key id in " + origin + ": use 1 to 32 letters, digits, '.', '_' or '-', as in k1=…");
        }
        return id;
    }

    @Override
    public String currentId() {
        String known = current;
        if (known != null) {
            return known;
        }
        lock.lock();
        try {
            String first = keys().keySet().iterator().next();
            current = first;
            return first;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Set<String> ids() {
        lock.lock();
        try {
            return new LinkedHashSet<>(keys().keySet());
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Optional<byte[]> key(String id) {
        requireNonNull(id, "id");
        lock.lock();
        try {
            byte[] kept = keys().get(id);
            if (kept == null) {
                return Optional.empty();
            }
            byte[] key = bare.get(id);
            if (key == null) {
                key = unwrap.apply(kept);
                if (key.length != KeyFormat.LENGTH) {
                    Arrays.fill(key, (byte) 0);
                    throw new ConfigurationException(
                            "The key \"" + id + "\" of " + origin + " is not " + KeyFormat.LENGTH + " bytes long");
                }
                bare.put(id, key);
            }
            return Optional.of(key.clone());
        } finally {
            lock.unlock();
        }
    }

    /** Loads the keys, under the lock. */
    private Map<String, byte[]> keys() {
        if (closed) {
            throw new ClosedException("The key ring is closed; make a new one");
        }
        Map<String, byte[]> known = found;
        if (known == null) {
            known = source.get();
            found = known;
        }
        return known;
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            current = null;
            bare.values().forEach(key -> Arrays.fill(key, (byte) 0));
            bare.clear();
            if (found != null) {
                found.values().forEach(key -> Arrays.fill(key, (byte) 0));
                found = null;
            }
        } finally {
            lock.unlock();
        }
    }

    /** Returns the sources of the keys; never a key. */
    @Override
    public String toString() {
        return "KeyRing[" + origin + "]";
    }
}
