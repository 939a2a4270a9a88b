package dev.korm.spi;

import dev.korm.spi.query.Condition;
import dev.korm.spi.schema.SchemaMovedException;

/**
 * A selection that is ready to be asked with constants of the moment, made by {@link Layer#compile}. Safe for many threads;
 * stays usable when the schema changes, and until its layer is closed.
 */
public interface CompiledSelection {
    /**
     * Runs the selection; see {@link Layer#select}.
     *
     * @param constants what the {@link Condition.Parameter parameters} stand for, by their index; none is null
     * @throws SchemaMovedException when a table or column is not there
     */
    RowCursor select(Object... constants);
}
