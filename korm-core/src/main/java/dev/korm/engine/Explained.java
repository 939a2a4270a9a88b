package dev.korm.engine;

import dev.korm.Explanation;
import dev.korm.FieldPath;
import dev.korm.spi.Selection;
import dev.korm.spi.StorePlan;
import java.util.ArrayList;
import java.util.List;

/** Tells how questions are answered. */
final class Explained {
    private Explained() {}

    static Explanation query(Home<?> home, Selection selection, Criteria criteria) {
        List<Explanation.Step> steps = new ArrayList<>();
        steps.add(select(home, selection, "select items of " + home.collection()));
        for (FieldPath path : criteria.resolve().paths()) {
            steps.add(new Explanation.Step(
                    "",
                    "resolve " + path + ": for each depth one select by ids for each collection that is referred to",
                    "",
                    List.of()));
        }
        return new Explanation(steps);
    }

    static Explanation groups(Home<?> home, Selection selection) {
        return new Explanation(List.of(select(home, selection, "group items of " + home.collection())));
    }

    static Explanation noTable(Home<?> home) {
        return new Explanation(List.of(new Explanation.Step(
                home.layer().layer(), home.collection() + " has no table yet, and so no items", "", List.of())));
    }

    private static Explanation.Step select(Home<?> home, Selection selection, String what) {
        if (!home.layer().evaluates(selection)) {
            return new Explanation.Step(
                    home.layer().layer(),
                    what
                            + ": the layer cannot evaluate all of the filter, so the rest is evaluated in memory over the rows"
                            + " that it lets through",
                    "",
                    List.of());
        }
        StorePlan plan = home.layer().store().explain(selection);
        String counted = what + " (" + plan.parameters() + (plan.parameters() == 1 ? " parameter)" : " parameters)");
        return new Explanation.Step(home.layer().layer(), counted, plan.statement(), plan.steps());
    }
}
