package dev.korm.gateway.query;

import dev.korm.gateway.query.QuerySpec.CursorEntry;
import dev.korm.gateway.query.QuerySpec.Scalar;
import dev.korm.gateway.wire.Json;
import dev.korm.gateway.wire.RefusedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Calls and their answers in FlatBuffers: the tables {@code RequestEnvelope} and {@code ResponseEnvelope}, their fields by their slots. */
public final class CallBuffers {
    private static final int PARTS = 200_000;

    /** Methods, by their numbers. */
    private static final List<String> METHODS = List.of(
            "GET_DATA",
            "GET_SINGLE",
            "ADD_SINGLE",
            "UPDATE_SINGLE",
            "DELETE_ROW",
            "CREATE_TABLE",
            "TABLE_EXISTS",
            "RUN_AGGREGATION");

    private static final List<String> AGGREGATES =
            List.of("sumFields", "averageFields", "minimumFields", "maximumFields");
    private static final List<String> AGGREGATED = List.of("sumValues", "avgValues", "minimumValues", "maximumValues");

    private CallBuffers() {}

    /**
     * A call.
     *
     * @param correlation by which the answer is told from others
     * @param replyTopic where the answer is awaited
     * @param company the tenant
     * @param payload the other members of the call, with the names of its JSON
     * @param query the query of {@code GET_DATA}, where it has a filter, an order or a cursor, and the filter of {@code RUN_AGGREGATION}
     */
    public record Call(
            String correlation,
            String replyTopic,
            String method,
            String company,
            String table,
            ObjectNode payload,
            Optional<QuerySpec> query) {}

    /** The answer to a call: data, or an error. */
    public record Answer(String correlation, JsonNode data, Optional<String> error, boolean badRequest) {
        /** Returns an answer with data. */
        public static Answer of(String correlation, JsonNode data) {
            return new Answer(correlation, data, Optional.empty(), false);
        }

        /** Returns an answer that says why there is none. */
        public static Answer failed(String correlation, String message, boolean badRequest) {
            return new Answer(correlation, Json.MAPPER.nullNode(), Optional.of(message), badRequest);
        }
    }

    /** Returns the correlation and the topic for the answer of a call whose other parts may be broken; both empty where they are not there. */
    public static Call address(byte[] bytes) {
        try {
            Buffers root = Buffers.root(bytes, PARTS);
            return new Call(root.text(0), root.text(1), "", "", "", Json.MAPPER.createObjectNode(), Optional.empty());
        } catch (RefusedException | IndexOutOfBoundsException | AssertionError broken) {
            return new Call("", "", "", "", "", Json.MAPPER.createObjectNode(), Optional.empty());
        }
    }

    /**
     * Reads a call.
     *
     * @throws RefusedException when it is none
     */
    public static Call call(byte[] bytes) {
        try {
            Buffers root = Buffers.root(bytes, PARTS);
            int method = root.unsignedByte(2, 0);
            if (method >= METHODS.size() || root.unsignedByte(3, 0) != method + 1) {
                throw RefusedException.bad("The method and the payload of the call are not of one kind");
            }
            Buffers held = root.table(4);
            ObjectNode payload = Json.MAPPER.createObjectNode();
            Optional<QuerySpec> query = Optional.empty();
            String table = method == 5 ? "" : held.text(1);
            switch (METHODS.get(method)) {
                case "GET_DATA" -> query = data(held, payload);
                case "GET_SINGLE", "DELETE_ROW" -> {
                    text(held, 2, payload, "primaryKeyColumn");
                    text(held, 3, payload, "primaryId");
                }
                case "ADD_SINGLE" -> {
                    text(held, 2, payload, "primaryKeyColumn");
                    text(held, 3, payload, "row");
                }
                case "UPDATE_SINGLE" -> {
                    text(held, 2, payload, "primaryKeyColumn");
                    text(held, 3, payload, "primaryId");
                    text(held, 4, payload, "updates");
                }
                case "CREATE_TABLE" -> table = definition(held.table(1), payload.putObject("definition"));
                case "RUN_AGGREGATION" -> {
                    aggregation(held, payload);
                    query = held.has(7) ? Optional.of(only(QueryBuffers.wrapper(held.table(7), 0))) : query;
                }
                default -> {
                    // TABLE_EXISTS has a name alone.
                }
            }
            return new Call(root.text(0), root.text(1), METHODS.get(method), held.text(0), table, payload, query);
        } catch (IndexOutOfBoundsException | AssertionError outside) {
            throw Buffers.broken();
        }
    }

