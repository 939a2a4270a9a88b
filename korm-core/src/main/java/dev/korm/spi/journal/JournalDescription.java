package dev.korm.spi.journal;

import static dev.korm.argument.NullArgumentException.requireEntries;
import static dev.korm.argument.NullArgumentException.requireNonNull;

import java.util.Map;
import java.util.TreeMap;

/**
 * The identity of a journal, for the pool's metadata.
 *
 * @param type the kind of place: {@value #FOLDER}, {@value #DEPOT}, or a word of whoever made it
 * @param settings which place of the kind, and what else has to be said to open it; nothing secret
 */
public record JournalDescription(String type, Map<String, String> settings) {
    /** A folder of the machine, named by {@value #PATH}. */
    public static final String FOLDER = "folder";

    /** A depot of the pool, named by {@value #DEPOT_NAME}, and a {@value #NAMESPACE} in it unless that is the pool's id. */
    public static final String DEPOT = "depot";

    public static final String PATH = "path";
    public static final String DEPOT_NAME = "depot";
    public static final String NAMESPACE = "namespace";

    /** The setting that says what becomes of finished changes: {@value #KEEP} or {@value #DELETE}. */
    public static final String RETENTION = "retention";

    /** The setting that says whether bytes of files are kept with the history: {@value #RECORD} or {@value #OFF}. */
    public static final String FILES = "files";

    public static final String RECORD = "record";
    public static final String OFF = "off";

    public static final String KEEP = "keep";
    public static final String DELETE = "delete";

    public JournalDescription {
        requireNonNull(type, "type");
        settings = Map.copyOf(requireEntries(settings, "settings"));
    }

    /** Returns a journal of which nothing is known but its kind. */
    public static JournalDescription of(String type) {
        return new JournalDescription(type, Map.of());
    }

    /** Returns the same with a setting. */
    public JournalDescription with(String setting, String value) {
        Map<String, String> more = new TreeMap<>(settings);
        more.put(requireNonNull(setting, "setting"), requireNonNull(value, "value"));
        return new JournalDescription(type, more);
    }
}
