package dev.korm.testkit.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.korm.Item;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.StoreException.Outcome;
import dev.korm.StoreReadOnlyException;
import dev.korm.spi.LayerSource;
import dev.korm.testkit.connection.CuttingProxy;
import dev.korm.testkit.connection.ServerFaultsContract;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/** What becomes of items when a server of MySQL or MariaDB, or the way to it, does not do what it is asked. */
@NullUnmarked // Tests dereference what they expect to be there.
class MySqlFaultsTest extends ServerFaultsContract {
    private final String database = MySqlTestServer.newDatabase();

    @Override
    protected LayerSource source() {
        return MySqlTestServer.in(database);
    }

    @Override
    protected Connection connect() throws SQLException {
        return MySqlTestServer.connect(database);
    }

    @Override
    protected String table() {
        return database + ".__items__bank__account";
    }

    @Override
    protected String waiting() {
        return "SELECT count(*) FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'";
    }

    @Test
    void a_connection_that_is_cut_behind_a_commit_leaves_no_doubt_and_nothing_half() {
        try (CuttingProxy proxy = new CuttingProxy(MySqlTestServer.port());
                Pool pool = Korm.pool()
                        .layer("main", MySqlTestServer.in(database, proxy.port()))
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
            // A statement is named once and then known by a number; what is in it is said each time.
            Item<Account> before = one.reload();
            proxy.cutBehind(one.rn().id().orElseThrow());
            Item<Account> changed = before.set(Account::balance, 11L).commit();
            assertThat(proxy.hasCut()).isTrue();
            assertThat(changed.revision()).isEqualTo(one.revision() + 2);
            assertThat(one.reload()).isEqualTo(changed);
            proxy.cutBehind("Eve");
            Item<Account> made = accounts(pool)
                    .fromData("bank", "account", new Account("Eve", 5))
                    .create();
            assertThat(proxy.hasCut()).isTrue();
            assertThat(made.reload()).isEqualTo(made);
            assertThat(accounts(pool).fromQuery("bank", "account").count()).isEqualTo(3);
        }
    }

    @Test
    void a_server_that_is_made_a_replica_and_back_is_followed_without_opening_again() {
        assumeFalse(MySqlTestServer.isMariaDb(), "MariaDB, which runs here without rights, lets administrators write");
        try (Pool pool = Korm.pool().layer("main", MySqlTestServer.in(database)).open()) {
            Item<Account> made = create(pool, 1);
            MySqlTestServer.execute("SET GLOBAL super_read_only = 1");
            try {
                assertThat(made.reload()).isEqualTo(made);
                assertThatThrownBy(() -> made.set(Account::balance, 2L).commit())
                        .isInstanceOfSatisfying(StoreReadOnlyException.class, refused -> assertThat(refused.outcome())
                                .isEqualTo(Outcome.NOT_APPLIED))
                        .hasMessageContaining("Connect to its primary");
            } finally {
                MySqlTestServer.execute("SET GLOBAL super_read_only = 0", "SET GLOBAL read_only = 0");
            }
            assertThat(made.set(Account::balance, 3L).commit().revision()).isEqualTo(made.revision() + 1);
        }
    }
}
