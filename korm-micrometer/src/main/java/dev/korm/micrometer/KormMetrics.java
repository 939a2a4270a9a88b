package dev.korm.micrometer;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.ConflictException;
import dev.korm.Pool;
import dev.korm.backup.ScheduledBackup;
import dev.korm.event.CallEnd;
import dev.korm.event.FileCall;
import dev.korm.event.PoolCall;
import dev.korm.event.PoolListener;
import dev.korm.event.PoolMetrics;
import dev.korm.event.RepeatedAttempt;
import dev.korm.event.SentStatement;
import dev.korm.recovery.RecoveryReport;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The meters of a pool: a listener that it is made with, which times what happens, and counts that are read from it. No tag holds a value of an item. Safe for many threads.
 *
 * <pre>{@code
 * KormMetrics metrics = KormMetrics.to(registry);
 * Pool pool = Korm.pool().layer("main", …).listener(metrics).open();
 * metrics.bind(pool);
 * }</pre>
 */
public final class KormMetrics implements PoolListener {
    private static final String LAYER = "layer";
    private static final String OUTCOME = "outcome";

    private final MeterRegistry registry;
    private final Tags tags;
    private final Map<String, Timer> statements = new ConcurrentHashMap<>();
    private final Map<String, Timer> failedStatements = new ConcurrentHashMap<>();
    private final Map<PoolCall, CallTimers> calls = new ConcurrentHashMap<>();
    private final Map<String, Timer> files = new ConcurrentHashMap<>();
    private final Map<String, Counter> repeated = new ConcurrentHashMap<>();
    private final Map<String, Counter> conflicts = new ConcurrentHashMap<>();
    private final Timer journal;
    private final Timer locks;
    private final Timer recoveries;
    private final Timer backups;
    private final Counter failedBackups;

    private KormMetrics(MeterRegistry registry, Tags tags) {
        this.registry = registry;
        this.tags = tags;
        this.journal =
                timer("korm.journal.appends", "appends to the journal, each one sync for all changes of its group");
        this.locks = timer("korm.locks.acquired", "waiting for locks that were acquired");
        this.recoveries = timer("korm.recoveries", "runs of recovery");
        this.backups = timer("korm.backups", "scheduled backups that were made and verified");
        this.failedBackups = Counter.builder("korm.backups.failed")
                .description("scheduled backups that have failed")
                .tags(tags)
                .register(registry);
    }

    /**
     * Returns a listener that keeps meters in a registry.
     *
     * @param tags of all meters, such as the name of the pool where a program has several
     */
    public static KormMetrics to(MeterRegistry registry, Tag... tags) {
        requireNonNull(registry, "registry");
        requireNonNull(tags, "tags");
        return new KormMetrics(registry, Tags.of(tags));
    }

    private Timer timer(String name, String description) {
        return Timer.builder(name).description(description).tags(tags).register(registry);
    }

    /** Adds the counts of a pool that was made with this listener. The registry does not keep the pool from being forgotten. */
    public void bind(Pool pool) {
        requireNonNull(pool, "pool");
        count(pool, "korm.journal.entries", "entries of the journal", PoolMetrics::journalEntries);
        count(pool, "korm.journal.failures", "1 when the journal has failed", PoolMetrics::journalFailures);
        count(pool, "korm.changes.stored", "changes of several layers", PoolMetrics::storedChanges);
        count(
                pool,
                "korm.changes.incomplete",
                "changes that were decided and not in all layers",
                PoolMetrics::incompleteChanges);
        count(pool, "korm.changes.quarantined", "changes that wait for a person", PoolMetrics::quarantinedChanges);
        count(pool, "korm.changes.recovered", "changes that recovery finished", PoolMetrics::recoveredChanges);
        count(pool, "korm.changes.dropped", "changes that recovery found undecided", PoolMetrics::droppedChanges);
        count(pool, "korm.locks.awaited", "locks that somebody else had at first", PoolMetrics::awaitedLocks);
        count(pool, "korm.locks.timeouts", "locks that were waited for in vain", PoolMetrics::lockTimeouts);
        count(pool, "korm.locks.lost", "shared locks that were lost while they were held", PoolMetrics::lostLocks);
        count(pool, "korm.secrets.resealed", "values that rotations of keys sealed anew", PoolMetrics::resealedSecrets);
        count(pool, "korm.writes.fenced", "changes that relied on a lost lock", PoolMetrics::fencedWrites);
    }

