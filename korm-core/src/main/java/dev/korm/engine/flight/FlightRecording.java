package dev.korm.engine.flight;

import dev.korm.ConflictException;
import dev.korm.backup.ScheduledBackup;
import dev.korm.event.CallEnd;
import dev.korm.event.FileCall;
import dev.korm.event.PoolCall;
import dev.korm.event.PoolListener;
import dev.korm.event.RepeatedAttempt;
import dev.korm.event.SentStatement;
import dev.korm.lock.LockLostException;
import dev.korm.lock.LockTimeoutException;
import dev.korm.recovery.IncompleteChangeException;
import dev.korm.recovery.JournalException;
import dev.korm.recovery.QuarantinedChange;
import dev.korm.recovery.RecoveryReport;
import java.time.Duration;
import java.util.List;
import jdk.jfr.EventType;
import jdk.jfr.FlightRecorder;

/**
 * The listener that writes what happens into the recordings of JFR that are running. Safe for many threads.
 *
 * <p>An event is written after the fact, so how long it took is its field {@code took}, and not the duration that a recorder measures. Neither values of items nor the text of
 * a failure are written. Until a program records something, asking {@link #isRecording} loads no event and costs one read.
 */
public final class FlightRecording implements PoolListener {
    /** Absent from a runtime image that was made without it. */
    private static final boolean AVAILABLE =
            ModuleLayer.boot().findModule("jdk.jfr").isPresent();

    /** Loaded when a recording is begun, and not before. */
    private static final class Types {
        static final EventType STATEMENT = EventType.getEventType(FlightEvents.Statement.class);
        static final EventType CALL = EventType.getEventType(FlightEvents.Call.class);
        static final List<EventType> ALL = List.of(
                CALL,
                STATEMENT,
                EventType.getEventType(FlightEvents.FileCall.class),
                EventType.getEventType(FlightEvents.Repeated.class),
                EventType.getEventType(FlightEvents.Conflict.class),
                EventType.getEventType(FlightEvents.JournalAppend.class),
                EventType.getEventType(FlightEvents.Change.class),
                EventType.getEventType(FlightEvents.Lock.class),
                EventType.getEventType(FlightEvents.Recovery.class),
                EventType.getEventType(FlightEvents.Backup.class));
    }

    /** Returns whether a recording that is running takes any event of korm. */
    public static boolean isRecording() {
        return AVAILABLE && FlightRecorder.isInitialized() && isAnyEnabled();
    }

    /** Returns whether a recording that is running takes statements. */
    public static boolean isRecordingStatements() {
        return AVAILABLE && FlightRecorder.isInitialized() && Types.STATEMENT.isEnabled();
    }

    /** Returns whether a recording that is running takes calls. */
    public static boolean isRecordingCalls() {
        return AVAILABLE && FlightRecorder.isInitialized() && Types.CALL.isEnabled();
    }

    private static boolean isAnyEnabled() {
        for (EventType type : Types.ALL) {
            if (type.isEnabled()) {
                return true;
            }
        }
        return false;
    }

    @Override
    public boolean wantsCalls() {
        return isRecordingCalls();
    }

    @Override
    public CallEnd callBegins(PoolCall call) {
        return (took, failure) -> {
            FlightEvents.Call event = new FlightEvents.Call();
            event.operation = call.operation();
            event.layer = call.layer();
            event.collection = call.collection();
            event.took = took.toNanos();
            event.failure = failure.orElse("");
            event.commit();
        };
    }

    @Override
    public void statement(SentStatement statement) {
        FlightEvents.Statement event = new FlightEvents.Statement();
        event.layer = statement.layer();
        event.text = statement.text();
        event.rows = statement.rows();
        event.took = statement.took().toNanos();
        event.failed = statement.failed();
        event.commit();
    }

    @Override
    public void fileCall(FileCall call) {
        FlightEvents.FileCall event = new FlightEvents.FileCall();
        event.depot = call.depot();
        event.operation = call.operation();
        event.took = call.took().toNanos();
        event.failure = call.failure().orElse("");
        event.commit();
    }

    @Override
    public void repeated(RepeatedAttempt attempt) {
        FlightEvents.Repeated event = new FlightEvents.Repeated();
        event.layer = attempt.layer();
        event.work = attempt.what();
        event.attempt = attempt.attempt();
        event.reason = attempt.reason().getClass().getName();
        event.commit();
    }

    @Override
    public void conflict(ConflictException conflict) {
        FlightEvents.Conflict event = new FlightEvents.Conflict();
        event.rn = conflict.rn().toString();
        event.commit();
    }

    @Override
    public void journalAppended(int entries, Duration took) {
        FlightEvents.JournalAppend event = new FlightEvents.JournalAppend();
        event.entries = entries;
        event.took = took.toNanos();
        event.commit();
    }

    @Override
    public void journalFailed(JournalException failure) {
        FlightEvents.JournalAppend event = new FlightEvents.JournalAppend();
        event.failed = true;
        event.commit();
    }

    @Override
    public void changeStored(String change, List<String> layers) {
        change(change, layers, FlightEvents.STORED);
    }

    @Override
    public void changeIncomplete(IncompleteChangeException failure) {
        change(failure.change(), List.of(), FlightEvents.INCOMPLETE);
    }

    @Override
    public void quarantined(QuarantinedChange change) {
        change(change.id(), List.of(), FlightEvents.QUARANTINED);
    }

    private static void change(String id, List<String> layers, String outcome) {
        FlightEvents.Change event = new FlightEvents.Change();
        event.change = id;
        event.layers = String.join(", ", layers);
        event.outcome = outcome;
        event.commit();
    }

    @Override
    public void lockAcquired(String lock, Duration waited) {
        lock(lock, waited.toNanos(), FlightEvents.ACQUIRED);
    }

    @Override
    public void lockTimedOut(LockTimeoutException failure) {
        lock(failure.lock(), 0, FlightEvents.TIMED_OUT);
    }

    @Override
    public void lockLost(String lock, String reason) {
        lock(lock, 0, FlightEvents.LOST);
    }

    @Override
    public void writeFenced(LockLostException refusal) {
        lock(refusal.lock(), 0, FlightEvents.FENCED);
    }

    private static void lock(String lock, long waited, String outcome) {
        FlightEvents.Lock event = new FlightEvents.Lock();
        event.lock = lock;
        event.waited = waited;
        event.outcome = outcome;
        event.commit();
    }

    @Override
    public void recoveryEnded(RecoveryReport report, Duration took) {
        FlightEvents.Recovery event = new FlightEvents.Recovery();
        event.found = report.found();
        event.finished = report.finished();
        event.dropped = report.dropped();
        event.quarantined = report.quarantined();
        event.took = took.toNanos();
        event.commit();
    }

    @Override
    public void backupEnded(ScheduledBackup backup, Duration took) {
        backup(backup, took.toNanos(), false);
    }

    @Override
    public void backupFailed(ScheduledBackup backup, Throwable failure) {
        backup(backup, 0, true);
    }

    private static void backup(ScheduledBackup backup, long took, boolean failed) {
        FlightEvents.Backup event = new FlightEvents.Backup();
        event.depot = backup.depot();
        event.took = took;
        event.failed = failed;
        event.commit();
    }
}
