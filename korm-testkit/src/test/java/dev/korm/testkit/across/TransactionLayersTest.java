package dev.korm.testkit.across;

import static dev.korm.Filter.eq;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.korm.ClosedException;
import dev.korm.ConfigurationException;
import dev.korm.ConflictException;
import dev.korm.Document;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.PoolTransaction;
import dev.korm.PoolTransaction.Reads;
import dev.korm.Rn;
import dev.korm.StoreException;
import dev.korm.StoreException.Outcome;
import dev.korm.Stored;
import dev.korm.Transaction;
import dev.korm.jdbc.Sqlite;
import dev.korm.spi.Capabilities.Feature;
import dev.korm.testkit.fault.FaultyLayer;
import dev.korm.testkit.fault.FaultyLayer.Call;
import dev.korm.testkit.fault.FaultyLayer.Moment;
import dev.korm.testkit.memory.MemoryJournal;
import dev.korm.testkit.memory.MemoryLayer;
import dev.korm.testkit.postgres.PostgresServer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Transactions and the layers they touch: how many transactions of a database they take, and what holds over several. */
@NullUnmarked // Tests dereference what they expect to be there.
class TransactionLayersTest {
    private static final PoolTransaction.Options QUICK =
            PoolTransaction.Options.DEFAULT.withPauses(Duration.ZERO, Duration.ZERO);

    @TempDir
    Path folder;

    private final FaultyLayer left = FaultyLayer.around(MemoryLayer.create());
    private final FaultyLayer right = FaultyLayer.around(MemoryLayer.create());

    @Stored(layer = "left", namespace = "people", kind = "owner")
    record Owner(String name, int things) {}

    @Stored(layer = "right", namespace = "goods", kind = "thing")
    record Thing(String name, @Nullable Rn<Owner> owner) {}

    @Stored(namespace = "one", kind = "counter")
    record Counter(long value) {}

    private Pool journaled() {
        return Korm.pool()
                .layer("left", left)
                .layer("right", right)
                .withWal(MemoryJournal.create())
                .open();
    }

    private Pool unjournaled() {
        return Korm.pool().layer("left", left).layer("right", right).open();
    }

    private static Item<Owner> owner(Pool pool, String name) {
        return Korm.item(Owner.class, pool).fromData(new Owner(name, 0)).create();
    }

    private static void sell(PoolTransaction tx, Rn<Owner> rn) {
        Item<Owner> owner = tx.item(Owner.class).fromRn(rn).get();
        owner.set(Owner::things, owner.data().things() + 1).commit();
        tx.item(Thing.class).fromData(new Thing("car", rn)).create();
    }

    @Test
    void a_transaction_over_two_layers_is_whole_and_sees_itself_across_them() {
        try (Pool pool = journaled()) {
            Item<Owner> fred = owner(pool, "fred");
            pool.runTransaction(tx -> {
                sell(tx, fred.rn());
                assertThat(tx.item(Thing.class)
                                .query()
                                .where(eq("owner.things", 1))
                                .count())
                        .isEqualTo(1);
                assertThat(tx.item(Thing.class)
                                .query()
                                .resolvePaths("owner")
                                .first()
                                .get()
                                .data()
                                .owner()
                                .get()
                                .things())
                        .isEqualTo(1);
            });
            assertThat(fred.reload().data().things()).isEqualTo(1);
            assertThat(Korm.item(Thing.class, pool).query().count()).isEqualTo(1);
            assertThatThrownBy(() -> pool.runTransaction(tx -> {
                        sell(tx, fred.rn());
                        throw new IllegalStateException("mine");
                    }))
                    .hasMessage("mine");
            AtomicInteger runs = new AtomicInteger();
            pool.runTransaction(QUICK, tx -> {
                sell(tx, fred.rn());
                if (runs.incrementAndGet() == 1) {
                    fred.reload().set(Owner::things, 10).commit();
                }
            });
            assertThat(runs).hasValue(2);
            assertThat(fred.reload().data().things()).isEqualTo(11);
            assertThat(Korm.item(Thing.class, pool).query().count()).isEqualTo(2);
        }
    }

