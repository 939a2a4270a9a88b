package dev.korm.kalam.sql;

import static dev.korm.kalam.error.KalamNullException.requireNonNull;

import dev.korm.kalam.error.KalamDataException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The answer to a request.
 *
 * @param results the results, of which the server merges those of writes when there are several statements
 * @param tookMillis the time that the server tells
 */
public record QueryResponse(List<QueryResult> results, double tookMillis) {
    /** Copies the results. */
    public QueryResponse {
        results = List.copyOf(results);
    }

    /** Returns what the answer says. */
    public static QueryResponse of(JsonNode json, @Nullable String table) {
        requireNonNull(json, "json");
        List<QueryResult> results = new ArrayList<>();
        for (JsonNode result : json.path("results")) {
            results.add(QueryResult.of(result, table));
        }
        return new QueryResponse(results, json.path("took").asDouble(0));
    }

    /** Returns the first result. */
    public QueryResult first() {
        if (results.isEmpty()) {
            throw new KalamDataException("The answer has no result", null);
        }
        return results.get(0);
    }

    /** Returns the rows of the first result; none, when there is none. */
    public List<Row> rows() {
        return results.isEmpty() ? List.of() : results.get(0).rows();
    }

    /** Returns how many rows all statements returned or changed. */
    public int rowCount() {
        return results.stream().mapToInt(QueryResult::rowCount).sum();
    }
}
