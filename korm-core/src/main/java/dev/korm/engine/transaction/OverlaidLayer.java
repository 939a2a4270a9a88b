package dev.korm.engine.transaction;

import dev.korm.QueryException;
import dev.korm.engine.context.PoolLifecycle;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Capabilities;
import dev.korm.spi.CompiledSelection;
import dev.korm.spi.Layer;
import dev.korm.spi.PreparedBatch;
import dev.korm.spi.RowCursor;
import dev.korm.spi.StorePlan;
import dev.korm.spi.environment.SurroundingTransaction;
import dev.korm.spi.evaluate.Parameters;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ExistingTable;
import dev.korm.spi.schema.TableSchema;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A layer as a transaction sees it: the store, and over it what the transaction has not stored yet. Everything above asks it as any other layer, so
 * filters, orders, pages, aggregates and references mean the same over both.
 *
 * <p>A question about tables of which nothing is pending is the store's. Of one that is, the store answers for all rows but the pending ones, which are
 * evaluated here ({@link OverlaidRows}). Such a layer joins no tables: what a reference names may be pending, so it is asked for by
 * itself, as if it were in another layer. Writes nothing.
 */
final class OverlaidLayer implements Layer {
    private final OpenLayer layer;
    private final Layer store;
    private final PendingChanges changes;
    private final PoolLifecycle life;
    private final Optional<SurroundingTransaction> around;
    private @Nullable Capabilities reduced;

    /**
     * @param life of the transaction
     * @param around the transaction of the store that the store is asked within
     */
    OverlaidLayer(
            OpenLayer layer, PendingChanges changes, PoolLifecycle life, Optional<SurroundingTransaction> around) {
        this.layer = layer;
        this.store = layer.store();
        this.changes = changes;
        this.life = life;
        this.around = around.filter(transaction -> transaction.layer().equals(layer.layer()));
    }

    /** Asks the store, within the transaction around this one where there is one. */
    private <T> T asked(Supplier<T> question) {
        return around.isPresent() ? around.get().run(question) : question.get();
    }

    @Override
    public String name() {
        return store.name();
    }

    @Override
    public Capabilities capabilities() {
        if (!changes.touches(name())) {
            return store.capabilities();
        }
        Capabilities known = reduced;
        if (known == null) {
            known = store.capabilities().withJoinLimit(0);
            reduced = known;
        }
        return known;
    }

    @Override
    public List<TableName> tables() {
        life.requireOpen();
        changes.shape(name());
        return asked(store::tables);
    }

    @Override
    public List<TableName> tables(String column) {
        life.requireOpen();
        changes.shape(name());
        return asked(() -> store.tables(column));
    }

    @Override
    public Optional<TableSchema> describe(TableName table) {
        life.requireOpen();
        changes.shape(name());
        return asked(() -> store.describe(table));
    }

    @Override
    public Optional<TableSchema> show(ExistingTable table) {
        life.requireOpen();
        return asked(() -> store.show(table));
    }

    @Override
    public long nextKey(TableName table) {
        life.requireOpen();
        return asked(() -> store.nextKey(table));
    }

    @Override
    public RowCursor select(Selection selection) {
        life.requireOpen();
        boolean pending = changes.touches(name(), selection.from());
        for (TableName joined : selection.tables().values()) {
            if (changes.touches(name(), joined) && !joined.equals(selection.from())) {
                pending = true;
            }
        }
        if (!pending) {
            return asked(() -> store.select(selection));
        }
        if (!selection.joinsBySource().isEmpty()) {
            throw new QueryException(
                    "The items of " + selection.from() + " were being read when the transaction changed what they"
                            + " refer to. Read them to their end before that, or begin again");
        }
        return asked(() -> new OverlaidRows(store, changes.rows(name(), selection.from())).select(selection));
    }

    @Override
    public CompiledSelection compile(Selection selection) {
        return new Compiled(selection);
    }

    /** A selection that is the store's for as long as nothing of its tables is pending. */
    private final class Compiled implements CompiledSelection {
        private final Selection selection;
        private volatile @Nullable CompiledSelection ofStore;

        Compiled(Selection selection) {
            this.selection = selection;
        }

        @Override
        public RowCursor select(Object... constants) {
            life.requireOpen();
            if (changes.touches(name())) {
                return OverlaidLayer.this.select(Parameters.bind(selection, constants));
            }
            CompiledSelection known = ofStore;
            if (known == null) {
                known = store.compile(selection);
                ofStore = known;
            }
            CompiledSelection compiled = known;
            return asked(() -> compiled.select(constants));
        }
    }

    @Override
    public StorePlan explain(Selection selection) {
        life.requireOpen();
        return asked(() -> store.explain(selection));
    }

    @Override
    public TableSchema evolve(TableSchema wanted, Set<String> replace) {
        throw readsOnly();
    }

    @Override
    public BatchResult apply(Batch batch) {
        throw readsOnly();
    }

    @Override
    public PreparedBatch prepare(Batch batch) {
        throw readsOnly();
    }

    private static UnsupportedOperationException readsOnly() {
        return new UnsupportedOperationException("A transaction stores its changes in the pool itself");
    }

    /** Leaves the store open, which is the pool's. */
    @Override
    public void close() {}

    @Override
    public String toString() {
        return "Transaction's view of " + layer.layer();
    }
}