    /** Returns a query of a filter alone. */
    public static QuerySpec only(QuerySpec.Node filter) {
        return new QuerySpec("", Optional.of(filter), List.of(), List.of(), 0, 1, true);
    }

    private static Optional<QuerySpec> data(Buffers held, ObjectNode payload) {
        long limit = held.unsignedInt(3, 0);
        if (!held.has(2) && !held.has(5) && !held.has(6)) {
            payload.put("limit", limit);
            payload.put("offset", held.unsignedInt(4, 0));
            return Optional.empty();
        }
        return Optional.of(new QuerySpec(
                "",
                held.has(2) ? Optional.of(QueryBuffers.wrapper(held.table(2), 0)) : Optional.empty(),
                QueryBuffers.keys(held, 5),
                QueryBuffers.cursor(held, 6),
                (int) Math.min(limit, Integer.MAX_VALUE),
                1,
                held.flag(7, true)));
    }

    private static String definition(Buffers table, ObjectNode definition) {
        definition.put("name", table.text(0));
        ArrayNode columns = definition.putArray("columns");
        for (int index = 0, size = table.length(1, 4); index < size; index++) {
            Buffers column = table.tableIn(1, index);
            ObjectNode told = columns.addObject().put("name", column.text(0));
            ArrayNode constraints = told.putArray("constraints");
            for (int each = 0, most = column.length(3, 1); each < most; each++) {
                constraints.add(column.unsignedByteIn(3, each) == 0 ? "primaryKey" : "other");
            }
        }
        return table.text(0);
    }

    private static void aggregation(Buffers held, ObjectNode payload) {
        payload.put("countEnabled", held.flag(2, false));
        for (int which = 0; which < AGGREGATES.size(); which++) {
            ArrayNode fields = payload.putArray(AGGREGATES.get(which));
            for (int index = 0, size = held.length(3 + which, 4); index < size; index++) {
                fields.add(held.textIn(3 + which, index));
            }
        }
    }

    private static void text(Buffers held, int slot, ObjectNode payload, String name) {
        if (held.has(slot)) {
            payload.put(name, held.text(slot));
        }
    }

    /**
     * Writes a call.
     *
     * @throws RefusedException when the layout has no place for a part of it
     */
    public static byte[] write(Call call) {
        int method = METHODS.indexOf(call.method());
        if (method < 0) {
            throw RefusedException.bad("Unknown RPC method");
        }
        BufferWriter writer = new BufferWriter();
        int payload = payload(writer, call);
        int correlation = writer.text(call.correlation());
        int reply = writer.text(call.replyTopic());
        writer.out.startTable(5);
        writer.out.addOffset(0, correlation, 0);
        writer.out.addOffset(1, reply, 0);
        writer.out.addByte(2, (byte) method, 0);
        writer.out.addByte(3, (byte) (method + 1), 0);
        writer.out.addOffset(4, payload, 0);
        return writer.finish(writer.out.endTable());
    }

    private static int payload(BufferWriter writer, Call call) {
        int company = writer.text(call.company());
        int table = writer.text(call.table());
        ObjectNode payload = call.payload();
        return switch (call.method()) {
            case "GET_DATA" -> {
                QuerySpec query = call.query().orElse(null);
                int wrapper =
                        query == null ? 0 : query.filter().map(writer::root).orElse(0);
                int order = query == null ? 0 : writer.tables(query.order(), writer::key);
                int cursor = query == null ? 0 : writer.tables(query.cursor(), writer::entry);
                writer.out.startTable(8);
                writer.out.addOffset(0, company, 0);
                writer.out.addOffset(1, table, 0);
                writer.out.addOffset(2, wrapper, 0);
                writer.out.addInt(3, query == null ? (int) Json.count(payload, 500, "limit") : query.limit(), 0);
                writer.out.addInt(4, query == null ? (int) Json.count(payload, 0, "offset") : 0, 0);
                writer.out.addOffset(5, order, 0);
                writer.out.addOffset(6, cursor, 0);
                writer.out.addBoolean(7, query == null || query.strictAfter(), true);
                yield writer.out.endTable();
            }
            case "GET_SINGLE", "DELETE_ROW" ->
                texts(writer, company, table, key(payload), Json.text(payload, "", "primaryId", "primary_id"));
            case "ADD_SINGLE" ->
                texts(writer, company, table, key(payload), json(payload, "row", "row_json", "rowJson", "data"));
            case "UPDATE_SINGLE" ->
                texts(
                        writer,
                        company,
                        table,
                        key(payload),
                        Json.text(payload, "", "primaryId", "primary_id"),
                        json(payload, "updates", "updates_json", "updatesJson"));
            case "TABLE_EXISTS" -> texts(writer, company, table);
            case "RUN_AGGREGATION" -> aggregation(writer, company, table, call);
            default -> throw RefusedException.unsupported(call.method() + " is not carried over topics");
        };
    }

