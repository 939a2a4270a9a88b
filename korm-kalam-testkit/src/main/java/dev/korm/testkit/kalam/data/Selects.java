package dev.korm.testkit.kalam.data;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Queries, with what the real server does to their rows. */
public final class Selects {
    /** A query whose answer breaks off, since the real server cannot write its values. */
    public static final class BrokenAnswer extends RuntimeException {
        private static final long serialVersionUID = 1L;

        BrokenAnswer() {
            super(null, null, false, false);
        }
    }

    private static final int DEFAULT_CAP = 50;

    private final Database database;
    private final Tables tables;
    private final Behaviour behaviour;

    public Selects(Database database, Tables tables, Behaviour behaviour) {
        this.database = database;
        this.tables = tables;
        this.behaviour = behaviour;
    }

    SqlResult run(Statement statement, Caller caller, @Nullable Object[] parameters) {
        refuseUnreadable(statement);
        SelectRewriter rewriter = new SelectRewriter(tables, caller);
        String sql = rewriter.query(statement);
        return database.locked(open -> {
            try (PreparedStatement prepared = open.prepare(sql, parameters);
                    ResultSet found = prepared.executeQuery()) {
                return read(statement, caller, rewriter.used(), found);
            }
        });
    }

    private static void refuseUnreadable(Statement statement) {
        List<Token> tokens = statement.tokens();
        int from = statement.indexOf("FROM", 0);
        for (int i = 0; i < (from < 0 ? tokens.size() : from); i++) {
            boolean isBareGet = tokens.get(i).is("json_get") && statement.isAt(i + 1, "(");
            boolean isCastToText = tokens.get(i).is("AS") && statement.isAt(i + 1, "TEXT", ")");
            if (isBareGet || isCastToText) {
                throw new BrokenAnswer();
            }
        }
    }

    private SqlResult read(Statement statement, Caller caller, List<TableDef> used, ResultSet found)
            throws SQLException {
        ResultSetMetaData meta = found.getMetaData();
        int width = meta.getColumnCount();
        List<@Nullable ColumnType> types = new ArrayList<>();
        for (int i = 1; i <= width; i++) {
            types.add(ColumnType.ofSqlite(meta.getColumnTypeName(i), meta.getPrecision(i), meta.getScale(i)));
        }
        List<@Nullable Object[]> values = new ArrayList<>();
        while (found.next()) {
            @Nullable Object[] row = new Object[width];
            for (int i = 0; i < width; i++) {
                row[i] = found.getObject(i + 1);
            }
            values.add(row);
        }
        List<Map<String, Object>> schema = new ArrayList<>();
        List<ColumnType> effective = new ArrayList<>();
        int key = -1;
        for (int i = 0; i < width; i++) {
            String name = meta.getColumnLabel(i + 1);
            int at = i;
            ColumnType declared = types.get(i);
            ColumnType type = declared != null
                    ? declared
                    : values.stream()
                            .map(row -> row[at])
                            .filter(value -> value != null)
                            .findFirst()
                            .map(ColumnType::ofValue)
                            .orElse(ColumnType.TEXT);
            TableDef.Column column = used.stream()
                    .flatMap(table -> table.find(name).stream())
                    .findFirst()
                    .orElse(null);
            if (column != null && column.isKey() && used.size() == 1 && key < 0) {
                key = i;
            }
            schema.add(SqlResult.field(name, type, i, column));
            effective.add(type);
        }
        capped(statement, values, key);
        boolean isMasked = !caller.isAdmin();
        List<List<@Nullable Object>> rows = new ArrayList<>();
        for (@Nullable Object[] row : values) {
            List<@Nullable Object> json = new ArrayList<>();
            for (int i = 0; i < width; i++) {
                Object name = schema.get(i).get("name");
                boolean isSecret = isMasked && ("credentials".equals(name) || "password_hash".equals(name));
                json.add(isSecret ? "***" : effective.get(i).json(row[i]));
            }
            rows.add(json);
        }
        return new SqlResult(schema, rows, rows.size(), null, caller.user());
    }

    private void capped(Statement statement, List<@Nullable Object[]> values, int key) {
        boolean hasLimit = statement.mentions("LIMIT");
        boolean isOrdered = statement.indexOf("ORDER", 0) > 0;
        boolean isLimited = statement.indexOf("LIMIT", 0) > 0;
        if (key >= 0 && (!isOrdered || (isLimited && behaviour.losesOrder()))) {
            values.sort(byKey(key));
        }
        int cap = hasLimit ? behaviour.maxRows() : DEFAULT_CAP;
        if (behaviour.capsRows() && values.size() > cap) {
            values.subList(cap, values.size()).clear();
        }
    }

    static Comparator<@Nullable Object[]> byKey(int key) {
        return (one, other) -> compare(one[key], other[key]);
    }

    private static int compare(@Nullable Object one, @Nullable Object other) {
        if (one instanceof Number first && other instanceof Number second) {
            return Long.compare(first.longValue(), second.longValue());
        }
        return String.valueOf(one).compareTo(String.valueOf(other));
    }
}
