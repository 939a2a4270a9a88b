package dev.korm.query;

import dev.korm.spi.Condition;
import dev.korm.spi.Operand;
import dev.korm.spi.Output;
import dev.korm.spi.SortKey;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The condition for rows that come after a given one in an order. */
public final class Keyset {
    private Keyset() {}

    /**
     * Rows that follow the one whose keys have these values.
     *
     * @param keys the order, the last of them unique and never null
     * @param values the keys' values in the row
     */
    public static Condition after(List<SortKey> keys, List<? extends @Nullable Object> values) {
        List<Condition> some = new ArrayList<>();
        List<Condition> equal = new ArrayList<>();
        for (int i = 0; i < keys.size(); i++) {
            Operand operand = ((Output.Value) keys.get(i).output()).operand();
            Condition beyond = beyond(keys.get(i), operand, values.get(i));
            if (beyond != Condition.NEVER) {
                List<Condition> all = new ArrayList<>(equal);
                all.add(beyond);
                some.add(new Condition.All(all));
            }
            equal.add(same(operand, values.get(i)));
        }
        return new Condition.Any(some);
    }

    private static Condition beyond(SortKey key, Operand operand, @Nullable Object value) {
        boolean nullsFollow = key.nulls() == SortKey.Nulls.LAST;
        if (value == null) {
            return nullsFollow ? Condition.NEVER : new Condition.Not(new Condition.IsNull(operand));
        }
        Condition.Comparison comparison = key.direction() == SortKey.Direction.ASCENDING
                ? Condition.Comparison.GREATER
                : Condition.Comparison.LESS;
        Condition beyond = new Condition.Compare(operand, comparison, value);
        return nullsFollow ? new Condition.Any(List.of(beyond, new Condition.IsNull(operand))) : beyond;
    }

    private static Condition same(Operand operand, @Nullable Object value) {
        return value == null
                ? new Condition.IsNull(operand)
                : new Condition.Compare(operand, Condition.Comparison.EQUAL, value);
    }
}
