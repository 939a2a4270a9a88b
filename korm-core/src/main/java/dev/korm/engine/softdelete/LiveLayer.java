package dev.korm.engine.softdelete;

import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.ChangeFeed;
import dev.korm.spi.CompiledSelection;
import dev.korm.spi.Layer;
import dev.korm.spi.PreparedBatch;
import dev.korm.spi.RowCursor;
import dev.korm.spi.Snapshot;
import dev.korm.spi.StorePlan;
import dev.korm.spi.environment.Scheduler;
import dev.korm.spi.load.LoadTarget;
import dev.korm.spi.load.RowLoad;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnExchange;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.TableSchema;
import dev.korm.spi.support.ForwardingLayer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * A layer without the rows that are marked as deleted: they are in no answer and behind no reference, whoever asks. Everything of the engine
 * reads through one, so that a room that knows nothing of such rows cannot show one; who needs them asks {@link #all}.
 *
 * <p>Which tables have such rows tells their schema ({@link TableName#DELETED}), by what was last seen of it here. Nothing is added to a question
 * about other tables. What is written is written as it is asked; that a deletion marks a row instead is done before ({@link DeletionMarks}).
 * Safe for many threads.
 */
public final class LiveLayer extends ForwardingLayer {
    private final Layer all;
    private final Map<TableName, Boolean> marks = new ConcurrentHashMap<>();
    private volatile Consumer<TableName> turned = table -> {};
    /** Set once there was a table with marks: before that nobody looks through the joins of a selection. */
    private volatile boolean any;

    public LiveLayer(Layer all) {
        super(all);
        this.all = all;
    }

    /** Returns the layer with all its rows. */
    public Layer all() {
        return all;
    }

    /** Has somebody told of each table that turns out to have marked rows, or to have none any more, since it was seen last. */
    public void onTurn(Consumer<TableName> listener) {
        turned = listener;
    }

    /** Returns whether rows of a table can be marked, as it was seen last. */
    private boolean isMarking(TableName table) {
        Boolean known = marks.get(table);
        if (known != null) {
            return known;
        }
        return table.isItems()
                && describe(table)
                        .filter(schema -> schema.has(TableName.DELETED))
                        .isPresent();
    }

    private void see(TableName table, TableSchema schema) {
        if (table.isItems()) {
            boolean marking = schema.has(TableName.DELETED);
            if (marking) {
                any = true;
            }
            Boolean before = marks.put(table, marking);
            if (before != null && before != marking) {
                turned.accept(table);
            }
        }
    }

    /**
     * Returns a selection that says itself that it selects no marked row, for those who have to know all that it asks. What is behind its
     * joins is left to {@link #select}.
     */
    public Selection live(Selection selection) {
        return isMarking(selection.from()) ? LiveSelection.unmarked(selection) : selection;
    }

    private Selection joined(Selection selection) {
        return !isMarking(selection.from()) && !any ? selection : LiveSelection.of(selection, this::isMarking);
    }

    /** Returns whether marked rows have to be left out here, since the layer cannot leave them out itself. */
    private boolean isLeftToUs(Selection selection) {
        return isMarking(selection.from()) && !all.capabilities().pushdown().test(LiveSelection.UNMARKED);
    }

    @Override
    public RowCursor select(Selection selection) {
        return isLeftToUs(selection) ? UnmarkedRows.select(selection, all::select) : all.select(joined(selection));
    }

    @Override
    public CompiledSelection compile(Selection selection) {
        if (!isLeftToUs(selection)) {
            return all.compile(joined(selection));
        }
        CompiledSelection compiled = all.compile(UnmarkedRows.marksToo(selection));
        return constants -> UnmarkedRows.select(selection, any -> compiled.select(constants));
    }

    @Override
    public StorePlan explain(Selection selection) {
        return all.explain(isLeftToUs(selection) ? selection : joined(selection));
    }

    @Override
    public Optional<TableSchema> describe(TableName table) {
        Optional<TableSchema> schema = all.describe(table);
        schema.ifPresent(seen -> see(table, seen));
        return schema;
    }

    @Override
    public TableSchema evolve(TableSchema wanted, Set<String> replace) {
        TableSchema schema = all.evolve(wanted, replace);
        see(wanted.table(), schema);
        return schema;
    }

    /** Returns nothing: rows come by way of batches, of which each is looked at. */
    @Override
    public Optional<RowLoad> load(TableName table, List<ColumnSchema> columns, LoadTarget target) {
        return Optional.empty();
    }

    @Override
    public boolean exchange(ColumnExchange exchange) {
        boolean done = all.exchange(exchange);
        turned.accept(exchange.table());
        return done;
    }

    @Override
    public BatchResult apply(Batch batch) {
        return all.apply(live(batch));
    }

    @Override
    public PreparedBatch prepare(Batch batch) {
        return all.prepare(live(batch));
    }

    @Override
    public PreparedBatch prepare(Batch batch, Duration deadline, Scheduler scheduler) {
        return all.prepare(live(batch), deadline, scheduler);
    }

    private Batch live(Batch batch) {
        return !any ? batch : LiveSelection.of(batch, this::isMarking);
    }

    @Override
    public Snapshot snapshot() {
        return new LiveSnapshot(all.snapshot());
    }

    @Override
    public Snapshot snapshot(Duration deadline, Scheduler scheduler) {
        return new LiveSnapshot(all.snapshot(deadline, scheduler));
    }

    /** A moment of the layer without the marked rows. */
    private final class LiveSnapshot implements Snapshot {
        private final Snapshot moment;

        LiveSnapshot(Snapshot moment) {
            this.moment = moment;
        }

        @Override
        public RowCursor select(Selection selection) {
            return isLeftToUs(selection)
                    ? UnmarkedRows.select(selection, moment::select)
                    : moment.select(joined(selection));
        }

        @Override
        public ChangeFeed.Position position() {
            return moment.position();
        }

        @Override
        public void close() {
            moment.close();
        }
    }
}
