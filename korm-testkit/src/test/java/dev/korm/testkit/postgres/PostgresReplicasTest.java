package dev.korm.testkit.postgres;

import static dev.korm.Filter.eq;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.korm.Assignment;
import dev.korm.ConflictException;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Order;
import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.StoreException;
import dev.korm.jdbc.Postgres;
import dev.korm.testkit.Seed;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Pools that read from standbys. Which server has answered is seen by what it knows: while standbys replay nothing, they lack what another pool has written since.
 */
@NullUnmarked // Tests dereference what they expect to be there.
class PostgresReplicasTest {
    private static final Duration FOREVER = Duration.ofHours(1);

    @TempDir
    static Path folder;

    private static PostgresCluster cluster;
    private static int schemas;

    /** Something to do while the hundredth item is read: before the second part of the rows is fetched. */
    private static volatile @Nullable Runnable atNext;

    record Account(String name, long balance) {
        Account {
            Runnable act = atNext;
            if (act != null && balance == 100) {
                atNext = null;
                act.run();
            }
        }
    }

    record Card(Rn<Account> account) {}

    private String schema;
    private Pool other;
    private final List<Pool> pools = new ArrayList<>();

    @BeforeAll
    static void start() throws IOException, SQLException {
        cluster = PostgresCluster.start(folder, 2);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @BeforeEach
    void open() {
        schema = "replicas" + ++schemas;
        cluster.node(0).execute("CREATE SCHEMA " + schema);
        other = opened(Postgres.url(cluster.url(0)).schema(schema));
    }

    @AfterEach
    void close() {
        atNext = null;
        pools.forEach(Pool::close);
        cluster.node(1).resume();
        cluster.node(2).resume();
    }

    private Pool opened(Postgres source) {
        Pool pool = Korm.pool().layer("main", source).open();
        pools.add(pool);
        return pool;
    }

    private Pool reading(Duration staleness) {
        return opened(Postgres.url(cluster.url(0))
                .schema(schema)
                .replicas(cluster.url(1), cluster.url(2))
                .maxStaleness(staleness));
    }

    private static Items<Account> accounts(Pool pool) {
        return Korm.item(Account.class, pool);
    }

    private static Item<Account> create(Pool pool, String name, long balance) {
        return accounts(pool)
                .fromData("bank", "account", new Account(name, balance))
                .create();
    }

    private static Optional<Item<Account>> find(Pool pool, Rn<Account> rn) {
        return accounts(pool).fromRn(rn).find();
    }

    private static long count(Pool pool) {
        return accounts(pool).fromQuery("bank", "account").count();
    }

    /** Has standbys replay nothing any more, and waits until the pool reads from them. Returns what they lack. */
    private Item<Account> standStill(Pool pool) {
        find(pool, Rn.item("bank", "account", UUID.randomUUID()));
        awaitReplicas(pool);
        cluster.node(1).pause();
        cluster.node(2).pause();
        Item<Account> lacking = create(other, "lacking", 1);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> find(pool, lacking.rn()).isEmpty());
        return lacking;
    }

    @Test
    void replicas_answer_queries_and_items_by_their_names() {
        Pool pool = reading(FOREVER);
        Item<Account> before = create(other, "Ada", 1);
        Item<Account> lacking = standStill(pool);
        assertThat(find(pool, before.rn())).isPresent();
        assertThat(find(pool, lacking.rn())).isEmpty();
        assertThat(count(pool)).isEqualTo(1);
        assertThat(accounts(pool).fromQuery("bank", "account").get()).hasSize(1);
        assertThat(accounts(pool).fromQuery("bank", "account").page(10).items()).hasSize(1);
        assertThat(accounts(pool)
                        .fromQuery("bank", "account")
                        .where(eq(Account::name, "lacking"))
                        .exists())
                .isFalse();
        try (Stream<Item<Account>> all = accounts(pool).fromQuery("bank", "account").stream()) {
            assertThat(all).hasSize(1);
        }
    }

