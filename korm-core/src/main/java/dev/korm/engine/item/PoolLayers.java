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
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The layers of an open pool, and which of them a collection is in. Safe for many threads. */
public final class PoolLayers {
    /** Null until the first of them is asked for, where they are views of others. */
    private volatile @Nullable Map<String, OpenLayer> layers;

    private final @Nullable Views views;
    private final boolean replicas;
    private final DefaultLayers homes;
    private final Parallel parallel;
    private final PoolLifecycle lifecycle;
    private volatile @Nullable PoolLayers withDeleted;

    public PoolLayers(Map<String, OpenLayer> layers, DefaultLayers homes, Parallel parallel, PoolLifecycle lifecycle) {
        this.layers = new LinkedHashMap<>(layers);
        boolean some = false;
        for (OpenLayer layer : layers.values()) {
            some |= layer.store().hasReplicas();
        }
        this.replicas = some;
        this.views = null;
        this.homes = homes;
        this.parallel = parallel;
        this.lifecycle = lifecycle;
    }

    private PoolLayers(Views views, PoolLayers of, PoolLifecycle lifecycle) {
        this.views = views;
        this.replicas = of.replicas;
        this.homes = of.homes;
        this.parallel = of.parallel;
        this.lifecycle = lifecycle;
    }

    /** Views of all layers of a pool. */
    public interface Views {
        /** Returns them by name, in the order of the layers. */
        Map<String, OpenLayer> made();
    }

    private Map<String, OpenLayer> layers() {
        Map<String, OpenLayer> known = layers;
        return known == null ? madeOnce() : known;
    }

    private synchronized Map<String, OpenLayer> madeOnce() {
        Map<String, OpenLayer> known = layers;
        if (known == null) {
            known = Objects.requireNonNull(views).made();
            layers = known;
        }
        return known;
    }

    /** Returns the same names, homes and order, for other layers of these names. */
    public PoolLayers with(Map<String, OpenLayer> others) {
        return new PoolLayers(others, homes, parallel, lifecycle);
    }

    /** Returns the same pool as it is seen through other layers of the same names. */
    public PoolLayers seenThrough(Map<String, OpenLayer> views, PoolLifecycle life) {
        return new PoolLayers(views, homes, parallel, life);
    }

    /** Works as {@link #seenThrough(Map, PoolLifecycle)}; the views are made when the first is asked for, which many transactions never do. */
    public PoolLayers seenThrough(Views views, PoolLifecycle life) {
        return new PoolLayers(views, this, life);
    }

    /** Returns whether rows that are marked as deleted are among the others. */
    public boolean showDeleted() {
        return layers().values().stream().anyMatch(OpenLayer::showsDeleted);
    }

    /** Returns whether one of them has replicas. */
    boolean haveReplicas() {
        return replicas;
    }

    /** Returns the same layers with the rows that are marked as deleted among the others. */
    PoolLayers withDeleted() {
        PoolLayers known = withDeleted;
        if (known == null) {
            Map<String, OpenLayer> all = new LinkedHashMap<>();
            layers().forEach((name, layer) -> all.put(name, layer.withDeleted(all)));
            known = with(all);
            withDeleted = known;
        }
        return known;
    }

    /** Returns the names of the layers, in the order in which they were given. */
    public List<String> names() {
        return List.copyOf(layers().keySet());
    }

    /** Returns all layers, in the order in which they were given. */
    public List<OpenLayer> all() {
        lifecycle.requireOpen();
        return List.copyOf(layers().values());
    }

    /** Returns all layers, also of a pool that is closed, to close them. */
    public Collection<OpenLayer> closing() {
        return layers().values();
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
        return named(name);
    }

    /** Works as {@link #layer}, also where the pool or transaction has ended: what is asked of the layer says so then. */
    OpenLayer named(String name) {
        OpenLayer layer = layers().get(name);
        if (layer == null) {
            throw new ConfigurationException(
                    "There is no layer \"" + name + "\" in the pool; it has " + String.join(", ", names()));
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
        Map<String, OpenLayer> all = layers();
        if (all.size() != 1) {
            throw new ConfigurationException("The pool has the layers " + String.join(", ", all.keySet())
                    + ", so the layer of " + collection + " must be named: as the first argument, by @Stored, by the"
                    + " RN's from mod, or for many at once by home(…) or defaultLayer(…) when the pool is made");
        }
        return all.values().iterator().next();
    }

    /** Returns the RN of a collection as this pool's items are named where nobody asked for them by a name. */
    public <T> Rn<T> collection(OpenLayer layer, TableName table) {
        Rn<T> bare = Rn.collection(table.namespace(), table.kind());
        return layers().size() == 1 ? bare : bare.from(layer.layer());
    }
}
