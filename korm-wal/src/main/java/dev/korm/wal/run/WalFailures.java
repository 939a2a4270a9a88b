package dev.korm.wal.run;

import dev.korm.KormException;
import dev.korm.OperationInterruptedException;
import dev.korm.StoreException.Outcome;
import dev.korm.depot.DepotException;
import dev.korm.recovery.JournalException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The errors of a journal in files. */
public final class WalFailures {
    private WalFailures() {}

    public static KormException opening(Path place, IOException cause) {
        if (cause instanceof ClosedByInterruptException) {
            return new OperationInterruptedException("Opening the journal in " + place, Outcome.NOT_APPLIED, cause);
        }
        if (Files.exists(place) && !Files.isDirectory(place)) {
            return new JournalException(
                    "The journal in " + place
                            + " cannot be opened: it is a file, and a journal is a folder. Name another"
                            + " path, or move the file away, and open the pool again",
                    cause);
        }
        return new JournalException(
                "The journal in " + place + " cannot be opened: " + told(cause)
                        + ". Check the folder, and open the pool again",
                cause);
    }

    public static KormException opening(String place, DepotException cause) {
        return new JournalException(
                "The journal in " + place + " cannot be opened: " + told(cause)
                        + ". Look after the depot, and open the pool again",
                cause);
    }

    public static JournalException takenByAnother(String place) {
        return new JournalException(
                "The logs of runs that are over were not removed from " + place
                        + ": another program has taken them meanwhile, since this one did not show that it lives. Nothing is lost;"
                        + " open the pool anew",
                null);
    }

    public static JournalException closing(String place, Exception cause) {
        return new JournalException(
                "The journal in " + place + " was not closed as it should be: " + told(cause)
                        + ". What was appended is durable; check the folder",
                cause);
    }

    public static KormException reading(String place, Exception cause) {
        if (cause instanceof ClosedByInterruptException) {
            return new OperationInterruptedException("Reading the journal in " + place, Outcome.NOT_APPLIED, cause);
        }
        return new JournalException(
                "The logs of runs that are over cannot be read in " + place + ": " + told(cause)
                        + ". Nothing is lost; check the folder, and open the pool again",
                cause);
    }

    static KormException forgetting(String place, Exception cause) {
        if (cause instanceof ClosedByInterruptException) {
            return new OperationInterruptedException(
                    "Removing logs from the journal in " + place, Outcome.UNKNOWN, cause);
        }
        return new JournalException(
                "The logs of runs that are over cannot be removed from " + place + ": " + told(cause)
                        + ". Those that are left will be read again by the next run; check the folder",
                cause);
    }

    static JournalException appending(String folder, Throwable cause) {
        if (cause instanceof TakenOverException) {
            return new JournalException(
                    "The journal in " + folder + " takes nothing more: " + cause.getMessage()
                            + ". What it had not decided is refused by the stores. Open the pool anew",
                    cause);
        }
        return new JournalException(
                "Appending to the journal in " + folder + " failed: " + told(cause)
                        + ". It is not known what was kept, so the journal takes nothing more. Check the disk, and open"
                        + " the pool anew",
                cause);
    }

    public static JournalException damaged(Object file, long offset, String why) {
        return new JournalException(
                "The journal's file " + file + " is damaged at offset " + offset + ": " + why
                        + ". Restore it from a copy; or, to do without what it says of unfinished changes, move its folder to"
                        + " another place. Then open the pool again",
                null);
    }

    private static String told(Throwable cause) {
        String message = cause.getMessage();
        return cause.getClass().getSimpleName() + (message == null ? "" : " (" + message + ")");
    }
}
