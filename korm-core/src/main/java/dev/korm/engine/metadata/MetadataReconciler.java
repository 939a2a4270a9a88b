package dev.korm.engine.metadata;

import dev.korm.ConfigurationException;
import dev.korm.Document;
import dev.korm.MetadataException;
import dev.korm.StoreBusyException;
import dev.korm.StoreException.Outcome;
import dev.korm.engine.key.PoolSecrets;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.spi.Capabilities;
import dev.korm.spi.Layer;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.environment.Environment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Compares a pool that is being opened with the metadata in its layers and with the shares that they and its depots carry, and writes what is to be written. */
public final class MetadataReconciler {
    /** Each try fails only when another opening got in between; so often it is no chance. */
    private static final int TRIES = 100;

    private final PoolMetadata own;
    private final Map<String, OpenLayer> layers;
    private final OnDifference onDifference;
    private final Environment environment;
    private final MetadataSeals seals;
    private final PoolShares shares;

    /** The reaction to a different stored configuration. */
    public enum OnDifference {
        FAIL,
        ADOPT
    }

    /** @param depots opens a depot of the pool, or returns it when it is open */
    public MetadataReconciler(
            PoolMetadata own,
            Map<String, OpenLayer> layers,
            Function<String, Depot> depots,
            PoolSecrets secrets,
            OnDifference onDifference,
            Environment environment) {
        this.own = own;
        this.layers = layers;
        this.onDifference = onDifference;
        this.environment = environment;
        this.seals = new MetadataSeals(secrets, own.metaLayer().orElse(""));
        this.shares = new PoolShares(own, layers, depots, environment);
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
        Map<String, PoolShares.Share> carried = shares.ofLayers();
        List<String> differences = new ArrayList<>(MetadataCheck.differences(own, found, environment.fileSystem()));
        differences.addAll(shares.differences(
                carried, found.stream().map(StoredMetadata::layer).toList()));
        if (!differences.isEmpty() && !isAdopted(found)) {
            if (!shares.ofLayers().equals(carried)) {
                // Another opening wrote them meanwhile, and then the depots' that were compared with the former ones.
                return false;
            }
            throw MetadataMismatch.of(own, found, differences);
        }
        if (found.isEmpty()) {
            own.depots().keySet().forEach(depot -> originals.accept(OriginalLog.anyIn(depot)));
        } else {
            // While our own member is there, the original has not opened the pool since.
            found.stream()
                    .filter(stored -> !differences.isEmpty() || !stored.has(MetadataDocument.OURS))
                    .forEach(stored -> stored.log().ifPresent(originals));
        }
        PoolMetadataTable table = metaTable();
        if (table == null || (isReadOnly() && differences.isEmpty())) {
            return true;
        }
        long now = environment.clock().millis();
        Document config = MetadataDocument.of(own, before(found), seals, environment.fileSystem());
        boolean written;
        if (found.isEmpty()) {
            written = table.insert(config.toJson(), now);
        } else if (differences.isEmpty()) {
            written = isStored(found, config) ? table.refresh(now) : table.replace(config.toJson(), now);
        } else {
            written = adopted(table, found, config, now);
        }
        return written && shares.write(carried, config, now);
    }

    private static boolean isStored(List<StoredMetadata> found, Document config) {
        return found.get(0).config().equals(Optional.of(config));
    }

    /** Returns what is stored where it is to be stored anew. */
    private Optional<StoredMetadata> before(List<StoredMetadata> found) {
        return found.stream()
                .filter(stored -> stored.config().isPresent()
                        && stored.isOfOurVersion()
                        && own.metaLayer().equals(stored.text("metaLayerIdent")))
                .findFirst();
    }

    private List<StoredMetadata> found() {
        List<StoredMetadata> found = new ArrayList<>();
        layers.forEach((name, layer) -> PoolMetadataTable.pool(layer.store())
                .read()
                .map(config -> StoredMetadata.read(name, config))
                .ifPresent(found::add));
        return found;
    }

    /** Returns the table that this pool keeps its metadata in. */
    private @Nullable PoolMetadataTable metaTable() {
        return metaStore().map(PoolMetadataTable::pool).orElse(null);
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
        return onDifference == OnDifference.ADOPT && found.stream().noneMatch(MetadataMismatch::isOfAnotherKorm);
    }

    /** Writes first: two configurations are noticed by the next opening, none is not. */
    private boolean adopted(PoolMetadataTable table, List<StoredMetadata> found, Document config, long now) {
        String home = own.metaLayer().orElseThrow();
        boolean there = found.stream().anyMatch(stored -> stored.layer().equals(home));
        if (!(there ? table.replace(config.toJson(), now) : table.insert(config.toJson(), now))) {
            return false;
        }
        for (StoredMetadata stored : found) {
            OpenLayer layer = layers.get(stored.layer());
            if (layer != null && !stored.layer().equals(home)) {
                PoolMetadataTable.pool(layer.store()).delete();
            }
        }
        return true;
    }
}
