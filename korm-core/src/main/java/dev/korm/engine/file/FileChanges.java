package dev.korm.engine.file;

import dev.korm.ConfigurationException;
import dev.korm.OperationInterruptedException;
import dev.korm.QueryException;
import dev.korm.Rn;
import dev.korm.StoreException;
import dev.korm.engine.context.ChangeOrigins;
import dev.korm.engine.depot.FileLocks;
import dev.korm.engine.depot.FileUse;
import dev.korm.engine.depot.OpenDepots;
import dev.korm.engine.filehistory.FileCopies;
import dev.korm.engine.filehistory.FileHistory;
import dev.korm.engine.item.ItemChange;
import dev.korm.engine.item.PoolLayers;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.engine.layer.TransactionMarkers;
import dev.korm.file.FileRef;
import dev.korm.file.FileRelease;
import dev.korm.lock.LockLostException;
import dev.korm.recovery.IncompleteChangeException;
import dev.korm.recovery.JournalException;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.TransactionMarker;
import dev.korm.spi.environment.SurroundingTransaction;
import dev.korm.spi.schema.SchemaMovedException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The files of one change set. Used once, by one thread, which closes it.
 *
 * <p><b>Protocol.</b>
 *
 * <ol>
 *   <li>{@link #stage}: what the files come after is looked for; new files are stored durably under staged names, where nobody sees them, and so are notes of files to be deleted; then every file that the change names is held
 *       ({@link FileLocks}), so that no other change of this pool puts its bytes in between, and what the change requires of files is checked.
 *   <li>Where the history has files, their bytes are copied, those that are there and those that will be ({@link FileHistory}).
 *   <li>{@link #apply}: the items are stored in one batch with a marker, which proves in the layer itself that they were. This decides.
 *   <li>{@link #stored}: the files are moved to their names, over what was there, or deleted, and the marker goes when all are there.
 *   <li>{@link #release}: files are let go, and what items ceased to name is released by its policy.
 * </ol>
 *
 * <p><b>What holds at each step.</b> Before 3, nothing names the staged bytes and the copies. Between 3 and 4 an item may be read whose file is not there yet or is the
 * former one; the staged name and the marker are the record of the change, and whoever finds them ({@link StagedFiles}: an opening, a sweep)
 * finishes it. A late move never puts older bytes over newer ones: each file carries its item's revision, and says which others it comes after ({@link FileTransitions}).
 *
 * <p><b>When something fails.</b> Staged bytes are given up only when the batch was certainly not applied ({@link Fate#NOT_STORED}): it was never
 * handed to the store, or the store refused it, said so, or has forbidden it since. {@link Fate#UNKNOWN} leaves them for {@link StagedFiles}.
 * In a change of several layers the marker is the coordinator's, and {@code engine.commit} deletes it.
 */
public final class FileChanges implements AutoCloseable {
    private final OpenDepots pool;
    private final @Nullable OpenLayer layer;
    private final FileTransitions transitions;
    private final FileReleases releases;

    // Made when the first file is found, which most changes have none of.
    private boolean hasFiles;
    private Map<Rn<?>, Floating> floating = Map.of();
    private Set<Rn<?>> named = Set.of();
    private Set<Rn<?>> before = Set.of();
    private Map<Rn<?>, FileStep> alone = Map.of();
    private List<Runnable> checks = List.of();
    private List<FileChange.Pending> staged = List.of();
    private final String transaction;
    private final FileHistory history;
    private @Nullable FileCopies recording;
    private boolean ownsMarker = true;
    private @Nullable Rn<?> first;
    private FileLocks.Holding held = () -> {};
    private Fate fate = Fate.NOT_STORED;

    /** The layers that do not have their part of a change that was decided. */
    private Set<String> without = Set.of();

    private boolean unlocked;

    /** Says what is known of the batch. */
    private enum Fate {
        NOT_STORED,
        UNKNOWN,
        STORED
    }

    /** @param layer of the item that brings it along, which need not be the one that decides */
    private record Floating(FileRef file, String layer, Rn<?> item, long revision, Optional<FileRelease> declared) {
        Floating with(Optional<FileRelease> other) {
            return new Floating(file, layer, item, revision, StoredRelease.careful(declared, other));
        }
    }

    /**
     * Collects the files of some steps.
     *
     * @param layer that the steps are stored in, or whose marker decides about all of them; null when nothing is stored
     * @param alone operations on files that are members of the change by themselves
     * @param change the id of the change; empty: it gets one that only its files have
     */
    public FileChanges(
            OpenDepots pool,
            PoolLayers layers,
            @Nullable OpenLayer layer,
            Collection<ItemChange<?>> steps,
            Collection<FileStep> alone,
            Optional<String> change) {
        this.pool = pool;
        this.layer = layer;
        this.transitions = new FileTransitions(pool);
        this.history = new FileHistory(pool, layers);
        this.releases = new FileReleases(pool, layers, transitions, history);
        for (ItemChange<?> step : steps) {
            if (step.writes()) {
                first = first == null ? step.rn() : first;
                collect(step);
            }
        }
        alone.forEach(this::collect);
        this.transaction = floating.isEmpty() && alone.isEmpty()
                ? ""
                : change.orElseGet(() -> StagedName.transaction(pool.newId()));
        if (!transaction.isEmpty()) {
            pool.staging().add(transaction);
        }
    }

    private void hasFiles() {
        if (!hasFiles) {
            hasFiles = true;
            floating = new LinkedHashMap<>();
            named = new LinkedHashSet<>();
            before = new LinkedHashSet<>();
            alone = new LinkedHashMap<>();
            checks = new ArrayList<>();
            staged = new ArrayList<>();
        }
    }

    private <T> void collect(ItemChange<T> step) {
        if (!step.removes()
                || !step.home().layer().marks().keepsRows(step.home().table())) {
            step.dataBefore().ifPresent(data -> step.home().model().eachFile(data, (file, declared) -> {
                hasFiles();
                before.add(file.rn());
                releases.add(file, declared);
            }));
        }
        if (!step.removes()) {
            T data = step.dataOf();
            if (data != null) {
                step.home().model().eachFile(data, (file, declared) -> {
                    hasFiles();
                    named.add(file.rn());
                    if (file.isFloating()) {
                        add(file, step, declared);
                    }
                });
            }
        }
    }

    private void collect(FileStep step) {
        Rn<?> file = step.rn();
        hasFiles();
        checks.add(step.check());
        if (step.aim() == FileStep.Aim.REQUIRE) {
            named.add(file);
            return;
        }
        if (floating.containsKey(file) || alone.putIfAbsent(file, step) != null) {
            throw new QueryException(
                    file + " is changed twice in one change; give each file a name of its own, or say once what becomes"
                            + " of it");
        }
        if (!named.add(file) && step.aim() == FileStep.Aim.DELETE) {
            throw new QueryException(file + " is deleted in a change that stores an item which names it. Leave out the"
                    + " deletion, or have the item name another file");
        }
        first = first == null ? file : first;
    }

    private void add(FileRef file, ItemChange<?> step, Optional<FileRelease> declared) {
        Floating added = new Floating(file, step.home().layer().layer(), step.rn(), step.revisionWritten(), declared);
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

    /**
     * Stores new files where nobody sees them, which takes as long as it takes; then has the files of all items to itself, which
     * others wait for.
     */
    public void stage() {
        requireNoneUndecided();
        if (layer == null || named.isEmpty()) {
            return;
        }
        floating.keySet().forEach(file -> pool.depot(file).requireStorable(file));
        alone.keySet().forEach(file -> pool.depot(file).requireStorable(file));
        Map<Rn<?>, Predecessors> after = predecessors();
        try {
            for (Floating file : floating.values()) {
                StagedName name =
                        new StagedName(layer.layer(), transaction, file.file().rn());
                String series = FileTransitions.series(file.layer(), file.item());
                staged.add(transitions.stage(
                        file.file(), name, after(after, file.file().rn()), series, file.revision(), file.declared()));
            }
            for (FileStep step : alone.values()) {
                StagedName name = new StagedName(layer.layer(), transaction, step.rn());
                staged.add(
                        step.aim() == FileStep.Aim.DELETE
                                ? transitions.condemn(step.rn(), name, after(after, step.rn()))
                                : transitions.stage(step.file(), name, after(after, step.rn())));
            }
            held = pool.fileLocks().hold(named, FileUse.of("a change of", first));
            // Others may have stored it while this was waiting.
            staged.replaceAll(this::renewed);
            checks.forEach(Runnable::run);
            if (history.isKept()) {
                keep(layer);
            }
        } catch (RuntimeException | Error failed) {
            abandon(failed);
            throw failed;
        }
    }

    /** Checks that no file is changed along with items whose owner may still roll them back. */
    private void requireNoneUndecided() {
        if (!isUndecided()) {
            return;
        }
        Set<Rn<?>> changed = new LinkedHashSet<>(floating.keySet());
        changed.addAll(alone.keySet());
        before.stream().filter(file -> !named.contains(file)).forEach(changed::add);
        if (!changed.isEmpty()) {
            throw new ConfigurationException(
                    "The transaction that somebody else has begun on the database of the layer \""
                            + SurroundingTransaction.ofThread().orElseThrow().layer()
                            + "\" cannot take changes of files along, such as "
                            + changed.iterator().next()
                            + ", since files are stored and released when items are committed, and it ends later; nothing was written. Make them in a"
                            + " transaction of the pool: pool.transaction(…)");
        }
    }

    private static boolean isUndecided() {
        return SurroundingTransaction.ofThread()
                .filter(SurroundingTransaction::isDecidedLater)
                .isPresent();
    }

    private Map<Rn<?>, Predecessors> predecessors() {
        Set<Rn<?>> changed = new LinkedHashSet<>(floating.keySet());
        changed.addAll(alone.keySet());
        return Predecessors.look(pool, changed, this::requireFree);
    }

    private FileChange.Pending renewed(FileChange.Pending pending) {
        return pool.depot(pending.file())
                .stat(pending.file())
                .map(there -> {
                    requireFree(pending.file());
                    return transitions.renewed(pending, there);
                })
                .orElse(pending);
    }

    private static Predecessors after(Map<Rn<?>, Predecessors> found, Rn<?> file) {
        return Objects.requireNonNull(found.get(file));
    }

    /** Keeps the bytes of the files as they are, and as they will be. */
    private void keep(OpenLayer decides) {
        if (staged.isEmpty()) {
            return;
        }
        FileCopies begun = history.begin(decides, transaction);
        recording = begun;
        for (FileChange.Pending file : staged) {
            begun.changed(file.file(), file instanceof FileChange.Staged ? file.staged() : null);
        }
    }

    /** Returns the versions that the change makes of its files. */
    public ChangeOrigins.Files versions() {
        FileCopies made = recording;
        return made == null || layer == null
                ? ChangeOrigins.Files.NONE
                : new ChangeOrigins.Files(layer.layer(), transaction, made.drafts());
    }

    /** Refuses a file that is to be a new one, and is there. */
    private void requireFree(Rn<?> taken) {
        FileStep step = alone.get(taken);
        if (step != null && step.aim() == FileStep.Aim.CREATE) {
            throw OpenFiles.exists(pool.depot(step.rn()), step.file(), "storing(…)");
        }
    }

    /** Returns the marker that proves that the items were stored; none when nothing is staged. */
    public Optional<TransactionMarker> marker() {
        return staged.isEmpty() ? Optional.empty() : Optional.of(ownMarker());
    }

    private TransactionMarker ownMarker() {
        return new TransactionMarker(transaction, pool.id(), pool.now());
    }

    /** Applies a batch that holds the marker, and keeps in mind whether it may have happened. */
    public BatchResult apply(Batch batch) {
        return apply(
                () -> SurroundingTransaction.deciding(
                        () -> Objects.requireNonNull(layer).apply(batch)),
                Function.identity());
    }

    /** Has the items stored by somebody who writes and deletes the marker, and keeps in mind whether that may have happened. */
    public <T> T applyAcross(Supplier<T> storing, Function<T, BatchResult> result) {
        ownsMarker = false;
        return apply(storing, result);
    }

    private <T> T apply(Supplier<T> storing, Function<T, BatchResult> result) {
        fate = Fate.UNKNOWN;
        try {
            T answer = storing.get();
            fate = result.apply(answer).isStored() ? Fate.STORED : Fate.NOT_STORED;
            return answer;
        } catch (StoreException failed) {
            if (failed.outcome() == StoreException.Outcome.NOT_APPLIED) {
                fate = Fate.NOT_STORED;
            }
            throw failed;
        } catch (OperationInterruptedException interrupted) {
            if (interrupted.outcome() == StoreException.Outcome.NOT_APPLIED) {
                fate = Fate.NOT_STORED;
            }
            throw interrupted;
        } catch (SchemaMovedException | JournalException | LockLostException before) {
            fate = Fate.NOT_STORED;
            throw before;
        } catch (IncompleteChangeException decided) {
            fate = Fate.STORED;
            without = Set.copyOf(decided.missing());
            throw decided;
        }
    }

    /** Gives up what is staged after a failure, unless the items may have been stored all the same. */
    public void failed(Throwable failure) {
        if (fate == Fate.UNKNOWN && !staged.isEmpty() && !(failure instanceof StoreException)) {
            // The store itself can be asked, since it is not the store that failed.
            fate = decided(failure);
        }
        if (fate == Fate.NOT_STORED) {
            abandon(failure);
        } else if (fate == Fate.STORED) {
            try {
                stored();
            } catch (RuntimeException | Error unfinished) {
                failure.addSuppressed(unfinished);
            }
        }
    }

    /** Sees to it that the batch is not applied later, and returns whether it was. */
    private Fate decided(Throwable failure) {
        try {
            TransactionMarker.State state = new TransactionMarkers(Objects.requireNonNull(layer)).forbid(ownMarker());
            return state == TransactionMarker.State.APPLIED ? Fate.STORED : Fate.NOT_STORED;
        } catch (RuntimeException | Error unanswered) {
            failure.addSuppressed(unanswered);
            return Fate.UNKNOWN;
        }
    }

    private void abandon(Throwable failure) {
        FileCopies made = recording;
        if (made != null) {
            try {
                made.abandon();
            } catch (RuntimeException | Error leftBehind) {
                // A sweep finds it.
                failure.addSuppressed(leftBehind);
            }
        }
        for (FileChange.Pending file : staged) {
            try {
                transitions.abandon(file);
            } catch (RuntimeException | Error leftBehind) {
                // A sweep finds it.
                failure.addSuppressed(leftBehind);
            }
        }
    }

    /**
     * Brings files to their names after the items were stored: as many as can be, whatever becomes of the others. That of an item which its layer does not
     * have yet stays staged, since the item may never come there when others are faster.
     */
    public void stored() {
        RuntimeException failure = null;
        for (FileChange.Pending file : staged) {
            if (isAwaited(file)) {
                continue;
            }
            try {
                transitions.refer(file);
            } catch (RuntimeException failed) {
                if (failure == null) {
                    failure = failed;
                } else {
                    failure.addSuppressed(failed);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
        if (layer != null && ownsMarker && !staged.isEmpty()) {
            FileReleases.tidy(() -> new TransactionMarkers(layer).delete(transaction));
        }
    }

    private boolean isAwaited(FileChange.Pending file) {
        Floating own = floating.get(file.file());
        return own != null && without.contains(own.layer());
    }

    /**
     * Returns the layer whose marker has to decide about the change, since files are staged in its name; empty where none are. A deletion may take along items of layers that are not
     * known yet when files are staged.
     */
    public Optional<OpenLayer> decides() {
        return staged.isEmpty() ? Optional.empty() : Optional.ofNullable(layer);
    }

    /** Returns whether there are files to bring to their names once the items are stored. */
    public boolean areStaged() {
        return !staged.isEmpty();
    }

    /** Returns the files that the change releases; further files can be added. */
    public FileReleases releases() {
        return releases;
    }

    /** Releases what is not named any more: at the end, when others may have the files again. */
    public void release() {
        unlock();
        if (isUndecided()) {
            // Files of items that a deletion took along; a sweep finds them where that is committed.
            return;
        }
        releases.release(named);
    }

    /** Returns a file as it is after everything was stored. */
    public FileRef settled(FileRef file) {
        return file.isFloating() ? file.in(pool.depot(file.rn())) : file;
    }

    private void unlock() {
        if (!unlocked) {
            unlocked = true;
            if (!transaction.isEmpty()) {
                pool.staging().remove(transaction);
            }
            held.close();
        }
    }

    @Override
    public void close() {
        unlock();
        releases.close();
    }
}
