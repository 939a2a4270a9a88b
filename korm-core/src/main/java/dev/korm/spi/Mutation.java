package dev.korm.spi;

import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import java.util.List;
import java.util.OptionalLong;

/** One change of a table, or a condition that the changes around it need. Only {@link Update} and {@link UpdateSelected} raise the revision by themselves. */
public sealed interface Mutation {
    TableName table();

    /**
     * Adds a row; refused with {@link Refusal.Exists} when the id is taken.
     *
     * @param columns the columns beside the key, the revision among them; share one list among rows of one shape
     */
    record Insert(TableName table, String id, List<ColumnSchema> columns, Row values) implements Mutation {}

    /**
     * Changes some columns of a row and, in an item table, adds one to its revision, unless the revision is among the columns
     * itself. Refused with {@link Refusal.Missing} or {@link Refusal.Stale}.
     *
     * @param expectedRevision the revision the row must have; empty: any. In the table of locks it is the fencing token, or 0 where that is null,
     *     and is not raised
     */
    record Update(TableName table, String id, OptionalLong expectedRevision, List<ColumnSchema> columns, Row values)
            implements Mutation {}

    /** Removes a row. Refused with {@link Refusal.Missing} or {@link Refusal.Stale}. */
    record Delete(TableName table, String id, OptionalLong expectedRevision) implements Mutation {}

    /**
     * Changes some columns of every row that is selected, and adds one to its revision.
     *
     * @param selection without outputs and groups
     */
    record UpdateSelected(Selection selection, List<ColumnSchema> columns, Row values) implements Mutation {
        @Override
        public TableName table() {
            return selection.from();
        }
    }

    /**
     * Removes every row that is selected.
     *
     * @param selection without outputs and groups
     */
    record DeleteSelected(Selection selection) implements Mutation {
        @Override
        public TableName table() {
            return selection.from();
        }
    }

    /**
     * Changes nothing: holds the batch to it that no row is selected, as the mutations before it leave the table. Refused with
     * {@link Refusal.Found}. What others have committed by then is seen; how far what they commit later is kept out depends on
     * the store's transactions.
     *
     * @param selection without outputs and groups
     */
    record RequireNone(Selection selection) implements Mutation {
        @Override
        public TableName table() {
            return selection.from();
        }
    }

    /**
     * Changes nothing: holds the batch to it that a row still has a revision. Refused with {@link Refusal.Missing} or {@link
     * Refusal.Stale}. Nobody else changes the row until the batch has ended. Only layers with {@link
     * Capabilities.Feature#ROW_GUARDS} know it.
     */
    record RequireRevision(TableName table, String id, long revision) implements Mutation {}

    /**
     * Changes nothing: holds the batch to it that a fencing token is the newest of its lock. Refused with {@link Refusal.Fenced}. Who
     * takes the lock later waits until the batch has ended, and sees what it did. Only layers with {@link
     * Capabilities.Feature#FENCES} know it.
     */
    record RequireFence(Fence fence) implements Mutation {
        @Override
        public TableName table() {
            return Fence.TABLE;
        }
    }
}
