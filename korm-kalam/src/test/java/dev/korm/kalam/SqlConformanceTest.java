package dev.korm.kalam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.kalam.error.KalamAuthException;
import dev.korm.kalam.error.KalamConflictException;
import dev.korm.kalam.error.KalamHttpException;
import dev.korm.kalam.sql.ColumnOrder;
import dev.korm.kalam.sql.Pages;
import dev.korm.kalam.sql.QueryRequest;
import dev.korm.kalam.sql.QueryResponse;
import dev.korm.kalam.sql.QueryResult;
import dev.korm.kalam.sql.Row;
import dev.korm.kalam.sql.SchemaField;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** SQL over HTTP as the specification says it, named by its rows; runs against any server. */
class SqlConformanceTest {
    private static final ExecutorService THREADS = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "racer");
        thread.setDaemon(true);
        return thread;
    });
    private static TestServer server;
    private static KalamClient admin;
    private static KalamClient alice;
    private String space;

    public record Note(String id, String body, Optional<Integer> stars) {}

    @BeforeAll
    static void open() {
        server = TestServer.open();
        admin = server.as("admin").build();
        alice = server.as("alice").build();
    }

    @AfterAll
    static void close() {
        THREADS.shutdownNow();
        alice.close();
        admin.close();
        server.close();
    }

    @BeforeEach
    void table() {
        space = TestServer.namespace(admin);
        admin.query("CREATE SHARED TABLE " + space + ".notes (id TEXT PRIMARY KEY, body TEXT, stars INT)");
        admin.query("CREATE USER TABLE " + space + ".own (id BIGINT PRIMARY KEY, body TEXT)");
    }

    @Test
    void P4_a_statement_with_parameters_returns_typed_rows() {
        admin.insert(space + ".notes", Map.of("id", "a", "body", "it's", "stars", 3));
        QueryResponse response = admin.query("SELECT id, body, stars FROM " + space + ".notes WHERE id = $1", "a");
        assertThat(response.rowCount()).isEqualTo(1);
        assertThat(response.first().schema()).extracting("name").containsExactly("id", "body", "stars");
        assertThat(response.first().schema().get(0).isPrimaryKey()).isTrue();
        assertThat(response.first().asUser()).isEqualTo("admin");
        assertThat(response.rows().get(0).getString("body")).isEqualTo("it's");
        assertThat(response.rows().get(0).getInt("stars")).isEqualTo(3);
    }

    @Test
    void L31_L32_rows_become_records() {
        Map<String, Object> without = new HashMap<>();
        without.put("id", "b");
        without.put("body", "x");
        without.put("stars", null);
        admin.insert(space + ".notes", Map.of("id", "a", "body", "x", "stars", 3));
        admin.insert(space + ".notes", without);
        assertThat(admin.queryAll(Note.class, "SELECT id, body, stars FROM " + space + ".notes"))
                .containsExactly(new Note("a", "x", Optional.of(3)), new Note("b", "x", Optional.empty()));
        assertThat(admin.queryOne(Note.class, "SELECT id, body, stars FROM " + space + ".notes WHERE id = $1", "none"))
                .isEmpty();
    }

    @Test
    void P5_values_keep_their_types() {
        admin.query("CREATE SHARED TABLE " + space
                + ".types (id BIGINT PRIMARY KEY, b BOOLEAN, s SMALLINT, i INT, d DOUBLE,"
                + " dc DECIMAL(10,2), t TEXT, j JSON, ts TIMESTAMP, da DATE, ti TIME, e EMBEDDING(2))");
        Map<String, Object> values = new HashMap<>();
        values.put("id", Long.MAX_VALUE);
        values.put("b", true);
        values.put("s", (short) -7);
        values.put("i", Integer.MIN_VALUE);
        values.put("d", 0.1);
        values.put("dc", new BigDecimal("-200.75"));
        values.put("t", "ä€😀'\"\\");
        values.put("j", Map.of("a", List.of(1, 2)));
        values.put("ts", Instant.parse("2026-01-31T12:30:00.123456Z"));
        values.put("da", LocalDate.of(2026, 1, 31));
        values.put("ti", LocalTime.of(12, 30, 1));
        values.put("e", new float[] {0.5f, -1f});
        admin.insert(space + ".types", values);
        Row row = admin.queryOne("SELECT * FROM " + space + ".types").orElseThrow();
        assertThat(row.getLong("id")).isEqualTo(Long.MAX_VALUE);
        assertThat(row.getBoolean("b")).isTrue();
        assertThat(row.getInt("s")).isEqualTo(-7);
        assertThat(row.getInt("i")).isEqualTo(Integer.MIN_VALUE);
        assertThat(row.getDouble("d")).isEqualTo(0.1);
        assertThat(row.getDecimal("dc")).isEqualByComparingTo("-200.75");
        assertThat(row.getString("t")).isEqualTo("ä€😀'\"\\");
        assertThat(row.get("j", tools.jackson.databind.JsonNode.class)
                        .path("a")
                        .get(1)
                        .asInt())
                .isEqualTo(2);
        assertThat(row.getInstant("ts")).isEqualTo(Instant.parse("2026-01-31T12:30:00.123456Z"));
        assertThat(row.getDate("da")).isEqualTo(LocalDate.of(2026, 1, 31));
        assertThat(row.getTime("ti")).isEqualTo(LocalTime.of(12, 30, 1));
        assertThat(row.getEmbedding("e")).containsExactly(0.5f, -1f);
        assertThat(row.seq()).isPresent();
    }

    @Test
    void L60_L61_L62_columns_are_brought_into_an_order_for_screens() {
        ColumnOrder order = ColumnOrder.of("c", "missing", "a");
        assertThat(order.sort(List.of("a", "b", "c", "d"))).containsExactly("c", "a", "b", "d");
        QueryResponse sorted = order.sort(admin.query("SELECT 1 AS a, NULL AS b, 'x' AS c"));
        QueryResult result = sorted.first();
        assertThat(result.schema()).extracting(SchemaField::name).containsExactly("c", "a", "b");
        assertThat(result.schema()).extracting(SchemaField::index).containsExactly(0, 1, 2);
        Row row = result.rows().get(0);
        assertThat(row.asMap().keySet()).containsExactly("c", "a", "b");
        assertThat(row.getString("c")).isEqualTo("x");
        assertThat(row.getLong("a")).isEqualTo(1);
        assertThat(row.isNull("b")).isTrue();
        assertThat(result.rowCount()).isEqualTo(1);
        QueryResult other = admin.query("SELECT 'y' AS c, 2 AS a").first();
        assertThat(order.sort(new QueryResponse(List.of(result, other), 1)).results())
                .allSatisfy(each -> assertThat(each.schema().get(0).name()).isEqualTo("c"))
                .hasSize(2);
        QueryResult stored = ColumnOrder.of("body")
                .sort(admin.query("SELECT id, body FROM " + space + ".notes"))
                .first();
        assertThat(stored.schema().get(0).flags()).isEmpty();
        assertThat(stored.schema().get(1).flags())
                .as("those of the primary key stay with it")
                .isNotEmpty();
        assertThat(ColumnOrder.SYSTEM_TABLES.sort(List.of("namespace", "other", "table_name")))
                .containsExactly("table_name", "namespace", "other");
    }

    @Test
    void L33_statements_are_executed_as_another_user() {
        admin.asUser("alice").insert(space + ".own", Map.of("id", 1, "body", "alice's"));
        try (KalamClient bob = server.as("bob").build()) {
            // Of an admin nothing is said: servers before 0.4.3 show him the rows of all.
            assertThat(bob.queryAll("SELECT id FROM " + space + ".own")).isEmpty();
        }
        assertThat(alice.queryOne("SELECT id FROM " + space + ".own")).isPresent();
        QueryResponse response = admin.executeAsUser("alice", "SELECT body FROM " + space + ".own WHERE id = $1;", 1);
        assertThat(response.first().asUser()).isEqualTo("alice");
        assertThat(response.rows()).hasSize(1);
        assertThatThrownBy(() -> alice.executeAsUser("admin", "SELECT 1")).isInstanceOf(KalamAuthException.class);
    }

    @Test
    void L34_L72_a_taken_key_is_a_conflict() {
        admin.insert(space + ".notes", Map.of("id", "a", "body", "secret"));
        assertThatThrownBy(() -> admin.insert(space + ".notes", Map.of("id", "a", "body", "other")))
                .isInstanceOf(KalamConflictException.class)
                .hasMessageNotContaining("'a'");
        assertThat(admin.insertIfAbsent(space + ".notes", Map.of("id", "a", "body", "other")))
                .isFalse();
        assertThat(admin.insertIfAbsent(space + ".notes", Map.of("id", "b", "body", "other")))
                .isTrue();
    }

    @Test
    void P0_2_of_several_who_insert_a_key_at_one_time_one_is_let_through() throws Exception {
        for (int round = 0; round < 20; round++) {
            String key = "k" + round;
            List<java.util.concurrent.CompletableFuture<Boolean>> racers = IntStream.range(0, 8)
                    .mapToObj(i -> java.util.concurrent.CompletableFuture.supplyAsync(
                            () -> admin.insertIfAbsent(space + ".notes", Map.of("id", key, "stars", i)), THREADS))
                    .toList();
            int winners = 0;
            for (var each : racers) {
                winners += each.get() ? 1 : 0;
            }
            assertThat(winners)
                    .as("round %d; servers before 0.4.3 let several through", round)
                    .isEqualTo(1);
        }
    }

    @Test
    void L34_many_rows_are_inserted_in_statements_of_50_parameters() {
        List<Map<String, Object>> rows = new ArrayList<>();
        IntStream.range(0, 120).forEach(i -> rows.add(Map.of("id", "k" + i, "body", "b", "stars", i)));
        assertThat(admin.insertAll(space + ".notes", rows)).isEqualTo(120);
        assertThat(admin.queryOne("SELECT count(*) AS n FROM " + space + ".notes")
                        .orElseThrow()
                        .getLong("n"))
                .isEqualTo(120);
    }

    @Test
    void L34_rows_of_any_size_are_inserted_in_requests_that_the_server_takes() {
        String large = "\"\\ \u0001é".repeat(60_000);
        List<Map<String, Object>> rows = new ArrayList<>();
        IntStream.range(0, 8).forEach(i -> rows.add(Map.of("id", "k" + i, "body", large)));
        IntStream.range(8, 40).forEach(i -> rows.add(Map.of("id", "k" + i, "body", "short")));
        assertThat(admin.insertAll(space + ".notes", rows)).isEqualTo(40);
        assertThat(admin.queryAll("SELECT id FROM " + space + ".notes WHERE length(body) = " + large.length()))
                .hasSize(8);
        assertThatThrownBy(() -> admin.query("SELECT $1, $2, $3, $4", large, large, large, large))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2097152");
    }

    @Test
    void L35_S73_an_update_counts_what_changed() {
        admin.insert(space + ".notes", Map.of("id", "a", "body", "x", "stars", 1));
        assertThat(admin.update(space + ".notes", "a", Map.of("body", "y"))).isEqualTo(1);
        assertThat(admin.update(space + ".notes", "a", Map.of("body", "y"))).isZero();
        assertThat(admin.update(space + ".notes", "none", Map.of("body", "y"))).isZero();
    }

    @Test
    void L36_S07_S09_S70_a_deleted_row_is_hidden_and_marked() {
        admin.insert(space + ".notes", Map.of("id", "select 'x", "body", "x", "stars", 1));
        assertThat(admin.delete(space + ".notes", "select 'x")).isEqualTo(1);
        assertThat(admin.delete(space + ".notes", "select 'x")).isZero();
        assertThat(admin.queryAll("SELECT id FROM " + space + ".notes")).isEmpty();
        assertThat(admin.queryAll("SELECT id FROM " + space + ".notes WHERE _deleted = true"))
                .hasSize(1);
    }

    @Test
    void S74_a_delete_takes_any_predicate() {
        admin.insertAll(space + ".notes", List.of(Map.of("id", "a1"), Map.of("id", "a2"), Map.of("id", "b1")));
        assertThat(admin.query("DELETE FROM " + space + ".notes WHERE id LIKE $1", "a%")
                        .rowCount())
                .isEqualTo(2);
    }

    @Test
    void P1_2_rows_are_cut_at_50_and_1000_and_pages_read_all() {
        StringBuilder tuples = new StringBuilder();
        for (int i = 0; i < 2500; i++) {
            tuples.append(i == 0 ? "" : ", ")
                    .append("('k")
                    .append(i * 7919 % 2500)
                    .append("', ")
                    .append(i)
                    .append(')');
        }
        admin.query("INSERT INTO " + space + ".notes (id, stars) VALUES " + tuples);
        QueryResponse cut = admin.query("SELECT id FROM " + space + ".notes");
        assertThat(cut.rows()).hasSize(50);
        assertThat(cut.first().mayBeCut()).isTrue();
        assertThat(admin.queryAll("SELECT id FROM " + space + ".notes LIMIT 2000"))
                .hasSize(1000);
        assertThat(admin.pages(Pages.of(space + ".notes", "id", "stars").size(300))
                        .map(row -> row.getString("id"))
                        .distinct())
                .hasSize(2500);
        assertThat(admin.pages(Pages.of(space + ".notes", "id").where("stars >= $1", 100)))
                .hasSize(2400);
    }

    @Test
    void P0_5_an_order_with_a_limit_is_lost_unless_the_key_is_aliased() {
        admin.query("INSERT INTO " + space + ".notes (id, stars) VALUES ('a', 1), ('b', 3), ('c', 2)");
        assertThat(admin.queryAll("SELECT id, stars FROM " + space + ".notes ORDER BY stars DESC LIMIT 2"))
                .extracting(row -> row.getString("id"))
                .containsExactly("b", "c");
        assertThat(admin.queryAll("SELECT id AS k, stars FROM " + space + ".notes ORDER BY stars LIMIT 3"))
                .extracting(row -> row.getString("k"))
                .containsExactly("a", "c", "b");
        assertThat(admin.queryAll("SELECT id, stars FROM " + space + ".notes ORDER BY stars LIMIT 3"))
                .extracting(row -> row.getString("id"))
                .containsExactly("a", "b", "c");
    }

    @Test
    void P4_2_results_of_several_statements_are_merged() {
        QueryResponse response = admin.query("INSERT INTO " + space + ".notes (id) VALUES ('a'); INSERT INTO " + space
                + ".notes (id) VALUES ('b'); SELECT id FROM " + space + ".notes");
        assertThat(response.results()).hasSize(2);
        assertThat(response.rows()).hasSize(2);
        assertThat(response.results().get(1).rowCount()).isEqualTo(2);
        assertThatThrownBy(() -> admin.query("SELECT $1; SELECT 2", 1))
                .isInstanceOfSatisfying(
                        KalamHttpException.class, e -> assertThat(e.code()).isEqualTo("PARAMS_WITH_BATCH"));
    }

    @Test
    void P6_6_a_transaction_of_one_request_is_committed_or_not() {
        admin.query("BEGIN; INSERT INTO " + space + ".notes (id, stars) VALUES ('a', 1); UPDATE " + space
                + ".notes SET stars = 2 WHERE id = 'a'; COMMIT;");
        assertThat(admin.queryOne("SELECT stars FROM " + space + ".notes")
                        .orElseThrow()
                        .getInt("stars"))
                .isEqualTo(2);
        assertThatThrownBy(() -> admin.query("BEGIN; INSERT INTO " + space + ".notes (id) VALUES ('b'); INSERT INTO "
                        + space + ".notes (id) VALUES ('a'); COMMIT;"))
                .isInstanceOf(KalamConflictException.class)
                .satisfies(e -> assertThat(((KalamConflictException) e).mayHaveHappened())
                        .isTrue());
        assertThatThrownBy(() -> admin.query("BEGIN; INSERT INTO " + space + ".notes (id) VALUES ('c')"))
                .isInstanceOf(KalamHttpException.class);
        assertThat(admin.queryAll("SELECT id FROM " + space + ".notes")).hasSize(1);
    }

    @Test
    void P0_3_a_commit_that_fails_may_leave_its_first_writes() {
        admin.query("CREATE TABLE " + space + ".strict (id TEXT PRIMARY KEY, body TEXT NOT NULL)");
        admin.insert(space + ".strict", Map.of("id", "a", "body", "x"));
        assertThatThrownBy(() -> admin.query("BEGIN; INSERT INTO " + space + ".notes (id) VALUES ('half'); UPDATE "
                        + space + ".strict SET body = NULL WHERE id = 'a'; COMMIT;"))
                .isInstanceOfSatisfying(KalamHttpException.class, e -> assertThat(e.mayHaveHappened())
                        .isTrue());
        assertThat(admin.queryOne("SELECT id FROM " + space + ".notes WHERE id = 'half'"))
                .as("what the error said may have happened has happened")
                .isPresent();
    }

    @Test
    void P0_1_a_flush_brings_a_deleted_row_back() {
        admin.insert(space + ".notes", Map.of("id", "a", "body", "x"));
        admin.query("STORAGE FLUSH TABLE " + space + ".notes");
        admin.delete(space + ".notes", "a");
        assertThat(admin.queryAll("SELECT id FROM " + space + ".notes")).isEmpty();
        admin.insert(space + ".notes", Map.of("id", "b", "body", "x"));
        admin.query("STORAGE FLUSH TABLE " + space + ".notes");
        Polling.await()
                .until(() ->
                        admin.queryAll("SELECT id FROM " + space + ".notes").size() == 2);
    }

    @Test
    void P4_4_errors_are_typed() {
        assertThatThrownBy(() -> admin.query("SELECT * FROM " + space + ".missing"))
                .isInstanceOfSatisfying(KalamHttpException.class, e -> {
                    assertThat(e.status()).isEqualTo(400);
                    assertThat(e.code()).isEqualTo("SQL_EXECUTION_ERROR");
                });
        assertThatThrownBy(() -> admin.query("GRANT x"))
                .isInstanceOfSatisfying(
                        KalamHttpException.class, e -> assertThat(e.code()).isEqualTo("INVALID_SQL"));
        assertThatThrownBy(() -> alice.query("CREATE NAMESPACE nope")).isInstanceOf(KalamAuthException.class);
        assertThatThrownBy(() -> alice.insert(space + ".notes", Map.of("id", "a")))
                .isInstanceOf(KalamAuthException.class);
    }

    @Test
    void P4_1_a_namespace_stands_for_bare_names() {
        admin.insert(space + ".notes", Map.of("id", "a"));
        assertThat(admin.query(QueryRequest.of("SELECT id FROM notes").namespace(space))
                        .rows())
                .hasSize(1);
    }

    @Test
    void S69_many_threads_use_one_client() throws Exception {
        List<java.util.concurrent.CompletableFuture<QueryResponse>> all = IntStream.range(0, 100)
                .mapToObj(i ->
                        admin.queryAsync("INSERT INTO " + space + ".notes (id, stars) VALUES ($1, $2)", "k" + i, i))
                .toList();
        for (var each : all) {
            assertThat(each.get().rowCount()).isEqualTo(1);
        }
    }

    @Test
    void L33_a_statement_does_not_leave_the_parenthesis_of_the_other_user() {
        for (String hostile : List.of(
                "SELECT 1); DELETE FROM t WHERE (1 = 1",
                "SELECT 1; SELECT 2",
                "SELECT 'a",
                "SELECT (1",
                "SELECT 1 /*",
                ";")) {
            assertThatThrownBy(() -> admin.asUser("alice").query(hostile))
                    .as(hostile)
                    .isInstanceOf(IllegalArgumentException.class);
        }
        // Servers before 0.4.3 know no user that was not created.
        String brien = "o'brien" + System.nanoTime();
        admin.query("CREATE USER '" + brien.replace("'", "''") + "' WITH PASSWORD 'Local-123-korm' ROLE user");
        assertThat(admin.asUser(brien).query("SELECT ';)' AS a -- ;)").first().asUser())
                .isEqualTo(brien);
        String large = "y".repeat(200_000);
        assertThat(admin.asUser("alice")
                        .queryOne("SELECT '" + large + "' AS a /* AS TEXT) * */")
                        .orElseThrow()
                        .getString("a"))
                .isEqualTo(large);
    }

    @Test
    void L30_names_and_parameters_are_checked_before_they_are_sent() {
        for (String name : List.of("", "a b", "a.b.c", "a;b", "a\"b", "1a", "_a", "x".repeat(65))) {
            assertThatThrownBy(() -> admin.insert(name, Map.of("id", "a")))
                    .as(name)
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> admin.update(space + ".notes", "a", Map.of(name, 1)))
                    .as(name)
                    .isInstanceOf(IllegalArgumentException.class);
        }
        for (Object value :
                new Object[] {Double.NaN, Float.NEGATIVE_INFINITY, new byte[1], new Object(), "x".repeat(600_000)}) {
            assertThatThrownBy(() -> admin.query("SELECT $1", value)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> admin.query("SELECT 1", new Object[51])).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> admin.query(" ")).isInstanceOf(IllegalArgumentException.class);
    }
}
