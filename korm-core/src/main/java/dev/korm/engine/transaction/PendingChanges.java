package dev.korm.engine.transaction;

import dev.korm.AlreadyExistsException;
import dev.korm.ConflictException;
import dev.korm.KormException;
import dev.korm.NotFoundException;
import dev.korm.QueryException;
import dev.korm.Rn;
import dev.korm.engine.context.ItemKey;
import dev.korm.engine.item.ItemChange;
import dev.korm.engine.item.StoredItem;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.engine.read.ItemReader;
import dev.korm.spi.Mutation;
import dev.korm.spi.query.TableName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The changes that a transaction has made and not stored: each step in the order in which it was made, what the steps of an item come
 * to, and what its deletions do to others. Changed by the thread that runs the work; looked at also by those that read for it.
 */
final class PendingChanges {
    private static final int FEW = 2;

    /** Changed under the lock, so that whoever reads for the thread sees it. */
    private final List<ItemChange<?>> log = new ArrayList<>(FEW);

    private final Map<ItemKey, ItemChange<?>> net = new LinkedHashMap<>(FEW);
    /** What was read outside of the transaction, and so is as old at the next attempt. This and the others are made when there is something to put in. */
    private Set<ItemKey> brought = Set.of();
    /** What deletions and moves do to the rows of others. */
    private Map<ItemKey, Mutation> along = Map.of();
    /** By layer and table, of the changes that are filed. Guarded by the lock. */
    private Map<String, Map<TableName, PendingRows>> rows = Map.of();
    /** How many changes of the log are among the rows: none before somebody asks for rows, which most transactions do not. Guarded by the lock. */
    private int filed;

    private final ReentrantLock lock = new ReentrantLock();

    /** Is told when something that is to be changed was changed by others. */
    private final Consumer<KormException> overtaken;

    private final UndoLog undo;
    /**
     * The revisions of items that were written and taken back, or not stored in the end: who holds such an item has to go on with another. Kept beyond the end, since items
     * are.
     */
    private Map<ItemKey, Set<Long>> takenBack = Map.of();
    /** What items of which a part was taken back came to in the end. */
    private Map<ItemKey, ItemChange<?>> kept = Map.of();

    private volatile Fate fate = Fate.RUNNING;

    /** The end of the changes. */
    enum Fate {
        RUNNING,
        STORED,
        /** They are not, or nobody knows. */
        NOT_STORED,
        /** They are written in a transaction that somebody else may still roll back. */
        UNDECIDED
    }

    PendingChanges(Consumer<KormException> overtaken, UndoLog undo) {
        this.overtaken = overtaken;
        this.undo = undo;
    }

    boolean isEmpty() {
        return log.isEmpty();
    }

    List<ItemChange<?>> log() {
        return log;
    }

    Collection<ItemChange<?>> net() {
        return net.values();
    }

    /** Returns the same by item. */
    Map<ItemKey, ItemChange<?>> netByItem() {
        return net;
    }

    /** Returns what the steps of an item come to; null where there are none. */
    @Nullable ItemChange<?> of(ItemKey key) {
        return net.get(key);
    }

    /** Returns what deletions and moves do to the rows of others. */
    Map<ItemKey, Mutation> along() {
        return Collections.unmodifiableMap(along);
    }

    /** Returns whether a deletion takes an item along, or a deletion or move changes a reference of it. */
    boolean isAlong(ItemKey key) {
        return along.containsKey(key);
    }

    /**
     * Adds steps: all or none.
     *
     * @param outside whether they are of items that were read outside of the transaction
     */
    void add(List<ItemChange<?>> steps, boolean outside) {
        steps.forEach(step -> check(step, outside));
        for (ItemChange<?> step : steps) {
            ItemKey key = step.key();
            ItemChange<?> before = net.get(key);
            log(step);
            net.put(key, before == null ? step : merged(before, step));
            boolean brings = outside && before == null && step.revisionRead() != 0 && bring(key);
            if (undo.isRecording()) {
                undo.add(() -> takeBack(step, before, brings));
            }
        }
    }

    private void log(ItemChange<?> step) {
        lock.lock();
        try {
            log.add(step);
        } finally {
            lock.unlock();
        }
    }

    private boolean bring(ItemKey key) {
        if (brought.isEmpty()) {
            brought = new HashSet<>();
        }
        return brought.add(key);
    }

    private void takenBack(ItemKey key, long revision) {
        if (takenBack.isEmpty()) {
            takenBack = new HashMap<>();
        }
        takenBack.computeIfAbsent(key, any -> new HashSet<>()).add(revision);
    }

    /** Takes back the step that was added last. */
    private void takeBack(ItemChange<?> step, @Nullable ItemChange<?> before, boolean brings) {
        ItemKey key = step.key();
        removeLastStep(key);
        if (before == null) {
            net.remove(key);
        } else {
            net.put(key, before);
        }
        if (brings) {
            brought.remove(key);
        }
        if (!step.removes()) {
            takenBack(key, step.revisionWritten());
        }
    }

