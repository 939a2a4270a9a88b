package dev.korm.kalam.live;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The events of one subscription between the thread that reads and those that handle: bounded, handled one after another. What comes
 * while it is full is dropped and its place marked by a {@link LiveEvent.Gap}.
 */
final class EventQueue {
    private static final int BATCH = 256;

    private final int bound;
    private final ExecutorService executor;
    private final Consumer<List<LiveEvent>> handler;
    private final Deque<LiveEvent> events = new ArrayDeque<>();
    private long demand;
    private boolean hasGap;
    private boolean isRunning;
    private boolean isClosed;

    EventQueue(int bound, ExecutorService executor, long demand, Consumer<List<LiveEvent>> handler) {
        this.bound = bound;
        this.executor = executor;
        this.demand = demand;
        this.handler = handler;
    }

    /** Adds an event; it never waits. */
    void offer(LiveEvent event) {
        synchronized (events) {
            boolean isVital = event instanceof LiveEvent.Failed || event instanceof LiveEvent.Ack;
            if (isClosed) {
                return;
            }
            if (events.size() >= bound && !isVital) {
                hasGap = true;
            } else {
                if (hasGap && events.size() < bound) {
                    events.addLast(new LiveEvent.Gap());
                    hasGap = false;
                }
                events.addLast(event);
            }
        }
        schedule();
    }

    /** Allows so many more events to be handled. */
    void request(long count) {
        synchronized (events) {
            demand = demand + count < 0 ? Long.MAX_VALUE : demand + count;
        }
        schedule();
    }

    /** Tells whether this is the end, which needs no demand. */
    private static boolean isEnd(@Nullable LiveEvent event) {
        return event instanceof LiveEvent.Failed failed && failed.isEnd();
    }

    void close() {
        synchronized (events) {
            isClosed = true;
            events.clear();
            hasGap = false;
        }
    }

    private void schedule() {
        synchronized (events) {
            if (isRunning || (demand == 0 && !isEnd(events.peekFirst())) || (events.isEmpty() && !hasGap)) {
                return;
            }
            isRunning = true;
        }
        try {
            executor.execute(this::run);
        } catch (RejectedExecutionException e) {
            // The client is closed.
            close();
        }
    }

    private void run() {
        while (true) {
            List<LiveEvent> batch = new ArrayList<>();
            synchronized (events) {
                while (batch.size() < BATCH && (demand > 0 || isEnd(events.peekFirst())) && !events.isEmpty()) {
                    batch.add(events.removeFirst());
                    demand = demand == Long.MAX_VALUE || demand == 0 ? demand : demand - 1;
                }
                if (hasGap && events.isEmpty() && demand > 0 && batch.size() < BATCH) {
                    batch.add(new LiveEvent.Gap());
                    hasGap = false;
                    demand = demand == Long.MAX_VALUE || demand == 0 ? demand : demand - 1;
                }
                if (batch.isEmpty()) {
                    isRunning = false;
                    return;
                }
            }
            handler.accept(batch);
        }
    }
}
