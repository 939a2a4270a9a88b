package dev.korm.backup;

/**
 * The times at which a pool is backed up by itself, and what is kept. Given by {@link dev.korm.PoolBuilder#backups}.
 *
 * <pre>{@code
 * .backups("copies", plan -> plan
 *         .every("*", Schedule.daily().at(2, 0)).retain(Retention.generations(7, 4, 12, 3))
 *         .every("orders", Schedule.hourly(30))
 *         .options(BackupOptions.defaults().withFiles()))
 * }</pre>
 */
public interface BackupPlan {
    /** All layers. */
    String ALL = "*";

    /**
     * Adds a schedule.
     *
     * @param layer the name of a layer, or {@value #ALL} for each of them
     * @throws dev.korm.ConfigurationException when the pool has no such layer
     */
    BackupPlan every(String layer, Schedule schedule);

    /**
     * Says what is kept of the layer, or of all layers, that {@link #every} named last. Everything is, where nothing is said.
     *
     * @throws dev.korm.ConfigurationException when {@link #every} was not called before, or the layer has a retention already
     */
    BackupPlan retain(Retention retention);

    /** Works as {@link #incremental(ChainLimit)} with a full backup each week. */
    default BackupPlan incremental() {
        return incremental(ChainLimit.weekly());
    }

    /**
     * Makes the schedule that {@link #every} added last one of increments, with a full backup whenever a chain has reached its limit. Where it is due together with others, the backup is full if one of them says so.
     *
     * <pre>{@code
     * .every("*", Schedule.hourly(0)).incremental(ChainLimit.backups(24))
     * }</pre>
     *
     * @throws dev.korm.ConfigurationException when {@link #every} was not called before, or the schedule has a limit already
     */
    BackupPlan incremental(ChainLimit limit);

    /**
     * Says what goes into all backups of the plan and how they are verified. Without it they are those of {@link BackupOptions#defaults()}: the content of files is not in them.
     *
     * @throws dev.korm.ConfigurationException when it was called before, or the options are those of an increment, which a schedule says by {@link #incremental}
     */
    BackupPlan options(BackupOptions options);
}
