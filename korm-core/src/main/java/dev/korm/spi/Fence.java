package dev.korm.spi;

import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.TableSchema;
import java.util.List;

/**
 * A fencing token: the number under which somebody has got a lock. It grows with each time that the lock is taken and is never reset,
 * so whoever has a lower one has lost the lock, by an expired lease or a pause, and may not know it.
 *
 * @param lock the lock's name; the key of its row
 * @param token what the holder was given
 */
public record Fence(String lock, long token) {
    /** The table of locks; the original's, but for {@link #COLUMN}. */
    public static final TableName TABLE = TableName.own("__korm_locks__", "lock_id");

    /** The column that holds the newest token of a lock. */
    public static final String COLUMN = "fence";

    /** The column that holds when the row was changed. In a cluster of databases each change under the lock moves it on by one. */
    public static final String CHANGED = "updated_at";

    /** The table as layers make it: times are milliseconds since 1970. */
    public static final TableSchema SCHEMA = new TableSchema(
            TABLE,
            List.of(
                    new ColumnSchema(TABLE.key(), ColumnKind.ID),
                    new ColumnSchema("owner", ColumnKind.TEXT),
                    new ColumnSchema("expires_at", ColumnKind.INTEGER),
                    new ColumnSchema("created_at", ColumnKind.INTEGER),
                    new ColumnSchema(CHANGED, ColumnKind.INTEGER),
                    new ColumnSchema(COLUMN, ColumnKind.INTEGER)),
            List.of());
}
