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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of one change set. New ones are staged before the items are stored, along with a marker that proves in the layer itself
 * that they were; then they are moved to their names, over what was there, and no earlier. What items cease to name is released at
 * the end. Used once, by one thread, which closes it.
 */
final class FileChanges implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FileChanges.class);

    private final KormPool pool;
    private final @Nullable OpenLayer layer;
    private final FileTransitions transitions;
    private final Map<Rn<?>, Floating> floating = new LinkedHashMap<>();
    private final Set<Rn<?>> released = new LinkedHashSet<>();
    private final List<FileChange.Staged> staged = new ArrayList<>();
    private final String transaction;
    private final FileLocks.Held locks;

    private record Floating(FileRef file, Rn<?> item, long revision) {}

    /** @param layer that the steps are stored in; null when nothing is stored */
    FileChanges(KormPool pool, @Nullable OpenLayer layer, Collection<Step<?>> steps) {
        this.pool = pool;
        this.layer = layer;
        this.transitions = new FileTransitions(pool);
        Set<Rn<?>> named = new LinkedHashSet<>();
        for (Step<?> step : steps) {
            if (step.writes()) {
                collect(step, named);
            }
        }
        released.removeAll(named);
        named.addAll(released);
        this.transaction = floating.isEmpty() ? "" : StagedFiles.PREFIX + pool.newId();
        this.locks = pool.fileLocks().lock(named);
        if (!transaction.isEmpty()) {
            pool.staging().add(transaction);
        }
    }

    private <T> void collect(Step<T> step, Set<Rn<?>> named) {
        step.dataBefore().ifPresent(before -> visit(step.home(), before, file -> released.add(file.rn())));
        if (!step.removes()) {
            visit(step.home(), step.dataOf(), file -> {
                named.add(file.rn());
                if (file.isFloating()) {
                    add(file, step);
                }
            });
        }
    }

    private static <T> void visit(Home<T> home, T data, java.util.function.Consumer<FileRef> visitor) {
        if (data != null) {
            home.model().mapAllFiles(data, file -> {
                visitor.accept(file);
                return file;
            });
        }
    }

    private void add(FileRef file, Step<?> step) {
        Floating other = floating.putIfAbsent(file.rn(), new Floating(file, step.rn(), step.revisionRead() + 1));
        if (other != null && !other.file().equals(file)) {
            throw new QueryException(
                    file.rn() + " is given two contents in one change; give each file a name of its own");
        }
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
                staged.add(transitions.stage(file.file(), name, file.item(), file.revision()));
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

    /** The items were stored: brings files to their names, and releases what is not named any more. */
    void stored() {
        for (FileChange.Staged file : staged) {
            transitions.refer(file);
        }
        if (layer != null && !staged.isEmpty()) {
            tidy(() -> new Markers(layer).delete(transaction));
        }
        for (Rn<?> file : released) {
            if (pool.hasDepot(file)) {
                tidy(() -> release(new FileChange.Released(file)));
            }
        }
    }

    private void release(FileChange.Released file) {
        FileRelease policy = pool.release(file.file());
        if (policy instanceof FileRelease.After) {
            transitions.mark(file);
        } else if (policy instanceof FileRelease.Delete && !new NamedFiles(pool).isNamed(file.file())) {
            transitions.delete(file);
        }
    }

    /** Does what a sweep would do otherwise, so that its failure is none of the change's. */
    private static void tidy(Runnable work) {
        try {
            work.run();
        } catch (KormException left) {
            LOG.warn("After a change was stored, something was left for a sweep: {}", left.getMessage());
        }
    }

    /** A file as it is after everything was stored. */
    FileRef settled(FileRef file) {
        return file.isFloating() ? file.in(pool.depot(file.rn())) : file;
    }

    @Override
    public void close() {
        if (!transaction.isEmpty()) {
            pool.staging().remove(transaction);
        }
        locks.close();
    }
}
