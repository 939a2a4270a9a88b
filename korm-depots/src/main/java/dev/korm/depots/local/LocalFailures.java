package dev.korm.depots.local;

import dev.korm.KormException;
import dev.korm.OperationInterruptedException;
import dev.korm.Rn;
import dev.korm.StoreException.Outcome;
import dev.korm.depot.DepotException;
import dev.korm.depot.DepotFullException;
import dev.korm.depot.DepotUnavailableException;
import dev.korm.depot.FileNameException;
import dev.korm.depot.MissingFileException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.ReadOnlyFileSystemException;
import org.jspecify.annotations.Nullable;

/** The translation of a file system's failures. */
final class LocalFailures {
    /** With less room than a buffer needs, a failure to write is for want of it. */
    private static final long FULL = 256 * 1024;

    private final String depot;
    private final Path root;

    LocalFailures(String depot, Path root) {
        this.depot = depot;
        this.root = root;
    }

    KormException writing(@Nullable Rn<?> rn, Exception failed, Outcome outcome) {
        if (isInterrupted(failed)) {
            return interrupted(rn, failed, outcome);
        }
        String what = (rn == null ? "The depot \"" + depot + "\"" : rn + " in the depot \"" + depot + "\"")
                + (outcome == Outcome.NOT_APPLIED ? " was not changed: " : " may have been changed: ");
        if (failed instanceof AccessDeniedException
                || failed instanceof ReadOnlyFileSystemException
                || (failed instanceof FileSystemException && isProtected())) {
            return new DepotException(
                    depot,
                    rn,
                    what + "the folder " + root
                            + " may not be written to, by its permissions or since its file system is read-only. Correct that,"
                            + " or name another folder",
                    outcome,
                    failed);
        }
        if (Files.exists(root) && !Files.isDirectory(root)) {
            return new DepotException(
                    depot,
                    rn,
                    what + root + " is a file, and a depot is a folder. Name another path, or move the file away",
                    outcome,
                    failed);
        }
        if (failed instanceof AtomicMoveNotSupportedException) {
            return new DepotException(
                    depot,
                    rn,
                    what + "it is on another file system than " + root
                            + ", so it cannot be renamed to its place. Make a"
                            + " depot of that file system's own folder",
                    outcome,
                    failed);
        }
        if (failed instanceof PathLocks.BusyException) {
            return new DepotUnavailableException(
                    depot,
                    rn,
                    what + "another thread or program has been storing or deleting a file of its lock for "
                            + PathLocks.LIMIT.toSeconds() + " s. Try again",
                    outcome,
                    failed);
        }
        if (failed instanceof TemporaryFile.NoRoomException || isFull()) {
            return new DepotFullException(
                    depot, rn, what + "there is no room left on the file system of " + root, outcome, failed);
        }
        return new DepotUnavailableException(
                depot,
                rn,
                what + "the file system of " + root + " failed. Its message is the cause; try again",
                outcome,
                failed);
    }

    /** Returns whether nothing may be written to the folder, or where it would be made. A file system that is mounted read-only has no exception of its own. */
    private boolean isProtected() {
        Path there = root.toAbsolutePath();
        while (there.getParent() != null && Files.notExists(there)) {
            there = there.getParent();
        }
        return !Files.isWritable(there);
    }

    /** Checks for an interrupt: the thread's interrupt closes a channel that it is in, and ends what it waits for. */
    private static boolean isInterrupted(Exception failed) {
        return failed instanceof ClosedByInterruptException || failed instanceof InterruptedIOException;
    }

    private OperationInterruptedException interrupted(@Nullable Rn<?> rn, Exception failed, Outcome outcome) {
        Thread.currentThread().interrupt();
        return new OperationInterruptedException(
                rn == null
                        ? "The call of the depot \"" + depot + "\""
                        : "The call for " + rn + " in the depot \"" + depot + "\"",
                outcome,
                failed);
    }

    KormException reading(@Nullable Rn<?> rn, Exception failed) {
        if (isInterrupted(failed)) {
            return interrupted(rn, failed, Outcome.NOT_APPLIED);
        }
        String what = rn == null ? "The depot \"" + depot + "\"" : rn + " in the depot \"" + depot + "\"";
        if (failed instanceof AccessDeniedException) {
            return new DepotException(
                    depot,
                    rn,
                    what + " was not read: the folder " + root
                            + " or a file in it may not be read. Correct its permissions",
                    Outcome.NOT_APPLIED,
                    failed);
        }
        return new DepotUnavailableException(
                depot,
                rn,
                what + " was not read: the file system of " + root + " failed. Its message is the cause; try again",
                Outcome.NOT_APPLIED,
                failed);
    }

    MissingFileException missing(Rn<?> rn) {
        return new MissingFileException(
                depot,
                rn,
                rn + " is not in the depot \"" + depot
                        + "\"; check the RN, or ask with find or stat where it may be absent",
                null);
    }

    FileNameException link(Rn<?> rn) {
        return new FileNameException(
                depot,
                rn,
                rn + " leads through a symbolic link in the depot \"" + depot
                        + "\", and may end anywhere. Put the files" + " themselves below " + root,
                null);
    }

    FileNameException name(Rn<?> rn, String fault) {
        return new FileNameException(
                depot,
                rn,
                rn + " is not a valid name in the depot \"" + depot + "\": " + fault + ". Choose another",
                null);
    }

    private boolean isFull() {
        try {
            return Files.getFileStore(root).getUsableSpace() < FULL;
        } catch (IOException unknown) {
            return false;
        }
    }
}
