package dev.korm;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * A top-level field and what it becomes, for {@link Query#updateAll} and {@link Editable#apply}.
 *
 * <p>{@link #add}, {@link #append} and {@link #remove} are worked out of the value that each item has, exactly and alike on every layer: a result that the field cannot hold
 * is a {@link ValueException}, and nothing is changed.
 *
 * @param path the field
 * @param operation how the value is used
 * @param value what it becomes, or what is added, appended or removed; shown by nothing
 */
public record Assignment(
        FieldPath path, Operation operation, @Nullable Object value) {
    /** The way in which a field gets its value. */
    public enum Operation {
        /** It becomes the value. */
        SET,
        /** The value is added to the number that it is. */
        ADD,
        /** The value is the last entry of the list that it is, or one of the set. */
        APPEND,
        /** The value is no entry of the list or set that it is. */
        REMOVE
    }

    public Assignment {
        requireNonNull(path, "path");
        requireNonNull(operation, "operation");
    }

    /** Sets a field to a constant. */
    public Assignment(FieldPath path, @Nullable Object value) {
        this(path, Operation.SET, value);
    }

    /** Sets a field to a constant: {@code set("registered", false)}. */
    public static Assignment set(String path, @Nullable Object value) {
        return new Assignment(FieldPath.parse(path), value);
    }

    /** Sets a field to a constant: {@code set(Car::registered, false)}. */
    public static <T, V> Assignment set(Property<T, V> property, @Nullable V value) {
        return new Assignment(FieldPath.of(property), value);
    }

    /** Adds to a number, a negative amount too: {@code add("views", 1)}. A null stays null. */
    public static Assignment add(String path, Number amount) {
        return new Assignment(FieldPath.parse(path), Operation.ADD, requireNonNull(amount, "amount"));
    }

    /** Adds to a number, a negative amount too: {@code add(Page::views, 1)}. A null stays null. */
    public static <T, V> Assignment add(Property<T, V> property, Number amount) {
        return new Assignment(FieldPath.of(property), Operation.ADD, requireNonNull(amount, "amount"));
    }

    /** Appends an entry to a list, or adds it to a set: {@code append("tags", "new")}. A null becomes a list of the entry. */
    public static Assignment append(String path, @Nullable Object entry) {
        return new Assignment(FieldPath.parse(path), Operation.APPEND, entry);
    }

    /** Works as {@link #append(String, Object)}: {@code append(Car::tags, "new")}. */
    public static <T, V> Assignment append(Property<T, V> property, @Nullable Object entry) {
        return new Assignment(FieldPath.of(property), Operation.APPEND, entry);
    }

    /** Removes every entry from a list or set that equals a value: {@code remove("tags", "old")}. A null stays null. */
    public static Assignment remove(String path, @Nullable Object entry) {
        return new Assignment(FieldPath.parse(path), Operation.REMOVE, entry);
    }

    /** Works as {@link #remove(String, Object)}: {@code remove(Car::tags, "old")}. */
    public static <T, V> Assignment remove(Property<T, V> property, @Nullable Object entry) {
        return new Assignment(FieldPath.of(property), Operation.REMOVE, entry);
    }

    /** Returns the path, and what happens to it, without the value. */
    @Override
    public String toString() {
        return switch (operation) {
            case SET -> path + " = ?";
            case ADD -> path + " += ?";
            case APPEND -> path + ".append(?)";
            case REMOVE -> path + ".remove(?)";
        };
    }
}
