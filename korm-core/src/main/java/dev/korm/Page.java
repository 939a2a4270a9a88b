package dev.korm;

import java.util.List;
import java.util.Optional;

/**
 * A part of a query's items.
 *
 * @param items in order
 * @param next an opaque text for {@link Query#page(int, String)}; empty on the last page
 * @param <T> the type of the items
 */
public record Page<T>(List<Item<T>> items, Optional<String> next) {
    public Page {
        items = List.copyOf(items);
    }
}
