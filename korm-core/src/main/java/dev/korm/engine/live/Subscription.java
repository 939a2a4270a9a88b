package dev.korm.engine.live;

import dev.korm.KormException;
import dev.korm.live.LiveEvent;
import dev.korm.live.LivePosition;
import dev.korm.live.LiveQuery;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One listener of a shared query, with what it has still to be told. Safe for many threads; one of them at a time tells it.
 *
 * <p>What waits is bounded ({@link #MOST}): when it would be more, it is dropped, and the listener gets a fresh snapshot when it is ready for it. So does a listener that threw, after a pause.
 */
final class Subscription<T> implements LiveQuery<T> {
    /** Events that wait at the most; each change counts for the length of its answer too, of which its position holds the places. */
    static final int MOST = 1_000;

    /** So many places of an answer take as much memory as an event. */
    private static final int PLACES = 128;

    /** Events that are told before other listeners have their turn. */
    private static final int TURN = 64;

    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);
    private static final Logger LOG = LoggerFactory.getLogger("dev.korm.live");

    /** @param weight what it counts for */
    private record Waiting<T>(LiveEvent<T> event, int weight) {}

    private final LiveQueries queries;
    private final SharedQuery<T> query;
    private final Sink<T> sink;
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by the lock.
    private final Deque<Waiting<T>> waiting = new ArrayDeque<>();
    private int weight;
    private long demand;
    private boolean reset;
    private boolean resting;
    private boolean submitted;
    private @Nullable KormException failure;
    private boolean failureTold;
    private boolean ended;
    private boolean telling;
    private boolean endsNext;
    private Duration pause = FIRST_PAUSE;

    private volatile boolean closed;
    private volatile LivePosition position;

    /** @param demand how many events are asked for at first */
    Subscription(LiveQueries queries, SharedQuery<T> query, Sink<T> sink, LivePosition from, long demand) {
        this.queries = queries;
        this.query = query;
        this.sink = sink;
        this.position = from;
        this.demand = demand;
    }

    SharedQuery<T> query() {
        return query;
    }

    @Override
    public LivePosition position() {
        return position;
    }

    @Override
    public boolean isClosed() {
        return closed;
    }

    /** Takes the events of one change, which leads to an answer of so many items. */
    void offer(List<LiveEvent<T>> events, int size) {
        lock.lock();
        try {
            if (closed || reset || events.isEmpty()) {
                return;
            }
            int more = events.size() + size / PLACES;
            if ((weight + more > MOST && !waiting.isEmpty()) || events.size() > MOST) {
                drop();
            } else {
                for (LiveEvent<T> event : events) {
                    waiting.add(new Waiting<>(event, event.isLast() ? 1 + size / PLACES : 1));
                }
                weight += more;
            }
            failure = null;
            failureTold = false;
            submit();
        } finally {
            lock.unlock();
        }
    }

    /** Takes a fresh snapshot in the place of all that it has not been told. */
    void restart(LiveEvent.Snapshot<T> snapshot) {
        lock.lock();
        try {
            waiting.clear();
            waiting.add(new Waiting<>(snapshot, 1));
            weight = 1;
            reset = false;
            failure = null;
            failureTold = false;
            submit();
        } finally {
            lock.unlock();
        }
    }

    /** Has it get a fresh snapshot instead of what it has not been told. */
    void reset() {
        lock.lock();
        try {
            if (!closed) {
                drop();
                submit();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Under the lock. */
    private void drop() {
        waiting.clear();
        weight = 0;
        reset = true;
    }

    /** Tells of a failure, unless it was told of one since it last went well. */
    void fail(KormException failed) {
        lock.lock();
        try {
            if (!closed && !failureTold) {
                failure = failed;
                failureTold = true;
                submit();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Has a later failure told of again. */
    void recovered() {
        lock.lock();
        try {
            failureTold = false;
        } finally {
            lock.unlock();
        }
    }

    /** Asks for more events. */
    void request(long more) {
        lock.lock();
        try {
            demand = demand + more < 0 ? Long.MAX_VALUE : demand + more;
            submit();
        } finally {
            lock.unlock();
        }
    }

    /** Under the lock. */
    private void submit() {
        if (!submitted && !closed && isReady()) {
            submitted = true;
            queries.deliveries().submit(this::run);
        }
    }

    /** Under the lock. */
    private boolean isReady() {
        return failure != null || (!resting && demand > 0 && (reset || !waiting.isEmpty()));
    }

    private void run() {
        try {
            for (int told = 0; told < TURN && step(); told++) {
                // One at a time.
            }
        } finally {
            lock.lock();
            try {
                submitted = false;
                submit();
            } finally {
                lock.unlock();
            }
        }
    }

    /** Tells the next thing; false when there is none. */
    private boolean step() {
        KormException failed;
        LiveEvent<T> event = null;
        lock.lock();
        try {
            if (closed || !isReady()) {
                return false;
            }
            telling = true;
            failed = failure;
            failure = null;
            if (failed == null && !reset) {
                Waiting<T> next = waiting.remove();
                event = next.event();
                weight -= next.weight();
                demand = demand == Long.MAX_VALUE ? demand : demand - 1;
            }
        } finally {
            lock.unlock();
        }
        try {
            if (failed != null) {
                sink.failure(failed);
            } else if (event == null) {
                refresh();
            } else {
                sink.event(event);
                told(event);
            }
        } catch (Exception | LinkageError | AssertionError | StackOverflowError thrown) {
            threw(thrown);
        } finally {
            quiet();
        }
        return true;
    }

    /** Ends it where the pool was closed while the listener was being told. */
    private void quiet() {
        boolean last;
        lock.lock();
        try {
            telling = false;
            last = endsNext;
            endsNext = false;
        } finally {
            lock.unlock();
        }
        if (last) {
            sink.end();
        }
    }

    private void told(LiveEvent<T> event) {
        if (event.isLast()) {
            position = event.position();
            lock.lock();
            try {
                pause = FIRST_PAUSE;
            } finally {
                lock.unlock();
            }
        }
    }

    private void refresh() {
        try {
            queries.refresh(this);
        } catch (KormException failed) {
            fail(failed);
            rest();
        }
    }

    private void threw(Throwable thrown) {
        if (closed) {
            return;
        }
        LOG.warn("A listener of a live query of {} has failed", query.collection(), thrown);
        if (sink.endsWhenItThrows()) {
            close();
            return;
        }
        lock.lock();
        try {
            drop();
        } finally {
            lock.unlock();
        }
        rest();
    }

    /** Goes on after a pause, which grows from one failure to the next. */
    private void rest() {
        lock.lock();
        try {
            resting = true;
            queries.timer().after(pause, this::wake);
            Duration doubled = pause.multipliedBy(2);
            pause = doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled;
        } finally {
            lock.unlock();
        }
    }

    private void wake() {
        lock.lock();
        try {
            resting = false;
            submit();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        if (stop()) {
            queries.remove(this);
        }
    }

    /** Ends it with its pool. */
    void end() {
        if (stop() && !isTelling()) {
            sink.end();
        }
    }

    /** Returns whether the listener is being told; the end comes behind that then. */
    private boolean isTelling() {
        lock.lock();
        try {
            endsNext = telling;
            return telling;
        } finally {
            lock.unlock();
        }
    }

    private boolean stop() {
        lock.lock();
        try {
            if (ended) {
                return false;
            }
            ended = true;
            closed = true;
            waiting.clear();
            return true;
        } finally {
            lock.unlock();
        }
    }
}
