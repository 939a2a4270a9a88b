package dev.korm.testkit.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.korm.Item;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.StoreBusyException;
import dev.korm.StoreException;
import dev.korm.StoreException.Outcome;
import dev.korm.StoreReadOnlyException;
import dev.korm.StoreUnavailableException;
import dev.korm.jdbc.Postgres;
import dev.korm.spi.LayerSource;
import dev.korm.testkit.connection.CuttingProxy;
import dev.korm.testkit.connection.ServerFaultsContract;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of items when a PostgreSQL server does not do what it is asked. */
@NullUnmarked // Tests dereference what they expect to be there.
class PostgresFaultsTest extends ServerFaultsContract {
    private final String schema = PostgresServer.newSchema();

    @Override
    protected LayerSource source() {
        return PostgresServer.in(schema);
    }

    @Override
    protected Connection connect() throws SQLException {
        return PostgresServer.connect();
    }

    @Override
    protected String table() {
        return schema + ".__items__bank__account";
    }

    @Override
    protected String waiting() {
        return "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%" + schema + "%'";
    }

    private static EmbeddedPostgres server(Path data, int port) throws IOException {
        return EmbeddedPostgres.builder()
                .setDataDirectory(data)
                .setCleanDataDirectory(false)
                .setPort(port)
                .start();
    }

    private static Postgres at(int port) {
        return Postgres.url("postgres://postgres:postgres@localhost:" + port + "/postgres")
                .poolTimeout(Duration.ofSeconds(3));
    }

