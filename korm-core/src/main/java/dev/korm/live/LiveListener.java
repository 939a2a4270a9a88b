package dev.korm.live;

import dev.korm.KormException;

/**
 * An observer of a {@link LiveQuery}. It is told one event at a time, each after the one before is done; not always by the same thread.
 *
 * <p>It may take its time, and wait for stores and for others: what comes meanwhile is kept for it, up to a bound, behind which it gets a fresh {@link LiveEvent.Snapshot}. Nobody
 * else waits for it. When it throws, that is logged, and it gets a fresh snapshot after a pause.
 *
 * @param <T> the type of the items
 */
@FunctionalInterface
public interface LiveListener<T> {
    void onEvent(LiveEvent<T> event);

    /**
     * Hears that the query cannot be answered at present, once until it can again. It is asked anew by itself, and the events go on from what the listener holds, or with a fresh
     * snapshot. Nothing is to be done about it, but what is shown may be old.
     */
    default void onFailure(KormException failure) {}
}
