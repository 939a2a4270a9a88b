package dev.korm.engine.pool;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.ConfigurationException;
import dev.korm.DanglingReference;
import dev.korm.Pool;
import dev.korm.PoolTransaction;
import dev.korm.PoolTransaction.Options;
import dev.korm.QueryException;
import dev.korm.ScanProgress;
import dev.korm.backup.PoolBackups;
import dev.korm.backup.ScheduledBackup;
import dev.korm.danger.Reset;
import dev.korm.danger.ResetMode;
import dev.korm.deletion.DeletedPurge;
import dev.korm.engine.backup.PlannedBackups;
import dev.korm.engine.backup.ScheduleRunner;
import dev.korm.engine.commit.AtomicCommits;
import dev.korm.engine.context.ChangeLimit;
import dev.korm.engine.context.ChangeOrigins;
import dev.korm.engine.context.FirstFailure;
import dev.korm.engine.context.PoolEvents;
import dev.korm.engine.context.PoolLifecycle;
import dev.korm.engine.context.ToldCall;
import dev.korm.engine.depot.OpenDepots;
import dev.korm.engine.depot.ToldDepot;
import dev.korm.engine.file.OpenFiles;
import dev.korm.engine.file.OrphanFileSweep;
import dev.korm.engine.file.StagedFiles;
import dev.korm.engine.history.PoolHistory;
import dev.korm.engine.item.PoolContext;
import dev.korm.engine.item.PoolLayers;
import dev.korm.engine.key.PoolKeys;
import dev.korm.engine.key.PoolSecrets;
import dev.korm.engine.lock.PoolLocks;
import dev.korm.engine.reference.DanglingScan;
import dev.korm.engine.reset.PlannedReset;
import dev.korm.engine.softdelete.DeletionMarks;
import dev.korm.engine.transaction.OpenTransaction;
import dev.korm.engine.transaction.TransactionRun;
import dev.korm.engine.write.ChangeSets;
import dev.korm.engine.write.DeletedPurgeRun;
import dev.korm.event.Ping;
import dev.korm.event.PoolCall;
import dev.korm.event.PoolMetrics;
import dev.korm.file.PoolFiles;
import dev.korm.file.Sweep;
import dev.korm.history.History;
import dev.korm.key.Keys;
import dev.korm.lock.Locks;
import dev.korm.recovery.Recovery;
import dev.korm.spi.Capabilities;
import dev.korm.spi.Layer;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.environment.SurroundingTransaction;
import dev.korm.spi.feed.FeedRetention;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** An open pool. Safe for many threads. */
final class KormPool implements Pool {
    private final PoolContext context;
    private final PoolSecrets secrets;
    private final PoolLocks locks;
    private final @Nullable PoolRecovery recovery;
    private final PoolBackupContext backups;

    KormPool(
            PoolLayers layers,
            OpenDepots depots,
            AtomicCommits commits,
            PoolLifecycle lifecycle,
            PoolEvents events,
            ChangeLimit limit,
            FeedRetention retention,
            ChangeOrigins origins,
            PoolSecrets secrets,
            PoolLocks locks,
            Map<String, PoolBackupContext.Store> stores,
            Environment environment) {
        this.recovery = commits.recovery()
                .map(journal -> new PoolRecovery(journal, depots, layers, events, environment))
                .orElse(null);
        this.context = new PoolContext(
                this,
                layers,
                depots,
                new ChangeSets(),
                commits,
                lifecycle,
                events,
                limit,
                retention,
                origins,
                environment,
                Optional.empty());
        this.secrets = secrets;
        this.locks = locks;
        this.backups = new PoolBackupContext(context, stores, secrets.ring(), locks);
    }

    /** Settles what earlier runs were cut off in, before anybody uses the pool. */
    void begin() {
        if (recovery != null) {
            recovery.begin();
        } else {
            StagedFiles.atOpening(
                    context.depots(),
                    context.layers(),
                    context.depots().setAside().begin());
        }
        backups.tellUnfinished();
    }

    /** Has backups made when they are due. */
    void begin(PlannedBackups plan, String metaLayer) {
        // Fails now, not at night, where the module is missing that makes them.
        PoolBackups made = backups.backups();
        ScheduleRunner.Work work = new ScheduleRunner.Work() {
            @Override
            public Optional<? extends AutoCloseable> exclusively() {
                return locks.tryScheduled();
            }

            @Override
            public void run(ScheduledBackup due) {
                made.run(due);
            }
        };
        backups.begin(new ScheduleRunner(
                plan,
                context.layers().names(),
                context.layers().layer(metaLayer),
                work,
                context.events(),
                context.environment()));
    }

    /** Returns the parts that those are made of who work for this pool. */
    PoolContext context() {
        return context;
    }

    /** Plans a reset. */
    Reset reset(ResetMode mode) {
        context.lifecycle().requireOpen();
        return new PlannedReset(this, context, backups::store, backups::schedules, mode);
    }

    @Override
    public String id() {
        return context.depots().id();
    }

    @Override
    public List<String> layers() {
        return context.layers().names();
    }

    @Override
    public Stream<DanglingReference> danglingReferences() {
        return danglingReferences(progress -> {});
    }

    @Override
    public Stream<DanglingReference> danglingReferences(Consumer<ScanProgress> progress) {
        requireNonNull(progress, "progress");
        return DanglingScan.of(context, progress);
    }

