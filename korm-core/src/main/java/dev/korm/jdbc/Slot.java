package dev.korm.jdbc;

import org.jspecify.annotations.Nullable;

/**
 * What is bound to one placeholder of a statement: a value that is known when the statement is written, or the constant that
 * stands at some index when it is asked.
 */
record Slot(@Nullable Object value, int index, @Nullable Conversion conversion) {
    /** From the class that a kind names to one that the driver binds. */
    interface Conversion {
        Object toDriver(Object constant);
    }

    static Slot fixed(@Nullable Object value) {
        return new Slot(value, -1, null);
    }

    static Slot given(int index, Conversion conversion) {
        return new Slot(null, index, conversion);
    }

    @Nullable Object resolve(Object[] constants) {
        return conversion == null ? value : conversion.toDriver(constants[index]);
    }
}
