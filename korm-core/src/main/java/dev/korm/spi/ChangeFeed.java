package dev.korm.spi;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.spi.query.TableName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The changes of a layer's followed tables ({@link Layer#follow}) in the order in which they were committed, each at least once. That is not the order of
 * their revisions or of any other number that is drawn before a commit: a change that is committed late comes late, and is not skipped. For one thread.
 *
 * <p>Of two transactions that overlapped and wrote no row in common, either may come first; changes of one row come as they were made.
 */
public interface ChangeFeed extends AutoCloseable {
    /**
     * Returns the next change; empty when none came in time.
     *
     * @throws InterruptedException when the thread is interrupted while it waits
     * @throws dev.korm.live.PositionLostException when changes that come next are not kept any more
     */
    Optional<RowChange> next(Duration patience) throws InterruptedException;

    /**
     * Returns the changes that come next: all that were committed before the call, and perhaps some since; empty when none came in time. Unlike calls of {@link #next} until nothing is there, it ends also where others commit
     * without a pause.
     *
     * @param most after so many it may end before it has all; it may return some more
     * @throws InterruptedException when the thread is interrupted while it waits
     * @throws dev.korm.live.PositionLostException when changes that come next are not kept any more
     */
    default List<RowChange> take(Duration patience, int most) throws InterruptedException {
        List<RowChange> taken = new ArrayList<>();
        Optional<RowChange> next = next(patience);
        while (next.isPresent()) {
            taken.add(next.get());
            next = taken.size() < most ? next(Duration.ZERO) : Optional.empty();
        }
        return taken;
    }

    /** Returns where the feed is: that of the last change that was returned, or further where nothing came. It moves on also where nothing changes. */
    Position position();

    @Override
    void close();

    /** The kind of change to a row. */
    enum Kind {
        INSERTED,
        UPDATED,
        DELETED
    }

    /**
     * A change of a row.
     *
     * @param id the row's key
     * @param kind of the change; marking a row as deleted, where deleted rows are kept, deletes it, and taking the mark away inserts it
     * @param revision that the row has since; empty for one that was deleted
     * @param transaction names the transaction, as the store calls it; empty where the store does not tell
     * @param position a feed that begins there goes on with the next change, or has the whole transaction of this one again
     */
    record RowChange(
            TableName table,
            String id,
            Kind kind,
            OptionalLong revision,
            Optional<String> transaction,
            Position position) {
        public RowChange {
            requireNonNull(table, "table");
            requireNonNull(id, "id");
            requireNonNull(kind, "kind");
            requireNonNull(revision, "revision");
            requireNonNull(transaction, "transaction");
            requireNonNull(position, "position");
        }
    }

    /**
     * A place in the order of commits, between two changes.
     *
     * @param text what only the layer understands; it can be stored
     */
    record Position(String text) {
        public Position {
            requireNonNull(text, "text");
        }
    }
}
