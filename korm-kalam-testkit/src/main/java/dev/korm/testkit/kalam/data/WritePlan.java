package dev.korm.testkit.kalam.data;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A finder of the rows that an INSERT, UPDATE or DELETE would write, as they are when it is asked. */
public final class WritePlan {
    private final Database database;
    private final Tables tables;
    private final Caller caller;
    private final @Nullable Object[] parameters;
    private final boolean isTransaction;

    WritePlan(Database database, Tables tables, Caller caller, @Nullable Object[] parameters, boolean isTransaction) {
        this.database = database;
        this.tables = tables;
        this.caller = caller;
        this.parameters = parameters;
        this.isTransaction = isTransaction;
    }

    static boolean isWrite(Statement statement) {
        return statement.begins("INSERT") || statement.begins("UPDATE") || statement.begins("DELETE");
    }

    List<Write> of(Statement statement) {
        for (String clause : List.of("RETURNING", "CONFLICT")) {
            if (statement.indexOf(clause, 0) > 0) {
                throw SqlFailure.execution(
                        clause.equals("RETURNING")
                                ? "Insert-returning clause not supported"
                                : "Insert-on clause not supported");
            }
        }
        return database.locked(open -> statement.begins("INSERT")
                ? insert(statement)
                : statement.begins("UPDATE") ? update(statement) : delete(statement));
    }

    private record Target(TableDef table, int next) {}

    private Target target(Statement statement, int at) {
        List<Token> tokens = statement.tokens();
        if (at >= tokens.size() || !tokens.get(at).isName()) {
            throw SqlFailure.invalid("A table's name is missing");
        }
        boolean isQualified = at + 2 < tokens.size() && tokens.get(at + 1).is(".");
        TableDef table = isQualified
                ? tables.get(tokens.get(at).name(), tokens.get(at + 2).name())
                : tables.get(caller.namespace(), tokens.get(at).name());
        caller.mayWrite(table);
        return new Target(table, isQualified ? at + 3 : at + 1);
    }

    private List<Write> insert(Statement statement) throws SQLException {
        if (!statement.begins("INSERT", "INTO")) {
            throw SqlFailure.execution("INSERT OVERWRITE is not supported");
        }
        Target target = target(statement, 2);
        TableDef table = target.table();
        List<String> names = new ArrayList<>();
        int at = target.next();
        if (statement.isAt(at, "(") && !statement.isAt(at + 1, "SELECT")) {
            for (at++; !statement.isAt(at, ")"); at++) {
                Token token = statement.tokens().get(at);
                if (token.isName()) {
                    // As on the real server, the list of an INSERT is compared as it is written.
                    names.add(token.kind() == Token.Kind.QUOTED ? token.name() : token.text());
                }
            }
            at++;
        } else {
            table.columns().forEach(column -> names.add(column.name()));
        }
        names.forEach(table::column);
        boolean isLiteral = statement.isAt(at, "VALUES") && !statement.hasParameters();
        String query = new SelectRewriter(tables, caller).query(statement.from(at));
        List<Write> writes = new ArrayList<>();
        for (@Nullable Object[] values : database.rows(query, parameters)) {
            if (values.length != names.size()) {
                throw SqlFailure.execution("Column count doesn't match value count");
            }
            Map<String, @Nullable Object> given = new LinkedHashMap<>();
            for (int i = 0; i < values.length; i++) {
                given.put(names.get(i), values[i]);
            }
            writes.add(inserted(table, given, isLiteral));
        }
        return writes;
    }

    private Write inserted(TableDef table, Map<String, @Nullable Object> given, boolean isLiteral) throws SQLException {
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        for (TableDef.Column column : table.columns()) {
            Object value = given.containsKey(column.name())
                    ? column.type().stored(given.get(column.name()), column.name())
                    : defaultOf(column);
            if (value == null && column.isNotNull()) {
                if (column.isKey()
                        || (!isTransaction && !isLiteral)
                        || (given.containsKey(column.name()) && !isTransaction)) {
                    throw SqlFailure.execution("NOT NULL constraint violation: column '" + column.name() + "'");
                }
                value = isTransaction ? null : column.type().blank();
            }
            if (column.type().name().equals("Embedding") && value != null) {
                int length = tools.jackson.databind.json.JsonMapper.shared()
                        .readTree(value.toString())
                        .size();
                if (length != column.type().first()) {
                    throw SqlFailure.execution("Embedding of column '" + column.name() + "' has a wrong length");
                }
            }
            row.put(column.name(), value);
        }
        boolean hasKey = table.columns().stream().anyMatch(TableDef.Column::isKey);
        Object key = hasKey ? Objects.requireNonNull(row.get(table.key().name())) : "";
        boolean overwrites = !hasKey || (table.key().hasSnowflakeDefault() && !(isLiteral && !isTransaction));
        return new Write(table, caller.user(), Write.Kind.INSERT, key, row, overwrites);
    }

