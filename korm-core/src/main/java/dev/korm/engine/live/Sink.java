package dev.korm.engine.live;

import dev.korm.KormException;
import dev.korm.live.LiveEvent;

/** A taker of the events of a subscription, one at a time. */
interface Sink<T> {
    void event(LiveEvent<T> event);

    /** Hears that the query cannot be answered at present. */
    void failure(KormException failure);

    /** Hears that there is nothing more to come, since the pool was closed. */
    void end();

    /** Returns whether the subscription ends when an event cannot be taken, instead of going on with a fresh snapshot. */
    boolean endsWhenItThrows();
}
