package dev.korm.history;

import dev.korm.Document;
import dev.korm.Rn;
import java.time.Instant;
import java.util.Optional;

/**
 * An item as it was from one change to the next. Immutable, safe for many threads.
 *
 * @param <T> the type of the data
 */
public interface Version<T> {
    /** Returns the item's name. */
    Rn<T> rn();

    /** Returns the item's revision; of a deletion, the last that it had. */
    long revision();

    /** Returns the way in which it came to be. */
    Operation operation();

    /**
     * Returns when it came to be, by the clock of the process that made it; never before the version that it follows. Of {@link
     * Operation#FOUND}, a moment at which it may have been so.
     */
    Instant time();

    /** Returns the id of the transaction that made it, the same in all layers; empty where nobody knows. See {@link History#undo}. */
    Optional<String> transaction();

    /** Returns who made it, where that was said; see {@link History#by} and {@link dev.korm.Transaction#by}. */
    Optional<String> actor();

    /** Returns why it was made, where that was said. */
    Optional<String> reason();

    /** Returns the run of the program that made it; empty where nobody knows. */
    Optional<String> process();

    /**
     * Returns the item's data; empty for a deletion. Secrets are sealed as they were, and open while the ring has their key.
     *
     * @throws dev.korm.ValueException when the data of then does not fit the record of now; {@link #document()} has it always
     * @throws dev.korm.SchemaException when a column of then cannot be read as the record's field of now
     */
    Optional<T> data();

    /** Returns the item's data as a document; empty for a deletion. */
    Optional<Document> document();
}
