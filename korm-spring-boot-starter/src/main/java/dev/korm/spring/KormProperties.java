package dev.korm.spring;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/** The properties that a pool is made of. */
@ConfigurationProperties("korm")
public class KormProperties {
    /** Whether a pool is made. */
    private boolean enabled = true;

    /**
     * The layers of the pool by their names. Without any, the application's only data source is the layer "main".
     */
    private final Map<String, LayerProperties> layers = new LinkedHashMap<>();

    /** The depots of the pool by their names. */
    private final Map<String, DepotProperties> depots = new LinkedHashMap<>();

    /** The layer where all is at home that has no home of its own. */
    private @Nullable String defaultLayer;

    /** The layers that namespaces are at home in: "people" or, for one kind, "people/user". */
    private final Map<String, String> homes = new LinkedHashMap<>();

    /** The folder of the journal, which makes changes of several layers all or nothing. */
    private @Nullable String journal;

    /** Whether each version of each item is kept. */
    private boolean history;

    /** The layer that the pool's configuration is kept in, and compared with. */
    private @Nullable String metaLayer;

    /** Whether a configuration that differs from the one that is kept replaces it, instead of failing. */
    private boolean adoptMeta;

    /** The locks that are shared with other programs. */
    private final LockProperties locks = new LockProperties();

    /** The meters of the pool. */
    private final MetricsProperties metrics = new MetricsProperties();

    /** The observations of the pool's statements. */
    private final ObservationsProperties observations = new ObservationsProperties();

    /** How many items one change may hold in memory. */
    private @Nullable Integer largestChange;

    /** How long a change of a file waits for another change of the same file. */
    private @Nullable Duration longestFileWait;

    /** How long a statement may take in each layer; as long as it likes unless it is set. */
    private @Nullable Duration timeout;

    /** From when on a statement is logged as slow, in all layers; never unless it is set. */
    private @Nullable Duration slowStatements;

    /** Records that are checked at the start: their types, their layers, and keys for their secrets. */
    private final List<Class<?>> records = new ArrayList<>();

    /** Records whose tables, columns and indexes are made at the start. */
    private final List<Class<?>> prepare = new ArrayList<>();

    /** Whether the start tries the keys on all collections, also those of documents and those that no record names. */
    private boolean requireKeys;

    public boolean isEnabled() {
        return enabled;
    }

    public void setEnabled(boolean enabled) {
        this.enabled = enabled;
    }

    public Map<String, LayerProperties> getLayers() {
        return layers;
    }

    public Map<String, DepotProperties> getDepots() {
        return depots;
    }

    public @Nullable String getDefaultLayer() {
        return defaultLayer;
    }

    public void setDefaultLayer(@Nullable String defaultLayer) {
        this.defaultLayer = defaultLayer;
    }

    public Map<String, String> getHomes() {
        return homes;
    }

    public @Nullable String getJournal() {
        return journal;
    }

    public void setJournal(@Nullable String journal) {
        this.journal = journal;
    }

    public boolean isHistory() {
        return history;
    }

    public void setHistory(boolean history) {
        this.history = history;
    }

    public @Nullable String getMetaLayer() {
        return metaLayer;
    }

    public void setMetaLayer(@Nullable String metaLayer) {
        this.metaLayer = metaLayer;
    }

    public boolean isAdoptMeta() {
        return adoptMeta;
    }

    public void setAdoptMeta(boolean adoptMeta) {
        this.adoptMeta = adoptMeta;
    }

    public LockProperties getLocks() {
        return locks;
    }

    public MetricsProperties getMetrics() {
        return metrics;
    }

    public ObservationsProperties getObservations() {
        return observations;
    }

    public @Nullable Integer getLargestChange() {
        return largestChange;
    }

    public void setLargestChange(@Nullable Integer largestChange) {
        this.largestChange = largestChange;
    }

    public @Nullable Duration getLongestFileWait() {
        return longestFileWait;
    }

    public void setLongestFileWait(@Nullable Duration longestFileWait) {
        this.longestFileWait = longestFileWait;
    }

    public @Nullable Duration getSlowStatements() {
        return slowStatements;
    }

    public void setSlowStatements(@Nullable Duration slowStatements) {
        this.slowStatements = slowStatements;
    }

    public @Nullable Duration getTimeout() {
        return timeout;
    }

    public void setTimeout(@Nullable Duration timeout) {
        this.timeout = timeout;
    }

    public List<Class<?>> getRecords() {
        return records;
    }

    public List<Class<?>> getPrepare() {
        return prepare;
    }

    public boolean isRequireKeys() {
        return requireKeys;
    }

    public void setRequireKeys(boolean requireKeys) {
        this.requireKeys = requireKeys;
    }

    /** The properties of the observations. */
    public static class ObservationsProperties {
        /** Whether each statement is an observation, and so a span, where the application has a registry of them and korm-micrometer is there. */
        private boolean enabled = true;

        public boolean isEnabled() {
            return enabled;
        }

        public void setEnabled(boolean enabled) {
            this.enabled = enabled;
        }
    }

    /** The properties of the meters. */
    public static class MetricsProperties {
        /** Whether the pool has meters where the application has a registry and korm-micrometer is there. */
        private boolean enabled = true;

        public boolean isEnabled() {
            return enabled;
        }

        public void setEnabled(boolean enabled) {
            this.enabled = enabled;
        }
    }

    /** The properties of the locks that are shared with other programs. */
    public static class LockProperties {
        /** The layer that they are in; without it, locks hold within this program. */
        private @Nullable String layer;

        /** How long others wait for the lock of a program that died; a minute unless it is set. */
        private @Nullable Duration lease;

        public @Nullable String getLayer() {
            return layer;
        }

        public void setLayer(@Nullable String layer) {
            this.layer = layer;
        }

        public @Nullable Duration getLease() {
            return lease;
        }

        public void setLease(@Nullable Duration lease) {
            this.lease = lease;
        }
    }
}