    @Test
    void a_pool_sees_what_it_wrote_while_replicas_do_not_have_it() {
        Pool pool = reading(FOREVER);
        create(other, "Ada", 1);
        standStill(pool);
        Item<Account> own = create(pool, "own", 1);
        assertThat(find(pool, own.rn())).isPresent();
        assertThat(count(pool)).isEqualTo(3);
        for (int i = 0; i < 20; i++) {
            own = own.set(Account::balance, own.data().balance() + 1).commit();
            assertThat(find(pool, own.rn()).get().revision()).isEqualTo(own.revision());
        }
        own.delete();
        assertThat(find(pool, own.rn())).isEmpty();
        Item<Account> committed = pool.transaction(tx -> tx.item(Account.class)
                .fromData("bank", "account", new Account("together", 2))
                .create());
        assertThat(find(pool, committed.rn())).isPresent();
    }

    @Test
    void a_transaction_reads_where_it_writes() {
        Pool pool = reading(FOREVER);
        create(other, "Ada", 1);
        Item<Account> lacking = standStill(pool);
        Optional<Item<Account>> seen = pool.transaction(
                tx -> tx.item(Account.class).fromRn(lacking.rn()).find());
        assertThat(seen).isPresent();
    }

    @Test
    void a_change_that_rests_on_old_data_is_refused_and_succeeds_when_it_is_read_again() {
        Pool pool = reading(FOREVER);
        Item<Account> shared = create(other, "Ada", 1);
        standStill(pool);
        Item<Account> changed = shared.set(Account::balance, 2L).commit();
        Item<Account> old = find(pool, shared.rn()).get();
        assertThat(old.revision()).isEqualTo(shared.revision());
        assertThatThrownBy(() -> old.set(Account::balance, 3L).commit()).isInstanceOf(ConflictException.class);
        Item<Account> again = find(pool, shared.rn()).get();
        assertThat(again.revision()).isEqualTo(changed.revision());
        again.set(Account::balance, 3L).commit();
    }

    @Test
    void what_is_updated_by_a_query_is_found_where_it_is_written() {
        Pool pool = reading(FOREVER);
        create(other, "Ada", 1);
        standStill(pool);
        assertThat(accounts(pool)
                        .fromQuery("bank", "account")
                        .where(eq(Account::name, "lacking"))
                        .updateAll(Assignment.add("balance", 5)))
                .isEqualTo(1);
    }

