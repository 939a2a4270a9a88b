package dev.korm.engine.live;

import dev.korm.KormException;
import dev.korm.live.LiveEvent;
import dev.korm.live.LiveListener;

/** A user's listener, which is told as fast as it takes events. */
public final class ListenerSink<T> implements Sink<T> {
    private final LiveListener<T> listener;

    public ListenerSink(LiveListener<T> listener) {
        this.listener = listener;
    }

    @Override
    public void event(LiveEvent<T> event) {
        listener.onEvent(event);
    }

    @Override
    public void failure(KormException failure) {
        listener.onFailure(failure);
    }

    @Override
    public void end() {
        // A listener knows of its pool.
    }

    @Override
    public boolean endsWhenItThrows() {
        return false;
    }
}
