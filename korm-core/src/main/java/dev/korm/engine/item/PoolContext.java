package dev.korm.engine.item;

import dev.korm.Document;
import dev.korm.Pool;
import dev.korm.engine.commit.AtomicCommits;
import dev.korm.engine.context.ChangeLimit;
import dev.korm.engine.context.ChangeOrigins;
import dev.korm.engine.context.PoolEvents;
import dev.korm.engine.context.PoolLifecycle;
import dev.korm.engine.depot.OpenDepots;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.model.Models;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.feed.FeedRetention;
import dev.korm.spi.query.TableName;
import java.util.Map;
import java.util.Optional;

/**
 * The parts of an open pool. Whoever composes is given it, and hands on the part that a class asks for.
 *
 * @param pool as users know it
 * @param items stores and reads items for those who hold them
 * @param commits makes changes of several layers
 * @param events counts and tells what happens
 * @param limit bounds what one change holds in memory
 * @param retention says how long changes of feeds are kept
 * @param origins says who makes a change
 * @param outer the pool that a transaction's view of it belongs to; empty for a pool itself
 */
public record PoolContext(
        Pool pool,
        PoolLayers layers,
        OpenDepots depots,
        ItemStore items,
        AtomicCommits commits,
        PoolLifecycle lifecycle,
        PoolEvents events,
        ChangeLimit limit,
        FeedRetention retention,
        ChangeOrigins origins,
        Environment environment,
        Optional<PoolContext> outer) {
    /** Returns the pool itself, also of a transaction's view of it: what is written is written there. */
    public PoolContext base() {
        return outer.orElse(this);
    }

    /** Returns this pool with the items that are deleted and kept among the others, to be read. */
    public PoolContext withDeleted() {
        return seenThrough(layers.withDeleted());
    }

    /** Returns this pool with other views of all its layers, by name, to be read. */
    public PoolContext seenThrough(Map<String, OpenLayer> views) {
        return seenThrough(layers.seenThrough(views, lifecycle));
    }

    private PoolContext seenThrough(PoolLayers seen) {
        return new PoolContext(
                pool,
                seen,
                depots,
                items,
                commits,
                lifecycle,
                events,
                limit,
                retention,
                origins,
                environment,
                Optional.of(base()));
    }

    /** Returns the items of a table, whatever they are. */
    public CollectionHandle<Document> documents(OpenLayer layer, TableName table) {
        return new CollectionHandle<>(this, layer, Models.of(Document.class), table, layers.collection(layer, table));
    }

    /** Compares by identity: two pools are the same only when they are one. */
    @Override
    public boolean equals(@org.jspecify.annotations.Nullable Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
