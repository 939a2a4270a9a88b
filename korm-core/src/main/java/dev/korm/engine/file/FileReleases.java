package dev.korm.engine.file;

import dev.korm.KormException;
import dev.korm.Rn;
import dev.korm.engine.depot.FileLocks;
import dev.korm.engine.depot.FileUse;
import dev.korm.engine.depot.OpenDepots;
import dev.korm.engine.filehistory.FileHistory;
import dev.korm.engine.item.PoolLayers;
import dev.korm.file.FileRef;
import dev.korm.file.FileRelease;
import dev.korm.spi.depot.FileStat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files that items cease to name by one change, and what becomes of them once it is stored: they are deleted, marked, or left.
 * What goes wrong with that is none of the change's: a sweep does the same. Used by one thread, which closes it.
 */
public final class FileReleases implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("dev.korm.files");
    /** So many files are dealt with together: one look through the tables for those that are to be deleted at once. */
    public static final int PORTION = 1024;

    private final OpenDepots pool;
    private final PoolLayers layers;
    private final FileTransitions transitions;
    private final FileHistory history;

    /** Null while there are none. */
    private @Nullable ReleasedNames names;

    public FileReleases(OpenDepots pool, PoolLayers layers) {
        this(pool, layers, new FileTransitions(pool), new FileHistory(pool, layers));
    }

    FileReleases(OpenDepots pool, PoolLayers layers, FileTransitions transitions, FileHistory history) {
        this.pool = pool;
        this.layers = layers;
        this.transitions = transitions;
        this.history = history;
    }

    /**
     * Adds a file.
     *
     * @param declared what the field that named it says
     */
    public void add(FileRef file, Optional<FileRelease> declared) {
        if (pool.hasDepot(file.rn())) {
            names().add(file.rn(), declared);
        }
    }

    /** Adds a file of which nobody knows what the field says that named it. */
    public void add(Rn<?> file) {
        if (pool.hasDepot(file)) {
            names().add(file, Optional.empty());
        }
    }

    private ReleasedNames names() {
        ReleasedNames made = names;
        if (made == null) {
            made = new ReleasedNames(PORTION);
            names = made;
        }
        return made;
    }

    /** Forgets all, since the change is begun anew. */
    public void clear() {
        if (names != null) {
            names.clear();
        }
    }

    /**
     * Releases everything, after the change was stored.
     *
     * @param kept what the same change names
     */
    public void release(Set<Rn<?>> kept) {
        if (names == null) {
            return;
        }
        names.drain(some -> {
            Map<Rn<?>, Optional<FileRelease>> released = new LinkedHashMap<>(some);
            released.keySet().removeAll(kept);
            Set<Rn<?>> deleted = new LinkedHashSet<>();
            released.forEach((file, declared) -> tidy(() -> {
                if (release(file, declared) instanceof FileRelease.Delete) {
                    deleted.add(file);
                }
            }));
            if (!deleted.isEmpty()) {
                tidy(() -> delete(deleted));
            }
        });
    }

    /** Returns the release policy of a file, and marks the file if it is not released at once. */
    private FileRelease release(Rn<?> file, Optional<FileRelease> declared) {
        Optional<FileStat> stat = pool.depot(file).stat(file);
        if (stat.isEmpty()) {
            return FileRelease.KEEP;
        }
        Optional<FileRelease> recorded = stat.flatMap(StoredRelease::of);
        FileRelease release = StoredRelease.careful(declared, recorded).orElseGet(() -> pool.release(file));
        boolean unrecorded = declared.isPresent() && !declared.equals(recorded);
        if (release instanceof FileRelease.After || (release instanceof FileRelease.Keep && unrecorded)) {
            transitions.mark(new FileChange.Released(file, declared));
        }
        return release;
    }

    /** Deletes what no item names and no other change has had since that was asked. */
    private void delete(Set<Rn<?>> files) {
        FileUse use = FileUse.of("a release of files");
        try (FileLocks.Watch watch = pool.fileLocks().watch()) {
            Set<Rn<?>> named = new NamedFiles(layers).among(files);
            for (Rn<?> file : files) {
                if (!named.contains(file)) {
                    watch.holdingUntouched(file, use, () -> {
                        Runnable kept = history.keep(file);
                        transitions.delete(new FileChange.Released(file, Optional.empty()));
                        kept.run();
                        return file;
                    });
                }
            }
        }
    }

    /** Does what a sweep would do otherwise, so that its failure is none of the change's. */
    static void tidy(Runnable work) {
        try {
            work.run();
        } catch (KormException left) {
            LOG.warn("After a change was stored, something was left for a sweep: {}", left.getMessage());
        }
    }

    @Override
    public void close() {
        if (names != null) {
            names.close();
        }
    }
}
