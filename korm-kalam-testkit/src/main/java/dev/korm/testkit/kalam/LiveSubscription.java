package dev.korm.testkit.kalam;

import dev.korm.testkit.kalam.data.Caller;
import dev.korm.testkit.kalam.data.Change;
import dev.korm.testkit.kalam.data.LiveFilter;
import dev.korm.testkit.kalam.data.SelectRewriter;
import dev.korm.testkit.kalam.data.SqlFailure;
import dev.korm.testkit.kalam.data.Statement;
import dev.korm.testkit.kalam.data.TableDef;
import dev.korm.testkit.kalam.data.Tables;
import dev.korm.testkit.kalam.data.Token;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** One subscription of a WebSocket: what it selects, and the frames that it makes of changes. */
final class LiveSubscription {
    private static final Set<String> FORBIDDEN =
            Set.of("JOIN", "ORDER", "LIMIT", "GROUP", "DISTINCT", "HAVING", "WITH", "UNION");
    private static final int BUFFER = 1024;

    private final String id;
    private final TableDef table;
    private final String user;
    private final @Nullable List<TableDef.Column> columns;
    private final String where;
    private final Predicate<Map<String, @Nullable Object>> filter;
    private final Deque<Change> buffer = new ArrayDeque<>();
    private boolean isLoading;

    private LiveSubscription(
            String id,
            TableDef table,
            String user,
            @Nullable List<TableDef.Column> columns,
            String where,
            Predicate<Map<String, @Nullable Object>> filter) {
        this.id = id;
        this.table = table;
        this.user = user;
        this.columns = columns;
        this.where = where;
        this.filter = filter;
    }

    static LiveSubscription of(String id, String text, Caller caller, Tables tables) {
        List<Statement> statements = Statement.split(text);
        Statement statement = statements.get(0);
        int from = statement.indexOf("FROM", 0);
        if (statements.size() > 1
                || !statement.begins("SELECT")
                || from < 2
                || statement.hasParameters()
                || FORBIDDEN.stream().anyMatch(statement::mentions)
                || !statement.isAt(from + 2, ".")) {
            throw SqlFailure.invalid("Only SELECT … FROM namespace.table [WHERE …] can be subscribed to");
        }
        List<Token> tokens = statement.tokens();
        TableDef table = tables.find(
                        tokens.get(from + 1).name(), tokens.get(from + 3).name())
                .orElseThrow(() -> new SqlFailure(404, "NOT_FOUND", "Table not found"));
        caller.mayRead(table);
        int where = statement.indexOf("WHERE", from);
        if (tokens.size() > from + 4 && where != from + 4) {
            throw new SqlFailure(400, "SUBSCRIPTION_FAILED", "Aliases are not supported");
        }
        List<TableDef.Column> columns = null;
        if (!statement.isAt(1, "*")) {
            columns = new ArrayList<>();
            for (int i = 1; i < from; i += 2) {
                String name = tokens.get(i).name();
                if (name.equals("_seq") || name.equals("_deleted")) {
                    throw SqlFailure.invalid("System columns cannot be selected");
                }
                columns.add(table.find(name)
                        .orElseThrow(
                                () -> new SqlFailure(400, "SUBSCRIPTION_FAILED", "Column '" + name + "' not found")));
            }
        }
        List<Token> condition = where < 0 ? List.of() : tokens.subList(where + 1, tokens.size());
        Predicate<Map<String, @Nullable Object>> filter = LiveFilter.of(condition);
        String appended =
                where < 0 ? "" : new SelectRewriter(tables, caller).query(statement.between(where + 1, tokens.size()));
        return new LiveSubscription(id, table, caller.user(), columns, appended, filter);
    }

    String id() {
        return id;
    }

    TableDef table() {
        return table;
    }

    void load() {
        isLoading = true;
    }

    boolean isLoading() {
        return isLoading;
    }

    /** Ends the loading; returns what happened behind the snapshot. */
    List<Change> ready(long boundary) {
        isLoading = false;
        List<Change> late =
                buffer.stream().filter(change -> seq(change) > boundary).toList();
        buffer.clear();
        return late;
    }

    private static long seq(Change change) {
        return ((Number) java.util.Objects.requireNonNull(change.row().get("_seq"))).longValue();
    }

