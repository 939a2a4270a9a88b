package dev.korm.testkit.memory;

import dev.korm.ClosedException;
import dev.korm.DuplicateException;
import dev.korm.OperationInterruptedException;
import dev.korm.Rn;
import dev.korm.StoreBusyException;
import dev.korm.StoreException.Outcome;
import dev.korm.StoreReadOnlyException;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Capabilities;
import dev.korm.spi.ChangeFeed;
import dev.korm.spi.CompiledSelection;
import dev.korm.spi.Layer;
import dev.korm.spi.PreparedBatch;
import dev.korm.spi.Row;
import dev.korm.spi.RowCursor;
import dev.korm.spi.Snapshot;
import dev.korm.spi.StorePlan;
import dev.korm.spi.evaluate.Parameters;
import dev.korm.spi.limit.EvaluationTime;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnExchange;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.FingerprintKey;
import dev.korm.spi.schema.IndexSchema;
import dev.korm.spi.schema.TableSchema;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** A {@link MemoryLayer} at work. */
final class OpenMemoryLayer implements Layer {
    private final String name;
    private final MemoryStore store;
    private final Capabilities capabilities;
    private final LongSupplier clock;
    private final Set<Prepared> prepared = ConcurrentHashMap.newKeySet();
    private volatile Duration longest = Duration.ZERO;
    private volatile boolean closed;

