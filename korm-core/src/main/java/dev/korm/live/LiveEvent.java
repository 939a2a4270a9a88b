package dev.korm.live;

import static dev.korm.argument.NullArgumentException.requireElements;
import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.Item;
import dev.korm.Rn;
import java.util.List;

/**
 * An event of a {@link LiveQuery}: the items it finds, or how they differ from those before.
 *
 * <pre>{@code
 * switch on the class of the event:
 *   Snapshot  replace the list by its items
 *   Entered   insert the item at its index
 *   Changed   replace the item at the index
 *   Moved     take away what is at `from`, then insert the item at `to`
 *   Left      take away what is at the index
 * }</pre>
 *
 * <p>Each index is one of the list as it is when all events before this one were applied. The events of one change come one after the other, and {@link #remaining} says how many
 * are still to come. With the last of them, where it is 0, the list is what the query finds at the {@link #position}; before that it is half-way, and nothing to be shown or stored.
 *
 * @param <T> the type of the items
 */
public sealed interface LiveEvent<T> {
    /** Returns the moment that the list is of once the last event of the change was applied. Only that of a last event is one to be stored and resumed from. */
    LivePosition position();

    /** Returns how many events of the same change come behind this one. */
    int remaining();

    /** Returns whether the change is complete with this event. */
    default boolean isLast() {
        return remaining() == 0;
    }

    /** All items that the query finds, in order. The first event, and one that comes again where single changes cannot be told: whatever was held before is void. */
    record Snapshot<T>(List<Item<T>> items, LivePosition position) implements LiveEvent<T> {
        public Snapshot {
            items = List.copyOf(requireElements(items, "items"));
            requireNonNull(position, "position");
        }

        @Override
        public int remaining() {
            return 0;
        }
    }

    /** An item that the query finds and did not before. */
    record Entered<T>(Item<T> item, int index, LivePosition position, int remaining) implements LiveEvent<T> {
        public Entered {
            requireNonNull(item, "item");
            requireNonNull(position, "position");
        }
    }

    /** An item that has changed and is at the same place. */
    record Changed<T>(Item<T> item, int index, LivePosition position, int remaining) implements LiveEvent<T> {
        public Changed {
            requireNonNull(item, "item");
            requireNonNull(position, "position");
        }
    }

    /**
     * An item that is at another place, and may have changed as well.
     *
     * @param to its place once it was taken away from the other
     */
    record Moved<T>(Item<T> item, int from, int to, LivePosition position, int remaining) implements LiveEvent<T> {
        public Moved {
            requireNonNull(item, "item");
            requireNonNull(position, "position");
        }
    }

    /** An item that the query finds no more. */
    record Left<T>(Rn<T> rn, int index, LivePosition position, int remaining) implements LiveEvent<T> {
        public Left {
            requireNonNull(rn, "rn");
            requireNonNull(position, "position");
        }
    }
}