    private static int aggregation(BufferWriter writer, int company, int table, Call call) {
        ObjectNode payload = call.payload();
        int wrapper = call.query().flatMap(QuerySpec::filter).map(writer::root).orElse(0);
        int[] fields = new int[AGGREGATES.size()];
        for (int which = 0; which < fields.length; which++) {
            String camel = AGGREGATES.get(which);
            JsonNode named = Json.member(payload, camel, camel.replace("Fields", "_fields"));
            List<String> texts = new ArrayList<>();
            if (named != null) {
                named.forEach(each -> texts.add(each.asString("")));
            }
            fields[which] = writer.texts(texts);
        }
        writer.out.startTable(8);
        writer.out.addOffset(0, company, 0);
        writer.out.addOffset(1, table, 0);
        writer.out.addBoolean(2, Json.flag(payload, false, "countEnabled", "count_enabled"), false);
        for (int which = 0; which < fields.length; which++) {
            writer.out.addOffset(3 + which, fields[which], 0);
        }
        writer.out.addOffset(7, wrapper, 0);
        return writer.out.endTable();
    }

    private static int texts(BufferWriter writer, int company, int table, @Nullable String... others) {
        int[] written = new int[others.length];
        for (int index = 0; index < written.length; index++) {
            written[index] = writer.text(others[index]);
        }
        writer.out.startTable(2 + written.length);
        writer.out.addOffset(0, company, 0);
        writer.out.addOffset(1, table, 0);
        for (int index = 0; index < written.length; index++) {
            writer.out.addOffset(2 + index, written[index], 0);
        }
        return writer.out.endTable();
    }

    private static @Nullable String key(ObjectNode payload) {
        return Json.text(payload, null, "primaryKeyColumn", "primary_key_column");
    }

    private static String json(ObjectNode payload, String... names) {
        return Json.object(names[0], Json.member(payload, names)).toString();
    }

    /** Writes an answer. */
    public static byte[] write(Answer answer) {
        BufferWriter writer = new BufferWriter();
        int correlation = writer.text(answer.correlation());
        int message = writer.text(answer.error().orElse(null));
        int type = 0;
        int data = 0;
        if (answer.error().isEmpty()) {
            type = type(answer.data());
            data = data(writer, type, answer.data());
        }
        writer.out.startTable(6);
        writer.out.addOffset(0, correlation, 0);
        writer.out.addBoolean(1, answer.error().isEmpty(), true);
        writer.out.addByte(2, (byte) (answer.error().isEmpty() ? 0 : answer.badRequest() ? 1 : 2), 0);
        writer.out.addOffset(3, message, 0);
        writer.out.addByte(4, (byte) type, 0);
        writer.out.addOffset(5, data, 0);
        return writer.finish(writer.out.endTable());
    }

    /** Returns the number of the table that holds such data: rows, one row, a truth value, aggregates, rows with a cursor. */
    private static int type(JsonNode data) {
        if (data.isArray()) {
            return 1;
        }
        if (data.isBoolean()) {
            return 3;
        }
        if (data.isObject() && data.has("rows") && data.has("cursor")) {
            return 5;
        }
        return data.isObject() && data.has("sumValues") && data.has("avgValues") ? 4 : 2;
    }

