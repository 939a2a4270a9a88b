package dev.korm.testkit.mysql;

import static dev.korm.Filter.eq;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.korm.Change;
import dev.korm.ConflictException;
import dev.korm.DuplicateException;
import dev.korm.Encrypted;
import dev.korm.FloatingItem;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Searchable;
import dev.korm.StoreException;
import dev.korm.StoreException.Outcome;
import dev.korm.StoreUnavailableException;
import dev.korm.Stored;
import dev.korm.Unique;
import dev.korm.ValueException;
import dev.korm.jdbc.MySql;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Fence;
import dev.korm.spi.Layer;
import dev.korm.spi.Mutation;
import dev.korm.spi.PreparedBatch;
import dev.korm.spi.Refusal;
import dev.korm.spi.Row;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.TableSchema;
import dev.korm.testkit.Seed;
import dev.korm.testkit.connection.BoundedDataSource;
import dev.korm.testkit.contract.secret.SecretsWorld;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Three nodes of a real cluster that programs write to at once, where one is installed. {@link GaleraTest} needs none. */
@Tag("long")
@NullUnmarked // Tests dereference what they expect to be there.
class GaleraClusterTest {
    private static final AtomicInteger DATABASES = new AtomicInteger();
    private static final int ROUNDS = 60;
    private static final int TAKINGS = 1_000;
    private static final int CHANGES = 3_000;
    private static final int ROWS = 8;
    private static final int HOT = 3;

    private static GaleraCluster cluster;

    /** An account. */
    @Stored(namespace = "bank", kind = "account")
    record Account(Unique<String> name, long balance) {}

    /** A row of a batch. */
    @Stored(namespace = "bank", kind = "entry")
    record Entry(String batch, int number, String text) {}

    /** A patient. */
    @Stored(namespace = "clinic", kind = "patient")
    record Patient(@Searchable(unique = true) Encrypted<String> insurance) {}

    @BeforeAll
    static void start() {
        Optional<GaleraCluster> started = GaleraCluster.start();
        assumeTrue(started.isPresent(), "no cluster: install mariadb-server-core and galera-4");
        cluster = started.get();
    }

    @AfterAll
    static void stop() {
        if (cluster != null) {
            cluster.close();
        }
    }

    private final String database = cluster.create("galera_" + DATABASES.incrementAndGet());

    /** Reads wait until the node has what others have acknowledged. */
    private String url(int node) {
        return cluster.url(node, database) + "&sessionVariables=wsrep_sync_wait=7";
    }

    private Pool open(int node) {
        return Korm.pool().layer("main", MySql.url(url(node))).open();
    }

    private Layer layer(int node) {
        return MySql.url(url(node)).open("main", Environment.system());
    }

    private static Item<Account> account(Pool pool, String name) {
        return Korm.item(Account.class, pool)
                .fromData(new Account(Unique.of(name), 0))
                .create();
    }

    /** Runs one piece of work on each of two nodes at the same instant. */
    private static <T> List<T> atOnce(ExecutorService threads, Callable<T> one, Callable<T> other) throws Exception {
        CyclicBarrier start = new CyclicBarrier(2);
        List<Future<T>> running = new ArrayList<>();
        for (Callable<T> each : List.of(one, other)) {
            running.add(threads.submit(() -> {
                start.await();
                return each.call();
            }));
        }
        List<T> answers = new ArrayList<>();
        for (Future<T> each : running) {
            answers.add(each.get(120, TimeUnit.SECONDS));
        }
        return answers;
    }

