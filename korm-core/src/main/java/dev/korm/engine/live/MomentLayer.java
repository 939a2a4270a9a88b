package dev.korm.engine.live;

import dev.korm.ConfigurationException;
import dev.korm.spi.Capabilities.Feature;
import dev.korm.spi.ChangeFeed;
import dev.korm.spi.CompiledSelection;
import dev.korm.spi.Layer;
import dev.korm.spi.RowCursor;
import dev.korm.spi.Snapshot;
import dev.korm.spi.environment.Scheduler;
import dev.korm.spi.evaluate.Parameters;
import dev.korm.spi.query.Selection;
import dev.korm.spi.support.ForwardingLayer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A layer at one moment, taken when it is first asked, and again when the moment was ended. Between moments it is the layer as it is, so that items which were read
 * through it can be read again. A layer that keeps no snapshots is asked as it is: what it answers may then be of several moments, and is put right by the changes that the feed tells of.
 * Several threads may ask during one moment.
 */
final class MomentLayer extends ForwardingLayer {
    /** What is read within one moment ends long before. */
    private static final Duration LONGEST = Duration.ofMinutes(5);

    private final Scheduler scheduler;
    private final ReentrantLock lock = new ReentrantLock();

    /** Guarded by the lock. */
    private boolean begun;

    /** Whether the layer keeps notes of changes already, as far as is known. Guarded by the lock. */
    private boolean noting;

    private volatile @Nullable Snapshot snapshot;
    private volatile ChangeFeed.@Nullable Position position;

    MomentLayer(Layer layer, Scheduler scheduler) {
        super(layer);
        this.scheduler = scheduler;
    }

    /** Has a moment taken by the next question. */
    void begin() {
        lock.lock();
        try {
            begun = true;
        } finally {
            lock.unlock();
        }
    }

    void end() {
        Snapshot taken;
        lock.lock();
        try {
            begun = false;
            taken = snapshot;
            snapshot = null;
            position = null;
        } finally {
            lock.unlock();
        }
        if (taken != null) {
            taken.close();
        }
    }

    /** Returns the moment as a position of the feed. */
    ChangeFeed.Position position() {
        take();
        ChangeFeed.Position known = position;
        if (known != null) {
            return known;
        }
        throw new IllegalStateException("The moment of the layer " + name() + " has not begun");
    }

    /** Takes the moment, unless there is none to be taken. */
    private @Nullable Snapshot take() {
        Snapshot known = snapshot;
        if (known != null) {
            return known;
        }
        lock.lock();
        try {
            if (begun && position == null) {
                requireFeed();
                if (layer().capabilities().has(Feature.SNAPSHOTS)) {
                    note();
                    Snapshot taken = layer().snapshot(LONGEST, scheduler);
                    try {
                        position = taken.position();
                    } catch (RuntimeException | Error failed) {
                        // A reset may have taken the notes away; the next moment looks again.
                        noting = false;
                        taken.close();
                        throw failed;
                    }
                    snapshot = taken;
                } else {
                    try (ChangeFeed feed = layer().changes(Optional.empty())) {
                        position = feed.position();
                    }
                }
            }
            return snapshot;
        } finally {
            lock.unlock();
        }
    }

    /** Requires a layer that tells of changes: which one a reference that is resolved leads into, only the items say, so a query may come to it after it has begun. */
    private void requireFeed() {
        if (!layer().capabilities().has(Feature.CHANGE_FEED)) {
            throw new ConfigurationException(
                    "A live query leads by a resolved reference into the layer \"" + name()
                            + "\", which tells of no changes. Leave out this path of resolvePaths(…) and resolve the references when they are needed, or keep what they name in a layer that has a change feed");
        }
    }

    /**
     * Has the layer keep notes of changes, before the first moment of it: a query may turn out to lead into a layer in which nobody has followed anything yet, and a snapshot has no position there and cannot make the notes,
     * since it only reads.
     */
    private void note() {
        if (!noting) {
            layer().changes(Optional.empty()).close();
            noting = true;
        }
    }

    @Override
    public RowCursor select(Selection selection) {
        Snapshot now = take();
        return now == null ? layer().select(selection) : now.select(selection);
    }

    @Override
    public CompiledSelection compile(Selection selection) {
        return constants -> select(Parameters.bind(selection, constants));
    }

    /** Leaves the store open, which is the pool's. */
    @Override
    public void close() {}
}
