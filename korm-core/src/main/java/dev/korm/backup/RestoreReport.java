package dev.korm.backup;

import java.util.List;

/**
 * The result of a restore.
 *
 * @param backup what was restored
 * @param safety the backup that was made of what was there before
 * @param created how many items were put in
 * @param kept how many were there already just as in the backup, or were left as they are by {@link RestoreOptions.Mode#MERGE}
 * @param deleted how many were taken out, among them those that were put in again as they are in the backup
 * @param files how many files were written
 * @param notes what the backup could not say, and what became of it
 */
public record RestoreReport(
        BackupId backup, BackupId safety, long created, long kept, long deleted, long files, List<String> notes) {
    public RestoreReport {
        notes = List.copyOf(notes);
    }
}
