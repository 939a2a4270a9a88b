package dev.korm.backup;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.ConfigurationException;
import dev.korm.backup.Verification.Depth;
import dev.korm.file.Progress;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The choices for a backup. Immutable.
 *
 * @param depth how it is verified before it counts
 * @param files whether the content of files goes into it
 * @param history whether the versions of items go into it, where the pool keeps them
 * @param sealing whether the backup is sealed as a whole; secrets are sealed in any case
 * @param chain the limit of the chain that the backup becomes a part of; empty for a full backup
 * @param maxRate how many bytes of rows and files are taken in a second at the most; empty for as many as there can be
 * @param progress is told how many rows and files are done
 */
public record BackupOptions(
        Depth depth,
        Files files,
        History history,
        Sealing sealing,
        Optional<ChainLimit> chain,
        OptionalLong maxRate,
        Progress progress) {
    /** The least limit that {@link #maxRate(long)} takes, in bytes a second. */
    public static final long LEAST_RATE = 32 * 1024;

    private static final BackupOptions DEFAULT = new BackupOptions(
            Depth.QUICK,
            Files.REFERENCED,
            History.INCLUDED,
            Sealing.SECRETS,
            Optional.empty(),
            OptionalLong.empty(),
            Progress.NONE);

    /** @throws ConfigurationException when the limit is lower than {@value #LEAST_RATE} bytes a second */
    public BackupOptions {
        requireNonNull(depth, "depth");
        requireNonNull(files, "files");
        requireNonNull(history, "history");
        requireNonNull(sealing, "sealing");
        requireNonNull(chain, "chain");
        requireNonNull(maxRate, "maxRate");
        if (maxRate.orElse(LEAST_RATE) < LEAST_RATE) {
            throw new ConfigurationException("A backup cannot be limited to " + maxRate.getAsLong()
                    + " bytes a second; " + LEAST_RATE + " are the least");
        }
        requireNonNull(progress, "progress");
    }

    /** The choice of what is kept of files. */
    public enum Files {
        /** The items name their files, and the files stay where they are, in their depots alone. */
        REFERENCED,
        /** The content of every file of every depot is copied into the backup. */
        INCLUDED
    }

    /** The choice of whether versions of items are kept. */
    public enum History {
        INCLUDED,
        LEFT_OUT
    }

    /** The choice of what is sealed. */
    public enum Sealing {
        /** Secrets stay sealed as they are stored; the rest can be read by whoever has the backup. */
        SECRETS,
        /** All of it, with a key that is made for it from the current key of the pool's ring. */
        WHOLE
    }

    /** Returns a quickly verified backup with histories, without the content of files. */
    public static BackupOptions defaults() {
        return DEFAULT;
    }

    /** Returns these options with another verification. */
    public BackupOptions verify(Depth depth) {
        return new BackupOptions(depth, files, history, sealing, chain, maxRate, progress);
    }

    /** Returns these options with the content of files copied along. */
    public BackupOptions withFiles() {
        return new BackupOptions(depth, Files.INCLUDED, history, sealing, chain, maxRate, progress);
    }

    /** Returns these options with versions left out. */
    public BackupOptions withoutHistory() {
        return new BackupOptions(depth, files, History.LEFT_OUT, sealing, chain, maxRate, progress);
    }

    /** Returns these options with the whole backup sealed. */
    public BackupOptions sealed() {
        return new BackupOptions(depth, files, history, Sealing.WHOLE, chain, maxRate, progress);
    }

    /** Works as {@link #incremental(ChainLimit)} with a full backup each week. */
    public BackupOptions incremental() {
        return incremental(ChainLimit.weekly());
    }

    /**
     * Returns these options for an increment, which holds what has changed since the last backup that was verified, and needs that to be restored. Where there is none, or its chain has reached the limit, or cannot
     * be read back, a full backup is made.
     */
    public BackupOptions incremental(ChainLimit limit) {
        return new BackupOptions(
                depth, files, history, sealing, Optional.of(requireNonNull(limit, "limit")), maxRate, progress);
    }

    /**
     * Returns these options with a limit, so that a backup leaves the processors, the disks and the network to those who use the pool meanwhile. It takes the longer, and so long the snapshots stay open.
     *
     * @param bytesPerSecond how much of rows and files is written, and read back, in a second at the most, as it is before it is compressed; what {@link Depth#FULL} restores is not limited
     * @throws ConfigurationException when it is lower than {@value #LEAST_RATE}
     */
    public BackupOptions maxRate(long bytesPerSecond) {
        return new BackupOptions(depth, files, history, sealing, chain, OptionalLong.of(bytesPerSecond), progress);
    }

    /** Returns these options with an observer. */
    public BackupOptions progress(Progress progress) {
        return new BackupOptions(depth, files, history, sealing, chain, maxRate, progress);
    }
}
