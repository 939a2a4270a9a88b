package dev.korm.gateway.rpc;

import static dev.korm.gateway.wire.RefusedException.bad;

import dev.korm.Document;
import dev.korm.FieldPath;
import dev.korm.Filter;
import dev.korm.FloatingItem;
import dev.korm.Item;
import dev.korm.Korm;
import dev.korm.PoolTransaction;
import dev.korm.Query;
import dev.korm.RnException;
import dev.korm.gateway.access.Identity;
import dev.korm.gateway.access.Right;
import dev.korm.gateway.access.TableAccess;
import dev.korm.gateway.query.FieldNames;
import dev.korm.gateway.query.QueryBuffers;
import dev.korm.gateway.query.QueryJson;
import dev.korm.gateway.query.QuerySpec;
import dev.korm.gateway.query.Rows;
import dev.korm.gateway.wire.Json;
import dev.korm.gateway.wire.RefusedException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.BooleanNode;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.util.RawValue;

/**
 * The methods that clients call. A change is made in a transaction that asks, before it and after it, whether the row is one of the client's; where it is not, nothing is written.
 */
public final class Calls {
    private static final int ROWS = 500;

    private final Tables tables;

    public Calls(Tables tables) {
        this.tables = tables;
    }

    /**
     * Answers a call.
     *
     * @param table the table's name in the call itself, empty where it stands in the payload
     * @throws RefusedException when the call is not answered
     */
    public JsonNode call(Identity client, String method, String table, JsonNode payload) {
        String company = Json.text(payload, null, "companyId", "company_id");
        requireTenant(client, company);
        String name = table.isEmpty() ? textOr(payload, "", "tableName", "table_name", "table") : table;
        return switch (method) {
            case "GET_DATA" -> getData(tables.require(client, name, Right.READ), payload);
            case "GET_SINGLE" -> getSingle(tables.require(client, name, Right.READ), payload);
            case "ADD_SINGLE" -> addSingle(tables.require(client, name, Right.ADD), payload);
            case "UPDATE_SINGLE" -> updateSingle(tables.require(client, name, Right.UPDATE), payload);
            case "DELETE_ROW" -> deleteRow(tables.require(client, name, Right.DELETE), payload);
            case "TABLE_EXISTS" ->
                BooleanNode.valueOf(tables.find(client, name)
                        .filter(access -> !access.rights().isEmpty())
                        .isPresent());
            case "CREATE_TABLE" -> createTable(client, name, payload);
            case "RUN_AGGREGATION" -> {
                JsonNode wrapper = Json.member(payload, "wrapper");
                yield aggregates(client, name, payload, wrapper == null ? null : QueryJson.node(wrapper));
            }
            default -> throw bad("Unknown RPC method: " + (method.length() > 40 ? method.substring(0, 40) : method));
        };
    }

    /** Refuses a call for another tenant than the client's own. */
    public static void requireTenant(Identity client, @Nullable String company) {
        if (company != null && !company.equals(client.tenant())) {
            throw RefusedException.forbidden("\"companyId\" is not the tenant of this connection");
        }
    }

    private JsonNode getData(TableAccess access, JsonNode payload) {
        FieldNames names = Tables.names(access);
        JsonNode json = Json.member(payload, "queryJson", "query_json");
        JsonNode binary = Json.member(payload, "queryFbB64");
        if (json != null || binary != null || Json.member(payload, "wrapper", "order", "cursor") != null) {
            QuerySpec spec = binary != null
                    ? QueryBuffers.read(binary.asString(""))
                    : QueryJson.read(json == null ? payload : Json.object("queryJson", json), ROWS);
            return page(access, spec);
        }
        long limit = Json.count(payload, ROWS, "limit");
        long offset = Json.count(payload, 0, "offset");
        int most = (int)
                (limit == 0
                        ? tables.limits().rows()
                        : Math.min(limit, tables.limits().rows()));
        QuerySpec all = new QuerySpec("", Optional.empty(), List.of(), List.of(), 0, 1, true);
        if (offset + most > tables.limits().rows()) {
            throw RefusedException.bad("\"offset\" leads beyond "
                    + tables.limits().rows() + " rows; use an order and a cursor, which cost the same on each page");
        }
        try (Stream<Item<Document>> items =
                tables.question(access, all).query().limit((int) offset + most).get().stream()) {
            return rows(items.skip(offset).toList(), names);
        }
    }

