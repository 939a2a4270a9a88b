package dev.korm.testkit.connection;

import static dev.korm.Assignment.set;
import static dev.korm.Filter.eq;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.spi.LayerSource;
import dev.korm.spi.query.TableName;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Items on a server that does not do what it is asked: tests that hold for servers of all kinds. */
@NullUnmarked // Tests dereference what they expect to be there.
public abstract class ServerFaultsContract {
    public record Account(String name, long balance) {}

    /** Returns a layer of the server. */
    protected abstract LayerSource source();

    /** Connects to where the layer's tables are, past korm. */
    protected abstract Connection connect() throws SQLException;

    /** Returns the table of accounts, as SQL names it. */
    protected abstract String table();

    /** Returns the query of how many transactions wait for one another. */
    protected abstract String waiting();

    protected static Items<Account> accounts(Pool pool) {
        return Korm.item(Account.class, pool);
    }

    protected static Item<Account> create(Pool pool, long balance) {
        return accounts(pool)
                .fromData("bank", "account", new Account("Ada", balance))
                .create();
    }

    /** An item is changed by others while a bulk change that had selected it waits for it. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_bulk_change_leaves_alone_what_does_not_match_any_more_when_it_is_its_turn(boolean deletes) throws Exception {
        try (Pool pool = Korm.pool().layer("main", source()).open();
                Connection holder = connect();
                Statement statement = holder.createStatement()) {
            Item<Account> made = create(pool, 1);
            create(pool, 1);
            holder.setAutoCommit(false);
            String id = statement.enquoteIdentifier("rnId", true);
            statement.execute("UPDATE " + table() + " SET balance = 99, " + TableName.REVISION + " = "
                    + TableName.REVISION + " + 1 WHERE " + id + " = '"
                    + made.rn().id().orElseThrow() + "'");
            ExecutorService thread = Executors.newSingleThreadExecutor();
            try {
                Future<Long> changing = thread.submit(() -> {
                    var ones = accounts(pool).fromQuery("bank", "account").where(eq("balance", 1));
                    return deletes ? ones.deleteAll() : ones.updateAll(set("balance", 5));
                });
                await().atMost(Duration.ofSeconds(60)).until(() -> {
                    try (Connection watching = connect();
                            Statement asking = watching.createStatement();
                            ResultSet waiting = asking.executeQuery(waiting())) {
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
}
