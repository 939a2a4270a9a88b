package dev.korm.spi;

import java.util.function.Predicate;

/**
 * What a layer can do by itself. The engine does the rest.
 *
 * @param access whether it takes changes
 * @param transactions how far its transactions reach
 * @param joins whether it follows references between its own tables
 * @param pushdown which conditions it evaluates exactly as {@link Condition} says; asked for leaves and for
 *     {@link Condition.AnyElement}
 * @param parameterLimit how many constants one selection may carry
 */
public record Capabilities(
        Access access, Transactions transactions, Joins joins, Predicate<Condition> pushdown, int parameterLimit) {
    /** Whether a layer takes changes. */
    public enum Access {
        READ_WRITE,
        READ_ONLY
    }

    /** How far a layer's transactions reach. */
    public enum Transactions {
        /** {@link Layer#prepare} works. */
        HELD_OPEN,
        /** A transaction lives only inside {@link Layer#apply}. */
        ONE_CALL
    }

    /** Whether a layer can join. */
    public enum Joins {
        SUPPORTED,
        UNSUPPORTED
    }
}
