package dev.korm.kalam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.kalam.live.LiveEvent;
import dev.korm.kalam.live.SubscriptionOptions;
import dev.korm.kalam.sql.Pages;
import dev.korm.kalam.sql.QueryRequest;
import dev.korm.kalam.sql.Row;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Texts that would be more than a text if they became part of a statement: values are bound, names are checked, and the id of a user is quoted. */
class HostileTextTest {
    private static final List<String> TEXTS = List.of(
            "o'brien",
            "''",
            "'; DELETE FROM notes WHERE '1'='1",
            "a\" OR \"1\"=\"1",
            "a -- b",
            "a /* b",
            "a\\' OR 1=1",
            "$1",
            "$$",
            "a\nb;\r\nc",
            "x') OR ('1'='1",
            "FILE(\"a\")",
            "%_");
    private static final List<String> NAMES = List.of(
            "", " ", "a b", "a;b", "a'b", "a\"b", "a--b", "a/*b", "a\\b", "a\0b", "a\nb", "a)b", "$1", "ä", "1a");

    private static TestServer server;
    private static KalamClient admin;
    private String space;
    private String table;

    @BeforeAll
    static void open() {
        server = TestServer.open();
        admin = server.as("admin").build();
    }

    @AfterAll
    static void close() {
        admin.close();
        server.close();
    }

    @BeforeEach
    void table() {
        space = TestServer.namespace(admin);
        table = space + ".notes";
        admin.query("CREATE SHARED TABLE " + table + " (id TEXT PRIMARY KEY, body TEXT)");
    }

    @Test
    void values_are_what_they_were_and_touch_nothing_else() {
        for (String text : TEXTS) {
            admin.insert(table, Map.of("id", text, "body", text));
        }
        for (String text : TEXTS) {
            assertThat(admin.queryOne("SELECT body FROM " + table + " WHERE id = $1", text)
                            .orElseThrow()
                            .getString("body"))
                    .isEqualTo(text);
            assertThat(admin.update(table, text, Map.of("body", text + "!")))
                    .as(text)
                    .isOne();
        }
        assertThat(admin.pages(Pages.of(table, "id").where("body <> $1", "none").size(2)))
                .extracting(row -> row.getString("body"))
                .containsExactlyInAnyOrderElementsOf(
                        TEXTS.stream().map(text -> text + "!").toList());
        assertThat(admin.delete(table, TEXTS.get(2))).isOne();
        assertThat(admin.queryAll("SELECT id FROM " + table)).hasSize(TEXTS.size() - 1);
    }

    @Test
    void names_that_are_none_are_refused_wherever_one_is_given() {
        for (String name : NAMES) {
            refused(name, () -> admin.insert(name, Map.of("id", "a")));
            refused(name, () -> admin.insert(table, Map.of(name, "a")));
            refused(name, () -> admin.update(table, name, "a", Map.of("body", "b")));
            refused(name, () -> admin.delete(name, "a"));
            refused(name, () -> Pages.of(name, "id"));
            refused(name, () -> Pages.of(table, name));
            refused(name, () -> Pages.of(table, "id", name));
            refused(name, () -> QueryRequest.of("SELECT 1").namespace(name));
            refused(name, () -> QueryRequest.of("SELECT 1").table(name));
            refused(name, () -> admin.live()
                    .subscribe(space + "." + name, SubscriptionOptions.snapshot(), event -> {}));
            refused(name, () -> admin.topics().create(name, 1));
            refused(name, () -> admin.topics().create(space + "." + name + "--", 1));
            refused(name, () -> admin.topics().drop(name));
            refused(name, () -> admin.topics().clear(name));
            refused(name, () -> dev.korm.kalam.layer.Kalam.namespace(server.url(), name));
        }
        refused("a.b--c", () -> admin.topics().drop("a.b--c"));
    }

    private static void refused(String name, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call).as(name).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void the_id_of_a_user_is_that_user_or_refused() {
        for (String id : List.of(
                "o'brien", "''", "a' (SELECT 2) --", "a\"b", "a;b", "a -- b", "a * b", "a) b", "a\nb", "$1", "%_")) {
            assertThat(admin.asUser(id).query("SELECT 1 AS a").first().asUser()).isEqualTo(id);
        }
        for (String id : List.of("", " ", " alice", "alice\n", "a\\", "a\0b", "../a", "a/b")) {
            refused(id, () -> admin.asUser(id));
        }
    }

    @Test
    void a_statement_as_another_user_holds_no_literal_that_ends_elsewhere_and_no_comment() {
        for (String hostile : List.of(
                "SELECT E'\\'' ); DELETE FROM t WHERE (x = ''' )",
                "SELECT e'\\' AS a",
                "SELECT $$'$$ ); DELETE FROM t WHERE ('a' = 'a'')'",
                "SELECT $a$ ) $a$",
                "-- nothing",
                "/* nothing */ ;")) {
            refused(hostile, () -> admin.asUser("alice").query(hostile));
        }
        assertThat(QueryRequest.of("SELECT '--' AS a, '\\' AS \"b--\" /* ' ( */ -- ) '\n, $1 AS c ; -- end", "x")
                        .asUser("alice")
                        .sql())
                .isEqualTo("EXECUTE AS USER 'alice' (SELECT '--' AS a, '\\' AS \"b--\"    \n, $1 AS c\n)");
    }

    @Test
    void the_literals_of_a_live_filter_are_texts() throws InterruptedException {
        for (String text : TEXTS) {
            BlockingQueue<LiveEvent> events = new LinkedBlockingQueue<>();
            String literal = "'" + text.replace("'", "''") + "'";
            try (KalamClient client = server.as("admin").build()) {
                client.live()
                        .subscribeSql(
                                "SELECT * FROM " + table + " WHERE body = " + literal,
                                SubscriptionOptions.changesOnly(),
                                events::add);
                assertThat(events.poll(30, TimeUnit.SECONDS)).isInstanceOf(LiveEvent.Ack.class);
                admin.insert(table, Map.of("id", "other " + text, "body", "another"));
                admin.insert(table, Map.of("id", "this " + text, "body", text));
                List<Row> rows = List.of();
                while (rows.isEmpty()) {
                    LiveEvent event = events.poll(30, TimeUnit.SECONDS);
                    assertThat(event).as("an event for %s", text).isNotNull();
                    if (event instanceof LiveEvent.Inserted inserted) {
                        rows = inserted.rows();
                    }
                }
                assertThat(rows).extracting(row -> row.getString("id")).containsExactly("this " + text);
            }
        }
    }
}
