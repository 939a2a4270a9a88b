package dev.korm.wal;

import dev.korm.Rn;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Capabilities;
import dev.korm.spi.CompiledSelection;
import dev.korm.spi.Layer;
import dev.korm.spi.PreparedBatch;
import dev.korm.spi.RowCursor;
import dev.korm.spi.Snapshot;
import dev.korm.spi.StatementObserver;
import dev.korm.spi.StorePlan;
import dev.korm.spi.depot.ByteRange;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.DepotCapabilities;
import dev.korm.spi.depot.FileContent;
import dev.korm.spi.depot.FileEntry;
import dev.korm.spi.depot.FileStat;
import dev.korm.spi.depot.PutCondition;
import dev.korm.spi.depot.PutOptions;
import dev.korm.spi.depot.SkippedName;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.TableSchema;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Layers, batches and depots that pass on what they are asked. */
final class Forwarding {
    private Forwarding() {}

    /** A layer that passes on what it is asked. */
    abstract static class ForwardingLayer implements Layer {
        final Layer layer;

        ForwardingLayer(Layer layer) {
            this.layer = layer;
        }

        @Override
        public void observe(StatementObserver observer) {
            layer.observe(observer);
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
        public BatchResult apply(Batch batch) {
            return layer.apply(batch);
        }

        @Override
        public PreparedBatch prepare(Batch batch) {
            return layer.prepare(batch);
        }

        @Override
        public Snapshot snapshot() {
            return layer.snapshot();
        }

        @Override
        public void close() {
            layer.close();
        }
    }

    /** A batch that passes on what it is asked. */
    static class ForwardingBatch implements PreparedBatch {
        final PreparedBatch batch;

        ForwardingBatch(PreparedBatch batch) {
            this.batch = batch;
        }

        @Override
        public BatchResult result() {
            return batch.result();
        }

        @Override
        public void commit() {
            batch.commit();
        }

        @Override
        public void rollback() {
            batch.rollback();
        }

        @Override
        public void close() {
            batch.close();
        }
    }

    /** A depot that passes on what it is asked. */
    abstract static class ForwardingDepot implements Depot {
        final Depot depot;

        ForwardingDepot(Depot depot) {
            this.depot = depot;
        }

        @Override
        public String name() {
            return depot.name();
        }

        @Override
        public DepotCapabilities capabilities() {
            return depot.capabilities();
        }

        @Override
        public FileStat put(Rn<?> file, InputStream content, PutOptions options) {
            return depot.put(file, content, options);
        }

        @Override
        public FileContent get(Rn<?> file) {
            return depot.get(file);
        }

        @Override
        public FileContent get(Rn<?> file, ByteRange range) {
            return depot.get(file, range);
        }

        @Override
        public Optional<FileStat> stat(Rn<?> file) {
            return depot.stat(file);
        }

        @Override
        public Stream<FileEntry> list(Rn<?> prefix, Consumer<SkippedName> skipped) {
            return depot.list(prefix, skipped);
        }

        @Override
        public Stream<String> folders(Rn<?> prefix) {
            return depot.folders(prefix);
        }

        @Override
        public FileStat copy(Rn<?> from, Rn<?> to) {
            return depot.copy(from, to);
        }

        @Override
        public FileStat move(Rn<?> from, Rn<?> to) {
            return depot.move(from, to);
        }

        @Override
        public boolean moveIfNewer(Rn<?> from, Rn<?> to, PutCondition.Newer newer) {
            return depot.moveIfNewer(from, to, newer);
        }

        @Override
        public boolean delete(Rn<?> file) {
            return depot.delete(file);
        }

        @Override
        public void close() {
            depot.close();
        }
    }
}
