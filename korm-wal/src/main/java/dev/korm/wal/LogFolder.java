package dev.korm.wal;

import dev.korm.wal.run.Steps;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Pattern;

/** The folder that the runs' folders are in, and the ways to make names in folders durable. Immutable. */
final class LogFolder {
    /** The name of a run's folder that is to be deleted, whatever is still in it. */
    static final String RETIRED = ".retired";

    /** The name of a run's folder whose segments are to be kept. */
    private static final String KEEPING = ".keeping";

    /** The folder of what is kept. */
    private static final String KEPT = "kept";

    private static final Pattern KEEPING_RUN = Pattern.compile("[0-9a-f]{16}\\.keeping");
    private static final Pattern RUN = Pattern.compile("[0-9a-f]{16}");
    private static final Pattern RETIRED_RUN = Pattern.compile("[0-9a-f]{16}\\.retired");

    private final Path path;
    private final Steps steps;
    private final boolean synced;
    private final JournalRetention retention;

    private LogFolder(Path path, Steps steps, boolean synced, JournalRetention retention) {
        this.retention = retention;
        this.path = path;
        this.steps = steps;
        this.synced = synced;
    }

    /** Opens the place, and makes it durably where it is missing. */
    static LogFolder open(Path folder, Steps steps, JournalRetention retention) throws IOException {
        Deque<Path> missing = new ArrayDeque<>();
        for (Path at = folder.toAbsolutePath(); at != null && !Files.exists(at); at = at.getParent()) {
            missing.push(at);
        }
        for (Path next : missing) {
            makeOrFind(next);
        }
        LogFolder root = new LogFolder(folder.toRealPath(), steps, isSynced(folder), retention);
        // Also what is there already: who made it may have been killed before it was synced.
        Path at = folder.toAbsolutePath();
        for (Path above = at.getParent(); above != null; above = above.getParent()) {
            root.syncAbove(above, missing.contains(at));
            at = above;
        }
        return root;
    }

    private void syncAbove(Path above, boolean own) throws IOException {
        try {
            sync(above, Steps.Shortcut.PLACE_NAME_UNSYNCED);
        } catch (AccessDeniedException notAllowed) {
            // Whoever may not look into a folder has made nothing in it either.
            if (own) {
                throw notAllowed;
            }
        }
    }

    private static void makeOrFind(Path folder) throws IOException {
        try {
            Files.createDirectory(folder);
        } catch (FileAlreadyExistsException another) {
            if (!Files.isDirectory(folder)) {
                throw another;
            }
        }
    }

    /** Returns whether folders can be synced; Windows opens none, and writes names through. */
    private static boolean isSynced(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
            return true;
        } catch (UnsupportedOperationException none) {
            return false;
        } catch (FileSystemException refused) {
            // Elsewhere than on Unix, only what is said of all folders counts, and not that this one may not be opened.
            boolean unix = folder.getFileSystem().equals(FileSystems.getDefault())
                    && folder.getFileSystem().getSeparator().equals("/");
            boolean unable = refused instanceof AccessDeniedException
                    ? folder.getFileSystem().getSeparator().equals("\\")
                    : refused.getClass().equals(FileSystemException.class);
            if (unix || !unable) {
                throw refused;
            }
            return false;
        }
    }

    Path path() {
        return path;
    }

    Steps steps() {
        return steps;
    }

    /** Makes the names in a folder durable. */
    void sync(Path folder, Steps.Shortcut unless) throws IOException {
        if (synced && !steps.skip(unless)) {
            try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    /** Returns the folders of runs, in no order. */
    List<Path> runs() throws IOException {
        return named(RUN);
    }

    /** Removes a run's log: after this it is not found again, and what is left of its files is only litter. */
    void retire(Path run) throws IOException {
        if (steps.skip(Steps.Shortcut.RETIRED_BY_NO_RENAMING)) {
            empty(run);
            return;
        }
        String name = run.getFileName().toString();
        Path retired = path.resolve(name + (retention == JournalRetention.KEEP ? KEEPING : RETIRED));
        Files.move(run, retired, StandardCopyOption.ATOMIC_MOVE);
        sync(path, Steps.Shortcut.RETIRING_UNSYNCED);
        if (retention == JournalRetention.KEEP) {
            keep(retired, name);
        }
        empty(retired);
    }

    /** Deletes what earlier retirements have left. Several processes may do so at once. */
    void clean() throws IOException {
        for (Path retired : named(KEEPING_RUN)) {
            String name = retired.getFileName().toString();
            keep(retired, name.substring(0, name.length() - KEEPING.length()));
            empty(retired);
        }
        for (Path retired : named(RETIRED_RUN)) {
            empty(retired);
        }
    }

    private void keep(Path retired, String run) throws IOException {
        try {
            for (Path segment : named(retired, RunFolder.SEGMENT)) {
                // Only here, where it is no part of a log any more.
                SegmentReader.trim(segment, run, steps);
                keepSegment(segment, run);
            }
        } catch (NoSuchFileException another) {
            // Another process does the same.
            return;
        }
    }

    /** Takes a segment that is done with away from its folder: for good, or to those that are kept. */
    void dispose(Path segment, String run) throws IOException {
        if (retention == JournalRetention.KEEP) {
            keepSegment(segment, run);
        } else {
            Files.delete(segment);
        }
    }

    private void keepSegment(Path segment, String run) throws IOException {
        Path to = path.resolve(KEPT).resolve(run);
        Files.createDirectories(to);
        try {
            Files.move(segment, to.resolve(segment.getFileName()), StandardCopyOption.ATOMIC_MOVE);
        } catch (NoSuchFileException another) {
            // Another process was faster, or a first attempt was cut off.
            return;
        }
        sync(to, Steps.Shortcut.RETIRING_UNSYNCED);
        sync(path.resolve(KEPT), Steps.Shortcut.RETIRING_UNSYNCED);
        sync(path, Steps.Shortcut.RETIRING_UNSYNCED);
    }

    /** Returns the folders of runs of which segments are kept, in no order. */
    List<Path> kept() throws IOException {
        return Files.isDirectory(path.resolve(KEPT)) ? named(path.resolve(KEPT), RUN) : List.of();
    }

    private List<Path> named(Pattern pattern) throws IOException {
        return named(path, pattern);
    }

    static List<Path> named(Path folder, Pattern pattern) throws IOException {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            for (Path entry : entries) {
                if (pattern.matcher(entry.getFileName().toString()).matches()) {
                    found.add(entry);
                }
            }
        }
        return found;
    }

    private static void empty(Path folder) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            for (Path entry : entries) {
                Files.deleteIfExists(entry);
            }
            Files.deleteIfExists(folder);
        } catch (NoSuchFileException another) {
            // Another process cleans too.
            return;
        }
    }
}
