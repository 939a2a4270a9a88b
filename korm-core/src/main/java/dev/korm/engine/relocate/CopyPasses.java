package dev.korm.engine.relocate;

import dev.korm.AlreadyExistsException;
import dev.korm.DuplicateException;
import dev.korm.ReferencedException;
import dev.korm.Rn;
import dev.korm.StoreBusyException;
import dev.korm.StoreException;
import dev.korm.engine.commit.LayerBatch;
import dev.korm.engine.context.ItemKey;
import dev.korm.engine.context.StoreFingerprint;
import dev.korm.engine.file.FileReleases;
import dev.korm.engine.item.CollectionHandle;
import dev.korm.engine.item.PoolContext;
import dev.korm.engine.layer.ExistingIds;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.engine.layer.PassPace;
import dev.korm.engine.reference.AtomicDeletion;
import dev.korm.engine.reference.DeleteRun;
import dev.korm.relocate.RelocationException;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Mutation;
import dev.korm.spi.Refusal;
import dev.korm.spi.environment.RevisionClock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes the target have what the source has. A row of the target is written only when it is a copy, as it was copied; what somebody
 * else wrote there stays. For one thread.
 */
final class CopyPasses<T> {
    /** The hash of no items. */
    static final String EMPTY = StoreFingerprint.sha256("");

    private final CollectionHandle<T> source;
    private final CollectionHandle<T> target;
    private final RowTransfer<T> transfer;
    private final CopiedRows copied;

    CopyPasses(CollectionHandle<T> source, CollectionHandle<T> target, RowTransfer<T> transfer, CopiedRows copied) {
        this.source = source;
        this.target = target;
        this.transfer = transfer;
        this.copied = copied;
    }

    /**
     * The result of one pass.
     *
     * @param isClean whether nothing had to be changed
     * @param items how many the source has
     * @param hash over the content of those that are alike on both sides
     */
    record Compared(boolean isClean, long items, String hash) {}

    List<RowTransfer.Copy> page(String after, int size) {
        return transfer.page(after, size);
    }

    /** Copies a page of the first pass, and writes down in the same batch how far it came. */
    void copy(List<RowTransfer.Copy> page, RelocationState state) {
        List<Mutation> mutations = new ArrayList<>();
        List<Mutation> notes = new ArrayList<>();
        for (RowTransfer.Copy copy : page) {
            CopiedRows.Noted noted = noted(copy, 0);
            mutations.add(transfer.insert(copy, noted.copy()));
            notes.add(copied.insert(copy.id(), noted));
        }
        mutations.addAll(notes);
        mutations.add(state.update());
        if (target.layer().applyPass(Batch.of(mutations)) instanceof BatchResult.Refused) {
            mend(page, Set.of(), false);
            state.store(target.layer());
        }
    }

    /**
     * Returns the revisions of a copy that is about to be made. It has one of its own, since an item of its id may have
     * been in the target before, with other data under the source's revision.
     *
     * @param former the last revision that is known in the target
     */
    private CopiedRows.Noted noted(RowTransfer.Copy copy, long former) {
        RevisionClock revisions = target.pool().environment().revisions();
        return new CopiedRows.Noted(copy.revision(), revisions.nextAfter(Math.max(former, copy.revision())));
    }

    /**
     * Goes through the source once, and copies what is not there as it is.
     *
     * @param anew whether a copy that differs is made anew, as by a move after a copy, whose references name other places
     */
    Compared compare(PassPace pace, boolean anew, LongConsumer done) {
        boolean clean = true;
        long items = 0;
        String hash = EMPTY;
        String after = "";
        while (true) {
            List<RowTransfer.Copy> page = transfer.page(after, pace.next());
            if (page.isEmpty()) {
                return new Compared(clean, items, hash);
            }
            after = page.get(page.size() - 1).id();
            clean &= !mend(page, Set.of(), anew);
            for (RowTransfer.Copy copy : page) {
                hash = StoreFingerprint.sha256(hash + transfer.hash(copy));
            }
            items += page.size();
            done.accept(items);
        }
    }

