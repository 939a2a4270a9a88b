package dev.korm.engine.context;

import dev.korm.ConflictException;
import dev.korm.backup.ScheduledBackup;
import dev.korm.backup.UnfinishedRestore;
import dev.korm.engine.flight.FlightRecording;
import dev.korm.event.CallEnd;
import dev.korm.event.FileCall;
import dev.korm.event.PoolCall;
import dev.korm.event.PoolListener;
import dev.korm.event.PoolMetrics;
import dev.korm.event.RepeatedAttempt;
import dev.korm.event.SentStatement;
import dev.korm.event.StatementEnd;
import dev.korm.lock.LockLostException;
import dev.korm.lock.LockTimeoutException;
import dev.korm.recovery.IncompleteChangeException;
import dev.korm.recovery.JournalException;
import dev.korm.recovery.QuarantinedChange;
import dev.korm.recovery.RecoveryReport;
import dev.korm.spi.environment.Environment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one place where what happens in a pool is counted, logged, and told to its listeners. Safe for many threads.
 *
 * <p>Events are noted where they happen, which may be in the middle of a transaction or under a lock, and told by {@link #tell}, where nothing is held. Without a
 * listener, and without a recording of JFR, nothing is noted, and only counted.
 */
public final class PoolEvents {
    private static final Logger LOG = LoggerFactory.getLogger("dev.korm.events");

    private final Environment environment;
    private final List<PoolListener> listeners;
    private final List<PoolListener> listenersAndRecording;
    private final Queue<Consumer<PoolListener>> noted = new ConcurrentLinkedQueue<>();

    private final LongAdder journalAppends = new LongAdder();
    private final LongAdder journalEntries = new LongAdder();
    private final AtomicBoolean journalFailed = new AtomicBoolean();
    private final LongAdder storedChanges = new LongAdder();
    private final LongAdder incompleteChanges = new LongAdder();
    private final LongAdder conflicts = new LongAdder();
    private final LongAdder recoveries = new LongAdder();
    private final LongAdder recoveredChanges = new LongAdder();
    private final LongAdder droppedChanges = new LongAdder();
    private final LongAdder quarantinedChanges = new LongAdder();
    private final LongAdder acquiredLocks = new LongAdder();
    private final LongAdder awaitedLocks = new LongAdder();
    private final LongAdder lockTimeouts = new LongAdder();
    private final LongAdder lostLocks = new LongAdder();
    private final LongAdder fencedWrites = new LongAdder();
    private final LongAdder resealedSecrets = new LongAdder();

    public PoolEvents(List<PoolListener> listeners, Environment environment) {
        this.environment = environment;
        this.listeners = List.copyOf(listeners);
        List<PoolListener> all = new ArrayList<>(listeners);
        all.add(new FlightRecording());
        this.listenersAndRecording = List.copyOf(all);
    }

    /** Returns whether anybody is told of statements. */
    public boolean areStatementsTold() {
        for (PoolListener listener : listeners) {
            if (wantsStatements(listener)) {
                return true;
            }
        }
        return FlightRecording.isRecordingStatements();
    }

    private List<PoolListener> audience() {
        return FlightRecording.isRecording() ? listenersAndRecording : listeners;
    }

    /** Tells of a statement that begins, at once, and returns whom to tell of its end. */
    public StatementEnd statementBegins(String layer, String text) {
        StatementEnd first = StatementEnd.NOBODY;
        List<StatementEnd> more = List.of();
        for (PoolListener listener : listeners) {
            StatementEnd end = wantsStatements(listener) ? begins(listener, layer, text) : StatementEnd.NOBODY;
            if (end == StatementEnd.NOBODY) {
                continue;
            }
            if (first == StatementEnd.NOBODY) {
                first = end;
            } else {
                more = more.isEmpty() ? new ArrayList<>() : more;
                more.add(end);
            }
        }
        return more.isEmpty() ? first : all(first, more);
    }

    private static StatementEnd all(StatementEnd first, List<StatementEnd> more) {
        return statement -> {
            ended(first, statement);
            more.forEach(end -> ended(end, statement));
        };
    }

    private static boolean wantsStatements(PoolListener listener) {
        try {
            return listener.wantsStatements();
        } catch (Exception | LinkageError | AssertionError | StackOverflowError failed) {
            hasFailed(listener, failed);
            return false;
        }
    }

    private static StatementEnd begins(PoolListener listener, String layer, String text) {
        try {
            return listener.statementBegins(layer, text);
        } catch (Exception | LinkageError | AssertionError | StackOverflowError failed) {
            hasFailed(listener, failed);
            return StatementEnd.NOBODY;
        }
    }

    /** Tells of the end of a statement whose beginning was told. */
    public static void ended(StatementEnd end, SentStatement statement) {
        try {
            end.ended(statement);
        } catch (Exception | LinkageError | AssertionError | StackOverflowError failed) {
            hasFailed(end, failed);
        }
    }

    private static void hasFailed(Object listener, Throwable failed) {
        LOG.warn("A listener of the pool, a {}, has failed", listener.getClass().getName(), failed);
    }

    /** Tells of a statement at once. */
    public void statement(SentStatement statement) {
        for (PoolListener listener : audience()) {
            if (wantsStatements(listener)) {
                try {
                    listener.statement(statement);
                } catch (Exception | LinkageError | AssertionError | StackOverflowError failed) {
                    hasFailed(listener, failed);
                }
            }
        }
    }

    /**
     * Tells of a call that begins, and returns how to tell of its end; null while nobody wants to know.
     *
     * @param layer empty, as are the namespace and the kind, where the call is about several
     */
    public @Nullable ToldCall callBegins(String operation, String layer, String namespace, String kind) {
        return areCallsTold() ? told(new PoolCall(operation, layer, namespace, kind)) : null;
    }

    /** Returns whether anybody is told of calls. */
    public boolean areCallsTold() {
        for (PoolListener listener : listeners) {
            if (wantsCalls(listener)) {
                return true;
            }
        }
        return FlightRecording.isRecordingCalls();
    }

    private @Nullable ToldCall told(PoolCall call) {
        ToldCall told = null;
        for (PoolListener listener : FlightRecording.isRecordingCalls() ? listenersAndRecording : listeners) {
            CallEnd end = wantsCalls(listener) ? begins(listener, call) : CallEnd.NOBODY;
            if (end != CallEnd.NOBODY) {
                told = new ToldCall(end, told, environment);
            }
        }
        return told;
    }

    private static boolean wantsCalls(PoolListener listener) {
        try {
            return listener.wantsCalls();
        } catch (Exception | LinkageError | AssertionError | StackOverflowError failed) {
            hasFailed(listener, failed);
            return false;
        }
    }

    private static CallEnd begins(PoolListener listener, PoolCall call) {
        try {
            return listener.callBegins(call);
        } catch (Exception | LinkageError | AssertionError | StackOverflowError failed) {
            hasFailed(listener, failed);
            return CallEnd.NOBODY;
        }
    }

    static void ended(CallEnd end, Duration took, Optional<String> failure) {
        try {
            end.ended(took, failure);
        } catch (Exception | LinkageError | AssertionError | StackOverflowError failed) {
            hasFailed(end, failed);
        }
    }

    /** Does the work of a call, and tells those who want to know of calls. */
    public <R extends @Nullable Object> R call(
            String operation, String layer, String namespace, String kind, Supplier<R> work) {
        ToldCall call = callBegins(operation, layer, namespace, kind);
        if (call == null) {
            return work.get();
        }
        try {
            R answer = work.get();
            ToldCall.ended(call, null);
            return answer;
        } catch (RuntimeException | Error failed) {
            ToldCall.ended(call, failed);
            throw failed;
        }
    }

    /** Returns work of which listeners are told as a part of what this thread does, also where another one does it. */
    public <T extends @Nullable Object> Supplier<T> carried(Supplier<T> work) {
        Supplier<T> carried = work;
        for (PoolListener listener : listeners) {
            carried = carried(listener, carried);
        }
        return carried;
    }

    private static <T extends @Nullable Object> Supplier<T> carried(PoolListener listener, Supplier<T> work) {
        try {
            return listener.carried(work);
        } catch (Exception | LinkageError | AssertionError | StackOverflowError failed) {
            hasFailed(listener, failed);
            return work;
        }
    }

    /** Counts an attempt that is repeated, and tells of it at once. */
    public void repeated(String layer, String what, int attempt, Throwable reason) {
        for (PoolListener listener : audience()) {
            tell(each -> each.repeated(new RepeatedAttempt(layer, what, attempt, reason)), listener);
        }
    }

    /** Returns monotonic nanoseconds. */
    public long nanoTime() {
        return environment.nanoTime();
    }

    /**
     * Tells of a call to a depot at once.
     *
     * @param begun when it began, by {@link #nanoTime}
     */
    public void fileCall(String depot, String operation, long begun, Optional<String> failure) {
        FileCall call = new FileCall(depot, operation, Duration.ofNanos(environment.nanoTime() - begun), failure);
        for (PoolListener listener : audience()) {
            tell(each -> each.fileCall(call), listener);
        }
    }

    /** Counts secrets that were sealed anew. */
    public void resealed(long secrets) {
        resealedSecrets.add(secrets);
    }

    private void note(Consumer<PoolListener> event) {
        if (areTold()) {
            noted.add(event);
        }
    }

    /** Tells the listeners what was noted. Called where neither a lock nor a transaction is held. */
    public void tell() {
        List<PoolListener> audience = audience();
        if (audience.isEmpty()) {
            return;
        }
        for (Consumer<PoolListener> event = noted.poll(); event != null; event = noted.poll()) {
            for (PoolListener listener : audience) {
                tell(event, listener);
            }
        }
    }

    private static void tell(Consumer<PoolListener> event, PoolListener listener) {
        try {
            event.accept(listener);
        } catch (Exception | LinkageError | AssertionError | StackOverflowError failed) {
            hasFailed(listener, failed);
        }
    }

    public void journalAppended(int entries, long nanos) {
        journalAppends.increment();
        journalEntries.add(entries);
        if (LOG.isDebugEnabled()) {
            LOG.debug("The journal has taken {} entries in {} µs", entries, nanos / 1_000);
        }
        note(listener -> listener.journalAppended(entries, Duration.ofNanos(nanos)));
    }

    /** Counts, logs and notes the first failure of the journal; those that follow are the same. */
    public void journalFailed(JournalException failure) {
        if (journalFailed.compareAndSet(false, true)) {
            LOG.error("The journal has failed; no change of several layers is taken any more", failure);
            note(listener -> listener.journalFailed(failure));
        }
    }

    public void changeStored(String change, List<String> layers) {
        storedChanges.increment();
        LOG.debug("The change {} is stored in the layers {}", change, layers);
        note(listener -> listener.changeStored(change, layers));
    }

    public void changeIncomplete(IncompleteChangeException failure) {
        incompleteChanges.increment();
        LOG.warn("A change of several layers is incomplete: {}", failure.getMessage());
        note(listener -> listener.changeIncomplete(failure));
    }

    public void conflict(ConflictException conflict) {
        conflicts.increment();
        LOG.debug("A change was refused, since somebody else had changed {}", conflict.rn());
        note(listener -> listener.conflict(conflict));
    }

    public void backupBegun(ScheduledBackup backup) {
        note(listener -> listener.backupBegun(backup));
    }

    public void backupEnded(ScheduledBackup backup, long nanos) {
        note(listener -> listener.backupEnded(backup, Duration.ofNanos(nanos)));
    }

    public void backupFailed(ScheduledBackup backup, Throwable failure) {
        LOG.error(
                "The backup of {} to the depot \"{}\" has failed, and is tried again",
                backup.layers(),
                backup.depot(),
                failure);
        note(listener -> listener.backupFailed(backup, failure));
    }

    public void restoreUnfinished(UnfinishedRestore restore) {
        LOG.warn(
                "The restore of {} did not end: items may be of the backup or from before. If no program is at it any more, settle it by `korm backup resume` or pool.backups().settle(…)",
                restore.backup());
        note(listener -> listener.restoreUnfinished(restore));
    }

    public void recoveryBegun() {
        recoveries.increment();
        LOG.debug("Recovery of the journal begins");
        note(PoolListener::recoveryBegun);
    }

    public void recoveryEnded(RecoveryReport report, long nanos) {
        recoveredChanges.add(report.finished());
        droppedChanges.add(report.dropped());
        if (report.found() > report.unreachable()) {
            LOG.info("Recovery of the journal: {}", report);
        }
        note(listener -> listener.recoveryEnded(report, Duration.ofNanos(nanos)));
    }

    public void quarantined(QuarantinedChange change) {
        quarantinedChanges.increment();
        LOG.warn(
                "The change {} is quarantined: {}",
                change.id(),
                change.missing().isEmpty() ? "" : change.missing().get(0).reason());
        note(listener -> listener.quarantined(change));
    }

    /** @param awaited whether somebody else had it at first */
    public void lockAcquired(String lock, long nanos, boolean awaited) {
        acquiredLocks.increment();
        if (awaited) {
            awaitedLocks.increment();
        }
        if (LOG.isDebugEnabled()) {
            LOG.debug("The lock of {} was acquired {}", lock, awaited ? "after somebody else had it" : "at once");
        }
        note(listener -> listener.lockAcquired(lock, Duration.ofNanos(nanos)));
    }

    public void lockTimedOut(LockTimeoutException failure) {
        lockTimeouts.increment();
        LOG.info("A lock was waited for in vain: {}", failure.getMessage());
        note(listener -> listener.lockTimedOut(failure));
    }

    public void lockLost(String lock, String reason) {
        lostLocks.increment();
        LOG.warn("The lock of {} was lost: {}", lock, reason);
        note(listener -> listener.lockLost(lock, reason));
    }

    public void writeFenced(LockLostException refusal) {
        fencedWrites.increment();
        LOG.warn("A write was refused: {}", refusal.getMessage());
        note(listener -> listener.writeFenced(refusal));
    }

    /** Returns whether anybody is told. */
    public boolean areTold() {
        return !listeners.isEmpty() || FlightRecording.isRecording();
    }

    /** Returns all counts. */
    public PoolMetrics metrics() {
        return new PoolMetrics(
                journalAppends.sum(),
                journalEntries.sum(),
                journalFailed.get() ? 1 : 0,
                storedChanges.sum(),
                incompleteChanges.sum(),
                conflicts.sum(),
                recoveries.sum(),
                recoveredChanges.sum(),
                droppedChanges.sum(),
                quarantinedChanges.sum(),
                acquiredLocks.sum(),
                awaitedLocks.sum(),
                lockTimeouts.sum(),
                lostLocks.sum(),
                fencedWrites.sum(),
                resealedSecrets.sum());
    }
}
