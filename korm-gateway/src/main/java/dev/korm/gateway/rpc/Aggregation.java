package dev.korm.gateway.rpc;

import static dev.korm.gateway.wire.RefusedException.bad;

import dev.korm.Aggregate;
import dev.korm.Document;
import dev.korm.Group;
import dev.korm.Korm;
import dev.korm.gateway.access.TableAccess;
import dev.korm.gateway.query.FieldNames;
import dev.korm.gateway.query.QuerySpec;
import dev.korm.gateway.query.Rows;
import dev.korm.gateway.query.TableQueries;
import dev.korm.gateway.wire.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The count, sums, means, minima and maxima of rows, in one question; values are texts, so that no digit is lost. */
final class Aggregation {
    private static final int MOST = 50;

    private Aggregation() {}

    static JsonNode run(Tables tables, TableAccess access, JsonNode payload, QuerySpec.@Nullable Node filter) {
        FieldNames names = Tables.names(access);
        boolean count = Json.flag(payload, false, "countEnabled", "count_enabled");
        Map<String, Map<String, Aggregate>> wanted = new LinkedHashMap<>();
        wanted.put("sumValues", aggregates(names, payload, Aggregate.Function.SUM, "sumFields", "sum_fields"));
        wanted.put(
                "avgValues", aggregates(names, payload, Aggregate.Function.AVERAGE, "averageFields", "average_fields"));
        wanted.put(
                "minimumValues",
                aggregates(names, payload, Aggregate.Function.MINIMUM, "minimumFields", "minimum_fields"));
        wanted.put(
                "maximumValues",
                aggregates(names, payload, Aggregate.Function.MAXIMUM, "maximumFields", "maximum_fields"));
        List<Aggregate> all = new ArrayList<>();
        wanted.values().forEach(each -> all.addAll(each.values()));
        if (count) {
            all.add(Aggregate.count());
        }
        if (all.isEmpty()) {
            throw bad("Nothing is to be aggregated; give countEnabled, sumFields, averageFields, minimumFields or"
                    + " maximumFields");
        }
        if (all.size() > MOST) {
            throw bad("More than " + MOST + " aggregates in one call");
        }
        List<Group> groups = Korm.item(Document.class, tables.pool())
                .fromQuery(access.collection())
                .where(access.rows())
                .where(TableQueries.filter(names, filter))
                .groupBy()
                .select(all.toArray(Aggregate[]::new));
        ObjectNode answer = Json.MAPPER.createObjectNode();
        if (count) {
            answer.put("count", groups.isEmpty() ? 0 : groups.get(0).count());
        }
        wanted.forEach((name, fields) -> {
            ArrayNode values = answer.putArray(name);
            fields.forEach((field, aggregate) -> {
                ObjectNode pair = values.addObject();
                pair.put("key", field);
                pair.put(
                        "value",
                        groups.isEmpty()
                                ? null
                                : Rows.text(groups.get(0).get(aggregate).orElse(null)));
            });
        });
        return answer;
    }

    private static Map<String, Aggregate> aggregates(
            FieldNames names, JsonNode payload, Aggregate.Function function, String... members) {
        Map<String, Aggregate> found = new LinkedHashMap<>();
        JsonNode fields = Json.member(payload, members);
        if (fields != null) {
            if (!fields.isArray()) {
                throw bad("\"" + members[0] + "\" is not a list");
            }
            for (JsonNode field : fields) {
                if (!field.isString()) {
                    throw bad("\"" + members[0] + "\" has texts");
                }
                found.put(field.stringValue(), Aggregate.of(function, names.single(field.stringValue())));
            }
        }
        return found;
    }
}
