package dev.korm.jdbc.postgres.log;

import dev.korm.spi.ChangeFeed.Kind;
import dev.korm.spi.query.TableName;
import java.util.OptionalLong;

/** A piece of what the log tells: a transaction begins, rows change, it ends. Transactions come whole, one after the other, in the order of their commits. */
public sealed interface LogEvent {
    /** No place: a row that is not the last of its transaction. */
    long WITHIN = 0;

    /**
     * A transaction begins.
     *
     * @param transaction the lower half of its number
     * @param commit the place of its commit
     */
    record Begin(int transaction, long commit) implements LogEvent {}

    /**
     * A row has changed.
     *
     * @param end the place behind the transaction, where the row is its last; else {@link #WITHIN}
     */
    record Row(TableName table, String id, Kind kind, OptionalLong revision, long end) implements LogEvent {
        Row last(long behind) {
            return new Row(table, id, kind, revision, behind);
        }
    }

    /**
     * A transaction ends of which no row is told.
     *
     * @param end the place behind it
     */
    record End(long end) implements LogEvent {}

    /**
     * A change of rows that are not told one by one.
     *
     * @param what completes "cannot go on from a position: "
     */
    record Gap(String what) implements LogEvent {}
}
