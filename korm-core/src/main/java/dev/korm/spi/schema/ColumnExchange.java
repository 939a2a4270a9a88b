package dev.korm.spi.schema;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.spi.query.TableName;

/**
 * A column that takes the place of another in a table of items. A row is ready for it when {@code seen} equals its revision, or when {@code seen} and the
 * column that goes are null in it.
 *
 * @param table the table, which has revisions
 * @param column the name of the column that goes, and that the other one gets
 * @param by the name of the column that comes in its place
 * @param seen the name of a column of whole numbers: at which revision of its row {@code by} was filled in. It goes as well
 */
public record ColumnExchange(TableName table, String column, String by, String seen) {
    public ColumnExchange {
        requireNonNull(table, "table");
        requireNonNull(column, "column");
        requireNonNull(by, "by");
        requireNonNull(seen, "seen");
    }
}
