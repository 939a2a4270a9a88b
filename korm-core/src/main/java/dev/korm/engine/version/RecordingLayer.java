package dev.korm.engine.version;

import dev.korm.KormException;
import dev.korm.StoreBusyException;
import dev.korm.StoreException;
import dev.korm.crypto.LayerSealer;
import dev.korm.engine.context.ChangeLimit;
import dev.korm.engine.context.ChangeOrigins;
import dev.korm.engine.context.Parallel;
import dev.korm.engine.federation.FederatedLayer;
import dev.korm.engine.layer.ChangeRecorder;
import dev.korm.engine.layer.WholeChange;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Capabilities;
import dev.korm.spi.Layer;
import dev.korm.spi.Mutation;
import dev.korm.spi.PreparedBatch;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.environment.Scheduler;
import dev.korm.spi.load.LoadTarget;
import dev.korm.spi.load.RowLoad;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.ExistingTable;
import dev.korm.spi.schema.SchemaMovedException;
import dev.korm.spi.schema.TableSchema;
import dev.korm.spi.support.ForwardingLayer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A layer that keeps the versions of its items: to each batch it adds the versions that the batch makes, so that they are there if and only
 * if the change is, whatever crashes. Everything that changes items goes through here, a bulk change, a cascade and a relocation among it.
 * Safe for many threads.
 *
 * <p>A batch of a change of several layers has its versions before it is written into the journal ({@link #recorded}), and comes here with
 * them.
 */
public final class RecordingLayer extends ForwardingLayer implements ChangeRecorder {
    private static final int ATTEMPTS = 20;
    private static final Logger LOG = LoggerFactory.getLogger("dev.korm.history");

    private final Layer store;
    private final FederatedLayer reading;
    private final HistoryTable table;
    private final StoredRows rows;
    private final HistoryClock clock;
    private final ChangeOrigins origins;
    private final ChangeLimit limit;
    private final String process;
    private final Set<TableName> shown = ConcurrentHashMap.newKeySet();
    private volatile boolean made;

    /**
     * @param clock of all layers of the pool
     * @param origins says who makes a change
     * @param limit bounds how many rows a change of selected ones may have
     */
    private RecordingLayer(
            Layer store,
            FederatedLayer reading,
            HistoryClock clock,
            ChangeOrigins origins,
            ChangeLimit limit,
            String process) {
        super(store);
        this.store = store;
        this.reading = reading;
        this.table = new HistoryTable(reading);
        this.rows = new StoredRows(reading);
        this.clock = clock;
        this.origins = origins;
        this.limit = limit;
        this.process = process;
    }

    /** A maker of such layers, for one pool. */
    public static final class Factory {
        private final HistoryClock clock;
        private final ChangeOrigins origins;
        private final ChangeLimit limit;
        private final Environment environment;

        /**
         * @param origins says who makes a change
         * @param limit bounds how many rows a change of selected ones may have
         */
        public Factory(ChangeOrigins origins, ChangeLimit limit, Environment environment) {
            this.clock = new HistoryClock(environment.clock());
            this.origins = origins;
            this.limit = limit;
            this.environment = environment;
        }

        /** Returns a layer that keeps versions in a store, whose table of them is made where it is missing; a store that is only read stays as it is. */
        public Layer around(Layer store, Parallel parallel, LayerSealer seals) {
            if (store.capabilities().access() == Capabilities.Access.READ_ONLY) {
                return store;
            }
            RecordingLayer layer = new RecordingLayer(
                    store,
                    new FederatedLayer(store, Map.of(), parallel, seals),
                    clock,
                    origins,
                    limit,
                    environment.process().id());
            try {
                layer.make();
            } catch (KormException failed) {
                // The first change makes it. Nothing that a store does keeps a pool from opening that could open
                // without history.
                LOG.warn("The history of the layer \"{}\" begins with its next change", store.name(), failed);
            }
            return layer;
        }
    }

    private void make() {
        table.make(clock.now());
        made = true;
    }

    @Override
    public Optional<TableSchema> show(ExistingTable existing) {
        shown.add(existing.items());
        return store.show(existing);
    }

    @Override
    public List<Mutation> recorded(List<Mutation> mutations, WholeChange whole) {
        return BatchRecorder.concerns(mutations, shown)
                ? withTable(() -> record(mutations, whole)).mutations()
                : mutations;
    }

    @Override
    public long time(long latestBefore) {
        return clock.next(latestBefore);
    }

    /** Returns whether versions of files belong to a batch: it has the marker of the change that they are of. */
    private boolean hasFiles(Batch batch) {
        ChangeOrigins.Files files = origins.files();
        return files.areIn(name())
                && batch.marker()
                        .filter(marker -> marker.id().equals(files.change()))
                        .isPresent()
                && batch.mutations().stream()
                        .noneMatch(mutation -> mutation.table().equals(HistoryTable.NAME));
    }

    private RecordedBatch record(List<Mutation> mutations, WholeChange whole) {
        return new BatchRecorder(reading, table, rows, whole, clock, limit, origins.current(), process, shown)
                .record(mutations);
    }

    /** Returns nothing: versions are written in the batches that they are of. */
    @Override
    public Optional<RowLoad> load(TableName table, List<ColumnSchema> columns, LoadTarget target) {
        return Optional.empty();
    }

    @Override
    public BatchResult apply(Batch batch) {
        if (!BatchRecorder.concerns(batch.mutations(), shown) && !hasFiles(batch)) {
            return store.apply(batch);
        }
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            RecordedBatch recorded = withTable(() -> record(batch.mutations(), new WholeChange(List.of(name()))));
            BatchResult result =
                    withTable(() -> store.apply(new Batch(recorded.mutations(), batch.marker(), batch.token())));
            if (!recorded.isOvertaken(result)) {
                return recorded.result(result);
            }
        }
        throw new StoreBusyException(
                name(),
                "Items of the layer \"" + name()
                        + "\" were changed by others between the look at them and the change, each of " + ATTEMPTS
                        + " times. Nothing was written; try again",
                StoreException.Outcome.NOT_APPLIED,
                null);
    }

    /** Makes the call; once more where somebody has taken away the table of versions. */
    private <R> R withTable(Supplier<R> call) {
        if (!made) {
            make();
        }
        try {
            return call.get();
        } catch (SchemaMovedException moved) {
            if (!moved.table().equals(HistoryTable.NAME)) {
                throw moved;
            }
            make();
            return call.get();
        }
    }

    @Override
    public PreparedBatch prepare(Batch batch) {
        return store.prepare(new Batch(
                recorded(batch.mutations(), new WholeChange(List.of(name()))), batch.marker(), batch.token()));
    }

    @Override
    public PreparedBatch prepare(Batch batch, Duration deadline, Scheduler scheduler) {
        return store.prepare(
                new Batch(recorded(batch.mutations(), new WholeChange(List.of(name()))), batch.marker(), batch.token()),
                deadline,
                scheduler);
    }
}
