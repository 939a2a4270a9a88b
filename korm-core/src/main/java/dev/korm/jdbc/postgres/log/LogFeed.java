package dev.korm.jdbc.postgres.log;

import dev.korm.ClosedException;
import dev.korm.jdbc.feed.FeedPlace;
import dev.korm.spi.ChangeFeed;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A feed that reads the server's log. For one thread.
 *
 * <p><b>What is told.</b> Transactions in the order of their commits in the log, each when the server shows it: the log has a commit a little before others see it, and who is told of a change is to find it. A transaction that is not shown
 * yet holds up those behind it.
 *
 * <p><b>When nothing is said to be there.</b> Everything that the server shows when {@code next} is called is in the part of its log that it has written by then; so the feed asks how far that is, and waits until it has read as far.
 *
 * <p><b>When the connection is lost</b> the feed goes on with a new one from its position; where the slot was lost with it, the position is.
 */
public final class LogFeed implements ChangeFeed {
    /** How long the log is read, at the most, without anything to tell, before nothing is said to have come in time. */
    private static final long LONGEST_READ = TimeUnit.SECONDS.toNanos(10);

    /** The pause before a transaction is looked for again that is not shown yet. */
    private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(2);

    private final LogSource log;
    private final String feed;
    private LogPlace place;
    private @Nullable LogStream stream;
    private LogPlace.Moment shown;

    /** The transaction that is being told; null between two. */
    private @Nullable Telling telling;

    /** Whether the stream has told anything, or come on. */
    private boolean moved;

    private boolean closed;

    /** @param whole the number of the transaction */
    private record Telling(long whole, boolean skipped) {}

    public LogFeed(LogSource log, String feed, LogPlace place, LogStream stream, LogPlace.Moment shown) {
        this.log = log;
        this.feed = feed;
        this.place = place;
        this.stream = stream;
        this.shown = shown;
    }

    @Override
    public Optional<RowChange> next(Duration patience) throws InterruptedException {
        long begun = System.nanoTime();
        long end = 0;
        while (true) {
            LogStream open = open();
            LogEvent event = open.first();
            if (event == null) {
                if (end == 0) {
                    LogSource.Written written = log.written();
                    shown = written.shown();
                    end = written.end();
                }
                long left = patience.toNanos() - (System.nanoTime() - begun);
                if (!open.await(end, left, LONGEST_READ)) {
                    moved = true;
                    place = place.behind(open.quiet());
                    return Optional.empty();
                }
            } else if (event instanceof LogEvent.Begin begin) {
                if (!isShown(begin.transaction())) {
                    if (System.nanoTime() - begun >= patience.toNanos()) {
                        return Optional.empty();
                    }
                    TimeUnit.NANOSECONDS.sleep(PAUSE);
                } else {
                    long whole = shown.whole(begin.transaction());
                    telling = new Telling(whole, place.has(whole, begin.commit()));
                    open.take();
                    moved = true;
                }
            } else if (event instanceof LogEvent.Row row) {
                open.take();
                RowChange change = told(row);
                if (change != null) {
                    return Optional.of(change);
                }
            } else if (event instanceof LogEvent.End finished) {
                open.take();
                telling = null;
                place = place.behind(finished.end());
            } else if (event instanceof LogEvent.Gap gap) {
                throw log.lost(gap.what());
            }
        }
    }

    private boolean isShown(int low) {
        if (shown.sees(shown.whole(low))) {
            return true;
        }
        shown = log.written().shown();
        return shown.sees(shown.whole(low));
    }

    private @Nullable RowChange told(LogEvent.Row row) {
        Telling now = telling;
        if (now == null) {
            throw new IllegalStateException("A row is told outside of a transaction");
        }
        if (row.end() != LogEvent.WITHIN) {
            telling = null;
            place = place.behind(row.end());
        }
        if (now.skipped()) {
            return null;
        }
        // Within a transaction a feed goes on with the whole of it: better twice than not at all.
        return new RowChange(
                row.table(),
                row.id(),
                row.kind(),
                row.revision(),
                Optional.of(String.valueOf(now.whole())),
                position());
    }

    /** Returns the stream, which is begun anew where it has ended. */
    private LogStream open() {
        if (closed) {
            throw new ClosedException("The feed of the layer " + log.layer() + " was closed; open another");
        }
        LogStream now = stream;
        if (now != null && now.ended().isEmpty()) {
            return now;
        }
        if (now != null) {
            Exception reason = now.ended().get();
            stream = null;
            now.close();
            log.ended(reason, moved);
        }
        telling = null;
        LogStream anew = log.again(place);
        stream = anew;
        moved = false;
        return anew;
    }

    @Override
    public Position position() {
        return new FeedPlace(feed, place.toString()).position();
    }

    @Override
    public void close() {
        closed = true;
        LogStream now = stream;
        stream = null;
        if (now != null) {
            now.close();
        }
    }
}
