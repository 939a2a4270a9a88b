package dev.korm.event;

import dev.korm.ConflictException;
import dev.korm.Pool;
import dev.korm.backup.ScheduledBackup;
import dev.korm.backup.UnfinishedRestore;
import dev.korm.lock.LockLostException;
import dev.korm.lock.LockTimeoutException;
import dev.korm.recovery.IncompleteChangeException;
import dev.korm.recovery.JournalException;
import dev.korm.recovery.QuarantinedChange;
import dev.korm.recovery.RecoveryReport;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An observer of what happens in a pool beyond the answers of its calls, for metrics and alarms.
 *
 * <pre>{@code
 * Korm.pool().listener(new PoolListener() {
 *     @Override
 *     public void quarantined(QuarantinedChange change) {
 *         alarm.raise(change.id());
 *     }
 * })
 * }</pre>
 *
 * <p>It is called by threads that use the pool, or by one of the pool's own, several at once, after the fact and outside of transactions and locks; so it
 * may call the pool, and whatever it throws is logged and changes nothing. The thread waits for it, so let it be quick. {@link Pool#metrics} counts the same.
 */
public interface PoolListener {
    /**
     * Tells that the journal has durably taken what several changes appended together.
     *
     * @param entries how many: a change that is to be decided is one, its end another
     */
    default void journalAppended(int entries, Duration took) {}

    /** Tells that the journal has failed, and takes no more changes of several layers until the pool is opened anew; once. */
    default void journalFailed(JournalException failure) {}

    /**
     * Tells that a change of several layers was decided and is in all of them.
     *
     * @param change the id by which the journal and {@link Pool#recovery} name it
     */
    default void changeStored(String change, List<String> layers) {}

    /** Tells that a change of several layers was decided, and is not in all of them. */
    default void changeIncomplete(IncompleteChangeException failure) {}

    /** Tells that a change was not stored, since somebody else had changed the item. */
    default void conflict(ConflictException conflict) {}

    /** Tells that recovery looks at what runs that are over have left, and at what layers did not answer to. */
    default void recoveryBegun() {}

    /** Tells that recovery has ended; nothing is reported of one that failed, whose exception goes to its caller. */
    default void recoveryEnded(RecoveryReport report, Duration took) {}

    /** Tells that a change waits for a person's decision. */
    default void quarantined(QuarantinedChange change) {}

    /**
     * Tells that a lock was acquired.
     *
     * @param lock the RN or the name that is locked
     * @param waited since it was asked for
     */
    default void lockAcquired(String lock, Duration waited) {}

    /** Tells that a lock was waited for in vain. */
    default void lockTimedOut(LockTimeoutException failure) {}

    /**
     * Tells that a shared lock was lost while it was held: others may have it now.
     *
     * @param reason why
     */
    default void lockLost(String lock, String reason) {}

    /** Tells that a change was not stored, since it relied on a lock that is lost. */
    default void writeFenced(LockLostException refusal) {}

    /** Tells that a backup that was due is being made. */
    default void backupBegun(ScheduledBackup backup) {}

    /** Tells that a backup that was due was made and verified. */
    default void backupEnded(ScheduledBackup backup, Duration took) {}

    /** Tells that a backup that was due has failed; it does not count, and is tried again. */
    default void backupFailed(ScheduledBackup backup, Throwable failure) {}

    /**
     * Tells, soon after a pool was opened, that a depot knows of a restore that did not end: it was cut off, or another program is at it. Where it was cut off, the pool may hold some items of the backup and some from
     * before, until {@link dev.korm.backup.PoolBackups#settle} ends it.
     */
    default void restoreUnfinished(UnfinishedRestore restore) {}

    /**
     * Returns whether the listener wants to know of statements, by {@link #statement} and {@link #statementBegins}; asked before each one, so let it be quick. Where nobody does, none is measured.
     */
    default boolean wantsStatements() {
        return true;
    }

    /**
     * Tells of each statement that a layer has sent to its store. Unlike the others it is called in the middle of the work, where a connection is held and a
     * transaction may be open: so it must not call the pool.
     */
    default void statement(SentStatement statement) {}

    /**
     * Tells that a layer is about to send a statement to its store, by the thread that sends it, and returns whom to tell of its end: for tracing, where a span begins when the call does. {@link #statement} is told of the
     * same statement when it has ended. It must not call the pool, as {@link #statement} must not.
     *
     * @param layer the layer's name
     * @param text the statement, with a placeholder for each value
     */
    default StatementEnd statementBegins(String layer, String text) {
        return StatementEnd.NOBODY;
    }

    /** Returns whether the listener wants to know of calls, by {@link #callBegins}; asked before each one, so let it be quick. Where nobody does, none is measured. */
    default boolean wantsCalls() {
        return false;
    }

    /**
     * Tells that a program has called the pool, to read items or to store changes, by the thread that calls, and returns whom to tell of the end. The statements of the call are told of in between, most of them by the same thread. A
     * change within a transaction is no call of its own, since nothing is stored before the transaction ends. It must not call the pool, as {@link #statement} must not.
     */
    default CallEnd callBegins(PoolCall call) {
        return CallEnd.NOBODY;
    }

    /**
     * Returns the work so that it counts as a part of what the calling thread does, where another thread does it: for listeners that know by the thread what belongs together, as those of tracing do. A call that asks several
     * layers at once gives parts of its work to other threads.
     */
    default <T extends @Nullable Object> Supplier<T> carried(Supplier<T> work) {
        return work;
    }

    /**
     * Tells that a transaction, or a change within a layer, has come to nothing and is tried again. It must not call the pool, as {@link #statement} must not.
     */
    default void repeated(RepeatedAttempt attempt) {}

    /**
     * Tells of a call of korm's to a depot that has ended, by the thread that made it; what a program asks of a {@link dev.korm.Pool#depot depot} itself is not told. It must not call the pool, as {@link #statement} must not.
     */
    default void fileCall(FileCall call) {}
}
