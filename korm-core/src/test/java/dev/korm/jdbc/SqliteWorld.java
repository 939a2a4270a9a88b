package dev.korm.jdbc;

import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.ColumnKind;
import dev.korm.spi.ColumnShape;
import dev.korm.spi.Condition;
import dev.korm.spi.Environment;
import dev.korm.spi.Mutation;
import dev.korm.spi.Operand;
import dev.korm.spi.Output;
import dev.korm.spi.Row;
import dev.korm.spi.RowCursor;
import dev.korm.spi.Selection;
import dev.korm.spi.TableName;
import dev.korm.spi.TableShape;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** A folder with a database, layers over it that are closed in the end, and plain JDBC beside them. */
abstract class SqliteWorld {
    static final TableName USERS = TableName.items("users", "basic");
    static final ColumnShape NAME = new ColumnShape("name", ColumnKind.TEXT);
    static final ColumnShape REVISION = new ColumnShape(TableName.REVISION, ColumnKind.INTEGER);

    @TempDir
    Path folder;

    private final List<SqliteLayer> opened = new ArrayList<>();

    @AfterEach
    void close() {
        opened.forEach(SqliteLayer::close);
    }

    Path file() {
        return folder.resolve("korm.sqlite");
    }

    Sqlite source() {
        return Sqlite.file(file());
    }

    SqliteLayer open() {
        return open(source());
    }

    SqliteLayer open(Sqlite source) {
        SqliteLayer layer = (SqliteLayer) source.open("main", Environment.system());
        opened.add(layer);
        return layer;
    }

    Connection jdbc() throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + file());
    }

    void sql(String... statements) throws SQLException {
        try (Connection connection = jdbc();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** Rows as texts, columns joined by a bar. */
    List<String> query(String sql) throws SQLException {
        List<String> answer = new ArrayList<>();
        try (Connection connection = jdbc();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                List<String> row = new ArrayList<>();
                for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                    row.add(rows.getString(i));
                }
                answer.add(String.join("|", row));
            }
        }
        return answer;
    }

    static TableShape shape(TableName table, ColumnShape... columns) {
        List<ColumnShape> all = new ArrayList<>(List.of(new ColumnShape(table.key(), ColumnKind.ID)));
        all.addAll(List.of(columns));
        return new TableShape(table, all, List.of());
    }

    static String id(long number) {
        return new UUID(0x4000L, 0x8000_0000_0000_0000L | number).toString();
    }

    static Mutation.Insert user(long number, String name) {
        return new Mutation.Insert(USERS, id(number), List.of(NAME, REVISION), Row.of(name, 1L));
    }

    static BatchResult apply(SqliteLayer layer, Mutation... mutations) {
        return layer.apply(Batch.of(List.of(mutations)));
    }

    static Operand.Column column(String name, ColumnKind kind) {
        return new Operand.Column(0, name, kind);
    }

    static Condition equal(Operand operand, Object value) {
        return new Condition.Compare(operand, Condition.Comparison.EQUAL, value);
    }

    static Selection users(Condition where, Output... outputs) {
        return new Selection(USERS, List.of(), List.of(outputs), where, List.of(), List.of(), OptionalLong.empty());
    }

    static Output value(String name, ColumnKind kind) {
        return new Output.Value(column(name, kind));
    }

    static long count(SqliteLayer layer) {
        try (RowCursor cursor = layer.select(users(Condition.ALWAYS, new Output.Count()))) {
            cursor.next();
            return (Long) cursor.get(0);
        }
    }
}
