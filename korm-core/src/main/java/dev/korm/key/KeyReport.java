package dev.korm.key;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The number of values sealed with each key.
 *
 * @param uses by layer, collection and field
 */
public record KeyReport(List<KeyUse> uses) {
    public KeyReport {
        uses = List.copyOf(uses);
    }

    /** Returns the ids of the keys that something is sealed with. */
    public Set<String> keyIds() {
        Set<String> ids = new TreeSet<>();
        uses.forEach(use -> ids.add(use.keyId()));
        return ids;
    }

    /** Returns how many values, and fingerprints of searchable values, are made with a key. */
    public long count(String keyId) {
        requireNonNull(keyId, "keyId");
        return uses.stream()
                .filter(use -> use.keyId().equals(keyId))
                .mapToLong(KeyUse::count)
                .sum();
    }

    /** Returns the uses of one key. */
    public List<KeyUse> of(String keyId) {
        requireNonNull(keyId, "keyId");
        return uses.stream().filter(use -> use.keyId().equals(keyId)).toList();
    }
}
