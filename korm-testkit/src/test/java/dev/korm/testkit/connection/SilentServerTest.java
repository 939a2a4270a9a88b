package dev.korm.testkit.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.Item;
import dev.korm.ItemQuery;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.StoreException;
import dev.korm.StoreUnavailableException;
import dev.korm.event.Ping;
import dev.korm.jdbc.MySql;
import dev.korm.jdbc.Postgres;
import dev.korm.jdbc.Sqlite;
import dev.korm.spi.LayerSource;
import dev.korm.testkit.mysql.MySqlTestServer;
import dev.korm.testkit.postgres.PostgresServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server that does not answer is given up, and asked again by later calls on connections of their own. */
@Timeout(300)
@NullUnmarked // Tests dereference what they expect to be there.
class SilentServerTest {
    private static final Duration LOCK = Duration.ofMinutes(1);
    private static final Duration SILENCE = Duration.ofSeconds(1);

    record Account(String name, long balance) {}

    @Test
    void a_silent_server_of_mysql_does_not_hold_the_pool() throws SQLException {
        String database = MySqlTestServer.newDatabase();
        gives_up(
                MySqlTestServer.in(database),
                MySqlTestServer.in(database).poolSize(1).busyTimeout(LOCK).socketTimeout(SILENCE),
                MySqlTestServer.connect(database),
                "LOCK TABLES `__items__bank__account` WRITE");
    }

    @Test
    void a_silent_server_of_postgres_does_not_hold_the_pool() throws SQLException {
        String schema = PostgresServer.newSchema();
        gives_up(
                PostgresServer.in(schema),
                PostgresServer.in(schema).poolSize(1).busyTimeout(LOCK).socketTimeout(SILENCE),
                PostgresServer.connect(),
                "LOCK TABLE " + schema + ".\"__items__bank__account\"");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_ping_names_the_layer_that_has_fallen_silent_and_waits_no_longer_than_it_is_told(boolean postgres) {
        try (CuttingProxy proxy = new CuttingProxy(postgres ? PostgresServer.port() : MySqlTestServer.port())) {
            LayerSource source = postgres
                    ? PostgresServer.in(PostgresServer.newSchema(), proxy.port())
                            .socketTimeout(Duration.ofSeconds(3))
                    : MySql.url("mariadb://localhost:" + proxy.port() + "/" + MySqlTestServer.newDatabase()
                                    + "?user=root&sslMode=disable")
                            .socketTimeout(Duration.ofSeconds(3));
            try (Pool pool = patiently(() -> Korm.pool()
                    .layer("near", Sqlite.memory())
                    .layer("silent", source)
                    .open())) {
                assertThat(pool.ping(Duration.ofMinutes(1))).allMatch(Ping::isAnswered);
                proxy.fallSilent();
                List<Ping> pings = pool.ping(SILENCE);
                assertThat(pings).extracting(Ping::name).containsExactly("near", "silent");
                assertThat(pings.get(0).isAnswered()).isTrue();
                assertThat(pings.get(1).failure()).hasValueSatisfying(failure -> assertThat(failure)
                        .isInstanceOf(StoreUnavailableException.class)
                        .hasMessageContaining("\"silent\" has not answered within 1000"));
            }
        }
    }

    /** The kernel accepts for the socket, whose program never does. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void opening_a_layer_of_a_server_that_accepts_and_never_answers_ends_within_the_limits(boolean postgres)
            throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            String address = "//localhost:" + silent.getLocalPort() + "/none?user=nobody";
            List<LayerSource> sources = postgres
                    ? List.of(
                            Postgres.url("postgresql:" + address).poolTimeout(SILENCE),
                            Postgres.url("postgresql:" + address).socketTimeout(SILENCE))
                    : List.of(
                            MySql.url("mariadb:" + address).poolTimeout(SILENCE),
                            MySql.url("mariadb:" + address).socketTimeout(SILENCE));
            for (LayerSource source : sources) {
                long begun = System.nanoTime();
                assertThatThrownBy(
                                () -> Korm.pool().layer("silent", source).open().close())
                        .isInstanceOf(StoreUnavailableException.class)
                        .hasMessageContaining("layer silent");
                assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(20));
            }
        }
    }

    /** Repeats what the limit ended that has no lock in its way: the machine was slow. */
    private static <T> T patiently(Supplier<T> call) {
        while (true) {
            try {
                return call.get();
            } catch (StoreUnavailableException slow) {
                assertThat(slow.outcome()).isEqualTo(StoreException.Outcome.NOT_APPLIED);
            }
        }
    }

    /** The lock is held for as long as the call lasts, so that only the limit can end it before the lock's own. */
    private static void gives_up(LayerSource patient, LayerSource source, Connection holder, String lock)
            throws SQLException {
        Rn<Account> rn;
        try (Pool pool = Korm.pool().layer("main", patient).open()) {
            rn = Korm.item(Account.class, pool)
                    .fromData("bank", "account", new Account("Ada", 1))
                    .create()
                    .rn();
        }
        try (holder;
                Statement statement = holder.createStatement();
                Pool pool = patiently(() -> Korm.pool().layer("main", source).open())) {
            ItemQuery<Account> query = Korm.item(Account.class, pool).fromRn(rn);
            Item<Account> made = patiently(query::get);
            holder.setAutoCommit(false);
            statement.execute(lock);
            assertThatThrownBy(made::reload).isInstanceOf(StoreUnavailableException.class);
            if (lock.startsWith("LOCK TABLES")) {
                statement.execute("UNLOCK TABLES");
            }
            holder.rollback();
            assertThat(patiently(made::reload)).isEqualTo(made);
        }
    }
}
