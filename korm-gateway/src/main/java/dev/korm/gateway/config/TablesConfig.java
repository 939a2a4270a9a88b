package dev.korm.gateway.config;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.ConfigurationException;
import dev.korm.Filter;
import dev.korm.Rn;
import dev.korm.gateway.access.AccessPolicy;
import dev.korm.gateway.access.Identity;
import dev.korm.gateway.access.Right;
import dev.korm.gateway.access.TableRule;
import dev.korm.gateway.query.FieldNames;
import dev.korm.gateway.query.QueryJson;
import dev.korm.gateway.query.TableQueries;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/** The tables that clients may see and change, as the file says them. A value {@code $tenant} or {@code $user} stands for the client's own. */
final class TablesConfig {
    private TablesConfig() {}

    static AccessPolicy read(ConfigNode tables) {
        AccessPolicy.Builder policy = AccessPolicy.builder();
        tables.objects().forEach((name, table) -> policy.table(name, rule(table)));
        return policy.build();
    }

    private static TableRule rule(ConfigNode table) {
        table.knows("collection", "rows", "where", "allow", "fields", "hide", "open", "key");
        TableRule rule = TableRule.of(collection(table))
                .allow(table.list("allow").stream()
                        .map(word -> right(table.at("allow"), word))
                        .toArray(Right[]::new))
                .hide(table.list("hide").toArray(String[]::new))
                .open(table.list("open").toArray(String[]::new))
                .key(table.text("key").orElse("id"));
        if (table.list("fields").equals(List.of("*"))) {
            rule = rule.anyFields();
        } else {
            rule = rule.fields(table.list("fields").toArray(String[]::new));
        }
        if (table.find("rows").filter(JsonNode::isString).isPresent()) {
            if (!table.text("rows").orElse("").equals("all")) {
                throw new ConfigurationException(table.at("rows") + " is \"all\", or an object of fields and values");
            }
            rule = rule.allRows();
        } else if (table.find("rows").isPresent()) {
            for (var field : table.object("rows").orElseThrow().values().entrySet()) {
                rule = rule.rowsWhere(field.getKey(), value(table.at("rows"), field.getValue()));
            }
        }
        JsonNode where = table.find("where").orElse(null);
        if (where != null) {
            List<String> open = table.list("open");
            String key = table.text("key").orElse("id");
            Function<Identity, Filter> filter = identity -> TableQueries.filter(
                    new FieldNames(key, Set.of(), Set.copyOf(open)), QueryJson.node(filled(where, identity)));
            requireNonNull(filter.apply(Identity.of("tenant", "user")), "the filter of a table");
            rule = rule.rows(filter);
        }
        return rule;
    }

    private static Function<Identity, ?> value(String place, Object value) {
        if (value == null) {
            throw new ConfigurationException(place + " compares with null, which nothing is equal to");
        }
        return value.equals("$tenant") ? Identity::tenant : value.equals("$user") ? Identity::user : identity -> value;
    }

    /** Returns the filter with the client's own values in it; as values of JSON, so that none of them can be read as anything else. */
    private static JsonNode filled(JsonNode node, Identity identity) {
        if (node instanceof ObjectNode object) {
            ObjectNode copy = object.objectNode();
            object.forEachEntry((name, value) -> copy.set(name, filled(value, identity)));
            return copy;
        }
        if (node instanceof ArrayNode array) {
            ArrayNode copy = array.arrayNode();
            array.forEach(value -> copy.add(filled(value, identity)));
            return copy;
        }
        if (node.isString() && node.stringValue().equals("$tenant")) {
            return StringNode.valueOf(identity.tenant());
        }
        return node.isString() && node.stringValue().equals("$user") ? StringNode.valueOf(identity.user()) : node;
    }

    /** Reads {@code namespace:kind}, {@code layer:namespace:kind}, or an RN. */
    private static Rn<?> collection(ConfigNode table) {
        String text = table.text("collection")
                .orElseThrow(() -> new ConfigurationException(table.at("collection") + " is missing"));
        if (text.startsWith("[rn]")) {
            return Rn.parse(text);
        }
        String[] parts = text.split(":", -1);
        if (parts.length == 2) {
            return Rn.collection(parts[0], parts[1]);
        }
        if (parts.length == 3) {
            return Rn.collection(parts[1], parts[2]).from(parts[0]);
        }
        throw new ConfigurationException(table.at("collection")
                + " is namespace:kind, layer:namespace:kind, or the RN of a collection, not " + text);
    }

    private static Right right(String place, String word) {
        try {
            return Right.valueOf(word.toUpperCase(Locale.ROOT).replace('-', '_'));
        } catch (IllegalArgumentException unknown) {
            throw new ConfigurationException(
                    place + " has read, add, update, delete and create-table, not " + word, unknown);
        }
    }
}
