package dev.korm.testkit.live;

import dev.korm.Item;
import dev.korm.KormException;
import dev.korm.Rn;
import dev.korm.live.LiveEvent;
import dev.korm.live.LiveListener;
import dev.korm.live.LivePosition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A listener that holds the items of a live query as its events say, and finds fault with events that do not fit together: a place that is not there, another item than the one that is held, changes
 * that are broken off. Safe for many threads.
 *
 * @param <T> the type of the items
 */
public final class HeldItems<T> implements LiveListener<T> {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition told = lock.newCondition();

    // Guarded by the lock.
    private final List<Item<T>> items = new ArrayList<>();
    private final List<LiveEvent<T>> events = new ArrayList<>();
    private final List<KormException> failures = new ArrayList<>();
    private boolean begun;
    private int expected;
    private @Nullable LivePosition position;
    private List<Item<T>> whole = List.of();
    private @Nullable AssertionError fault;

    /** Holds nothing. */
    public HeldItems() {}

    /** Returns a listener that holds what this one held at its last whole change, with the position of that, to go on from there. */
    public HeldItems<T> resumed() {
        HeldItems<T> held = new HeldItems<>();
        lock.lock();
        try {
            held.items.addAll(whole);
            held.whole = whole;
            held.position = position;
        } finally {
            lock.unlock();
        }
        held.begun = true;
        return held;
    }

    @Override
    public void onEvent(LiveEvent<T> event) {
        lock.lock();
        try {
            apply(event);
        } catch (AssertionError | RuntimeException wrong) {
            if (fault == null) {
                fault = new AssertionError("An event does not fit: " + event, wrong);
            }
        } finally {
            told.signalAll();
            lock.unlock();
        }
    }

    private void apply(LiveEvent<T> event) {
        events.add(event);
        if (event instanceof LiveEvent.Snapshot<T> snapshot) {
            items.clear();
            items.addAll(snapshot.items());
            begun = true;
            expected = 0;
            whole = List.copyOf(items);
            position = event.position();
            return;
        }
        check(begun, "a snapshot comes first");
        check(expected == 0 || event.remaining() == expected - 1, "events of one change come one after the other");
        if (event instanceof LiveEvent.Entered<T> entered) {
            check(place(entered.item().rn()) < 0, "an item enters that is not held");
            items.add(entered.index(), entered.item());
        } else if (event instanceof LiveEvent.Changed<T> changed) {
            check(same(changed.item().rn(), changed.index()), "an item changes that is held there");
            items.set(changed.index(), changed.item());
        } else if (event instanceof LiveEvent.Moved<T> moved) {
            check(same(moved.item().rn(), moved.from()), "an item moves that is held there");
            check(moved.from() != moved.to(), "an item moves to another place");
            items.remove(moved.from());
            items.add(moved.to(), moved.item());
        } else if (event instanceof LiveEvent.Left<T> left) {
            check(same(left.rn(), left.index()), "an item leaves that is held there");
            items.remove(left.index());
        }
        expected = event.remaining();
        if (expected == 0) {
            whole = List.copyOf(items);
            position = event.position();
        }
    }

    private static void check(boolean holds, String rule) {
        if (!holds) {
            throw new AssertionError(rule);
        }
    }

    private int place(Rn<T> rn) {
        for (int i = 0; i < items.size(); i++) {
            if (items.get(i).rn().equals(rn)) {
                return i;
            }
        }
        return -1;
    }

    private boolean same(Rn<T> rn, int index) {
        return items.get(index).rn().equals(rn);
    }

    @Override
    public void onFailure(KormException failure) {
        lock.lock();
        try {
            failures.add(failure);
            told.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Returns the items; in the middle of a change, as it is half-way. */
    public List<Item<T>> items() {
        lock.lock();
        try {
            throwFault();
            return List.copyOf(items);
        } finally {
            lock.unlock();
        }
    }

    /** Returns all events so far. */
    public List<LiveEvent<T>> events() {
        lock.lock();
        try {
            throwFault();
            return List.copyOf(events);
        } finally {
            lock.unlock();
        }
    }

    /** Returns all failures so far. */
    public List<KormException> failures() {
        lock.lock();
        try {
            return List.copyOf(failures);
        } finally {
            lock.unlock();
        }
    }

    /** Returns the position of the last change that is whole; null before the first. */
    public @Nullable LivePosition position() {
        lock.lock();
        try {
            return position;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until no change is half-way and the items are as expected. */
    public List<Item<T>> await(Predicate<List<Item<T>>> expectation) {
        return until(() -> begun && expected == 0 && expectation.test(List.copyOf(items)));
    }

    /** Waits until there were failures. */
    public void awaitFailure() {
        until(() -> !failures.isEmpty());
    }

    /** Waits until so many events have come. */
    public void awaitEvents(int number) {
        until(() -> events.size() >= number);
    }

    private interface Expectation {
        boolean holds();
    }

    private List<Item<T>> until(Expectation expectation) {
        lock.lock();
        try {
            long left = Duration.ofSeconds(60).toNanos();
            while (!expectation.holds()) {
                throwFault();
                if (left <= 0) {
                    throw new AssertionError("Not so in time; held: " + items + ", events: "
                            + events.subList(Math.max(0, events.size() - 20), events.size()) + ", failures: "
                            + failures);
                }
                left = told.awaitNanos(left);
            }
            throwFault();
            return List.copyOf(items);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new AssertionError(stop);
        } finally {
            lock.unlock();
        }
    }

    private void throwFault() {
        if (fault != null) {
            throw fault;
        }
    }
}
