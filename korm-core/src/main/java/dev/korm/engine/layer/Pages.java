package dev.korm.engine.layer;

import dev.korm.engine.context.ItemIds;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.SortKey;
import java.util.List;
import java.util.OptionalLong;

/** The items of a table in the order of their ids, some at a time. Each page begins after the last item of the one before. */
public final class Pages {
    private static final List<SortKey> BY_ID =
            List.of(new SortKey(new Output.Value(ItemIds.operand()), SortKey.Direction.ASCENDING, SortKey.Nulls.LAST));

    private Pages() {}

    /** @param after the last id of the page before; empty for the first page */
    public static Selection selection(TableView<?> view, String after, int size) {
        return selection(view, List.of(), Condition.ALWAYS, after, size);
    }

    /** Returns a page of those that satisfy a condition, with further outputs. */
    public static Selection selection(
            TableView<?> view, List<Output> further, Condition where, String after, int size) {
        return view.selection(List.of(), further, both(where, after), BY_ID, OptionalLong.of(size));
    }

    private static Condition both(Condition where, String after) {
        if (after.isEmpty()) {
            return where;
        }
        Condition beyond = new Condition.Compare(ItemIds.operand(), Condition.Comparison.GREATER, after);
        return where == Condition.ALWAYS ? beyond : new Condition.And(List.of(beyond, where));
    }
}
