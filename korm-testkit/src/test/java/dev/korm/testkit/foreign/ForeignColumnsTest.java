package dev.korm.testkit.foreign;

import static dev.korm.Assignment.set;
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
import dev.korm.ValueException;
import dev.korm.jdbc.MySql;
import dev.korm.jdbc.Sqlite;
import dev.korm.spi.Layer;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.TableSchema;
import dev.korm.testkit.memory.MemoryLayer;
import dev.korm.testkit.mysql.MySqlTestServer;
import dev.korm.testkit.postgres.PostgresServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables of other programs, with columns of types that korm does not write. */
@NullUnmarked // Tests dereference what they expect to be there.
class ForeignColumnsTest {
    @TempDir
    Path folder;

    private final String schema = PostgresServer.newSchema();
    private final String database = MySqlTestServer.newDatabase();

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

    /** Tables with a column of each way in which a database fills one in, one in each database. */
    private Pool filled() throws SQLException {
        execute(
                "CREATE TABLE \"__items__parts__filled\" (\"rnId\" ID_TEXT PRIMARY KEY, \"name\" TEXT, \"price\" REAL DEFAULT 5,"
                        + " \"state\" TEXT NOT NULL DEFAULT 'new', \"doubled\" REAL GENERATED ALWAYS AS (\"price\" * 2),"
                        + " \"stored\" REAL GENERATED ALWAYS AS (\"price\" * 3) STORED, \"odd\" NUMERIC)");
        PostgresServer.execute(
                "CREATE TYPE " + schema + ".mood AS ENUM ('sad', 'glad')",
                "CREATE TABLE " + schema + ".\"__items__parts__filled\" (\"rnId\" TEXT PRIMARY KEY, \"name\" TEXT,"
                        + " \"price\" DOUBLE PRECISION DEFAULT 5, \"state\" TEXT NOT NULL DEFAULT 'new',"
                        + " \"doubled\" DOUBLE PRECISION GENERATED ALWAYS AS (\"price\" * 2) STORED,"
                        + " \"number\" BIGINT GENERATED BY DEFAULT AS IDENTITY, \"always\" BIGINT GENERATED ALWAYS AS IDENTITY,"
                        + " \"made\" DATE, \"at\" TIMESTAMPTZ DEFAULT now(), \"odd\" " + schema + ".mood)");
        MySqlTestServer.execute("CREATE TABLE " + database
                + ".`__items__parts__filled` (`rnId` VARCHAR(255) PRIMARY KEY, `name` TEXT,"
                + " `price` DOUBLE DEFAULT 5, `state` VARCHAR(20) NOT NULL DEFAULT 'new',"
                + " `doubled` DOUBLE GENERATED ALWAYS AS (`price` * 2) VIRTUAL,"
                + " `stored` DOUBLE GENERATED ALWAYS AS (`price` * 3) STORED, `number` BIGINT AUTO_INCREMENT UNIQUE,"
                + " `made` DATE, `at` DATETIME(6) DEFAULT CURRENT_TIMESTAMP(6), `odd` ENUM('sad', 'glad'))");
        return Korm.pool()
                .layer("sqlite", Sqlite.file(file()))
                .layer("postgres", PostgresServer.in(schema))
                .layer("mysql", MySqlTestServer.in(database))
                .layer("memory", MemoryLayer.create())
                .open();
    }

    /** Gives every row values that no document can write. */
    private void change(String layer) throws SQLException {
        switch (layer) {
            case "sqlite" -> execute("UPDATE \"__items__parts__filled\" SET \"odd\" = 'glad'");
            case "postgres" ->
                PostgresServer.execute("UPDATE " + schema
                        + ".\"__items__parts__filled\" SET \"odd\" = 'glad', \"made\" = '2024-02-29'");
            default ->
                MySqlTestServer.execute(
                        "UPDATE " + database + ".`__items__parts__filled` SET `odd` = 'glad', `made` = '2024-02-29'");
        }
    }

    private static final List<String> DATABASES = List.of("sqlite", "postgres", "mysql");

    record Part(
            String name,
            @Nullable Double price,
            @Nullable String state,
            @Nullable Double doubled) {}

    record Named(String name) {}

