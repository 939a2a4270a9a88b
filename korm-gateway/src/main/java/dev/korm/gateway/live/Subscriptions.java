package dev.korm.gateway.live;

import dev.korm.Document;
import dev.korm.gateway.query.FieldNames;
import dev.korm.gateway.query.TableQueries.Question;
import dev.korm.live.LiveQuery;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The questions that are followed. The first who asks a question starts its live query, the last who leaves ends it. Safe for many threads; a question starts under its own lock, so
 * that a store that answers late holds up nobody who asks something else.
 */
public final class Subscriptions implements AutoCloseable {
    private final VersionClock versions;
    private final FanOut fanOut = new FanOut(Runtime.getRuntime().availableProcessors() - 1);
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Key, Running> running = new HashMap<>();

    public Subscriptions(VersionClock versions) {
        this.versions = versions;
    }

    /** Questions are the same when their filters, orders and limits are, and so are the fields that are shown. */
    private record Key(Object question, FieldNames names) {}

    private static final class Running {
        private final ReentrantLock starting = new ReentrantLock();
        private final SharedQuestion shared;
        private @Nullable LiveQuery<Document> live;
        private int followers;

        Running(SharedQuestion shared) {
            this.shared = shared;
        }
    }

    /** The end of a subscription. */
    @FunctionalInterface
    public interface Registration extends AutoCloseable {
        /** Ends it; when this returns, the subscriber is told nothing more. Twice is fine. */
        @Override
        void close();
    }

    /**
     * Follows a question. The subscriber gets all rows first, at once where others follow the same question already.
     *
     * @throws dev.korm.KormException when the question cannot be asked
     */
    public Registration follow(Question question, FieldNames names, Subscriber subscriber) {
        Key key = new Key(question.key(), names);
        Running shared = enter(key, names);
        try {
            shared.starting.lock();
            try {
                if (shared.live == null) {
                    shared.live = question.query().live(shared.shared);
                }
                shared.shared.join(subscriber);
            } finally {
                shared.starting.unlock();
            }
        } catch (RuntimeException | Error failed) {
            exit(key, shared);
            throw failed;
        }
        return new Registration() {
            private boolean ended;

            @Override
            public void close() {
                lock.lock();
                try {
                    if (ended) {
                        return;
                    }
                    ended = true;
                } finally {
                    lock.unlock();
                }
                shared.shared.leave(subscriber);
                exit(key, shared);
            }
        };
    }

    /** Returns how many live queries run. */
    public int questions() {
        lock.lock();
        try {
            return running.size();
        } finally {
            lock.unlock();
        }
    }

    private Running enter(Key key, FieldNames names) {
        lock.lock();
        try {
            Running shared =
                    running.computeIfAbsent(key, absent -> new Running(new SharedQuestion(names, versions, fanOut)));
            shared.followers++;
            return shared;
        } finally {
            lock.unlock();
        }
    }

    private void exit(Key key, Running shared) {
        LiveQuery<Document> last = null;
        lock.lock();
        try {
            if (--shared.followers == 0) {
                running.remove(key, shared);
                last = shared.live;
            }
        } finally {
            lock.unlock();
        }
        if (last != null) {
            last.close();
        }
    }

    /** Ends all live queries. */
    @Override
    public void close() {
        lock.lock();
        try {
            for (Running each : running.values()) {
                if (each.live != null) {
                    each.live.close();
                }
            }
            running.clear();
        } finally {
            lock.unlock();
        }
        fanOut.close();
    }
}
