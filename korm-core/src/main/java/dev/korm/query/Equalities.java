package dev.korm.query;

import dev.korm.FieldPath;
import dev.korm.Filter;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Operand;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Equalities with one operand that stand side by side in a disjunction, as a program makes them in a loop. Many of them become one
 * list, which is true, false and unknown of the same rows.
 */
final class Equalities {
    /** Fewer stay as they are. */
    private static final int MANY = 32;

    private Equalities() {}

    /** An equality with a unique value, for which its fingerprint is asked for first. */
    private record Narrowed(Operand operand, Operand hidden) {}

    /**
     * Returns an equality that the index of a hidden column can find. Rows that have no fingerprint are looked at too.
     *
     * @param equal the equality itself
     * @param sameFingerprint that of the fingerprint
     */
    static Condition narrowed(Condition equal, Condition sameFingerprint, Operand hidden) {
        return new Condition.And(
                List.of(equal, new Condition.Or(List.of(sameFingerprint, new Condition.IsNull(hidden)))));
    }

    /** Returns the conditions of a disjunction with many equalities of one operand as one list. */
    static List<Condition> together(List<Condition> conditions) {
        if (conditions.size() <= MANY) {
            return conditions;
        }
        Map<Operand, List<Object>> values = new LinkedHashMap<>();
        Map<Narrowed, List<List<Object>>> narrowed = new LinkedHashMap<>();
        List<Condition> together = new ArrayList<>();
        for (Condition condition : conditions) {
            if (condition instanceof Condition.Compare compare && compare.comparison() == Condition.Comparison.EQUAL) {
                values.computeIfAbsent(compare.operand(), any -> new ArrayList<>())
                        .add(compare.value());
            } else if (condition instanceof Condition.OneOf oneOf) {
                values.computeIfAbsent(oneOf.operand(), any -> new ArrayList<>())
                        .addAll(oneOf.values());
            } else if (!isNarrowed(condition, narrowed)) {
                together.add(condition);
            }
        }
        values.forEach((operand, some) -> together.add(oneOf(operand, some)));
        narrowed.forEach((key, pairs) -> together.add(narrowed(
                oneOf(key.operand(), pairs.stream().map(pair -> pair.get(0)).toList()),
                oneOf(key.hidden(), pairs.stream().map(pair -> pair.get(1)).toList()),
                key.hidden())));
        return together;
    }

    private static Condition oneOf(Operand operand, List<Object> values) {
        return values.size() == 1
                ? new Condition.Compare(operand, Condition.Comparison.EQUAL, values.get(0))
                : new Condition.OneOf(operand, values);
    }

    /** Takes an equality made by {@link #narrowed} apart, into its constant and its fingerprint. */
    private static boolean isNarrowed(Condition condition, Map<Narrowed, List<List<Object>>> into) {
        if (condition instanceof Condition.And all
                && all.conditions().size() == 2
                && all.conditions().get(0) instanceof Condition.Compare equal
                && all.conditions().get(1) instanceof Condition.Or any
                && any.conditions().size() == 2
                && any.conditions().get(0) instanceof Condition.Compare fingerprint
                && any.conditions().get(1) instanceof Condition.IsNull isNull
                && isNull.operand().equals(fingerprint.operand())
                && equal.comparison() == Condition.Comparison.EQUAL
                && fingerprint.comparison() == Condition.Comparison.EQUAL
                && fingerprint.operand() instanceof Operand.Column column
                && column.kind() == ColumnKind.FINGERPRINT) {
            into.computeIfAbsent(new Narrowed(equal.operand(), fingerprint.operand()), pairs -> new ArrayList<>())
                    .add(List.of(equal.value(), fingerprint.value()));
            return true;
        }
        return false;
    }

    /** Returns the filters of a disjunction, with one of many equalities that will be one list. */
    static List<Filter> counted(List<Filter> filters) {
        if (filters.size() <= MANY) {
            return filters;
        }
        Set<FieldPath> seen = new HashSet<>();
        List<Filter> counted = new ArrayList<>();
        for (Filter filter : filters) {
            boolean equality = filter instanceof Filter.Compare compare
                    && compare.operator() == Filter.Operator.EQUAL
                    && compare.value() != null
                    && !compare.path().isMany();
            if (!equality || seen.add(((Filter.Compare) filter).path())) {
                counted.add(filter);
            }
        }
        return counted;
    }
}
