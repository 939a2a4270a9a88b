package dev.korm.spi.schema;

import static dev.korm.argument.NullArgumentException.requireElements;
import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.spi.query.Operand;
import java.util.List;

/**
 * An index of a table.
 *
 * @param name the index's name, unique in its store
 * @param uniqueness whether two rows may hold the same values; rows with a null never clash
 * @param parts what is indexed, in order: {@link Operand.Column} or {@link Operand.Json} of source 0
 */
public record IndexSchema(String name, Uniqueness uniqueness, List<Operand> parts) {
    public IndexSchema {
        requireNonNull(name, "name");
        requireNonNull(uniqueness, "uniqueness");
        parts = List.copyOf(requireElements(parts, "parts"));
    }

    /** The choice of whether an index guards against equal values. */
    public enum Uniqueness {
        UNIQUE,
        REPEATABLE
    }
}
