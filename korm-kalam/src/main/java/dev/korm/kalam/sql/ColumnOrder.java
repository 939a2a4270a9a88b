package dev.korm.kalam.sql;

import static dev.korm.kalam.error.KalamNullException.requireElements;
import static dev.korm.kalam.error.KalamNullException.requireNonNull;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * An order of columns for tables on screens: those that are named come first, the others behind them in the order that they had. A name that a result does
 * not have is passed over.
 */
public final class ColumnOrder {
    /** Columns of {@code system.tables}, the most telling first; servers differ in which of them they have. */
    public static final ColumnOrder SYSTEM_TABLES = of(
            "table_id",
            "table_name",
            "namespace",
            "table_type",
            "created_at",
            "storage_location",
            "storage_id",
            "use_user_storage",
            "flush_policy",
            "schema_version",
            "deleted_retention_hours",
            "access_level");

    private final Set<String> first;

    private ColumnOrder(Set<String> first) {
        this.first = first;
    }

    /** Returns the order that begins with these columns. */
    public static ColumnOrder of(String... columns) {
        return new ColumnOrder(new LinkedHashSet<>(List.of(requireElements(columns, "columns"))));
    }

    /** Returns the columns in this order. */
    public List<String> sort(List<String> columns) {
        requireElements(columns, "columns");
        List<String> sorted = new ArrayList<>(columns.size());
        for (String name : first) {
            columns.stream().filter(name::equals).forEach(sorted::add);
        }
        columns.stream().filter(name -> !first.contains(name)).forEach(sorted::add);
        return sorted;
    }

    /** Returns the result with its columns, and the values of its rows, in this order; what it says besides stays. */
    public QueryResult sort(QueryResult result) {
        requireNonNull(result, "result");
        List<SchemaField> old = result.schema();
        List<Integer> places = new ArrayList<>(old.size());
        for (String name : first) {
            for (int i = 0; i < old.size(); i++) {
                if (old.get(i).name().equals(name)) {
                    places.add(i);
                }
            }
        }
        for (int i = 0; i < old.size(); i++) {
            if (!first.contains(old.get(i).name())) {
                places.add(i);
            }
        }
        List<SchemaField> schema = new ArrayList<>(old.size());
        for (int i = 0; i < places.size(); i++) {
            SchemaField field = old.get(places.get(i));
            schema.add(new SchemaField(field.name(), field.type(), i, field.flags()));
        }
        return new QueryResult(
                List.copyOf(schema),
                Row.sorted(result.rows(), List.copyOf(schema), places),
                result.rowCount(),
                result.message(),
                result.asUser());
    }

    /** Returns the answer with the columns of each of its results in this order. */
    public QueryResponse sort(QueryResponse response) {
        requireNonNull(response, "response");
        return new QueryResponse(response.results().stream().map(this::sort).toList(), response.tookMillis());
    }

    @Override
    public String toString() {
        return "ColumnOrder" + first;
    }
}
