package dev.korm.backup;

import dev.korm.Rn;
import dev.korm.file.Progress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Backups of a pool, kept in its depots. Safe for many threads.
 *
 * <p>A backup holds the state of all layers at one cut: of a change of several layers it has all or nothing. It exists when it is
 * whole, and counts as good when it was read back.
 *
 * <pre>{@code
 * BackupInfo backup = pool.backups().run("files");
 * pool.backups().restore(backup.id(), RestoreOptions.replace());
 * }</pre>
 */
public interface PoolBackups {
    /** Works as {@link #run(String, BackupOptions)} with the defaults. */
    default BackupInfo run(String depot) {
        return run(depot, BackupOptions.defaults());
    }

    /**
     * Makes a backup and verifies it. Writers are held up only while the cut is made, in changes of several layers alone.
     *
     * @param depot where it is kept
     * @return the backup, verified
     * @throws BackupException when it could not be made, or not be read back; then it does not count; with {@link BackupException.Reason#UNFINISHED_RESTORE} when the depot notes a restore into this pool that is
     *     under way or was cut off
     */
    BackupInfo run(String depot, BackupOptions options);

    /** Works as {@link #asOf(Instant, String, BackupOptions)} with the defaults. */
    default BackupInfo asOf(Instant moment, String depot) {
        return asOf(moment, depot, BackupOptions.defaults());
    }

    /**
     * Makes a backup of what was there at an earlier moment, of the history of the pool, and verifies it. Restoring it takes the pool back to that moment; the history itself goes on.
     *
     * <pre>{@code
     * BackupInfo noon = pool.backups().asOf(Instant.parse("2026-11-28T12:00:00Z"), "files");
     * pool.backups().restore(noon.id(), RestoreOptions.replace());
     * }</pre>
     *
     * <p>Where the moment falls into a transaction, it is the one just before it: {@link BackupInfo#cut} tells. Pruning counts it as a safety copy.
     *
     * @param depot where it is kept
     * @return the backup, verified
     * @throws dev.korm.history.HistoryException when the history of a layer begins later, or the moment is still to come
     * @throws BackupException when it could not be made, or not be read back, or is to hold files in a pool whose journal does not keep their bytes
     */
    BackupInfo asOf(Instant moment, String depot, BackupOptions options);

    /**
     * Makes the backup that is due by schedules and, when it was read back, deletes those that no layer's retention keeps.
     *
     * @throws BackupException when it could not be made, or not be read back; then it does not count, and nothing is deleted
     */
    BackupInfo run(ScheduledBackup due);

    /** Returns the state of each schedule of {@link dev.korm.PoolBuilder#backups}; none where the pool has none. */
    List<BackupStatus> status();

    /** Returns the backups of this pool in a depot, the newest first. What was left half is not among them. */
    List<BackupInfo> list(String depot);

    /**
     * Returns one backup, whatever pool it is of.
     *
     * @throws BackupException when there is none, or its manifest is damaged
     */
    BackupInfo get(BackupId id);

    /**
     * Reads a backup back. What is good is noted beside it.
     *
     * @throws BackupException when it is not as it was written; the message says where
     */
    default BackupInfo verify(BackupId id, Verification.Depth depth) {
        return verify(id, depth, Progress.NONE);
    }

    /** Works as {@link #verify(BackupId, Verification.Depth)}, and reports how many rows are read. */
    BackupInfo verify(BackupId id, Verification.Depth depth, Progress progress);

    /**
     * Puts the items of a backup back. Everything is verified before anything is changed, then a backup is made of what is there, by which
     * a restore that fails is undone. Stop the programs that write: what they write meanwhile may be lost.
     *
     * <p>From the safety copy on, others are kept out: no other restore begins, no backup is made by schedule, and nobody gets the lock of an item; who has one is waited for, as long as the options say. In a pool
     * {@linkplain dev.korm.PoolBuilder#withLocks(String) with locks} that goes for all programs that share them, and a restore that was stopped for longer than its lease writes nothing more once another has begun.
     *
     * <p>Items keep their revisions where their table was not there before. Elsewhere an item that is put in gets a later one, so that
     * nobody who holds its former state can take the restored one for it.
     *
     * @throws BackupException when the backup cannot be restored here; nothing was changed, unless the message says otherwise
     */
    RestoreReport restore(BackupId id, RestoreOptions options);

    /**
     * Makes a backup of one that korm 1.5.0 for TypeScript made, in the same depot, to be restored as any other. It says in its notes
     * what the original's does not tell: which numbers were booleans of SQLite, and which nulls NaN or infinite. Where the pool has the
     * tables already, their types are taken.
     *
     * @param original the file, such as {@code [rn][depot::files]:__korm_backups__:main:20261121T052804Z:backup-….ndjson}
     * @throws BackupException when the file is damaged or cut short, or is none
     */
    BackupInfo adopt(Rn<?> original);

    /**
     * Deletes the backups of this pool that a rule does not keep. The last that was verified stays in any case, and so do those that an
     * unfinished restore needs. Safety copies stay for a week, whatever the rule says.
     *
     * @param kept is given the moments of all backups but safety copies, and returns those to be kept
     * @return what was deleted
     */
    List<BackupId> prune(String depot, UnaryOperator<Set<Instant>> kept);

    /** Returns the restore into this pool that was cut off, as a depot knows it. */
    Optional<UnfinishedRestore> unfinishedRestore(String depot);

    /**
     * Ends a restore that was cut off: makes it again, or undoes it. Others are kept out as in {@link #restore}.
     *
     * @throws BackupException when there is none, or somebody is at it
     */
    RestoreReport settle(UnfinishedRestore restore, Settling settling);

    /** The ways to end a restore that was cut off. */
    enum Settling {
        /** Restores the backup after all. */
        FINISH,
        /** Puts back what was there before. */
        UNDO
    }
}
