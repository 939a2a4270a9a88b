package dev.korm.engine.item;

import static dev.korm.argument.NullArgumentException.requireElements;
import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.Assignment;
import dev.korm.Editable;
import dev.korm.FieldPath;
import dev.korm.Property;
import dev.korm.Referenced;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The common part of an item's states: data, a collection, and changes that lead to another state. */
abstract class ItemState<T, R> implements Referenced<T>, Editable<T, R> {
    abstract CollectionHandle<T> home();

    /** Returns the state that has this data instead. */
    abstract R changed(T newData);

    @Override
    public final <V> R set(Property<T, V> property, @Nullable V value) {
        return set(FieldPath.of(property), value);
    }

    @Override
    public final R set(String path, @Nullable Object value) {
        return set(FieldPath.parse(path), value);
    }

    @Override
    public final R set(FieldPath path, @Nullable Object value) {
        requireNonNull(path, "path");
        return with(path, value);
    }

    /** Returns the state that has another value at a path. */
    R with(FieldPath path, @Nullable Object value) {
        return changed(ReferenceEdits.set(home(), data(), path, value));
    }

    @Override
    public final R apply(Assignment... assignments) {
        requireElements(assignments, "assignments");
        return with(assignments);
    }

    /** Returns the state that assignments make of it, one after the other. */
    R with(Assignment... assignments) {
        T next = data();
        for (Assignment assignment : assignments) {
            Object value = home().model().assigned(next, assignment);
            next = ReferenceEdits.set(home(), next, assignment.path(), value);
        }
        return changed(next);
    }

    @Override
    public final R update(UnaryOperator<T> change) {
        requireNonNull(change, "change");
        return changed(change.apply(data()));
    }

    @Override
    public final R patch(Map<String, ? extends @Nullable Object> change) {
        requireNonNull(change, "change");
        return changed(ReferenceEdits.patch(home(), data(), change));
    }
}
