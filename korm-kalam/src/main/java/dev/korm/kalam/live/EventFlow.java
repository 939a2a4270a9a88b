package dev.korm.kalam.live;

import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** One subscriber's flow of events, by the rules of Reactive Streams. */
final class EventFlow implements Flow.Subscription {
    private final Live live;
    private final LiveSelect select;
    private final SubscriptionOptions options;
    private final Flow.Subscriber<? super LiveEvent> subscriber;
    private Live.@Nullable Opened opened;
    private long early;
    private boolean isStarted;
    private volatile boolean isDone;

    EventFlow(
            Live live, LiveSelect select, SubscriptionOptions options, Flow.Subscriber<? super LiveEvent> subscriber) {
        this.live = live;
        this.select = select;
        this.options = options;
        this.subscriber = subscriber;
    }

    void start() {
        subscriber.onSubscribe(this);
        if (isDone) {
            return;
        }
        try {
            Live.Opened made = live.open(select, options, 0, batch -> batch.forEach(this::next));
            synchronized (this) {
                opened = made;
                isStarted = true;
                if (early > 0) {
                    made.queue().request(early);
                }
            }
            if (isDone) {
                made.subscription().close();
            }
        } catch (RuntimeException e) {
            if (!isDone) {
                isDone = true;
                subscriber.onError(e);
            }
        }
    }

    private void next(LiveEvent event) {
        if (isDone) {
            return;
        }
        if (event instanceof LiveEvent.Failed failed && failed.isEnd()) {
            isDone = true;
            if (failed.error() instanceof dev.korm.kalam.error.KalamSubscriptionException ended
                    && ended.code().equals("CLOSED")) {
                subscriber.onComplete();
            } else {
                subscriber.onError(failed.error());
            }
            return;
        }
        subscriber.onNext(event);
    }

    @Override
    public void request(long count) {
        if (isDone) {
            return;
        }
        if (count <= 0) {
            cancel();
            subscriber.onError(new IllegalArgumentException("A demand is positive"));
            return;
        }
        Live.Opened made;
        synchronized (this) {
            made = opened;
            if (!isStarted) {
                early = early + count < 0 ? Long.MAX_VALUE : early + count;
            }
        }
        if (made != null) {
            made.queue().request(count);
        }
    }

    @Override
    public void cancel() {
        isDone = true;
        Live.Opened made;
        synchronized (this) {
            made = opened;
        }
        if (made != null) {
            made.subscription().close();
        }
    }
}