    @Test
    void without_a_journal_two_layers_are_refused_with_the_line_that_adds_one_and_nothing_is_written() {
        try (Pool pool = unjournaled()) {
            Item<Owner> fred = owner(pool, "fred");
            assertThatThrownBy(() -> pool.runTransaction(tx -> sell(tx, fred.rn())))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining(".withWal(Wal.at(Path.of(\"journal\")))");
            assertThatThrownBy(() -> Korm.tx(
                                    fred.set(Owner::things, 5),
                                    Korm.item(Thing.class, pool).fromData(new Thing("car", null)))
                            .persist())
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining(".withWal(Wal.at(Path.of(\"journal\")))");
            assertThat(fred.reload()).isEqualTo(fred);
            assertThat(Korm.item(Thing.class, pool).query().exists()).isFalse();
        }
    }

    @Test
    void an_item_that_was_read_in_another_layer_is_held_with_a_journal_and_refused_without_one() {
        try (Pool pool = journaled()) {
            Item<Owner> fred = owner(pool, "fred");
            AtomicInteger runs = new AtomicInteger();
            pool.runTransaction(QUICK, tx -> {
                String name =
                        tx.item(Owner.class).fromRn(fred.rn()).get().data().name();
                if (runs.incrementAndGet() == 1) {
                    fred.reload().set(Owner::name, "alfred").commit();
                }
                tx.item(Thing.class).fromData(new Thing(name, null)).create();
            });
            assertThat(Korm.item(Thing.class, pool).query().first().get().data().name())
                    .isEqualTo("alfred");
        }
        try (Pool pool = unjournaled()) {
            Rn<Owner> alfred =
                    Korm.item(Owner.class, pool).query().first().get().rn();
            PoolTransaction.Task<RuntimeException> copies = tx -> tx.item(Thing.class)
                    .fromData(new Thing(
                            tx.item(Owner.class).fromRn(alfred).get().data().name(), null))
                    .create();
            assertThatThrownBy(() -> pool.runTransaction(copies))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining(".withWal(Wal.at(Path.of(\"journal\")))")
                    .hasMessageContaining("withReads(Reads.UNCHECKED)");
            pool.runTransaction(QUICK.withReads(Reads.UNCHECKED), copies);
            assertThat(Korm.item(Thing.class, pool).query().count()).isEqualTo(2);
        }
    }

    @Test
    void a_layer_that_cannot_hold_a_row_says_so_before_anything_is_written() {
        FaultyLayer poor = FaultyLayer.around(MemoryLayer.create().without(Feature.ROW_GUARDS));
        try (Pool pool = Korm.pool().layer("main", poor).open()) {
            Items<Counter> counters = Korm.item(Counter.class, pool);
            Item<Counter> read = counters.fromData(new Counter(1)).create();
            PoolTransaction.Task<RuntimeException> copies = tx -> tx.item(Counter.class)
                    .fromData(tx.item(Counter.class).fromRn(read.rn()).get().data())
                    .create();
            assertThatThrownBy(() -> pool.runTransaction(copies))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("withReads(Reads.UNCHECKED)");
            assertThat(counters.query().count()).isEqualTo(1);
            pool.runTransaction(QUICK.withReads(Reads.UNCHECKED), copies);
            assertThat(counters.query().count()).isEqualTo(2);
        }
    }

    @Test
    void a_transaction_whose_outcome_is_unknown_is_never_run_again() {
        FaultyLayer lossy = FaultyLayer.around(MemoryLayer.create().without(Feature.TOKENS));
        try (Pool pool = Korm.pool().layer("main", lossy).open()) {
            Item<Counter> counter =
                    Korm.item(Counter.class, pool).fromData(new Counter(0)).create();
            AtomicInteger runs = new AtomicInteger();
            for (Moment moment : List.of(Moment.BEFORE, Moment.AFTER)) {
                lossy.failNext(Call.APPLY, moment, Outcome.UNKNOWN);
                StoreException lost = catchThrowableOfType(
                        StoreException.class,
                        () -> pool.runTransaction(QUICK, tx -> {
                            runs.incrementAndGet();
                            Item<Counter> mine =
                                    tx.item(Counter.class).fromRn(counter.rn()).get();
                            mine.set(Counter::value, mine.data().value() + 1).commit();
                        }));
                assertThat(lost.outcome()).isEqualTo(Outcome.UNKNOWN);
            }
            assertThat(runs).hasValue(2);
            assertThat(counter.reload().data().value()).isEqualTo(1);
        }
    }

