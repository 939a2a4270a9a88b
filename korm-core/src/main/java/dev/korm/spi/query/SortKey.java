package dev.korm.spi.query;

/** One key of an order. */
public record SortKey(Output output, Direction direction, Nulls nulls) {
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
}
