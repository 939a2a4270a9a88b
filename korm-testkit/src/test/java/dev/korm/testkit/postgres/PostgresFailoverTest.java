package dev.korm.testkit.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.StoreException;
import dev.korm.StoreUnavailableException;
import dev.korm.jdbc.Postgres;
import dev.korm.testkit.connection.CuttingProxy;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pool that is kept open while the servers of its layer change places. */
@NullUnmarked // Tests dereference what they expect to be there.
class PostgresFailoverTest {
    @TempDir
    Path folder;

    private PostgresCluster cluster;
    private Pool pool;

    record Account(String name, long balance) {}

    @BeforeEach
    void start() throws IOException, SQLException {
        cluster = PostgresCluster.start(folder, 2);
        pool = Korm.pool()
                .layer(
                        "main",
                        Postgres.url(cluster.url(0))
                                .replicas(cluster.url(1), cluster.url(2))
                                .poolTimeout(Duration.ofSeconds(1)))
                .open();
    }

    @AfterEach
    void stop() {
        pool.close();
        cluster.close();
    }

    private Items<Account> accounts() {
        return Korm.item(Account.class, pool);
    }

    private Item<Account> create(String name) {
        return accounts().fromData("bank", "account", new Account(name, 1)).create();
    }

    private long count() {
        return accounts().fromQuery("bank", "account").count();
    }

    /** Creates an item once a primary is there. */
    private Item<Account> createSoon(String name) {
        Item<Account>[] made = holder();
        await().atMost(Duration.ofSeconds(60))
                .ignoreExceptionsInstanceOf(StoreException.class)
                .until(() -> {
                    made[0] = create(name);
                    return true;
                });
        return made[0];
    }

    @SuppressWarnings("unchecked")
    private static Item<Account>[] holder() {
        return (Item<Account>[]) new Item<?>[1];
    }

    private String rows(int node) {
        return cluster.node(node).ask("SELECT count(*) FROM \"__items__bank__account\"");
    }

