package dev.korm.spi.feed;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.spi.ChangeFeed.Position;
import java.time.Instant;

/**
 * A reader as the store knows it.
 *
 * @param name of the reader
 * @param position up to which it has acknowledged changes
 * @param seen when it was heard of last, by the store's time
 */
public record FeedReaderState(String name, Position position, Instant seen) {
    public FeedReaderState {
        requireNonNull(name, "name");
        requireNonNull(position, "position");
        requireNonNull(seen, "seen");
    }
}
