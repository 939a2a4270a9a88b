package dev.korm.lock;

import static dev.korm.argument.NullArgumentException.requireElements;
import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.ConfigurationException;
import java.util.Set;
import java.util.TreeSet;

/**
 * The name of a lock that is not of an item, such as of a nightly job. Never the same as an item's.
 *
 * <pre>{@code
 * try (Lock lock = pool.locks().acquire(LockName.of("nightly-report"))) { … }
 * }</pre>
 *
 * @param text one to 400 characters, none of them NUL or half a surrogate pair
 * @param layers the layers beside that of the locks whose writes {@code Transaction.fencedBy} can hold to it
 */
public record LockName(String text, Set<String> layers) {
    private static final int LONGEST = 400;

    public LockName {
        requireNonNull(text, "text");
        requireElements(layers, "layers");
        layers = Set.copyOf(layers);
        if (text.isEmpty() || text.length() > LONGEST || text.codePoints().anyMatch(LockName::isForbidden)) {
            throw new ConfigurationException("The name of a lock has 1 to " + LONGEST
                    + " characters, without U+0000 and halves of surrogate pairs; choose another");
        }
    }

    private static boolean isForbidden(int character) {
        return character == 0 || Character.getType(character) == Character.SURROGATE;
    }

    /** Returns a name. Everybody who gives the same text means the same lock. */
    public static LockName of(String text) {
        requireNonNull(text, "text");
        return new LockName(text, Set.of());
    }

    /**
     * Returns the same name, whose lock is told to further layers when it is acquired: their writes can then be held to it, too. All who acquire the lock should name
     * the same layers.
     */
    public LockName guarding(String... others) {
        requireElements(others, "others");
        Set<String> all = new TreeSet<>(layers);
        all.addAll(Set.of(others));
        return new LockName(text, all);
    }

    @Override
    public String toString() {
        return '"' + text + '"';
    }
}
