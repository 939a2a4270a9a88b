package dev.korm.key;

import dev.korm.Rn;
import dev.korm.Searchable;

/**
 * The use of one key in one field of a collection.
 *
 * @param keyId the key's id
 * @param collection the collection's RN, with its layer
 * @param column the field's stored name
 * @param kind whether it is values, or fingerprints of them
 * @param count how many
 */
public record KeyUse(String keyId, Rn<?> collection, String column, Kind kind, long count) {
    /** The purpose of a key. */
    public enum Kind {
        /** Sealed values, nested ones each by itself. */
        VALUES,
        /** Fingerprints that {@link Searchable} values are found by. */
        FINGERPRINTS
    }
}
