package dev.korm;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.codec.DynamicValue;
import dev.korm.codec.text.TypeMismatch;
import org.jspecify.annotations.Nullable;

/**
 * A value that no two items of a collection share: a top-level field {@code Unique<String> username}. Null may repeat.
 *
 * <p>Immutable; equal when the values are.
 *
 * @param <T> a type that can be stored
 */
public final class Unique<T> {
    private final T value;

    private Unique(T value) {
        this.value = value;
    }

    /** Returns a unique value. */
    public static <T> Unique<T> of(T value) {
        return new Unique<>(requireNonNull(value, "value", "make the field null instead"));
    }

    /** Returns the value. */
    public T value() {
        return value;
    }

    /**
     * Returns the fingerprint that the store compares: a SHA-512 of the value's canonical JSON, 128 hex digits. Equal
     * values have equal ones: the members of objects in any order, 1 and 1.0.
     *
     * @throws ValueException when the value cannot be stored
     */
    public String fingerprint() {
        try {
            return DynamicValue.fingerprint(value);
        } catch (TypeMismatch misfit) {
            throw new ValueException("A unique value cannot be stored: " + misfit.reason(), misfit.getCause());
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Unique<?> unique && unique.value.equals(value);
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    /** Returns the value's text. */
    @Override
    public String toString() {
        return String.valueOf(value);
    }
}
