package dev.korm.kalam.layer;

import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Operand;
import java.util.List;
import java.util.Optional;

/** The part of a condition that is about a row's id alone, by which rows are found without looking at all. */
final class KeyCondition {
    private static final int MOST = 200;

    private KeyCondition() {}

    /** Returns the ids that rows must have; empty where it may be any, or very many. */
    static Optional<List<String>> ids(Condition where) {
        return where.conjuncts().map(KeyCondition::of).flatMap(Optional::stream).findFirst();
    }

    private static Optional<List<String>> of(Condition condition) {
        if (condition instanceof Condition.Compare compare
                && compare.comparison() == Condition.Comparison.EQUAL
                && isKey(compare.operand())
                && compare.value() instanceof String id) {
            return Optional.of(List.of(id));
        }
        if (condition instanceof Condition.OneOf oneOf
                && isKey(oneOf.operand())
                && oneOf.values().size() <= MOST
                && oneOf.values().stream().allMatch(String.class::isInstance)) {
            return Optional.of(
                    oneOf.values().stream().map(String.class::cast).distinct().toList());
        }
        return Optional.empty();
    }

    private static boolean isKey(Operand operand) {
        return operand instanceof Operand.Column column && column.source() == 0 && column.kind() == ColumnKind.ID;
    }
}
