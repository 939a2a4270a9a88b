package dev.korm.engine.transaction;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.AlreadyExistsException;
import dev.korm.ConfigurationException;
import dev.korm.ConflictException;
import dev.korm.DeletedItem;
import dev.korm.FloatingItem;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.KormException;
import dev.korm.NotFoundException;
import dev.korm.PoolTransaction;
import dev.korm.PoolTransaction.Options;
import dev.korm.PoolTransaction.Reads;
import dev.korm.QueryException;
import dev.korm.UncommittedItem;
import dev.korm.engine.collection.ItemsOfType;
import dev.korm.engine.context.PoolLifecycle;
import dev.korm.engine.file.FileStep;
import dev.korm.engine.item.ItemChange;
import dev.korm.engine.item.PoolContext;
import dev.korm.engine.item.StoredItem;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.engine.lock.RequiredLocks;
import dev.korm.engine.relocate.MovingCollection;
import dev.korm.engine.relocate.PlannedMoves;
import dev.korm.engine.write.ChangeSets;
import dev.korm.file.FileOperation;
import dev.korm.model.Models;
import dev.korm.relocate.CollectionMove;
import dev.korm.relocate.Move;
import dev.korm.relocate.RelocationException;
import dev.korm.spi.Capabilities.Feature;
import dev.korm.spi.environment.SurroundingTransaction;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One attempt of a transaction.
 *
 * <p>What users get of it is made of a view of the pool: the same rooms, over layers through which what is pending is seen ({@link
 * OverlaidLayer}). What is written goes to the pool itself, whose collections the pending changes are of. Used by the thread that
 * runs the work; threads that read for it, while it waits for them, see what it has written.
 */
public final class OpenTransaction implements PoolTransaction.Begun {
    private final PoolContext pool;
    private final PoolContext view;
    private final PoolLifecycle life;
    private final Options options;
    private final Optional<SurroundingTransaction> around;
    private final RequiredLocks locks;
    private final int attempt;
    private final UndoLog undo = new UndoLog();
    private final PendingChanges changes = new PendingChanges(this::overtaken, undo);
    private final ReadItems reads = new ReadItems();
    private final PlannedMoves moves;
    private final TransactionItems items;
    private final List<FileStep> files = new ArrayList<>();
    /** Set when something that was read is known to have been changed by others: then nothing can be stored any more. */
    private @Nullable KormException overtaken;

    private PendingChanges.Fate fate = PendingChanges.Fate.NOT_STORED;
    /** Set when a part of the work could not be taken back: then nothing is stored, since a part would be. */
    private @Nullable KormException notTakenBack;

    public OpenTransaction(PoolContext pool, Options options, int attempt) {
        this(pool, options, attempt, Optional.empty());
    }

    /** @param around the transaction of a store that it is to be a part of */
    public OpenTransaction(PoolContext pool, Options options, int attempt, Optional<SurroundingTransaction> around) {
        this.pool = pool;
        this.around = around;
        this.options = options;
        this.locks = RequiredLocks.NONE.and(options.locks());
        this.attempt = attempt;
        this.life = pool.lifecycle().ofTransaction();
        this.moves = new PlannedMoves(pool);
        this.items = new TransactionItems(this, changes, reads, moves, undo, pool.items());
        this.view = new PoolContext(
                pool.pool(),
                pool.layers().seenThrough(this::overlaid, life),
                pool.depots(),
                items,
                pool.commits(),
                life,
                pool.events(),
                pool.limit(),
                pool.retention(),
                pool.origins(),
                pool.environment(),
                Optional.of(pool));
    }

    private Map<String, OpenLayer> overlaid() {
        Map<String, OpenLayer> layers = new LinkedHashMap<>();
        for (OpenLayer layer : pool.layers().all()) {
            layers.put(layer.layer(), layer.seenThrough(new OverlaidLayer(layer, changes, life, around), layers));
        }
        return layers;
    }

