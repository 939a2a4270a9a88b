package dev.korm.gateway.live;

import dev.korm.Document;
import dev.korm.Item;
import dev.korm.KormException;
import dev.korm.gateway.live.Subscriber.Row;
import dev.korm.gateway.query.FieldNames;
import dev.korm.gateway.query.Rows;
import dev.korm.live.LiveEvent;
import dev.korm.live.LiveListener;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A live query and those who follow it. Its rows are held once, as text, and whoever comes later gets them from here.
 *
 * <p>One lock guards rows and subscribers. Somebody who comes while a change is half told waits for its end, so that each begins with a list that was once true.
 */
final class SharedQuestion implements LiveListener<Document> {
    private final ReentrantLock lock = new ReentrantLock();
    private final FieldNames names;
    private final VersionClock versions;
    private final FanOut fanOut;
    private final List<Row> rows = new ArrayList<>();
    private final Set<Subscriber> following = new LinkedHashSet<>();
    private final Set<Subscriber> waiting = new LinkedHashSet<>();
    private boolean complete;
    private long version;

    SharedQuestion(FieldNames names, VersionClock versions, FanOut fanOut) {
        this.names = names;
        this.versions = versions;
        this.fanOut = fanOut;
    }

    void join(Subscriber subscriber) {
        lock.lock();
        try {
            if (complete) {
                following.add(subscriber);
                subscriber.snapshot(version, List.copyOf(rows));
            } else {
                waiting.add(subscriber);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Lets a subscriber go; when this returns, it is told nothing more. */
    void leave(Subscriber subscriber) {
        lock.lock();
        try {
            if (following.remove(subscriber) && !complete) {
                subscriber.interrupted();
            }
            waiting.remove(subscriber);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void onEvent(LiveEvent<Document> event) {
        lock.lock();
        try {
            tell(event);
        } catch (RuntimeException | Error failed) {
            // What was told of the change would wait for the rest, which does not come.
            following.forEach(Subscriber::interrupted);
            throw failed;
        } finally {
            lock.unlock();
        }
    }

    /** Under the lock. */
    private void tell(LiveEvent<Document> event) {
        version = versions.next();
        if (event instanceof LiveEvent.Snapshot<Document> all) {
            rows.clear();
            all.items().forEach(item -> rows.add(row(item)));
            following.addAll(waiting);
            waiting.clear();
            List<Row> now = List.copyOf(rows);
            List.copyOf(following).forEach(subscriber -> subscriber.snapshot(version, now));
        } else {
            RowEvent change = apply(event);
            long now = version;
            fanOut.tell(List.copyOf(following), subscriber -> subscriber.change(now, change));
        }
        complete = event.isLast();
        if (complete && !waiting.isEmpty()) {
            List<Row> now = List.copyOf(rows);
            List<Subscriber> late = List.copyOf(waiting);
            waiting.clear();
            following.addAll(late);
            late.forEach(subscriber -> subscriber.snapshot(version, now));
        }
    }

    @Override
    public void onFailure(KormException failure) {
        lock.lock();
        try {
            List<Subscriber> all = new ArrayList<>(following);
            all.addAll(waiting);
            all.forEach(subscriber -> subscriber.failed(failure));
        } finally {
            lock.unlock();
        }
    }

    private RowEvent apply(LiveEvent<Document> event) {
        int remaining = event.remaining();
        if (event instanceof LiveEvent.Entered<Document> entered) {
            Row row = row(entered.item());
            rows.add(entered.index(), row);
            return RowEvent.of("added", row.id(), entered.index(), null, row.json(), version, remaining);
        }
        if (event instanceof LiveEvent.Changed<Document> changed) {
            Row row = row(changed.item());
            rows.set(changed.index(), row);
            return RowEvent.of("modified", row.id(), changed.index(), changed.index(), row.json(), version, remaining);
        }
        if (event instanceof LiveEvent.Moved<Document> moved) {
            Row row = row(moved.item());
            rows.remove(moved.from());
            rows.add(moved.to(), row);
            return RowEvent.of("modified", row.id(), moved.to(), moved.from(), row.json(), version, remaining);
        }
        LiveEvent.Left<Document> left = (LiveEvent.Left<Document>) event;
        Row gone = rows.remove(left.index());
        return RowEvent.of("removed", gone.id(), null, left.index(), null, version, remaining);
    }

    private Row row(Item<Document> item) {
        return new Row(Rows.id(item), Rows.json(item, names));
    }
}
