package dev.korm.engine.pool;

import dev.korm.ConfigurationException;
import dev.korm.KormException;
import dev.korm.Rn;
import dev.korm.backup.BackupStatus;
import dev.korm.backup.PoolBackups;
import dev.korm.engine.backup.ScheduleRunner;
import dev.korm.engine.commit.JournalRecovery;
import dev.korm.engine.filehistory.FileHistory;
import dev.korm.engine.history.MomentRows;
import dev.korm.engine.history.WholeMoment;
import dev.korm.engine.item.PoolContext;
import dev.korm.engine.lock.PoolLocks;
import dev.korm.history.HistoryException;
import dev.korm.key.KeyRing;
import dev.korm.recovery.QuarantinedChange;
import dev.korm.spi.Layer;
import dev.korm.spi.RowCursor;
import dev.korm.spi.backup.BackupContext;
import dev.korm.spi.backup.BackupProvider;
import dev.korm.spi.backup.Exclusion;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The parts of a pool that backups may use, and the module that makes them. Safe for many threads. */
final class PoolBackupContext implements BackupContext, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("dev.korm.backups");

    /** Looked for once: each opening asks, and to go through the class path again costs as much as a tenth of one. */
    private static volatile @Nullable BackupProvider provider;

    private final PoolContext context;
    private final Map<String, Store> stores;
    private final KeyRing keys;
    private final PoolLocks locks;
    private volatile @Nullable PoolBackups backups;
    private volatile @Nullable ScheduleRunner runner;
    private volatile @Nullable ExecutorService asking;

    /**
     * A layer's store as it was opened.
     *
     * @param type of its source's description
     */
    record Store(Layer layer, String type) {}

    PoolBackupContext(PoolContext context, Map<String, Store> stores, KeyRing keys, PoolLocks locks) {
        this.context = context;
        this.stores = Map.copyOf(stores);
        this.keys = keys;
        this.locks = locks;
    }

    /** Returns what makes the backups, found at first need. */
    PoolBackups backups() {
        return found().orElseThrow(() -> new ConfigurationException(
                "Backups are made by the module korm-wal, which is not there; add dev.korm:korm-wal to the program"));
    }

    private Optional<PoolBackups> found() {
        PoolBackups known = backups;
        if (known == null) {
            Optional<BackupProvider> found = provider();
            if (found.isEmpty()) {
                return Optional.empty();
            }
            known = found.get().of(this);
            backups = known;
        }
        return Optional.of(known);
    }

    private static Optional<BackupProvider> provider() {
        BackupProvider known = provider;
        if (known == null) {
            // Found by the loader of this library, which is that of its other modules too.
            Iterator<BackupProvider> found = ServiceLoader.load(
                            BackupProvider.class, PoolBackupContext.class.getClassLoader())
                    .iterator();
            if (!found.hasNext()) {
                return Optional.empty();
            }
            known = found.next();
            provider = known;
        }
        return Optional.of(known);
    }

    /** Tells of restores that did not end, as depots know them. The opening does not wait for it, since a depot may be away. */
    void tellUnfinished() {
        Optional<PoolBackups> made = depots().isEmpty() ? Optional.empty() : found();
        if (made.isPresent()) {
            ExecutorService once = environment().executor("korm-unfinished-restores", 1);
            asking = once;
            once.execute(() -> depots().forEach(depot -> tellUnfinished(made.get(), depot)));
            once.shutdown();
        }
    }

    private void tellUnfinished(PoolBackups made, String depot) {
        try {
            made.unfinishedRestore(depot).ifPresent(context.events()::restoreUnfinished);
            context.events().tell();
        } catch (KormException | IllegalArgumentException unknown) {
            LOG.debug("It is not known whether a restore is unfinished, as the depot \"{}\" notes it", depot, unknown);
        }
    }

    @Override
    public String pool() {
        return context.depots().id();
    }

    @Override
    public Environment environment() {
        return context.environment();
    }

    @Override
    public List<BackupStatus> schedules() {
        ScheduleRunner own = runner;
        return own == null ? List.of() : own.status();
    }

    /** Begins to make backups by itself. */
    void begin(ScheduleRunner schedules) {
        runner = schedules;
        schedules.begin();
    }

    /** Ends that. */
    @Override
    public void close() {
        ScheduleRunner own = runner;
        if (own != null) {
            own.close();
        }
        ExecutorService once = asking;
        if (once != null) {
            once.shutdownNow();
        }
    }

    @Override
    public List<String> layers() {
        return context.layers().names();
    }

    @Override
    public Layer store(String layer) {
        return of(layer).layer();
    }

    @Override
    public Layer recorded(String layer) {
        return context.layers().layer(layer).all();
    }

    @Override
    public String type(String layer) {
        return of(layer).type();
    }

    private Store of(String layer) {
        // Throws where there is none, with the names that there are.
        String name = context.layers().layer(layer).layer();
        Store store = stores.get(name);
        if (store == null) {
            throw new IllegalStateException("The layer has no store");
        }
        return store;
    }

    @Override
    public List<String> depots() {
        return context.depots().names();
    }

    @Override
    public Depot depot(String name) {
        return context.depots().depot(name);
    }

    @Override
    public KeyRing keys() {
        return keys;
    }

    @Override
    public <T> T between(Duration patience, Supplier<T> work) {
        return context.commits().between(patience, work);
    }

    @Override
    public Exclusion exclude(Duration patience) {
        return locks.exclude(patience);
    }

    @Override
    public Instant wholeMoment(Instant moment, Map<String, Function<Selection, RowCursor>> readings) {
        if (!context.origins().areKept()) {
            throw new HistoryException(
                    "The pool keeps no history, so what was there at " + moment + " is not known; add withHistory()");
        }
        return WholeMoment.before(context, moment, readings);
    }

    @Override
    public RowCursor asOf(
            String layer,
            TableName table,
            List<ColumnSchema> columns,
            Instant moment,
            Function<Selection, RowCursor> reading) {
        return new MomentRows(context, context.layers().layer(layer), table, columns, moment, reading);
    }

    @Override
    public Optional<Depot> depotAsOf(String name, Instant moment) {
        FileHistory files = files();
        return files.isKept() ? Optional.of(files.depotAt(name, moment)) : Optional.empty();
    }

    @Override
    public void replaceFile(Rn<?> file, Runnable write) {
        FileHistory files = files();
        files.keepReplaced(file);
        write.run();
        files.keepReplacement(file);
    }

    private FileHistory files() {
        return new FileHistory(context.depots(), context.layers());
    }

    @Override
    public Set<String> quarantined() {
        return context.commits().recovery().map(JournalRecovery::quarantined).orElse(List.of()).stream()
                .map(QuarantinedChange::id)
                .collect(Collectors.toSet());
    }

    @Override
    public void forget(String layer, TableName table) {
        context.layers().layer(layer).forget(table);
    }
}