    private void count(Pool pool, String name, String description, ToLongFunction<PoolMetrics> which) {
        FunctionCounter.builder(name, pool, each -> which.applyAsLong(each.metrics()))
                .description(description)
                .tags(tags)
                .register(registry);
    }

    @Override
    public boolean wantsCalls() {
        return true;
    }

    @Override
    public CallEnd callBegins(PoolCall call) {
        CallTimers timers = calls.get(call);
        return timers == null ? calls.computeIfAbsent(call, CallTimers::new) : timers;
    }

    /** The timers of the calls that ask for the same of the same collection. Safe for many threads. */
    private final class CallTimers implements CallEnd {
        private final PoolCall call;
        private final Timer done;
        private volatile @Nullable Timer failed;

        CallTimers(PoolCall call) {
            this.call = call;
            this.done = timer("done");
        }

        private Timer timer(String outcome) {
            return Timer.builder("korm.calls")
                    .description("calls of the pool, with what korm does beside its statements")
                    .tags(tags.and(
                            LAYER,
                            orSeveral(call.layer()),
                            "collection",
                            orSeveral(call.collection()),
                            "operation",
                            call.operation(),
                            OUTCOME,
                            outcome))
                    .register(registry);
        }

        @Override
        public void ended(Duration took, Optional<String> failure) {
            if (failure.isEmpty()) {
                done.record(took);
                return;
            }
            Timer known = failed;
            if (known == null) {
                known = timer("failed");
                failed = known;
            }
            known.record(took);
        }
    }

    private static String orSeveral(String name) {
        return name.isEmpty() ? "several" : name;
    }

    @Override
    public void statement(SentStatement statement) {
        Map<String, Timer> timers = statement.failed() ? failedStatements : statements;
        Timer timer = timers.get(statement.layer());
        if (timer == null) {
            timer = timers.computeIfAbsent(statement.layer(), layer -> Timer.builder("korm.statements")
                    .description("statements, each one way to the store and back")
                    .tags(tags.and(LAYER, layer, OUTCOME, statement.failed() ? "failed" : "done"))
                    .register(registry));
        }
        timer.record(statement.took());
    }

    @Override
    public void fileCall(FileCall call) {
        String outcome = call.failure().isEmpty() ? "done" : "failed";
        files.computeIfAbsent(call.depot() + ' ' + call.operation() + ' ' + outcome, each -> Timer.builder("korm.files")
                        .description("calls to depots; of what is read bit by bit, until its beginning was there")
                        .tags(tags.and("depot", call.depot(), "operation", call.operation(), OUTCOME, outcome))
                        .register(registry))
                .record(call.took());
    }

    @Override
    public void repeated(RepeatedAttempt attempt) {
        repeated.computeIfAbsent(attempt.layer(), layer -> Counter.builder("korm.repeated")
                        .description("transactions and changes that came to nothing and were tried again")
                        .tags(tags.and(LAYER, layer.isEmpty() ? "none" : layer))
                        .register(registry))
                .increment();
    }

    @Override
    public void conflict(ConflictException conflict) {
        String collection = conflict.rn().namespace() + ":" + conflict.rn().kind();
        conflicts
                .computeIfAbsent(collection, each -> Counter.builder("korm.conflicts")
                        .description("changes of items that somebody else had changed")
                        .tags(tags.and("collection", each))
                        .register(registry))
                .increment();
    }

    @Override
    public void journalAppended(int entries, Duration took) {
        journal.record(took);
    }

    @Override
    public void lockAcquired(String lock, Duration waited) {
        locks.record(waited);
    }

    @Override
    public void recoveryEnded(RecoveryReport report, Duration took) {
        recoveries.record(took);
    }

    @Override
    public void backupEnded(ScheduledBackup backup, Duration took) {
        backups.record(took);
    }

    @Override
    public void backupFailed(ScheduledBackup backup, Throwable failure) {
        failedBackups.increment();
    }
}