    /** Returns the view of the pool that the transaction has. */
    PoolContext view() {
        return view;
    }

    boolean isRunning() {
        return !life.isClosed();
    }

    void requireRunning() {
        life.requireOpen();
    }

    /** Asks the pool itself, within the transaction around this one where there is one. */
    <T> T asked(Supplier<T> question) {
        return around.isPresent() ? around.get().run(question) : question.get();
    }

    /** Takes note that others were in the way, and returns what says so. */
    <E extends KormException> E overtaken(E conflict) {
        if (overtaken == null) {
            overtaken = conflict;
        }
        return conflict;
    }

    @Override
    public <T> Items<T> item(Class<T> type) {
        requireNonNull(type, "type");
        requireRunning();
        return new ItemsOfType<>(Models.of(type), view);
    }

    @Override
    public <T> Item<T> create(FloatingItem<T> item) {
        requireNonNull(item, "item");
        requireRunning();
        return view.items().store(item);
    }

    @Override
    public <T> Item<T> update(UncommittedItem<T> item) {
        requireNonNull(item, "item");
        requireRunning();
        return view.items().store(item);
    }

    @Override
    public <T> DeletedItem<T> delete(Item<T> item) {
        requireNonNull(item, "item");
        requireRunning();
        if (item instanceof StoredItem<T> stored) {
            return view.items().delete(stored);
        }
        throw new ConfigurationException("The item " + item.rn() + " is not one that korm made");
    }

    @Override
    public <T> Item<T> move(Move<T> move) {
        requireNonNull(move, "move");
        requireRunning();
        return view.items().store(move);
    }

    @Override
    public void move(CollectionMove<?> move) {
        requireNonNull(move, "move");
        requireRunning();
        if (!(move instanceof MovingCollection<?> moving)) {
            throw new ConfigurationException("The move of " + move.rn() + " is not one that korm made");
        }
        if (!moving.source().pool().base().equals(pool)) {
            throw new ConfigurationException("A transaction belongs to one pool; " + move.rn() + " is of another");
        }
        items.move(moving);
    }

    @Override
    public Savepoint savepoint() {
        requireRunning();
        UndoLog.Mark mark = undo.mark();
        return () -> {
            requireRunning();
            try {
                undo.rollback(mark);
            } catch (QueryException moved) {
                notTakenBack = moved;
                throw moved;
            }
        };
    }

    @Override
    public void change(FileOperation file) {
        requireNonNull(file, "file");
        requireRunning();
        if (!(file instanceof FileStep step)) {
            throw new ConfigurationException("The change of the file " + file.rn() + " is not one that korm made");
        }
        if (!step.pool().equals(pool)) {
            throw new ConfigurationException("A transaction belongs to one pool; " + file.rn() + " is of another");
        }
        files.add(step);
        if (undo.isRecording()) {
            undo.add(() -> files.remove(files.size() - 1));
        }
    }

    @Override
    public Scope makeCurrent() {
        requireRunning();
        return pool.items().enter(view);
    }

    @Override
    public boolean hasChanges() {
        return !changes.isEmpty() || !files.isEmpty();
    }

    @Override
    public void commit() {
        try {
            store();
        } finally {
            close();
        }
    }

    @Override
    public int attempt() {
        return attempt;
    }

    /** Stores everything, or finds that what was read is as it was where nothing is to be stored. */
    void store() {
        if (around.isPresent()) {
            requireWithin(around.get());
            around.get().run(() -> {
                storeAll();
                return true;
            });
        } else {
            storeAll();
        }
        fate = around.isPresent() && around.get().isDecidedLater()
                ? PendingChanges.Fate.UNDECIDED
                : PendingChanges.Fate.STORED;
    }

