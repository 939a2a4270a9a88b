package dev.korm.testkit.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Stored;
import dev.korm.event.PoolListener;
import dev.korm.event.SentStatement;
import dev.korm.event.StatementEnd;
import dev.korm.testkit.postgres.PostgresServer;
import java.sql.Connection;
import java.sql.Statement;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A query that fails as it is sent, before there is a cursor whose end would be told. */
class FailedStatementTest {
    @Stored(namespace = "texts", kind = "note")
    record Note(String text) {}

    @Test
    void a_query_that_fails_at_its_start_is_told_as_failed_and_each_beginning_has_an_end() throws Exception {
        String schema = PostgresServer.newSchema();
        AtomicInteger open = new AtomicInteger();
        Queue<SentStatement> told = new ConcurrentLinkedQueue<>();
        PoolListener listener = new PoolListener() {
            @Override
            public void statement(SentStatement statement) {
                told.add(statement);
            }

            @Override
            public StatementEnd statementBegins(String layer, String text) {
                open.incrementAndGet();
                return statement -> open.decrementAndGet();
            }
        };
        try (Pool pool = Korm.pool()
                        .layer("main", PostgresServer.in(schema))
                        .listener(listener)
                        .open();
                Connection other = PostgresServer.connect();
                Statement sql = other.createStatement()) {
            Items<Note> notes = Korm.item(Note.class, pool);
            notes.fromData(new Note("canary")).create();
            assertThat(notes.query().get()).hasSize(1);
            told.clear();
            sql.execute("DROP TABLE \"" + schema + "\".\"__items__texts__note\"");
            assertThat(notes.query().get()).isEmpty();
            assertThat(told)
                    .anySatisfy(statement -> assertThat(statement.failure().orElse(""))
                            .contains("PSQLException", "42P01")
                            .doesNotContain("canary"));
            assertThat(open).hasValue(0);
        }
    }
}
