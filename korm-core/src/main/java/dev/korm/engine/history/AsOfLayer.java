package dev.korm.engine.history;

import dev.korm.StoreException;
import dev.korm.StoreReadOnlyException;
import dev.korm.engine.context.ChangeLimit;
import dev.korm.engine.federation.StreamCursor;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.engine.version.HistoryClock;
import dev.korm.engine.version.HistoryTable;
import dev.korm.history.HistoryException;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Capabilities;
import dev.korm.spi.CompiledSelection;
import dev.korm.spi.Layer;
import dev.korm.spi.PreparedBatch;
import dev.korm.spi.Row;
import dev.korm.spi.RowCursor;
import dev.korm.spi.Snapshot;
import dev.korm.spi.StorePlan;
import dev.korm.spi.evaluate.Evaluator;
import dev.korm.spi.evaluate.Parameters;
import dev.korm.spi.evaluate.Scope;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.SchemaMovedException;
import dev.korm.spi.schema.TableSchema;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * A layer as it was at a moment: answers from the versions of its items, and changes nothing. Items of some ids are looked up; anything else
 * goes through all versions of the table in pages, and conditions are evaluated as they pass. Orders and groups are made in memory, up to a bound. Safe for many
 * threads.
 */
final class AsOfLayer implements Layer {
    private static final int PARAMETERS = 10_000;

    private final OpenLayer now;
    private final long asked;
    private final LongSupplier moment;
    private final int most;

    /**
     * @param asked the moment that was asked for, in microseconds since 1970
     * @param moment gives the moment to read as of, which may be a little before
     * @param limit bounds the rows to be sorted, and the groups, that are held in memory
     */
    AsOfLayer(OpenLayer now, long asked, LongSupplier moment, ChangeLimit limit) {
        this.now = now;
        this.asked = asked;
        this.moment = moment;
        this.most = limit.most();
    }

    @Override
    public String name() {
        return now.layer();
    }

    @Override
    public Capabilities capabilities() {
        return Capabilities.LEAST
                .withAccess(Capabilities.Access.READ_ONLY)
                .withPushdown(condition -> !(condition instanceof Condition.SealedMatch))
                .withParameterLimit(PARAMETERS);
    }

    @Override
    public List<TableName> tables() {
        return now.store().tables();
    }

    @Override
    public List<TableName> tables(String column) {
        return now.store().tables(column);
    }

    /** Returns the table as it is now, without what only the present has: fingerprints, and indexes. */
    @Override
    public Optional<TableSchema> describe(TableName table) {
        if (!table.isItems()) {
            return Optional.empty();
        }
        return now.schema(table)
                .map(schema -> new TableSchema(
                        table,
                        schema.columns().stream()
                                .filter(column -> !ColumnSchema.isFingerprint(column.name()))
                                .toList(),
                        List.of()));
    }

    @Override
    public RowCursor select(Selection selection) {
        TableSchema schema = describe(selection.from())
                .orElseThrow(() -> new SchemaMovedException(
                        selection.from(), new IllegalStateException("There is no such table")));
        requireHistory();
        if (!keepsMoment()) {
            return select(selection, schema, now::select);
        }
        Snapshot snapshot = now.store().snapshot();
        try {
            return new StreamCursor(
                    answer(selection, new AsOfRows(now, snapshot::select, schema, moment.getAsLong())),
                    snapshot::close);
        } catch (RuntimeException | Error failed) {
            snapshot.close();
            throw failed;
        }
    }

    /** Answers from what is read in a snapshot that somebody else keeps. */
    RowCursor select(Selection selection, Function<Selection, RowCursor> reading) {
        TableSchema schema = describe(selection.from())
                .orElseThrow(() -> new SchemaMovedException(
                        selection.from(), new IllegalStateException("There is no such table")));
        requireHistory();
        return select(selection, schema, reading);
    }

    private RowCursor select(Selection selection, TableSchema schema, Function<Selection, RowCursor> reading) {
        return new StreamCursor(answer(selection, new AsOfRows(now, reading, schema, moment.getAsLong())), () -> {});
    }

