package dev.korm.backup;

import static dev.korm.argument.NullArgumentException.requireElements;
import static dev.korm.argument.NullArgumentException.requireEntries;
import static dev.korm.argument.NullArgumentException.requireNonNull;

import java.util.List;
import java.util.Map;

/**
 * A backup that is due.
 *
 * @param depot where it goes
 * @param layers the layers whose schedules are due at once; one backup is made for all of them
 * @param retention what is kept, by layer, of all layers with schedules: a backup is one of the whole pool, and stays as long as any of
 *     them keeps it
 * @param options what goes into it; with a limit of chains where all of the schedules that are due make increments
 */
public record ScheduledBackup(
        String depot, List<String> layers, Map<String, Retention> retention, BackupOptions options) {
    public ScheduledBackup {
        requireNonNull(depot, "depot");
        layers = List.copyOf(requireElements(layers, "layers"));
        retention = Map.copyOf(requireEntries(retention, "retention"));
        requireNonNull(options, "options");
    }
}
