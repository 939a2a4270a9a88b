package dev.korm.backup;

import java.util.List;
import java.util.Map;

/**
 * A backup that is due.
 *
 * @param depot where it goes
 * @param layers the layers whose schedules are due at once; one backup is made for all of them
 * @param retention what is kept, by layer
 */
public record ScheduledBackup(String depot, List<String> layers, Map<String, Retention> retention) {
    public ScheduledBackup {
        layers = List.copyOf(layers);
        retention = Map.copyOf(retention);
    }
}
