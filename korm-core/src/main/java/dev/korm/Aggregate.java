package dev.korm;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import java.util.Optional;

/**
 * An aggregate over the items of a query, or of a group.
 *
 * @param function which aggregate
 * @param path over which field; empty only for {@link Function#COUNT}
 */
public record Aggregate(Function function, Optional<FieldPath> path) implements Order.Key {
    public Aggregate {
        requireNonNull(function, "function");
        requireNonNull(path, "path");
    }

    /** Aggregates. Items without a value do not count for any but {@link #COUNT}. */
    public enum Function {
        /** How many items: {@link Long}. */
        COUNT,
        /** How many different values: {@link Long}. */
        DISTINCT,
        /** The sum: {@link Long} of whole numbers, {@link Double}, or {@link java.math.BigDecimal} of decimals. */
        SUM,
        /** The mean: {@link Double}. */
        AVERAGE,
        /** The smallest value, of the field's type. */
        MINIMUM,
        /** The largest value, of the field's type. */
        MAXIMUM
    }

    /** Counts the items. */
    public static Aggregate count() {
        return new Aggregate(Function.COUNT, Optional.empty());
    }

    /** Counts the distinct values. */
    public static Aggregate distinct(String path) {
        return of(Function.DISTINCT, FieldPath.parse(path));
    }

    /** Counts the distinct values. */
    public static <T, V> Aggregate distinct(Property<T, V> property) {
        return of(Function.DISTINCT, FieldPath.of(property));
    }

    /** Returns the sum. */
    public static Aggregate sum(String path) {
        return of(Function.SUM, FieldPath.parse(path));
    }

    /** Returns the sum. */
    public static <T, V> Aggregate sum(Property<T, V> property) {
        return of(Function.SUM, FieldPath.of(property));
    }

    /** Returns the mean. */
    public static Aggregate avg(String path) {
        return of(Function.AVERAGE, FieldPath.parse(path));
    }

    /** Returns the mean. */
    public static <T, V> Aggregate avg(Property<T, V> property) {
        return of(Function.AVERAGE, FieldPath.of(property));
    }

    /** Returns the smallest value. */
    public static Aggregate min(String path) {
        return of(Function.MINIMUM, FieldPath.parse(path));
    }

    /** Returns the smallest value. */
    public static <T, V> Aggregate min(Property<T, V> property) {
        return of(Function.MINIMUM, FieldPath.of(property));
    }

    /** Returns the largest value. */
    public static Aggregate max(String path) {
        return of(Function.MAXIMUM, FieldPath.parse(path));
    }

    /** Returns the largest value. */
    public static <T, V> Aggregate max(Property<T, V> property) {
        return of(Function.MAXIMUM, FieldPath.of(property));
    }

    /** Creates an aggregate over the field at a path. */
    public static Aggregate of(Function function, FieldPath path) {
        requireNonNull(function, "function");
        requireNonNull(path, "path");
        return new Aggregate(function, Optional.of(path));
    }

    /** Returns the aggregate as a column heading: {@code sum(cost)}. */
    @Override
    public String toString() {
        return function.name().toLowerCase(java.util.Locale.ROOT) + "("
                + path.map(FieldPath::toString).orElse("*") + ")";
    }
}
