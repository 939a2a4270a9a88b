package dev.korm.jdbc.feed;

import dev.korm.ClosedException;
import dev.korm.spi.ChangeFeed;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A feed that reads notes a page at a time. For one thread.
 *
 * <p>It looks at once, unless it has just done so, when this process commits to a table that it follows, or when the database tells that another has, and after a pause otherwise, since others may have committed: a pause that grows while nothing
 * comes, so that an idle feed asks little.
 *
 * <p>While others commit more than once a millisecond, it looks less often, and has the database tell nobody: to tell costs each commit more than the note does.
 */
public final class NotedChanges implements ChangeFeed {
    /** How long it waits at first before it looks again for what other processes did. */
    private static final long FIRST_PAUSE = TimeUnit.MILLISECONDS.toNanos(2);

    /** How late it may see at the worst what another process did. */
    private static final long LONGEST_PAUSE = TimeUnit.MILLISECONDS.toNanos(200);

    /** How long after a look the next one that may wait begins at the soonest: many commits a millisecond are seen together, where each look costs them time. */
    private static final long SPACING = TimeUnit.MILLISECONDS.toNanos(1);

    /** How long that grows to while each look finds as many changes as milliseconds have passed. */
    private static final long LONGEST_SPACING = TimeUnit.MILLISECONDS.toNanos(16);

    /** How long the database tells nobody, when the spacing is the longest; asked for again when half of it is over. */
    static final Duration UNTOLD = Duration.ofMillis(100);

    private final String layer;
    private final Function<Position, ChangeNotes.Page> reading;
    private final ChangeSignal signal;
    private final Consumer<Duration> untold;
    private final Queue<RowChange> read = new ArrayDeque<>();
    private Position behind;
    private Position at;
    private long pause = FIRST_PAUSE;
    private long spacing = SPACING;

    /** Whether the last page had all that was there. */
    private boolean all = true;

    /** When the database was asked to tell nobody; far enough in the past at first. */
    private long untoldSince = System.nanoTime() - UNTOLD.toNanos();

    /** When it last looked; far enough in the past at first. */
    private long looked = System.nanoTime() - SPACING;

    private boolean closed;

    /**
     * @param reading returns what comes next behind a position
     * @param untold hears for how long the feed looks often enough by itself, so that the database need not tell of commits
     */
    public NotedChanges(
            String layer,
            Position from,
            Function<Position, ChangeNotes.Page> reading,
            ChangeSignal signal,
            Consumer<Duration> untold) {
        this.layer = layer;
        this.reading = reading;
        this.signal = signal;
        this.untold = untold;
        this.behind = from;
        this.at = from;
        signal.opened();
    }

    @Override
    public Optional<RowChange> next(Duration patience) throws InterruptedException {
        long begun = System.nanoTime();
        while (true) {
            requireOpen();
            RowChange change = read.poll();
            if (change != null) {
                at = change.position();
                return Optional.of(change);
            }
            at = behind;
            if (!patience.isZero()) {
                rest();
            }
            long commits = signal.commits();
            look();
            if (!patience.isZero()) {
                adapt();
            }
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
            pause = told ? FIRST_PAUSE : Math.min(2 * pause, isUntold() ? LONGEST_SPACING : LONGEST_PAUSE);
        }
    }

    @Override
    public List<RowChange> take(Duration patience, int most) throws InterruptedException {
        requireOpen();
        List<RowChange> taken = new ArrayList<>(read);
        read.clear();
        if (taken.isEmpty()) {
            next(patience).ifPresent(taken::add);
        } else {
            // Others may have committed since these were read.
            look();
        }
        taken.addAll(read);
        read.clear();
        while (!all && taken.size() < most) {
            look();
            taken.addAll(read);
            read.clear();
        }
        at = behind;
        return taken;
    }

    private void requireOpen() {
        if (closed) {
            throw new ClosedException("The feed of the layer " + layer + " was closed; open another");
        }
    }

    private void look() {
        ChangeNotes.Page page = reading.apply(behind);
        behind = page.next();
        all = page.all();
        read.addAll(page.changes());
    }

    private void rest() throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(looked + spacing - System.nanoTime());
        looked = System.nanoTime();
    }

    /** Looks less often where a look has found a change for each millisecond, and more often where it has not. */
    private void adapt() {
        if (read.size() < Math.max(2, TimeUnit.NANOSECONDS.toMillis(spacing))) {
            spacing = Math.max(spacing / 2, SPACING);
            return;
        }
        spacing = Math.min(2 * spacing, LONGEST_SPACING);
        if (spacing == LONGEST_SPACING && System.nanoTime() - untoldSince > UNTOLD.toNanos() / 2) {
            untold.accept(UNTOLD);
            untoldSince = System.nanoTime();
        }
    }

    private boolean isUntold() {
        return System.nanoTime() - untoldSince < UNTOLD.toNanos();
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
