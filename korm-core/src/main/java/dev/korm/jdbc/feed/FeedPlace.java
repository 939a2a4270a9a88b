package dev.korm.jdbc.feed;

import dev.korm.spi.ChangeFeed.Position;
import java.util.Optional;

/**
 * A position as databases write it: the identity of the feed, a colon, and what only the database understands.
 *
 * @param feed its identity
 * @param place within it
 */
public record FeedPlace(String feed, String place) {
    /** Returns what a position says; empty where it is none of a database's. */
    public static Optional<FeedPlace> parse(Position position) {
        int colon = position.text().indexOf(':');
        return colon < 0
                ? Optional.empty()
                : Optional.of(new FeedPlace(
                        position.text().substring(0, colon), position.text().substring(colon + 1)));
    }

    public Position position() {
        return new Position(feed + ':' + place);
    }
}