    @Test
    void what_a_document_does_not_name_the_database_fills_in() throws SQLException {
        try (Pool pool = filled()) {
            for (String layer : DATABASES) {
                Items<Document> parts = Korm.item(Document.class, pool);
                Item<Document> bare = parts.fromData(layer, "parts", "filled", Document.of(Map.of("name", "a")))
                        .create()
                        .reload();
                assertThat(bare.data().doubleValue("price")).as(layer).isEqualTo(5);
                assertThat(bare.data().text("state")).isEqualTo("new");
                assertThat(bare.data().doubleValue("doubled")).isEqualTo(10);
                assertThat(bare.data().has("number")).isEqualTo(!layer.equals("sqlite"));
                assertThat(bare.data().has("at")).isEqualTo(!layer.equals("sqlite"));
                Map<String, Object> nothing = new HashMap<>();
                nothing.put("price", null);
                nothing.put("state", null);
                Document none = parts.fromData(layer, "parts", "filled", Document.of(nothing))
                        .create()
                        .reload()
                        .data();
                assertThat(none.has("price")).isFalse();
                assertThat(none.text("state")).isEqualTo("new");
                assertThat(none.has("doubled")).isFalse();
                Document given = Document.of(Map.of("price", 7.5, "state", "old"));
                Item<Document> named =
                        parts.fromData(layer, "parts", "filled", given).create();
                assertThat(named.reload().data().doubleValue("doubled")).isEqualTo(15);
                assertThat(named.reload().data().text("state")).isEqualTo("old");
                assertThat(named.set("price", 1.5).commit().reload().data().doubleValue("doubled"))
                        .isEqualTo(3);
                assertThat(parts.fromQuery(layer, "parts", "filled")
                                .where(eq("doubled", 10))
                                .count())
                        .isEqualTo(1);
                Korm.createAll(List.of(
                        parts.fromData(layer, "parts", "filled", Document.of(Map.of("name", "x"))),
                        parts.fromData(layer, "parts", "filled", Document.of(Map.of("name", "y", "price", 1.0)))));
                assertThat(parts.fromQuery(layer, "parts", "filled")
                                .where(eq("name", "x"))
                                .get())
                        .extracting(item -> item.data().doubleValue("price"))
                        .containsExactly(5.0);
            }
        }
    }

    @Test
    void what_only_the_database_writes_is_read_and_never_written() throws SQLException {
        try (Pool pool = filled()) {
            for (String layer : DATABASES) {
                Items<Document> documents = Korm.item(Document.class, pool);
                Item<Document> document = documents
                        .fromData(layer, "parts", "filled", Document.of(Map.of("name", "a")))
                        .create()
                        .reload();
                for (ThrowingCallable written : List.<ThrowingCallable>of(
                        () -> documents
                                .fromData(layer, "parts", "filled", Document.of(Map.of("doubled", 4.0)))
                                .create(),
                        () -> document.set("doubled", 4.0).commit(),
                        () -> documents
                                .fromQuery(layer, "parts", "filled")
                                .where(eq("name", "a"))
                                .updateAll(set("doubled", 4.0)),
                        () -> Korm.item(Part.class, pool)
                                .fromData(layer, "parts", "filled", new Part("b", 1.0, "s", 4.0))
                                .create())) {
                    assertThatThrownBy(written)
                            .as(layer)
                            .isInstanceOf(ValueException.class)
                            .hasMessageContaining("doubled")
                            .hasMessageContaining("database");
                }
                Document replaced = Document.of(Map.of("name", "b", "state", "kept", "price", 3.0));
                assertThat(document.update(old -> replaced)
                                .commit()
                                .reload()
                                .data()
                                .doubleValue("doubled"))
                        .isEqualTo(6);
                Items<Part> parts = Korm.item(Part.class, pool);
                Item<Part> part = parts.fromData(layer, "parts", "filled", new Part("c", 2.0, null, null))
                        .create()
                        .reload();
                assertThat(part.data()).isEqualTo(new Part("c", 2.0, "new", 4.0));
                assertThat(part.set(Part::price, 8.0).commit().reload().data())
                        .isEqualTo(new Part("c", 8.0, "new", 16.0));
                assertThatThrownBy(() -> part.reload().set(Part::doubled, 1.0).commit())
                        .isInstanceOf(ValueException.class);
                assertThatThrownBy(() -> parts.fromQuery(layer, "parts", "filled")
                                .where(eq("name", "c"))
                                .updateAll(set(Part::doubled, 1.0)))
                        .isInstanceOf(ValueException.class);
            }
        }
    }

