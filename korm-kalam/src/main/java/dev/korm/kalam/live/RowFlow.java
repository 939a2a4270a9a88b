package dev.korm.kalam.live;

import java.util.List;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** A flow of lists of live rows: of those that came while none was asked for, the newest alone. */
final class RowFlow<T> implements Flow.Subscription {
    private final LiveRows<T> rows;
    private final Flow.Subscriber<? super List<T>> subscriber;
    private @Nullable Registration registration;
    private @Nullable List<T> waiting;
    private long demand;
    private boolean isDone;
    private boolean isEmitting;

    RowFlow(LiveRows<T> rows, Flow.Subscriber<? super List<T>> subscriber) {
        this.rows = rows;
        this.subscriber = subscriber;
    }

    void start() {
        subscriber.onSubscribe(this);
        try {
            Registration made = rows.onChange(this::changed);
            boolean isCancelled;
            synchronized (this) {
                registration = made;
                isCancelled = isDone;
            }
            if (isCancelled) {
                made.close();
            }
        } catch (IllegalStateException e) {
            subscriber.onError(e);
        }
    }

    private void changed(List<T> list) {
        synchronized (this) {
            waiting = list;
        }
        emit();
    }

    private void emit() {
        while (true) {
            List<T> next;
            synchronized (this) {
                next = waiting;
                if (isEmitting || isDone || demand == 0 || next == null) {
                    return;
                }
                isEmitting = true;
                waiting = null;
                demand = demand == Long.MAX_VALUE ? demand : demand - 1;
            }
            try {
                subscriber.onNext(next);
            } finally {
                synchronized (this) {
                    isEmitting = false;
                }
            }
        }
    }

    @Override
    public void request(long count) {
        if (count <= 0) {
            cancel();
            subscriber.onError(new IllegalArgumentException("A demand is positive"));
            return;
        }
        synchronized (this) {
            demand = demand + count < 0 ? Long.MAX_VALUE : demand + count;
        }
        emit();
    }

    @Override
    public void cancel() {
        Registration made;
        synchronized (this) {
            isDone = true;
            made = registration;
        }
        if (made != null) {
            made.close();
        }
    }
}
