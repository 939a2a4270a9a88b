package dev.korm.spi.query;

import java.util.ArrayList;
import java.util.List;

/** Conditions of one connective in one list, however they were put together. Apart from {@link Condition}, whose constants need it. */
final class FlatConditions {
    private FlatConditions() {}

    /** Returns the conditions with those of a nested connective of the same kind in its place. */
    static List<Condition> of(List<Condition> conditions, Class<? extends Condition.Connective> kind) {
        boolean nested = false;
        for (Condition condition : conditions) {
            nested |= kind.isInstance(condition);
        }
        if (!nested) {
            return List.copyOf(conditions);
        }
        List<Condition> flat = new ArrayList<>();
        for (Condition condition : conditions) {
            if (kind.isInstance(condition)) {
                flat.addAll(condition.conditions());
            } else {
                flat.add(condition);
            }
        }
        return List.copyOf(flat);
    }
}
