package dev.korm.spi;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.spi.query.TableName;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The changes of a layer's items, by whichever program, in the order in which they were committed. That is not the order of their
 * revisions or of any other number that is drawn before a commit. All changes of one commit come one after another. For one thread.
 */
public interface ChangeFeed extends AutoCloseable {
    /**
     * Returns the next change; empty when none came in time.
     *
     * @throws InterruptedException when the thread is interrupted while it waits
     */
    Optional<RowChange> next(Duration patience) throws InterruptedException;

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
     * @param revision that the row has since; empty for one that was deleted, and where the store does not tell
     * @param position of the commit: a feed that begins there goes on behind it, so what was handled is not seen again
     */
    record RowChange(TableName table, String id, Kind kind, OptionalLong revision, Position position) {
        public RowChange {
            requireNonNull(table, "table");
            requireNonNull(id, "id");
            requireNonNull(kind, "kind");
            requireNonNull(revision, "revision");
            requireNonNull(position, "position");
        }
    }

    /**
     * A place in the order of commits, between two of them.
     *
     * @param text what only the layer understands; it can be stored
     */
    record Position(String text) {
        public Position {
            requireNonNull(text, "text");
        }
    }
}
