package dev.korm.query;

import dev.korm.spi.evaluate.Evaluator;
import dev.korm.spi.evaluate.Scope;
import dev.korm.spi.evaluate.Truth;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Operand;
import java.util.List;

/**
 * Conditions on fields with a default, as conditions on what is stored: the default is a constant, so what it comes to is known when the question is asked. A
 * store then finds the rows by the index of the column, as it would without a default.
 */
final class Defaults {
    private static final Evaluator EVALUATOR = new Evaluator("", (table, id) -> null);

    private Defaults() {}

    /** Returns the same condition without the defaults that single fields have. */
    static Condition spelledOut(Condition condition) {
        if (!(condition instanceof Condition.Leaf)) {
            return condition.map(Defaults::spelledOut);
        }
        if (condition.operands().size() == 1
                && condition.operands().get(0) instanceof Operand.Coalesce first
                && first.operands().size() == 2
                && first.operands().get(1) instanceof Operand.Constant constant) {
            return spelledOut(condition, first.operands().get(0), constant);
        }
        return condition;
    }

    private static Condition spelledOut(Condition leaf, Operand stored, Operand.Constant constant) {
        Condition isNull = new Condition.IsNull(stored);
        Operand witness = constant.witness();
        if (leaf instanceof Condition.IsNull) {
            return witness == null
                    ? Condition.NEVER
                    : new Condition.And(List.of(isNull, new Condition.IsNull(witness)));
        }
        Condition ofStored = leaf.mapOperands(own -> stored);
        return switch (ofConstant(leaf, constant)) {
            case TRUE ->
                new Condition.Or(List.of(
                        ofStored,
                        witness == null
                                ? isNull
                                : new Condition.And(
                                        List.of(isNull, new Condition.Not(new Condition.IsNull(witness))))));
            case FALSE ->
                new Condition.And(List.of(
                        ofStored,
                        witness == null
                                ? new Condition.Not(isNull)
                                : new Condition.Or(List.of(new Condition.Not(isNull), new Condition.IsNull(witness)))));
            case UNKNOWN -> ofStored;
        };
    }

    private static Truth ofConstant(Condition leaf, Operand.Constant constant) {
        Operand alone = new Operand.Constant(constant.value(), constant.kind(), null);
        return EVALUATOR.test(leaf.mapOperands(own -> alone)).test(Scope.of(0, column -> null));
    }
}
