package dev.korm.engine.metadata;

import dev.korm.Document;
import dev.korm.engine.context.StoreFingerprint;
import dev.korm.spi.LayerDescription;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * A pool's own configuration, in the original's form (korm-format, section 8).
 *
 * @param layers which stores there are, by the names of the layers
 * @param depots which stores of files there are, by the names of the depots
 * @param metaLayer the name of the layer that keeps it
 */
public record PoolMetadata(
        SortedMap<String, LayerDescription> layers,
        SortedMap<String, LayerDescription> depots,
        Optional<String> metaLayer) {
    /** The version of the form, the only one there is. */
    static final long VERSION = 1;

    private static final int ID_LENGTH = 16;

    PoolMetadata(Map<String, LayerDescription> layers, Optional<String> metaLayer) {
        this(layers, Map.of(), metaLayer);
    }

    public PoolMetadata(
            Map<String, LayerDescription> layers, Map<String, LayerDescription> depots, Optional<String> metaLayer) {
        this(new TreeMap<>(layers), new TreeMap<>(depots), metaLayer);
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

    String toJson() {
        Document.Builder config = Document.builder().put("version", VERSION).put("poolId", id());
        metaLayer.ifPresent(name -> config.put("metaLayerIdent", name));
        return config.put("layers", entries(layers, StoreFingerprint::config))
                .put("depots", entries(depots, StoreFingerprint::depotConfig))
                .build()
                .toJson();
    }

    private static List<Document> entries(
            Map<String, LayerDescription> stores, Function<LayerDescription.Location, Optional<Document>> config) {
        List<Document> entries = new ArrayList<>();
        stores.forEach((name, description) -> {
            Document.Builder entry = Document.builder().put("ident", name).put("type", description.type());
            StoreFingerprint.fingerprint(description.location()).ifPresent(hash -> entry.put("fingerprint", hash));
            config.apply(description.location()).ifPresent(place -> entry.put("config", place));
            entries.add(entry.build());
        });
        return entries;
    }
}
