package dev.korm.engine.item;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.FloatingItem;
import dev.korm.Item;
import dev.korm.QueryException;
import dev.korm.Rn;
import dev.korm.engine.context.ItemKey;

/** An item that is not stored yet. */
public final class NewItem<T> extends ItemState<T, FloatingItem<T>> implements FloatingItem<T> {
    private final CollectionHandle<T> home;
    private final Rn<T> rn;
    private final T data;

    public NewItem(CollectionHandle<T> home, Rn<T> rn, T data) {
        this.home = home;
        this.rn = rn;
        this.data = data;
    }

    @Override
    public CollectionHandle<T> home() {
        return home;
    }

    @Override
    public Rn<T> rn() {
        return rn;
    }

    @Override
    public T data() {
        return data;
    }

    @Override
    public FloatingItem<T> withRn(Rn<T> other) {
        requireNonNull(other, "rn");
        if (other.form() != Rn.Form.ITEM
                || !ItemKey.of(other, home.layer().layer())
                        .equals(new ItemKey(
                                home.layer().layer(), home.table(), other.id().orElse("")))) {
            throw new QueryException(other + " does not name an item of " + home.collection()
                    + "; begin with fromData of the collection that it belongs to");
        }
        return new NewItem<>(home, other.unresolved(), data);
    }

    @Override
    FloatingItem<T> changed(T newData) {
        return new NewItem<>(home, rn, newData);
    }

    @Override
    public Item<T> create() {
        return home.pool().items().store(this);
    }

    /** Returns the name; never the data. */
    @Override
    public String toString() {
        return "Floating " + rn;
    }
}
