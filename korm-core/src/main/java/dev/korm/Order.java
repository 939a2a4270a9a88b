package dev.korm;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.parse.FieldPathParser;

/**
 * One key of an order. Numbers by value, texts by code point, {@code false} before {@code true}; values of several kinds
 * under one path: booleans, numbers, texts.
 *
 * @param key what to order by
 * @param direction which way
 * @param nulls where items without a value stand
 */
public record Order(Key key, Direction direction, Nulls nulls) {
    public Order {
        requireNonNull(key, "key");
        requireNonNull(direction, "direction");
        requireNonNull(nulls, "nulls");
    }

    /** A sort key: a field, or an aggregate of a group. */
    public sealed interface Key permits ByField, Aggregate {}

    /** A field. */
    public record ByField(FieldPath path) implements Key {
        public ByField {
            FieldPathParser.requirePath(path);
        }
    }

    /** Small to large, or large to small. */
    public enum Direction {
        ASCENDING,
        DESCENDING
    }

    /** The position of nulls in the order. */
    public enum Nulls {
        FIRST,
        LAST
    }

    /** Orders from small to large, items without a value last. */
    public static Order asc(String path) {
        return asc(new ByField(FieldPath.parse(path)));
    }

    /** Orders from small to large, items without a value last. */
    public static <T, V> Order asc(Property<T, V> property) {
        return asc(new ByField(FieldPath.of(property)));
    }

    /** Orders from small to large, without a value last. */
    public static Order asc(FieldPath path) {
        return asc(new ByField(path));
    }

    /** Orders from small to large, without a value last. */
    public static Order asc(Key key) {
        requireNonNull(key, "key");
        return new Order(key, Direction.ASCENDING, Nulls.LAST);
    }

    /** Orders from large to small, items without a value first. */
    public static Order desc(String path) {
        return desc(new ByField(FieldPath.parse(path)));
    }

    /** Orders from large to small, items without a value first. */
    public static <T, V> Order desc(Property<T, V> property) {
        return desc(new ByField(FieldPath.of(property)));
    }

    /** Orders from large to small, without a value first. */
    public static Order desc(FieldPath path) {
        return desc(new ByField(path));
    }

    /** Orders from large to small, without a value first. */
    public static Order desc(Key key) {
        requireNonNull(key, "key");
        return new Order(key, Direction.DESCENDING, Nulls.FIRST);
    }

    /** Returns the same order with items without a value first. */
    public Order nullsFirst() {
        return new Order(key, direction, Nulls.FIRST);
    }

    /** Returns the same order with items without a value last. */
    public Order nullsLast() {
        return new Order(key, direction, Nulls.LAST);
    }
}