    /** Returns whether the layer keeps one moment for all that is asked of it here. */
    private boolean keepsMoment() {
        Capabilities able = now.store().capabilities();
        Condition key = new Condition.Compare(HistoryTable.key(), Condition.Comparison.LESS, "");
        return able.has(Capabilities.Feature.SNAPSHOTS) && able.pushdown().test(key);
    }

    private void requireHistory() {
        HistoryTable table = new HistoryTable(now);
        OptionalLong beginning = table.isThere() ? table.beginning() : OptionalLong.empty();
        if (beginning.isEmpty()) {
            throw new HistoryException("The layer \"" + name()
                    + "\" has no history: it is only read here. Open it with withHistory() where it is written");
        }
        if (moment.getAsLong() < beginning.getAsLong()) {
            throw new HistoryException("The history of the layer \"" + name() + "\" begins at "
                    + HistoryClock.instant(beginning.getAsLong()) + ", after "
                    + HistoryClock.instant(moment.getAsLong())
                    + "; ask for a later moment");
        }
    }

    private Stream<Row> answer(Selection selection, AsOfRows rows) {
        Evaluator evaluator = new Evaluator(name(), (table, id) -> {
            throw new IllegalStateException("Joins are none of this layer's features");
        });
        Iterator<Scope> scopes = ids(selection.where()).map(rows::of).orElseGet(rows::all);
        return evaluator.select(
                selection,
                StreamSupport.stream(Spliterators.spliteratorUnknownSize(scopes, Spliterator.NONNULL), false),
                held -> requireFew(held, selection));
    }

    private void requireFew(long held, Selection selection) {
        if (held > most) {
            throw new HistoryException(
                    "The items of " + selection.from() + " in the layer \"" + name() + "\" as of "
                            + HistoryClock.instant(asked) + " are " + (selection.isGrouped() ? "grouped" : "ordered")
                            + " in memory, and there are more than " + most + (selection.isGrouped() ? " groups" : "")
                            + ". Give a narrower filter or a limit, read them as a stream without an order, or allow more by largestChange(…)");
        }
    }

    /** Returns the ids that alone can fulfil a condition; empty where that is not known. */
    private static Optional<List<String>> ids(Condition where) {
        return where.conjuncts().map(AsOfLayer::idsOf).flatMap(Optional::stream).findFirst();
    }

    private static Optional<List<String>> idsOf(Condition condition) {
        if (condition instanceof Condition.Compare compare
                && compare.comparison() == Condition.Comparison.EQUAL
                && isId(compare.operand())) {
            return Optional.of(List.of(String.valueOf(compare.value())));
        }
        return condition instanceof Condition.OneOf oneOf && isId(oneOf.operand())
                ? Optional.of(
                        oneOf.values().stream().map(String::valueOf).distinct().toList())
                : Optional.empty();
    }

    private static boolean isId(Operand operand) {
        return operand instanceof Operand.Column column
                && column.source() == 0
                && column.name().equals(TableName.ID);
    }

    @Override
    public CompiledSelection compile(Selection selection) {
        return constants -> select(Parameters.bind(selection, constants));
    }

    @Override
    public StorePlan explain(Selection selection) {
        return new StorePlan("versions of " + selection.from() + " as of " + HistoryClock.instant(asked), 0, List.of());
    }

    @Override
    public TableSchema evolve(TableSchema wanted, Set<String> replace) {
        throw readOnly();
    }

    @Override
    public BatchResult apply(Batch batch) {
        throw readOnly();
    }

    @Override
    public PreparedBatch prepare(Batch batch) {
        throw readOnly();
    }

    private StoreReadOnlyException readOnly() {
        return new StoreReadOnlyException(
                name(),
                "Items of the layer \"" + name() + "\" that were read as of " + HistoryClock.instant(asked)
                        + " cannot be changed. Read the item as it is now, and change that",
                StoreException.Outcome.NOT_APPLIED,
                null);
    }

    @Override
    public void close() {
        // The layer that it reads from is the pool's.
    }
}
