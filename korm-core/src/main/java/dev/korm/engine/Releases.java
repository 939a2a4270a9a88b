package dev.korm.engine;

import dev.korm.FileRef;
import dev.korm.FileRelease;
import dev.korm.KormException;
import dev.korm.Rn;
import dev.korm.spi.FileStat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files that items cease to name by one change, and what becomes of them once it is stored: they are deleted, marked, or left.
 * What goes wrong with that is none of the change's: a sweep does the same. Used by one thread, which closes it.
 */
final class Releases implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Releases.class);
    /** So many files are dealt with together: one look through the tables for those that are to be deleted at once. */
    private static final int PORTION = 1024;

    private final OpenDepots pool;
    private final PoolLayers layers;
    private final FileTransitions transitions;
    private final ReleasedNames names = new ReleasedNames(PORTION);

    Releases(OpenDepots pool, PoolLayers layers) {
        this.layers = layers;
        this.pool = pool;
        this.transitions = new FileTransitions(pool);
    }

    /**
     * Adds a file.
     *
     * @param declared what the field that named it says
     */
    void add(FileRef file, Optional<FileRelease> declared) {
        if (pool.hasDepot(file.rn())) {
            names.add(file.rn(), declared);
        }
    }

    /** Forgets all, since the change is begun anew. */
    void clear() {
        names.clear();
    }

    /**
     * Releases everything, after the change was stored.
     *
     * @param kept what the same change names
     */
    void release(Set<Rn<?>> kept) {
        names.drain(some -> {
            Map<Rn<?>, Optional<FileRelease>> released = new LinkedHashMap<>(some);
            released.keySet().removeAll(kept);
            Map<Rn<?>, FileRelease> deleted = new LinkedHashMap<>();
            released.forEach((file, declared) -> tidy(() -> {
                if (release(file, declared) instanceof FileRelease.Delete) {
                    deleted.put(file, FileRelease.DELETE);
                }
            }));
            if (!deleted.isEmpty()) {
                tidy(() -> pool.fileLocks().holding(deleted.keySet(), () -> delete(deleted.keySet())));
            }
        });
    }

    /** What becomes of a file; it is marked where that is not now. */
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

    /** Deletes what no item names, which is asked while nobody in this pool changes it. */
    private int delete(Set<Rn<?>> files) {
        Set<Rn<?>> named = new NamedFiles(layers).among(files);
        for (Rn<?> file : files) {
            if (!named.contains(file)) {
                transitions.delete(new FileChange.Released(file, Optional.empty()));
            }
        }
        return files.size() - named.size();
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
        names.close();
    }
}