    /** Returns the rows of a query, and where the next page begins. */
    public JsonNode page(TableAccess access, QuerySpec spec) {
        FieldNames names = Tables.names(access);
        List<Item<Document>> items = tables.question(access, spec).query().get();
        ObjectNode answer = Json.MAPPER.createObjectNode();
        answer.set("rows", rows(items, names));
        answer.set("cursor", Rows.cursor(spec, names, items));
        return answer;
    }

    /** Returns the aggregates that a payload names, of the rows that a filter finds. */
    public JsonNode aggregates(Identity client, String table, JsonNode payload, QuerySpec.@Nullable Node filter) {
        return Aggregation.run(tables, tables.require(client, table, Right.READ), payload, filter);
    }

    private JsonNode getSingle(TableAccess access, JsonNode payload) {
        FieldNames names = Tables.names(access);
        List<Item<Document>> found =
                byKey(query(access), names, payload).limit(1).get();
        return found.isEmpty() ? NullNode.getInstance() : row(found.get(0), names);
    }

    private JsonNode addSingle(TableAccess access, JsonNode payload) {
        FieldNames names = Tables.names(access);
        Map<String, @Nullable Object> fields = fields("row", payload, "row", "row_json", "rowJson", "data");
        Object id = fields.remove(access.key());
        access.fixed().forEach(fields::remove); // One that says what it gets anyway is fine.
        Rows.requireSettable(fields, names, access.fields());
        access.fixed().forEach((field, own) -> {
            if (fields.get(field) == null) {
                fields.put(field, own);
            }
        });
        FloatingItem<Document> item =
                Korm.item(Document.class, tables.pool()).fromData(access.collection(), Document.of(fields));
        FloatingItem<Document> named =
                id == null ? item : item.withRn(access.collection().item(uuid(id)));
        return row(
                tables.pool().transaction(tx -> {
                    Item<Document> created = tx.create(named);
                    requireOwn(tx, access, created);
                    return created;
                }),
                names);
    }

    private JsonNode updateSingle(TableAccess access, JsonNode payload) {
        FieldNames names = Tables.names(access);
        Map<String, @Nullable Object> updates = fields("updates", payload, "updates", "updates_json", "updatesJson");
        Object id = updates.remove(access.key());
        Rows.requireSettable(updates, names, access.fields());
        return row(
                tables.pool().transaction(tx -> {
                    Item<Document> item = single(tx, access, payload);
                    if (id != null && !id.equals(Rows.id(item))) {
                        throw bad("The key of a row does not change");
                    }
                    Item<Document> updated = tx.update(item.update(data -> changed(data, updates)));
                    requireOwn(tx, access, updated);
                    return updated;
                }),
                names);
    }

    private static Document changed(Document data, Map<String, @Nullable Object> updates) {
        Document changed = data;
        for (Map.Entry<String, @Nullable Object> update : updates.entrySet()) {
            changed = changed.with(FieldPath.of(List.of(new FieldPath.Field(update.getKey()))), update.getValue());
        }
        return changed;
    }

    private JsonNode deleteRow(TableAccess access, JsonNode payload) {
        return tables.pool().transaction(tx -> {
            tx.delete(single(tx, access, payload));
            return BooleanNode.TRUE;
        });
    }

