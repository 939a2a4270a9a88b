package dev.korm.engine;

import dev.korm.FieldPath;
import dev.korm.FloatingItem;
import dev.korm.Item;
import dev.korm.Property;
import dev.korm.QueryException;
import dev.korm.Rn;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** An item that is not stored yet. */
final class NewItem<T> implements FloatingItem<T> {
    private final Home<T> home;
    private final Rn<T> rn;
    private final T data;

    NewItem(Home<T> home, Rn<T> rn, T data) {
        this.home = home;
        this.rn = rn;
        this.data = data;
    }

    Home<T> home() {
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
    public <V> FloatingItem<T> set(Property<T, V> property, @Nullable V value) {
        return set(FieldPath.of(property), value);
    }

    @Override
    public FloatingItem<T> set(String path, @Nullable Object value) {
        return set(FieldPath.parse(path), value);
    }

    @Override
    public FloatingItem<T> set(FieldPath path, @Nullable Object value) {
        return with(Edits.set(home, data, path, value));
    }

    @Override
    public FloatingItem<T> update(UnaryOperator<T> change) {
        return with(change.apply(data));
    }

    @Override
    public FloatingItem<T> patch(Map<String, ? extends @Nullable Object> change) {
        return with(Edits.patch(home, data, change));
    }

    private FloatingItem<T> with(T newData) {
        return new NewItem<>(home, rn, newData);
    }

    @Override
    @SuppressWarnings("unchecked") // A change set answers with an item of the type that was put in.
    public Item<T> create() {
        return (Item<T>) new ChangeSet(home.pool()).add(this).persist().get(0);
    }

    /** The name; never the data. */
    @Override
    public String toString() {
        return "Floating " + rn;
    }
}
