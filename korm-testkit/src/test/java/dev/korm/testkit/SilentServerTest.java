package dev.korm.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.Item;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.StoreUnavailableException;
import dev.korm.spi.LayerSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/** A server that does not answer is given up, and asked again by later calls on connections of their own. */
@NullUnmarked // Tests dereference what they expect to be there.
class SilentServerTest {
    private static final Duration LOCK = Duration.ofMinutes(1);
    private static final Duration SILENCE = Duration.ofSeconds(1);

    record Account(String name, long balance) {}

    @Test
    void a_silent_server_of_mysql_does_not_hold_the_pool() throws SQLException {
        String database = MySqlTestServer.newDatabase();
        gives_up(
                MySqlTestServer.in(database).poolSize(1).busyTimeout(LOCK).socketTimeout(SILENCE),
                MySqlTestServer.connect(database),
                "LOCK TABLES `__items__bank__account` WRITE");
    }

    @Test
    void a_silent_server_of_postgres_does_not_hold_the_pool() throws SQLException {
        String schema = PostgresServer.newSchema();
        gives_up(
                PostgresServer.in(schema).poolSize(1).busyTimeout(LOCK).socketTimeout(SILENCE),
                PostgresServer.connect(),
                "LOCK TABLE " + schema + ".\"__items__bank__account\"");
    }

    /** The lock is held for as long as the call lasts, so that only the limit can end it before the lock's own. */
    private static void gives_up(LayerSource source, Connection holder, String lock) throws SQLException {
        try (holder;
                Statement statement = holder.createStatement();
                Pool pool = Korm.pool().layer("main", source).open()) {
            Item<Account> made = Korm.item(Account.class, pool)
                    .fromData("bank", "account", new Account("Ada", 1))
                    .create();
            holder.setAutoCommit(false);
            statement.execute(lock);
            assertThatThrownBy(made::reload).isInstanceOf(StoreUnavailableException.class);
            if (lock.startsWith("LOCK TABLES")) {
                statement.execute("UNLOCK TABLES");
            }
            holder.rollback();
            assertThat(made.reload()).isEqualTo(made);
        }
    }
}
