package dev.korm.engine.metadata;

import dev.korm.ConfigurationException;
import dev.korm.MetadataException;
import dev.korm.StoreBusyException;
import dev.korm.StoreException.Outcome;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.spi.Capabilities;
import dev.korm.spi.Environment;
import dev.korm.spi.Layer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Compares a pool that is being opened with the metadata in its layers, and writes what is to be written. */
public final class MetadataReconciler {
    /** Each try fails only when another opening got in between; so often it is no chance. */
    private static final int TRIES = 100;

    private final PoolMetadata own;
    private final Map<String, OpenLayer> layers;
    private final OnDifference onDifference;
    private final Environment environment;

    /** The reaction to a different stored configuration. */
    public enum OnDifference {
        FAIL,
        ADOPT
    }

    public MetadataReconciler(
            PoolMetadata own, Map<String, OpenLayer> layers, OnDifference onDifference, Environment environment) {
        this.own = own;
        this.layers = layers;
        this.onDifference = onDifference;
        this.environment = environment;
    }

    /**
     * Compares, and writes what is to be written.
     *
     * @param originals is shown the logs of the original's that may have unfinished changes, before anything is written: those that a configuration names which is
     *     to be replaced, and where none is stored whatever is in the pool's depots
     * @throws MetadataException when another configuration is stored
     */
    public void settle(Consumer<OriginalLog> originals) {
        for (int i = 0; i < TRIES; i++) {
            if (settled(originals)) {
                return;
            }
        }
        String layer = own.metaLayer().orElse("");
        throw new StoreBusyException(
                layer,
                "The metadata in the layer \"" + layer + "\" came and went " + TRIES
                        + " times while the pool was opened. Open it again when the others are done",
                Outcome.NOT_APPLIED,
                null);
    }

    /** Returns whether it could be done; otherwise the metadata was changed by someone else meanwhile. */
    private boolean settled(Consumer<OriginalLog> originals) {
        List<StoredMetadata> found = found();
        List<String> differences = MetadataCheck.differences(own, found, environment.fileSystem());
        if (!differences.isEmpty() && !isAdopted(found)) {
            throw mismatch(found, differences);
        }
        if (found.isEmpty()) {
            own.depots().keySet().forEach(depot -> originals.accept(OriginalLog.anyIn(depot)));
        } else if (!differences.isEmpty()) {
            found.forEach(stored -> stored.log().ifPresent(originals));
        }
        PoolMetadataTable table = metaTable();
        if (table == null) {
            return true;
        }
        long now = environment.clock().millis();
        if (found.isEmpty()) {
            return isReadOnly() || table.insert(own.toJson(), now);
        }
        return differences.isEmpty() ? isReadOnly() || table.refresh(now) : adopted(table, found, now);
    }

    private List<StoredMetadata> found() {
        List<StoredMetadata> found = new ArrayList<>();
        layers.forEach((name, layer) -> new PoolMetadataTable(layer.store())
                .read()
                .map(config -> StoredMetadata.read(name, config))
                .ifPresent(found::add));
        return found;
    }

    /** Returns the table that this pool keeps its metadata in. */
    private @Nullable PoolMetadataTable metaTable() {
        return metaStore().map(PoolMetadataTable::new).orElse(null);
    }

    private Optional<Layer> metaStore() {
        return own.metaLayer().map(name -> {
            OpenLayer layer = layers.get(name);
            if (layer == null) {
                throw new ConfigurationException("There is no layer \"" + name + "\" to keep the pool's metadata in");
            }
            return layer.store();
        });
    }

    private boolean isReadOnly() {
        return metaStore()
                .filter(store -> store.capabilities().access() == Capabilities.Access.READ_ONLY)
                .isPresent();
    }

    private boolean isAdopted(List<StoredMetadata> found) {
        return onDifference == OnDifference.ADOPT && found.stream().noneMatch(MetadataReconciler::isOfAnotherKorm);
    }

    private static boolean isOfAnotherKorm(StoredMetadata stored) {
        return stored.config().isPresent() && !stored.isOfOurVersion();
    }

    /** Writes first: two configurations are noticed by the next opening, none is not. */
    private boolean adopted(PoolMetadataTable table, List<StoredMetadata> found, long now) {
        String home = own.metaLayer().orElseThrow();
        boolean there = found.stream().anyMatch(stored -> stored.layer().equals(home));
        if (!(there ? table.replace(own.toJson(), now) : table.insert(own.toJson(), now))) {
            return false;
        }
        for (StoredMetadata stored : found) {
            OpenLayer layer = layers.get(stored.layer());
            if (layer != null && !stored.layer().equals(home)) {
                new PoolMetadataTable(layer.store()).delete();
            }
        }
        return true;
    }

    private MetadataException mismatch(List<StoredMetadata> found, List<String> differences) {
        return new MetadataException(
                "The pool cannot be opened, since it is not configured as the metadata in the layer \""
                        + String.join(
                                "\", \"",
                                found.stream().map(StoredMetadata::layer).toList())
                        + "\" says: " + String.join("; ", differences) + ". " + wayOut(found),
                differences);
    }

    private String wayOut(List<StoredMetadata> found) {
        if (found.stream().anyMatch(MetadataReconciler::isOfAnotherKorm)) {
            return "Open it with the version of korm that wrote it";
        }
        return own.metaLayer().isPresent()
                ? "Configure it as stored, or replace what is stored by adoptMeta()"
                : "Configure it as stored, with withMeta(\"" + found.get(0).layer() + "\")";
    }
}
