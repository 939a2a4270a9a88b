package dev.korm.gateway.query;

import dev.korm.FieldPath;
import dev.korm.Filter;
import dev.korm.Order;
import dev.korm.gateway.query.QuerySpec.CursorEntry;
import dev.korm.gateway.query.QuerySpec.OrderKey;
import dev.korm.gateway.wire.RefusedException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The order of a query, and the rows behind its cursor: those that are greater in a key and equal in all keys before it, nulls at the place that the key gives them. */
public final class Keyset {
    private final FieldNames names;

    public Keyset(FieldNames names) {
        this.names = names;
    }

    /** Returns the order; that of the ids where a query has none. */
    public Order[] order(QuerySpec query) {
        if (query.order().isEmpty()) {
            return new Order[] {Order.asc(FieldNames.ID)};
        }
        return query.order().stream()
                .map(key -> new Order(
                        new Order.ByField(names.single(key.field())),
                        key.sort().direction(),
                        key.sort().nulls()))
                .toArray(Order[]::new);
    }

    /** Returns the rows behind the cursor; with a cursor that is not strict, those too that are equal to it in its last key. */
    public Filter after(QuerySpec query) {
        List<CursorEntry> cursor = query.cursor();
        if (cursor.isEmpty()) {
            return Filter.everything();
        }
        if (cursor.size() > query.order().size()) {
            throw RefusedException.bad("The cursor has more entries than the order has keys");
        }
        List<Filter> levels = new ArrayList<>();
        List<Filter> equal = new ArrayList<>();
        for (int level = 0; level < cursor.size(); level++) {
            OrderKey key = query.order().get(level);
            CursorEntry entry = cursor.get(level);
            if (!entry.field().equals(key.field())) {
                throw RefusedException.bad("The cursor's entries have the fields of the order, in its sequence");
            }
            FieldPath path = names.single(key.field());
            Object value = entry.value().value();
            List<Filter> here = new ArrayList<>(equal);
            here.add(behind(path, key, value));
            levels.add(Filter.and(here.toArray(Filter[]::new)));
            equal.add(value == null ? Filter.isNull(path) : Filter.eq(path, value));
        }
        if (!query.strictAfter()) {
            levels.add(Filter.and(equal.toArray(Filter[]::new)));
        }
        return Filter.or(levels.toArray(Filter[]::new));
    }

    private static Filter behind(FieldPath path, OrderKey key, @Nullable Object value) {
        boolean nullsLast = key.sort().nulls() == Order.Nulls.LAST;
        if (value == null) {
            return nullsLast ? Filter.or() : Filter.exists(path);
        }
        Filter greater =
                key.sort().direction() == Order.Direction.ASCENDING ? Filter.gt(path, value) : Filter.lt(path, value);
        return nullsLast ? greater.or(Filter.isNull(path)) : greater;
    }
}
