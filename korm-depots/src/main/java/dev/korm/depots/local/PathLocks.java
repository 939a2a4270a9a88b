package dev.korm.depots.local;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Locks on the names in a depot's folder, among all threads and all programs that use it. A lock is held while one file is looked at
 * and brought to its name, never while its bytes are written. Names share {@value #STRIPES} locks; those of several names are taken in
 * one order, so nobody waits for each other.
 *
 * <p>Within a process a stripe is a lock in memory; whoever has it asks for a byte of the lock file, which the operating system gives
 * to one process at a time, and takes back from one that ends. The system also takes back all locks on a file when a process closes
 * any channel of it: so a process opens the file once, and only this class does. An interrupt would close the channel too, where a
 * thread waits in it; so nobody waits there, but asks again.
 */
final class PathLocks implements AutoCloseable {
    static final Duration LIMIT = Duration.ofSeconds(60);

    private static final int STRIPES = 1024;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(20);
    private static final Map<Key, Shared> SHARED = new HashMap<>();

    private final Shared shared;
    private final Clock time;
    private boolean closed;

    private PathLocks(Shared shared, Clock time) {
        this.shared = shared;
        this.time = time;
    }

    /** A lock file, however it is reached. */
    private record Key(FileSystem files, Object file) {}

    /** Passes time. */
    interface Pause {
        void of(Duration duration) throws InterruptedException;
    }

    /** Tells and passes time. */
    record Clock(LongSupplier nanos, Pause pause) {}

    /** The locks of a folder in this process. Opened by the first depot, closed with the last. */
    private static final class Shared {
        private final Key key;
        /** Made as they are needed, since a program that stores little needs few. */
        private final AtomicReferenceArray<@Nullable ReentrantLock> stripes = new AtomicReferenceArray<>(STRIPES);

        private final @Nullable FileChannel channel;
        /** Depots that are open, and locks that are held. */
        private final AtomicInteger users = new AtomicInteger();

        Shared(Key key, @Nullable FileChannel channel) {
            this.key = key;
            this.channel = channel;
        }

        private ReentrantLock stripe(int number) {
            ReentrantLock made = stripes.get(number);
            if (made != null) {
                return made;
            }
            ReentrantLock lock = new ReentrantLock();
            ReentrantLock faster = stripes.compareAndExchange(number, null, lock);
            return faster == null ? lock : faster;
        }

        /** Ends one use. The last closes the file, since a lock must not go while somebody has it. */
        private void release() throws IOException {
            for (int now = users.get(); now > 1; now = users.get()) {
                if (users.compareAndSet(now, now - 1)) {
                    return;
                }
            }
            synchronized (SHARED) {
                if (users.decrementAndGet() > 0) {
                    return;
                }
                SHARED.remove(key);
                if (channel != null) {
                    channel.close();
                }
            }
        }
    }

    /**
     * Opens the locks of a folder.
     *
     * @param file the lock file, in a folder that is there
     */
    static PathLocks open(Path file, Clock time) throws IOException {
        synchronized (SHARED) {
            if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                make(file);
            }
            BasicFileAttributes attributes =
                    Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (!attributes.isRegularFile()) {
                throw new Folder.LinkException(file);
            }
            Object identity = attributes.fileKey() == null ? file.toRealPath() : attributes.fileKey();
            Key key = new Key(file.getFileSystem(), identity);
            Shared shared = SHARED.get(key);
            if (shared == null) {
                shared = new Shared(key, channel(file));
                SHARED.put(key, shared);
            }
            shared.users.incrementAndGet();
            return new PathLocks(shared, time);
        }
    }

    private static void make(Path file) throws IOException {
        try {
            Files.createFile(file);
        } catch (java.nio.file.FileAlreadyExistsException other) {
            // Another program was faster.
            return;
        }
    }

    /** Returns the channel of the lock file; null where the file system has no locks. */
    private static @Nullable FileChannel channel(Path file) throws IOException {
        FileChannel channel;
        try {
            channel = FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        } catch (UnsupportedOperationException none) {
            return null;
        }
        try {
            FileLock probe = channel.tryLock(STRIPES, 1, false);
            if (probe != null) {
                probe.release();
            }
            return channel;
        } catch (OverlappingFileLockException another) {
            return channel;
        } catch (IOException | UnsupportedOperationException none) {
            channel.close();
            return null;
        }
    }

    /** Returns whether other programs are kept out too. */
    boolean amongPrograms() {
        return shared.channel != null;
    }

    /**
     * Waits for the locks of names.
     *
     * @throws BusyException when others have them for longer than {@link #LIMIT}
     * @throws InterruptedIOException when the thread is interrupted, whose flag stays set
     */
    Held lock(List<List<String>> places) throws IOException {
        int[] wanted = places.stream()
                .mapToInt(place -> Math.floorMod(place.hashCode(), STRIPES))
                .sorted()
                .distinct()
                .toArray();
        long deadline = time.nanos().getAsLong() + LIMIT.toNanos();
        Held held = held();
        try {
            for (int stripe : wanted) {
                held.add(stripe, deadline, time);
            }
            return held;
        } catch (InterruptedException interrupted) {
            held.close();
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("Interrupted while waiting for others that store a file");
        } catch (IOException | RuntimeException | Error failed) {
            held.close();
            throw failed;
        }
    }

    private Held held() throws IOException {
        synchronized (this) {
            if (closed) {
                throw new ClosedChannelException();
            }
            shared.users.incrementAndGet();
        }
        return new Held(shared);
    }

    /** Locks that are held. Closed by the thread that took them. */
    static final class Held implements AutoCloseable {
        private final Shared shared;
        private final List<ReentrantLock> stripes = new ArrayList<>(2);
        private final List<FileLock> regions = new ArrayList<>(2);

        private Held(Shared shared) {
            this.shared = shared;
        }

        private void add(int stripe, long deadline, Clock time) throws IOException, InterruptedException {
            ReentrantLock lock = shared.stripe(stripe);
            if (!lock.tryLock(deadline - time.nanos().getAsLong(), TimeUnit.NANOSECONDS)) {
                throw new BusyException();
            }
            stripes.add(lock);
            if (shared.channel != null) {
                regions.add(region(shared.channel, stripe, deadline, time));
            }
        }

        private static FileLock region(FileChannel channel, int stripe, long deadline, Clock time)
                throws IOException, InterruptedException {
            Duration pause = FIRST_PAUSE;
            while (true) {
                try {
                    FileLock region = channel.tryLock(stripe, 1, false);
                    if (region != null) {
                        return region;
                    }
                } catch (OverlappingFileLockException sameProcess) {
                    // Another copy of this class has it, of another class loader.
                }
                if (time.nanos().getAsLong() >= deadline) {
                    throw new BusyException();
                }
                time.pause().of(pause);
                pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
            }
        }

        @Override
        public void close() throws IOException {
            IOException failure = null;
            for (FileLock region : regions) {
                try {
                    region.release();
                } catch (IOException failed) {
                    failure = failed;
                }
            }
            regions.clear();
            stripes.forEach(ReentrantLock::unlock);
            stripes.clear();
            shared.release();
            if (failure != null) {
                throw failure;
            }
        }
    }

    @Override
    public void close() throws IOException {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        shared.release();
    }

    /** Others have held a lock for too long. */
    static final class BusyException extends IOException {
        private static final long serialVersionUID = 1L;

        BusyException() {
            super("Another thread or program has been storing or deleting a file for " + LIMIT.toSeconds() + " s");
        }
    }
}
