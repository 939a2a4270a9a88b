package dev.korm.engine.relocate;

import dev.korm.Document;
import dev.korm.Rn;
import dev.korm.engine.item.CollectionHandle;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.engine.layer.Pages;
import dev.korm.engine.layer.PassPace;
import dev.korm.engine.layer.TableView;
import dev.korm.engine.reference.ReferenceRewrite;
import dev.korm.engine.relocate.RelocationState.Phase;
import dev.korm.model.Models;
import dev.korm.relocate.Relocated;
import dev.korm.relocate.RelocationException;
import dev.korm.relocate.RelocationProgress;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Mutation;
import dev.korm.spi.Refusal;
import dev.korm.spi.RowCursor;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.SchemaMovedException;
import dev.korm.spi.schema.TableSchema;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Takes a relocation from wherever it stands to its end. For one thread; another program may take it on where this one was cut off.
 *
 * <p><b>Phases</b>, each stored in the target with the batch that ends or advances it ({@link RelocationState}):
 *
 * <ol>
 *   <li>COPYING: a first pass by id. Every copy is noted with the revision of its source ({@link CopiedRows}), in the batch that writes it.
 *   <li>VERIFYING: source and target are compared by hash and mended, round by round, until a round finds nothing to mend. A copy ends here, as COPIED.
 *   <li>REWRITING: references to the collection, in all layers, are rewritten until a pass finds none. Both places hold the items.
 *   <li>REMOVING: old rows go, each only at the revision of which its copy is; one that was changed meanwhile is copied anew first. Each
 *       removal is noted in the source, in its batch.
 *   <li>The end: a sweep takes away copies whose source somebody has deleted meanwhile, late references are rewritten, those to what somebody has deleted
 *       in the target meanwhile follow that, and then notes and state are deleted.
 * </ol>
 *
 * <p><b>Deletions meanwhile.</b> From REWRITING on an item is in both places, and those who refer to it name one or the other. Who deletes it in one sees only who names
 * that. So its going from the other place is a deletion, too, with the policies of all who refer to it; where one holds it back, the move stops until somebody has decided. Where it had gone from the old
 * place already, who named that place still is asked once no reference names it any more: each deletion since sees all of them.
 *
 * <p><b>Who owns what.</b> Programs go on reading and writing the source all the time, and nothing is locked. In the target only a row that is noted as
 * a copy, and is still as it was copied, is the relocation's; anything else there is somebody's own item and stays.
 *
 * <p><b>What holds.</b> At every moment each item is whole in at least one of the two places. A phase that others keep from ending is given up after
 * {@value #ROUNDS} rounds with a typed error; what was done stays, and the next call goes on there. A COPY is refused while a move is REWRITING or REMOVING.
 */
final class RelocationRun<T> {
    /** How often a phase is gone through while others keep changing what it is about. */
    private static final int ROUNDS = 10;

    private final CollectionHandle<T> source;
    private final CollectionHandle<T> target;
    private final Aim aim;
    private final Consumer<RelocationProgress> progress;

    /** The purpose of the run. */
    enum Aim {
        COPY,
        MOVE
    }

    RelocationRun(
            CollectionHandle<T> source, CollectionHandle<T> target, Aim aim, Consumer<RelocationProgress> progress) {
        this.source = source;
        this.target = target;
        this.aim = aim;
        this.progress = progress;
    }

    Relocated run() {
        for (int attempt = 1; ; attempt++) {
            try {
                return attempt();
            } catch (SchemaMovedException moved) {
                if (attempt == ROUNDS) {
                    throw tooFast("looked at");
                }
                source.layer().forget(source.table());
            }
        }
    }

    private Relocated attempt() {
        TableSchema here = source.layer().schema(source.table()).orElse(null);
        if (here == null) {
            return new Relocated(0, CopyPasses.EMPTY, 0);
        }
        OpenLayer to = target.layer();
        TransferTables<T> tables = new TransferTables<>(source, target);
        tables.requireFit(here);
        RelocationState.make(to);
        RelocationState begun = RelocationState.begin(source.layer().layer(), source.table());
        RelocationState stored = begun.stored(to).orElse(null);
        if (stored == null && aim == Aim.MOVE && count() == 0) {
            return new Relocated(0, CopyPasses.EMPTY, 0);
        }
        RelocationState state = inHistory(stored == null ? begin(begun) : stored);
        if (aim == Aim.COPY && (state.phase() == Phase.REWRITING || state.phase() == Phase.REMOVING)) {
            throw new RelocationException(
                    source.collection() + " cannot be copied to the layer \"" + to.layer()
                            + "\" while a move there is under way; call move() again to finish it",
                    source.collection());
        }
        return within(state, () -> attempt(state, tables, here));
    }

    private RelocationState begin(RelocationState begun) {
        OpenLayer to = target.layer();
        RelocationState state = begun.of(source.pool().origins().begin(), source.layer(), to);
        return to.store().apply(Batch.of(List.of(state.insert()))) instanceof BatchResult.Refused
                ? begun.stored(to).orElse(state)
                : state;
    }

    /**
     * Returns the state with the transaction that it is in the history: one for all who take it on, since an undo of what was created alone would leave
     * nothing of the items. What is done with a complete copy is another.
     */
    private RelocationState inHistory(RelocationState state) {
        boolean known = !state.transaction().isEmpty();
        if (known && !source.pool().origins().areKept()) {
            throw new RelocationException(
                    source.collection() + " was not relocated to the layer \""
                            + target.layer().layer()
                            + "\": that was begun with a history, which an undo goes by, and this pool keeps none. Open it withHistory() to go on",
                    source.collection());
        }
        boolean another = state.phase() == Phase.COPIED;
        if (!source.pool().origins().areKept() || (known && !another)) {
            return state;
        }
        return state.in(another ? Phase.VERIFYING : state.phase())
                .of(source.pool().origins().begin(), source.layer(), target.layer())
                .store(target.layer());
    }

    private <R> R within(RelocationState state, Supplier<R> call) {
        return source.pool().origins().within(state.transaction(), state.layers(), call);
    }

    private Relocated attempt(RelocationState state, TransferTables<T> tables, TableSchema found) {
        OpenLayer to = target.layer();
        TableSchema here = aim == Aim.MOVE ? tables.revise(found) : found;
        TableSchema there = tables.evolve(here);
        RowTransfer<T> transfer = new RowTransfer<>(source, target, renaming(), here, there);
        CopiedRows copied = CopiedRows.copies(to, state.key());
        return goOn(state, new CopyPasses<>(source, target, transfer, copied), copied);
    }

    private Relocated goOn(RelocationState begun, CopyPasses<T> rounds, CopiedRows copied) {
        OpenLayer to = target.layer();
        RelocationState state = begun;
        if (state.phase() == Phase.COPYING) {
            state = copyAll(state, rounds).in(Phase.VERIFYING).store(to);
        }
        if (state.phase() == Phase.VERIFYING || state.phase() == Phase.COPIED) {
            state = verify(state, rounds);
            state = state.in(aim == Aim.MOVE ? Phase.REWRITING : Phase.COPIED).store(to);
        }
        if (aim == Aim.COPY) {
            return new Relocated(state.items(), state.hash(), 0);
        }
        ReferenceRewrite rewrite = new ReferenceRewrite(source, target);
        if (state.phase() == Phase.REWRITING) {
            state = rewrite(state, rewrite).in(Phase.REMOVING).store(to);
        }
        CopiedRows removed = CopiedRows.removed(source.layer(), state.key());
        within(state, () -> {
            remove(rounds, copied, removed);
            return rounds.sweep(pace(), removed);
        });
        // Whoever wrote the old name while the old items were still there.
        state = rewrite(state, rewrite);
        within(state, () -> {
            rounds.followDeletions(pace(), removed);
            return removed;
        });
        // In this order: without its note, an item that was taken away would look like one that somebody deleted.
        forget(copied, to);
        forget(removed, source.layer());
        to.store().apply(Batch.of(List.of(state.delete())));
        return new Relocated(state.items(), state.hash(), state.rewritten());
    }

    private RelocationState copyAll(RelocationState begun, CopyPasses<T> rounds) {
        RelocationState state = begun;
        long total = count();
        PassPace pace = pace();
        while (true) {
            List<RowTransfer.Copy> page = rounds.page(state.after(), pace.next());
            if (page.isEmpty()) {
                return state;
            }
            state = state.copied(page.get(page.size() - 1).id(), page.size());
            rounds.copy(page, state);
            tell(RelocationProgress.Phase.COPYING, state.items(), total);
        }
    }

    private RelocationState verify(RelocationState state, CopyPasses<T> rounds) {
        for (int round = 1; round <= ROUNDS; round++) {
            long total = count();
            CopyPasses.Compared compared =
                    rounds.compare(pace(), round == 1, done -> tell(RelocationProgress.Phase.VERIFYING, done, total));
            boolean swept = rounds.sweep(pace());
            if (compared.isClean() && !swept) {
                return state.compared(compared.items(), compared.hash());
            }
        }
        throw tooFast("copied");
    }

    private RelocationState rewrite(RelocationState begun, ReferenceRewrite rewrite) {
        RelocationState state = begun;
        for (int round = 1; round <= ROUNDS; round++) {
            ReferenceRewrite.Pass pass = rewrite.pass(done -> tell(RelocationProgress.Phase.REWRITING, done, done));
            if (pass.found() == 0) {
                return state;
            }
            state = state.rewrote(pass).store(target.layer());
        }
        throw tooFast("searched for references to it");
    }

    private void remove(CopyPasses<T> rounds, CopiedRows copied, CopiedRows removed) {
        long total = count();
        for (int round = 1; round <= ROUNDS; round++) {
            long done = 0;
            String after = "";
            PassPace pace = pace();
            while (true) {
                Map<String, Long> page = revisions(after, pace.next());
                if (page.isEmpty()) {
                    break;
                }
                after = last(page);
                remove(page, rounds, copied, removed);
                done += page.size();
                tell(RelocationProgress.Phase.REMOVING, done, total);
            }
            if (done == 0) {
                return;
            }
        }
        throw tooFast("emptied");
    }

    /** Deletes the rows that are as they were copied, and copies the others anew, for the next round. */
    private void remove(Map<String, Long> page, CopyPasses<T> rounds, CopiedRows copied, CopiedRows removed) {
        Map<String, CopiedRows.Noted> known = copied.of(page.keySet());
        Map<String, Long> removable = new LinkedHashMap<>();
        List<String> changed = new ArrayList<>();
        page.forEach((id, revision) -> {
            CopiedRows.Noted noted = known.get(id);
            if (noted != null && noted.source() == revision) {
                removable.put(id, revision);
            } else {
                changed.add(id);
            }
        });
        rounds.copyAgain(changed);
        for (String id : rounds.deletedThere(removable.keySet())) {
            rounds.deleteToo(id, removal(id, removable.remove(id), removed));
        }
        List<Mutation> all = new ArrayList<>();
        removable.forEach((id, revision) -> all.addAll(removal(id, revision, removed)));
        if (!all.isEmpty() && source.layer().applyPass(Batch.of(all)) instanceof BatchResult.Refused) {
            removable.forEach((id, revision) -> removeAlone(id, revision, removed));
        }
    }

    private List<Mutation> removal(String id, long revision, CopiedRows removed) {
        return List.of(
                new Mutation.Delete(source.table(), id, OptionalLong.of(revision)),
                removed.insert(id, new CopiedRows.Noted(revision, revision)));
    }

    /**
     * Removes a row by itself; one that is refused was changed or deleted meanwhile, and the next round, or the sweep,
     * sees it as it is.
     */
    private void removeAlone(String id, long revision, CopiedRows removed) {
        List<Mutation> removal = removal(id, revision, removed);
        if (source.layer().applyPass(Batch.of(removal)) instanceof BatchResult.Refused refused
                && refused.refusal() instanceof Refusal.Exists) {
            // It was taken away before, and somebody has brought it back.
            source.layer().applyPass(Batch.of(removal.subList(0, 1)));
        }
    }

    private void forget(CopiedRows noted, OpenLayer layer) {
        PassPace pace = pace();
        while (true) {
            Map<String, CopiedRows.Noted> page = noted.page("", pace.next());
            if (page.isEmpty()) {
                return;
            }
            List<Mutation> deletions = new ArrayList<>();
            page.keySet().forEach(id -> deletions.add(noted.delete(id)));
            layer.store().apply(Batch.of(deletions));
        }
    }

    private PassPace pace() {
        return new PassPace(source.pool().environment()::nanoTime);
    }

    private RelocationException tooFast(String what) {
        return new RelocationException(
                source.collection() + " in the layer \"" + source.layer().layer()
                        + "\" is changed faster than it can be " + what + ", after " + ROUNDS
                        + " rounds. What was done stays; call again when fewer write to it",
                source.collection());
    }

    private void tell(RelocationProgress.Phase phase, long done, long total) {
        progress.accept(new RelocationProgress(phase, done, Math.max(done, total)));
    }

    private long count() {
        Selection all = new Selection(
                source.table(),
                List.of(),
                List.of(new Output.Count()),
                Condition.ALWAYS,
                List.of(),
                List.of(),
                OptionalLong.empty());
        try (RowCursor row = source.layer().allRows().select(all)) {
            return row.next() && row.get(0) instanceof Number number ? number.longValue() : 0;
        }
    }

    private Map<String, Long> revisions(String after, int size) {
        TableView<?> view = new TableView<>(
                Models.of(Document.class),
                new TableSchema(
                        source.table(),
                        List.of(
                                new ColumnSchema(TableName.ID, ColumnKind.ID),
                                new ColumnSchema(TableName.REVISION, ColumnKind.INTEGER)),
                        List.of()),
                source.layer().all());
        Map<String, Long> revisions = new LinkedHashMap<>();
        try (RowCursor row = source.layer().allRows().select(Pages.selection(view, after, size))) {
            while (row.next()) {
                long revision = row.get(1) instanceof Number number ? number.longValue() : 0;
                revisions.put(String.valueOf(row.get(0)), revision);
            }
        }
        return revisions;
    }

    private static String last(Map<String, Long> page) {
        String last = "";
        for (String id : page.keySet()) {
            last = id;
        }
        return last;
    }

    /** Returns the renaming by which a reference names in the new place the item that it named in the old one. */
    private UnaryOperator<Rn<?>> renaming() {
        String old = source.layer().layer();
        return reference -> {
            if (reference.isDepot()) {
                return reference;
            }
            Optional<String> said = reference.layer();
            boolean goesAlong = aim == Aim.MOVE
                    && reference.namespace().equals(source.table().namespace())
                    && reference.kind().equals(source.table().kind());
            if (said.isEmpty()) {
                return goesAlong ? reference : reference.from(old);
            }
            return goesAlong && said.get().equals(old)
                    ? reference.from(target.layer().layer())
                    : reference;
        };
    }
}
