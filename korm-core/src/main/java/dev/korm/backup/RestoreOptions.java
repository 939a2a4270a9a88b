package dev.korm.backup;

import static dev.korm.argument.NullArgumentException.requireEntries;
import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.ConfigurationException;
import dev.korm.file.Progress;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/**
 * The choices for a restore. Immutable.
 *
 * @param mode what becomes of items that are there
 * @param origin whose backups are accepted
 * @param layers the layer that each layer of the backup goes to, where it has another name
 * @param progress is told how many rows and files are done
 * @param patience how long those are waited for who make a backup by schedule, restore another one, or have the lock of an item; 90 s, in which the usual lease of a program that died is over
 */
public record RestoreOptions(
        Mode mode, Origin origin, Map<String, String> layers, Progress progress, Duration patience) {
    private static final RestoreOptions REPLACE =
            new RestoreOptions(Mode.REPLACE, Origin.SAME_POOL, Map.of(), Progress.NONE, Duration.ofSeconds(90));

    public RestoreOptions {
        requireNonNull(mode, "mode");
        requireNonNull(origin, "origin");
        layers = Map.copyOf(requireEntries(layers, "layers"));
        requireNonNull(progress, "progress");
        if (requireNonNull(patience, "patience").isNegative()) {
            throw new ConfigurationException(
                    "A restore cannot wait " + patience + " for others; give zero for one attempt");
        }
    }

    /** The choice of what becomes of items that are there. */
    public enum Mode {
        /** The layers of the backup have the items of the backup afterwards, and no others. */
        REPLACE,
        /** Items that are missing are created; what is there stays as it is. */
        MERGE
    }

    /** The choice of whose backups are accepted. */
    public enum Origin {
        /** Only of this pool, or of one whose layers have the same names. */
        SAME_POOL,
        /** Of any pool. */
        ANY_POOL
    }

    /** Returns options that put everything back as it was. */
    public static RestoreOptions replace() {
        return REPLACE;
    }

    /** Returns options that add what is missing. */
    public static RestoreOptions merge() {
        return new RestoreOptions(
                Mode.MERGE, REPLACE.origin(), REPLACE.layers(), REPLACE.progress(), REPLACE.patience());
    }

    /** Returns these options with backups of other pools accepted. */
    public RestoreOptions fromAnyPool() {
        return new RestoreOptions(mode, Origin.ANY_POOL, layers, progress, patience);
    }

    /** Returns these options with a layer of the backup going to one of another name. */
    public RestoreOptions layer(String inBackup, String inPool) {
        Map<String, String> more = new TreeMap<>(layers);
        more.put(requireNonNull(inBackup, "inBackup"), requireNonNull(inPool, "inPool"));
        return new RestoreOptions(mode, origin, more, progress, patience);
    }

    /** Returns these options with an observer. */
    public RestoreOptions progress(Progress progress) {
        return new RestoreOptions(mode, origin, layers, progress, patience);
    }

    /** Returns these options with another time for which those are waited for who have what the restore needs for itself; zero for one attempt. */
    public RestoreOptions patience(Duration patience) {
        return new RestoreOptions(mode, origin, layers, progress, patience);
    }
}