    @Test
    void replicas_that_stand_still_are_left_out_when_they_are_too_old() {
        Pool pool = reading(Duration.ofMillis(300));
        create(other, "Ada", 1);
        count(pool);
        cluster.node(1).pause();
        cluster.node(2).pause();
        Item<Account> later = create(other, "later", 1);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> find(pool, later.rn()).isPresent());
        for (int i = 0; i < 200; i++) {
            assertThat(find(pool, later.rn())).isPresent();
        }
    }

    @Test
    void one_replica_answers_where_the_other_stands_still() {
        Pool pool = reading(FOREVER);
        create(other, "Ada", 1);
        Item<Account> lacking = standStill(pool);
        create(pool, "own", 1);
        cluster.node(2).resume();
        cluster.node(2).awaitAll(cluster.node(0));
        // By the second alone, which is paused once the pool reads from it.
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            count(pool);
            return readsBy(2) > 0;
        });
        assertThat(find(pool, lacking.rn())).isPresent();
    }

    /** So many selections of this schema a node has seen, as its sessions show what they ran last. */
    private long readsBy(int node) {
        return Long.parseLong(cluster.node(node)
                .ask("SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%" + schema
                        + "%' AND pid <> pg_backend_pid()"));
    }

    private List<Item<Account>> many(Pool pool) {
        List<Item<Account>> items = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            items.add(accounts(pool)
                    .fromData("bank", "account", new Account("a", i))
                    .create());
        }
        return items;
    }

    private List<Item<Account>> ordered(Pool pool) {
        return accounts(pool)
                .fromQuery("bank", "account")
                .orderBy(Order.asc(Account::balance))
                .get();
    }

    @Test
    void a_question_that_replay_cancels_is_put_to_the_primary() {
        Pool pool = reading(FOREVER);
        many(other);
        awaitReplicas(pool);
        String setting = "ALTER SYSTEM SET max_standby_streaming_delay = ";
        for (int node = 1; node <= 2; node++) {
            cluster.node(node).execute(setting + "0", "SELECT pg_reload_conf()");
        }
        try {
            atNext = () -> {
                cluster.node(0)
                        .execute("BEGIN; LOCK TABLE " + schema + "." + table() + " IN ACCESS EXCLUSIVE MODE; COMMIT");
                cluster.node(1).awaitAll(cluster.node(0));
                cluster.node(2).awaitAll(cluster.node(0));
            };
            assertThat(ordered(pool)).hasSize(600);
            assertThat(atNext).isNull();
            assertThat(conflicts(1) + conflicts(2)).isPositive();
        } finally {
            for (int node = 1; node <= 2; node++) {
                cluster.node(node).execute("ALTER SYSTEM RESET max_standby_streaming_delay", "SELECT pg_reload_conf()");
            }
        }
    }

    private long conflicts(int node) {
        return Long.parseLong(cluster.node(node).ask("SELECT sum(confl_lock) FROM pg_stat_database_conflicts"));
    }

    private String table() {
        return cluster.node(0)
                .ask("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = '" + schema
                        + "' AND tablename LIKE '%account%'");
    }

    /** Waits until the pool reads from both replicas. */
    private void awaitReplicas(Pool pool) {
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            count(pool);
            return readsBy(1) > 0 && readsBy(2) > 0;
        });
    }

    @Test
    void a_question_whose_replica_ends_its_connection_is_put_anew() {
        Pool pool = reading(FOREVER);
        many(other);
        awaitReplicas(pool);
        atNext = this::endConnections;
        assertThat(ordered(pool)).hasSize(600);
        assertThat(atNext).isNull();
    }

    @Test
    void a_stream_whose_replica_ends_its_connection_says_so() {
        Pool pool = reading(FOREVER);
        many(other);
        // Again where the primary has answered, as it does when connections to replicas were lost before.
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            awaitReplicas(pool);
            atNext = this::endConnections;
            try (Stream<Item<Account>> all =
                    accounts(pool).fromQuery("bank", "account").orderBy(Order.asc(Account::balance)).stream()) {
                return all.count() < 0;
            } catch (StoreException failed) {
                assertThat(failed.outcome()).isEqualTo(StoreException.Outcome.NOT_APPLIED);
                return true;
            }
        });
        assertThat(atNext).isNull();
    }

    private void endConnections() {
        for (int node = 1; node <= 2; node++) {
            cluster.node(node).execute(TERMINATE);
        }
    }

    private static final String TERMINATE =
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE application_name = 'korm'";

    @Test
    void a_replica_that_is_killed_is_left_out_until_it_is_back() {
        Pool pool = reading(FOREVER);
        Item<Account> item = create(other, "Ada", 1);
        awaitReplicas(pool);
        cluster.node(1).kill();
        cluster.node(2).kill();
        for (int i = 0; i < 50; i++) {
            assertThat(find(pool, item.rn())).isPresent();
        }
        Item<Account> own = create(pool, "own", 1);
        assertThat(find(pool, own.rn())).isPresent();
        cluster.node(1).start();
        cluster.node(2).start();
        awaitReplicas(pool);
    }

    @Test
    void random_changes_are_seen_at_once_by_the_pool_that_made_them() throws Exception {
        changeAtRandom(Duration.ofSeconds(3));
    }

    @Test
    @Tag("long")
    void random_changes_are_seen_at_once_for_a_minute() throws Exception {
        changeAtRandom(Duration.ofMinutes(1));
    }

    /**
     * Threads change items of their own and read those of all, while standbys are paused and lose their connections: whoever reads an item sees at least the last change that was
     * acknowledged when it began, and no question fails.
     */
    private void changeAtRandom(Duration duration) throws Exception {
        Random random = Seed.random(getClass());
        Pool pool = reading(Duration.ofMillis(500));
        List<Rn<Account>> items = new ArrayList<>();
        List<AtomicLong> acknowledged = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            items.add(create(pool, "item" + i, 1_000).rn());
            acknowledged.add(new AtomicLong(1_000));
        }
        awaitReplicas(pool);
        long end = System.nanoTime() + duration.toNanos();
        AtomicLong reads = new AtomicLong();
        AtomicLong changes = new AtomicLong();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                int own = thread;
                Random chance = new Random(random.nextLong());
                running.add(threads.submit(() -> {
                    while (System.nanoTime() < end) {
                        // Mostly reads, so that standbys come up in between.
                        if (chance.nextInt(100) == 0) {
                            int i = own + 4 * chance.nextInt(4);
                            Account now = find(pool, items.get(i)).orElseThrow().data();
                            assertThat(now.balance())
                                    .isEqualTo(acknowledged.get(i).get());
                            accounts(pool)
                                    .fromRn(items.get(i))
                                    .get()
                                    .set(Account::balance, now.balance() + 1)
                                    .commit();
                            acknowledged.get(i).incrementAndGet();
                            changes.incrementAndGet();
                        } else if (chance.nextInt(10) == 0) {
                            long least = acknowledged.stream()
                                    .mapToLong(AtomicLong::get)
                                    .sum();
                            assertThat(accounts(pool)
                                            .fromQuery("bank", "account")
                                            .sum(Account::balance)
                                            .longValue())
                                    .isGreaterThanOrEqualTo(least);
                        } else {
                            int i = chance.nextInt(items.size());
                            long least = acknowledged.get(i).get();
                            assertThat(find(pool, items.get(i))
                                            .orElseThrow()
                                            .data()
                                            .balance())
                                    .isGreaterThanOrEqualTo(least);
                        }
                        reads.incrementAndGet();
                    }
                    return null;
                }));
            }
            while (System.nanoTime() < end) {
                PostgresCluster.Node node = cluster.node(1 + random.nextInt(2));
                switch (random.nextInt(3)) {
                    case 0 -> node.pause();
                    case 1 -> node.resume();
                    default -> node.execute(TERMINATE);
                }
                long from = reads.get();
                await().atMost(Duration.ofSeconds(60))
                        .until(() -> reads.get() > from + 300 || System.nanoTime() >= end);
            }
            for (Future<?> each : running) {
                each.get(60, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
        System.out.println("Read " + reads + " times and changed " + changes + " times; standbys were asked " + asked(1)
                + " and " + asked(2) + " times by all");
    }

    /** So many transactions a node has run. */
    private long asked(int node) {
        return Long.parseLong(
                cluster.node(node).ask("SELECT xact_commit FROM pg_stat_database WHERE datname = 'postgres'"));
    }

    @Test
    void a_resolved_reference_is_read_where_the_reference_was() {
        Pool pool = reading(FOREVER);
        Item<Account> account = create(other, "Ada", 1);
        Item<Card> card = Korm.item(Card.class, other)
                .fromData("bank", "card", new Card(account.rn()))
                .create();
        awaitReplicas(pool);
        Item<Card> read = Korm.item(Card.class, pool)
                .fromRn(card.rn())
                .resolvePaths("account")
                .get();
        assertThat(read.data().account().get().name()).isEqualTo("Ada");
    }

    @Test
    @Tag("long")
    void a_standby_of_another_database_is_never_read(@TempDir Path elsewhere) throws Exception {
        create(other, "Ada", 1);
        String end = cluster.node(0).ask("SELECT pg_current_wal_lsn()");
        try (PostgresCluster foreign = PostgresCluster.start(elsewhere, 1)) {
            foreign.node(0).execute("CREATE SCHEMA " + schema);
            try (Pool there = Korm.pool()
                    .layer("main", Postgres.url(foreign.url(0)).schema(schema))
                    .open()) {
                create(there, "foreign", 1);
            }
            // It is not left out for being behind.
            while (foreign.node(0)
                    .ask("SELECT pg_current_wal_lsn() > '" + end + "'")
                    .equals("f")) {
                foreign.node(0).execute("SELECT pg_logical_emit_message(true, 'more', 'x')", "SELECT pg_switch_wal()");
            }
            foreign.node(1).awaitAll(foreign.node(0));
            try (Pool pool = Korm.pool()
                    .layer(
                            "main",
                            Postgres.url(cluster.url(0))
                                    .schema(schema)
                                    .replicas(foreign.url(1), cluster.url(1))
                                    .maxStaleness(FOREVER))
                    .open()) {
                // The foreign one is looked at first.
                await().atMost(Duration.ofSeconds(30)).until(() -> {
                    count(pool);
                    return readsBy(1) > 0;
                });
                for (int i = 0; i < 100; i++) {
                    assertThat(accounts(pool).fromQuery("bank", "account").get())
                            .extracting(item -> item.data().name())
                            .containsExactly("Ada");
                }
                assertThat(foreign.node(1)
                                .ask("SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%" + schema
                                        + "%' AND pid <> pg_backend_pid()"))
                        .isEqualTo("0");
            }
        }
    }
}
