package dev.korm.jdbc.feed;

import dev.korm.spi.ChangeFeed;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;

/** A reader of a server's own log, where changes are told from that and not from notes. Safe for many threads. */
public interface LogReader {
    /**
     * Refuses what the log cannot be read for.
     *
     * @throws dev.korm.ConfigurationException when the server, or the user's rights, do not admit it; it says the line to run
     */
    void require();

    /** Has the server keep the log from now on, where positions are to outlast feeds. Outside of a transaction. */
    void retain();

    /** Lets the server forget the log, where no table is followed any more. */
    void release();

    /** Opens a feed from a position, or from now. */
    ChangeFeed open(Optional<ChangeFeed.Position> from);

    /** Lets the server forget what is older, but nothing that comes behind a position of this feed. */
    void forget(Instant before, Collection<ChangeFeed.Position> needed);
}
