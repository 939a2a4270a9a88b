package dev.korm.wal;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.Korm;
import dev.korm.recovery.JournalException;
import dev.korm.recovery.JournaledChange;
import dev.korm.spi.journal.JournalEntry;
import dev.korm.spi.journal.JournalEntry.Kind;
import dev.korm.wal.format.StoredEntry;
import dev.korm.wal.run.Steps;
import dev.korm.wal.run.TakenRuns;
import dev.korm.wal.run.WalFailures;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A journal in a folder, read without its pool and without changing anything, also while programs use it.
 *
 * <pre>{@code
 * WalReader.at(Path.of("journal")).unfinished(found -> print(found.state(), found.change().id()));
 * }</pre>
 *
 * <p>However much there is, a bounded part of it is in memory. Immutable.
 */
public final class WalReader {
    private static final int RUN_FROM = "change-".length();
    private static final int RUN_LENGTH = 16;

    private final Path folder;

    private WalReader(Path folder) {
        this.folder = folder;
    }

    /** Returns a reader of the journal in a folder. */
    public static WalReader at(Path folder) {
        requireNonNull(folder, "folder");
        return new WalReader(folder);
    }

    /**
     * Reads the changes that are not finished, of all runs and pools.
     *
     * @throws JournalException when there is no journal, or it cannot be read, or is damaged
     */
    public void unfinished(Consumer<LoggedChange> each) {
        requireNonNull(each, "each");
        reading(root -> {
            Set<String> living = new HashSet<>();
            List<RunLog> logs = new ArrayList<>();
            for (Path path : root.runs()) {
                RunFolder held = RunFolder.take(root, path);
                if (held == null) {
                    living.add(path.getFileName().toString());
                } else {
                    held.release();
                }
                logs.add(RunLog.open(RunFolder.unlocked(root, path)));
            }
            TakenRuns runs = new TakenRuns(
                    folder.toString(),
                    logs,
                    new TakenRuns.Limits(TakenRuns.MOST_INDEXED, Steps.ALL),
                    () -> false,
                    () -> {});
            try (runs) {
                for (Optional<JournalEntry> next = runs.next(); next.isPresent(); next = runs.next()) {
                    if (next.get().kind() != Kind.OVER) {
                        each.accept(logged(next.get(), living));
                    }
                }
            }
        });
    }

    private static LoggedChange logged(JournalEntry entry, Set<String> living) {
        JournaledChange change = Korm.journaled(entry);
        String id = change.id();
        boolean runs =
                id.length() > RUN_FROM + RUN_LENGTH && living.contains(id.substring(RUN_FROM, RUN_FROM + RUN_LENGTH));
        return new LoggedChange(
                entry.kind() == Kind.QUARANTINED
                        ? LoggedChange.State.QUARANTINED
                        : runs ? LoggedChange.State.RUNNING : LoggedChange.State.UNFINISHED,
                change);
    }

    /**
     * Reads the changes that are finished and were kept, those of each run in their order. One that was carried along may come twice.
     *
     * @throws JournalException when there is no journal, or it cannot be read, or is damaged
     */
    public void kept(Consumer<LoggedChange> each) {
        requireNonNull(each, "each");
        reading(root -> {
            for (Path run : root.kept()) {
                RunLog log = RunLog.kept(RunFolder.unlocked(root, run));
                try {
                    log.scan(entry -> {
                        if (entry.kind() == Kind.PREPARED) {
                            each.accept(new LoggedChange(LoggedChange.State.KEPT, Korm.journaled(read(log, entry))));
                        }
                    });
                } finally {
                    log.release();
                }
            }
        });
    }

    private static JournalEntry read(RunLog log, StoredEntry entry) {
        try {
            return log.read(entry);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /**
     * Deletes what was kept and was last written before a moment.
     *
     * @return how many files
     */
    public long purge(Instant before) {
        requireNonNull(before, "before");
        long[] purged = new long[1];
        reading(root -> {
            for (Path run : root.kept()) {
                purged[0] += purge(run, before);
            }
        });
        return purged[0];
    }

    private static long purge(Path run, Instant before) throws IOException {
        List<Path> segments = LogFolder.named(run, RunFolder.SEGMENT);
        segments.sort(null);
        long purged = 0;
        // From the first on, so that no segment is ever missing between two.
        while (purged < segments.size()
                && Files.getLastModifiedTime(segments.get((int) purged))
                        .toInstant()
                        .isBefore(before)) {
            Files.deleteIfExists(segments.get((int) purged));
            purged++;
        }
        if (purged == segments.size()) {
            Files.deleteIfExists(run);
        }
        return purged;
    }

    /** Does something with the place. */
    private interface Reading {
        void read(LogFolder root) throws IOException;
    }

    private void reading(Reading reading) {
        if (!Files.isDirectory(folder)) {
            throw new JournalException(
                    "There is no journal in " + folder + ": it is not a folder. Give the one of Wal.at(…)", null);
        }
        try {
            reading.read(LogFolder.open(folder, Steps.ALL, JournalRetention.DELETE));
        } catch (NoSuchFileException gone) {
            throw new JournalException(
                    "The journal in " + folder + " changed while it was read: " + gone.getMessage()
                            + " is gone. Try again",
                    gone);
        } catch (IOException failed) {
            throw WalFailures.reading(folder.toString(), failed);
        } catch (UncheckedIOException failed) {
            throw WalFailures.reading(folder.toString(), failed);
        }
    }
}