    private void awaitRead(int node) {
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            count();
            return !cluster.node(node)
                    .ask(
                            "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%__items__bank__account%' AND pid <> pg_backend_pid()")
                    .equals("0");
        });
    }

    @Test
    void writes_go_on_at_a_promoted_standby_and_never_at_the_primary_that_comes_back() {
        Item<Account> first = create("first");
        cluster.node(1).awaitAll(cluster.node(0));
        cluster.node(2).awaitAll(cluster.node(0));
        cluster.node(0).kill();
        assertThatThrownBy(() -> create("nowhere")).isInstanceOf(StoreException.class);

        cluster.node(1).promote();
        cluster.node(2).followNow(cluster.node(1));
        Item<Account> second = createSoon("second");
        assertThat(accounts().fromRn(second.rn()).find()).isPresent();
        assertThat(accounts().fromRn(first.rn()).find()).isPresent();
        Item<Account> changed = first.set(Account::balance, 2L).commit();
        assertThat(changed.revision()).isEqualTo(first.revision() + 1);
        // The other standby follows the new primary, and is read again.
        awaitRead(2);
        assertThat(accounts().fromRn(changed.rn()).get().data().balance()).isEqualTo(2);

        String before = rows(1);
        cluster.node(1).kill();
        cluster.node(0).start();
        assertThatThrownBy(() -> create("lost")).isInstanceOf(StoreUnavailableException.class);
        assertThat(rows(0)).isEqualTo("1");
        cluster.node(1).start();
        createSoon("third");
        assertThat(Integer.parseInt(rows(1))).isEqualTo(Integer.parseInt(before) + 1);
        assertThat(rows(0)).isEqualTo("1");
    }

    @Test
    @Tag("long")
    void writes_leave_a_primary_that_does_not_know_that_it_was_replaced() {
        create("first");
        cluster.node(1).awaitAll(cluster.node(0));
        awaitRead(1);
        cluster.node(1).promote();
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            count();
            create("later");
            return Integer.parseInt(rows(1)) > 1;
        });
        String there = rows(0);
        create("last");
        assertThat(rows(0)).isEqualTo(there);
    }

    @Test
    @Tag("long")
    void a_pool_opens_when_its_first_server_is_gone() {
        create("first");
        cluster.node(1).awaitAll(cluster.node(0));
        pool.close();
        cluster.node(0).kill();
        cluster.node(1).promote();
        pool = Korm.pool()
                .layer("main", Postgres.url(cluster.url(0)).replicas(cluster.url(1), cluster.url(2)))
                .open();
        create("second");
        assertThat(rows(1)).isEqualTo("2");
    }

    /** A pool whose first server is reached through a proxy, and its item, which all servers have. */
    private Item<Account> behind(CuttingProxy proxy) {
        pool.close();
        pool = Korm.pool()
                .layer(
                        "main",
                        Postgres.url(cluster.url(0)
                                        .replace(":" + cluster.node(0).port() + "/", ":" + proxy.port() + "/"))
                                .replicas(cluster.url(1), cluster.url(2))
                                .poolTimeout(Duration.ofSeconds(10)))
                .open();
        Item<Account> made = create("first");
        cluster.node(1).awaitAll(cluster.node(0));
        return made;
    }

    /** Has the first server take a change whose answer nobody hears, then lets another take its place, and returns what became of the change. */
    private <T> T lost(CuttingProxy proxy, String word, Callable<T> change, String taken) throws Exception {
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            // Not before the change is sent: what the pool asks of an idle connection first is answered.
            proxy.fallSilentBehind(word);
            Future<T> changing = thread.submit(change);
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> cluster.node(0).ask(taken).equals("1"));
            if (isReceiving(1)) {
                cluster.node(1).awaitAll(cluster.node(0));
            }
            // It has the place before the first one dies, so that all that the pool does to find out finds it.
            cluster.node(1).promote();
            cluster.node(0).kill();
            proxy.close();
            return changing.get(60, TimeUnit.SECONDS);
        } finally {
            thread.shutdownNow();
        }
    }

    private boolean isReceiving(int node) {
        return cluster.node(node)
                .ask("SELECT count(*) FROM pg_stat_wal_receiver")
                .equals("1");
    }

    /** Has a standby receive nothing more, as one behind a network that is cut. */
    private void separate(int node) {
        cluster.node(node).execute("ALTER SYSTEM SET primary_conninfo = ''", "SELECT pg_reload_conf()");
        await().atMost(Duration.ofSeconds(60)).until(() -> !isReceiving(node));
    }

    private static String rowsOf(long balance) {
        return "SELECT count(*) FROM \"__items__bank__account\" WHERE balance = " + balance;
    }

    /** Changes an item in a commit whose answer is lost, and finds it once on the promoted one. */
    private void isOnThePromotedOne(CuttingProxy proxy, Item<Account> made) throws Exception {
        Item<Account> changed =
                lost(proxy, "UPDATE", () -> made.set(Account::balance, 2L).commit(), rowsOf(2));
        assertThat(changed.revision()).isEqualTo(made.revision() + 1);
        assertThat(cluster.node(1).ask(rowsOf(2))).isEqualTo("1");
        assertThat(accounts().fromRn(made.rn()).get()).isEqualTo(changed);
    }

    @Test
    void a_commit_whose_answer_dies_with_the_primary_is_told_by_its_token_on_the_promoted_one() throws Exception {
        try (CuttingProxy proxy = new CuttingProxy(cluster.node(0).port())) {
            Item<Account> made = behind(proxy);
            isOnThePromotedOne(proxy, made);
        }
    }

    @Test
    @Tag("long")
    void an_item_whose_answer_dies_with_the_primary_is_told_by_its_token_on_the_promoted_one() throws Exception {
        try (CuttingProxy proxy = new CuttingProxy(cluster.node(0).port())) {
            behind(proxy);
            Item<Account> second = lost(
                    proxy,
                    "INSERT",
                    () -> accounts()
                            .fromData("bank", "account", new Account("second", 3))
                            .create(),
                    rowsOf(3));
            assertThat(cluster.node(1).ask(rowsOf(3))).isEqualTo("1");
            assertThat(accounts().fromRn(second.rn()).get()).isEqualTo(second);
        }
    }

    @Test
    @Tag("long")
    void a_commit_that_the_promoted_one_never_got_is_made_there() throws Exception {
        try (CuttingProxy proxy = new CuttingProxy(cluster.node(0).port())) {
            Item<Account> made = behind(proxy);
            separate(1);
            isOnThePromotedOne(proxy, made);
        }
    }

    @Test
    @Tag("long")
    void an_item_that_the_promoted_one_never_got_is_told_as_unknown_and_not_made_again() throws Exception {
        try (CuttingProxy proxy = new CuttingProxy(cluster.node(0).port())) {
            behind(proxy);
            separate(1);
            assertThatThrownBy(() -> lost(
                            proxy,
                            "INSERT",
                            () -> accounts()
                                    .fromData("bank", "account", new Account("second", 3))
                                    .create(),
                            rowsOf(3)))
                    .cause()
                    .isInstanceOfSatisfying(StoreException.class, failure -> assertThat(failure.outcome())
                            .isEqualTo(StoreException.Outcome.UNKNOWN));
            assertThat(cluster.node(1).ask(rowsOf(3))).isEqualTo("0");
        }
    }
}
