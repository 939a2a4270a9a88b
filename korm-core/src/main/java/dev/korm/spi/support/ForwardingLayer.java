package dev.korm.spi.support;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Capabilities;
import dev.korm.spi.ChangeFeed;
import dev.korm.spi.CompiledSelection;
import dev.korm.spi.Layer;
import dev.korm.spi.PreparedBatch;
import dev.korm.spi.RowCursor;
import dev.korm.spi.Snapshot;
import dev.korm.spi.StatementObserver;
import dev.korm.spi.StorePlan;
import dev.korm.spi.environment.Scheduler;
import dev.korm.spi.load.LoadTarget;
import dev.korm.spi.load.RowLoad;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnExchange;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.ExistingTable;
import dev.korm.spi.schema.TableSchema;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A layer that passes every call on to another. Who wants a layer that differs in something overrides that alone, and gets what the
 * interface will have one day as well.
 *
 * <p>Nothing is passed on by way of another method: whoever changes {@link #prepare(Batch)} or {@link #snapshot()} changes the form with a
 * deadline too, and whoever changes {@link #apply} answers {@link #load} with nothing, so that loads go by way of batches.
 */
public abstract class ForwardingLayer implements Layer {
    private final Layer layer;

    protected ForwardingLayer(Layer layer) {
        this.layer = requireNonNull(layer, "layer");
    }

    /** Returns the layer that calls are passed on to. */
    protected final Layer layer() {
        return layer;
    }

    @Override
    public String name() {
        return layer.name();
    }

    @Override
    public Capabilities capabilities() {
        return layer.capabilities();
    }

    @Override
    public List<TableName> tables() {
        return layer.tables();
    }

    @Override
    public List<TableName> tables(String column) {
        return layer.tables(column);
    }

    @Override
    public Optional<TableSchema> describe(TableName table) {
        return layer.describe(table);
    }

    @Override
    public TableSchema evolve(TableSchema wanted, Set<String> replace) {
        return layer.evolve(wanted, replace);
    }

    @Override
    public Optional<TableSchema> show(ExistingTable table) {
        return layer.show(table);
    }

    @Override
    public long nextKey(TableName table) {
        return layer.nextKey(table);
    }

    @Override
    public boolean exchange(ColumnExchange exchange) {
        return layer.exchange(exchange);
    }

    @Override
    public boolean drop(TableName table) {
        return layer.drop(table);
    }

    @Override
    public RowCursor select(Selection selection) {
        return layer.select(selection);
    }

    @Override
    public CompiledSelection compile(Selection selection) {
        return layer.compile(selection);
    }

    @Override
    public StorePlan explain(Selection selection) {
        return layer.explain(selection);
    }

    @Override
    public Optional<RowLoad> load(TableName table, List<ColumnSchema> columns, LoadTarget target) {
        return layer.load(table, columns, target);
    }

    @Override
    public BatchResult apply(Batch batch) {
        return layer.apply(batch);
    }

    @Override
    public PreparedBatch prepare(Batch batch) {
        return layer.prepare(batch);
    }

    @Override
    public PreparedBatch prepare(Batch batch, Duration deadline, Scheduler scheduler) {
        return layer.prepare(batch, deadline, scheduler);
    }

    @Override
    public Instant time() {
        return layer.time();
    }

    @Override
    public Snapshot snapshot() {
        return layer.snapshot();
    }

    @Override
    public Snapshot snapshot(Duration deadline, Scheduler scheduler) {
        return layer.snapshot(deadline, scheduler);
    }

    @Override
    public void limitStatements(Duration longest) {
        layer.limitStatements(longest);
    }

    @Override
    public boolean hasReplicas() {
        return layer.hasReplicas();
    }

    @Override
    public void observe(StatementObserver observer) {
        layer.observe(observer);
    }

    @Override
    public void follow(TableName table) {
        layer.follow(table);
    }

    @Override
    public void unfollow(TableName table) {
        layer.unfollow(table);
    }

    @Override
    public void forgetChanges(Instant before) {
        layer.forgetChanges(before);
    }

    @Override
    public void forgetChanges(Instant before, Collection<ChangeFeed.Position> needed) {
        layer.forgetChanges(before, needed);
    }

    @Override
    public ChangeFeed changes(Optional<ChangeFeed.Position> from) {
        return layer.changes(from);
    }

    @Override
    public void close() {
        layer.close();
    }
}
