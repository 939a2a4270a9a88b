package dev.korm.engine.federation;

import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Operand;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Conditions of many parts, which stores' planners take long for. */
final class Alternatives {
    private Alternatives() {}

    /** Returns how many conditions there are, connectives not counted. */
    static long count(Condition condition) {
        if (condition instanceof Condition.Leaf) {
            return 1;
        }
        long count = condition instanceof Condition.Connective ? 0 : 1;
        for (Condition inner : condition.conditions()) {
            count += count(inner);
        }
        return count;
    }

    private static boolean isScalar(Operand operand) {
        return operand.kind() != ColumnKind.JSON && operand.kind() != ColumnKind.OTHER;
    }

    /** Returns the condition with equalities of one operand, of which one has to hold, as one condition: an index serves that as well. */
    static Condition joined(Condition condition) {
        Condition within = condition.map(Alternatives::joined);
        if (!(within instanceof Condition.Or any)) {
            return within;
        }
        Map<Operand, List<Object>> values = new LinkedHashMap<>();
        List<Condition> others = new ArrayList<>();
        for (Condition each : any.conditions()) {
            if (each instanceof Condition.Compare compare
                    && compare.comparison() == Condition.Comparison.EQUAL
                    && isScalar(compare.operand())) {
                values.computeIfAbsent(compare.operand(), first -> new ArrayList<>())
                        .add(compare.value());
            } else if (each instanceof Condition.OneOf oneOf && isScalar(oneOf.operand())) {
                values.computeIfAbsent(oneOf.operand(), first -> new ArrayList<>())
                        .addAll(oneOf.values());
            } else {
                others.add(each);
            }
        }
        values.forEach((operand, some) -> others.add(
                some.size() == 1
                        ? new Condition.Compare(operand, Condition.Comparison.EQUAL, some.get(0))
                        : new Condition.OneOf(operand, some)));
        return others.size() == 1 ? others.get(0) : new Condition.Or(others);
    }
}