    @Test
    void one_layer_is_one_batch_and_a_transaction_that_only_reads_is_none() {
        FaultyLayer counted = FaultyLayer.around(MemoryLayer.create());
        try (Pool pool = Korm.pool().layer("main", counted).open()) {
            Items<Counter> counters = Korm.item(Counter.class, pool);
            Item<Counter> one = counters.fromData(new Counter(1)).create();
            Item<Counter> other = counters.fromData(new Counter(2)).create();
            counted.reset();
            pool.runTransaction(tx -> {
                Item<Counter> mine = tx.item(Counter.class).fromRn(one.rn()).get();
                tx.item(Counter.class).fromRn(other.rn()).get();
                mine.set(Counter::value, 5L).commit();
            });
            assertThat(counted.calls(Call.APPLY)).isEqualTo(1);
            assertThat(counted.calls(Call.SELECT)).as("one for each read").isEqualTo(2);
            assertThat(counted.calls(Call.EVOLVE) + counted.calls(Call.PREPARE)).isZero();
            counted.reset();
            long sum = pool.transaction(
                    tx -> tx.item(Counter.class).fromRn(one.rn()).get().data().value());
            assertThat(sum).isEqualTo(5);
            assertThat(counted.roundTrips()).isEqualTo(1);
            pool.runTransaction(tx -> {});
            assertThat(counted.roundTrips()).isEqualTo(1);
        }
    }

    @Test
    void one_layer_is_one_transaction_of_sqlite() throws IOException {
        Path file = folder.resolve("one.sqlite");
        try (Pool pool = Korm.pool().layer("main", Sqlite.file(file)).open()) {
            Item<Counter> one =
                    Korm.item(Counter.class, pool).fromData(new Counter(1)).create();
            Item<Counter> other =
                    Korm.item(Counter.class, pool).fromData(new Counter(2)).create();
            int before = commits(file);
            pool.runTransaction(tx -> {
                Items<Counter> mine = tx.item(Counter.class);
                mine.fromRn(other.rn()).get();
                mine.fromRn(one.rn())
                        .get()
                        .set(Counter::value, 5L)
                        .commit()
                        .set(Counter::value, 6L)
                        .commit();
                mine.fromData(new Counter(3)).create();
                assertThat(mine.query().sum("value")).isEqualTo(11L);
            });
            assertThat(commits(file) - before).isEqualTo(1);
            pool.runTransaction(tx -> assertThat(tx.item(Counter.class).fromRns(List.of(one.rn(), other.rn())))
                    .hasSize(2));
            assertThatThrownBy(() -> pool.runTransaction(tx -> {
                        tx.item(Counter.class).fromData(new Counter(4)).create();
                        throw new IllegalStateException("mine");
                    }))
                    .hasMessage("mine");
            assertThat(commits(file) - before).isEqualTo(1);
        }
    }

    /** Counts the frames of the file's log that end a transaction: those that name the size of the database. */
    private static int commits(Path file) throws IOException {
        ByteBuffer log = ByteBuffer.wrap(Files.readAllBytes(file.resolveSibling(file.getFileName() + "-wal")));
        int page = log.getInt(8);
        long salt = log.getLong(16);
        int commits = 0;
        for (int frame = 32; frame + 24 <= log.capacity() && log.getLong(frame + 8) == salt; frame += 24 + page) {
            commits += log.getInt(frame + 4) == 0 ? 0 : 1;
        }
        return commits;
    }

