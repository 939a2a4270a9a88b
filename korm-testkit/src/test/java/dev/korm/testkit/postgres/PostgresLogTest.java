package dev.korm.testkit.postgres;

import static dev.korm.Filter.gt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.korm.ConfigurationException;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.SchemaException;
import dev.korm.StoreUnavailableException;
import dev.korm.Stored;
import dev.korm.jdbc.Postgres;
import dev.korm.jdbc.Postgres.Feed;
import dev.korm.live.LiveQuery;
import dev.korm.live.PositionLostException;
import dev.korm.spi.ChangeFeed;
import dev.korm.spi.ChangeFeed.Position;
import dev.korm.spi.ChangeFeed.RowChange;
import dev.korm.spi.Layer;
import dev.korm.spi.Snapshot;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.query.TableName;
import dev.korm.table.Id;
import dev.korm.table.Table;
import dev.korm.testkit.connection.BoundedDataSource;
import dev.korm.testkit.live.HeldItems;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What feeds see that read the server's log, and where they cannot. */
@NullUnmarked // Tests dereference what they expect to be there.
class PostgresLogTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final TableName CARS = TableName.items("log", "car");

    /** A row of a table that korm did not make. */
    @Table(name = "devices")
    @Stored(namespace = "shop", kind = "device")
    record Device(@Id String code, String label, int price) {}

    /** One with a key of two columns. */
    @Table(name = "lines")
    @Stored(namespace = "shop", kind = "line")
    record Line(@Id int number, @Id String part, int quantity) {}

    @Stored(namespace = "log", kind = "car")
    record Car(String make, int year) {}

    private final String schema = PostgresServer.newSchema();

    @BeforeEach
    void requireOwnServer() {
        assumeFalse(PostgresServer.isGiven());
    }

    @AfterEach
    void dropSlots() {
        PostgresServer.dropSlots(schema);
    }

    private Postgres source(Feed feed) {
        return PostgresServer.in(schema).feed(feed);
    }

    private void psql(String... statements) throws SQLException {
        try (Connection connection = PostgresServer.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("SET search_path = " + schema);
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static List<String> labels(List<Item<Device>> items) {
        return items.stream().map(item -> item.data().label()).toList();
    }

    @Test
    void a_live_query_sees_rows_of_a_table_that_korm_did_not_make_as_others_change_them() throws Exception {
        psql("CREATE TABLE devices (code TEXT PRIMARY KEY, label TEXT, price INTEGER)");
        psql("INSERT INTO devices VALUES ('a:1', 'lamp', 10)");
        HeldItems<Device> held = new HeldItems<>();
        try (Pool pool = Korm.pool().layer("main", source(Feed.LOG)).open();
                LiveQuery<Device> live = Korm.item(Device.class, pool)
                        .query()
                        .where(gt(Device::price, 5))
                        .live(held)) {
            held.await(items -> labels(items).equals(List.of("lamp")));
            psql("INSERT INTO devices VALUES ('b,[2]', 'desk', 20), ('c', 'cheap', 1)");
            held.await(items -> labels(items).equals(List.of("lamp", "desk")));
            psql("UPDATE devices SET label = 'light' WHERE code = 'a:1'");
            held.await(items -> labels(items).equals(List.of("light", "desk")));
            psql("UPDATE devices SET price = 2 WHERE code = 'b,[2]'");
            held.await(items -> labels(items).equals(List.of("light")));
            psql("DELETE FROM devices WHERE code = 'a:1'");
            held.await(List::isEmpty);
            assertThat(live.isClosed()).isFalse();
            psql("INSERT INTO devices VALUES ('d', 'door', 30)");
            held.await(items -> labels(items).equals(List.of("door")));
            psql("TRUNCATE devices");
            held.await(List::isEmpty);
        }
    }

    @Test
    void a_key_of_several_columns_is_spelt_as_ids_are() throws Exception {
        psql("CREATE TABLE lines (number INTEGER, part CHAR(6), quantity INTEGER, PRIMARY KEY (number, part))");
        HeldItems<Line> held = new HeldItems<>();
        try (Pool pool = Korm.pool().layer("main", source(Feed.LOG)).open();
                LiveQuery<Line> live = Korm.item(Line.class, pool).query().live(held)) {
            held.await(List::isEmpty);
            psql("INSERT INTO lines VALUES (7, 'a%b', 1)");
            held.await(items -> items.size() == 1 && items.get(0).data().quantity() == 1);
            psql("UPDATE lines SET quantity = 2");
            held.await(items -> items.size() == 1 && items.get(0).data().quantity() == 2);
            psql("UPDATE lines SET number = 8");
            held.await(items -> items.size() == 1 && items.get(0).data().number() == 8);
            assertThat(live.isClosed()).isFalse();
        }
    }

    @Test
    void nothing_stays_on_the_server_of_a_feed_with_a_temporary_slot() throws Exception {
        try (Layer layer = source(Feed.LOG).open("main", Environment.system())) {
            layer.follow(CARS);
            Position stored;
            try (ChangeFeed feed = layer.changes(Optional.empty())) {
                psql("INSERT INTO \"" + CARS.text() + "\" (\"rnId\") VALUES ('a')");
                assertThat(feed.next(LONG).map(RowChange::id)).contains("a");
                stored = feed.position();
            }
            assertThatThrownBy(() -> layer.changes(Optional.of(stored)))
                    .isInstanceOf(PositionLostException.class)
                    .hasMessageContaining("KEPT_LOG");
        }
        assertThat(slots()).isEmpty();
        assertThat(triggers()).isZero();
    }

    private List<String> slots() throws SQLException {
        return texts("SELECT slot_name FROM pg_replication_slots WHERE starts_with(slot_name, 'korm_" + schema + "_')");
    }

    private int triggers() throws SQLException {
        return texts("SELECT trigger_name FROM information_schema.triggers WHERE trigger_schema = '" + schema + "'")
                .size();
    }

    private static List<String> texts(String sql) throws SQLException {
        try (Connection connection = PostgresServer.connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> texts = new java.util.ArrayList<>();
            while (rows.next()) {
                texts.add(rows.getString(1));
            }
            return texts;
        }
    }

    private void add(String id) throws SQLException {
        psql("INSERT INTO \"" + CARS.text() + "\" (\"rnId\") VALUES ('" + id + "')");
    }

    private static String next(ChangeFeed feed) throws InterruptedException {
        return feed.next(LONG).orElseThrow().id();
    }

    @Test
    void another_program_goes_on_from_a_position_that_was_stored() throws Exception {
        Position stored;
        try (Layer layer = source(Feed.KEPT_LOG).open("main", Environment.system())) {
            layer.follow(CARS);
            try (ChangeFeed feed = layer.changes(Optional.empty())) {
                add("a");
                add("b");
                assertThat(next(feed)).isEqualTo("a");
                stored = new Position(feed.position().text());
            }
        }
        add("c");
        try (Layer again = source(Feed.KEPT_LOG).open("main", Environment.system());
                ChangeFeed feed = again.changes(Optional.of(stored))) {
            assertThat(next(feed)).isEqualTo("b");
            assertThat(next(feed)).isEqualTo("c");
            assertThat(feed.next(Duration.ZERO)).isEmpty();
        }
    }

    @Test
    void a_feed_goes_on_when_its_connection_was_cut() throws Exception {
        try (Layer layer = source(Feed.KEPT_LOG).open("main", Environment.system())) {
            layer.follow(CARS);
            try (ChangeFeed feed = layer.changes(Optional.empty())) {
                add("a");
                assertThat(next(feed)).isEqualTo("a");
                cut();
                add("b");
                assertThat(next(feed)).isEqualTo("b");
                assertThat(feed.next(Duration.ZERO)).isEmpty();
            }
        }
    }

    /** Ends the connections that read the log. */
    private void cut() throws SQLException {
        psql("SELECT pg_terminate_backend(active_pid, 10000) FROM pg_replication_slots WHERE temporary");
    }

    @Test
    void a_live_query_is_asked_anew_when_the_connection_was_cut_that_reads() throws Exception {
        HeldItems<Car> held = new HeldItems<>();
        try (Pool pool = Korm.pool().layer("main", source(Feed.LOG)).open()) {
            Items<Car> cars = Korm.item(Car.class, pool);
            cars.fromData(new Car("A", 2001)).create();
            try (LiveQuery<Car> live = cars.query().live(held)) {
                held.await(items -> items.size() == 1);
                cut();
                cars.fromData(new Car("B", 2002)).create();
                held.await(items -> items.size() == 2);
                assertThat(live.isClosed()).isFalse();
            }
        }
    }

    @Test
    void a_slot_that_somebody_dropped_has_lost_the_positions() throws Exception {
        try (Layer layer = source(Feed.KEPT_LOG).open("main", Environment.system())) {
            layer.follow(CARS);
            Position stored;
            try (ChangeFeed feed = layer.changes(Optional.empty())) {
                stored = feed.position();
            }
            add("a");
            for (String slot : slots()) {
                psql("SELECT pg_drop_replication_slot('" + slot + "')");
            }
            assertThatThrownBy(() -> layer.changes(Optional.of(stored))).isInstanceOf(PositionLostException.class);
            try (ChangeFeed feed = layer.changes(Optional.empty())) {
                add("b");
                assertThat(next(feed)).isEqualTo("b");
            }
        }
    }

    @Test
    void a_feed_whose_slot_is_dropped_beside_it_goes_on_until_its_connection_is_lost() throws Exception {
        try (Layer layer = source(Feed.KEPT_LOG).open("main", Environment.system())) {
            layer.follow(CARS);
            try (ChangeFeed feed = layer.changes(Optional.empty())) {
                add("a");
                assertThat(next(feed)).isEqualTo("a");
                String slot = slots().get(0);
                psql("SELECT pg_drop_replication_slot('" + slot + "')");
                add("b");
                assertThat(next(feed)).isEqualTo("b");
                cut();
                assertThatThrownBy(() -> feed.next(LONG))
                        .isInstanceOf(PositionLostException.class)
                        .hasMessageContaining("the slot " + slot + " was dropped");
            }
        }
    }

    @Test
    void the_slot_is_dropped_with_the_last_table_that_is_followed() throws Exception {
        try (Layer layer = source(Feed.KEPT_LOG).open("main", Environment.system())) {
            layer.follow(CARS);
            assertThat(slots()).hasSize(1);
            layer.forgetChanges(Instant.now());
            assertThat(slots()).hasSize(1);
            layer.unfollow(CARS);
            layer.forgetChanges(Instant.now());
            assertThat(slots()).isEmpty();
            layer.follow(CARS);
            try (ChangeFeed feed = layer.changes(Optional.empty())) {
                add("a");
                assertThat(next(feed)).isEqualTo("a");
            }
        }
    }

    @Test
    void a_user_without_the_right_is_told_the_line_to_run() throws Exception {
        String role = schema + "_user";
        PostgresServer.execute(
                "CREATE ROLE " + role + " LOGIN PASSWORD 'x'", "GRANT ALL ON SCHEMA " + schema + " TO " + role);
        try (Pool pool = Korm.pool()
                .layer("main", PostgresServer.as(role, "x", schema).feed(Feed.LOG))
                .open()) {
            HeldItems<Car> held = new HeldItems<>();
            assertThatThrownBy(() -> Korm.item(Car.class, pool).query().live(held))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("ALTER ROLE \"" + role + "\" REPLICATION");
            assertThat(held.events()).isEmpty();
        } finally {
            PostgresServer.execute("DROP OWNED BY " + role, "DROP ROLE " + role);
        }
    }

    @Test
    void a_server_that_writes_too_little_into_its_log_is_refused_with_the_line_to_run(@TempDir Path folder)
            throws Exception {
        int port = free();
        HeldItems<Car> held = new HeldItems<>();
        try (EmbeddedPostgres ignored = server(folder, port, Map.of("wal_level", "replica"));
                Pool pool = Korm.pool()
                        .layer("main", Postgres.url(url(port)).feed(Feed.LOG))
                        .open()) {
            assertThatThrownBy(() -> Korm.item(Car.class, pool).query().live(held))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("wal_level = replica")
                    .hasMessageContaining("ALTER SYSTEM SET wal_level = logical");
            assertThat(held.events()).isEmpty();
        }
    }

    @Test
    void what_was_behind_a_slot_that_the_server_gave_up_is_lost_and_a_new_feed_begins(@TempDir Path folder)
            throws Exception {
        int port = free();
        try (EmbeddedPostgres server =
                        server(folder, port, Map.of("wal_level", "logical", "max_slot_wal_keep_size", "1MB"));
                Layer layer = Postgres.url(url(port)).feed(Feed.KEPT_LOG).open("main", Environment.system())) {
            layer.follow(CARS);
            Position stored;
            try (ChangeFeed feed = layer.changes(Optional.empty())) {
                stored = feed.position();
            }
            for (int i = 0; i < 8; i++) {
                insert(server, "before" + i);
                execute(server, "SELECT pg_switch_wal()");
            }
            execute(server, "CHECKPOINT");
            assertThat(text(server, "SELECT wal_status FROM pg_replication_slots"))
                    .isEqualTo("lost");
            assertThatThrownBy(() -> layer.changes(Optional.of(stored)))
                    .isInstanceOf(PositionLostException.class)
                    .hasMessageContaining("\"main\"");
            try (ChangeFeed feed = layer.changes(Optional.empty())) {
                insert(server, "after");
                assertThat(next(feed)).isEqualTo("after");
            }
        }
    }

    @Test
    void a_table_whose_rows_the_log_does_not_tell_apart_is_refused_and_stays_writable() throws Exception {
        psql("CREATE TABLE devices (code TEXT PRIMARY KEY, label TEXT, price INTEGER)");
        psql("ALTER TABLE devices REPLICA IDENTITY NOTHING", "INSERT INTO devices VALUES ('a', 'x', 1)");
        try (Pool pool = Korm.pool().layer("main", source(Feed.LOG)).open()) {
            assertThatThrownBy(() -> Korm.item(Device.class, pool).query().live(new HeldItems<>()))
                    .isInstanceOf(SchemaException.class)
                    .hasMessageContaining("REPLICA IDENTITY DEFAULT");
        }
        psql("UPDATE devices SET price = 2");
    }

    @Test
    void a_data_source_of_the_programs_own_is_refused() {
        assertThatThrownBy(() -> Postgres.dataSource(BoundedDataSource.of(PostgresServer.driverUrl(), 2))
                        .schema(schema)
                        .feed(Feed.LOG)
                        .open("main", Environment.system()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("url(…)");
    }

    @Test
    void a_feed_goes_on_after_a_restart_of_the_server(@TempDir Path folder) throws Exception {
        int port = free();
        Map<String, String> logical = Map.of("wal_level", "logical");
        EmbeddedPostgres first = server(folder, port, logical);
        try (Layer layer = Postgres.url(url(port)).feed(Feed.KEPT_LOG).open("main", Environment.system())) {
            layer.follow(CARS);
            try (ChangeFeed feed = layer.changes(Optional.empty())) {
                insert(first, "a");
                assertThat(next(feed)).isEqualTo("a");
                first.close();
                assertThatThrownBy(() -> feed.next(LONG)).isInstanceOf(StoreUnavailableException.class);
                try (EmbeddedPostgres second = server(folder, port, logical)) {
                    insert(second, "b");
                    assertThat(next(feed)).isEqualTo("b");
                    assertThat(feed.next(Duration.ZERO)).isEmpty();
                }
            }
        } finally {
            first.close();
        }
    }

    private static int free() throws IOException {
        try (ServerSocket free = new ServerSocket(0)) {
            return free.getLocalPort();
        }
    }

    private static String url(int port) {
        return "postgres://postgres:postgres@localhost:" + port + "/postgres";
    }

    private static EmbeddedPostgres server(Path data, int port, Map<String, String> settings) throws IOException {
        EmbeddedPostgres.Builder server = EmbeddedPostgres.builder()
                .setDataDirectory(data.resolve("data"))
                .setCleanDataDirectory(false)
                .setPort(port);
        settings.forEach(server::setServerConfig);
        return server.start();
    }

    private static void execute(EmbeddedPostgres server, String sql) throws SQLException {
        try (Connection connection = server.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String text(EmbeddedPostgres server, String sql) throws SQLException {
        try (Connection connection = server.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }

    private static void insert(EmbeddedPostgres server, String id) throws SQLException {
        execute(server, "INSERT INTO \"" + CARS.text() + "\" (\"rnId\") VALUES ('" + id + "')");
    }

    /** The server shows a commit some time after it is in the log when it waits for a standby that is not there. */
    @Test
    void a_transaction_is_told_once_others_see_it_and_a_moment_before_has_it_still_to_come() throws Exception {
        try (Layer layer = source(Feed.KEPT_LOG).open("main", Environment.system())) {
            layer.follow(CARS);
            ChangeFeed feed = layer.changes(Optional.empty());
            Position moment;
            CompletableFuture<Void> writing = CompletableFuture.completedFuture(null);
            try {
                PostgresServer.execute(
                        "ALTER SYSTEM SET synchronous_standby_names = 'nobody'", "SELECT pg_reload_conf()");
                writing = CompletableFuture.runAsync(() -> waiting("a"));
                await().atMost(LONG).until(() -> !texts(
                                "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND application_name = 'waiting'")
                        .isEmpty());
                assertThat(feed.next(Duration.ofMillis(300))).isEmpty();
                try (Snapshot snapshot = layer.snapshot()) {
                    moment = snapshot.position();
                }
            } finally {
                PostgresServer.execute("ALTER SYSTEM RESET synchronous_standby_names", "SELECT pg_reload_conf()");
                writing.get(30, TimeUnit.SECONDS);
            }
            assertThat(next(feed)).isEqualTo("a");
            feed.close();
            try (ChangeFeed later = layer.changes(Optional.of(moment))) {
                assertThat(next(later)).isEqualTo("a");
                assertThat(later.next(Duration.ZERO)).isEmpty();
            }
        }
    }

    /** Inserts a row, and waits until it is shown. */
    private void waiting(String id) {
        try (Connection connection = PostgresServer.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("SET application_name = 'waiting'");
            statement.execute("SET synchronous_commit = on");
            statement.execute("SET search_path = " + schema);
            statement.execute("INSERT INTO \"" + CARS.text() + "\" (\"rnId\") VALUES ('" + id + "')");
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        }
    }
}
