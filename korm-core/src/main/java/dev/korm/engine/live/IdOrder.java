package dev.korm.engine.live;

import dev.korm.engine.context.ItemIds;
import dev.korm.spi.evaluate.Evaluator;
import dev.korm.spi.evaluate.Scope;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.SortKey;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/** Entries in the order of their ids, as every layer has them. */
final class IdOrder {
    private static final Comparator<Scope> SCOPES = new Evaluator("", (table, id) -> null)
            .order(List.of(
                    new SortKey(new Output.Value(ItemIds.operand()), SortKey.Direction.ASCENDING, SortKey.Nulls.LAST)));

    private static final Comparator<Entry> ENTRIES = (left, right) -> SCOPES.compare(scope(left), scope(right));

    private IdOrder() {}

    private static Scope scope(Entry entry) {
        return Scope.of(0, column -> entry.id());
    }

    /** Puts an entry into its place, or into that of the one with its id. */
    static void put(List<Entry> entries, Entry entry) {
        int at = Collections.binarySearch(entries, entry, ENTRIES);
        if (at >= 0) {
            entries.set(at, entry);
        } else {
            entries.add(-at - 1, entry);
        }
    }

    static void remove(List<Entry> entries, String id) {
        int at = Collections.binarySearch(entries, new Entry(id, 0), ENTRIES);
        if (at >= 0) {
            entries.remove(at);
        }
    }
}
