package dev.korm.testkit;

import static dev.korm.Order.asc;
import static dev.korm.Order.desc;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.Document;
import dev.korm.Item;
import dev.korm.Korm;
import dev.korm.Order;
import dev.korm.Page;
import dev.korm.Pool;
import dev.korm.Query;
import dev.korm.QueryException;
import dev.korm.Rn;
import dev.korm.jdbc.Sqlite;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