    private JsonNode createTable(Identity client, String table, JsonNode payload) {
        JsonNode definition = Json.member(payload, "definition", "definition_json", "definitionJson");
        JsonNode known = definition == null ? payload : Json.object("definition", definition);
        TableAccess access =
                tables.require(client, table.isEmpty() ? textOr(known, "", "name") : table, Right.CREATE_TABLE);
        JsonNode columns = Json.member(known, "columns");
        if (columns != null) {
            for (JsonNode column : columns) {
                JsonNode constraints = Json.member(column, "constraints");
                for (JsonNode constraint : constraints == null ? Json.MAPPER.createArrayNode() : constraints) {
                    if (!constraint.asString("").equals("primaryKey")) {
                        throw RefusedException.unsupported(
                                "Constraints of columns are not made by CREATE_TABLE; declare a record with them in"
                                        + " the program");
                    }
                }
            }
        }
        Korm.item(Document.class, tables.pool()).prepare(access.collection());
        return BooleanNode.TRUE;
    }

    private Query<Document> query(TableAccess access) {
        return Korm.item(Document.class, tables.pool())
                .fromQuery(access.collection())
                .where(access.rows());
    }

    private Query<Document> byKey(Query<Document> query, FieldNames names, JsonNode payload) {
        String column = textOr(payload, names.key(), "primaryKeyColumn", "primary_key_column");
        String id = Json.text(payload, null, "primaryId", "primary_id");
        if (id == null || id.isEmpty()) {
            throw bad("\"primaryId\" is missing");
        }
        return query.where(
                QueryJson.equal(names, column.equals("id") && !names.key().equals("id") ? names.key() : column, id));
    }

    private Item<Document> single(PoolTransaction tx, TableAccess access, JsonNode payload) {
        Query<Document> own =
                tx.item(Document.class).fromQuery(access.collection()).where(access.rows());
        List<Item<Document>> found =
                byKey(own, Tables.names(access), payload).limit(2).get();
        if (found.isEmpty()) {
            throw new RefusedException("not_found", "There is no such row");
        }
        if (found.size() > 1) {
            throw bad("\"primaryKeyColumn\" is no key: several rows have this value");
        }
        return found.get(0);
    }

    /** Requires that a row which was written is still one of the client's. */
    private static void requireOwn(PoolTransaction tx, TableAccess access, Item<Document> item) {
        if (!tx.item(Document.class)
                .fromQuery(access.collection())
                .where(access.rows())
                .where(Filter.eq("rnId", Rows.id(item)))
                .exists()) {
            throw RefusedException.forbidden("The policy does not allow such a row");
        }
    }

    private static String uuid(Object id) {
        try {
            return UUID.fromString(id.toString()).toString();
        } catch (IllegalArgumentException | RnException noId) {
            throw bad("The key of a row is a UUID of version 4; leave it out for a new one");
        }
    }

    private static Map<String, @Nullable Object> fields(String what, JsonNode payload, String... names) {
        JsonNode object = Json.object(what, Json.member(payload, names));
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        object.forEachEntry((name, value) -> fields.put(name, Json.plain(value)));
        return fields;
    }

    private JsonNode row(Item<Document> item, FieldNames names) {
        return Json.MAPPER.readTree(Rows.json(item, names));
    }

    private ArrayNode rows(List<Item<Document>> items, FieldNames names) {
        ArrayNode rows = Json.MAPPER.createArrayNode();
        long size = 0;
        for (Item<Document> item : items) {
            String json = Rows.json(item, names);
            size += json.length();
            if (size > tables.limits().snapshotBytes()) {
                throw new RefusedException(
                        "too_large",
                        "The rows are larger than " + tables.limits().snapshotBytes() + " bytes; ask for fewer");
            }
            rows.addRawValue(new RawValue(json));
        }
        return rows;
    }

    private static String textOr(JsonNode object, String fallback, String... names) {
        String text = Json.text(object, fallback, names);
        return text == null ? fallback : text;
    }
}
