package dev.korm.testkit.foreign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.korm.jdbc.Sqlite;
import dev.korm.spi.ChangeFeed;
import dev.korm.spi.ChangeFeed.RowChange;
import dev.korm.spi.Layer;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.TableSchema;
import dev.korm.testkit.mysql.MySqlTestServer;
import dev.korm.testkit.postgres.PostgresServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Changes that other programs make without korm, which feeds tell as well. */
class ForeignChangesFeedTest {
    private static final TableName THINGS = TableName.items("foreign", "thing");
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static Layer followed(Layer layer) {
        layer.evolve(
                new TableSchema(
                        THINGS,
                        List.of(
                                new ColumnSchema(THINGS.key(), ColumnKind.ID),
                                new ColumnSchema("text", ColumnKind.TEXT),
                                new ColumnSchema(TableName.REVISION, ColumnKind.INTEGER)),
                        List.of()),
                Set.of());
        layer.follow(THINGS);
        return layer;
    }

    /** Changes rows by statements, and requires that each is told. */
    private static void changesAreTold(Layer layer, Connection connection, String table, String quote)
            throws Exception {
        try (ChangeFeed feed = layer.changes(Optional.empty())) {
            String id = quote + THINGS.key() + quote;
            execute(
                    connection,
                    "INSERT INTO " + table + " (" + id + ", text) VALUES ('a', 'x')",
                    "UPDATE " + table + " SET text = 'y' WHERE " + id + " = 'a'",
                    "UPDATE " + table + " SET " + id + " = 'b' WHERE " + id + " = 'a'",
                    "DELETE FROM " + table + " WHERE " + id + " = 'b'");
            List<String> told = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                RowChange change = feed.next(PATIENCE).orElseThrow();
                told.add(change.id() + " " + change.kind());
            }
            assertThat(told.subList(0, 2)).containsExactly("a INSERTED", "a UPDATED");
            // Of a row that gets another key, the old one is gone.
            assertThat(told.subList(2, 4)).containsExactlyInAnyOrder("a DELETED", "b UPDATED");
            assertThat(told.get(4)).isEqualTo("b DELETED");
            assertThat(feed.next(Duration.ZERO)).isEmpty();
        }
    }

    private static void execute(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    @Test
    void sqlite(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("things.sqlite");
        try (Layer layer = followed(Sqlite.file(file).open("main", Environment.system()));
                Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file)) {
            changesAreTold(layer, connection, '"' + THINGS.text() + '"', "\"");
        }
    }

    /** Requires it of a role that has no right to the notes. */
    @Test
    void postgres() throws Exception {
        assumeFalse(PostgresServer.isGiven());
        String schema = PostgresServer.newSchema();
        String role = schema + "_other";
        try (Layer layer = followed(PostgresServer.in(schema).open("main", Environment.system()))) {
            String table = schema + ".\"" + THINGS.text() + '"';
            PostgresServer.execute(
                    "CREATE ROLE " + role,
                    "GRANT USAGE ON SCHEMA " + schema + " TO " + role,
                    "GRANT SELECT, INSERT, UPDATE, DELETE ON " + table + " TO " + role);
            try (Connection connection = PostgresServer.connect()) {
                execute(connection, "SET ROLE " + role, "SET search_path = pg_temp, pg_catalog");
                changesAreTold(layer, connection, table, "\"");
            } finally {
                PostgresServer.execute("DROP OWNED BY " + role, "DROP ROLE " + role);
            }
        }
    }

    @Test
    void mysql() throws Exception {
        String database = MySqlTestServer.newDatabase();
        try (Layer layer = followed(MySqlTestServer.in(database).open("main", Environment.system()));
                Connection connection = MySqlTestServer.connect(database)) {
            changesAreTold(layer, connection, '`' + THINGS.text() + '`', "`");
        }
    }
}
