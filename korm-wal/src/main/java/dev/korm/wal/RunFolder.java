package dev.korm.wal;

import dev.korm.wal.format.SegmentHeader;
import dev.korm.wal.run.Steps;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.WeakHashMap;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The folder of one run, and the lock on it: of the run itself while that lives, and later of who settles what it left.
 *
 * <p>The operating system takes the lock back from a process that ends. It does so, too, when the process closes any channel of the
 * lock file. So within a process a folder is noted before its lock file is touched, and whoever finds it noted keeps away; the file is
 * opened once, and nothing is done with its channel that an interrupt could close while the run lives.
 */
final class RunFolder {
    private static final String LOCK = "run.lock";
    static final Pattern SEGMENT = Pattern.compile("(\\d{8,18})\\.wal");

    /** How many digits a segment's number has at least. */
    private static final int DIGITS = 8;

    private static final int ATTEMPTS = 100;

    /** Far behind the bytes of the file, since some systems keep others from reading what is locked. */
    private static final long LOCKED_BYTE = 1L << 40;

    /** The folders that this process holds, in each file system. */
    private static final Map<FileSystem, Set<String>> HELD = new WeakHashMap<>();

    private final LogFolder root;
    private final Path path;
    private final @Nullable FileChannel channel;

    private RunFolder(LogFolder root, Path path, @Nullable FileChannel channel) {
        this.root = root;
        this.path = path;
        this.channel = channel;
    }

    /** Makes the folder of a new run. Its name is durable when {@link #syncNames} has been called. */
    static RunFolder create(LogFolder root, String pool, RandomGenerator random) throws IOException {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            String run = HexFormat.of().toHexDigits(random.nextLong());
            Path path = root.path().resolve(run);
            try {
                Files.createDirectory(path);
            } catch (FileAlreadyExistsException taken) {
                continue;
            }
            RunFolder folder = hold(root, path, true);
            if (folder != null) {
                folder.write(new SegmentHeader(run, pool, 0, 0, 0, 0));
                return folder;
            }
        }
        throw new IOException("Other programs have taken " + ATTEMPTS + " folders that were made for this run");
    }

    /** Takes the folder of a run that is over; null when the run is not, or somebody else has taken it. */
    static @Nullable RunFolder take(LogFolder root, Path path) throws IOException {
        return hold(root, path, false);
    }

    /** Returns a folder that is only looked at, whoever holds it. */
    static RunFolder unlocked(LogFolder root, Path path) {
        return new RunFolder(root, path, null);
    }

    private static @Nullable RunFolder hold(LogFolder root, Path path, boolean isNew) throws IOException {
        if (!note(path)) {
            return null;
        }
        FileChannel channel = null;
        boolean locked = false;
        try {
            channel = open(path.resolve(LOCK), isNew);
            // Where another process has deleted the folder meanwhile, what was locked is no longer its lock.
            locked = channel != null
                    && (isLocked(channel) || root.steps().skip(Steps.Shortcut.LOCKS_IGNORED))
                    && Files.exists(path.resolve(LOCK));
            return channel != null && locked ? new RunFolder(root, path, channel) : null;
        } finally {
            if (!locked) {
                if (channel != null) {
                    channel.close();
                }
                unnote(path);
            }
        }
    }

    /** Opens the lock file; null when somebody else was faster. */
    private static @Nullable FileChannel open(Path lock, boolean isNew) throws IOException {
        try {
            return isNew || !Files.exists(lock)
                    ? FileChannel.open(
                            lock, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE)
                    : FileChannel.open(lock, StandardOpenOption.READ, StandardOpenOption.WRITE);
        } catch (FileAlreadyExistsException | NoSuchFileException another) {
            return null;
        }
    }

    private static boolean isLocked(FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock(LOCKED_BYTE, 1, false);
            return lock != null;
        } catch (OverlappingFileLockException another) {
            // Of another class loader in this process.
            return false;
        }
    }

    private static boolean note(Path path) {
        synchronized (HELD) {
            return HELD.computeIfAbsent(path.getFileSystem(), files -> new HashSet<>())
                    .add(path.toString());
        }
    }

    private static void unnote(Path path) {
        synchronized (HELD) {
            HELD.getOrDefault(path.getFileSystem(), new HashSet<>()).remove(path.toString());
        }
    }

    private void write(SegmentHeader identity) throws IOException {
        try {
            ByteBuffer bytes = identity.encoded();
            FileChannel lock = Objects.requireNonNull(channel);
            while (bytes.hasRemaining()) {
                lock.write(bytes, bytes.position());
            }
            lock.force(true);
        } catch (IOException | RuntimeException failed) {
            release();
            throw failed;
        }
    }

    /** Returns the pool whose run it is; null when its process ended before that was written. */
    @Nullable String pool() throws IOException {
        if (channel == null) {
            return null;
        }
        ByteBuffer bytes = ByteBuffer.allocate(SegmentHeader.MOST);
        while (bytes.hasRemaining() && channel.read(bytes, bytes.position()) >= 0) {
            // Reads on.
        }
        SegmentHeader identity = SegmentHeader.decoded(bytes.flip());
        return identity == null ? null : identity.pool();
    }

    Path path() {
        return path;
    }

    String run() {
        return path.getFileName().toString();
    }

    Steps steps() {
        return root.steps();
    }

    Path segment(long number) {
        String digits = Long.toString(number);
        return path.resolve("0".repeat(Math.max(0, DIGITS - digits.length())) + digits + ".wal");
    }

    /** Takes a segment that is done with away. */
    void dispose(long number) throws IOException {
        root.dispose(segment(number), run());
    }

    /** Returns the numbers of the segments that are there. */
    SortedSet<Long> segments() throws IOException {
        SortedSet<Long> numbers = new TreeSet<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
            for (Path entry : entries) {
                Matcher name = SEGMENT.matcher(entry.getFileName().toString());
                if (name.matches()) {
                    numbers.add(Long.parseLong(name.group(1)));
                }
            }
        }
        return numbers;
    }

    /** Makes the names in the folder durable, and its own. */
    void syncNames(Steps.Shortcut unless) throws IOException {
        root.sync(path, unless);
        root.sync(root.path(), Steps.Shortcut.RUN_NAMES_UNSYNCED);
    }

    /** Makes the names in the folder durable. */
    void syncSegmentNames(Steps.Shortcut unless) throws IOException {
        root.sync(path, unless);
    }

    /** Removes the folder with its log, for good, and gives up the lock. */
    void retire() throws IOException {
        root.retire(path);
        release();
    }

    /** Gives up the lock. */
    void release() throws IOException {
        if (channel == null) {
            return;
        }
        try {
            channel.close();
        } finally {
            unnote(path);
        }
    }
}
