package dev.korm.testkit.memory;

import dev.korm.spi.Capabilities;
import dev.korm.spi.Capabilities.Access;
import dev.korm.spi.Capabilities.Feature;
import dev.korm.spi.Layer;
import dev.korm.spi.LayerDescription;
import dev.korm.spi.LayerSource;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.query.Condition;
import java.util.function.Predicate;

/**
 * A layer in memory, for tests: it does all that a layer can do, and less where it is told to.
 *
 * <pre>{@code
 * try (Pool pool = Korm.pool().layer("main", MemoryLayer.create()).open()) { … }
 * MemoryLayer poor = MemoryLayer.create().withoutPushdown().withoutJoins().withoutHeldTransactions();
 * }</pre>
 *
 * <p>Every layer opened from one {@code MemoryLayer} works on the same rows; they stay when it is closed. A layer that is
 * asked for what its capabilities deny throws an {@link IllegalArgumentException}: whoever asked has a fault.
 */
public final class MemoryLayer implements LayerSource {
    private static final int PARAMETERS = 32_766;

    private final MemoryStore store;
    private final Capabilities capabilities;

    private MemoryLayer(MemoryStore store, Capabilities capabilities) {
        this.store = store;
        this.capabilities = capabilities;
    }

    /** Returns a layer with a store of its own, empty at first. */
    public static MemoryLayer create() {
        return on(new MemoryStore());
    }

    /** Returns a layer with a store that others may use too. */
    public static MemoryLayer on(MemoryStore store) {
        return new MemoryLayer(
                store,
                Capabilities.LEAST
                        .with(
                                Feature.HELD_TRANSACTIONS,
                                Feature.DURABLE,
                                Feature.JOINS,
                                Feature.TOKENS,
                                Feature.FENCES,
                                Feature.ROW_GUARDS,
                                Feature.SNAPSHOTS,
                                Feature.CHANGE_FEED,
                                Feature.COLUMN_EXCHANGE)
                        .withPushdown(condition -> true)
                        .withParameterLimit(PARAMETERS));
    }

    /** Returns a layer over the same store that evaluates no condition. */
    public MemoryLayer withoutPushdown() {
        return withPushdown(condition -> false);
    }

    /** Returns a layer over the same store that evaluates some conditions. */
    public MemoryLayer withPushdown(Predicate<Condition> pushdown) {
        return with(capabilities.withPushdown(pushdown));
    }

    /** Returns a layer over the same store that follows no reference. */
    public MemoryLayer withoutJoins() {
        return without(Feature.JOINS);
    }

    /** Returns a layer over the same store whose transactions live inside one call. */
    public MemoryLayer withoutHeldTransactions() {
        return without(Feature.HELD_TRANSACTIONS);
    }

    /** Returns a layer over the same store that lacks a feature. */
    public MemoryLayer without(Feature feature) {
        return with(capabilities.without(feature));
    }

    /** Returns a layer over the same store that refuses changes. */
    public MemoryLayer readOnly() {
        return with(capabilities.withAccess(Access.READ_ONLY));
    }

    /** Returns a layer over the same store that takes that many constants in a selection. */
    public MemoryLayer withParameterLimit(int limit) {
        return with(capabilities.withParameterLimit(limit));
    }

    /** Returns a layer over the same store that makes that many joins in a selection. */
    public MemoryLayer withJoinLimit(int limit) {
        return with(capabilities.withJoinLimit(limit));
    }

    /** Returns a layer over the same store that takes that many conditions in a selection. */
    public MemoryLayer withConditionLimit(int limit) {
        return with(capabilities.withConditionLimit(limit));
    }

    private MemoryLayer with(Capabilities changed) {
        return new MemoryLayer(store, changed);
    }

    /** Returns the store that its layers share. */
    public MemoryStore store() {
        return store;
    }

    @Override
    public LayerDescription description() {
        return LayerDescription.of("memory");
    }

    @Override
    public Layer open(String name, Environment environment) {
        store.opened(environment.clock());
        return new OpenMemoryLayer(name, store, capabilities, environment::nanoTime);
    }
}