    private static int data(BufferWriter writer, int type, JsonNode data) {
        switch (type) {
            case 1 -> {
                int rows = writer.texts(rows(data));
                writer.out.startTable(1);
                writer.out.addOffset(0, rows, 0);
            }
            case 2 -> {
                int row = writer.text(data.isNull() ? null : data.toString());
                writer.out.startTable(1);
                writer.out.addOffset(0, row, 0);
            }
            case 3 -> {
                writer.out.startTable(1);
                writer.out.addBoolean(0, data.booleanValue(), false);
            }
            case 4 -> {
                int aggregates = aggregates(writer, data);
                writer.out.startTable(1);
                writer.out.addOffset(0, aggregates, 0);
            }
            default -> {
                int rows = writer.texts(rows(data.get("rows")));
                List<CursorEntry> entries = new ArrayList<>();
                data.get("cursor")
                        .forEachEntry((field, value) -> entries.add(
                                new CursorEntry(field, new Scalar(value.isNull() ? null : value.asString()))));
                int cursor = writer.tables(entries, writer::entry);
                writer.out.startTable(2);
                writer.out.addOffset(0, rows, 0);
                writer.out.addOffset(1, cursor, 0);
            }
        }
        return writer.out.endTable();
    }

    private static List<String> rows(JsonNode rows) {
        List<String> texts = new ArrayList<>(rows.size());
        rows.forEach(row -> texts.add(row.toString()));
        return texts;
    }

    private static int aggregates(BufferWriter writer, JsonNode data) {
        int[] pairs = new int[AGGREGATED.size()];
        for (int which = 0; which < pairs.length; which++) {
            List<JsonNode> values = new ArrayList<>();
            data.get(AGGREGATED.get(which)).forEach(values::add);
            pairs[which] = writer.tables(values, pair -> {
                int key = writer.text(pair.get("key").asString());
                JsonNode held = pair.get("value");
                int value = writer.text(held == null || held.isNull() ? null : held.asString());
                writer.out.startTable(2);
                writer.out.addOffset(0, key, 0);
                writer.out.addOffset(1, value, 0);
                return writer.out.endTable();
            });
        }
        writer.out.startTable(5);
        writer.out.addInt(0, (int) Json.count((ObjectNode) data, 0, "count"), 0);
        for (int which = 0; which < pairs.length; which++) {
            writer.out.addOffset(1 + which, pairs[which], 0);
        }
        return writer.out.endTable();
    }

    /**
     * Reads an answer.
     *
     * @throws RefusedException when it is none
     */
    public static Answer answer(byte[] bytes) {
        try {
            Buffers root = Buffers.root(bytes, PARTS);
            if (!root.flag(1, true)) {
                return Answer.failed(root.text(0), root.text(3), root.unsignedByte(2, 0) == 1);
            }
            int type = root.unsignedByte(4, 0);
            return Answer.of(root.text(0), type == 0 ? Json.MAPPER.nullNode() : data(type, root.table(5)));
        } catch (IndexOutOfBoundsException | AssertionError outside) {
            throw Buffers.broken();
        }
    }

    private static JsonNode data(int type, Buffers held) {
        return switch (type) {
            case 1 -> rows(held);
            case 2 -> held.has(0) ? Json.object("row", held.text(0)) : Json.MAPPER.nullNode();
            case 3 -> Json.MAPPER.getNodeFactory().booleanNode(held.flag(0, false));
            case 4 -> aggregates(held);
            case 5 -> {
                ObjectNode page = Json.MAPPER.createObjectNode();
                page.set("rows", rows(held));
                ObjectNode cursor = page.putObject("cursor");
                for (CursorEntry entry : QueryBuffers.cursor(held, 1)) {
                    Object value = entry.value().value();
                    cursor.put(entry.field(), value == null ? null : value.toString());
                }
                yield page;
            }
            default -> throw RefusedException.bad(type + " is no type of an answer");
        };
    }

    private static ArrayNode rows(Buffers held) {
        ArrayNode rows = Json.MAPPER.createArrayNode();
        for (int index = 0, size = held.length(0, 4); index < size; index++) {
            rows.add(Json.object("row", held.textIn(0, index)));
        }
        return rows;
    }

    private static ObjectNode aggregates(Buffers held) {
        ObjectNode all = Json.MAPPER.createObjectNode();
        if (!held.has(0)) {
            return all;
        }
        Buffers table = held.table(0);
        all.put("count", table.unsignedInt(0, 0));
        for (int which = 0; which < AGGREGATED.size(); which++) {
            ArrayNode pairs = all.putArray(AGGREGATED.get(which));
            for (int index = 0, size = table.length(1 + which, 4); index < size; index++) {
                Buffers pair = table.tableIn(1 + which, index);
                pairs.addObject().put("key", pair.text(0)).put("value", pair.has(1) ? pair.text(1) : null);
            }
        }
        return all;
    }
}
