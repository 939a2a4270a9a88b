package dev.korm.backup;

import java.time.Instant;

/**
 * A restore that began and did not end, since its program did. The pool may hold some items of the backup and some from before.
 *
 * @param backup what was being restored
 * @param safety what was there before; restoring it with {@link RestoreOptions#replace()} undoes the restore
 */
public record UnfinishedRestore(BackupId backup, BackupId safety, RestoreOptions.Mode mode, Instant began) {}
