package dev.korm.engine.read;

import dev.korm.Explanation;
import dev.korm.FieldPath;
import dev.korm.engine.context.ItemIds;
import dev.korm.engine.federation.FederatedLayer;
import dev.korm.engine.federation.RowBatches;
import dev.korm.engine.federation.SemiJoins;
import dev.korm.engine.item.CollectionHandle;
import dev.korm.query.FederatedSelection;
import dev.korm.spi.StorePlan;
import dev.korm.spi.query.Selection;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** Tells how selections are answered. */
public final class QueryExplanation {
    private static final String ONE = "1";

    private QueryExplanation() {}

    public static Explanation query(CollectionHandle<?> home, FederatedSelection federated, Criteria criteria) {
        List<Explanation.Step> steps = new ArrayList<>();
        reads(home.layer(), federated, "select items of " + home.collection(), steps);
        List<String> advice = advice(home, federated);
        for (FieldPath path : criteria.resolve().paths()) {
            steps.add(new Explanation.Step(
                    "",
                    "1 for each depth and collection that is referred to, and each " + grouped(ItemIds.CHUNK)
                            + " items",
                    "resolve " + path + ": select by ids, different layers at once",
                    "",
                    List.of()));
        }
        return new Explanation(steps, advice);
    }

    private static List<String> advice(CollectionHandle<?> home, FederatedSelection federated) {
        return home.layer()
                .schema(home.table())
                .map(table -> IndexAdvice.of(table, federated.selection()))
                .orElse(List.of());
    }

    public static Explanation groups(CollectionHandle<?> home, FederatedSelection federated) {
        List<Explanation.Step> steps = new ArrayList<>();
        reads(home.layer(), federated, "group items of " + home.collection(), steps);
        return new Explanation(steps, advice(home, federated));
    }

    public static Explanation noTable(CollectionHandle<?> home) {
        return new Explanation(
                List.of(new Explanation.Step(
                        home.layer().layer(),
                        "0",
                        home.collection() + " has no table yet, and so no items",
                        "",
                        List.of())),
                List.of());
    }

    private static void reads(
            FederatedLayer layer, FederatedSelection asWhole, String what, List<Explanation.Step> steps) {
        FederatedSelection federated = layer.apart(asWhole);
        if (federated.isNear()) {
            steps.add(select(layer, federated, what));
            return;
        }
        SemiJoins semiJoins = new SemiJoins(layer, federated);
        for (SemiJoins.Matching matching : semiJoins.wanted()) {
            FederatedSelection asked = semiJoins.selection(matching);
            reads(
                    semiJoins.layer(matching),
                    asked,
                    "ids of matching " + asked.selection().from() + " (more than " + grouped(SemiJoins.MOST)
                            + ": the step that uses them looks references up instead)",
                    steps);
        }
        steps.add(select(layer, layer.together(semiJoins.sketched()), what));
    }

    private static Explanation.Step select(FederatedLayer layer, FederatedSelection federated, String what) {
        Selection selection = federated.selection();
        if (!federated.isNear()) {
            Set<String> others = new TreeSet<>();
            federated.crossLayerJoins().values().forEach(crossLayerJoin -> others.add(crossLayerJoin.layer()));
            return new Explanation.Step(
                    layer.layer(),
                    "1, and 1 for each depth, collection and " + grouped(RowBatches.LARGEST) + " rows",
                    what + ": reads candidate rows, looks up many references at a time in " + String.join(", ", others)
                            + ", and evaluates the rest of the filter in memory",
                    "",
                    List.of());
        }
        if (!layer.evaluates(federated)) {
            return new Explanation.Step(
                    layer.layer(),
                    ONE,
                    what + ": reads candidate rows and evaluates in memory what the layer cannot filter exactly",
                    "",
                    List.of());
        }
        StorePlan plan = layer.store().explain(selection);
        String counted = what + " (" + plan.parameters() + (plan.parameters() == 1 ? " parameter)" : " parameters)");
        return new Explanation.Step(layer.layer(), ONE, counted, plan.statement(), plan.steps());
    }

    private static String grouped(int number) {
        return String.format(Locale.ROOT, "%,d", number);
    }
}
