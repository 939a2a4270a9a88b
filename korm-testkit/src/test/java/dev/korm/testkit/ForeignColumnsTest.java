package dev.korm.testkit;

import static dev.korm.Filter.eq;
import static dev.korm.Order.asc;
import static dev.korm.Order.desc;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.korm.Document;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Order;
import dev.korm.Page;
import dev.korm.Pool;
import dev.korm.Query;
import dev.korm.QueryException;
import dev.korm.Rn;
import dev.korm.SchemaException;
import dev.korm.jdbc.MySql;
import dev.korm.jdbc.Sqlite;
import dev.korm.spi.ColumnKind;
import dev.korm.spi.ColumnShape;
import dev.korm.spi.Environment;
import dev.korm.spi.Layer;
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
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables of other programs, with columns of types that korm does not write. */
@NullUnmarked // Tests dereference what they expect to be there.
class ForeignColumnsTest {
    @TempDir
    Path folder;

    private Path file() {
        return folder.resolve("foreign.sqlite");
    }

    private void execute(String... statements) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file());
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.executeUpdate(sql);
            }
        }
    }

    private static String id(int number) {
        return "00000000-0000-4000-8000-00000000000" + number;
    }

    private static List<Rn<Document>> pages(Query<Document> query) {
        List<Rn<Document>> paged = new ArrayList<>();
        Optional<String> cursor = Optional.empty();
        do {
            Page<Document> page = query.page(1, cursor.orElse(null));
            page.items().forEach(item -> paged.add(item.rn()));
            cursor = page.next();
        } while (cursor.isPresent() && paged.size() < 20);
        return paged;
    }

    @Test
    void a_column_that_another_program_named_like_a_row_id_is_used_but_goes_nowhere_else() throws SQLException {
        execute(
                "CREATE TABLE \"__items__parts__any\" (\"rnId\" ID_TEXT PRIMARY KEY, \"oid\" INTEGER, \"name\" TEXT)",
                "INSERT INTO \"__items__parts__any\" VALUES ('" + id(1) + "', 7, 'a')");
        try (Pool pool = Korm.pool()
                .layer("main", Sqlite.file(file()))
                .layer("other", MemoryLayer.create())
                .open()) {
            Items<Document> items = Korm.item(Document.class, pool);
            Item<Document> item = items.fromQuery("main", "parts", "any")
                    .where(eq("oid", 7))
                    .get()
                    .get(0);
            Item<Document> changed = item.set("name", "b").commit();
            assertThat(changed.set("oid", 8).commit().reload().data().longValue("oid"))
                    .isEqualTo(8);
            assertThatThrownBy(
                            () -> item.reload().set("oid", "text").destructive().commit())
                    .isInstanceOf(SchemaException.class)
                    .hasMessageContaining("oid");
            assertThatThrownBy(() -> Korm.collection(Document.class, pool)
                            .from("main", "parts", "any")
                            .to("other")
                            .move())
                    .isInstanceOf(SchemaException.class)
                    .hasMessageContaining("oid");
            assertThat(items.fromQuery("main", "parts", "any").count()).isEqualTo(1);
            assertThat(items.fromQuery("other", "parts", "any").count()).isZero();
        }
    }

    private static TableShape shape(TableName table, String... columns) {
        List<ColumnShape> all = new ArrayList<>(List.of(new ColumnShape(TableName.ID, ColumnKind.ID)));
        for (String column : columns) {
            all.add(new ColumnShape(column, ColumnKind.TEXT));
        }
        all.add(new ColumnShape(TableName.REVISION, ColumnKind.INTEGER));
        return new TableShape(table, all, List.of());
    }

    @Test
    void a_name_that_only_the_server_refuses_is_an_error_of_the_schema() {
        TableName fresh = TableName.items("parts", "fresh");
        TableName there = TableName.items("parts", "there");
        try (Layer postgres = PostgresServer.in(PostgresServer.newSchema()).open("main", Environment.system());
                Layer mysql = MySqlTestServer.in(MySqlTestServer.newDatabase()).open("main", Environment.system())) {
            for (Layer layer : List.of(postgres, mysql)) {
                String kept = layer == postgres ? "xmin" : "DB_TRX_ID";
                layer.evolve(shape(there, "name"), Set.of());
                for (TableName table : List.of(fresh, there)) {
                    assertThatThrownBy(() -> layer.evolve(shape(table, "name", kept), Set.of()))
                            .isInstanceOf(SchemaException.class)
                            .hasMessageContaining(kept)
                            .hasMessageContaining("@Name");
                }
                assertThat(layer.describe(fresh)).isEmpty();
            }
        }
    }

    @Test
    void a_name_that_a_versioned_table_hides_is_an_error_of_the_schema() throws SQLException {
        String database = MySqlTestServer.newDatabase();
        TableName table = TableName.items("parts", "old");
        try (Connection connection = MySqlTestServer.connect(database);
                Statement statement = connection.createStatement();
                ResultSet version = statement.executeQuery("SELECT VERSION()")) {
            assumeTrue(version.next() && version.getString(1).contains("MariaDB"), "only MariaDB has them");
        }
        String url = MySqlTestServer.driverUrl(database);
        String settings = (url.contains("?") ? "&" : "?") + "sessionVariables=system_versioning_alter_history=KEEP";
        try (Layer layer = MySql.url(url + settings).open("main", Environment.system())) {
            layer.evolve(shape(table, "name"), Set.of());
            MySqlTestServer.execute("ALTER TABLE " + database + ".`__items__parts__old` ADD SYSTEM VERSIONING");
            assertThat(layer.evolve(shape(table, "name", "more"), Set.of()).has("more"))
                    .isTrue();
            assertThatThrownBy(() -> layer.evolve(shape(table, "name", "row_start"), Set.of()))
                    .isInstanceOf(SchemaException.class)
                    .hasMessageContaining("row_start");
        }
    }

    @Test
    void pages_go_on_in_a_column_that_holds_anything() throws SQLException {
        execute(
                "CREATE TABLE \"__items__parts__any\" (\"rnId\" TEXT PRIMARY KEY, \"n\" NUMERIC)",
                "INSERT INTO \"__items__parts__any\" VALUES ('" + id(1) + "', 1), ('" + id(2) + "', 'b'), ('" + id(3)
                        + "', x'00ff'), ('" + id(4) + "', NULL), ('" + id(5) + "', 1.5), ('" + id(6) + "', 'a')");
        try (Pool pool = Korm.pool()
                .layer("main", Sqlite.file(file()))
                .layer("other", MemoryLayer.create())
                .open()) {
            Query<Document> all = Korm.item(Document.class, pool).fromQuery("main", "parts", "any");
            for (Order order : List.of(
                    asc("n"), desc("n"), asc("n").nullsFirst(), desc("n").nullsLast())) {
                assertThat(pages(all.orderBy(order)))
                        .isEqualTo(
                                all.orderBy(order).get().stream().map(Item::rn).toList());
            }
        }
    }

    @Test
    void pages_by_a_type_that_korm_does_not_know_are_refused_before_the_first() {
        String schema = PostgresServer.newSchema();
        PostgresServer.execute(
                "CREATE TABLE " + schema + ".\"__items__parts__any\" (\"rnId\" TEXT PRIMARY KEY, \"made\" DATE)",
                "INSERT INTO " + schema + ".\"__items__parts__any\" VALUES ('" + id(1) + "', '2024-01-02'), ('" + id(2)
                        + "', '2024-01-01')");
        String database = MySqlTestServer.newDatabase();
        MySqlTestServer.execute(
                "CREATE TABLE " + database + ".`__items__parts__any` (`rnId` VARCHAR(255) PRIMARY KEY, `made` DATE)",
                "INSERT INTO " + database + ".`__items__parts__any` VALUES ('" + id(1) + "', '2024-01-02'), ('" + id(2)
                        + "', '2024-01-01')");
        try (Pool pool = Korm.pool()
                .layer("postgres", PostgresServer.in(schema))
                .layer("mysql", MySqlTestServer.in(database))
                .open()) {
            for (String layer : List.of("postgres", "mysql")) {
                Query<Document> all = Korm.item(Document.class, pool)
                        .fromQuery(layer, "parts", "any")
                        .orderBy(asc("made"));
                assertThatThrownBy(() -> all.page(5))
                        .isInstanceOf(QueryException.class)
                        .hasMessageContaining("made")
                        .hasMessageContaining("order by another field");
                try (Stream<Item<Document>> items = all.resolvePaths("refers").stream()) {
                    assertThat(items.map(Item::rn))
                            .isEqualTo(all.get().stream().map(Item::rn).toList());
                }
            }
        }
    }
}