    /** Copies items that were changed since; those that are gone by now are left to the next round. */
    void copyAgain(Collection<String> ids) {
        List<RowTransfer.Copy> rows = transfer.rows(ids);
        // Those who follow references to the new place may have deleted there what is still here.
        mend(rows, copied.of(ids).keySet(), false);
    }

    /**
     * Brings the target up to date with some rows; answers whether anything was to be done.
     *
     * @param mayBeGone ids whose copies may have been deleted on purpose
     * @param anew whether a copy that differs from what would be copied now is replaced
     */
    private boolean mend(List<RowTransfer.Copy> rows, Set<String> mayBeGone, boolean anew) {
        if (rows.isEmpty()) {
            return false;
        }
        List<String> ids = rows.stream().map(RowTransfer.Copy::id).toList();
        Map<String, CopiedRows.Noted> known = copied.of(ids);
        Map<String, RowTransfer.Arrived> arrived = transfer.arrived(ids);
        List<List<Mutation>> changes = new ArrayList<>();
        List<RowTransfer.Copy> changing = new ArrayList<>();
        boolean deleted = false;
        for (RowTransfer.Copy copy : rows) {
            List<Mutation> change = change(
                    copy,
                    Optional.ofNullable(known.get(copy.id())),
                    Optional.ofNullable(arrived.get(copy.id())),
                    mayBeGone.contains(copy.id()),
                    anew);
            if (!change.isEmpty() && isNewlyDeleted(copy, known.get(copy.id()), arrived.get(copy.id()))) {
                // Those who refer to it already by its new place could not be told by its deletion.
                deleted = true;
                delete(target.layer(), List.of(key(target, copy.id()), key(source, copy.id())), change);
            } else if (!change.isEmpty()) {
                changes.add(change);
                changing.add(copy);
            }
        }
        if (changes.isEmpty()) {
            return deleted;
        }
        List<Mutation> all = new ArrayList<>();
        changes.forEach(all::addAll);
        if (target.layer().applyPass(Batch.of(all)) instanceof BatchResult.Refused) {
            for (int i = 0; i < changes.size(); i++) {
                BatchResult one = target.layer().applyPass(Batch.of(changes.get(i)));
                if (one instanceof BatchResult.Refused refused
                        && refused.refusal() instanceof Refusal.UniqueViolation taken) {
                    giveWay(changing.get(i), taken);
                }
            }
        }
        return true;
    }

    /** Returns whether an item was deleted, and is kept, since it was copied. */
    private static boolean isNewlyDeleted(
            RowTransfer.Copy copy, CopiedRows.@Nullable Noted known, RowTransfer.@Nullable Arrived there) {
        return copy.isDeleted()
                && known != null
                && there != null
                && (!there.isDeleted() || there.revision() != known.copy());
    }

    private List<Mutation> change(
            RowTransfer.Copy copy,
            Optional<CopiedRows.Noted> known,
            Optional<RowTransfer.Arrived> there,
            boolean mayBeGone,
            boolean anew) {
        Rn<T> rn = target.collection().item(copy.id());
        if (known.isEmpty()) {
            if (there.isPresent()) {
                throw new AlreadyExistsException(
                        source.collection().item(copy.id()) + " cannot be copied to " + rn
                                + ", since that item exists and is not a copy of it. Delete one of them, then call again",
                        rn);
            }
            CopiedRows.Noted noted = noted(copy, 0);
            return List.of(transfer.insert(copy, noted.copy()), copied.insert(copy.id(), noted));
        }
        boolean unchangedHere = known.get().source() == copy.revision();
        if (there.isEmpty()) {
            if (mayBeGone && !unchangedHere) {
                throw bothSides(rn, "deleted");
            }
            CopiedRows.Noted noted = noted(copy, known.get().copy());
            return mayBeGone
                    ? List.of()
                    : List.of(transfer.insert(copy, noted.copy()), copied.update(copy.id(), noted));
        }
        boolean unchangedThere = there.get().revision() == known.get().copy();
        if (unchangedHere) {
            boolean differs = unchangedThere && !there.get().hash().equals(transfer.hash(copy));
            if (differs && anew) {
                return replaced(copy, there.get());
            }
            if (differs) {
                throw new RelocationException(
                        rn + " is read from the layer \""
                                + target.layer().layer()
                                + "\" differently from how it was written there, so nothing was deleted from the source. Check the columns of its table there, delete the copy, and call again",
                        rn);
            }
            return List.of();
        }
        if (!unchangedThere && copy.isDeleted() && there.get().isDeleted()) {
            // It was deleted in both places, as what goes along with others is.
            CopiedRows.Noted noted =
                    new CopiedRows.Noted(copy.revision(), there.get().revision());
            return List.of(copied.update(copy.id(), noted));
        }
        if (!unchangedThere) {
            throw bothSides(rn, "changed");
        }
        return replaced(copy, there.get());
    }

