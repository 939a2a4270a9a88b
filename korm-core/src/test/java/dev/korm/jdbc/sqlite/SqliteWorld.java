package dev.korm.jdbc.sqlite;

import dev.korm.jdbc.Sqlite;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Mutation;
import dev.korm.spi.Row;
import dev.korm.spi.RowCursor;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.TableSchema;
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
public abstract class SqliteWorld {
    public static final TableName USERS = TableName.items("users", "basic");
    public static final ColumnSchema NAME = new ColumnSchema("name", ColumnKind.TEXT);
    public static final ColumnSchema REVISION = new ColumnSchema(TableName.REVISION, ColumnKind.INTEGER);

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

    public SqliteLayer open() {
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

    public void sql(String... statements) throws SQLException {
        try (Connection connection = jdbc();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** Rows as texts, columns joined by a bar. */
    public List<String> query(String sql) throws SQLException {
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

    public static TableSchema schema(TableName table, ColumnSchema... columns) {
        List<ColumnSchema> all = new ArrayList<>(List.of(new ColumnSchema(table.key(), ColumnKind.ID)));
        all.addAll(List.of(columns));
        return new TableSchema(table, all, List.of());
    }

    public static String id(long number) {
        return new UUID(0x4000L, 0x8000_0000_0000_0000L | number).toString();
    }

    static Mutation.Insert user(long number, String name) {
        return new Mutation.Insert(USERS, id(number), List.of(NAME, REVISION), Row.of(name, 1L));
    }

    public static BatchResult apply(SqliteLayer layer, Mutation... mutations) {
        return layer.apply(Batch.of(List.of(mutations)));
    }

    public static Operand.Column column(String name, ColumnKind kind) {
        return new Operand.Column(0, name, kind);
    }

    public static Condition equal(Operand operand, Object value) {
        return new Condition.Compare(operand, Condition.Comparison.EQUAL, value);
    }

    public static Selection users(Condition where, Output... outputs) {
        return new Selection(USERS, List.of(), List.of(outputs), where, List.of(), List.of(), OptionalLong.empty());
    }

    public static Output value(String name, ColumnKind kind) {
        return new Output.Value(column(name, kind));
    }

    static long count(SqliteLayer layer) {
        try (RowCursor cursor = layer.select(users(Condition.ALWAYS, new Output.Count()))) {
            cursor.next();
            return (Long) cursor.get(0);
        }
    }
}