    private void removeLastStep(ItemKey key) {
        lock.lock();
        try {
            log.remove(log.size() - 1);
            if (filed > log.size()) {
                filed--;
                removeLast(key);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Takes the last change of a row back. A table of which nothing is pending any more is the store's again. */
    private void removeLast(ItemKey key) {
        lock.lock();
        try {
            Map<TableName, PendingRows> ofLayer = rows.getOrDefault(key.layer(), Map.of());
            PendingRows pending = ofLayer.get(key.table());
            if (pending != null) {
                pending.removeLast(key.id());
                if (pending.isEmpty()) {
                    ofLayer.remove(key.table());
                }
                if (ofLayer.isEmpty()) {
                    rows.remove(key.layer());
                }
            }
        } finally {
            lock.unlock();
        }
    }

    @SuppressWarnings("unchecked") // The types of both were compared.
    private static <T> ItemChange<T> merged(ItemChange<?> before, ItemChange<T> step) {
        return new ItemChange.Merged<>((ItemChange<T>) before, step);
    }

    private void check(ItemChange<?> step, boolean outside) {
        Rn<?> rn = step.rn();
        ItemChange<?> before = net.get(step.key());
        if (!outside && !step.inserts() && isTakenBack(step, before)) {
            throw takenBack(step);
        }
        if (before == null) {
            if (along.get(step.key()) instanceof Mutation.Delete) {
                throw new NotFoundException(
                        rn + " was deleted in this transaction, along with an item that it refers to", rn);
            }
            if (along.containsKey(step.key())) {
                throw new QueryException(
                        rn + " cannot be changed any more in this transaction, since a deletion or a move in it has"
                                + " changed a reference of it. Change it first, and delete or move then");
            }
            return;
        }
        boolean inserts = step.inserts();
        if (!before.home().model().type().equals(step.home().model().type())) {
            throw new QueryException(rn + " is changed in one transaction as "
                    + before.home().model().type().getSimpleName() + " and as "
                    + step.home().model().type().getSimpleName() + ". Make all changes of an item by one type");
        }
        if (before.removes() && !inserts) {
            throw new NotFoundException(rn + " was deleted in this transaction", rn);
        }
        if (!before.removes() && inserts) {
            throw new AlreadyExistsException(
                    rn + " was not created, since the transaction has this item already. Update that one, or let korm"
                            + " choose an id",
                    rn);
        }
        if (!inserts && step.revisionRead() != before.revisionWritten()) {
            throw new ConflictException(
                    rn + " was changed in this transaction since it was read (revision " + step.revisionRead()
                            + ", now " + before.revisionWritten()
                            + "). Go on with the item that the change has returned, or read it again",
                    rn,
                    step.dataOf(),
                    before.stored(ItemChange.Settled.AS_IT_IS));
        }
    }

    /**
     * Returns whether a step begins with an item as it was written and taken back. The revision alone does not tell where the item was changed again
     * since, as often as before; then what it holds does.
     */
    private boolean isTakenBack(ItemChange<?> step, @Nullable ItemChange<?> before) {
        if (!takenBack.getOrDefault(step.key(), Set.of()).contains(step.revisionRead())) {
            return false;
        }
        if (before == null) {
            return true;
        }
        Object base = step.removes() ? step.dataOf() : step.dataBefore().orElse(null);
        return step.revisionRead() == before.revisionWritten()
                && !before.dataOf().equals(base);
    }

    private <T> KormException takenBack(ItemChange<T> step) {
        Rn<T> rn = step.rn();
        ItemChange<?> now = net.get(step.key());
        String message = rn + " was not changed: the item is one that was given out behind a savepoint to which the"
                + " transaction was rolled back. Go on with the item as it was before the savepoint, or read it again";
        if (now != null) {
            return new ConflictException(message, rn, step.dataOf(), now.stored(ItemChange.Settled.AS_IT_IS));
        }
        return ItemReader.find(step.home(), rn)
                .<KormException>map(stored -> new ConflictException(message, rn, step.dataOf(), stored))
                .orElseGet(() -> new NotFoundException(message, rn));
    }

    /**
     * Checks, when it has ended, that an item which it gave out is one that it has stored, or read.
     *
     * @throws ConflictException when it is not; {@link NotFoundException} when there is no such item
     */
    <T> void requireKept(StoredItem<T> item) {
        if (fate == Fate.RUNNING) {
            return;
        }
        ItemKey key = item.home().key(item.rn());
        if (!takenBack.getOrDefault(key, Set.of()).contains(item.revision())) {
            return;
        }
        ItemChange<?> last = kept.get(key);
        if (last != null
                && !last.removes()
                && last.revisionWritten() == item.revision()
                && item.isReadable()
                && last.dataOf().equals(item.data())) {
            return;
        }
        Rn<T> rn = item.rn();
        String message = rn + " was not changed: the item is one that "
                + (fate == Fate.UNDECIDED
                        ? "a part of somebody else's transaction gave out, and it is not known here whether that was committed. Read it again"
                        : "a transaction gave out and has not stored so, since it failed or took that part back. Read it again");
        T mine = item.isReadable() ? item.data() : null;
        Optional<StoredItem<T>> theirs = ItemReader.find(item.home().base(), rn);
        if (theirs.isEmpty() || mine == null) {
            throw new NotFoundException(message, rn);
        }
        throw new ConflictException(message, rn, mine, theirs.get());
    }

    /** Adds what a deletion or move does to the rows of others. */
    void addAlong(OpenLayer layer, ItemKey key, Mutation mutation) {
        if (along.isEmpty()) {
            along = new LinkedHashMap<>();
        }
        Mutation before = along.put(key, mutation);
        lock.lock();
        try {
            file();
            rowsOf(layer, key.table()).add(key.id(), mutation);
        } finally {
            lock.unlock();
        }
        if (undo.isRecording()) {
            undo.add(() -> {
                if (before == null) {
                    along.remove(key);
                } else {
                    along.put(key, before);
                }
                removeLast(key);
            });
        }
    }

    /** Returns whether a refusal is of an item that another attempt would read anew. */
    boolean isOfThis(KormException refused, ReadItems reads) {
        for (Map.Entry<ItemKey, ItemChange<?>> change : net.entrySet()) {
            Rn<?> rn = change.getValue().rn();
            if (refused instanceof ConflictException conflict ? conflict.rn().equals(rn) : isMissing(refused, rn)) {
                return !brought.contains(change.getKey());
            }
            if (refused instanceof AlreadyExistsException exists && exists.rn().equals(rn)) {
                return reads.isAbsent(change.getKey());
            }
        }
        // It is of one that was only read.
        return !(refused instanceof AlreadyExistsException);
    }

    private static boolean isMissing(KormException refused, Rn<?> rn) {
        return refused instanceof NotFoundException missing && missing.rn().equals(rn);
    }

    /** Puts what is not among the rows yet there. Called under the lock. */
    private void file() {
        for (; filed < log.size(); filed++) {
            ItemChange<?> step = log.get(filed);
            rowsOf(step.home().layer(), step.home().table()).add(step);
        }
    }

    private PendingRows rowsOf(OpenLayer layer, TableName table) {
        if (rows.isEmpty()) {
            rows = new HashMap<>();
        }
        return rows.computeIfAbsent(layer.layer(), any -> new HashMap<>())
                .computeIfAbsent(table, any -> new PendingRows(layer, table));
    }

    /** Returns whether anything of a layer is pending. */
    boolean touches(String layer) {
        lock.lock();
        try {
            file();
            return rows.containsKey(layer);
        } finally {
            lock.unlock();
        }
    }

    /** Returns whether any row of a table is pending. */
    boolean touches(String layer, TableName table) {
        lock.lock();
        try {
            file();
            return rows.getOrDefault(layer, Map.of()).containsKey(table);
        } finally {
            lock.unlock();
        }
    }

    /** Has a layer's tables get what the pending rows need. */
    void shape(String layer) {
        lock.lock();
        try {
            file();
            rows.getOrDefault(layer, Map.of()).values().forEach(PendingRows::encode);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Returns the rows of a table that are pending, by id, as they will be.
     *
     * @throws KormException when one was changed by others meanwhile
     */
    Map<String, PendingRows.PendingRow> rows(String layer, TableName table) {
        lock.lock();
        try {
            file();
            PendingRows pending = rows.getOrDefault(layer, Map.of()).get(table);
            if (pending == null) {
                return Map.of();
            }
            Map<String, PendingRows.PendingRow> current = pending.current();
            for (ItemChange<?> stale : pending.stale()) {
                KormException conflict = conflict(stale);
                if (!brought.contains(stale.key())) {
                    overtaken.accept(conflict);
                }
                throw conflict;
            }
            return current;
        } finally {
            lock.unlock();
        }
    }

    private static <T> KormException conflict(ItemChange<T> step) {
        Rn<T> rn = step.rn();
        return ItemReader.find(step.home(), rn)
                .<KormException>map(theirs -> new ConflictException(
                        rn + " was changed by others since the transaction read it (revision " + step.revisionRead()
                                + ", now " + theirs.revision() + "). Nothing was written; run the transaction again",
                        rn,
                        step.dataOf(),
                        theirs))
                .orElseGet(() -> new NotFoundException(
                        rn + " was deleted by others since the transaction read it. Nothing was written; run the"
                                + " transaction again",
                        rn));
    }

    /** Forgets the changes, but for the revisions that are those of no stored item. */
    void end(Fate end) {
        if (fate != Fate.RUNNING) {
            return;
        }
        if (end == Fate.STORED) {
            for (ItemKey key : takenBack.keySet()) {
                ItemChange<?> last = net.get(key);
                if (last != null) {
                    if (kept.isEmpty()) {
                        kept = new HashMap<>();
                    }
                    kept.put(key, last);
                }
            }
        } else {
            for (ItemChange<?> step : log) {
                if (!step.removes()) {
                    takenBack(step.key(), step.revisionWritten());
                }
            }
        }
        fate = end;
        clear();
    }

    private void clear() {
        lock.lock();
        try {
            rows = Map.of();
            log.clear();
            filed = 0;
        } finally {
            lock.unlock();
        }
        net.clear();
        along = Map.of();
        brought = Set.of();
    }
}
