package dev.korm.gateway.server;

import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;

/** The requests of one client, one after the other, by the threads that all clients share; so no client takes more than one of them. Safe for many threads. */
final class Turns {
    private final Executor workers;
    private final int most;
    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
    private boolean working;

    Turns(Executor workers, int most) {
        this.workers = workers;
        this.most = most;
    }

    /**
     * Adds a request.
     *
     * @return false when too many wait already
     */
    boolean add(Runnable request) {
        lock.lock();
        try {
            if (waiting.size() >= most) {
                return false;
            }
            waiting.add(request);
            if (working) {
                return true;
            }
            working = true;
        } finally {
            lock.unlock();
        }
        workers.execute(this::work);
        return true;
    }

    /** Drops what waits. */
    void clear() {
        lock.lock();
        try {
            waiting.clear();
        } finally {
            lock.unlock();
        }
    }

    /** Works on one request, and lets others have the thread before the next. */
    private void work() {
        Runnable request;
        lock.lock();
        try {
            request = waiting.poll();
            if (request == null) {
                working = false;
                return;
            }
        } finally {
            lock.unlock();
        }
        try {
            request.run();
        } finally {
            workers.execute(this::work);
        }
    }
}
