package dev.korm.spi.evaluate;

import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Selection;
import java.util.ArrayList;
import java.util.List;

/** Puts constants where {@link Condition.Parameter parameters} stand. */
public final class Parameters {
    private Parameters() {}

    /**
     * Returns the selection with constants in the place of its parameters.
     *
     * @param constants by the parameters' index, none null
     * @throws IllegalArgumentException when there is no constant for a parameter
     */
    public static Selection bind(Selection selection, Object... constants) {
        return selection.withWhere(bind(selection.where(), constants));
    }

    private static Condition bind(Condition condition, Object[] constants) {
        if (condition instanceof Condition.Compare compare) {
            return new Condition.Compare(compare.operand(), compare.comparison(), constant(compare.value(), constants));
        }
        if (condition instanceof Condition.OneOf oneOf) {
            return new Condition.OneOf(oneOf.operand(), constants(oneOf.values(), constants));
        }
        if (condition instanceof Condition.RefersTo refers) {
            return new Condition.RefersTo(
                    refers.reference(), refers.layer(), refers.target(), constants(refers.ids(), constants));
        }
        return condition.map(inner -> bind(inner, constants));
    }

    private static List<Object> constants(List<Object> values, Object[] constants) {
        List<Object> bound = new ArrayList<>(values.size());
        for (Object value : values) {
            bound.add(constant(value, constants));
        }
        return bound;
    }

    private static Object constant(Object value, Object[] constants) {
        if (!(value instanceof Condition.Parameter parameter)) {
            return value;
        }
        if (parameter.index() >= constants.length) {
            throw new IllegalArgumentException("There is no constant for parameter " + parameter.index());
        }
        return constants[parameter.index()];
    }
}
