package dev.korm.testkit.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.StoreBusyException;
import dev.korm.jdbc.Postgres;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.ds.PGSimpleDataSource;

/** What is kept on a PostgreSQL server, directly and behind a pooler of transactions. */
class PostgresPoolerTest {
    record Account(String name, long balance) {}

    private final String schema = PostgresServer.newSchema();

    private static Items<Account> accounts(Pool pool) {
        return Korm.item(Account.class, pool);
    }

    /** More often than the driver waits before it prepares a statement for good. */
    private static void useOften(Pool pool) {
        Item<Account> item = accounts(pool)
                .fromData("bank", "account", new Account("Ada", 1))
                .create();
        for (long i = 0; i < 12; i++) {
            item = item.set(Account::balance, i).commit();
            assertThat(accounts(pool).fromRn(item.rn()).get()).isEqualTo(item);
        }
    }

    /** How many statements the driver keeps on its connection. */
    private static long prepared(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT count(*) FROM pg_prepared_statements")) {
            rows.next();
            return rows.getLong(1);
        }
    }

    /** The program's own source of one connection, which it sees again. */
    private static final class OneConnection extends PGSimpleDataSource {
        private static final long serialVersionUID = 1L;

        private final transient Connection connection;

        OneConnection(int port) throws SQLException {
            setPortNumbers(new int[] {port});
            setDatabaseName("postgres");
            setUser("postgres");
            setPassword("postgres");
            connection = super.getConnection();
        }

        @Override
        public Connection getConnection() {
            return (Connection) java.lang.reflect.Proxy.newProxyInstance(
                    Connection.class.getClassLoader(),
                    new Class<?>[] {Connection.class},
                    (proxy, method, arguments) -> {
                        if (method.getName().equals("close")) {
                            return null;
                        }
                        if (method.getName().equals("equals")) {
                            return proxy == arguments[0];
                        }
                        try {
                            return method.invoke(connection, arguments);
                        } catch (java.lang.reflect.InvocationTargetException e) {
                            throw e.getCause();
                        }
                    });
        }

        int threshold() throws SQLException {
            return connection.unwrap(PGConnection.class).getPrepareThreshold();
        }
    }

    @Test
    void statements_are_kept_on_a_server_and_none_behind_a_pooler() throws SQLException {
        OneConnection direct = new OneConnection(PostgresServer.port());
        OneConnection pooled = new OneConnection(PooledPostgres.port());
        try (Connection ofDirect = direct.connection;
                Connection ofPooled = pooled.connection) {
            for (OneConnection source : new OneConnection[] {direct, pooled}) {
                try (Pool pool = Korm.pool()
                        .layer("main", Postgres.dataSource(source).schema(schema))
                        .open()) {
                    useOften(pool);
                }
                assertThat(source.threshold())
                        .as("given back as it was")
                        .isEqualTo(new PGSimpleDataSource().getPrepareThreshold());
            }
            assertThat(prepared(ofDirect)).isPositive();
            for (int i = 0; i < 6; i++) {
                assertThat(prepared(ofPooled))
                        .as("on one of the connections behind")
                        .isZero();
            }
        }
    }

    @Test
    void programs_behind_one_pooler_never_run_each_others_statements() {
        try (Pool one = Korm.pool().layer("main", PooledPostgres.in(schema)).open();
                Pool two = Korm.pool()
                        .layer("main", PooledPostgres.in(PostgresServer.newSchema()))
                        .open()) {
            for (int i = 0; i < 3; i++) {
                useOften(one);
                useOften(two);
            }
            assertThat(accounts(one).fromQuery("bank", "account").count()).isEqualTo(3);
            assertThat(accounts(two).fromQuery("bank", "account").count()).isEqualTo(3);
        }
    }

    @Test
    void no_setting_of_a_session_is_left_to_other_programs() throws SQLException {
        try (Pool pool = Korm.pool().layer("main", PooledPostgres.in(schema)).open();
                Connection other = new OneConnection(PooledPostgres.port()).connection;
                Statement statement = other.createStatement()) {
            useOften(pool);
            for (int i = 0; i < 6; i++) {
                try (ResultSet rows = statement.executeQuery("SHOW lock_timeout")) {
                    rows.next();
                    assertThat(rows.getString(1)).isEqualTo("0");
                }
            }
        }
    }

    @Test
    void who_says_what_is_prepared_is_taken_at_their_word() {
        Postgres preparing = PooledPostgres.in(schema, "?prepareThreshold=1");
        assertThatThrownBy(() -> {
                    try (Pool pool = Korm.pool().layer("main", preparing).open()) {
                        useOften(pool);
                    }
                })
                .as("this pooler does not look after statements")
                .isInstanceOf(dev.korm.StoreException.class)
                .hasMessageContaining("prepareThreshold");
    }

    @Test
    void a_change_that_waits_too_long_behind_a_pooler_is_stopped_on_the_server() throws SQLException {
        Postgres hasty = PooledPostgres.in(schema).busyTimeout(Duration.ofSeconds(1));
        try (Pool pool = Korm.pool().layer("main", hasty).open();
                Connection holder = PostgresServer.connect();
                Statement statement = holder.createStatement()) {
            Item<Account> item = accounts(pool)
                    .fromData("bank", "account", new Account("Ada", 1))
                    .create();
            holder.setAutoCommit(false);
            statement.execute("LOCK TABLE " + schema + ".\"__items__bank__account\"");
            assertThatThrownBy(() -> item.set(Account::balance, 2L).commit()).isInstanceOf(StoreBusyException.class);
            holder.rollback();
            assertThat(item.reload()).isEqualTo(item);
        }
    }
}
