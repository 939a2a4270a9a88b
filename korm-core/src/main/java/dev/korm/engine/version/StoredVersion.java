package dev.korm.engine.version;

import dev.korm.engine.context.FileVersionDraft;
import dev.korm.history.Operation;
import dev.korm.spi.query.TableName;
import java.util.List;
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
 * @param layers that the change which made it is of; null where that is of this one alone
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
        @Nullable String layers,
        @Nullable String image) {
    /** What no layer's name has. */
    static final String BETWEEN_LAYERS = "\n";

    /** Returns a version of a file: its time is its revision too, so that versions stand in the order of their times. */
    public static StoredVersion ofFile(
            FileVersionDraft file,
            long micros,
            @Nullable String transaction,
            @Nullable String actor,
            @Nullable String reason,
            @Nullable String process,
            @Nullable String layers) {
        VersionKey key = VersionKey.of(
                new TableName(file.table(), TableName.ID), file.file().toString());
        return new StoredVersion(
                file.operation() == Operation.DELETED ? key.deletion(micros) : key.state(micros),
                file.table(),
                file.file().toString(),
                micros,
                micros,
                file.operation(),
                transaction,
                actor,
                reason,
                process,
                layers,
                file.image());
    }

    /** Returns the version with its image in another form. */
    public StoredVersion withImage(String other) {
        return new StoredVersion(
                key, table, id, revision, micros, operation, transaction, actor, reason, process, layers, other);
    }

    /** Returns the layers that the change which made it is of; none where that is of one alone. */
    public List<String> ofLayers() {
        return layers == null ? List.of() : List.of(layers.split(BETWEEN_LAYERS));
    }

    public boolean isDeletion() {
        return operation == Operation.DELETED;
    }
}
