package dev.korm.engine;

import dev.korm.Rn;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Lets one change at a time have a file, from before its items are stored until its bytes are at their place: otherwise the bytes of
 * an earlier change could come last. Within one process.
 */
final class FileLocks {
    private static final int STRIPES = 512;

    private final ReentrantLock[] stripes = new ReentrantLock[STRIPES];

    FileLocks() {
        for (int i = 0; i < STRIPES; i++) {
            stripes[i] = new ReentrantLock();
        }
    }

    /** Locks that are held; closed by the thread that took them. */
    interface Held extends AutoCloseable {
        @Override
        void close();
    }

    /** Does something while it has the locks of files. */
    <R> R holding(Collection<Rn<?>> files, Supplier<R> work) {
        Held held = lock(files);
        try {
            return work.get();
        } finally {
            held.close();
        }
    }

    /** Takes the locks of files, always in one order. */
    Held lock(Collection<Rn<?>> files) {
        TreeSet<Integer> wanted = new TreeSet<>();
        for (Rn<?> file : files) {
            wanted.add(Math.floorMod(
                    31 * file.depot().hashCode() + file.depotParts().hashCode(), STRIPES));
        }
        List<ReentrantLock> held = new ArrayList<>();
        for (int stripe : wanted) {
            stripes[stripe].lock();
            held.add(stripes[stripe]);
        }
        return () -> held.forEach(ReentrantLock::unlock);
    }
}
