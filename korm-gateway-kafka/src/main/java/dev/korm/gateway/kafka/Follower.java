package dev.korm.gateway.kafka;

import dev.korm.KormException;
import dev.korm.gateway.live.RowEvent;
import dev.korm.gateway.live.Subscriber;
import dev.korm.gateway.live.Subscriber.Row;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One who follows a query over topics, and the version up to which it knows it. While its rows are read, changes wait; then those that are newer are told, in order. A change that does
 * not follow what it knows lets it read its rows anew, so that nothing is left out and nothing told twice.
 *
 * <p>Safe for many threads: its lock guards all of it, and is held while the subscriber is told, which never waits.
 */
final class Follower {
    private static final int MOST = 10_000;

    private final Subscriber subscriber;
    private final ReentrantLock lock = new ReentrantLock();
    private final List<Change> early = new ArrayList<>();
    private boolean loading = true;
    private boolean missed;
    private boolean ended;
    private long cursor;

    Follower(Subscriber subscriber) {
        this.subscriber = subscriber;
    }

    /** Hears changes that came together, in order, and tells them together; returns whether the rows must be read anew, which the caller then does. */
    boolean hear(List<Change> changes) {
        lock.lock();
        try {
            boolean anew = false;
            for (int index = 0; index < changes.size(); index++) {
                anew |= hear(changes.get(index), index < changes.size() - 1);
            }
            toldTogether(changes);
            return anew;
        } finally {
            lock.unlock();
        }
    }

    private boolean hear(Change change, boolean followed) {
        if (ended) {
            return false;
        }
        if (loading) {
            if (early.size() < MOST) {
                early.add(change);
            } else {
                missed = true;
            }
            return false;
        }
        return !tell(change, followed);
    }

    /** Lets what was told leave where the last of several was none to be told. */
    private void toldTogether(List<Change> changes) {
        if (changes.size() > 1) {
            subscriber.interrupted();
        }
    }

    /** Lets the rows be read anew; returns false where that is under way. */
    boolean anew() {
        lock.lock();
        try {
            boolean first = !ended && !loading;
            loading = true;
            return first;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Hears the rows.
     *
     * @param kept changes that a cache has, behind the rows
     * @return whether they must be read once more, since a change is missing
     */
    boolean rows(long version, List<Row> rows, List<Change> kept) {
        lock.lock();
        try {
            if (ended) {
                return false;
            }
            List<Change> behind = new ArrayList<>(early);
            behind.addAll(kept);
            behind.sort(Comparator.comparingLong(Change::lsn));
            early.clear();
            if (missed) {
                missed = false;
                return true;
            }
            cursor = version;
            subscriber.snapshot(version, rows);
            loading = false;
            boolean missing = false;
            for (int index = 0; index < behind.size() && !missing; index++) {
                if (!tell(behind.get(index), index < behind.size() - 1)) {
                    early.addAll(behind.subList(index + 1, behind.size()));
                    missing = true;
                }
            }
            toldTogether(behind);
            return missing;
        } finally {
            lock.unlock();
        }
    }

    void failed(KormException failure) {
        lock.lock();
        try {
            if (!ended) {
                subscriber.failed(failure);
            }
        } finally {
            lock.unlock();
        }
    }

    boolean isEnded() {
        lock.lock();
        try {
            return ended;
        } finally {
            lock.unlock();
        }
    }

    boolean isSlow() {
        return subscriber.isSlow();
    }

    void end() {
        lock.lock();
        try {
            ended = true;
            early.clear();
        } finally {
            lock.unlock();
        }
    }

    /** Tells a change that is newer than what is known; returns false where another is missing before it. */
    private boolean tell(Change change, boolean followed) {
        if (change.lsn() <= cursor) {
            return true;
        }
        if (change.reset() || change.before().orElse(cursor) > cursor) {
            loading = true;
            early.add(change);
            return false;
        }
        cursor = change.lsn();
        if (change.event().isPresent()) {
            subscriber.change(cursor, RowEvent.made(change.event().get(), followed));
        } else {
            subscriber.page(cursor, change.bytes());
        }
        return true;
    }
}
