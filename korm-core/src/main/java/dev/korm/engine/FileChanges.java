package dev.korm.engine;

import dev.korm.FileRef;
import dev.korm.FileRelease;
import dev.korm.KormException;
import dev.korm.QueryException;
import dev.korm.Rn;
import dev.korm.StoreException;
import dev.korm.spi.TransactionMarker;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The files of one change set. New ones are staged before the items are stored, along with a marker that proves in the layer itself
 * that they were; then they are moved to their names, over what was there, and no earlier. What items cease to name is released at
 * the end. Used once, by one thread, which closes it.
 */
final class FileChanges implements AutoCloseable {
    private final OpenDepots pool;
    private final @Nullable OpenLayer layer;
    private final FileTransitions transitions;
    private final Map<Rn<?>, Floating> floating = new LinkedHashMap<>();
    private final Set<Rn<?>> named = new LinkedHashSet<>();
    private final Releases releases;
    private final List<FileChange.Staged> staged = new ArrayList<>();
    private final String transaction;
    private final FileLocks.Held locks;
    private boolean unlocked;

    private record Floating(FileRef file, Rn<?> item, long revision, Optional<FileRelease> declared) {
        Floating with(Optional<FileRelease> other) {
            return new Floating(file, item, revision, StoredRelease.careful(declared, other));
        }
    }

    /** @param layer that the steps are stored in; null when nothing is stored */
    FileChanges(OpenDepots pool, PoolLayers layers, @Nullable OpenLayer layer, Collection<Step<?>> steps) {
        this.pool = pool;
        this.layer = layer;
        this.transitions = new FileTransitions(pool);
        this.releases = new Releases(pool, layers);
        for (Step<?> step : steps) {
            if (step.writes()) {
                collect(step);
            }
        }
        this.transaction = floating.isEmpty() ? "" : StagedFiles.PREFIX + pool.newId();
        this.locks = pool.fileLocks().lock(named);
        if (!transaction.isEmpty()) {
            pool.staging().add(transaction);
        }
    }

    private <T> void collect(Step<T> step) {
        step.dataBefore().ifPresent(before -> step.home().model().eachFile(before, releases::add));
        if (!step.removes()) {
            T data = step.dataOf();
            if (data != null) {
                step.home().model().eachFile(data, (file, declared) -> {
                    named.add(file.rn());
                    if (file.isFloating()) {
                        add(file, step, declared);
                    }
                });
            }
        }
    }

    private void add(FileRef file, Step<?> step, Optional<FileRelease> declared) {
        Floating added = new Floating(file, step.rn(), step.revisionWritten(), declared);
        Floating other = floating.putIfAbsent(file.rn(), added);
        if (other == null) {
            return;
        }
        if (!other.file().equals(file)) {
            throw new QueryException(
                    file.rn() + " is given two contents in one change; give each file a name of its own");
        }
        floating.put(file.rn(), other.with(declared));
    }

    /** Stores new files where nobody sees them. */
    void stage() {
        if (layer == null || floating.isEmpty()) {
            return;
        }
        floating.keySet().forEach(pool::depot);
        try {
            for (Floating file : floating.values()) {
                StagedName name =
                        new StagedName(layer.layer(), transaction, file.file().rn());
                staged.add(transitions.stage(file.file(), name, file.item(), file.revision(), file.declared()));
            }
        } catch (RuntimeException | Error failed) {
            abandon(failed);
            throw failed;
        }
    }

    /** What proves that the items were stored; none when nothing is staged. */
    Optional<TransactionMarker> marker() {
        return staged.isEmpty()
                ? Optional.empty()
                : Optional.of(new TransactionMarker(transaction, pool.id(), pool.now()));
    }

    /**
     * The items were not stored. Where nobody knows whether they were, what is staged waits until the marker can be looked for.
     */
    void failed(Throwable failure) {
        boolean unknown = failure instanceof StoreException store && store.outcome() == StoreException.Outcome.UNKNOWN;
        if (!unknown) {
            abandon(failure);
        }
    }

    private void abandon(Throwable failure) {
        for (FileChange.Staged file : staged) {
            try {
                transitions.abandon(file);
            } catch (KormException leftBehind) {
                // A sweep finds it.
                failure.addSuppressed(leftBehind);
            }
        }
    }

    /** The items were stored: brings files to their names. */
    void stored() {
        for (FileChange.Staged file : staged) {
            transitions.refer(file);
        }
        if (layer != null && !staged.isEmpty()) {
            Releases.tidy(() -> new Markers(layer).delete(transaction));
        }
    }

    /** What the change releases; further files can be added. */
    Releases releases() {
        return releases;
    }

    /** Releases what is not named any more: at the end, when others may have the files again. */
    void release() {
        unlock();
        releases.release(named);
    }

    /** A file as it is after everything was stored. */
    FileRef settled(FileRef file) {
        return file.isFloating() ? file.in(pool.depot(file.rn())) : file;
    }

    private void unlock() {
        if (!unlocked) {
            unlocked = true;
            if (!transaction.isEmpty()) {
                pool.staging().remove(transaction);
            }
            locks.close();
        }
    }

    @Override
    public void close() {
        unlock();
        releases.close();
    }
}
