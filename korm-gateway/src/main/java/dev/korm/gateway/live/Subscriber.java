package dev.korm.gateway.live;

import dev.korm.KormException;
import java.util.List;

/**
 * One who follows a question. Called while the question's lock is held, by one thread at a time though not always the same, so it only notes what it is told and never waits.
 */
public interface Subscriber {
    /** Hears all rows, the first time and whenever single changes cannot be told. */
    void snapshot(long version, List<Row> rows);

    /** Hears one change. */
    void change(long version, RowEvent event);

    /** Hears that an event which was to follow the last does not come at present. */
    default void interrupted() {}

    /** Hears several changes of the list in the binary form of a stream processor, which goes to the client as it is. */
    void page(long version, byte[] diff);

    /** Hears that the question cannot be answered at present; a change or a snapshot follows when it can. */
    void failed(KormException failure);

    /** Returns whether it takes what it is told more slowly than that comes. */
    default boolean isSlow() {
        return false;
    }

    /** A row: its id, and its JSON text. */
    record Row(String id, String json) {}
}
