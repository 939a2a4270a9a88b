package dev.korm.relocate;

import dev.korm.Change;
import dev.korm.Item;

/**
 * The move of an item into another layer, as one change of a transaction. The item keeps its namespace, kind and id, gets a
 * revision above all it had, and is found under the RN with the other layer; every reference to it in the pool names it there
 * from then on. All of that happens or nothing, for which the pool needs a journal.
 *
 * <pre>{@code
 * Item<Order> kept = order.moveTo("archive").commit();
 * Korm.tx(order.moveTo("archive"), customer.set(Customer::openOrders, 0)).persist();
 * }</pre>
 *
 * <p>What another change is bringing to a layer at that moment cannot be seen yet, so it may name the old place afterwards; {@link
 * dev.korm.Pool#danglingReferences} finds it.
 *
 * <p>Columns that the record does not know go along, and files stay where they are. To find who refers to the item, every item
 * with references is looked through whose layer cannot select those by itself, such as references inside JSON.
 *
 * @param <T> the type of the data
 */
public interface Move<T> extends Change<T> {
    /** Returns the item as it was read. */
    Item<T> item();

    /** Returns the layer that it is moved to. */
    String layer();

    /**
     * Moves it, and returns it in its new place.
     *
     * @throws dev.korm.ConflictException when it was changed since it was read; nothing is written
     * @throws dev.korm.NotFoundException when it is gone; nothing is written
     * @throws dev.korm.AlreadyExistsException when the layer has an item of its id already; nothing is written
     * @throws dev.korm.DuplicateException when an item of the layer has a unique value of it; nothing is written
     * @throws dev.korm.ConfigurationException when the pool has no journal
     * @throws dev.korm.SchemaException when the table has a column that cannot go along
     * @throws dev.korm.ChangeTooLargeException when more items refer to it than the pool changes at once
     */
    Item<T> commit();
}
