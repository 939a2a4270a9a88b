package dev.korm.testkit.kalam;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/** All open WebSockets, which get what was changed. */
final class LiveHub {
    private final Set<LiveSession> sessions = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();

    ReentrantLock lock() {
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

    void publish(List<Change> changes) {
        for (LiveSession session : sessions) {
            for (Change change : changes) {
                session.changed(change);
            }
        }
    }
}
