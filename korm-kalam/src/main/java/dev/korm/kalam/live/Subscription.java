package dev.korm.kalam.live;

import dev.korm.kalam.sql.SeqId;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;

/** A subscription, until it is closed or the server ends it. */
public final class Subscription implements AutoCloseable {
    private final Feed feed;
    private final String sql;
    private final Instant createdAt = Instant.now();
    private final Consumer<Subscription> closer;
    private volatile boolean isClosed;

    Subscription(Feed feed, String sql, Consumer<Subscription> closer) {
        this.feed = feed;
        this.sql = sql;
        this.closer = closer;
    }

    Feed feed() {
        return feed;
    }

    /** Returns the id, which no other subscription of the client has. */
    public String id() {
        return feed.id();
    }

    /** Returns the statement. */
    public String sql() {
        return sql;
    }

    /** Returns when it was made. */
    public Instant createdAt() {
        return createdAt;
    }

    /** Returns the highest version that the listener has handled, from which it goes on after a lost connection. */
    public Optional<SeqId> lastSeqId() {
        return Optional.ofNullable(feed.lastSeq());
    }

    /** Tells whether nothing more comes. */
    public boolean isClosed() {
        return isClosed;
    }

    void ended() {
        isClosed = true;
    }

    /** Ends the subscription; events that are on their way are discarded. It may be closed more than once. */
    @Override
    public void close() {
        if (!isClosed) {
            isClosed = true;
            closer.accept(this);
        }
    }

    @Override
    public String toString() {
        return "Subscription[" + id() + (isClosed ? ", closed]" : "]");
    }
}
