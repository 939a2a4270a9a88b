package dev.korm.testkit.connection;

import static dev.korm.Filter.eq;
import static dev.korm.Filter.like;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.Filter;
import dev.korm.FloatingItem;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.OperationInterruptedException;
import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.limit.StatementTimeoutException;
import dev.korm.spi.LayerSource;
import dev.korm.testkit.mysql.MySqlTestServer;
import dev.korm.testkit.postgres.PostgresServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a server's list of processes shows once a statement took too long, its thread was interrupted, or its stream was closed. Each statement would else run for a minute. */
@Timeout(60)
@NullUnmarked // Tests dereference what they expect to be there.
class StoppedStatementsTest {
    private static final int QUICK = 300;
    private static final int SLOW = 1_000;
    private static final Filter SLOWLY = like("text", "%" + "a".repeat(4_000) + "_b%");

    record Note(int number, String text) {}

    /** @param running counts the statements that run in the store of the test, but for the question itself */
    private record Server(LayerSource source, Connection connection, String running) {
        static Server postgres(boolean own) throws SQLException {
            String schema = PostgresServer.newSchema();
            return new Server(
                    own ? PostgresServer.in(schema) : PostgresServer.bounded(schema, 4),
                    PostgresServer.connect(),
                    "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid() AND query LIKE '%"
                            + schema + "%'");
        }

        static Server mySql(boolean own) throws SQLException {
            String database = MySqlTestServer.newDatabase();
            return new Server(
                    own ? MySqlTestServer.in(database) : MySqlTestServer.bounded(database, 4),
                    MySqlTestServer.connect(database),
                    "SELECT count(*) FROM information_schema.processlist WHERE command <> 'Sleep' AND id <> connection_id() AND db = '"
                            + database + "'");
        }

        boolean isBusy() {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery(running)) {
                row.next();
                return row.getLong(1) > 0;
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }

        /** Waits until the server is busy, or is not any more; the test's own limit ends it. */
        void await(boolean busy) throws InterruptedException {
            while (isBusy() != busy) {
                TimeUnit.MILLISECONDS.sleep(5);
            }
        }
    }

    private static void store(LayerSource source) {
        try (Pool pool = Korm.pool().layer("main", source).open()) {
            Items<Note> notes = Korm.item(Note.class, pool);
            List<FloatingItem<Note>> all = new ArrayList<>();
            for (int i = 0; i < QUICK + SLOW; i++) {
                Note note = new Note(i < QUICK ? 0 : 1, "a".repeat(8_000));
                // The servers read rows in the order of their ids.
                all.add(notes.fromData("texts", "note", note)
                        .withRn(Rn.parse("[rn]:texts:note:" + new UUID(0x4000L, 0x8000_0000_0000_0000L | i))));
            }
            Korm.createAll(all);
        }
    }

    private static void stops(Server server) throws InterruptedException, SQLException {
        store(server.source());
        try (Connection watching = server.connection();
                Pool pool = Korm.pool()
                        .layer("main", server.source())
                        .timeout(Duration.ofMillis(200))
                        .open()) {
            Items<Note> notes = Korm.item(Note.class, pool);
            assertThatThrownBy(
                            () -> notes.fromQuery("texts", "note").where(SLOWLY).count())
                    .isInstanceOf(StatementTimeoutException.class);
            server.await(false);
            assertThatThrownBy(() -> notes.fromQuery("texts", "note")
                            .where(SLOWLY)
                            .timeout(Duration.ofMillis(300))
                            .get())
                    .isInstanceOfSatisfying(StatementTimeoutException.class, late -> assertThat(late.limit())
                            .isEqualTo(Duration.ofMillis(300)));
            server.await(false);
            interrupts(notes, server);
            closesEarly(notes, server);
            assertThat(notes.fromQuery("texts", "note").count()).isEqualTo(QUICK + SLOW);
        }
    }

    private static void interrupts(Items<Note> notes, Server server) throws InterruptedException {
        AtomicReference<@Nullable Throwable> ended = new AtomicReference<>();
        Thread asking = new Thread(() -> {
            try {
                notes.fromQuery("texts", "note")
                        .where(SLOWLY)
                        .timeout(Duration.ZERO)
                        .count();
            } catch (RuntimeException told) {
                ended.set(told);
            }
        });
        asking.start();
        server.await(true);
        asking.interrupt();
        asking.join();
        assertThat(ended.get()).isInstanceOf(OperationInterruptedException.class);
        server.await(false);
    }

    private static void closesEarly(Items<Note> notes, Server server) throws InterruptedException {
        try (Stream<Item<Note>> stream =
                notes.fromQuery("texts", "note").where(eq("number", 0).or(SLOWLY)).stream()) {
            assertThat(stream.iterator().next().data().number()).isZero();
        }
        server.await(false);
    }

    @Test
    void postgres_runs_on_with_nothing() throws Exception {
        stops(Server.postgres(true));
    }

    @Test
    void postgres_runs_on_with_nothing_on_connections_of_others() throws Exception {
        stops(Server.postgres(false));
    }

    @Test
    void mysql_runs_on_with_nothing() throws Exception {
        stops(Server.mySql(true));
    }

    @Test
    void mysql_runs_on_with_nothing_on_connections_of_others() throws Exception {
        stops(Server.mySql(false));
    }
}
