package dev.korm.jdbc.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.jdbc.Postgres;
import dev.korm.jdbc.feed.ChangeNotes;
import dev.korm.jdbc.feed.ChangeSignal;
import dev.korm.jdbc.feed.NotedChanges;
import dev.korm.spi.ChangeFeed;
import dev.korm.spi.Layer;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.query.TableName;
import dev.korm.testkit.postgres.PostgresServer;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/** What listens is told of others' commits by the server; nobody here looks at the notes after a pause. */
@NullUnmarked // Tests dereference what they expect to be there.
class PostgresNotificationsTest {
    private static final TableName CARS = TableName.items("cars", "suv");
    private static final ChangeFeed.Position NOWHERE = new ChangeFeed.Position("nowhere");
    private static final long LONG = TimeUnit.SECONDS.toNanos(20);

    record Car(String make) {}

    private final String schema = PostgresServer.newSchema();
    private final ChangeSignal signal = new ChangeSignal();
    private Pool others;

    @BeforeEach
    void follow() {
        try (Layer layer = PostgresServer.in(schema).open("main", Environment.system())) {
            layer.follow(CARS);
        }
        others = Korm.pool().layer("main", PostgresServer.in(schema)).open();
    }

    @AfterEach
    void close() {
        others.close();
    }

    private void create() {
        Korm.item(Car.class, others).fromData("cars", "suv", new Car("Fiat")).create();
    }

    private ChangeFeed listening() throws InterruptedException {
        PGSimpleDataSource driver = new PGSimpleDataSource();
        driver.setUrl(PostgresServer.driverUrl());
        driver.setApplicationName(schema);
        signal.listenBy(new PostgresNotifications("main", driver, signal, Environment.system()));
        ChangeFeed feed = new NotedChanges(
                "main", NOWHERE, position -> new ChangeNotes.Page(List.of(), position, true), signal, time -> {});
        assertThat(signal.await(0, LONG)).isTrue();
        return feed;
    }

    private long backends(String question) {
        try (Connection connection = PostgresServer.connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT " + question + " FROM pg_stat_activity WHERE application_name = '" + schema + "'")) {
            rows.next();
            return rows.getLong(1);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void the_commit_of_another_is_heard_of() throws InterruptedException {
        try (ChangeFeed feed = listening()) {
            for (int i = 0; i < 3; i++) {
                long before = signal.commits();
                create();
                assertThat(signal.await(before, LONG)).isTrue();
            }
        }
    }

    /** Sets until when nobody need be told, in milliseconds from now. */
    private void untold(long millis) throws SQLException {
        try (Connection connection = PostgresServer.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT setval('" + schema
                    + ".\"__korm_untold__\"', (extract(epoch FROM clock_timestamp()) * 1000)::bigint + " + millis
                    + ")");
        }
    }

    @Test
    void nobody_is_told_while_a_busy_feed_says_so_and_not_for_ever() throws Exception {
        try (Connection connection = PostgresServer.connect();
                Statement statement = connection.createStatement()) {
            create();
            statement.execute("LISTEN korm_changes");
            for (long millis : new long[] {900, 100_000, -1}) {
                untold(millis);
                create();
                // What is notified of earlier is heard of earlier.
                statement.execute("NOTIFY korm_changes, 'mark " + millis + "'");
            }
            List<String> marks = new ArrayList<>();
            for (org.postgresql.PGNotification each :
                    connection.unwrap(org.postgresql.PGConnection.class).getNotifications()) {
                marks.add(each.getParameter());
            }
            assertThat(marks)
                    .as("a time that is too far away is another clock's")
                    .containsSubsequence("mark 900", "", "mark 100000", "", "mark -1");
            assertThat(marks.indexOf("mark 900")).isZero();
        }
    }

    @Test
    void a_busy_feed_says_for_how_long_nobody_need_be_told() throws Exception {
        try (Layer layer = PostgresServer.in(schema).open("main", Environment.system());
                ChangeFeed feed = layer.changes(Optional.empty());
                Connection connection = PostgresServer.connect();
                Statement statement = connection.createStatement()) {
            for (int tries = 0; tries < 100; tries++) {
                for (int i = 0; i < 20; i++) {
                    create();
                }
                feed.take(Duration.ofSeconds(20), 1000);
                try (ResultSet row =
                        statement.executeQuery("SELECT is_called FROM " + schema + ".\"__korm_untold__\"")) {
                    row.next();
                    if (row.getBoolean(1)) {
                        return;
                    }
                }
            }
            throw new AssertionError("Everybody is told of each commit");
        }
    }

    @Test
    void a_connection_that_was_lost_is_made_anew() throws InterruptedException {
        try (ChangeFeed feed = listening()) {
            long before = signal.commits();
            backends("count(pg_terminate_backend(pid))");
            assertThat(signal.await(before, LONG)).isTrue();
            before = signal.commits();
            create();
            assertThat(signal.await(before, LONG)).isTrue();
        }
    }

    @Test
    void the_connection_goes_with_the_last_feed_and_comes_with_the_next() throws InterruptedException {
        ChangeFeed feed = listening();
        assertThat(backends("count(*)")).isEqualTo(1);
        feed.close();
        await().until(() -> backends("count(*)") == 0);

        long before = signal.commits();
        try (ChangeFeed next = new NotedChanges(
                "main", NOWHERE, position -> new ChangeNotes.Page(List.of(), position, true), signal, time -> {})) {
            assertThat(signal.await(before, LONG)).isTrue();
            assertThat(backends("count(*)")).isEqualTo(1);
            signal.close();
            await().until(() -> backends("count(*)") == 0);
        }
    }

    @Test
    void a_server_that_prepares_transactions_prepares_those_of_followed_tables_too() throws Exception {
        try (EmbeddedPostgres server = EmbeddedPostgres.builder()
                        .setServerConfig("max_prepared_transactions", "5")
                        .start();
                Layer layer = Postgres.url("postgres://postgres:postgres@localhost:" + server.getPort() + "/postgres")
                        .open("main", Environment.system())) {
            layer.follow(CARS);
            try (ChangeFeed feed = layer.changes(Optional.empty());
                    Connection connection = server.getPostgresDatabase().getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("BEGIN");
                statement.execute("INSERT INTO \"__items__cars__suv\" (\"rnId\") VALUES (gen_random_uuid()::text)");
                statement.execute("PREPARE TRANSACTION 'of another program'");
                statement.execute("COMMIT PREPARED 'of another program'");
                assertThat(feed.next(Duration.ofSeconds(20))).isPresent();
            }
        }
    }
}
