package dev.korm.kalam.live;

import dev.korm.kalam.error.KalamException;
import dev.korm.kalam.sql.Row;
import dev.korm.kalam.sql.SchemaField;
import java.util.List;

/** An event of a subscription. The server drops events without notice when many come at once; {@link LiveRows} makes up for it. */
public sealed interface LiveEvent {
    /** Returns the rows that it is about. */
    default List<Row> rows() {
        return List.of();
    }

    /**
     * The server's word that the subscription is there.
     *
     * @param schema the columns
     * @param isResumed whether it is there again after a lost connection, during which changes may have been missed
     */
    record Ack(List<SchemaField> schema, boolean isResumed) implements LiveEvent {}

    /**
     * Rows of the snapshot.
     *
     * @param isLast whether these are the last
     */
    record InitialBatch(List<Row> rows, boolean isLast) implements LiveEvent {}

    /** Rows that were inserted. */
    record Inserted(List<Row> rows) implements LiveEvent {}

    /**
     * Rows that were changed, whole.
     *
     * @param oldRows what changed, as it was before, and the key
     */
    record Updated(List<Row> rows, List<Row> oldRows) implements LiveEvent {}

    /** Rows that were deleted, as they were. */
    record Deleted(List<Row> rows) implements LiveEvent {}

    /** A place where events are missing, since the listener was too slow for the queue. */
    record Gap() implements LiveEvent {}

    /** The loss of the connection; it will be made again, unless the subscription has ended. */
    record Disconnected() implements LiveEvent {}

    /**
     * An error that the server tells of the subscription, or its end.
     *
     * @param isEnd whether nothing more comes
     */
    record Failed(KalamException error, boolean isEnd) implements LiveEvent {}
}