    private List<Mutation> replaced(RowTransfer.Copy copy, RowTransfer.Arrived there) {
        CopiedRows.Noted noted = noted(copy, there.revision());
        return List.of(transfer.update(copy, there.revision(), noted.copy()), copied.update(copy.id(), noted));
    }

    private RelocationException bothSides(Rn<T> rn, String what) {
        return new RelocationException(
                rn + " was " + what + " in the layer \"" + target.layer().layer()
                        + "\" after it was copied, and its original in the layer \""
                        + source.layer().layer()
                        + "\" was changed too. Make both alike, or delete the one that is wrong, then call again",
                rn);
    }

    /**
     * Deletes a copy that holds a unique value which its original has given away; it is copied again as the original is
     * now.
     */
    private void giveWay(RowTransfer.Copy copy, Refusal.UniqueViolation taken) {
        CopiedRows.Noted noted = copied.of(List.of(taken.holder())).get(taken.holder());
        if (noted == null) {
            Rn<T> holder = target.collection().item(taken.holder());
            List<String> fields = target.layer()
                    .view(target.model(), target.table())
                    .map(view -> view.fieldsOf(taken.index()))
                    .orElse(List.of(taken.index()));
            throw new DuplicateException(
                    source.collection().item(copy.id()) + " cannot be copied to the layer \""
                            + target.layer().layer() + "\", since " + holder
                            + ", which is not a copy, holds the same value of " + String.join(" and ", fields)
                            + ", which must be unique. Change one of them, then call again",
                    fields,
                    Optional.of(holder));
        }
        target.layer()
                .applyPass(Batch.of(List.of(
                        new Mutation.Delete(target.table(), taken.holder(), OptionalLong.of(noted.copy())),
                        copied.delete(taken.holder()))));
    }

    /** Deletes copies whose originals were deleted; answers whether there were any. */
    boolean sweep(PassPace pace) {
        return sweep(pace, ids -> Set.of());
    }

    /** Sweeps in the same way when originals have been deleted on purpose. */
    boolean sweep(PassPace pace, CopiedRows removed) {
        return sweep(pace, ids -> removed.of(ids).keySet());
    }

    /** @param moved which of some ids belong to the target alone by now */
    private boolean sweep(PassPace pace, Function<Set<String>, Set<String>> moved) {
        boolean swept = false;
        String after = "";
        while (true) {
            Map<String, CopiedRows.Noted> page = copied.page(after, pace.next());
            if (page.isEmpty()) {
                return swept;
            }
            for (String id : page.keySet()) {
                after = id;
            }
            Set<String> there = ExistingIds.in(source.layer().allRows(), source.table(), page.keySet());
            Set<String> gone = new HashSet<>(page.keySet());
            gone.removeAll(there);
            gone.removeAll(gone.isEmpty() ? Set.of() : moved.apply(gone));
            for (Map.Entry<String, CopiedRows.Noted> copy : page.entrySet()) {
                if (gone.contains(copy.getKey())) {
                    swept = true;
                    drop(copy.getKey(), copy.getValue().copy());
                }
            }
        }
    }