    @Override
    public List<String> depots() {
        return context.depots().names();
    }

    @Override
    public Depot depot(String name) {
        requireNonNull(name, "name");
        return ToldDepot.own(context.depots().depot(name));
    }

    @Override
    public PoolFiles files() {
        context.lifecycle().requireOpen();
        return context.depots().areRecorded() ? new RecordedFiles(context) : new OpenFiles(context);
    }

    @Override
    public Sweep sweep() {
        context.lifecycle().requireOpen();
        return new OrphanFileSweep(context.depots(), context.layers());
    }

    @Override
    public <T extends @Nullable Object, X extends Exception> T transaction(
            Options options, PoolTransaction.Work<T, X> work) throws X {
        requireNonNull(options, "options");
        requireNonNull(work, "work");
        context.lifecycle().requireOpen();
        return new TransactionRun(context, options).run(work);
    }

    @Override
    public <T extends @Nullable Object, X extends Exception> T within(
            SurroundingTransaction around, PoolTransaction.Work<T, X> work) throws X {
        requireNonNull(work, "work");
        requireNonNull(around, "around");
        ToldCall call = context.events().callBegins(PoolCall.TRANSACTION, around.layer(), "", "");
        T result;
        try (OpenTransaction tx = begun(Options.DEFAULT.withReads(PoolTransaction.Reads.UNCHECKED), around)) {
            result = work.run(tx);
            tx.commit();
        } catch (Throwable failed) {
            ToldCall.ended(call, failed);
            throw failed;
        }
        ToldCall.ended(call, null);
        return result;
    }

    @Override
    public PoolTransaction.Begun begin(Options options) {
        requireNonNull(options, "options");
        context.lifecycle().requireOpen();
        return new OpenTransaction(context, options, 1);
    }

    @Override
    public PoolTransaction.Begun begin(Options options, SurroundingTransaction around) {
        return begun(options, around);
    }

    private OpenTransaction begun(Options options, SurroundingTransaction around) {
        requireNonNull(options, "options");
        requireNonNull(around, "around");
        context.lifecycle().requireOpen();
        if (!context.layers().names().contains(around.layer())) {
            throw new ConfigurationException("The pool has no layer \"" + around.layer()
                    + "\", of whose database the transaction" + " around one of the pool is said to be; it has "
                    + String.join(", ", context.layers().names()));
        }
        Layer layer = context.layers().layer(around.layer()).store();
        if (!layer.capabilities().has(Capabilities.Feature.JOINED_TRANSACTIONS)) {
            throw new ConfigurationException("The layer \"" + around.layer()
                    + "\" takes part in no transaction that somebody else has begun, since its connections are korm's own. Make it of the program's"
                    + " data source, by Postgres.dataSource(…) or MySql.dataSource(…), or make the changes in a transaction of the pool, by"
                    + " pool.transaction(…)");
        }
        return new OpenTransaction(context, options, 1, Optional.of(around));
    }

    @Override
    public Recovery recovery() {
        context.lifecycle().requireOpen();
        return recovery == null ? new NoRecovery() : recovery;
    }

    @Override
    public DeletedPurge purgeDeleted(Duration age) {
        requireNonNull(age, "age");
        context.lifecycle().requireOpen();
        if (age.isNegative()) {
            throw new QueryException(
                    "The age of what is purged is not negative; give Duration.ZERO for all that is deleted");
        }
        Instant last = context.environment().clock().instant().minus(age);
        return new DeletedPurgeRun(context, DeletionMarks.micros(last));
    }

    @Override
    public History history() {
        context.lifecycle().requireOpen();
        if (!context.origins().areKept()) {
            throw new ConfigurationException(
                    "The pool keeps no history; add withHistory() before open(), and it has versions of all changes from then on");
        }
        return new PoolHistory(context);
    }

    @Override
    public Locks locks() {
        context.lifecycle().requireOpen();
        return locks;
    }

    @Override
    public PoolBackups backups() {
        context.lifecycle().requireOpen();
        return backups.backups();
    }

    @Override
    public List<Ping> ping(Duration limit) {
        requireNonNull(limit, "limit");
        if (limit.isZero() || limit.isNegative()) {
            throw new ConfigurationException("ping(" + limit + ") must be given longer than zero");
        }
        context.lifecycle().requireOpen();
        return new PoolPing(context, limit).run();
    }

    @Override
    public PoolMetrics metrics() {
        return context.events().metrics();
    }

    @Override
    public Keys keys() {
        return new PoolKeys(context, secrets.ring());
    }

    @Override
    public void close() {
        if (context.lifecycle().close()) {
            context.layers().parallel().close();
            try {
                List<AutoCloseable> all = new ArrayList<>();
                all.add(backups);
                all.add(locks);
                if (recovery != null) {
                    all.add(recovery);
                }
                all.add(context.commits());
                all.addAll(context.layers().closing());
                all.addAll(context.depots().all());
                closeAll(all);
            } finally {
                secrets.close();
            }
        }
    }

    /** Closes everything, whatever is thrown by some; throws the first failure with the others suppressed. */
    static void closeAll(List<? extends AutoCloseable> all) {
        FirstFailure failure = new FirstFailure();
        for (AutoCloseable one : all) {
            try {
                one.close();
            } catch (Exception | Error failed) {
                failure.add(failed);
            }
        }
        failure.rethrow();
    }
}
