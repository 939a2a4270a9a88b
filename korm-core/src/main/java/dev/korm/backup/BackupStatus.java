package dev.korm.backup;

import java.time.Instant;
import java.util.Optional;

/**
 * The state of one layer's schedule, as all programs that share the pool know it.
 *
 * @param id by which it is known in the table of schedules
 * @param nextRun when it is due; in the past where it is under way, or nobody was there
 * @param lastSuccess when a backup was made and verified for it last
 * @param retry when what has failed is tried again; empty when nothing has failed since the last success
 * @param failures how often it has failed since the last success
 * @param lastError why it has failed last
 * @param running whether some program makes a backup for it now
 */
public record BackupStatus(
        String id,
        String layer,
        Schedule schedule,
        Instant nextRun,
        Optional<Instant> lastSuccess,
        Optional<Instant> retry,
        int failures,
        Optional<String> lastError,
        boolean running) {}