    /** Deletes a copy whose original was deleted, which those who refer to it already by its new place could not tell. */
    private void drop(String id, long revision) {
        Mutation mark = copied.delete(id);
        BatchResult result = delete(
                target.layer(),
                List.of(key(target, id)),
                List.of(new Mutation.Delete(target.table(), id, OptionalLong.of(revision)), mark));
        if (result instanceof BatchResult.Refused && deletedThere(Set.of(id)).contains(id)) {
            // It went from both places along with others, from each under its name there. The mark goes behind that, so
            // that who is cut off does it again.
            deleteToo(id, List.of());
        }
        if (result instanceof BatchResult.Refused
                && target.layer().applyPass(Batch.of(List.of(mark))) instanceof BatchResult.Refused) {
            // It was changed or deleted there, so it is no copy any more, and somebody has taken the mark off, too.
            throw new StoreBusyException(
                    target.layer().layer(),
                    source.collection() + " is already being relocated by another program; let one of them finish",
                    StoreException.Outcome.NOT_APPLIED,
                    null);
        }
    }

    /** Returns those of some ids whose copies somebody has deleted, who followed references to the new place. They may be kept there. */
    Set<String> deletedThere(Set<String> ids) {
        Set<String> gone = new HashSet<>(ids);
        gone.removeAll(ExistingIds.in(target.layer().allRows(), target.table(), ids));
        Map<String, Long> kept = transfer.deletedThere(ids);
        copied.of(kept.keySet()).forEach((id, noted) -> {
            // One that is as it was copied was deleted in the old place.
            if (noted.copy() != kept.getOrDefault(id, noted.copy())) {
                gone.add(id);
            }
        });
        return gone;
    }

    /**
     * Has everybody who refers to an item that was taken away from the source, and was deleted in the target since, follow that deletion: who named its old place by then
     * was not seen by it.
     *
     * @param removed the items that were taken away
     */
    void followDeletions(PassPace pace, CopiedRows removed) {
        String after = "";
        while (true) {
            Map<String, CopiedRows.Noted> page = removed.page(after, pace.next());
            if (page.isEmpty()) {
                return;
            }
            for (String id : page.keySet()) {
                after = id;
            }
            Set<String> gone = deletedThere(page.keySet());
            // Somebody has brought these back.
            gone.removeAll(ExistingIds.in(source.layer().allRows(), source.table(), gone));
            for (String id : gone) {
                deleteToo(id, List.of());
            }
        }
    }

    /** Deletes an original whose copy was deleted, which those could not tell who referred to it by its old place then. */
    BatchResult deleteToo(String id, List<Mutation> removal) {
        return delete(source.layer(), List.of(key(source, id), key(target, id)), removal);
    }

    private static ItemKey key(CollectionHandle<?> home, String id) {
        return new ItemKey(home.layer().layer(), home.table(), id);
    }

    /**
     * Deletes an item as its policies say, whoever was the first to delete it. What goes along is kept where deleted rows are.
     *
     * @param keys it was known by
     * @param mutations of its rows, which are made as they are
     */
    private BatchResult delete(OpenLayer layer, List<ItemKey> keys, List<Mutation> mutations) {
        PoolContext pool = source.pool();
        Set<Mutation> leaving = Set.copyOf(mutations);
        try (FileReleases releases = new FileReleases(pool.depots(), pool.layers())) {
            BatchResult result = new DeleteRun(
                            pool, layer, releases, batch -> applyKeeping(layer, batch, leaving), committing(leaving))
                    .run(keys, List.of(), Batch.of(mutations))
                    .result();
            releases.release(Set.of());
            return result;
        } catch (ReferencedException held) {
            Rn<T> rn = target.collection().item(keys.get(0).id());
            throw new RelocationException(
                    rn + " was deleted by somebody while it was moved, and cannot go from the layer \"" + layer.layer()
                            + "\": " + held.getMessage()
                            + ". Have it let go of the item, or delete it, then call again",
                    rn);
        }
    }

    private static BatchResult applyKeeping(OpenLayer layer, Batch batch, Set<Mutation> leaving) {
        return layer.applyPass(new Batch(layer.marks().marking(batch.mutations(), leaving), batch.marker()));
    }

    private AtomicDeletion.@Nullable Applying committing(Set<Mutation> leaving) {
        AtomicDeletion.Applying whole = AtomicDeletion.committing(source.pool());
        return whole == null
                ? null
                : parts -> whole.of(parts.stream()
                        .map(part -> new LayerBatch(part.layer(), part.mutations(), leaving))
                        .toList());
    }
}
