package dev.korm.engine.federation;

import dev.korm.spi.query.Condition;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** A condition that a layer can evaluate, weaker than one that it cannot evaluate as a whole. */
final class Weakening {
    private Weakening() {}

    /**
     * Returns a condition that is true wherever another one is, and that a layer can evaluate: what it cannot is taken
     * for true, or under a NOT for false.
     *
     * @param able whether the layer can evaluate what is no connective
     */
    static Condition of(Condition condition, Predicate<Condition> able) {
        return of(condition, able, true);
    }

    private static Condition of(Condition condition, Predicate<Condition> able, boolean holds) {
        if (condition instanceof Condition.Not not) {
            Condition inner = of(not.condition(), able, !holds);
            return isAlways(inner) ? Condition.NEVER : isNever(inner) ? Condition.ALWAYS : new Condition.Not(inner);
        }
        if (condition instanceof Condition.Connective connective) {
            return together(connective, able, holds);
        }
        return able.test(condition) ? condition : holds ? Condition.ALWAYS : Condition.NEVER;
    }

    private static Condition together(Condition.Connective connective, Predicate<Condition> able, boolean holds) {
        boolean all = connective instanceof Condition.And;
        List<Condition> parts = new ArrayList<>();
        for (Condition inner : connective.conditions()) {
            Condition part = of(inner, able, holds);
            if (all ? isNever(part) : isAlways(part)) {
                return part;
            }
            if (!(all ? isAlways(part) : isNever(part))) {
                parts.add(part);
            }
        }
        return parts.size() == 1 ? parts.get(0) : all ? new Condition.And(parts) : new Condition.Or(parts);
    }

    private static boolean isAlways(Condition condition) {
        return condition instanceof Condition.And all && all.conditions().isEmpty();
    }

    private static boolean isNever(Condition condition) {
        return condition instanceof Condition.Or any && any.conditions().isEmpty();
    }
}
