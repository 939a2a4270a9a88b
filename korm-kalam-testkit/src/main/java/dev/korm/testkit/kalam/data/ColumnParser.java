package dev.korm.testkit.kalam.data;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A reader of the columns between the parentheses of CREATE TABLE. */
public final class ColumnParser {
    private final Statement statement;
    private final int end;
    private int at;

    ColumnParser(Statement statement, int from, int end) {
        this.statement = statement;
        this.at = from;
        this.end = end;
    }

    List<TableDef.Column> columns() {
        List<TableDef.Column> columns = new ArrayList<>();
        while (at < end) {
            if (statement.isAt(at, "PRIMARY", "KEY", "(")) {
                String key = statement.tokens().get(at + 3).name();
                if (!statement.isAt(at + 4, ")")) {
                    throw SqlFailure.execution("Composite PRIMARY KEYs are not supported yet");
                }
                columns.replaceAll(column -> column.name().equals(key)
                        ? new TableDef.Column(key, column.type(), true, true, column.defaultValue())
                        : column);
            } else {
                columns.add(column());
            }
            while (at < end && !statement.isAt(at, ",")) {
                at++;
            }
            at++;
        }
        return columns;
    }

    private TableDef.Column column() {
        String name = token().name();
        String declared = token().text();
        if (statement.isAt(at, "PRECISION")) {
            at++;
        }
        int first = 0;
        int second = 0;
        if (statement.isAt(at, "(")) {
            first = Integer.parseInt(statement.tokens().get(at + 1).text());
            boolean hasSecond = statement.isAt(at + 2, ",");
            second = hasSecond ? Integer.parseInt(statement.tokens().get(at + 3).text()) : 0;
            at += hasSecond ? 5 : 3;
        }
        boolean isKey = false;
        boolean isNotNull = false;
        String defaultValue = declared.toUpperCase(java.util.Locale.ROOT).endsWith("SERIAL") ? "SNOWFLAKE_ID()" : null;
        while (at < end && !statement.isAt(at, ",")) {
            if (statement.isAt(at, "PRIMARY", "KEY")) {
                isKey = true;
                at += 2;
            } else if (statement.isAt(at, "NOT", "NULL")) {
                isNotNull = true;
                at += 2;
            } else if (statement.isAt(at, "AUTO_INCREMENT")) {
                defaultValue = "SNOWFLAKE_ID()";
                at++;
            } else if (statement.isAt(at, "DEFAULT")) {
                at++;
                defaultValue = expression();
            } else {
                at++;
            }
        }
        return new TableDef.Column(
                name, ColumnType.of(declared, first, second), isKey, isKey || isNotNull, defaultValue);
    }

    private @Nullable String expression() {
        int from = statement.tokens().get(at).start();
        int depth = 0;
        int last = at;
        do {
            depth += statement.isAt(at, "(") ? 1 : statement.isAt(at, ")") ? -1 : 0;
            last = at++;
        } while (at < end && (depth > 0 || statement.isAt(at, "(") || statement.isAt(last, "-")));
        return statement.text().substring(from, statement.tokens().get(last).end());
    }

    private Token token() {
        if (at >= end) {
            throw SqlFailure.invalid("A column's definition is incomplete");
        }
        return statement.tokens().get(at++);
    }
}
