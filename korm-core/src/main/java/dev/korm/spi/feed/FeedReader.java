package dev.korm.spi.feed;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.ClosedException;
import dev.korm.spi.ChangeFeed;
import dev.korm.spi.ChangeFeed.Position;
import dev.korm.spi.ChangeFeed.RowChange;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A reader of a layer's changes whose place is kept in the store under a name: whoever opens it again goes on behind what was acknowledged last, and has what came behind that once more. For one thread.
 *
 * <p>One at a time reads under a name. Who opens it takes it over, and the one who had it before is told by a {@link ReaderLostException} when it acknowledges.
 */
public final class FeedReader implements AutoCloseable {
    /** So often the store hears of a reader that acknowledges nothing. */
    private static final long HEARTBEAT = TimeUnit.MINUTES.toNanos(1);

    private final FeedReaders readers;
    private final String name;
    private final long epoch;
    private final boolean isNew;

    /** Opened when it is read from, since its position may be lost. */
    private @Nullable ChangeFeed feed;

    private boolean closed;
    private Position acknowledged;
    private boolean hasRead;
    private long heard;

    FeedReader(FeedReaders readers, String name, long epoch, boolean isNew, Position from) {
        this.readers = readers;
        this.name = name;
        this.epoch = epoch;
        this.isNew = isNew;
        this.acknowledged = from;
        this.heard = readers.nanoTime();
    }

    /** Returns the name under which the place is kept. */
    public String name() {
        return name;
    }

    /** Returns whether nobody had read under this name before, so that it began at the end of the feed: what is there already has to be read otherwise. */
    public boolean isNew() {
        return isNew;
    }

    /**
     * Returns the next change; empty when none came in time.
     *
     * @throws InterruptedException when the thread is interrupted while it waits
     * @throws dev.korm.live.PositionLostException when changes that come next are not kept any more: read what is there in a snapshot, then {@link #restart}
     * @throws ReaderLostException when it turns out that somebody else has taken over the name
     */
    public Optional<RowChange> next(Duration patience) throws InterruptedException {
        requireNonNull(patience, "patience");
        if (closed) {
            throw new ClosedException(
                    "The reader \"" + name + "\" of the layer \"" + readers.layer() + "\" was closed; open it again");
        }
        ChangeFeed open = feed;
        if (open == null) {
            open = readers.changes(acknowledged);
            feed = open;
        }
        Optional<RowChange> change = open.next(patience);
        hasRead |= change.isPresent();
        if (readers.nanoTime() - heard > HEARTBEAT) {
            keep(acknowledged);
        }
        return change;
    }

    /**
     * Keeps in the store that everything was dealt with that {@link #next} has returned. A change of the database, so worth its while for some changes at once.
     *
     * @throws ReaderLostException when somebody else has taken over the name, or it was forgotten; nothing is kept then
     */
    public void acknowledge() {
        ChangeFeed open = feed;
        if (hasRead && open != null) {
            keep(open.position());
            hasRead = false;
        }
    }

    /**
     * Goes on from another position, and keeps that: as {@code Snapshot.position()}, after everything was read in the snapshot.
     *
     * @throws ReaderLostException when somebody else has taken over the name, or it was forgotten
     */
    public void restart(Position from) {
        requireNonNull(from, "from");
        keep(from);
        closeFeed();
        hasRead = false;
    }

    private void closeFeed() {
        ChangeFeed open = feed;
        feed = null;
        if (open != null) {
            open.close();
        }
    }

    private void keep(Position position) {
        if (!readers.keep(name, epoch, position)) {
            throw new ReaderLostException(
                    readers.layer(),
                    name,
                    "The place of the reader \"" + name + "\" in the feed of the layer \"" + readers.layer()
                            + "\" was not kept: another one reads under this name since, or it was forgotten. Open it again to go on, and let one program at a time read under a name");
        }
        acknowledged = position;
        heard = readers.nanoTime();
    }

    /** Returns the position behind the last change that was acknowledged. */
    public Position acknowledged() {
        return acknowledged;
    }

    /** Ends the reading; what was not acknowledged comes again. The name stays. */
    @Override
    public void close() {
        closed = true;
        hasRead = false;
        closeFeed();
    }
}
