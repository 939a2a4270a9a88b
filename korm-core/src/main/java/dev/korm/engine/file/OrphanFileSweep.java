package dev.korm.engine.file;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.Rn;
import dev.korm.depot.DepotException;
import dev.korm.depot.FileNameException;
import dev.korm.engine.depot.FileLocks;
import dev.korm.engine.depot.FileSet;
import dev.korm.engine.depot.FileUse;
import dev.korm.engine.depot.OpenDepots;
import dev.korm.engine.file.StagedFiles.Reach;
import dev.korm.engine.filehistory.FileHistory;
import dev.korm.engine.item.PoolLayers;
import dev.korm.file.FileRelease;
import dev.korm.file.Progress;
import dev.korm.file.Sweep;
import dev.korm.file.SweepReport;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.FileEntry;
import dev.korm.spi.depot.FileStat;
import dev.korm.spi.depot.PutOptions;
import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A look through depots and items, for files that no item names and names without a file. Immutable; {@link #run} does the work, in the calling thread.
 *
 * <p><b>Steps.</b>
 *
 * <ol>
 *   <li>Changes that were cut off are finished or given up by their markers ({@link StagedFiles}), so that what follows sees them as they ended.
 *   <li>What items name is read, then what depots have. Where both agree, that was all.
 *   <li>What items name is read once more. Only a file that was unnamed both times is judged, and only a name that was missing both times is told.
 *   <li>Each is judged while the file is held, unless a change of this pool has held it since step 2 ({@link FileLocks.Watch}).
 *   <li>Marks of files that are named again or gone are taken away, and old markers pruned.
 * </ol>
 *
 * <p><b>What holds.</b> A file is deleted only when an item brought it or a mark dates its release, its policy allows it, and its grace has passed
 * by the depot's own clock. The grace is what protects files of other programs, whose locks this one cannot see. A file that the depot cannot deal
 * with is set aside and reported, and the sweep goes on. Memory holds hashes of names, not the names ({@code FileSet}).
 */
public final class OrphanFileSweep implements Sweep {
    private static final Duration LEFTOVERS = Duration.ofHours(1);

    private final OpenDepots pool;
    private final PoolLayers layers;
    private final @Nullable Duration grace;
    private final boolean changes;
    private final Consumer<Finding> listener;
    private final Progress progress;

    public OrphanFileSweep(OpenDepots pool, PoolLayers layers) {
        this(pool, layers, null, true, finding -> {}, Progress.NONE);
    }

    private OrphanFileSweep(
            OpenDepots pool,
            PoolLayers layers,
            @Nullable Duration grace,
            boolean changes,
            Consumer<Finding> listener,
            Progress progress) {
        this.pool = pool;
        this.layers = layers;
        this.grace = grace;
        this.changes = changes;
        this.listener = listener;
        this.progress = progress;
    }

    @Override
    public Sweep grace(Duration time) {
        requireNonNull(time, "grace");
        FileRelease.After checked = new FileRelease.After(time);
        return new OrphanFileSweep(pool, layers, checked.grace(), changes, listener, progress);
    }

    @Override
    public Sweep reportOnly() {
        return new OrphanFileSweep(pool, layers, grace, false, listener, progress);
    }

    @Override
    public Sweep each(Consumer<Finding> other) {
        requireNonNull(other, "listener");
        return new OrphanFileSweep(pool, layers, grace, changes, other, progress);
    }

    @Override
    public Sweep progress(Progress other) {
        requireNonNull(other, "progress");
        return new OrphanFileSweep(pool, layers, grace, changes, listener, other);
    }

    @Override
    public SweepReport run() {
        return new Run().run();
    }

    /**
     * One run. It reads the items once, and a second time when there is a file that no item names, or a name without a file: only what
     * is so both times is judged. The files themselves tell whether this pool's own changes have had them meanwhile; other programs'
     * are given the grace. Used by one thread.
     */
    private final class Run {
        private final NamedFiles items = new NamedFiles(layers);
        private final FileTransitions transitions = new FileTransitions(pool);
        private final FileHistory history = new FileHistory(pool, layers);
        private final FileUse use = FileUse.of("a sweep");
        /** What the depots have, what items name, and what the depots have that no item names. */
        private final FileSet there = new FileSet();

        private final FileSet named = new FileSet();
        private final FileSet unnamed = new FileSet();
        private final FileSet asideFiles = new FileSet();
        private final Map<String, Instant> now = new HashMap<>();
        private final Map<Class<?>, Long> counts = new HashMap<>();
        private final Consumer<Finding> setAside = pool.setAside().begin();
        private long files;
        private long references;
        private long namedFiles;
        private long namedFilesThere;

        SweepReport run() {
            for (String name : pool.names()) {
                now.put(name, time(pool.depot(name)));
            }
            StagedFiles staged = new StagedFiles(pool, layers, changes ? Reach.CLEAN : Reach.LOOK, stale(), this::tell);
            staged.settle();
            try (FileLocks.Watch watch = pool.fileLocks().watch()) {
                compare(watch);
            }
            if (changes) {
                history.tidy(
                        (depot, made) -> !made.isAfter(stale().getOrDefault(depot, Instant.MIN)),
                        copy -> tell(new Leftover(copy)));
                tidy();
                Instant before = pool.now().minus(grace == null ? LEFTOVERS : grace);
                layers.all().forEach(layer -> staged.prune(layer, before));
            }
            return new SweepReport(
                    files,
                    references,
                    count(Unnamed.class),
                    count(Unclaimed.class),
                    count(Leftover.class),
                    count(Unfinished.class),
                    count(Missing.class),
                    count(SetAside.class));
        }

        /** Returns until when something was staged that is of no change under way, by depot. */
        private Map<String, Instant> stale() {
            Map<String, Instant> stale = new HashMap<>();
            now.forEach((name, time) -> stale.put(name, time.minus(grace == null ? LEFTOVERS : grace)));
            return stale;
        }

        private long count(Class<?> kind) {
            return counts.getOrDefault(kind, 0L);
        }

        private void tell(Finding finding) {
            counts.merge(finding.getClass(), 1L, Long::sum);
            if (finding instanceof SetAside) {
                asideFiles.add(finding.file());
            }
            setAside.accept(finding);
            listener.accept(finding);
        }

        /** Returns the depot's own time, by which its files are dated. */
        private Instant time(Depot depot) {
            if (!changes) {
                return pool.now();
            }
            Rn<?> probe = Rn.file(depot.name(), StagedName.STAGING, "clock", pool.newId());
            depot.put(probe, new ByteArrayInputStream(new byte[0]), PutOptions.NONE);
            Instant time = depot.stat(probe).map(FileStat::modified).orElseGet(pool::now);
            depot.delete(probe);
            return time;
        }

        private void compare(FileLocks.Watch watch) {
            items.each((file, holder) -> {
                boolean first = named.add(file);
                if (file.form() == Rn.Form.FILE) {
                    references++;
                    namedFiles += first && pool.hasDepot(file) ? 1 : 0;
                }
                return true;
            });
            each(this::list);
            if (unnamed.isEmpty() && namedFiles == namedFilesThere) {
                return;
            }
            FileSet still = new FileSet();
            items.each((file, holder) -> {
                if (file.form() != Rn.Form.FILE || unnamed.has(file)) {
                    still.add(file);
                } else if (pool.hasDepot(file) && !there.has(file) && !asideFiles.has(file)) {
                    missing(file, holder);
                }
                return true;
            });
            if (!unnamed.isEmpty()) {
                each((depot, entry) -> {
                    if (unnamed.has(entry.rn()) && !still.has(entry.rn())) {
                        watch.holdingUntouched(entry.rn(), use, () -> judged(depot, entry.rn()))
                                .flatMap(finding -> finding)
                                .ifPresent(this::tell);
                    }
                });
            }
        }

        private void list(Depot depot, FileEntry entry) {
            progress.at(++files, Progress.UNKNOWN);
            there.add(entry.rn());
            if (!named.has(entry.rn())) {
                unnamed.add(entry.rn());
            } else if (named.hasItself(entry.rn())) {
                namedFilesThere++;
            }
        }

        private void each(BiConsumer<Depot, FileEntry> visitor) {
            for (String name : pool.names()) {
                Depot depot = pool.depot(name);
                try (Stream<FileEntry> all = depot.list(Rn.prefix(name))) {
                    all.filter(entry -> !StagedName.isOwn(entry.rn())).forEach(entry -> visitor.accept(depot, entry));
                }
            }
        }

        /**
         * Tells of a file that is missing, unless a change has it now, of this program or of another one, or it has come, or its item has gone
         * meanwhile. A staged file may come to its name at any moment, so that is looked for first.
         */
        private void missing(Rn<?> file, NamedFiles.Holder holder) {
            boolean missing = pool.fileLocks()
                    .holdingFree(
                            file,
                            use,
                            () -> !StagedFiles.isStaged(pool, file) && !isThere(file) && items.names(holder, file))
                    .orElse(false);
            if (missing) {
                tell(new Missing(file, items.item(holder)));
            }
        }

        /** Returns whether there is a file; there is none under a name that the depot cannot hold. */
        private boolean isThere(Rn<?> file) {
            try {
                return pool.depot(file).stat(file).isPresent();
            } catch (FileNameException noName) {
                return false;
            }
        }

        /** Judges a file, and sets aside one that by itself cannot be dealt with. */
        private Optional<Finding> judged(Depot depot, Rn<?> file) {
            try {
                return judge(depot, file);
            } catch (DepotException failed) {
                if (failed.isRetryable() || Thread.currentThread().isInterrupted()) {
                    throw failed;
                }
                return Optional.of(new SetAside(file, file, failed));
            }
        }

        private Optional<Finding> judge(Depot depot, Rn<?> file) {
            FileStat stat = depot.stat(file).orElse(null);
            if (stat == null) {
                return Optional.empty();
            }
            Rn<?> mark = StagedName.mark(file);
            Optional<FileStat> marked = depot.stat(mark);
            Optional<Instant> since = marked.map(FileStat::modified);
            boolean brought = since.isPresent() || FileTransitions.isBrought(stat);
            FileRelease release = StoredRelease.careful(StoredRelease.of(stat), marked.flatMap(StoredRelease::of))
                    .orElseGet(() -> pool.release(file));
            Duration wait = wait(release);
            if (!brought || wait == null) {
                return Optional.of(new Unclaimed(file));
            }
            Instant time = now.getOrDefault(depot.name(), Instant.MIN);
            if (wait.isZero() || (since.isPresent() && !since.get().plus(wait).isAfter(time))) {
                if (changes) {
                    Runnable kept = history.keep(file);
                    depot.delete(file);
                    kept.run();
                    depot.delete(mark);
                }
                return Optional.of(new Unnamed(file));
            }
            if (changes && since.isEmpty()) {
                transitions.mark(new FileChange.Released(file, Optional.empty()));
            }
            return Optional.of(new Unclaimed(file));
        }

        /** Returns how long a released file stays; null: for ever. */
        private @Nullable Duration wait(FileRelease policy) {
            if (policy instanceof FileRelease.Keep) {
                return null;
            }
            if (grace != null) {
                return grace;
            }
            return policy instanceof FileRelease.After after ? after.grace() : LEFTOVERS;
        }

        /** Takes away marks of files that are named again or gone. */
        private void tidy() {
            for (String name : pool.names()) {
                Depot depot = pool.depot(name);
                try (Stream<FileEntry> marks = depot.list(Rn.prefix(name, StagedName.RELEASED))) {
                    marks.filter(mark -> isDone(StagedName.marked(mark.rn()))).forEach(mark -> depot.delete(mark.rn()));
                }
            }
        }

        private boolean isDone(Rn<?> file) {
            return named.has(file) || !isThere(file);
        }
    }
}
