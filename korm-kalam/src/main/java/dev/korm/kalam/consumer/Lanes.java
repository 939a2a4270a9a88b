package dev.korm.kalam.consumer;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Loops that run at the same time, the first in the caller's thread, each other one in a thread of its own. When one ends, all do. */
final class Lanes {
    private final List<Loop> loops;
    private final List<Thread> threads = new ArrayList<>();
    private @Nullable Throwable failure;

    Lanes(List<Loop> loops) {
        this.loops = loops;
    }

    /** Runs until all have ended, and throws what the first that failed threw. */
    void run(String name, Consumer<Loop> work) {
        for (Loop loop : loops.subList(1, loops.size())) {
            Thread made = new Thread(() -> run(loop, work), name + "-" + (threads.size() + 1));
            made.setDaemon(true);
            threads.add(made);
        }
        threads.forEach(Thread::start);
        run(loops.get(0), work);
        join();
        Throwable failed = failure();
        if (failed instanceof Error error) {
            throw error;
        }
        if (failed instanceof RuntimeException known) {
            throw known;
        }
    }

    private void run(Loop loop, Consumer<Loop> work) {
        try {
            work.accept(loop);
        } catch (RuntimeException | Error e) {
            failed(e);
        } finally {
            stop();
        }
    }

    private synchronized void failed(Throwable e) {
        if (failure == null) {
            failure = e;
        }
    }

    private synchronized @Nullable Throwable failure() {
        return failure;
    }

    private void join() {
        // An interrupt of the caller is one of all, since it stands for the handlers of the others too.
        boolean isInterrupted = Thread.interrupted();
        if (isInterrupted) {
            threads.forEach(Thread::interrupt);
        }
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    isInterrupted = true;
                    threads.forEach(Thread::interrupt);
                }
            }
        }
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
    }

    void stop() {
        loops.forEach(Loop::stop);
    }

    /** Tells whether the caller is a handler in one of the threads that were made here. */
    boolean isOwnThread() {
        return threads.contains(Thread.currentThread());
    }
}
