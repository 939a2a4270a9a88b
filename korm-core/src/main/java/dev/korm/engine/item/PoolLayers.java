package dev.korm.engine.item;

import dev.korm.ConfigurationException;
import dev.korm.Rn;
import dev.korm.engine.context.Parallel;
import dev.korm.engine.context.PoolLifecycle;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.spi.query.TableName;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The layers of an open pool, and which of them a collection is in. Safe for many threads. */
public final class PoolLayers {
    private final Map<String, OpenLayer> layers;
    private final DefaultLayers homes;
    private final Parallel parallel;
    private final PoolLifecycle lifecycle;
    private volatile @Nullable PoolLayers withDeleted;

    public PoolLayers(Map<String, OpenLayer> layers, DefaultLayers homes, Parallel parallel, PoolLifecycle lifecycle) {
        this.layers = new LinkedHashMap<>(layers);
        this.homes = homes;
        this.parallel = parallel;
        this.lifecycle = lifecycle;
    }

    /** Returns the same names, homes and order, for other layers of these names. */
    public PoolLayers with(Map<String, OpenLayer> others) {
        return new PoolLayers(others, homes, parallel, lifecycle);
    }

    /** Returns the same pool as it is seen through other layers of the same names. */
    public PoolLayers seenThrough(Map<String, OpenLayer> views, PoolLifecycle life) {
        return new PoolLayers(views, homes, parallel, life);
    }

    /** Returns whether rows that are marked as deleted are among the others. */
    public boolean showDeleted() {
        return layers.values().stream().anyMatch(OpenLayer::showsDeleted);
    }

    /** Returns the same layers with the rows that are marked as deleted among the others. */
    PoolLayers withDeleted() {
        PoolLayers known = withDeleted;
        if (known == null) {
            Map<String, OpenLayer> views = new LinkedHashMap<>();
            layers.forEach((name, layer) -> views.put(name, layer.withDeleted(views)));
            known = with(views);
            withDeleted = known;
        }
        return known;
    }

    /** Returns the names of the layers, in the order in which they were given. */
    public List<String> names() {
        return List.copyOf(layers.keySet());
    }

    /** Returns all layers, in the order in which they were given. */
    public List<OpenLayer> all() {
        lifecycle.requireOpen();
        return List.copyOf(layers.values());
    }

    /** Returns all layers, also of a pool that is closed, to close them. */
    public Collection<OpenLayer> closing() {
        return layers.values();
    }

    /** Returns who asks several of them at once. */
    public Parallel parallel() {
        return parallel;
    }

    /**
     * Returns a layer by name.
     *
     * @throws ConfigurationException when the pool has none of that name
     */
    public OpenLayer layer(String name) {
        lifecycle.requireOpen();
        OpenLayer layer = layers.get(name);
        if (layer == null) {
            throw new ConfigurationException(
                    "There is no layer \"" + name + "\" in the pool; it has " + String.join(", ", layers.keySet()));
        }
        return layer;
    }

    /** Returns the layer of a collection whose RN names none. */
    public OpenLayer homeOf(Rn<?> collection) {
        lifecycle.requireOpen();
        Optional<String> home = homes.of(collection.namespace(), collection.kind());
        if (home.isPresent()) {
            return layer(home.get());
        }
        if (layers.size() != 1) {
            throw new ConfigurationException("The pool has the layers " + String.join(", ", layers.keySet())
                    + ", so the layer of " + collection + " must be named: as the first argument, by @Stored, by the"
                    + " RN's from mod, or for many at once by home(…) or defaultLayer(…) when the pool is made");
        }
        return layers.values().iterator().next();
    }

    /** Returns the RN of a collection as this pool's items are named where nobody asked for them by a name. */
    public <T> Rn<T> collection(OpenLayer layer, TableName table) {
        Rn<T> bare = Rn.collection(table.namespace(), table.kind());
        return layers.size() == 1 ? bare : bare.from(layer.layer());
    }
}
