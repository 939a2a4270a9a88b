package dev.korm.engine;

import dev.korm.Document;
import dev.korm.spi.LayerDescription;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A pool's own configuration, in the original's form (korm-format, section 8).
 *
 * @param layers which stores there are, by the names of the layers
 * @param metaLayer the name of the layer that keeps it
 */
record PoolMetadata(SortedMap<String, LayerDescription> layers, Optional<String> metaLayer) {
    /** The version of the form, the only one there is. */
    static final long VERSION = 1;

    private static final int ID_LENGTH = 16;

    PoolMetadata(Map<String, LayerDescription> layers, Optional<String> metaLayer) {
        this(new TreeMap<>(layers), metaLayer);
    }

    /** The pool's id: what a pool with layers and depots of these names has, wherever they are. */
    static String id(Collection<String> layers, Collection<String> depots) {
        Document seed = Document.builder()
                .put("layers", layers.stream().sorted().toList())
                .put("depots", depots.stream().sorted().toList())
                .build();
        return Places.sha256(seed.toJson()).substring(0, ID_LENGTH);
    }

    String id() {
        return id(layers.keySet(), List.of());
    }

    String toJson() {
        Document.Builder config = Document.builder().put("version", VERSION).put("poolId", id());
        metaLayer.ifPresent(name -> config.put("metaLayerIdent", name));
        List<Document> entries = new ArrayList<>();
        layers.forEach((name, description) -> {
            Document.Builder entry = Document.builder().put("ident", name).put("type", description.type());
            Places.fingerprint(description.location()).ifPresent(hash -> entry.put("fingerprint", hash));
            Places.config(description.location()).ifPresent(place -> entry.put("config", place));
            entries.add(entry.build());
        });
        return config.put("layers", entries).put("depots", List.of()).build().toJson();
    }
}
