package dev.korm.engine.layer;

import dev.korm.StoreException;
import dev.korm.crypto.LayerSealer;
import dev.korm.deletion.SoftDelete;
import dev.korm.engine.context.Parallel;
import dev.korm.engine.federation.FederatedLayer;
import dev.korm.engine.observe.SchemaLog;
import dev.korm.engine.softdelete.DeletionMarks;
import dev.korm.engine.softdelete.DeletionModes;
import dev.korm.engine.softdelete.LiveLayer;
import dev.korm.event.PreparationProgress;
import dev.korm.model.Model;
import dev.korm.model.Models;
import dev.korm.model.row.ColumnMisfits;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Capabilities;
import dev.korm.spi.Layer;
import dev.korm.spi.Mutation;
import dev.korm.spi.PreparedBatch;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.environment.RevisionClock;
import dev.korm.spi.environment.Scheduler;
import dev.korm.spi.environment.SurroundingTransaction;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.FingerprintKey;
import dev.korm.spi.schema.TableSchema;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A layer of an open pool, with what is known of its tables. Safe for many threads.
 *
 * <p>What was seen of a table is kept only while it has all that a record needs: such a table can change in no way that
 * matters without an error that says so. Everything else is asked of the layer each time.
 */
public final class OpenLayer extends FederatedLayer {
    /** Its methods are written out, since those that a record has by itself are made of method handles at the first use. */
    private record ViewKey(TableName table, Class<?> type) {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof ViewKey key && type == key.type && table.equals(key.table);
        }