    @Test
    void a_restart_of_the_server_is_survived_without_opening_again(@TempDir Path folder) throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        EmbeddedPostgres server = server(folder.resolve("data"), port);
        // One connection: of another that died with the server nobody knows whether a change arrived.
        try (Pool pool = Korm.pool().layer("main", at(port).poolSize(1)).open()) {
            Item<Account> made = create(pool, 1);
            server.close();
            assertThatThrownBy(made::reload).isInstanceOf(StoreUnavailableException.class);
            assertThatThrownBy(() -> made.set(Account::balance, 2L).commit())
                    .isInstanceOfSatisfying(StoreException.class, failure -> assertThat(failure.outcome())
                            .isEqualTo(Outcome.NOT_APPLIED));
            server = server(folder.resolve("data"), port);
            await().atMost(Duration.ofSeconds(60))
                    .ignoreExceptionsInstanceOf(StoreUnavailableException.class)
                    .untilAsserted(() -> assertThat(made.reload()).isEqualTo(made));
            assertThat(made.set(Account::balance, 3L).commit().revision()).isEqualTo(made.revision() + 1);
        } finally {
            server.close();
        }
    }

    @Test
    void a_connection_that_is_cut_behind_a_commit_leaves_no_doubt_and_nothing_half() throws SQLException {
        int port = PostgresServer.port();
        try (CuttingProxy proxy = new CuttingProxy(port);
                Pool pool = Korm.pool()
                        .layer("main", PostgresServer.in(schema, proxy.port()))
                        .open()) {
            Item<Account> one = create(pool, 1);
            Item<Account> two = create(pool, 2);
            proxy.cutBehind(CuttingProxy.COMMIT);
            Korm.tx(one.set(Account::balance, 10L), two.set(Account::balance, 20L))
                    .persist();
            assertThat(proxy.hasCut()).isTrue();
            assertThat(one.reload().data().balance()).isEqualTo(10);
            assertThat(one.reload().revision()).isEqualTo(one.revision() + 1);
            assertThat(two.reload().data().balance()).isEqualTo(20);
            proxy.cutBehind("UPDATE");
            Item<Account> changed = one.reload().set(Account::balance, 11L).commit();
            assertThat(proxy.hasCut()).isTrue();
            assertThat(changed.revision()).isEqualTo(one.revision() + 2);
            assertThat(one.reload()).isEqualTo(changed);
            proxy.cutBehind("INSERT");
            Item<Account> made = create(pool, 5);
            assertThat(proxy.hasCut()).isTrue();
            assertThat(made.reload()).isEqualTo(made);
            assertThat(accounts(pool).fromQuery("bank", "account").count()).isEqualTo(3);
        }
    }

    /** The server works on the first attempt though its connection is gone, and is held up until the second one waits behind it. */
    @Test
    void a_first_attempt_that_comes_late_and_a_second_one_make_one_change() throws Exception {
        try (CuttingProxy proxy = new CuttingProxy(PostgresServer.port());
                Pool pool = Korm.pool()
                        .layer("main", PostgresServer.in(schema, proxy.port()))
                        .open();
                Connection holder = PostgresServer.connect();
                Statement statement = holder.createStatement()) {
            Item<Account> made = create(pool, 1);
            String table = schema + ".\"__items__bank__account\"";
            holder.setAutoCommit(false);
            statement.execute("SELECT * FROM " + table + " FOR UPDATE");
            ExecutorService thread = Executors.newSingleThreadExecutor();
            try {
                proxy.cutBehind("UPDATE");
                Future<Item<Account>> changing =
                        thread.submit(() -> made.set(Account::balance, 2L).commit());
                await().atMost(Duration.ofSeconds(60)).until(() -> {
                    try (Connection watching = PostgresServer.connect();
                            Statement asking = watching.createStatement();
                            ResultSet waiting = asking.executeQuery("SELECT count(*) FROM pg_stat_activity"
                                    + " WHERE wait_event_type = 'Lock' AND query LIKE '%" + schema + "%UPDATE%'"
                                    + " OR wait_event_type = 'Lock' AND query LIKE 'UPDATE%" + schema + "%'")) {
                        return waiting.next() && waiting.getInt(1) == 2;
                    }
                });
                holder.rollback();
                Item<Account> changed = changing.get(60, TimeUnit.SECONDS);
                assertThat(changed.revision()).isEqualTo(made.revision() + 1);
                assertThat(made.reload()).isEqualTo(changed);
            } finally {
                thread.shutdownNow();
            }
        }
    }

    @Test
    void a_statement_that_takes_too_long_and_one_that_may_not_write_are_told_apart() throws SQLException {
        try (Pool plain = Korm.pool().layer("main", PostgresServer.in(schema)).open()) {
            Item<Account> made = create(plain, 1);
            String slow = schema + "_slow";
            String reader = schema + "_reader";
            for (String role : new String[] {slow, reader}) {
                PostgresServer.execute(
                        "CREATE ROLE " + role + " LOGIN PASSWORD 'word'",
                        "GRANT ALL ON SCHEMA " + schema + " TO " + role,
                        "GRANT ALL ON ALL TABLES IN SCHEMA " + schema + " TO " + role);
            }
            PostgresServer.execute(
                    "ALTER ROLE " + slow + " SET statement_timeout = '300ms'",
                    "ALTER ROLE " + reader + " SET default_transaction_read_only = on");
            try (Pool pool = Korm.pool()
                            .layer("main", PostgresServer.as(slow, "word", schema))
                            .open();
                    Connection holder = PostgresServer.connect();
                    Statement statement = holder.createStatement()) {
                holder.setAutoCommit(false);
                statement.execute("LOCK TABLE " + schema + ".\"__items__bank__account\"");
                assertThatThrownBy(() -> accounts(pool).fromRn(made.rn()).get())
                        .isInstanceOfSatisfying(StoreBusyException.class, busy -> assertThat(busy.isRetryable())
                                .isTrue());
                assertThatThrownBy(() -> create(pool, 2))
                        .isInstanceOfSatisfying(StoreException.class, busy -> assertThat(busy.outcome())
                                .isEqualTo(Outcome.NOT_APPLIED));
                holder.rollback();
                assertThat(accounts(pool).fromRn(made.rn()).get().data()).isEqualTo(made.data());
            }
            try (Pool pool = Korm.pool()
                    .layer("main", PostgresServer.as(reader, "word", schema))
                    .open()) {
                assertThat(accounts(pool).fromRn(made.rn()).get().data()).isEqualTo(made.data());
                assertThatThrownBy(() -> create(pool, 2))
                        .isInstanceOfSatisfying(StoreReadOnlyException.class, refused -> assertThat(refused.outcome())
                                .isEqualTo(Outcome.NOT_APPLIED));
            }
            assertThat(accounts(plain).fromQuery("bank", "account").count()).isEqualTo(1);
            for (String role : new String[] {slow, reader}) {
                PostgresServer.execute("DROP OWNED BY " + role, "DROP ROLE " + role);
            }
        }
    }
}