    @Test
    void of_two_nodes_that_change_one_revision_or_take_one_value_at_once_one_gets_through() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try (Pool left = open(0);
                Pool right = open(1)) {
            Item<Account> last = account(left, "first");
            for (int round = 0; round < ROUNDS; round++) {
                long value = 1 + round;
                Item<Account> mine = last;
                Item<Account> theirs =
                        Korm.item(Account.class, right).fromRn(last.rn()).get();
                assertThat(theirs.revision()).isEqualTo(mine.revision());
                List<Boolean> committed = atOnce(threads, () -> commits(mine, value), () -> commits(theirs, -value));
                assertThat(committed).containsExactlyInAnyOrder(true, false);
                last = mine.reload();
                assertThat(last.revision()).isEqualTo(mine.revision() + 1);
                assertThat(last.data().balance()).isEqualTo(committed.get(0) ? value : -value);

                String name = "name" + round;
                assertThat(atOnce(threads, () -> creates(left, name), () -> creates(right, name)))
                        .containsExactlyInAnyOrder(true, false);
                assertThat(Korm.item(Account.class, left)
                                .query()
                                .where(eq("name", name))
                                .count())
                        .isEqualTo(1);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static boolean commits(Item<Account> item, long balance) {
        try {
            item.set(Account::balance, balance).commit();
            return true;
        } catch (ConflictException other) {
            return false;
        }
    }

    private static boolean creates(Pool pool, String name) {
        try {
            account(pool, name);
            return true;
        } catch (DuplicateException other) {
            return false;
        }
    }

    /** While keys are rotated, the fingerprints of one value differ, and no unique index sees that they are of one. */
    @Test
    void a_sealed_value_that_two_nodes_write_under_two_keys_at_once_is_stored_once() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try (Pool left = Korm.pool()
                        .layer("main", MySql.url(url(0)))
                        .keys(SecretsWorld.keys("k1", "k2"))
                        .open();
                Pool right = Korm.pool()
                        .layer("main", MySql.url(url(1)))
                        .keys(SecretsWorld.keys("k2", "k1"))
                        .open()) {
            admits(left, "first");
            admits(right, "second");
            for (int round = 0; round < ROUNDS; round++) {
                String insurance = "i" + round;
                assertThat(atOnce(threads, () -> admits(left, insurance), () -> admits(right, insurance)))
                        .as("round " + round)
                        .containsExactlyInAnyOrder(true, false);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static boolean admits(Pool pool, String insurance) {
        try {
            Korm.item(Patient.class, pool)
                    .fromData(new Patient(Encrypted.of(insurance)))
                    .create();
            return true;
        } catch (DuplicateException other) {
            return false;
        }
    }

    @Test
    void whoever_takes_a_lock_on_another_node_sees_all_that_its_former_holder_wrote() throws Exception {
        TableName things = TableName.own("__korm_things__", "id");
        ColumnSchema text = new ColumnSchema("text", ColumnKind.TEXT);
        ColumnSchema fence = new ColumnSchema(Fence.COLUMN, ColumnKind.INTEGER);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try (Layer left = layer(0);
                Layer right = layer(1)) {
            left.evolve(
                    new TableSchema(things, List.of(new ColumnSchema(things.key(), ColumnKind.ID), text), List.of()),
                    Set.of());
            left.evolve(Fence.SCHEMA, Set.of());
            List<ColumnSchema> columns =
                    Fence.SCHEMA.columns().subList(1, Fence.SCHEMA.columns().size());
            left.apply(
                    Batch.of(List.of(new Mutation.Insert(Fence.TABLE, "lock", columns, Row.of("me", 1L, 1L, 1L, 0L)))));
            int kept = 0;
            for (int round = 0; round < TAKINGS; round++) {
                long token = round;
                PreparedBatch held = left.prepare(Batch.of(List.of(
                        new Mutation.RequireFence(new Fence("lock", token)),
                        new Mutation.Insert(things, "t" + token, List.of(text), Row.of("written")))));
                assertThat(held.result()).isInstanceOf(BatchResult.Applied.class);
                List<Boolean> answers = atOnce(threads, () -> commits(held), () -> {
                    right.apply(Batch.of(List.of(new Mutation.Update(
                            Fence.TABLE, "lock", OptionalLong.empty(), List.of(fence), Row.of(token + 1)))));
                    // A row that is changed is one that is seen, whatever a node has of it when it reads.
                    return right.apply(
                                    Batch.of(List.of(new Mutation.Delete(things, "t" + token, OptionalLong.empty()))))
                            instanceof BatchResult.Applied;
                });
                assertThat(answers.get(1))
                        .as("round " + round + ": the former holder's change was stored, and the next one saw it")
                        .isEqualTo(answers.get(0));
                kept += answers.get(0) ? 1 : 0;
            }
            System.out.println(
                    "GaleraClusterTest: " + kept + " of " + TAKINGS + " changes came before the lock was lost");
            assertThat(left.apply(Batch.of(List.of(new Mutation.RequireFence(new Fence("lock", 0))))))
                    .isEqualTo(new BatchResult.Refused(0, new Refusal.Fenced(TAKINGS)));
        } finally {
            threads.shutdownNow();
        }
    }

    private static boolean commits(PreparedBatch held) {
        try {
            held.commit();
            return true;
        } catch (StoreException aborted) {
            assertThat(aborted.outcome()).isEqualTo(Outcome.NOT_APPLIED);
            return false;
        } finally {
            held.close();
        }
    }

    /**
     * Two nodes are written to, on rows that they share, and a third changes the schema beside them: the cluster aborts many
     * transactions in the middle of their inserts.
     */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void nothing_that_was_acknowledged_is_lost_when_the_cluster_aborts_transactions(boolean ownDataSource)
            throws Exception {
        long seed = Seed.next(GaleraClusterTest.class);
        Map<String, Boolean> acknowledged = new ConcurrentHashMap<>();
        AtomicInteger refused = new AtomicInteger();
        AtomicBoolean done = new AtomicBoolean();
        ExecutorService threads = Executors.newFixedThreadPool(5);
        try (Pool first = pool(0, ownDataSource);
                Pool second = pool(1, ownDataSource)) {
            List<Item<Account>> hot = new ArrayList<>();
            for (int i = 0; i < HOT; i++) {
                hot.add(account(first, "hot" + i));
            }
            Korm.createAll(entries(first, "first"));
            List<Future<?>> writers = new ArrayList<>();
            for (int writer = 0; writer < 4; writer++) {
                Pool pool = writer % 2 == 0 ? first : second;
                Random random = new Random(seed + writer);
                String name = "w" + writer + "_";
                writers.add(threads.submit(() -> {
                    for (int i = 0; i < CHANGES / 4; i++) {
                        write(pool, hot.get(random.nextInt(HOT)), name + i, acknowledged, refused);
                    }
                }));
            }
            Future<?> schema = threads.submit(() -> {
                for (int i = 0; !done.get(); i++) {
                    cluster.execute(
                            2,
                            "ALTER TABLE " + database + ".__items__bank__entry ADD COLUMN extra" + i + " INT",
                            "ALTER TABLE " + database + ".__items__bank__entry DROP COLUMN extra" + i);
                }
            });
            for (Future<?> writer : writers) {
                writer.get(20, TimeUnit.MINUTES);
            }
            done.set(true);
            schema.get(60, TimeUnit.SECONDS);
        } finally {
            done.set(true);
            threads.shutdownNow();
        }
        assertThat(acknowledged).hasSizeGreaterThan(CHANGES / 20);
        List<String> lost = new ArrayList<>();
        try (Pool pool = open(2)) {
            Items<Entry> entries = Korm.item(Entry.class, pool);
            acknowledged.forEach((batch, was) -> {
                long rows = entries.query().where(eq("batch", batch)).count();
                if (was ? rows != ROWS : rows != 0) {
                    lost.add(batch + (was ? " was acknowledged" : " was refused") + " and has " + rows + " rows");
                }
            });
        }
        assertThat(lost)
                .as(acknowledged.size() + " answers, " + refused + " refusals, seed " + seed)
                .isEmpty();
        System.out.println("GaleraClusterTest: " + acknowledged.size() + " answers, of them " + refused
                + " refusals, none lost; data source of the program's own: " + ownDataSource);
    }

    private Pool pool(int node, boolean ownDataSource) {
        return ownDataSource
                ? Korm.pool()
                        .layer("main", MySql.dataSource(BoundedDataSource.of(url(node) + "&useBulkStmts=true", 4)))
                        .open()
                : Korm.pool()
                        .layer("main", MySql.url(url(node) + "&useBulkStmts=true"))
                        .open();
    }

    private static List<FloatingItem<Entry>> entries(Pool pool, String batch) {
        List<FloatingItem<Entry>> rows = new ArrayList<>();
        for (int i = 0; i < ROWS; i++) {
            rows.add(Korm.item(Entry.class, pool).fromData(new Entry(batch, i, "some text".repeat(50))));
        }
        return rows;
    }

    private static void write(
            Pool pool, Item<Account> hot, String batch, Map<String, Boolean> acknowledged, AtomicInteger refused) {
        Item<Account> now = Korm.item(Account.class, pool).fromRn(hot.rn()).get();
        List<Change<?>> all = new ArrayList<>();
        all.add(now.set(Account::balance, now.data().balance() + 1));
        all.addAll(entries(pool, batch));
        try {
            Korm.tx(all).persist();
            acknowledged.put(batch, true);
        } catch (ConflictException stale) {
            acknowledged.put(batch, false);
            refused.incrementAndGet();
        } catch (StoreException failed) {
            if (failed.outcome() == Outcome.NOT_APPLIED) {
                acknowledged.put(batch, false);
                refused.incrementAndGet();
            }
        }
    }

    @Test
    void a_change_that_is_larger_than_the_nodes_send_to_one_another_is_refused() {
        try (Pool pool = open(0)) {
            Item<Account> one = account(pool, "one");
            Korm.createAll(entries(pool, "first"));
            cluster.execute(0, "SET GLOBAL wsrep_max_ws_size = 20000");
            try (Pool bounded = open(0)) {
                List<FloatingItem<Entry>> many = new ArrayList<>();
                for (int i = 0; i < 20; i++) {
                    many.addAll(entries(bounded, "large"));
                }
                assertThatThrownBy(() -> Korm.createAll(many))
                        .isInstanceOf(ValueException.class)
                        .hasMessageContaining("wsrep_max_ws_size");
                assertThat(Korm.item(Entry.class, bounded)
                                .query()
                                .where(eq("batch", "large"))
                                .count())
                        .isZero();
                assertThat(one.set(Account::balance, 3L).commit().revision()).isEqualTo(one.revision() + 1);
            } finally {
                cluster.execute(0, "SET GLOBAL wsrep_max_ws_size = 2147483647");
            }
            cluster.execute(0, "SET GLOBAL wsrep_max_ws_rows = 5");
            try (Pool bounded = open(0)) {
                assertThatThrownBy(() -> Korm.createAll(entries(bounded, "large")))
                        .isInstanceOf(ValueException.class)
                        .hasMessageContaining("wsrep_max_ws_rows");
            } finally {
                cluster.execute(0, "SET GLOBAL wsrep_max_ws_rows = 0");
            }
        }
    }

    /** Both other nodes end under load; the last one says for each change whether it happened, or that it cannot know. */
    @Test
    void a_node_that_loses_the_others_takes_no_change_and_knows_what_became_of_those_before() throws Exception {
        Map<String, Optional<Outcome>> outcomes = new ConcurrentHashMap<>();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (GaleraCluster ending = GaleraCluster.start().orElseThrow();
                Pool pool = Korm.pool()
                        .layer("main", MySql.url(ending.url(0, ending.create("ending"))))
                        .open()) {
            Item<Account> one = account(pool, "one");
            AtomicBoolean alone = new AtomicBoolean();
            List<Future<?>> writers = new ArrayList<>();
            for (int writer = 0; writer < 4; writer++) {
                String prefix = "w" + writer + "_";
                writers.add(threads.submit(() -> {
                    for (int i = 0; !alone.get(); i++) {
                        String name = prefix + i;
                        try {
                            account(pool, name);
                            outcomes.put(name, Optional.empty());
                        } catch (StoreException failed) {
                            outcomes.put(name, Optional.of(failed.outcome()));
                        }
                    }
                }));
            }
            Awaitility.await().atMost(60, TimeUnit.SECONDS).until(() -> outcomes.size() > ROUNDS);
            ending.kill(2);
            ending.kill(1);
            ending.awaitWithoutQuorum(0);
            alone.set(true);
            for (Future<?> writer : writers) {
                writer.get(10, TimeUnit.MINUTES);
            }
            assertThatThrownBy(() -> one.set(Account::balance, 2L).commit())
                    .isInstanceOfSatisfying(StoreUnavailableException.class, failure -> {
                        assertThat(failure.outcome()).isEqualTo(Outcome.NOT_APPLIED);
                        assertThat(failure.isRetryable()).isTrue();
                    })
                    .hasMessageContaining("quorum");
            ending.makePrimary(0);
            assertThat(one.set(Account::balance, 3L).commit().revision()).isEqualTo(one.revision() + 1);
            List<String> wrong = new ArrayList<>();
            outcomes.forEach((name, outcome) -> {
                boolean there = Korm.item(Account.class, pool)
                                .query()
                                .where(eq("name", name))
                                .count()
                        == 1;
                if (outcome.isEmpty() ? !there : outcome.get() == Outcome.NOT_APPLIED && there) {
                    wrong.add(name + " " + outcome + ", stored: " + there);
                }
            });
            assertThat(wrong).isEmpty();
            System.out.println("GaleraClusterTest: " + outcomes.size() + " changes, "
                    + outcomes.values().stream()
                            .filter(outcome -> outcome.equals(Optional.of(Outcome.UNKNOWN)))
                            .count()
                    + " unknown");
        } finally {
            threads.shutdownNow();
        }
    }
}