        @Override
        public int hashCode() {
            return 31 * table.hashCode() + type.hashCode();
        }
    }

    /** @param at in nanoseconds of the environment's */
    private record Looked(Optional<TableSchema> schema, long at) {}

    private final Environment environment;
    private final Rows rows;
    private final LayerPolicies policies;
    private final DeletionModes deletions;
    private final DeletionMarks marks;
    private final UniqueLocks uniqueLocks;
    private final BatchTokens tokens;
    private final Map<ViewKey, TableView<?>> complete = new ConcurrentHashMap<>();
    private final ShownTables existing;
    private final Map<TableName, Looked> recent = new ConcurrentHashMap<>();
    private final RenamedFields renamed = new RenamedFields(this);
    private final Set<TableName> keysTried = ConcurrentHashMap.newKeySet();

    /** Null where nobody looks at what is searched. */
    private volatile @Nullable SearchGuard searches;

    /** Null in a pool that shares no locks. */
    private volatile @Nullable WriteFences fences;

    /**
     * @param pool all layers by name, once the pool is open
     * @param parallel asks several of them at once
     * @param seals seals and opens the secrets of its items
     */
    public OpenLayer(Layer layer, Map<String, OpenLayer> pool, Parallel parallel, LayerSealer seals) {
        this(new LiveLayer(layer), pool, parallel, seals);
    }

    private OpenLayer(LiveLayer live, Map<String, OpenLayer> pool, Parallel parallel, LayerSealer seals) {
        this(
                live,
                new Rows(live, Rows.Of.LIVE),
                pool,
                parallel,
                seals,
                new LayerPolicies(live),
                new DeletionModes(live, parallel.environment()),
                new BatchTokens(parallel.environment()));
        live.onTurn(this::forgetViews);
    }

    private OpenLayer(
            Layer layer,
            Rows rows,
            Map<String, OpenLayer> pool,
            Parallel parallel,
            LayerSealer seals,
            LayerPolicies policies,
            DeletionModes deletions,
            BatchTokens tokens) {
        super(layer, pool, parallel, seals);
        this.environment = parallel.environment();
        this.uniqueLocks = new UniqueLocks(this, environment);
        this.rows = rows;
        this.existing = new ShownTables(this, pool);
        this.policies = policies;
        this.deletions = deletions;
        this.tokens = tokens;
        this.marks = new DeletionMarks(deletions, environment, this::recent);
    }

    /**
     * The rows that are seen of a layer.
     *
     * @param live the layer itself
     */
    private record Rows(LiveLayer live, Of of) {
        private enum Of {
            /** Those that are not marked as deleted. */
            LIVE,
            ALL
        }
    }

    /**
     * Returns this layer as it is seen through another one that lies over it.
     *
     * @param others all layers as they are seen so, by name
     */
    public OpenLayer seenThrough(Layer view, Map<String, OpenLayer> others) {
        return guarded(new OpenLayer(view, rows, others, parallel(), seals(), policies, deletions, tokens));
    }

    /**
     * Returns this layer with the rows that are marked as deleted among the others.
     *
     * @param others all layers as they are seen so, by name
     */
    public OpenLayer withDeleted(Map<String, OpenLayer> others) {
        Rows all = new Rows(rows.live(), Rows.Of.ALL);
        return guarded(new OpenLayer(all(), all, others, parallel(), seals(), policies, deletions, tokens));
    }

    private OpenLayer guarded(OpenLayer view) {
        view.searches = searches;
        return view;
    }

    /** Has a look taken before sealed values are searched for; before the layer is used. */
    public void guardSearches(SearchGuard guard) {
        searches = guard;
    }

    @Override
    public List<String> fingerprints(TableName table, FingerprintKey key, String canonicalJson) {
        SearchGuard guard = searches;
        if (guard != null) {
            guard.beforeSearching(table);
        }
        return super.fingerprints(table, key, canonicalJson);
    }

    @Override
    protected Selection seen(Selection selection) {
        return rows.of() == Rows.Of.ALL ? selection : rows.live().live(selection);
    }

    /** Returns whether rows that are marked as deleted are among those that are seen. */
    public boolean showsDeleted() {
        return rows.of() == Rows.Of.ALL;
    }

    /** Returns the store with all its rows, also those that are marked as deleted. */
    public Layer all() {
        store();
        return rows.live().all();
    }

    /** Returns this layer with the rows that are marked as deleted among the others, for questions about one table. */
    public FederatedLayer allRows() {
        return new FederatedLayer(all(), Map.of(), parallel(), seals());
    }

    /** Returns what a deletion does in the tables of this layer. */
    public DeletionModes deletions() {
        return deletions;
    }

    /** Returns what marks rows as deleted. */
    public DeletionMarks marks() {
        return marks;
    }

    /** Has a table keep deleted rows as its record declares, before the first of them is deleted. */
    public void readyToDelete(Model<?> model, TableName table) {
        model.softDelete().ifPresent(declared -> schema(table)
                .filter(schema -> marks.isNews(schema, declared))
                .ifPresent(schema -> declare(schema, declared)));
    }

    private void declare(TableSchema schema, SoftDelete declared) {
        try {
            marks.declare(store(), schema, declared);
        } finally {
            forget(schema.table());
        }
    }

    /** Holds all that is written from now on to locks. */
    public void guard(WriteFences locks) {
        fences = locks;
    }

    /**
     * Applies all of the batch or nothing; what is deleted is marked where its table keeps deleted rows. Where the store's answer is lost it is found out what it would have been.
     *
     * @throws StoreException with {@link StoreException.Outcome#UNKNOWN} where that cannot be found out
     * @throws dev.korm.lock.LockLostException when the pool has lost a lock that it has on what is written; nothing is stored
     */
    public BatchResult apply(Batch changes) {
        List<Mutation> marked = marks.marking(changes.mutations());
        return applyAsIs(
                marked == changes.mutations() ? changes : new Batch(marked, changes.marker(), changes.token()));
    }

    /** Works as {@link #apply}; what is deleted is removed, also where the table keeps deleted rows. */
    public BatchResult applyAsIs(Batch changes) {
        WriteFences guard = fences;
        if (guard == null) {
            return applyDecided(changes);
        }
        FencedBatch fenced = new FencedBatch(layer(), guard, changes);
        return fenced.asked(applyDecided(fenced.batch()));
    }

    /**
     * Works as {@link #apply}, for work that goes over all items and is repeated: an answer that is lost is left to the caller, who looks again.
     *
     * @throws dev.korm.lock.LockLostException when the pool has lost a lock that it has on what is written; nothing is stored
     */
    public BatchResult applyPass(Batch changes) {
        WriteFences guard = fences;
        if (guard == null) {
            return store().apply(changes);
        }
        FencedBatch fenced = new FencedBatch(layer(), guard, changes);
        return fenced.asked(store().apply(fenced.batch()));
    }

    /** Works as {@link #apply}, for what was decided already: no lock keeps it from being stored. */
    public BatchResult applyDecided(Batch changes) {
        Batch batch = withToken(changes);
        BatchResult result = applyOrSettle(batch);
        if (result instanceof BatchResult.Applied) {
            takeNote(batch.mutations());
        }
        return result;
    }

    /**
     * Applies the batch, as it is recorded, in a transaction that stays open until it is committed, rolled back, or too old.
     *
     * @param deadline from now
     * @param scheduler watches the deadline
     * @throws dev.korm.lock.LockLostException when the pool has lost a lock that it has on what is written
     */
    public PreparedBatch prepare(Batch changes, Duration deadline, Scheduler scheduler) {
        WriteFences guard = fences;
        if (guard == null) {
            return store().prepare(withToken(changes), deadline, scheduler);
        }
        FencedBatch fenced = new FencedBatch(layer(), guard, changes);
        return fenced.asked(store().prepare(withToken(fenced.batch()), deadline, scheduler));
    }

    private Batch withToken(Batch changes) {
        boolean gets =
                store().capabilities().has(Capabilities.Feature.TOKENS) && !existing.isAnyOf(changes.mutations());
        return gets ? changes.withToken(tokens.next()) : changes;
    }

    private BatchResult applyOrSettle(Batch batch) {
        try {
            return store().apply(batch);
        } catch (StoreException failure) {
            // What belongs to somebody else's transaction must not be made again without the rest of that.
            if (failure.outcome() != StoreException.Outcome.UNKNOWN
                    || SurroundingTransaction.ofThread().isPresent()) {
                throw failure;
            }
            return new LostCommitResolver(this, environment).settle(batch, failure);
        }
    }

    /** Has new items begin above the revisions of those that were changed or deleted, however the wall clock goes. */
    public void takeNote(List<Mutation> mutations) {
        RevisionClock revisions = environment.revisions();
        for (Mutation mutation : mutations) {
            if (mutation instanceof Mutation.Update update) {
                update.expectedRevision().ifPresent(before -> revisions.saw(before + 1));
            } else if (mutation instanceof Mutation.Delete delete) {
                delete.expectedRevision().ifPresent(revisions::saw);
            } else if (mutation instanceof Mutation.UpdateSelected) {
                // Rows that were not above the clock are not above it with one more.
                revisions.next();
            }
        }
    }

    /** Returns the locks for which writers wait that write the same sealed value with different keys. */
    public UniqueLocks uniqueLocks() {
        return uniqueLocks;
    }

    /** Returns whether the keys were seen to open what a table holds. */
    public boolean areKeysTried(TableName table) {
        return keysTried.contains(table);
    }

    /** Takes note that they were. */
    public void keysTried(TableName table) {
        keysTried.add(table);
    }

    /** Returns the policies for references to deleted items. */
    public LayerPolicies policies() {
        store();
        return policies;
    }

    @Override
    protected Optional<TableSchema> known(TableName table, Class<?> type) {
        return Optional.ofNullable(complete.get(new ViewKey(table, type))).map(TableView::schema);
    }

    /** Returns the view that reads items of a type from a table; empty when there is no table. */
    public <T> Optional<TableView<T>> view(Model<T> model, TableName table) {
        TableView<T> known = known(model, table);
        if (known != null) {
            return Optional.of(known);
        }
        Optional<TableSchema> schema = model.existing().isPresent() ? existing.show(model) : schema(table);
        return schema.map(there -> keep(model, there));
    }

    /** Returns the tables that korm did not make. */
    public ShownTables existing() {
        store();
        return existing;
    }

    @Override
    public List<TableSchema> items(String column, Class<?> type) {
        return ShownTables.isShown(type)
                ? existing.show(Models.of(type)).stream().toList()
                : super.items(column, type);
    }

    /**
     * Returns the table with all that an item needs; made, or given what it lacks.
     *
     * @param data what is to be stored; null for what every item needs
     * @param check is shown the table as the data wants it before anything is made, and throws when the data cannot be stored
     *     in any: a value that is refused leaves no column behind
     */
    public <T> TableView<T> evolved(Model<T> model, TableName table, @Nullable T data, Consumer<TableSchema> check) {
        TableView<T> evolved = evolvedAlone(model, table, data, check);
        if (model.existing().isPresent()) {
            return evolved;
        }
        policies.declare(table, model.type(), model.policies());
        SoftDelete declared = model.softDelete().orElse(null);
        if (declared != null && marks.isNews(evolved.schema(), declared)) {
            declare(evolved.schema(), declared);
        }
        return evolved;
    }

    private <T> TableView<T> evolvedAlone(
            Model<T> model, TableName table, @Nullable T data, Consumer<TableSchema> check) {
        TableView<T> known = known(model, table);
        if (known != null) {
            return known;
        }
        if (model.existing().isPresent()) {
            return keep(model, existing.require(model));
        }
        TableSchema actual = schema(table).orElse(null);
        TableSchema wanted = model.wanted(table, data);
        if (actual != null) {
            wanted = TableView.wantedNow(actual, wanted, model.deferredIndexes(table));
        }
        if (actual == null || !TableView.isWritable(actual, wanted)) {
            check.accept(wanted);
            if (actual != null) {
                renamed.tellOfAdded(model, actual, wanted);
            }
            try {
                actual = new Evolution(this, progress -> {})
                        .evolve(wanted, Optional.ofNullable(actual), Evolution.Fingerprints.OF_UNIQUE);
            } finally {
                // Other types that share the table have to look again: a field of theirs may have become unique.
                forget(table);
            }
        }
        return keep(model, actual);
    }

    /**
     * Gives a table all that items want, also what they can be written without.
     *
     * @param progress is told after each chunk of rows
     */
    public void prepare(Model<?> model, TableName table, Consumer<PreparationProgress> progress) {
        if (model.existing().isPresent()) {
            existing.require(model);
            return;
        }
        TableSchema wanted = model.wanted(table, null);
        Optional<TableSchema> actual = schema(table);
        actual.ifPresent(there -> ColumnMisfits.of(there, wanted)
                .forEach(column -> SchemaLog.doesNotFit(layer(), table, column.name(), column.kind())));
        if (actual.isEmpty() || !TableView.has(actual.get(), wanted)) {
            actual.ifPresent(there -> renamed.tellOfAdded(model, there, wanted));
            try {
                new Evolution(this, progress).evolve(wanted, actual, Evolution.Fingerprints.OF_ALL);
            } finally {
                forget(table);
            }
        } else {
            // What a layer keeps beside its indexes is its own to know; a table of another version may lack it.
            store().evolve(actual.get(), Set.of());
        }
    }

    /**
     * Returns the columns of a table, seen at most {@link LayerPolicies#STALE} ago: what another program has added is
     * known after that time.
     */
    public Optional<TableSchema> recent(TableName table) {
        long now = environment.nanoTime();
        Looked last = recent.get(table);
        if (last == null || now - last.at() > LayerPolicies.STALE.toNanos()) {
            last = new Looked(schema(table), now);
            recent.put(table, last);
        }
        return last.schema();
    }

    /** Forgets what is known of a table, after an error that says that it has changed. */
    public void forget(TableName table) {
        forgetViews(table);
    }

    private void forgetViews(TableName table) {
        complete.keySet().removeIf(key -> key.table().equals(table));
        recent.remove(table);
    }

    @SuppressWarnings("unchecked") // A view is kept under its model's class.
    private <T> @Nullable TableView<T> known(Model<T> model, TableName table) {
        store();
        return (TableView<T>) complete.get(new ViewKey(table, model.type()));
    }

    private <T> TableView<T> keep(Model<T> model, TableSchema schema) {
        TableView<T> view = rows.of() == Rows.Of.ALL
                ? TableView.withDeleted(model, schema, store())
                : new TableView<>(model, schema, store());
        if (view.isComplete()) {
            complete.put(new ViewKey(schema.table(), model.type()), view);
        } else {
            renamed.tellOfMissing(model, schema);
        }
        return view;
    }
}
