package dev.korm.depots.mirror;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.OperationInterruptedException;
import dev.korm.Rn;
import dev.korm.StoreException.Outcome;
import dev.korm.depot.CorruptFileException;
import dev.korm.depot.DepotException;
import dev.korm.depot.DepotUnavailableException;
import dev.korm.depot.MissingFileException;
import dev.korm.depots.support.NameLocks;
import dev.korm.file.Progress;
import dev.korm.spi.depot.ByteRange;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.DepotCapabilities;
import dev.korm.spi.depot.DepotCapabilities.Moving;
import dev.korm.spi.depot.Digesting;
import dev.korm.spi.depot.FileContent;
import dev.korm.spi.depot.FileEntry;
import dev.korm.spi.depot.FileStat;
import dev.korm.spi.depot.PutCondition;
import dev.korm.spi.depot.PutOptions;
import dev.korm.spi.depot.SkippedName;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Two depots with the same files. The second is only ever brought to what the first has at that moment, by one thread for each
 * file, so the last of many writers leaves both the same.
 */
final class OpenMirrorDepot implements MirroredDepot {
    /** Up to here, a file is checked in memory; larger ones are read once more. */
    private static final int SMALL = 1024 * 1024;

    /** How long a file is waited for that another thread brings to the second depot. */
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);
    /** How often a file is brought to the second that others change in the first each time. */
    private static final int ATTEMPTS = 100;

    private final Depot first;
    private final Depot second;
    private final NameLocks locks = new NameLocks();

    OpenMirrorDepot(Depot first, Depot second) {
        this.first = first;
        this.second = second;
    }

    @Override
    public String name() {
        return first.name();
    }

    @Override
    public DepotCapabilities capabilities() {
        boolean rename = first.capabilities().moving() == Moving.RENAME
                && second.capabilities().moving() == Moving.RENAME;
        return new DepotCapabilities(first.capabilities().conditions(), rename ? Moving.RENAME : Moving.COPY);
    }

    @Override
    public FileStat put(Rn<?> file, InputStream content, PutOptions options) {
        requireNonNull(file, "file");
        requireNonNull(content, "content");
        requireNonNull(options, "options");
        FileStat stored = first.put(file, content, options);
        follow(file);
        return stored;
    }

    /** Brings the second to what the first has. */
    private void follow(Rn<?> file) {
        try {
            alone(file, Outcome.UNKNOWN, () -> bring(file));
        } catch (MissingFileException deletedMeanwhile) {
            // It is gone from the first, and whoever deleted it deletes it from the second.
            return;
        } catch (OperationInterruptedException interrupted) {
            throw new OperationInterruptedException(
                    "Storing " + file + " in the second depot of the mirror \"" + name() + "\", which the first has,",
                    Outcome.UNKNOWN,
                    interrupted);
        } catch (DepotException failed) {
            throw new DepotException(
                    name(),
                    file,
                    file + " is stored in the first depot of the mirror \"" + name() + "\" and not in the second,"
                            + " whose failure is the cause. Store it again, or call repair()",
                    Outcome.UNKNOWN,
                    failed);
        }
    }

    private void bring(Rn<?> file) {
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            // Others may have changed the first meanwhile, and what is brought late have replaced what they brought.
            if (transfer(file, first, second).equals(version(file))) {
                return;
            }
        }
        throw new DepotUnavailableException(
                name(),
                file,
                file + " was changed by others each time it was brought to the second depot of the mirror",
                Outcome.UNKNOWN,
                null);
    }

    private String version(Rn<?> file) {
        return first.stat(file).map(FileStat::version).orElse("");
    }

    /** Copies a file, and returns the version of the bytes. */
    private static String transfer(Rn<?> file, Depot from, Depot to) {
        try (FileContent content = from.get(file)) {
            to.put(file, content.stream(), PutOptions.like(content.stat()));
            return content.stat().version();
        }
    }

    private void alone(Rn<?> file, Outcome ifNot, Runnable work) {
        try {
            if (locks.alone(file.depotParts(), LONGEST_WAIT, work)) {
                return;
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new OperationInterruptedException(
                    "Waiting for another thread that changes " + file + " in the mirror \"" + name() + "\"",
                    ifNot,
                    interrupted);
        }
        throw new DepotUnavailableException(
                name(),
                file,
                "Another thread has been changing " + file + " in the mirror \"" + name() + "\" for "
                        + LONGEST_WAIT.toMinutes() + " minutes. Try again",
                ifNot,
                null);
    }

    @Override
    public FileContent get(Rn<?> file) {
        requireNonNull(file, "file");
        return either(depot -> checked(depot, file));
    }

    /** Returns a file that has been read once and was whole. */
    private static FileContent checked(Depot depot, Rn<?> file) {
        FileContent content = depot.get(file);
        try {
            if (content.stat().size() <= SMALL) {
                return new FileContent(
                        content.stat(),
                        new ByteArrayInputStream(content.stream().readAllBytes()));
            }
            content.stream().transferTo(java.io.OutputStream.nullOutputStream());
        } catch (IOException never) {
            throw new UncheckedIOException("A depot's stream throws typed exceptions", never);
        } finally {
            content.close();
        }
        return depot.get(file);
    }

    /** Returns the first depot's answer, or the second's where the first has none. */
    private static <R> R either(Function<Depot, R> ask, Depot first, Depot second) {
        try {
            return ask.apply(first);
        } catch (MissingFileException | CorruptFileException | DepotUnavailableException failed) {
            try {
                return ask.apply(second);
            } catch (DepotException alsoFailed) {
                // That a file is damaged, or that a depot is down, says more than that the other does not have it.
                boolean tellsLess = failed instanceof MissingFileException;
                DepotException told = tellsLess ? alsoFailed : failed;
                told.addSuppressed(tellsLess ? failed : alsoFailed);
                throw told;
            }
        }
    }

    private <R> R either(Function<Depot, R> ask) {
        return either(ask, first, second);
    }

    @Override
    public FileContent get(Rn<?> file, ByteRange range) {
        requireNonNull(file, "file");
        requireNonNull(range, "range");
        return either(depot -> depot.get(file, range));
    }

    @Override
    public Optional<FileStat> stat(Rn<?> file) {
        requireNonNull(file, "file");
        Optional<FileStat> found = either(depot -> depot.stat(file));
        return found.isPresent() ? found : second.stat(file);
    }

    @Override
    public Stream<FileEntry> list(Rn<?> prefix, Consumer<SkippedName> skipped) {
        requireNonNull(prefix, "prefix");
        requireNonNull(skipped, "skipped");
        return either(depot -> depot.list(prefix, skipped));
    }

    @Override
    public Stream<String> folders(Rn<?> prefix) {
        requireNonNull(prefix, "prefix");
        return either(depot -> depot.folders(prefix));
    }

    @Override
    public FileStat copy(Rn<?> from, Rn<?> to) {
        requireNonNull(from, "from");
        requireNonNull(to, "to");
        FileStat copied;
        try {
            copied = first.copy(from, to);
        } catch (MissingFileException | CorruptFileException damaged) {
            try (FileContent content = second.get(from)) {
                copied = first.put(to, content.stream(), PutOptions.like(content.stat()));
            }
        }
        follow(to);
        return copied;
    }

    @Override
    public FileStat move(Rn<?> from, Rn<?> to) {
        requireNonNull(from, "from");
        requireNonNull(to, "to");
        if (capabilities().moving() == Moving.COPY || first.stat(from).isEmpty()) {
            FileStat copied = copy(from, to);
            if (!from.equals(to)) {
                delete(from);
            }
            return copied;
        }
        FileStat moved = first.move(from, to);
        try {
            alone(to, Outcome.UNKNOWN, () -> second.move(from, to));
        } catch (MissingFileException lost) {
            follow(to);
        }
        return moved;
    }

    /**
     * Moves in the first, which decides, and then in the second. Both hold the numbers against each other, so that what other programs
     * move at the same time ends alike in both.
     */
    @Override
    public boolean moveIfNewer(Rn<?> from, Rn<?> to, PutCondition.Newer newer) {
        requireNonNull(from, "from");
        requireNonNull(to, "to");
        requireNonNull(newer, "newer");
        if (first.stat(from).isEmpty()) {
            // What the first lost, the second may have.
            alone(from, Outcome.NOT_APPLIED, () -> transfer(from, second, first));
        }
        if (!first.moveIfNewer(from, to, newer)) {
            alone(from, Outcome.UNKNOWN, () -> second.delete(from));
            return false;
        }
        try {
            alone(
                    to,
                    Outcome.UNKNOWN,
                    () -> second.moveIfNewer(from, to, PutCondition.Newer.of(newer.series(), newer.number())));
        } catch (MissingFileException lost) {
            follow(to);
        }
        return true;
    }

    @Override
    public void requireStorable(Rn<?> file) {
        requireNonNull(file, "file");
        first.requireStorable(file);
        second.requireStorable(file);
    }

    /**
     * Deletes from the second before the first: what only the second has was lost, and is not what was half deleted.
     */
    @Override
    public boolean delete(Rn<?> file) {
        requireNonNull(file, "file");
        boolean[] there = new boolean[1];
        alone(file, Outcome.NOT_APPLIED, () -> {
            boolean inSecond = second.delete(file);
            there[0] = first.delete(file) || inSecond;
        });
        return there[0];
    }

    @Override
    public RepairReport repair(Progress progress) {
        requireNonNull(progress, "progress");
        Repair repair = new Repair(progress);
        Rn<?> all = Rn.prefix(name());
        try (Stream<FileEntry> files = first.list(all)) {
            files.forEach(entry -> repair.file(entry.rn()));
        }
        try (Stream<FileEntry> files = second.list(all)) {
            files.filter(entry -> first.stat(entry.rn()).isEmpty()).forEach(entry -> repair.file(entry.rn()));
        }
        return new RepairReport(repair.checked, repair.mended, repair.lost);
    }

    /** One repair. */
    private final class Repair {
        private final Progress progress;
        private final List<Rn<?>> mended = new ArrayList<>();
        private final List<Rn<?>> lost = new ArrayList<>();
        private long checked;

        Repair(Progress progress) {
            this.progress = progress;
        }

        void file(Rn<?> file) {
            alone(file, Outcome.NOT_APPLIED, () -> mend(file));
            checked++;
            progress.at(checked, Progress.UNKNOWN);
        }

        private void mend(Rn<?> file) {
            String one = checksum(first, file);
            String two = checksum(second, file);
            if (one == null && two == null) {
                if (first.stat(file).isPresent() || second.stat(file).isPresent()) {
                    lost.add(file);
                }
            } else if (one == null) {
                transfer(file, second, first);
                mended.add(file);
            } else if (!one.equals(two)) {
                transfer(file, first, second);
                mended.add(file);
            }
        }

        /** Returns the checksum of a file in a depot; null when the depot does not have it whole. */
        private @Nullable String checksum(Depot depot, Rn<?> file) {
            try (FileContent content = depot.get(file)) {
                Digesting digest = Digesting.source(content.stream(), file);
                digest.transferTo(java.io.OutputStream.nullOutputStream());
                return digest.hex();
            } catch (MissingFileException | CorruptFileException damaged) {
                return null;
            } catch (IOException never) {
                throw new UncheckedIOException("Nothing is written", never);
            }
        }
    }

    @Override
    public void close() {
        try {
            first.close();
        } finally {
            second.close();
        }
    }

    @Override
    public String toString() {
        return "MirrorDepot[" + first + ", " + second + "]";
    }
}
