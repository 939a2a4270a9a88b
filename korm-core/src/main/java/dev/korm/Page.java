package dev.korm;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A part of a query's items.
 *
 * @param items in order
 * @param next an opaque text for {@link Query#page(int, String)}; empty on the last page
 * @param total how many items the query has on all its pages, at the moment of this one; empty unless it was asked for by {@link Query#pageWithTotal(int)}
 * @param <T> the type of the items
 */
public record Page<T>(List<Item<T>> items, Optional<String> next, OptionalLong total) {
    public Page {
        items = List.copyOf(items);
    }

    /** Makes a page without a total. */
    public Page(List<Item<T>> items, Optional<String> next) {
        this(items, next, OptionalLong.empty());
    }
}
