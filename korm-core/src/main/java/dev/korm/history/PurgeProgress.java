package dev.korm.history;

/**
 * The progress of a purge.
 *
 * @param seen how many versions were looked at
 * @param deleted how many of them were deleted
 */
public record PurgeProgress(long seen, long deleted) {}
