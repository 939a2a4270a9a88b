package dev.korm.spi;

import static dev.korm.argument.NullArgumentException.requireElements;
import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.spi.query.Condition;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The operations that a layer can do by itself; the engine does the rest. A layer begins with {@link #LEAST} and adds
 * what it can, so that a feature that comes later is one that older layers do not have, and no layer has to be changed
 * for it. Immutable.
 *
 * <pre>{@code
 * Capabilities.LEAST.with(Feature.JOINS).withPushdown(condition -> true).withParameterLimit(30_000);
 * }</pre>
 */
public final class Capabilities {
    private static final int LEAST_PARAMETERS = 100;

    /** What every layer can: read and write, with the engine evaluating all conditions. */
    public static final Capabilities LEAST = new Capabilities(
            Access.READ_WRITE,
            EnumSet.noneOf(Feature.class),
            condition -> false,
            LEAST_PARAMETERS,
            Integer.MAX_VALUE,
            Integer.MAX_VALUE);

    private final Access access;
    private final Set<Feature> features;
    private final Predicate<Condition> pushdown;
    private final int parameterLimit;
    private final int joinLimit;
    private final int conditionLimit;

    private Capabilities(
            Access access,
            Set<Feature> features,
            Predicate<Condition> pushdown,
            int parameterLimit,
            int joinLimit,
            int conditionLimit) {
        this.access = access;
        this.features = features;
        this.pushdown = pushdown;
        this.parameterLimit = parameterLimit;
        this.joinLimit = joinLimit;
        this.conditionLimit = conditionLimit;
    }

    /** The choice of whether a layer accepts changes. */
    public enum Access {
        READ_WRITE,
        READ_ONLY
    }

    /** A feature that not every layer has. */
    public enum Feature {
        /** {@link Layer#prepare} keeps a transaction open; else one lives only inside {@link Layer#apply}. */
        HELD_TRANSACTIONS,
        /**
         * A transaction that is open keeps everybody else from writing anything in the store. The engine then holds one for as short as it can, and never
         * while it waits for another store.
         */
        SINGLE_WRITER,
        /**
         * A commit that was acknowledged is not lost while what was committed before it, or in another store, is kept: also not by a power cut. Without it a
         * layer takes no part in changes of several layers.
         */
        DURABLE,
        /** A selection follows references between the layer's own tables. */
        JOINS,
        /**
         * Rows carry the token of the batch that wrote them, and what is read is as durable as what was acknowledged. So when the
         * answer to a batch is lost, a row with its token proves that it was applied. Not for a store that loses an answer only when
         * its own disk fails: what can be read then may be gone tomorrow.
         */
        TOKENS,
        /**
         * {@link Mutation.RequireFence} is checked in the transaction of the batch, and {@link Layer#time} works. A mutation of the table of locks
         * that expects a revision expects that token ({@link Fence#COLUMN}).
         */
        FENCES,
        /** {@link Mutation.RequireRevision} is checked in the transaction of the batch. */
        ROW_GUARDS,
        /** {@link Layer#snapshot} works. */
        SNAPSHOTS,
        /** {@link Layer#changes} works. */
        CHANGE_FEED,
        /** {@link Layer#show} works: items can be rows of tables that korm did not make. */
        EXISTING_TABLES,
        /** {@link Layer#exchange} works: a column can take the place of another in one step. */
        COLUMN_EXCHANGE,
        /** Within a {@link dev.korm.spi.environment.SurroundingTransaction} of the layer it reads and writes on the connection of that. */
        JOINED_TRANSACTIONS
    }

    /** Returns the same with features added. */
    public Capabilities with(Feature... added) {
        Set<Feature> more = EnumSet.noneOf(Feature.class);
        more.addAll(features);
        more.addAll(List.of(requireElements(added, "added")));
        return new Capabilities(
                access, Collections.unmodifiableSet(more), pushdown, parameterLimit, joinLimit, conditionLimit);
    }

    /** Returns the capabilities without a feature. */
    public Capabilities without(Feature feature) {
        Set<Feature> fewer = EnumSet.noneOf(Feature.class);
        fewer.addAll(features);
        fewer.remove(requireNonNull(feature, "feature"));
        return new Capabilities(
                access, Collections.unmodifiableSet(fewer), pushdown, parameterLimit, joinLimit, conditionLimit);
    }

    /** Returns the same with another access. */
    public Capabilities withAccess(Access other) {
        return new Capabilities(
                requireNonNull(other, "other"), features, pushdown, parameterLimit, joinLimit, conditionLimit);
    }

    /**
     * Returns the same with other conditions that it evaluates exactly as {@link Condition} says.
     *
     * @param evaluated asked for leaves and for {@link Condition.AnyElement}
     */
    public Capabilities withPushdown(Predicate<Condition> evaluated) {
        return new Capabilities(
                access, features, requireNonNull(evaluated, "evaluated"), parameterLimit, joinLimit, conditionLimit);
    }

    /** Returns the same with another number of constants that one selection may carry. */
    public Capabilities withParameterLimit(int limit) {
        return new Capabilities(access, features, pushdown, limit, joinLimit, conditionLimit);
    }

    /** Returns the same with another number of joins that one selection may have. */
    public Capabilities withJoinLimit(int limit) {
        return new Capabilities(access, features, pushdown, parameterLimit, limit, conditionLimit);
    }

    /** Returns the same with another number of conditions that one selection may have. */
    public Capabilities withConditionLimit(int limit) {
        return new Capabilities(access, features, pushdown, parameterLimit, joinLimit, limit);
    }

    /** Returns whether it accepts changes. */
    public Access access() {
        return access;
    }

    public boolean has(Feature feature) {
        return features.contains(requireNonNull(feature, "feature"));
    }

    /**
     * Returns a predicate for the conditions that the layer evaluates exactly as {@link Condition} defines; it is
     * applied to leaves and to {@link Condition.AnyElement}.
     */
    public Predicate<Condition> pushdown() {
        return pushdown;
    }

    /** Returns how many constants one selection may carry; the engine evaluates by itself what goes beyond that. */
    public int parameterLimit() {
        return parameterLimit;
    }

    /**
     * Returns how many joins one selection may have, and as many within each {@link Condition.AnyElement} of it. The
     * engine asks for what goes beyond that in several selections.
     */
    public int joinLimit() {
        return joinLimit;
    }

    /**
     * Returns how many conditions one selection may have, connectives not counted: a store's planner may take far longer for many than their evaluation does. The engine evaluates by
     * itself what goes beyond that.
     */
    public int conditionLimit() {
        return conditionLimit;
    }
}
