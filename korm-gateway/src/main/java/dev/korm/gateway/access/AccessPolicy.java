package dev.korm.gateway.access;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.ConfigurationException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Says which collections a client may see and change, under which names, and which of their rows. A table that it does not name is not there.
 *
 * <pre>{@code
 * AccessPolicy policy = AccessPolicy.builder()
 *         .table("todos", TableRule.of(Rn.collection("todo", "item"))
 *                 .rowsWhere("tenant", Identity::tenant)
 *                 .allow(Right.READ, Right.ADD, Right.UPDATE, Right.DELETE))
 *         .build();
 * }</pre>
 *
 * <p>Called by many threads, for each request.
 */
@FunctionalInterface
public interface AccessPolicy {
    /** Returns what a client may do with a table; empty when there is none of that name for it. */
    Optional<TableAccess> access(Identity identity, String table);

    /** Begins a policy that knows its tables by name. */
    static Builder builder() {
        return new Builder();
    }

    /** Tables by their names. For one thread. */
    final class Builder {
        private final Map<String, TableRule> rules = new LinkedHashMap<>();

        private Builder() {}

        /**
         * Adds a table.
         *
         * @throws ConfigurationException when there is one of that name, or the rule does not say which rows
         */
        public Builder table(String name, TableRule rule) {
            requireNonNull(name, "name");
            requireNonNull(rule, "rule").requireComplete(name);
            if (rules.putIfAbsent(name, rule) != null) {
                throw new ConfigurationException("The policy has two rules for the table \"" + name + "\"; keep one");
            }
            return this;
        }

        /** Makes the policy. */
        public AccessPolicy build() {
            Map<String, TableRule> known = Map.copyOf(rules);
            return (identity, table) -> {
                requireNonNull(identity, "identity");
                TableRule rule = known.get(requireNonNull(table, "table"));
                return rule == null ? Optional.empty() : Optional.of(rule.access(identity));
            };
        }
    }
}
