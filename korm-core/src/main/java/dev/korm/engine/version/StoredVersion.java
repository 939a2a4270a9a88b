package dev.korm.engine.version;

import dev.korm.history.Operation;
import org.jspecify.annotations.Nullable;

/**
 * A row of the history.
 *
 * @param key by which it is found
 * @param table the name of the item's table
 * @param id of the item
 * @param revision of the item; of one that was deleted, its last
 * @param micros since 1970
 * @param transaction the id that all changes of one transaction have; null where nobody knows who made the version
 * @param process that made it; null where nobody knows
 * @param image as text; null of a deletion
 */
public record StoredVersion(
        String key,
        String table,
        String id,
        long revision,
        long micros,
        Operation operation,
        @Nullable String transaction,
        @Nullable String actor,
        @Nullable String reason,
        @Nullable String process,
        @Nullable String image) {
    /** Returns the version with its image in another form. */
    public StoredVersion withImage(String other) {
        return new StoredVersion(
                key, table, id, revision, micros, operation, transaction, actor, reason, process, other);
    }

    public boolean isDeletion() {
        return operation == Operation.DELETED;
    }
}