    @Test
    void an_item_is_restored_with_all_that_its_row_held() throws SQLException {
        try (Pool pool = filled()) {
            for (String layer : DATABASES) {
                Items<Document> documents = Korm.item(Document.class, pool);
                Map<String, Object> data = Map.of("name", "a", "price", 2.0, "state", "used");
                Rn<Document> rn = documents
                        .fromData(layer, "parts", "filled", Document.of(data))
                        .create()
                        .rn();
                change(layer);
                Item<Document> item = documents.fromRn(rn).get();
                assertThat(item.data().text("odd")).isEqualTo("glad");
                assertThat(item.data().has("made")).isEqualTo(!layer.equals("sqlite"));
                Document before = item.data().without("always");
                item.delete().restore();
                assertThat(item.reload().data().without("always")).as(layer).isEqualTo(before);
                Items<Named> named = Korm.item(Named.class, pool);
                named.fromRn(item.rn().toString()).get().delete().restore();
                assertThat(item.reload().data().without("always")).as(layer).isEqualTo(before);
                named.fromRn(item.rn().toString())
                        .get()
                        .set(Named::name, "b")
                        .commit()
                        .delete()
                        .restore();
                assertThat(item.reload().data().without("always")).isEqualTo(before.with("name", "b"));
            }
        }
    }

    @Test
    void a_generated_column_goes_only_where_there_is_one_like_it() throws SQLException {
        try (Pool pool = filled()) {
            Items<Document> documents = Korm.item(Document.class, pool);
            for (String layer : DATABASES) {
                documents
                        .fromData(layer, "parts", "filled", Document.of(Map.of("name", "a", "price", 2.0)))
                        .create();
                assertThatThrownBy(() -> Korm.collection(Document.class, pool)
                                .from(layer, "parts", "filled")
                                .to("memory")
                                .copy())
                        .as(layer)
                        .isInstanceOf(SchemaException.class)
                        .hasMessageContaining("doubled");
                assertThat(documents.fromQuery("memory", "parts", "filled").count())
                        .isZero();
            }
        }
    }

    @Test
    void a_copy_holds_what_the_source_held_whatever_the_target_would_fill_in() throws SQLException {
        String columns =
                "\"name\" TEXT, \"price\" DOUBLE PRECISION DEFAULT 5, \"doubled\" DOUBLE PRECISION GENERATED ALWAYS"
                        + " AS (\"price\" * 2) STORED";
        execute("CREATE TABLE \"__items__parts__twin\" (\"rnId\" ID_TEXT PRIMARY KEY, " + columns + ")");
        PostgresServer.execute("CREATE TABLE " + schema + ".\"__items__parts__twin\" (\"rnId\" TEXT PRIMARY KEY, "
                + columns + ", \"more\" TEXT DEFAULT 'x')");
        try (Pool pool = Korm.pool()
                .layer("sqlite", Sqlite.file(file()))
                .layer("postgres", PostgresServer.in(schema))
                .open()) {
            Items<Document> documents = Korm.item(Document.class, pool);
            Map<String, Object> nothing = new HashMap<>();
            nothing.put("price", null);
            documents.fromData("sqlite", "parts", "twin", Document.of(nothing)).create();
            documents
                    .fromData("sqlite", "parts", "twin", Document.of(Map.of("name", "a")))
                    .create();
            assertThat(Korm.collection(Document.class, pool)
                            .from("sqlite", "parts", "twin")
                            .to("postgres")
                            .move()
                            .items())
                    .isEqualTo(2);
            assertThat(documents.fromQuery("postgres", "parts", "twin").get())
                    .extracting(Item::data)
                    .containsExactlyInAnyOrder(
                            Document.of(Map.of("more", "x")),
                            Document.of(Map.of("name", "a", "price", 5.0, "doubled", 10.0, "more", "x")));
        }
    }

    private static TableSchema shape(TableName table, String... columns) {
        List<ColumnSchema> all = new ArrayList<>(List.of(new ColumnSchema(TableName.ID, ColumnKind.ID)));
        for (String column : columns) {
            all.add(new ColumnSchema(column, ColumnKind.TEXT));
        }
        all.add(new ColumnSchema(TableName.REVISION, ColumnKind.INTEGER));
        return new TableSchema(table, all, List.of());
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
        PostgresServer.execute(
                "CREATE TABLE " + schema + ".\"__items__parts__any\" (\"rnId\" TEXT PRIMARY KEY, \"made\" DATE)",
                "INSERT INTO " + schema + ".\"__items__parts__any\" VALUES ('" + id(1) + "', '2024-01-02'), ('" + id(2)
                        + "', '2024-01-01')");
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
