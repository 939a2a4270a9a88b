package dev.korm.spi;

import static dev.korm.argument.NullArgumentException.requireElements;
import static dev.korm.argument.NullArgumentException.requireNonNull;

import java.util.List;

/**
 * The plan by which a store would answer a selection.
 *
 * @param statement what is sent, constants left as placeholders
 * @param parameters how many constants are bound
 * @param steps the store's own plan, a line each; empty where it has none to show
 */
public record StorePlan(String statement, int parameters, List<String> steps) {
    public StorePlan {
        requireNonNull(statement, "statement");
        steps = List.copyOf(requireElements(steps, "steps"));
    }
}
