package dev.korm.jdbc.feed;

import dev.korm.ClosedException;
import dev.korm.spi.ChangeFeed;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * A feed that reads notes a page at a time. For one thread.
 *
 * <p>It looks at once, unless it has just done so, when this process commits to a table that it follows, or when the database tells that another has, and after a pause otherwise, since others may have committed: a pause that grows while nothing
 * comes, so that an idle feed asks little.
 */
public final class NotedChanges implements ChangeFeed {
    /** How long it waits at first before it looks again for what other processes did. */
    private static final long FIRST_PAUSE = TimeUnit.MILLISECONDS.toNanos(2);

    /** How late it may see at the worst what another process did. */
    private static final long LONGEST_PAUSE = TimeUnit.MILLISECONDS.toNanos(200);

    /** How long after a look the next one begins at the soonest: many commits a millisecond are seen together, where each look costs them time. */
    private static final long SPACING = TimeUnit.MILLISECONDS.toNanos(1);

    private final String layer;
    private final Function<Position, ChangeNotes.Page> reading;
    private final ChangeSignal signal;
    private final Queue<RowChange> read = new ArrayDeque<>();
    private Position behind;
    private Position at;
    private long pause = FIRST_PAUSE;

    /** When it last looked; far enough in the past at first. */
    private long looked = System.nanoTime() - SPACING;

    private boolean closed;

    /** @param reading returns what comes next behind a position */
    public NotedChanges(
            String layer, Position from, Function<Position, ChangeNotes.Page> reading, ChangeSignal signal) {
        this.layer = layer;
        this.reading = reading;
        this.signal = signal;
        this.behind = from;
        this.at = from;
        signal.opened();
    }

    @Override
    public Optional<RowChange> next(Duration patience) throws InterruptedException {
        long begun = System.nanoTime();
        while (true) {
            if (closed) {
                throw new ClosedException("The feed of the layer " + layer + " was closed; open another");
            }
            RowChange change = read.poll();
            if (change != null) {
                at = change.position();
                return Optional.of(change);
            }
            at = behind;
            rest();
            long commits = signal.commits();
            ChangeNotes.Page page = reading.apply(behind);
            behind = page.next();
            read.addAll(page.changes());
            if (!read.isEmpty()) {
                pause = FIRST_PAUSE;
                continue;
            }
            at = behind;
            long left = patience.toNanos() - (System.nanoTime() - begun);
            if (left <= 0) {
                return Optional.empty();
            }
            boolean told = signal.await(commits, Math.min(pause, left));
            pause = told ? FIRST_PAUSE : Math.min(2 * pause, LONGEST_PAUSE);
        }
    }

    private void rest() throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(looked + SPACING - System.nanoTime());
        looked = System.nanoTime();
    }

    @Override
    public Position position() {
        return at;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            signal.closed();
        }
    }
}
