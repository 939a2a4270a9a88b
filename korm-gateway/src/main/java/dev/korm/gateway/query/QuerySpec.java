package dev.korm.gateway.query;

import dev.korm.Order;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A query as a client wrote it.
 *
 * @param hash the client's name for it
 * @param filter none: every row
 * @param order the keys of the order
 * @param cursor values of the order's keys, where the rows begin
 * @param limit how many rows; 0 for as many as the gateway gives
 * @param schemaVersion the version of the client's schema, which nothing depends on
 * @param strictAfter rows begin behind the cursor, not at it
 */
public record QuerySpec(
        String hash,
        Optional<Node> filter,
        List<OrderKey> order,
        List<CursorEntry> cursor,
        int limit,
        int schemaVersion,
        boolean strictAfter) {
    /** Rows of a query that does not say how many. */
    public static final int DEFAULT_LIMIT = 50;

    public QuerySpec {
        order = List.copyOf(order);
        cursor = List.copyOf(cursor);
    }

    /** A part of a filter. */
    public sealed interface Node {}

    /** All of the parts, or at least one. */
    public record Wrapper(boolean any, List<Node> parts) implements Node {
        public Wrapper {
            parts = List.copyOf(parts);
        }
    }

    /**
     * One condition.
     *
     * @param value none where the client sent none
     */
    public record Basic(String field, FilterType type, Optional<Value> value, boolean distinct, boolean ignoreCase)
            implements Node {}

    /** A constant. */
    public sealed interface Value {}

    /** A single value: a text, a number, a boolean, an instant or null. */
    public record Scalar(@Nullable Object value) implements Value {}

    /** Several values. */
    public record Several(List<@Nullable Object> values) implements Value {
        public Several {
            values = Collections.unmodifiableList(new ArrayList<>(values));
        }
    }

    /** From one value to another. */
    public record Range(Scalar low, Scalar high, boolean includeLow, boolean includeHigh) implements Value {}

    /** A key of the order. */
    public record OrderKey(String field, Sort sort, boolean primary) {}

    /** The value of a key of the order, at the place where rows begin. */
    public record CursorEntry(String field, Scalar value) {}

    /** Directions, and the place of nulls; in the order of their numbers in binary queries. */
    public enum Sort {
        ASC_DEFAULT(Order.Direction.ASCENDING, Order.Nulls.LAST),
        ASC_NULLS_FIRST(Order.Direction.ASCENDING, Order.Nulls.FIRST),
        ASC_NULLS_LAST(Order.Direction.ASCENDING, Order.Nulls.LAST),
        DESC_DEFAULT(Order.Direction.DESCENDING, Order.Nulls.FIRST),
        DESC_NULLS_FIRST(Order.Direction.DESCENDING, Order.Nulls.FIRST),
        DESC_NULLS_LAST(Order.Direction.DESCENDING, Order.Nulls.LAST);

        private final Order.Direction direction;
        private final Order.Nulls nulls;

        Sort(Order.Direction direction, Order.Nulls nulls) {
            this.direction = direction;
            this.nulls = nulls;
        }

        Order.Direction direction() {
            return direction;
        }

        Order.Nulls nulls() {
            return nulls;
        }
    }
}