    private @Nullable Object defaultOf(TableDef.Column column) throws SQLException {
        if (column.defaultValue() == null) {
            return null;
        }
        Statement expression =
                Statement.split("SELECT " + column.defaultValue()).get(0);
        Object value = database.rows(new SelectRewriter(tables, caller).query(expression))
                .get(0)[0];
        return column.type().stored(value, column.name());
    }

    private record Assignment(TableDef.Column column, Statement expression) {}

    private List<Write> update(Statement statement) throws SQLException {
        Target target = target(statement, 1);
        TableDef table = target.table();
        if (table.kind() == TableDef.Kind.STREAM) {
            throw SqlFailure.execution("UPDATE not supported for STREAM tables");
        }
        int where = where(statement, "UPDATE");
        if (!statement.isAt(target.next(), "SET")) {
            throw SqlFailure.invalid("UPDATE without SET");
        }
        List<Assignment> assignments = assignments(statement, target, where);
        String assigned = assignments.stream()
                .map(assignment -> ", (" + new SelectRewriter(tables, caller).query(assignment.expression()) + ")")
                .collect(Collectors.joining());
        List<Write> writes = new ArrayList<>();
        for (@Nullable Object[] values : database.rows(matching(statement, table, where, assigned), parameters)) {
            Map<String, @Nullable Object> old = Tables.named(table, values);
            Map<String, @Nullable Object> changed = new LinkedHashMap<>();
            for (int i = 0; i < assignments.size(); i++) {
                TableDef.Column column = assignments.get(i).column();
                Object value = column.type().stored(values[table.columns().size() + 1 + i], column.name());
                if (!same(old.get(column.name()), value)) {
                    changed.put(column.name(), value);
                }
            }
            if (!changed.isEmpty()) {
                Object key = Objects.requireNonNull(old.get(table.key().name()));
                writes.add(new Write(table, caller.user(), Write.Kind.UPDATE, key, changed, false));
            }
        }
        return writes;
    }

    private static boolean same(@Nullable Object one, @Nullable Object other) {
        return (one == null || other == null) ? one == other : one.toString().equals(other.toString());
    }

    private List<Assignment> assignments(Statement statement, Target target, int where) {
        List<Assignment> assignments = new ArrayList<>();
        int from = target.next() + 1;
        while (from < where) {
            int comma = statement.indexOf(",", from);
            int end = comma < 0 || comma > where ? where : comma;
            if (!statement.tokens().get(from).isName() || !statement.isAt(from + 1, "=")) {
                throw SqlFailure.invalid("An assignment is malformed");
            }
            TableDef.Column column =
                    target.table().column(statement.tokens().get(from).name());
            if (column.isKey()) {
                throw SqlFailure.execution("Cannot update primary key column '" + column.name() + "'");
            }
            assignments.add(new Assignment(column, statement.between(from + 2, end)));
            from = end + 1;
        }
        return assignments;
    }

    private List<Write> delete(Statement statement) throws SQLException {
        Target target = target(statement, 2);
        TableDef table = target.table();
        List<Write> writes = new ArrayList<>();
        for (@Nullable Object[] values : database.rows(matching(statement, table, where(statement, "DELETE"), ""), parameters)) {
            Object key = Objects.requireNonNull(
                    Tables.named(table, values).get(table.key().name()));
            writes.add(new Write(table, caller.user(), Write.Kind.DELETE, key, Map.of(), false));
        }
        return writes;
    }

    private static int where(Statement statement, String what) {
        int where = statement.indexOf("WHERE", 0);
        if (where < 0 || (statement.tokens().size() == where + 2 && statement.isAt(where + 1, "TRUE"))) {
            throw SqlFailure.execution(what + " requires a WHERE clause");
        }
        return where;
    }

    private String matching(Statement statement, TableDef table, int where, String further) {
        return "SELECT " + table.columnList() + ", _seq" + further + " FROM (" + table.view(caller.user(), false)
                + ") AS "
                + TableDef.quote(table.name()) + " "
                + new SelectRewriter(tables, caller).query(statement.from(where));
    }
}
