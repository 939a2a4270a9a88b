package dev.korm.engine;

import dev.korm.FileRelease;
import dev.korm.Progress;
import dev.korm.Rn;
import dev.korm.Sweep;
import dev.korm.SweepReport;
import dev.korm.spi.Capabilities;
import dev.korm.spi.Depot;
import dev.korm.spi.FileEntry;
import dev.korm.spi.FileStat;
import dev.korm.spi.PutOptions;
import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A look through depots and items. */
final class Sweeping implements Sweep {
    private static final Duration LEFTOVERS = Duration.ofHours(1);
    /** So many files are asked about together, right before they are removed; meanwhile nobody else changes them. */
    private static final int CHUNK = 256;

    private final OpenDepots pool;
    private final PoolLayers layers;
    private final @Nullable Duration grace;
    private final boolean changes;
    private final Consumer<Finding> listener;
    private final Progress progress;

    Sweeping(OpenDepots pool, PoolLayers layers) {
        this(pool, layers, null, true, finding -> {}, Progress.NONE);
    }

    private Sweeping(
            OpenDepots pool,
            PoolLayers layers,
            @Nullable Duration grace,
            boolean changes,
            Consumer<Finding> listener,
            Progress progress) {
        this.layers = layers;
        this.pool = pool;
        this.grace = grace;
        this.changes = changes;
        this.listener = listener;
        this.progress = progress;
    }

    @Override
    public Sweep grace(Duration time) {
        FileRelease.After checked = new FileRelease.After(time);
        return new Sweeping(pool, layers, checked.grace(), changes, listener, progress);
    }

    @Override
    public Sweep reportOnly() {
        return new Sweeping(pool, layers, grace, false, listener, progress);
    }

    @Override
    public Sweep each(Consumer<Finding> other) {
        return new Sweeping(pool, layers, grace, changes, other, progress);
    }

    @Override
    public Sweep progress(Progress other) {
        return new Sweeping(pool, layers, grace, changes, listener, other);
    }

    @Override
    public SweepReport run() {
        return new Run().run();
    }

    /** One run. Used by one thread. */
    private final class Run {
        private final NamedFiles items = new NamedFiles(layers);
        private final FileSet there = new FileSet();
        private final FileSet named = new FileSet();
        private final Map<String, Instant> now = new HashMap<>();
        private final Map<Class<?>, Long> counts = new HashMap<>();
        private final List<Missing> missing = new ArrayList<>();
        private long files;
        private long references;

        SweepReport run() {
            for (String name : pool.names()) {
                settle(pool.depot(name));
            }
            for (String name : pool.names()) {
                each(pool.depot(name), entry -> {
                    there.add(entry.rn());
                    progress.at(++files, Progress.UNKNOWN);
                });
            }
            items.each(this::reference);
            confirmMissing();
            for (String name : pool.names()) {
                unnamed(pool.depot(name));
            }
            if (changes) {
                tidy();
            }
            return new SweepReport(
                    files,
                    references,
                    count(Unnamed.class),
                    count(Unclaimed.class),
                    count(Leftover.class),
                    count(Unfinished.class),
                    count(Missing.class));
        }

        private long count(Class<?> kind) {
            return counts.getOrDefault(kind, 0L);
        }

        private void tell(Finding finding) {
            counts.merge(finding.getClass(), 1L, Long::sum);
            listener.accept(finding);
        }

        private void settle(Depot depot) {
            Instant time = time(depot);
            now.put(depot.name(), time);
            new StagedFiles(pool, layers, changes ? StagedFiles.Reach.CLEAN : StagedFiles.Reach.LOOK, this::tell)
                    .settle(depot, time.minus(grace == null ? LEFTOVERS : grace));
        }

        /** The depot's own time, by which its files are dated. */
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

        private void each(Depot depot, Consumer<FileEntry> visitor) {
            try (Stream<FileEntry> all = depot.list(Rn.prefix(depot.name()))) {
                all.filter(entry -> !StagedName.isOwn(entry.rn())).forEach(visitor);
            }
        }

        private boolean reference(Rn<?> rn, Rn<?> item) {
            named.add(rn);
            if (rn.form() == Rn.Form.FILE) {
                references++;
                if (pool.hasDepot(rn) && !there.has(rn)) {
                    missing.add(new Missing(rn, item));
                }
            }
            return true;
        }

        /** A file may have come since the depot was listed, and an item may have gone since it was read. */
        private void confirmMissing() {
            for (int from = 0; from < missing.size(); from += CHUNK) {
                List<Missing> chunk = missing.subList(from, Math.min(missing.size(), from + CHUNK));
                List<Rn<?>> asked = new ArrayList<>();
                chunk.forEach(reference -> asked.add(reference.file()));
                pool.fileLocks().holding(asked, () -> stillMissing(chunk)).forEach(this::tell);
            }
        }

