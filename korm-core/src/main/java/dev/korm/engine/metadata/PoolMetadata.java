package dev.korm.engine.metadata;

import dev.korm.Document;
import dev.korm.engine.context.StoreFingerprint;
import dev.korm.spi.LayerDescription;
import dev.korm.spi.depot.DepotDescription;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A pool's own configuration.
 *
 * @param layers which stores there are, by the names of the layers
 * @param depots which stores of files there are, by the names of the depots
 * @param metaLayer the name of the layer that keeps it
 */
public record PoolMetadata(
        NavigableMap<String, LayerDescription> layers,
        NavigableMap<String, DepotDescription> depots,
        Optional<String> metaLayer,
        PoolParts parts) {
    /** The version of the form, the only one there is. */
    static final long VERSION = 1;

    private static final int ID_LENGTH = 16;

    PoolMetadata(Map<String, LayerDescription> layers, Optional<String> metaLayer) {
        this(layers, Map.of(), metaLayer, PoolParts.NONE);
    }

    public PoolMetadata(
            Map<String, LayerDescription> layers,
            Map<String, DepotDescription> depots,
            Optional<String> metaLayer,
            PoolParts parts) {
        this(new TreeMap<>(layers), new TreeMap<>(depots), metaLayer, parts);
    }

    /** Returns the pool's id: what a pool with layers and depots of these names has, wherever they are. */
    static String id(Collection<String> layers, Collection<String> depots) {
        Document seed = Document.builder()
                .put("layers", layers.stream().sorted().toList())
                .put("depots", depots.stream().sorted().toList())
                .build();
        return StoreFingerprint.sha256(seed.toJson()).substring(0, ID_LENGTH);
    }

    public String id() {
        return id(layers.keySet(), depots.keySet());
    }

    /** Returns whether what the pool knows of itself outlives it: not where its metadata is in a database in memory. */
    boolean isLasting() {
        return metaLayer
                .map(layers::get)
                .filter(place -> !place.location().equals(new LayerDescription.Path(":memory:")))
                .isPresent();
    }

    List<String> depotNames() {
        return List.copyOf(depots.keySet());
    }
}
