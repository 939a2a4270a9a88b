package dev.korm.kalam.sql;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The result of one statement.
 *
 * @param schema the columns; empty for statements that return no rows
 * @param rows the rows
 * @param rowCount the rows that were returned or changed; rows whose values stayed the same are not counted as changed
 * @param message the server's text
 * @param asUser the user as whom it was executed
 */
public record QueryResult(
        List<SchemaField> schema,
        List<Row> rows,
        int rowCount,
        @Nullable String message,
        @Nullable String asUser) {
    static QueryResult of(JsonNode json, @Nullable String table) {
        List<SchemaField> schema = SchemaField.listOf(json.path("schema"));
        JsonNode message = json.path("message");
        JsonNode user = json.path("as_user");
        return new QueryResult(
                schema,
                List.copyOf(Row.ofArrays(new RowColumns(schema, table), json.path("rows"))),
                json.path("row_count").asInt(0),
                message.isString() ? message.stringValue() : null,
                user.isString() ? user.stringValue() : null);
    }

    /**
     * Tells whether the server may have cut the rows: it ends a SELECT without LIMIT after 50 rows and any after 1,000, and does not say so.
     */
    public boolean mayBeCut() {
        return rows.size() == 50 || rows.size() == 1000;
    }

    /** Returns the rows as maps. */
    public List<Map<String, @Nullable Object>> asMaps() {
        return rows.stream().map(Row::asMap).toList();
    }

    @Override
    public String toString() {
        return "QueryResult[" + rows.size() + " rows, rowCount=" + rowCount + "]";
    }
}
