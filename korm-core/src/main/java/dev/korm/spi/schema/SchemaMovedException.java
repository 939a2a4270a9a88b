package dev.korm.spi.schema;

import dev.korm.spi.query.TableName;
import org.jspecify.annotations.Nullable;

/**
 * A layer was asked about a table or column that is not there, or no longer of the kind that was assumed. The engine looks
 * again and tries once more; it does not reach the user.
 */
public final class SchemaMovedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final TableName table;

    public SchemaMovedException(TableName table, @Nullable Throwable cause) {
        super("The table " + table + " was changed by another program since it was looked at; repeat the call", cause);
        this.table = table;
    }

    public TableName table() {
        return table;
    }
}
