package dev.korm.testkit.kalam.data;

import java.util.List;
import java.util.concurrent.locks.Lock;

/** Listeners that are told of changes. */
public interface Subscribers {
    /** Returns the lock that is held from before changes are applied until they are told, so that those of a row keep their order. */
    Lock lock();

    /** Tells of changes that were applied. */
    void publish(List<Change> changes);
}
