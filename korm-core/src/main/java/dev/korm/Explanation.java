package dev.korm;

import java.util.List;

/**
 * The plan of a query, without any of its constants. {@code toString} is made to be read.
 *
 * @param steps in the order in which they are taken
 * @param advice what would make it faster, a sentence each; empty where nothing is known
 */
public record Explanation(List<Step> steps, List<String> advice) {
    public Explanation {
        steps = List.copyOf(steps);
        advice = List.copyOf(advice);
    }

    /** Returns the names of the layers that are asked, in the order in which they first are; one alone where nothing crosses stores. */
    public List<String> layers() {
        return steps.stream()
                .map(Step::layer)
                .filter(layer -> !layer.isEmpty())
                .distinct()
                .toList();
    }

    /**
     * One round trip to a layer, or work done in memory.
     *
     * @param layer the layer's name; empty where that depends on what is found
     * @param roundTrips how often the layer is asked, such as {@code 1} or {@code 1 for each 10,000 items}; empty for work in
     *     memory
     * @param what what the step is for
     * @param statement what is sent, constants as placeholders; empty for work in memory
     * @param plan the store's own plan
     */
    public record Step(String layer, String roundTrips, String what, String statement, List<String> plan) {
        public Step {
            plan = List.copyOf(plan);
        }
    }

    /** Returns the statement with each clause on a line of its own. */
    private static String broken(String statement) {
        return statement.replaceAll(" (FROM|LEFT JOIN|WHERE|GROUP BY|ORDER BY|LIMIT) ", "\n     $1 ");
    }

    @Override
    public String toString() {
        StringBuilder out = new StringBuilder();
        int number = 0;
        for (Step step : steps) {
            number++;
            out.append(number).append(". ").append(step.what());
            if (!step.layer().isEmpty()) {
                out.append(" [").append(step.layer()).append(']');
            }
            if (!step.roundTrips().isEmpty()) {
                out.append(", round trips: ").append(step.roundTrips());
            }
            out.append('\n');
            if (!step.statement().isEmpty()) {
                out.append("   ").append(broken(step.statement())).append('\n');
            }
            if (!step.plan().isEmpty()) {
                out.append("   plan of the store:\n");
            }
            for (String line : step.plan()) {
                out.append("     ").append(line).append('\n');
            }
        }
        if (layers().size() > 1) {
            out.append("Crosses stores: ").append(String.join(", ", layers())).append('\n');
        }
        for (String sentence : advice) {
            out.append("Advice: ").append(sentence).append('\n');
        }
        return out.toString();
    }
}
