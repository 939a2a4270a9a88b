package dev.korm.backup;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A backup that exists.
 *
 * @param pool the id of the pool that it was made of
 * @param cut the moment whose state it holds
 * @param kind the reason for which it was made
 * @param base the backup that it adds to, and that is needed to restore it; empty when it is not an increment
 * @param layers the names of the layers in it
 * @param items how many items there are in it, over all layers
 * @param files how many files there are in it; empty where it only names the depots
 * @param bytes its own size in the depot, without those that it builds on
 * @param verified by what it was proven good last; empty when nobody has read it back yet
 * @param notes what a reader of the backup should know, such as columns that could not be stored
 */
public record BackupInfo(
        BackupId id,
        String pool,
        Instant cut,
        Kind kind,
        Optional<BackupId> base,
        List<String> layers,
        long items,
        Optional<Long> files,
        long bytes,
        Optional<Verification> verified,
        List<String> notes) {
    public BackupInfo {
        layers = List.copyOf(layers);
        notes = List.copyOf(notes);
    }

    /** The reason for which a backup was made. */
    public enum Kind {
        /** Asked for, by a program or a schedule. */
        FULL,
        /** Asked for, by a program or a schedule, to hold what has changed since another. */
        INCREMENT,
        /** Made of what a restore was about to replace. */
        SAFETY,
        /** Made of what was there at an earlier moment, as the history tells. */
        AS_OF
    }
}