    @Test
    void one_layer_is_one_transaction_of_postgresql() throws SQLException {
        String schema = PostgresServer.newSchema();
        try (Pool pool =
                Korm.pool().layer("main", PostgresServer.bounded(schema, 2)).open()) {
            Item<Counter> one =
                    Korm.item(Counter.class, pool).fromData(new Counter(1)).create();
            Item<Counter> other =
                    Korm.item(Counter.class, pool).fromData(new Counter(2)).create();
            long before = transactions();
            pool.runTransaction(tx -> {
                Items<Counter> mine = tx.item(Counter.class);
                mine.fromRn(other.rn()).get();
                mine.fromRn(one.rn()).get().set(Counter::value, 5L).commit();
                mine.fromData(new Counter(3)).create();
                assertThat(mine.query().sum("value")).isEqualTo(10L);
            });
            assertThat(transactions() - before).isEqualTo(1);
        }
    }

    /** Returns how many transactions of the server have written; nothing else writes there meanwhile. */
    private static long transactions() throws SQLException {
        try (Connection connection = PostgresServer.connect();
                Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")) {
            row.next();
            return row.getLong(1);
        }
    }

    @Test
    void a_transaction_of_given_changes_can_be_empty_answers_its_items_and_is_used_once() {
        try (Pool pool = journaled()) {
            assertThat(Korm.tx().persist()).isEmpty();
            Item<Owner> fred = owner(pool, "fred");
            Item<Owner> wilma = owner(pool, "wilma");
            Transaction change = Korm.tx(
                    fred.set(Owner::things, 1),
                    Korm.item(Thing.class, pool).fromData(new Thing("car", fred.rn())),
                    wilma.deletion());
            List<Item<?>> items = change.persist();
            assertThat(items).hasSize(3).first().isEqualTo(fred.reload());
            assertThat(items.get(1))
                    .isEqualTo(Korm.item(Thing.class, pool).query().first().get());
            assertThat(items.get(2)).isEqualTo(wilma);
            assertThatThrownBy(change::persist).isInstanceOf(ClosedException.class);
            assertThatThrownBy(() -> Korm.tx(fred.set(Owner::things, 7), wilma.deletion())
                            .persist())
                    .isInstanceOf(ConflictException.class);
            assertThat(fred.reload().data().things()).isEqualTo(1);
        }
    }

    @Test
    void a_table_that_is_not_there_yet_is_read_as_it_will_be() {
        try (Pool pool = Korm.pool().layer("main", MemoryLayer.create()).open()) {
            assertThatThrownBy(() -> pool.runTransaction(tx -> {
                        tx.item(Counter.class).fromData(new Counter(1)).create();
                        throw new IllegalStateException("mine");
                    }))
                    .hasMessage("mine");
            pool.runTransaction(tx -> {
                assertThat(tx.item(Counter.class).query().count()).isZero();
                tx.item(Counter.class).fromData(new Counter(1)).create();
                assertThat(tx.item(Counter.class).query().where(eq("value", 1)).count())
                        .isEqualTo(1);
                Items<Document> documents = tx.item(Document.class);
                documents
                        .fromData("one", "paper", Document.of(Map.of("title", "new", "pages", 7)))
                        .create();
                assertThat(documents
                                .fromQuery("one", "paper")
                                .where(eq("title", "new"))
                                .count())
                        .isEqualTo(1);
                assertThat(documents.fromQuery("one", "counter").get()).hasSize(1);
            });
            assertThat(Korm.item(Counter.class, pool).query().count()).isEqualTo(1);
        }
    }

    @Test
    void an_item_of_another_pool_is_refused() {
        try (Pool pool = Korm.pool().layer("main", MemoryLayer.create()).open();
                Pool other = Korm.pool().layer("main", MemoryLayer.create()).open()) {
            Item<Counter> foreign =
                    Korm.item(Counter.class, other).fromData(new Counter(1)).create();
            pool.runTransaction(tx -> {
                assertThatThrownBy(() -> tx.update(foreign.set(Counter::value, 2L)))
                        .isInstanceOf(ConfigurationException.class);
                assertThatThrownBy(() -> tx.delete(foreign)).isInstanceOf(ConfigurationException.class);
                assertThatThrownBy(
                                () -> tx.create(Korm.item(Counter.class, other).fromData(new Counter(2))))
                        .isInstanceOf(ConfigurationException.class);
            });
            assertThat(foreign.reload()).isEqualTo(foreign);
        }
    }
}
