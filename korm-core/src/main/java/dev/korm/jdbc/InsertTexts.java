package dev.korm.jdbc;

import dev.korm.spi.ColumnShape;
import dev.korm.spi.Mutation;
import dev.korm.spi.TableName;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The texts of statements that insert a row, each written once. Safe for many threads. */
final class InsertTexts {
    /** So many are remembered; then all are forgotten. */
    private static final int MOST = 256;

    private final Dialect dialect;
    private final Map<Shape, String> known = new ConcurrentHashMap<>();

    /** Rows inserted alike. */
    private record Shape(TableName table, List<ColumnShape> columns) {}

    InsertTexts(Dialect dialect) {
        this.dialect = dialect;
    }

    String of(Mutation.Insert insert) {
        Shape shape = new Shape(insert.table(), insert.columns());
        String text = known.get(shape);
        if (text == null) {
            text = write(insert.table(), insert.columns());
            if (known.size() >= MOST) {
                known.clear();
            }
            known.put(shape, text);
        }
        return text;
    }

    private String write(TableName table, List<ColumnShape> columns) {
        SqlWriter sql = dialect.writer().add("INSERT INTO ");
        dialect.table(sql, table);
        sql.add(" (").name(table.key());
        columns.forEach(column -> sql.add(", ").name(column.name()));
        sql.add(") VALUES (?").add(", ?".repeat(columns.size())).add(")");
        return sql.toSql().text();
    }
}
