package dev.korm.testkit.kalam;

import dev.korm.testkit.kalam.data.Change;
import dev.korm.testkit.kalam.data.Subscribers;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/** All open WebSockets, which get what was changed. */
final class LiveHub implements Subscribers {
    private final Set<LiveSession> sessions = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();

    @Override
    public ReentrantLock lock() {
        return lock;
    }

    void add(LiveSession session) {
        sessions.add(session);
    }

    void remove(LiveSession session) {
        sessions.remove(session);
    }

    Set<LiveSession> sessions() {
        return sessions;
    }

    int subscriptionsOf(String user) {
        return sessions.stream()
                .filter(session -> session.isOf(user))
                .mapToInt(LiveSession::subscriptionCount)
                .sum();
    }

    @Override
    public void publish(List<Change> changes) {
        for (LiveSession session : sessions) {
            for (Change change : changes) {
                session.changed(change);
            }
        }
    }
}