    /** Checks that all of it can be stored by the transaction around it. */
    private void requireWithin(SurroundingTransaction transaction) {
        Set<String> others = new LinkedHashSet<>();
        changes.log().forEach(step -> others.add(step.home().layer().layer()));
        others.remove(transaction.layer());
        if (!others.isEmpty()) {
            throw new ConfigurationException(
                    "The transaction that somebody else has begun on the database of the layer \""
                            + transaction.layer() + "\" cannot take changes of " + String.join(", ", others)
                            + " along, which would be stored whatever becomes of it; nothing was written. " + APART);
        }
        if ((changes.isEmpty() || transaction.isDecidedLater()) && !files.isEmpty()) {
            throw new ConfigurationException(
                    "The transaction that somebody else has begun on the database of the layer \""
                            + transaction.layer()
                            + "\" cannot take changes of files along"
                            + (transaction.isDecidedLater() ? ", such as " : " that belong to no item of it, such as ")
                            + ""
                            + files.get(0).rn() + "; nothing was written. " + APART);
        }
    }

    private static final String APART =
            "Make them in a transaction of the pool: pool.transaction(…), or with Spring @KormTransactional in place of @Transactional";

    private void storeAll() {
        requireRunning();
        life.close();
        locks.require(pool.layers(), Set.of());
        if (overtaken != null) {
            throw overtaken;
        }
        if (notTakenBack != null) {
            throw notTakenBack;
        }
        boolean checked = options.reads() == Reads.CHECKED;
        if (changes.isEmpty() && files.isEmpty()) {
            Optional<KormException> changed = checked ? reads.changed() : Optional.empty();
            if (changed.isPresent()) {
                throw overtaken(changed.get());
            }
            return;
        }
        List<ItemChange.Held<?>> held = checked ? reads.held(changes) : List.of();
        requireAble(held);
        try {
            moves.requireNamed(changes.net());
            ChangeSets.persist(pool, changes.log(), changes.netByItem(), held, files, locks, moves);
        } catch (RelocationException overrun) {
            throw overtaken(overrun);
        } catch (ConflictException | NotFoundException | AlreadyExistsException refused) {
            if (changes.isOfThis(refused, reads)) {
                overtaken(refused);
            }
            throw refused;
        }
    }

    /** Checks that what was only read can be held to be unchanged. */
    private void requireAble(List<ItemChange.Held<?>> held) {
        if (held.isEmpty()) {
            return;
        }
        Set<OpenLayer> written = new LinkedHashSet<>();
        changes.log().forEach(step -> written.add(step.home().layer()));
        List<String> others = new ArrayList<>();
        for (ItemChange.Held<?> read : held) {
            OpenLayer layer = read.home().layer();
            if (!layer.store().capabilities().has(Feature.ROW_GUARDS)) {
                throw new ConfigurationException("The layer \"" + layer.layer() + "\" cannot check that " + read.rn()
                        + " is as the transaction has read it. " + UNCHECKED);
            }
            if (!written.contains(layer) && !others.contains(layer.layer())) {
                others.add(layer.layer());
            }
        }
        if (written.size() == 1 && !others.isEmpty() && !pool.commits().isAvailable()) {
            throw new ConfigurationException("The transaction changes the layer \""
                    + written.iterator().next().layer() + "\" and has read items of " + String.join(", ", others)
                    + " by RN, which have to be unchanged when it is stored. That takes a journal, such as"
                    + " .withWal(Wal.at(Path.of(\"journal\"))) when the pool is made. " + UNCHECKED);
        }
    }

    private static final String UNCHECKED =
            "Where others may change them meanwhile, say PoolTransaction.Options.DEFAULT.withReads(Reads.UNCHECKED)";

    /** Returns whether the work failed because others were in the way, so that it may succeed when it is run again. */
    boolean isWorthAnother(Throwable failed) {
        Throwable cause = failed;
        for (int depth = 0; cause != null && depth < 100; depth++) {
            if (cause == overtaken) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }

    /** Ends it; what was not stored is forgotten. */
    @Override
    public void close() {
        life.close();
        undo.clear();
        changes.end(fate);
        reads.clear();
    }
}
