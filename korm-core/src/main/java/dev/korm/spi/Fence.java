package dev.korm.spi;

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

    /** The table as layers make it: times are milliseconds since 1970. */
    public static final TableShape SHAPE = new TableShape(
            TABLE,
            List.of(
                    new ColumnShape(TABLE.key(), ColumnKind.ID),
                    new ColumnShape("owner", ColumnKind.TEXT),
                    new ColumnShape("expires_at", ColumnKind.INTEGER),
                    new ColumnShape("created_at", ColumnKind.INTEGER),
                    new ColumnShape("updated_at", ColumnKind.INTEGER),
                    new ColumnShape(COLUMN, ColumnKind.INTEGER)),
            List.of());
}
