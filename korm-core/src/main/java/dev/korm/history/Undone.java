package dev.korm.history;

import dev.korm.Rn;
import java.util.List;

/**
 * The transaction that undid another.
 *
 * @param transaction its own id, by which it can be undone in turn; that of the other where there was nothing to be done
 * @param items that it changed
 */
public record Undone(String transaction, List<Rn<?>> items) {
    public Undone {
        items = List.copyOf(items);
    }
}
