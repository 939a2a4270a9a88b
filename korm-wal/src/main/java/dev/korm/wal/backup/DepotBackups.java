package dev.korm.wal.backup;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.Rn;
import dev.korm.backup.BackupException;
import dev.korm.backup.BackupException.Reason;
import dev.korm.backup.BackupId;
import dev.korm.backup.BackupInfo;
import dev.korm.backup.BackupOptions;
import dev.korm.backup.BackupStatus;
import dev.korm.backup.PoolBackups;
import dev.korm.backup.RestoreOptions;
import dev.korm.backup.RestoreReport;
import dev.korm.backup.ScheduledBackup;
import dev.korm.backup.UnfinishedRestore;
import dev.korm.backup.Verification;
import dev.korm.file.Progress;
import dev.korm.spi.backup.BackupContext;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The backups of a pool in its depots. Safe for many threads. */
final class DepotBackups implements PoolBackups {
    private final BackupContext pool;
    private final KnownBackups known;

    DepotBackups(BackupContext pool) {
        this.pool = pool;
        this.known = new KnownBackups(pool);
    }

    @Override
    public BackupInfo run(String depot, BackupOptions options) {
        requireNonNull(depot, "depot");
        requireNonNull(options, "options");
        BackupFolder folder = BackupFolder.of(pool, depot);
        known.sweep(folder);
        if (options.chain().isPresent()) {
            return new IncrementRun(pool, folder, options, options.chain().get())
                    .make(known.known(folder))
                    .info();
        }
        return new BackupRun(pool, folder, BackupInfo.Kind.FULL, options)
                .make(options.depth())
                .info();
    }

    @Override
    public BackupInfo asOf(Instant moment, String depot, BackupOptions options) {
        requireNonNull(moment, "moment");
        requireNonNull(depot, "depot");
        requireNonNull(options, "options");
        if (options.files() == BackupOptions.Files.INCLUDED
                && pool.depotAsOf(depot, moment).isEmpty()) {
            throw new BackupException(
                    Reason.FAILED,
                    "A backup as of " + moment
                            + " cannot hold files, since the journal of the pool keeps no bytes of files (FileRecording.RECORD), so only those of now are known; leave out withFiles()");
        }
        BackupFolder folder = BackupFolder.of(pool, depot);
        known.sweep(folder);
        return new BackupRun(pool, folder, BackupInfo.Kind.AS_OF, options)
                .make(options.depth(), moment)
                .info();
    }

    @Override
    public BackupInfo run(ScheduledBackup due) {
        requireNonNull(due, "due");
        BackupInfo made = run(due.depot(), due.options());
        if (!due.retention().isEmpty()) {
            Instant now = pool.environment().clock().instant();
            // What was just made is kept whatever the clock says: one that stood in the future has left backups that
            // count as newer.
            prune(due.depot(), moments -> Stream.concat(
                            Stream.of(made.cut()).filter(moments::contains),
                            due.retention().values().stream()
                                    .flatMap(retention -> retention.kept(moments, now).stream()))
                    .collect(Collectors.toSet()));
        }
        return made;
    }

    @Override
    public List<BackupStatus> status() {
        return pool.schedules();
    }

    @Override
    public List<BackupInfo> list(String depot) {
        return known.read(BackupFolder.of(pool, requireNonNull(depot, "depot")));
    }

    @Override
    public BackupInfo adopt(Rn<?> original) {
        StoredBackup backup = new AdoptRun(pool, requireNonNull(original, "original")).write();
        new VerifyRun(pool, backup).verify(Verification.Depth.QUICK, Progress.NONE);
        return backup.info();
    }

    @Override
    public List<BackupId> prune(String depot, UnaryOperator<Set<Instant>> kept) {
        requireNonNull(kept, "kept");
        BackupFolder folder = BackupFolder.of(pool, requireNonNull(depot, "depot"));
        List<BackupId> deleted = new PruneRun(pool, folder, known.known(folder)).prune(kept);
        known.store(folder);
        return deleted;
    }

    private StoredBackup stored(BackupId id) {
        return StoredBackup.of(BackupFolder.of(pool, id), id.name());
    }

    @Override
    public BackupInfo get(BackupId id) {
        return stored(requireNonNull(id, "id")).info();
    }

    @Override
    public BackupInfo verify(BackupId id, Verification.Depth depth, Progress progress) {
        requireNonNull(depth, "depth");
        requireNonNull(progress, "progress");
        StoredBackup backup = stored(requireNonNull(id, "id"));
        new VerifyRun(pool, backup).verify(depth, progress);
        return backup.info();
    }

    @Override
    public RestoreReport restore(BackupId id, RestoreOptions options) {
        requireNonNull(options, "options");
        StoredBackup backup = stored(requireNonNull(id, "id"));
        return new RestoreRun(pool, backup, options).restore();
    }

    @Override
    public Optional<UnfinishedRestore> unfinishedRestore(String depot) {
        return RestoreState.read(BackupFolder.of(pool, requireNonNull(depot, "depot")))
                .map(RestoreState::told);
    }

    @Override
    public RestoreReport settle(UnfinishedRestore restore, Settling settling) {
        requireNonNull(restore, "restore");
        requireNonNull(settling, "settling");
        BackupFolder folder = BackupFolder.of(pool, restore.backup().depot());
        RestoreState state = RestoreState.read(folder)
                .filter(found -> found.told().equals(restore))
                .orElseThrow(() -> RestoreState.settled(folder));
        BackupId id = settling == Settling.FINISH ? restore.backup() : restore.safety();
        RestoreOptions options = settling == Settling.FINISH ? state.options() : RestoreOptions.replace();
        return new RestoreRun(pool, stored(id), options).settle(state);
    }
}
