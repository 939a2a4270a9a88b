package dev.korm.wal;

import dev.korm.Rn;
import dev.korm.spi.BatchResult;
import dev.korm.spi.PreparedBatch;
import dev.korm.spi.depot.ByteRange;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.DepotCapabilities;
import dev.korm.spi.depot.FileContent;
import dev.korm.spi.depot.FileEntry;
import dev.korm.spi.depot.FileStat;
import dev.korm.spi.depot.PutCondition;
import dev.korm.spi.depot.PutOptions;
import dev.korm.spi.depot.SkippedName;
import java.io.InputStream;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Batches and depots that pass on what they are asked. */
final class Forwarding {
    private Forwarding() {}

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
