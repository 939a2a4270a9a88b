package dev.korm.engine.live;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.KormException;
import dev.korm.StoreException;
import dev.korm.engine.item.CollectionHandle;
import dev.korm.engine.read.Criteria;
import dev.korm.live.LiveEvent;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** A query whose events are published as they are asked for: what nobody asks for waits, up to a bound, and is replaced by a fresh snapshot behind that. Safe for many threads. */
public final class QueryPublisher<T> implements Flow.Publisher<LiveEvent<T>> {
    private final CollectionHandle<T> home;
    private final Criteria criteria;

    public QueryPublisher(CollectionHandle<T> home, Criteria criteria) {
        this.home = home;
        this.criteria = criteria;
    }

    @Override
    public void subscribe(Flow.Subscriber<? super LiveEvent<T>> subscriber) {
        requireNonNull(subscriber, "subscriber");
        Published<T> published = new Published<>(subscriber);
        subscriber.onSubscribe(published);
        if (published.done.get()) {
            return;
        }
        try {
            published.begin(LiveQueries.start(home, criteria, published, null, 0));
        } catch (KormException failed) {
            published.failure(failed);
        }
    }

    /** A subscriber and what it has asked for. */
    private static final class Published<T> implements Sink<T>, Flow.Subscription {
        private final Flow.Subscriber<? super LiveEvent<T>> subscriber;
        private final AtomicBoolean done = new AtomicBoolean();
        private final ReentrantLock lock = new ReentrantLock();

        // Guarded by the lock.
        private @Nullable Subscription<T> live;
        private long early;

        Published(Flow.Subscriber<? super LiveEvent<T>> subscriber) {
            this.subscriber = subscriber;
        }

        void begin(Subscription<T> begun) {
            lock.lock();
            try {
                live = begun;
                if (early > 0) {
                    begun.request(early);
                }
            } finally {
                lock.unlock();
            }
            if (done.get()) {
                begun.close();
            }
        }

        @Override
        public void request(long events) {
            if (events <= 0) {
                if (done.compareAndSet(false, true)) {
                    close();
                    subscriber.onError(new IllegalArgumentException(
                            "request(" + events + ") must ask for at least one event (rule 3.9 of Reactive Streams)"));
                }
                return;
            }
            lock.lock();
            try {
                if (live == null) {
                    early = early + events < 0 ? Long.MAX_VALUE : early + events;
                } else {
                    live.request(events);
                }
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void cancel() {
            done.set(true);
            close();
        }

        private void close() {
            Subscription<T> begun;
            lock.lock();
            try {
                begun = live;
            } finally {
                lock.unlock();
            }
            if (begun != null) {
                begun.close();
            }
        }

        @Override
        public void event(LiveEvent<T> event) {
            if (!done.get()) {
                subscriber.onNext(event);
            }
        }

        /** Ends it, unless it is the store's, which may answer again. */
        @Override
        public void failure(KormException failure) {
            boolean passes = failure instanceof StoreException && isBegun();
            if (!passes && done.compareAndSet(false, true)) {
                close();
                subscriber.onError(failure);
            }
        }

        private boolean isBegun() {
            lock.lock();
            try {
                return live != null;
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void end() {
            if (done.compareAndSet(false, true)) {
                subscriber.onComplete();
            }
        }

        @Override
        public boolean endsWhenItThrows() {
            return true;
        }
    }
}
