package dev.korm.spring;

import dev.korm.spi.LayerSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The descriptions of the pool's layers, without credentials. Safe for many threads. */
final class StoreDescriptions {
    private final Map<String, String> layers = new ConcurrentHashMap<>();

    void put(String layer, LayerSource source) {
        String text = source.toString();
        boolean says = !text.startsWith(source.getClass().getName() + "@");
        layers.put(layer, says ? text : source.description().type());
    }

    /** Returns where a layer is; a layer that a customizer has added is not described. */
    String of(String layer) {
        return layers.getOrDefault(layer, "other");
    }
}
