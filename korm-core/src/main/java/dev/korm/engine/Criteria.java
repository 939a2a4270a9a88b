package dev.korm.engine;

import dev.korm.Filter;
import dev.korm.Order;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** What a query asks for. Immutable. */
record Criteria(Optional<Filter> filter, List<Order> order, OptionalLong limit, ResolvePaths resolve) {
    static final Criteria ALL = new Criteria(Optional.empty(), List.of(), OptionalLong.empty(), ResolvePaths.NONE);

    Criteria {
        order = List.copyOf(order);
    }

    Criteria where(Filter other) {
        return new Criteria(Optional.of(other), order, limit, resolve);
    }

    Criteria orderBy(List<Order> other) {
        return new Criteria(filter, other, limit, resolve);
    }

    Criteria limit(long items) {
        return new Criteria(filter, order, OptionalLong.of(items), resolve);
    }

    Criteria resolve(ResolvePaths other) {
        return new Criteria(filter, order, limit, other);
    }
}