    OpenMemoryLayer(String name, MemoryStore store, Capabilities capabilities, LongSupplier clock) {
        this.clock = clock;
        this.name = name;
        this.store = store;
        this.capabilities = capabilities;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Capabilities capabilities() {
        return capabilities;
    }

    @Override
    public List<TableName> tables() {
        requireReady();
        List<TableName> tables = new ArrayList<>();
        for (MemoryTable table : store.state().all()) {
            if (table.schema().table().isItems()) {
                tables.add(table.schema().table());
            }
        }
        return tables;
    }

    @Override
    public Optional<TableSchema> describe(TableName table) {
        requireReady();
        return Optional.ofNullable(store.state().table(table)).map(MemoryTable::schema);
    }

    @Override
    public TableSchema evolve(TableSchema wanted, Set<String> replace) {
        requireReady();
        if (capabilities.access() == Capabilities.Access.READ_ONLY) {
            TableSchema schema = evolved(wanted, replace).schema();
            if (!describe(wanted.table()).equals(Optional.of(schema))) {
                throw readOnly("change the table " + wanted.table());
            }
            return schema;
        }
        beginChange("change the table " + wanted.table());
        try {
            MemoryTable evolved = evolved(wanted, replace);
            store.publish(store.state().with(evolved));
            return evolved.schema();
        } finally {
            store.endChange();
        }
    }

    @Override
    public boolean exchange(ColumnExchange exchange) {
        requireReady();
        if (capabilities.access() == Capabilities.Access.READ_ONLY) {
            throw readOnly("convert a column of " + exchange.table());
        }
        beginChange("convert a column of " + exchange.table());
        try {
            MemoryTable table = store.state().table(exchange.table());
            if (table == null) {
                throw MemoryTable.moved(exchange.table(), exchange.column());
            }
            Optional<MemoryTable> exchanged = table.exchanged(exchange);
            exchanged.ifPresent(next -> store.publish(store.state().with(next)));
            return exchanged.isPresent();
        } finally {
            store.endChange();
        }
    }

    @Override
    public boolean drop(TableName table) {
        requireReady();
        if (capabilities.access() == Capabilities.Access.READ_ONLY) {
            throw readOnly("drop the table " + table);
        }
        beginChange("drop the table " + table);
        try {
            store.drop(table);
            return true;
        } finally {
            store.endChange();
        }
    }

    private MemoryTable evolved(TableSchema wanted, Set<String> replace) {
        MemoryTable old = store.state().table(wanted.table());
        try {
            return (old == null ? MemoryTable.empty(wanted.table()) : old).evolved(wanted, replace);
        } catch (MemoryTable.TakenException taken) {
            throw duplicate(wanted, taken);
        }
    }

    private DuplicateException duplicate(TableSchema wanted, MemoryTable.TakenException taken) {
        IndexSchema index = taken.index;
        TableName table = wanted.table();
        List<String> fields = new ArrayList<>();
        for (Operand part : index.parts()) {
            if (part instanceof Operand.Column column) {
                fields.addAll(FingerprintKey.columns(column.name(), wanted));
            }
        }
        String holder = "[rn]:" + table.namespace() + ":" + table.kind() + ":" + taken.holder;
        return new DuplicateException(
                "The unique index " + index.name() + " of " + table + " on layer \"" + name
                        + "\" cannot be made: several" + " rows hold one value. Change the values of all but one",
                fields,
                Rn.isRn(holder) ? Optional.of(Rn.parse(holder)) : Optional.empty());
    }

    @Override
    public RowCursor select(Selection selection) {
        requireReady();
        MemoryStore.State state = store.state();
        SelectionCheck.check(selection, state, capabilities);
        EvaluationTime time = EvaluationTime.of(name, selection.from(), longest, clock);
        Iterator<Row> rows = time.counted(
                () -> MemoryQuery.answer(name, state, selection, time).iterator());
        return time.over(new Cursor(rows));
    }

    @Override
    public void limitStatements(Duration limit) {
        longest = limit;
    }

    @Override
    public Instant time() {
        requireReady();
        return store.time();
    }

    @Override
    public Snapshot snapshot() {
        requireReady();
        MemoryStore.State state = store.state();
        return new Snapshot() {
            private boolean closed;

            @Override
            public RowCursor select(Selection selection) {
                requireReady();
                if (closed) {
                    throw new ClosedException("The snapshot of the layer \"" + name + "\" was closed; take another");
                }
                SelectionCheck.check(selection, state, capabilities);
                return new Cursor(MemoryQuery.answer(name, state, selection).iterator());
            }

            @Override
            public ChangeFeed.Position position() {
                requireReady();
                return MemoryFeed.position(store, state.changes());
            }

            @Override
            public void close() {
                closed = true;
            }
        };
    }

    @Override
    public void follow(TableName table) {
        requireFeed();
        evolve(
                new TableSchema(
                        table, List.of(new ColumnSchema(table.key(), ColumnKind.ID), MemoryTable.REVISION), List.of()),
                Set.of());
        beginChange("follow the table " + table);
        try {
            Set<TableName> followed = new HashSet<>(store.state().followed());
            followed.add(table);
            store.publish(store.state().following(followed));
        } finally {
            store.endChange();
        }
    }

    @Override
    public void unfollow(TableName table) {
        requireFeed();
        beginChange("follow the table " + table + " no more");
        try {
            Set<TableName> followed = new HashSet<>(store.state().followed());
            followed.remove(table);
            store.publish(store.state().following(followed));
        } finally {
            store.endChange();
        }
    }

    @Override
    public void forgetChanges(Instant before, Collection<ChangeFeed.Position> needed) {
        requireFeed();
        beginChange("forget changes");
        try {
            store.forgetChanges(before, MemoryFeed.lowest(store, needed));
        } finally {
            store.endChange();
        }
    }

    @Override
    public ChangeFeed changes(Optional<ChangeFeed.Position> from) {
        requireReady();
        requireFeed();
        return new MemoryFeed(name, store, from.orElse(null), this::requireReady);
    }

    private void requireFeed() {
        if (!capabilities.has(Capabilities.Feature.CHANGE_FEED)) {
            throw new UnsupportedOperationException("The layer " + name + " tells of no changes; see its capabilities");
        }
    }

    @Override
    public CompiledSelection compile(Selection selection) {
        requireOpen();
        return constants -> select(Parameters.bind(selection, constants));
    }

    @Override
    public StorePlan explain(Selection selection) {
        requireReady();
        int constants = SelectionCheck.check(selection, store.state(), capabilities);
        return new StorePlan("scan " + selection.from(), constants, List.of());
    }

    @Override
    public BatchResult apply(Batch batch) {
        beginChange("apply a batch");
        try {
            BatchRun run = new BatchRun(name, store.state(), capabilities, store.time());
            BatchResult result = run.run(batch);
            if (result instanceof BatchResult.Applied) {
                store.publish(run.state(), run.changes());
            }
            return result;
        } finally {
            store.endChange();
        }
    }

    @Override
    public PreparedBatch prepare(Batch batch) {
        if (!capabilities.has(Capabilities.Feature.HELD_TRANSACTIONS)) {
            throw new UnsupportedOperationException(
                    "The layer \"" + name + "\" cannot hold a transaction open; see its capabilities");
        }
        beginChange("prepare a batch");
        Prepared held = new Prepared();
        try {
            BatchRun run = new BatchRun(name, store.state(), capabilities, store.time());
            held.result = run.run(batch);
            held.changed = run.state();
            held.noted = run.changes();
            if (held.result instanceof BatchResult.Applied) {
                prepared.add(held);
                return held;
            }
            held.rollback();
            return held;
        } catch (RuntimeException failed) {
            held.rollback();
            throw failed;
        }
    }

    private void beginChange(String what) {
        requireReady();
        if (capabilities.access() == Capabilities.Access.READ_ONLY) {
            throw readOnly(what);
        }
        try {
            if (!store.beginChange()) {
                throw new StoreBusyException(
                        name,
                        "Layer \"" + name + "\" cannot " + what
                                + ": another change is under way. Finish it, or try again",
                        Outcome.NOT_APPLIED,
                        null);
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw interrupted(stop);
        }
    }

    private StoreReadOnlyException readOnly(String what) {
        return new StoreReadOnlyException(
                name,
                "Layer \"" + name + "\" cannot " + what + ": it is open for reading only",
                Outcome.NOT_APPLIED,
                null);
    }

    /** Refuses a call to a closed layer, and one of a thread that is interrupted. */
    private void requireReady() {
        requireOpen();
        if (Thread.currentThread().isInterrupted()) {
            throw interrupted(null);
        }
    }

    private OperationInterruptedException interrupted(@Nullable InterruptedException cause) {
        return new OperationInterruptedException("A call on layer " + name, Outcome.NOT_APPLIED, cause);
    }

    private void requireOpen() {
        if (closed) {
            throw new ClosedException("The layer \"" + name + "\" is closed");
        }
    }

    @Override
    public void close() {
        closed = true;
        for (Prepared held : List.copyOf(prepared)) {
            held.rollback();
        }
    }

    /** The rows of one moment. */
    private final class Cursor implements RowCursor {
        private final Iterator<Row> rows;
        private @Nullable Row row;
        private boolean done;

        Cursor(Iterator<Row> rows) {
            this.rows = rows;
        }

        @Override
        public boolean next() {
            requireOpen();
            row = !done && rows.hasNext() ? rows.next() : null;
            return row != null;
        }

        @Override
        public @Nullable Object get(int column) {
            if (row == null) {
                throw new IllegalStateException("The cursor stands on no row");
            }
            return row.get(column);
        }

        @Override
        public void close() {
            done = true;
            row = null;
        }
    }

    /** Holds the store until it is finished. */
    private final class Prepared implements PreparedBatch {
        private final AtomicBoolean finished = new AtomicBoolean();
        private BatchResult result = new BatchResult.Applied(List.of());
        private MemoryStore.State changed = store.state();
        private List<MemoryChange> noted = List.of();

        @Override
        public BatchResult result() {
            return result;
        }

        @Override
        public void commit() {
            requireOpen();
            if (!finished.compareAndSet(false, true)) {
                throw new IllegalStateException("The batch is finished already");
            }
            prepared.remove(this);
            store.publish(changed, noted);
            store.endChange();
        }

        @Override
        public void rollback() {
            if (finished.compareAndSet(false, true)) {
                prepared.remove(this);
                store.endChange();
            }
        }

        @Override
        public void close() {
            rollback();
        }
    }
}
