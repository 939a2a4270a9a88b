package dev.korm.jdbc.postgres.log;

import dev.korm.live.PositionLostException;

/** The server whose log a feed reads. Safe for many threads. */
public interface LogSource {
    /** Returns the layer's name. */
    String layer();

    /**
     * The transactions that the server shows, and the end of its log as it is written.
     *
     * @param shown those that others see
     * @param end the place up to which everything can be read
     */
    record Written(LogPlace.Moment shown, long end) {}

    /** Asks how far the server is. */
    Written written();

    /** Begins to read behind a place. */
    LogStream again(LogPlace place);

    /**
     * Returns when the log can be read on after a stream has ended; throws what it means otherwise.
     *
     * @param moved whether the stream has told anything, or come on: one that fails at once would fail again
     */
    void ended(Exception reason, boolean moved);

    /** Returns the exception for a position behind which not all is kept. */
    PositionLostException lost(String what);
}