    /** Tells whether the change is to be sent now; while rows are loading it is kept. */
    boolean accepts(Change change) {
        if (!change.table().id().equals(table.id())
                || (!table.isShared() && !change.user().equals(user))) {
            return false;
        }
        if (!filter.test(comparable(change))) {
            return false;
        }
        if (isLoading) {
            if (buffer.size() == BUFFER) {
                buffer.removeFirst();
            }
            buffer.addLast(change);
            return false;
        }
        return true;
    }

    private static Map<String, @Nullable Object> comparable(Change change) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        for (TableDef.Column column : change.table().columns()) {
            Object value = change.row().get(column.name());
            values.put(
                    column.name(),
                    value != null && column.type().name().equals("Boolean")
                            ? (Object) value.toString().equals("1")
                            : value);
        }
        return values;
    }

    /** Returns the query of a batch, behind a version and of at most so many rows. */
    String batch(String user, long after, int limit, boolean isNewest, boolean byKey) {
        String selected = columns().stream()
                .map(column -> TableDef.quote(column.name()))
                .collect(java.util.stream.Collectors.joining(", "));
        // The condition is appended as it is, so that an OR escapes what stands before it, as on the real server.
        String order =
                isNewest ? "_seq DESC" : byKey ? TableDef.quote(table.key().name()) : "_seq";
        String seen = where.contains("_deleted")
                        || where.toUpperCase(java.util.Locale.ROOT).contains(" OR ")
                ? table.view(user, true)
                : table.view(user, false);
        return "SELECT " + selected + ", _seq FROM (" + seen + ") WHERE _seq > " + after
                + (table.kind() == TableDef.Kind.STREAM ? "" : " AND _deleted = 0")
                + (where.isEmpty() ? "" : " AND " + where) + " ORDER BY " + order + " LIMIT " + limit;
    }

    List<TableDef.Column> columns() {
        return columns == null ? table.columns() : columns;
    }

    Map<String, @Nullable Object> row(@Nullable Object[] values) {
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        for (int i = 0; i < columns().size(); i++) {
            TableDef.Column column = columns().get(i);
            row.put(column.name(), column.type().json(values[i]));
        }
        row.put("_seq", String.valueOf(values[columns().size()]));
        if (columns == null && table.kind() != TableDef.Kind.STREAM) {
            row.put("_deleted", false);
        }
        return row;
    }

    Map<String, @Nullable Object> frame(Change change) {
        Map<String, @Nullable Object> frame = new LinkedHashMap<>();
        frame.put("type", "change");
        frame.put("subscription_id", id);
        frame.put("change_type", change.kind().name().toLowerCase(java.util.Locale.ROOT));
        switch (change.kind()) {
            case INSERT -> frame.put("rows", List.of(full(change.row(), false)));
            case UPDATE -> {
                frame.put("rows", List.of(updated(change)));
                frame.put("old_values", List.of(old(change)));
            }
            case DELETE -> frame.put("old_values", List.of(full(change.row(), true)));
        }
        return frame;
    }

    private Map<String, @Nullable Object> full(Map<String, @Nullable Object> stored, boolean isDeleted) {
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        for (TableDef.Column column : columns()) {
            row.put(column.name(), column.type().json(stored.get(column.name())));
        }
        row.put("_seq", String.valueOf(stored.get("_seq")));
        if (columns == null && table.kind() != TableDef.Kind.STREAM) {
            row.put("_deleted", isDeleted);
        }
        return row;
    }

    private Map<String, @Nullable Object> updated(Change change) {
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        for (TableDef.Column column : table.columns()) {
            Object value = change.row().get(column.name());
            if (value != null && (column.isKey() || columns().contains(column))) {
                row.put(column.name(), column.type().json(value));
            }
        }
        row.put("_seq", String.valueOf(change.row().get("_seq")));
        return row;
    }

    private Map<String, @Nullable Object> old(Change change) {
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        for (TableDef.Column column : table.columns()) {
            Object before = change.before().get(column.name());
            Object after = change.row().get(column.name());
            boolean isChanged =
                    columns().contains(column) && !String.valueOf(before).equals(String.valueOf(after));
            if (column.isKey() || isChanged) {
                row.put(column.name(), column.type().json(before));
            }
        }
        row.put("_seq", String.valueOf(change.before().get("_seq")));
        return row;
    }
}
