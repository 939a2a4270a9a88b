package dev.korm.testkit.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.korm.ConfigurationException;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.StoreException.Outcome;
import dev.korm.StoreReadOnlyException;
import dev.korm.jdbc.Postgres;
import dev.korm.testkit.live.HeldItems;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pool on a server that follows another one, until it takes that one's place. */
@NullUnmarked // Tests dereference what they expect to be there.
class PostgresStandbyTest {
    record Account(String name, long balance) {}

    @TempDir
    Path folder;

    private static EmbeddedPostgres server(Path data, int port) throws IOException {
        return EmbeddedPostgres.builder()
                .setDataDirectory(data)
                .setCleanDataDirectory(false)
                .setPort(port)
                .setServerConfig("wal_level", "replica")
                .start();
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0)) {
            return free.getLocalPort();
        }
    }

    private static Pool pool(int port) {
        return Korm.pool()
                .layer("main", Postgres.url("postgres://postgres:postgres@localhost:" + port + "/postgres"))
                .open();
    }

    /** Begins a live query that reads the server's log. */
    private static void live(int port) {
        try (Pool pool = Korm.pool()
                .layer(
                        "main",
                        Postgres.url("postgres://postgres:postgres@localhost:" + port + "/postgres")
                                .feed(Postgres.Feed.LOG))
                .open()) {
            accounts(pool).fromQuery("bank", "account").live(new HeldItems<>());
        }
    }

    private static Item<Account> create(Pool pool, long balance) {
        return accounts(pool)
                .fromData("bank", "account", new Account("Ada", balance))
                .create();
    }

    private static Items<Account> accounts(Pool pool) {
        return Korm.item(Account.class, pool);
    }

    /** The data of a server that was stopped, for one that follows it from there on. */
    private static void follow(Path primary, int port, Path standby) throws IOException {
        try (Stream<Path> files = Files.walk(primary)) {
            for (Path file : files.toList()) {
                Path copy = standby.resolve(primary.relativize(file).toString());
                Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
        Files.writeString(
                standby.resolve("postgresql.auto.conf"),
                "primary_conninfo = 'host=localhost port=" + port + " user=postgres'\n",
                StandardOpenOption.APPEND);
        Files.createFile(standby.resolve("standby.signal"));
    }

    @Test
    void a_standby_is_read_refuses_changes_and_takes_them_once_it_was_promoted() throws IOException, SQLException {
        Path data = folder.resolve("primary");
        int port = freePort();
        Item<Account> made;
        try (EmbeddedPostgres primary = server(data, port);
                Pool pool = pool(port)) {
            made = create(pool, 1);
            assertThat(primary.getPort()).isEqualTo(port);
        }
        Path copy = folder.resolve("standby");
        follow(data, port, copy);
        try (EmbeddedPostgres primary = server(data, port);
                EmbeddedPostgres standby = server(copy, freePort());
                Pool writing = pool(primary.getPort());
                Pool reading = pool(standby.getPort())) {
            Item<Account> later = create(writing, 2);
            await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(
                            accounts(reading).fromRn(later.rn()).find())
                    .isPresent());
            Item<Account> seen = accounts(reading).fromRn(made.rn()).get();
            assertThat(seen.data()).isEqualTo(made.data());
            assertThatThrownBy(() -> live(primary.getPort()))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("ALTER SYSTEM SET wal_level = logical");
            assertThatThrownBy(() -> live(standby.getPort()))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("Connect to its primary");
            assertThatThrownBy(() -> create(reading, 3))
                    .isInstanceOfSatisfying(StoreReadOnlyException.class, refused -> assertThat(refused.outcome())
                            .isEqualTo(Outcome.NOT_APPLIED))
                    .hasMessageContaining("Connect to its primary");
            assertThatThrownBy(() -> Korm.tx(
                                    seen.set(Account::balance, 4L),
                                    accounts(reading).fromRn(later.rn()).get().set(Account::balance, 5L))
                            .persist())
                    .isInstanceOf(StoreReadOnlyException.class);
            try (Connection connection = standby.getPostgresDatabase().getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("SELECT pg_promote()");
            }
            await().atMost(Duration.ofSeconds(30))
                    .ignoreExceptionsInstanceOf(StoreReadOnlyException.class)
                    .untilAsserted(() -> assertThat(
                                    seen.set(Account::balance, 6L).commit().revision())
                            .isEqualTo(seen.revision() + 1));
            create(reading, 7);
            assertThat(accounts(reading).fromQuery("bank", "account").count()).isEqualTo(3);
        }
    }
}
