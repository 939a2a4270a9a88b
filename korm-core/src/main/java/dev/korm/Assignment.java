package dev.korm;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * A top-level field and its new value, for {@link Query#updateAll}.
 *
 * @param path the field
 * @param value what it becomes; shown by nothing
 */
public record Assignment(FieldPath path, @Nullable Object value) {
    public Assignment {
        requireNonNull(path, "path");
    }

    /** Sets a field to a constant: {@code set("registered", false)}. */
    public static Assignment set(String path, @Nullable Object value) {
        return new Assignment(FieldPath.parse(path), value);
    }

    /** Sets a field to a constant: {@code set(Car::registered, false)}. */
    public static <T, V> Assignment set(Property<T, V> property, @Nullable V value) {
        return new Assignment(FieldPath.of(property), value);
    }

    @Override
    public String toString() {
        return path + " = ?";
    }
}
