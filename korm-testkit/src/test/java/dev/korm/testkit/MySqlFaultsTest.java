package dev.korm.testkit;

import static dev.korm.Assignment.set;
import static dev.korm.Filter.eq;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.StoreException.Outcome;
import dev.korm.StoreReadOnlyException;
import dev.korm.spi.query.TableName;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of items when a server of MySQL or MariaDB, or the way to it, does not do what it is asked. */
@NullUnmarked // Tests dereference what they expect to be there.
class MySqlFaultsTest {
    record Account(String name, long balance) {}

    private final String database = MySqlTestServer.newDatabase();

    private static Items<Account> accounts(Pool pool) {
        return Korm.item(Account.class, pool);
    }

    private static Item<Account> create(Pool pool, long balance) {
        return accounts(pool)
                .fromData("bank", "account", new Account("Ada", balance))
                .create();
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

    /** An item is changed by others while a bulk change that had selected it waits for it. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_bulk_change_leaves_alone_what_does_not_match_any_more_when_it_is_its_turn(boolean deletes) throws Exception {
        try (Pool pool = Korm.pool().layer("main", MySqlTestServer.in(database)).open();
                Connection holder = MySqlTestServer.connect(database);
                Statement statement = holder.createStatement()) {
            Item<Account> made = create(pool, 1);
            create(pool, 1);
            holder.setAutoCommit(false);
            statement.execute("UPDATE " + database + ".__items__bank__account SET balance = 99, "
                    + TableName.REVISION + " = " + TableName.REVISION + " + 1 WHERE rnId = '"
                    + made.rn().id().orElseThrow() + "'");
            ExecutorService thread = Executors.newSingleThreadExecutor();
            try {
                Future<Long> changing = thread.submit(() -> {
                    var ones = accounts(pool).fromQuery("bank", "account").where(eq("balance", 1));
                    return deletes ? ones.deleteAll() : ones.updateAll(set("balance", 5));
                });
                await().atMost(Duration.ofSeconds(60)).until(() -> {
                    try (Connection watching = MySqlTestServer.connect(database);
                            Statement asking = watching.createStatement();
                            ResultSet waiting = asking.executeQuery(
                                    "SELECT count(*) FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'")) {
                        return waiting.next() && waiting.getInt(1) == 1;
                    }
                });
                holder.commit();
                assertThat(changing.get(60, TimeUnit.SECONDS)).isEqualTo(1);
                assertThat(made.reload().data().balance()).isEqualTo(99);
            } finally {
                thread.shutdownNow();
            }
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
