package dev.korm.backup;

/**
 * The times at which a pool is backed up by itself, and what is kept. Given by {@link dev.korm.PoolBuilder#backups}.
 *
 * <pre>{@code
 * .backups("copies", plan -> plan
 *         .every("*", Schedule.daily().at(2, 0)).retain(Retention.generations(7, 4, 12, 3))
 *         .every("orders", Schedule.hourly(30)))
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
}
