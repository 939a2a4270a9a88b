package dev.korm.depots.local;

import dev.korm.KormException;
import dev.korm.StoreException.Outcome;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.environment.Environment;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** A depot's folder, what its file system can do, and the files in it that are not at their place yet. */
final class LocalRoot {
    private static final String TEMPORARY = "temporary";
    private static final String LABELS = "labels";
    private static final String LOCKS = "locks";
    /** The lower case shows how the file system takes names, and so does the composed letter, where names can have it. */
    private static final List<String> PROBES = List.of("probe-", "probe-\u00e4-");

    private final Path path;
    private final Folder.Syncing syncing;
    private final SyncedFolders synced;
    private final PathLocks locks;
    private final RandomGenerator random;
    private final LocalNames names;
    private final Labels labels;
    private final boolean links;

    /** The place where labels are kept. */
    enum LabelPlace {
        /** In attributes of the files, where the file system has those. */
        ATTRIBUTES_IF_POSSIBLE,
        /** In files of their own. */
        FOLDER
    }

    private LocalRoot(
            Path path,
            Folder.Syncing syncing,
            SyncedFolders synced,
            Folder temporary,
            LabelPlace place,
            PathLocks locks,
            Environment environment)
            throws IOException {
        this.path = path;
        this.syncing = syncing;
        this.synced = synced;
        this.locks = locks;
        this.random = environment.random();
        List<Path> probes = new ArrayList<>();
        String number = Long.toHexString(random.nextLong());
        Path link = temporary.path(number + "-link");
        try {
            for (String probe : PROBES) {
                Path made = probe(temporary, probe + number);
                if (made != null) {
                    probes.add(made);
                }
            }
            this.links = canLink(probes.get(0), link);
            this.names = LocalNames.of(path, probes);
            this.labels = place == LabelPlace.ATTRIBUTES_IF_POSSIBLE && Labels.InAttributes.work(probes.get(0))
                    ? new Labels.InAttributes()
                    : new Labels.InFolder(this, environment.clock());
        } finally {
            for (Path probe : probes) {
                Files.deleteIfExists(probe);
            }
            Files.deleteIfExists(link);
        }
    }

    /** Returns a new file; null where the JVM's character set for file names does not have its letters. */
    private static @Nullable Path probe(Folder in, String name) throws IOException {
        Path probe;
        try {
            probe = in.path(name);
        } catch (InvalidPathException unnameable) {
            return null;
        }
        return Files.createFile(probe);
    }

    private static boolean canLink(Path probe, Path link) {
        try {
            Files.createLink(link, probe);
            return true;
        } catch (IOException | UnsupportedOperationException none) {
            return false;
        }
    }

    /** Opens the folder of a depot, and makes it where it is missing. */
    static LocalRoot open(String depot, Path folder, Duration leftovers, LabelPlace place, Environment environment) {
        LocalFailures failures = new LocalFailures(depot, folder);
        SyncedFolders synced = new SyncedFolders();
        try {
            Folder.Syncing syncing = make(folder);
            Path root = folder.toRealPath();
            try (Folder at = Folder.open(root, syncing);
                    Folder own = synced.child(at, Depot.OWN);
                    Folder temporary = synced.child(own, TEMPORARY)) {
                PathLocks locks =
                        PathLocks.open(own.path(LOCKS), new PathLocks.Clock(environment::nanoTime, environment::sleep));
                try {
                    LocalRoot opened = new LocalRoot(root, syncing, synced, temporary, place, locks, environment);
                    clean(temporary, opened.now().minus(leftovers));
                    return opened;
                } catch (IOException | RuntimeException | Error failed) {
                    locks.close();
                    throw failed;
                }
            }
        } catch (KormException typed) {
            throw typed;
        } catch (IOException | UnsupportedOperationException failed) {
            throw failures.writing(null, failed, Outcome.NOT_APPLIED);
        }
    }

    /**
     * Makes a folder with those above it, durably. One at a time, so that a program which is killed leaves one at the most of which nobody knows whether it
     * is durable: the lowest that is there.
     */
    private static Folder.Syncing make(Path folder) throws IOException {
        Deque<Path> missing = new ArrayDeque<>();
        Path there = folder.toAbsolutePath();
        while (there.getParent() != null && !Files.exists(there)) {
            missing.push(there);
            there = there.getParent();
        }
        try {
            syncName(there);
        } catch (AccessDeniedException othersFolder) {
            // Who may not look into the one above has not made this one.
        }
        for (Path next : missing) {
            try {
                Files.createDirectory(next);
            } catch (FileAlreadyExistsException another) {
                if (!Files.isDirectory(next)) {
                    throw another;
                }
            }
            syncName(next);
        }
        return Folder.probe(folder);
    }

    private static void syncName(Path folder) throws IOException {
        Path above = folder.getParent();
        if (above != null) {
            Folder.probe(above);
        }
    }

    /** Removes files that were being written long ago. */
    private static void clean(Folder temporary, Instant before) throws IOException {
        for (Iterator<Path> names = temporary.names(); names.hasNext(); ) {
            Path name = names.next();
            try {
                BasicFileAttributes attributes = temporary.attributes(name);
                if (!attributes.isDirectory()
                        && attributes.lastModifiedTime().toInstant().isBefore(before)) {
                    temporary.delete(name.toString());
                }
            } catch (NoSuchFileException gone) {
                // Somebody else cleans too.
            } catch (InvalidPathException unnameable) {
                // No file of korm's, whose names are of digits.
            }
        }
    }

    /** Returns the file system's time: of a server's it may differ from the machine's. */
    private Instant now() throws IOException {
        try (TemporaryFile file = temporary()) {
            return file.attributes().lastModifiedTime().toInstant();
        }
    }

    Path path() {
        return path;
    }

    /** Opens the folder. */
    Folder open() throws IOException {
        return Folder.open(path, syncing);
    }

    LocalNames names() {
        return names;
    }

    Labels labels() {
        return labels;
    }

    PathLocks locks() {
        return locks;
    }

    /** Returns whether files can be given a second name, which is what stores one only if it is absent. */
    boolean links() {
        return links;
    }

    /** Opens the folder for labels, made where it is missing. */
    Folder labelFolder() throws IOException {
        return own(LABELS);
    }

    private Folder own(String name) throws IOException {
        try (Folder at = open();
                Folder own = synced.child(at, Depot.OWN)) {
            return synced.child(own, name);
        }
    }

    /** Returns a new file that is not at its place yet. Closing it takes it away unless it has come there. */
    TemporaryFile temporary() throws IOException {
        return TemporaryFile.in(own(TEMPORARY), temporaryName());
    }

    /** Returns a second name of a file, which is not at its place yet. Closing it takes it away unless it has come there. */
    TemporaryFile linked(LocalTree.Entry source) throws IOException {
        return TemporaryFile.linked(source.folder(), source.name(), own(TEMPORARY), temporaryName());
    }

    private String temporaryName() {
        return Long.toHexString(random.nextLong()) + Long.toHexString(random.nextLong());
    }
}
