package dev.korm.engine.item;

import dev.korm.ConfigurationException;
import dev.korm.Rn;
import dev.korm.RnException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The rule for the layer of a collection where nobody names one. Filled before the pool is open, and not changed
 * afterwards.
 */
public final class DefaultLayers {
    private static final String ANY = "";

    private record Collection(String namespace, String kind) {}

    private final Map<Collection, String> layers = new HashMap<>();

    public void putDefault(String layer) {
        put(new Collection(ANY, ANY), layer, "What has no home of its own");
    }

    public void put(String namespace, String layer) {
        check(namespace, "any");
        put(new Collection(namespace, ANY), layer, namespace);
    }

    public void put(String namespace, String kind, String layer) {
        check(namespace, kind);
        put(new Collection(namespace, kind), layer, namespace + ":" + kind);
    }

    private static void check(String namespace, String kind) {
        try {
            Rn.collection(namespace, kind);
        } catch (RnException malformed) {
            throw new ConfigurationException(
                    "home(…) needs a namespace, and perhaps a kind, as they stand in RNs: " + malformed.getMessage());
        }
    }

    private void put(Collection collection, String layer, String name) {
        String other = layers.putIfAbsent(collection, layer);
        if (other != null) {
            throw new ConfigurationException(name + " is assigned to the layer \"" + other
                    + "\" already, and cannot be in \"" + layer + "\" as well; leave out one home(…)");
        }
    }

    /** Returns the homes by {@code namespace:kind}, {@code namespace}, and an empty text for what has no home of its own. */
    public Map<String, String> recorded() {
        Map<String, String> recorded = new TreeMap<>();
        layers.forEach((collection, layer) -> recorded.put(
                collection.kind().isEmpty() ? collection.namespace() : collection.namespace() + ":" + collection.kind(),
                layer));
        return recorded;
    }

    /** Puts homes as {@link #recorded} has them. */
    public void putRecorded(Map<String, String> homes) {
        homes.forEach((collection, layer) -> {
            String[] parts = collection.split(":", 2);
            if (collection.isEmpty()) {
                putDefault(layer);
            } else if (parts.length == 2) {
                put(parts[0], parts[1], layer);
            } else {
                put(collection, layer);
            }
        });
    }

    public void requireLayers(Set<String> known) {
        for (Map.Entry<Collection, String> home : layers.entrySet()) {
            if (!known.contains(home.getValue())) {
                String namespace = home.getKey().namespace();
                String call = namespace.isEmpty() ? "defaultLayer(…)" : "home(\"" + namespace + "\", …)";
                throw new ConfigurationException(call + " names the layer \"" + home.getValue()
                        + "\", which the pool does not have; it has " + String.join(", ", known));
            }
        }
    }

    Optional<String> of(String namespace, String kind) {
        if (layers.isEmpty()) {
            return Optional.empty();
        }
        String layer = layers.get(new Collection(namespace, kind));
        if (layer == null) {
            layer = layers.get(new Collection(namespace, ANY));
        }
        return Optional.ofNullable(layer != null ? layer : layers.get(new Collection(ANY, ANY)));
    }
}
