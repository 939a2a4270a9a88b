package dev.korm.engine.depot;

import dev.korm.FileBusyException;
import dev.korm.OperationInterruptedException;
import dev.korm.Rn;
import dev.korm.StoreException.Outcome;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Lets one change at a time have a file, from before its items are stored until its bytes are at their place: otherwise the bytes of
 * an earlier change could come last. Within one pool; between pools the revision that a file carries decides.
 *
 * <p><b>States of a file.</b> Free, or held by one use; others wait for it in the order in which they came, each for a limited time and until they are
 * interrupted. When it is let go it is handed to the first of them, so that nobody who comes later is faster. Whoever takes several
 * takes them in the order of their names, so that nobody waits in a circle. A thread that holds a file must not ask for it again.
 *
 * <p><b>Who owns what.</b> A {@link Holding} owns its files until it is closed, by any thread. The table of what is held and who waits is guarded by one
 * mutex, which is never held while anybody waits or works. A file that nobody holds or waits for takes no memory.
 *
 * <p><b>Watches.</b> Whoever is about to remove files that nobody names begins a {@link Watch} before it looks at what is named: a file that
 * anybody has held since then may be named again by now. So a look takes as long as it takes, and holds no file meanwhile.
 */
public final class FileLocks {
    private static final Holding NOTHING = () -> {};

    private final Duration limit;
    private final ReentrantLock mutex = new ReentrantLock();
    private final Map<String, Held> held = new HashMap<>();
    private final Set<Watch> watches = new HashSet<>();

    /** @param limit how long a file is waited for */
    public FileLocks(Duration limit) {
        this.limit = limit;
    }

    /** A file that is held. Guarded by the mutex. */
    private static final class Held {
        private final Rn<?> file;
        private FileUse holder;
        private final Deque<Waiting> waiting = new ArrayDeque<>();

        Held(Rn<?> file, FileUse holder) {
            this.file = file;
            this.holder = holder;
        }
    }

    /** A thread that waits for a file. Guarded by the mutex. */
    private static final class Waiting {
        private final FileUse use;
        private final Condition turn;
        private boolean granted;

        Waiting(FileUse use, Condition turn) {
            this.use = use;
            this.turn = turn;
        }
    }

    /** Files that are held, until this is closed. */
    public interface Holding extends AutoCloseable {
        @Override
        void close();
    }

    /** Does something while it has a file. */
    public <R> R holding(Rn<?> file, FileUse use, Supplier<R> work) {
        Holding one = hold(List.of(file), use);
        try {
            return work.get();
        } finally {
            one.close();
        }
    }

    /**
     * Takes files.
     *
     * @throws FileBusyException when one of them is held by another for longer than the limit
     * @throws OperationInterruptedException when the thread is interrupted while it waits
     */
    public Holding hold(Collection<? extends Rn<?>> files, FileUse use) {
        if (files.isEmpty()) {
            return NOTHING;
        }
        Map<String, Rn<?>> wanted = new TreeMap<>();
        files.forEach(file -> wanted.put(name(file), file));
        List<String> taken = new ArrayList<>(wanted.size());
        try {
            wanted.forEach((name, file) -> {
                take(name, file, use);
                taken.add(name);
            });
        } catch (RuntimeException | Error failed) {
            letGo(taken);
            throw failed;
        }
        return () -> letGo(taken);
    }

    /** Returns the file's own identity, whatever other mods its RN has. */
    private static String name(Rn<?> file) {
        return file.depot().orElse("") + "]:" + String.join(":", file.depotParts());
    }

    private void take(String name, Rn<?> file, FileUse use) {
        mutex.lock();
        try {
            watches.forEach(watch -> watch.seen.add(file));
            Held there = held.get(name);
            if (there == null) {
                held.put(name, new Held(file, use));
                return;
            }
            Waiting waiting = new Waiting(use, mutex.newCondition());
            there.waiting.add(waiting);
            await(waiting, name, file, there);
        } finally {
            mutex.unlock();
        }
    }

    private void await(Waiting waiting, String name, Rn<?> file, Held there) {
        long left = limit.toNanos();
        try {
            while (!waiting.granted && left > 0) {
                left = waiting.turn.awaitNanos(left);
            }
        } catch (InterruptedException interrupted) {
            giveUp(waiting, name, there);
            Thread.currentThread().interrupt();
            throw new OperationInterruptedException(
                    waiting.use + ", which waited for the file " + file + ", held by " + there.holder + ",",
                    Outcome.NOT_APPLIED,
                    interrupted);
        }
        if (!waiting.granted) {
            giveUp(waiting, name, there);
            throw new FileBusyException(
                    file.depot().orElse(""),
                    file,
                    waiting.use + " did nothing, since it waited " + limit + " for the file " + file
                            + ", which is held by " + there.holder
                            + ". Try again, or let the pool wait longer by longestFileWait(…)");
        }
    }

    private void giveUp(Waiting waiting, String name, Held there) {
        if (waiting.granted) {
            letGo(name);
        } else {
            there.waiting.remove(waiting);
        }
    }

    private void letGo(List<String> names) {
        mutex.lock();
        try {
            names.forEach(this::letGo);
        } finally {
            mutex.unlock();
        }
    }

    private void letGo(String name) {
        Held there = held.get(name);
        if (there == null) {
            throw new IllegalStateException("Nobody holds " + name);
        }
        Waiting next = there.waiting.poll();
        if (next == null) {
            held.remove(name);
        } else {
            there.holder = next.use;
            next.granted = true;
            next.turn.signal();
        }
    }

    /** Does something with a file that nobody holds now, and nobody can while it is done; empty where somebody does. */
    public <R> Optional<R> holdingFree(Rn<?> file, FileUse use, Supplier<R> work) {
        return holdingFree(file, use, work, () -> true);
    }

    private <R> Optional<R> holdingFree(Rn<?> file, FileUse use, Supplier<R> work, BooleanSupplier allowed) {
        String name = name(file);
        mutex.lock();
        try {
            if (held.containsKey(name) || !allowed.getAsBoolean()) {
                return Optional.empty();
            }
            held.put(name, new Held(file, use));
        } finally {
            mutex.unlock();
        }
        try {
            return Optional.of(work.get());
        } finally {
            letGo(List.of(name));
        }
    }

    /** Begins to note which files are held by anybody, those that are held now among them. */
    public Watch watch() {
        Watch watch = new Watch();
        mutex.lock();
        try {
            held.values().forEach(there -> watch.seen.add(there.file));
            watches.add(watch);
        } finally {
            mutex.unlock();
        }
        return watch;
    }

    /** Notes the files that somebody waits for or holds, from its beginning on; 20 bytes for each. Close it. */
    public final class Watch implements AutoCloseable {
        private final FileSet seen = new FileSet();

        /** Does something with a file that nobody has held since the watch began, nor can while it is done; empty otherwise. */
        public <R> Optional<R> holdingUntouched(Rn<?> file, FileUse use, Supplier<R> work) {
            return holdingFree(file, use, work, () -> !seen.has(file));
        }

        @Override
        public void close() {
            mutex.lock();
            try {
                watches.remove(this);
            } finally {
                mutex.unlock();
            }
        }
    }
}
