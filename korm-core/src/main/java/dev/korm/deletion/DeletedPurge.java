package dev.korm.deletion;

import dev.korm.Rn;
import java.util.function.Consumer;

/**
 * A deletion for good of items that were deleted and kept ({@link SoftDelete}), with the release of their files. It goes through each table once, in batches and in
 * constant memory, and may be interrupted and run again. What the history says of the items stays.
 *
 * <pre>{@code
 * pool.purgeDeleted(Duration.ofDays(30)).run();
 * }</pre>
 *
 * <p>Immutable until it is run.
 */
public interface DeletedPurge {
    /** Restricts it to the collection that an RN names; it is about all of the pool's otherwise. */
    DeletedPurge of(Rn<?> collection);

    /** Tells how far it has come, after each batch, in the thread that runs it. */
    DeletedPurge onProgress(Consumer<PurgedItems> progress);

    /**
     * Does it, in every layer of the pool that can be written to.
     *
     * @return how far it has come, which is to the end
     */
    PurgedItems run();
}
