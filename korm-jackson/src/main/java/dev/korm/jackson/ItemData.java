package dev.korm.jackson;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.ConflictException;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.KormException;
import dev.korm.NotFoundException;
import dev.korm.Rn;
import dev.korm.UncommittedItem;

/**
 * The state of an item as JSON has it: what {@link Item} is written as, and what can be read back, without a pool.
 *
 * @param rn the name of the item
 * @param revision the state that {@code data} was made from
 * @param data the data
 * @param <T> the type of the data
 */
public record ItemData<T>(Rn<T> rn, long revision, T data) {
    public ItemData {
        requireNonNull(rn, "rn");
        requireNonNull(data, "data");
    }

    /** Returns the state of an item. */
    public static <T> ItemData<T> of(Item<T> item) {
        requireNonNull(item, "item");
        return new ItemData<>(item.rn().unresolved(), item.revision(), item.data());
    }

    /**
     * Reads the item and changes it to this data. Nothing is stored before {@code commit()}.
     *
     * @throws NotFoundException when the item does not exist
     * @throws ConflictException when the item was changed since the revision: read it again, and repeat the change on that
     * @throws KormException when it cannot be read
     */
    public UncommittedItem<T> changeOf(Items<T> items) {
        requireNonNull(items, "items");
        Item<T> stored = items.fromRn(rn).get();
        if (stored.revision() != revision) {
            throw new ConflictException(
                    rn + " is at the revision " + stored.revision() + ", and the data that was sent is of " + revision
                            + ". Read the item again, and repeat the change on it",
                    rn,
                    data,
                    stored);
        }
        return stored.update(ignored -> data);
    }
}
