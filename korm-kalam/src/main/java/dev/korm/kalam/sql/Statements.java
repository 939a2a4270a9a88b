package dev.korm.kalam.sql;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Statements about single rows, their values bound. */
final class Statements {
    /** Less than a request may have, by what the statement itself has. */
    private static final int BYTES = 1_900_000;

    /** A text of so many characters need not be looked at, nor a character have more bytes as JSON. */
    private static final int SHORT = 1_000;

    private static final int MOST_PER_CHAR = 6;

    private Statements() {}

    static QueryRequest insert(String table, Map<String, ?> values) {
        return insertAll(table, List.of(values)).get(0);
    }

    static List<QueryRequest> insertAll(String table, List<? extends Map<String, ?>> rows) {
        if (rows.isEmpty()) {
            return List.of();
        }
        String name = Names.table(table);
        Map<String, ?> first = new LinkedHashMap<>(rows.get(0));
        requireColumns(first);
        List<String> columns = List.copyOf(first.keySet());
        for (Map<String, ?> row : rows) {
            if (!row.keySet().equals(first.keySet())) {
                throw new IllegalArgumentException("The rows do not have the same columns");
            }
        }
        String head = "INSERT INTO " + name + " ("
                + columns.stream().map(Names::column).collect(Collectors.joining(", ")) + ") VALUES ";
        int perStatement = Parameters.MAX_COUNT / columns.size();
        List<QueryRequest> requests = new ArrayList<>();
        List<@Nullable Object> parameters = new ArrayList<>();
        List<String> tuples = new ArrayList<>();
        int bytes = 0;
        for (Map<String, ?> row : rows) {
            int ofRow = bytesOf(row);
            if (tuples.size() == perStatement || (!tuples.isEmpty() && bytes + ofRow > BYTES)) {
                requests.add(QueryRequest.of(head + String.join(", ", tuples), parameters.toArray()));
                parameters.clear();
                tuples.clear();
                bytes = 0;
            }
            List<String> marks = new ArrayList<>();
            for (String column : columns) {
                parameters.add(row.get(column));
                marks.add("$" + parameters.size());
            }
            tuples.add("(" + String.join(", ", marks) + ")");
            bytes += ofRow;
        }
        requests.add(QueryRequest.of(head + String.join(", ", tuples), parameters.toArray()));
        return requests;
    }

    /** Returns about how many bytes a row has in the JSON of a request, and not fewer where it is large. */
    private static int bytesOf(Map<String, ?> row) {
        int bytes = 0;
        for (Object value : row.values()) {
            bytes += value instanceof String text && text.length() < SHORT
                    ? MOST_PER_CHAR * text.length()
                    : JsonMapper.shared().writeValueAsBytes(Parameters.of(value)).length;
        }
        return bytes;
    }

    private static void requireColumns(Map<String, ?> values) {
        if (values.isEmpty()) {
            throw new IllegalArgumentException("There are no values");
        }
        if (values.size() > Parameters.MAX_COUNT) {
            throw new IllegalArgumentException("More than " + Parameters.MAX_COUNT + " columns in one statement");
        }
    }

    static QueryRequest update(String table, String keyColumn, Object key, Map<String, ?> values) {
        requireColumns(values);
        List<@Nullable Object> parameters = new ArrayList<>();
        List<String> assignments = new ArrayList<>();
        values.forEach((column, value) -> {
            parameters.add(value);
            assignments.add(Names.column(column) + " = $" + parameters.size());
        });
        parameters.add(key);
        return QueryRequest.of(
                "UPDATE " + Names.table(table) + " SET " + String.join(", ", assignments) + " WHERE "
                        + Names.column(keyColumn) + " = $" + parameters.size(),
                parameters.toArray());
    }

    static QueryRequest delete(String table, String keyColumn, Object key) {
        return QueryRequest.of(
                "DELETE FROM " + Names.table(table) + " WHERE " + Names.column(keyColumn) + " = $1", key);
    }
}