        private List<Missing> stillMissing(List<Missing> asked) {
            Set<Missing> named = new HashSet<>(asked);
            Set<Missing> still = new HashSet<>();
            items.each((file, item) -> {
                Missing reference = new Missing(file, item);
                if (named.contains(reference)) {
                    still.add(reference);
                }
                return true;
            });
            still.removeIf(reference ->
                    pool.depot(reference.file()).stat(reference.file()).isPresent());
            return List.copyOf(still);
        }

        private void unnamed(Depot depot) {
            List<Rn<?>> chunk = new ArrayList<>();
            each(depot, entry -> {
                if (!named.has(entry.rn())) {
                    chunk.add(entry.rn());
                    if (chunk.size() == CHUNK) {
                        judge(depot, chunk);
                        chunk.clear();
                    }
                }
            });
            judge(depot, chunk);
        }

        private void judge(Depot depot, List<Rn<?>> candidates) {
            if (!candidates.isEmpty()) {
                pool.fileLocks()
                        .holding(candidates, () -> unnamed(depot, candidates))
                        .forEach(this::tell);
            }
        }

        /** Deals with those that are still not named. */
        private List<Finding> unnamed(Depot depot, List<Rn<?>> candidates) {
            FileSet still = items.all();
            List<Finding> findings = new ArrayList<>();
            for (Rn<?> file : candidates) {
                if (!still.has(file)) {
                    judge(depot, file).ifPresent(findings::add);
                }
            }
            return findings;
        }

        private Optional<Finding> judge(Depot depot, Rn<?> file) {
            FileStat stat = depot.stat(file).orElse(null);
            if (stat == null) {
                return Optional.empty();
            }
            Rn<?> mark = StagedName.mark(file);
            Optional<FileStat> marked = depot.stat(mark);
            Optional<Instant> since = marked.map(FileStat::modified);
            boolean brought = since.isPresent() || stat.attributes().containsKey(FileTransitions.ITEM);
            FileRelease release = StoredRelease.careful(StoredRelease.of(stat), marked.flatMap(StoredRelease::of))
                    .orElseGet(() -> pool.release(file));
            Duration wait = wait(release);
            if (!brought || wait == null) {
                return Optional.of(new Unclaimed(file));
            }
            Instant time = now.getOrDefault(depot.name(), Instant.MIN);
            if (wait.isZero() || (since.isPresent() && !since.get().plus(wait).isAfter(time))) {
                if (changes) {
                    depot.delete(file);
                    depot.delete(mark);
                }
                return Optional.of(new Unnamed(file));
            }
            if (changes && since.isEmpty()) {
                new FileTransitions(pool).mark(new FileChange.Released(file, Optional.empty()));
            }
            return Optional.of(new Unclaimed(file));
        }

        /** How long a released file stays; null: for ever. */
        private @Nullable Duration wait(FileRelease policy) {
            if (policy instanceof FileRelease.Keep) {
                return null;
            }
            if (grace != null) {
                return grace;
            }
            return policy instanceof FileRelease.After after ? after.grace() : LEFTOVERS;
        }

        /** Takes away marks of files that are named again or gone, and markers that nothing asks for. */
        private void tidy() {
            Set<String> staged = new HashSet<>();
            for (String name : pool.names()) {
                Depot depot = pool.depot(name);
                try (Stream<FileEntry> marks = depot.list(Rn.prefix(name, StagedName.RELEASED))) {
                    marks.filter(mark -> isDone(depot, StagedName.marked(mark.rn())))
                            .forEach(mark -> depot.delete(mark.rn()));
                }
                try (Stream<FileEntry> files = depot.list(Rn.prefix(name, StagedName.STAGING))) {
                    files.forEach(file -> StagedName.of(file.rn()).ifPresent(found -> staged.add(found.transaction())));
                }
            }
            long before = pool.now().minus(grace == null ? LEFTOVERS : grace).toEpochMilli();
            for (String name : layers.names()) {
                OpenLayer layer = layers.layer(name);
                if (layer.store().capabilities().access() == Capabilities.Access.READ_WRITE) {
                    new StagedFiles(pool, layers, StagedFiles.Reach.CLEAN, this::tell).prune(layer, staged, before);
                }
            }
        }

        private boolean isDone(Depot depot, Rn<?> file) {
            return named.has(file) || depot.stat(file).isEmpty();
        }
    }
}
