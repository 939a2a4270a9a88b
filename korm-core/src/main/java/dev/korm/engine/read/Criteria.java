package dev.korm.engine.read;

import dev.korm.Filter;
import dev.korm.Order;
import dev.korm.spi.limit.StatementLimit;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** The criteria of a query. Immutable. */
public record Criteria(
        Optional<Filter> filter, List<Order> order, OptionalLong limit, ResolvePaths resolve, StatementLimit time) {
    public static final Criteria ALL = new Criteria(
            Optional.empty(), List.of(), OptionalLong.empty(), ResolvePaths.NONE, StatementLimit.ofLayer());

    public Criteria {
        order = List.copyOf(order);
    }

    /** Adds a condition: an item has to fulfil the earlier ones as well. */
    public Criteria where(Filter other) {
        Filter all = filter.map(earlier -> earlier.and(other)).orElse(other);
        return new Criteria(Optional.of(all), order, limit, resolve, time);
    }

    public Criteria orderBy(List<Order> other) {
        return new Criteria(filter, other, limit, resolve, time);
    }

    public Criteria limit(long items) {
        return new Criteria(filter, order, OptionalLong.of(items), resolve, time);
    }

    public Criteria time(StatementLimit other) {
        return new Criteria(filter, order, limit, resolve, other);
    }

    public Criteria resolve(ResolvePaths other) {
        return new Criteria(filter, order, limit, other, time);
    }
}
