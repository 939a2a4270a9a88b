package dev.korm.engine.item;

import dev.korm.Rn;
import dev.korm.engine.context.ItemKey;
import dev.korm.engine.context.ToldCall;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.model.Model;
import dev.korm.spi.limit.ReplicaReads;
import dev.korm.spi.query.TableName;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A handle on the items of one type in one collection. Immutable; two are equal that name the same collection of the same view of a pool, read by the same model.
 */
public final class CollectionHandle<T> {
    private final PoolContext pool;
    private final String layerName;
    private final Model<T> model;
    private final TableName table;
    private final Rn<T> collection;
    /** Null until it is asked for: most items that a transaction gives out are never asked for what its view of their layer is. */
    private volatile @Nullable OpenLayer layer;

    /** @param collection the collection's RN, with the mods that the items' RNs get */
    public CollectionHandle(PoolContext pool, OpenLayer layer, Model<T> model, TableName table, Rn<T> collection) {
        this(pool, layer.layer(), layer, model, table, collection);
    }

    private CollectionHandle(
            PoolContext pool,
            String layerName,
            @Nullable OpenLayer layer,
            Model<T> model,
            TableName table,
            Rn<T> collection) {
        this.pool = pool;
        this.layerName = layerName;
        this.layer = layer;
        this.model = model;
        this.table = table;
        this.collection = collection;
    }

    public PoolContext pool() {
        return pool;
    }

    /** Returns the layer, as it is seen in this view of the pool. */
    public OpenLayer layer() {
        OpenLayer known = layer;
        if (known == null) {
            // Whichever thread asks finds the same one.
            known = pool.layers().named(layerName);
            layer = known;
        }
        return known;
    }

    public Model<T> model() {
        return model;
    }

    public TableName table() {
        return table;
    }

    public Rn<T> collection() {
        return collection;
    }

    /**
     * Does the work of a call of a program's, which those are told of who want to know of calls.
     *
     * @param operation one of the constants of {@link dev.korm.event.PoolCall}
     */
    public <R> R call(String operation, Supplier<R> work) {
        return pool.events().call(operation, layerName, collection.namespace(), collection.kind(), work);
    }

    /** Tells that a call begins, which the caller tells the end of; null while nobody wants to know of calls. */
    public @Nullable ToldCall callBegins(String operation) {
        return pool.events().callBegins(operation, layerName, collection.namespace(), collection.kind());
    }

    /** Returns whether it holds the same items, of whatever type they are read as. */
    public boolean isSamePlace(CollectionHandle<?> other) {
        return layerName.equals(other.layerName) && table.equals(other.table);
    }

    /**
     * Puts a question of a program's, of which replicas may answer each part; not within a transaction, which rests on what it reads, and not where other views of layers are read.
     *
     * @param operation which call puts it, as {@link #call} takes it
     * @param question has no effect but its answer, since it may be put again
     */
    public <R> R reading(String operation, Supplier<R> question) {
        return call(operation, () -> answered(question));
    }

    private <R> R answered(Supplier<R> question) {
        return pool.layers().haveReplicas()
                        && pool.outer().isEmpty()
                        && pool.items().seen(pool).equals(pool)
                ? ReplicaReads.run(question)
                : question.get();
    }

    /** Returns the collection in the pool itself, also where this is a transaction's view of it. */
    public CollectionHandle<T> base() {
        return pool.outer().isEmpty() ? this : in(pool.base());
    }

    /** Returns the same collection in another view of its pool. */
    public CollectionHandle<T> in(PoolContext view) {
        return new CollectionHandle<>(view, layerName, null, model, table, collection);
    }

    /** Returns the key of an item, however its RN is spelt. */
    public ItemKey key(Rn<?> rn) {
        return new ItemKey(layerName, table, rn.id().orElseThrow());
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof CollectionHandle<?> handle
                && pool.equals(handle.pool)
                && layerName.equals(handle.layerName)
                && model.equals(handle.model)
                && table.equals(handle.table)
                && collection.equals(handle.collection);
    }

    @Override
    public int hashCode() {
        return Objects.hash(layerName, model, table, collection);
    }

    /** Returns the collection's name. */
    @Override
    public String toString() {
        return collection.toString();
    }
}
