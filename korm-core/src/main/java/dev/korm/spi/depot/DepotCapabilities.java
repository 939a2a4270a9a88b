package dev.korm.spi.depot;

import static dev.korm.argument.NullArgumentException.requireElements;
import static dev.korm.argument.NullArgumentException.requireNonNull;

import java.util.Set;

/**
 * The operations of a depot beyond those that every depot has.
 *
 * @param conditions which conditions {@link Depot#put} keeps, between all programs that use the store
 * @param moving what {@link Depot#move} is
 */
public record DepotCapabilities(Set<Conditional> conditions, Moving moving) {
    public DepotCapabilities {
        conditions = Set.copyOf(requireElements(conditions, "conditions"));
        requireNonNull(moving, "moving");
    }

    /** A kind of {@link PutCondition}. */
    public enum Conditional {
        /** {@link PutCondition.Absent}. */
        IF_ABSENT,
        /** {@link PutCondition.Version}. */
        IF_VERSION,
        /** {@link PutCondition.Newer}, also for {@link Depot#moveIfNewer}. */
        IF_NEWER
    }

    /** The way in which a file gets another name. */
    public enum Moving {
        /** At once, whatever its size. */
        RENAME,
        /** By a copy. */
        COPY
    }

    public boolean has(Conditional condition) {
        return conditions.contains(requireNonNull(condition, "condition"));
    }
}
