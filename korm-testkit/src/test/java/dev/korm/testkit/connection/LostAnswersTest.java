package dev.korm.testkit.connection;

import static dev.korm.Filter.everything;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.Assignment;
import dev.korm.ConflictException;
import dev.korm.DeletedItem;
import dev.korm.FloatingItem;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.StoreBusyException;
import dev.korm.StoreException;
import dev.korm.StoreException.Outcome;
import dev.korm.StoreUnavailableException;
import dev.korm.jdbc.Sqlite;
import dev.korm.spi.LayerSource;
import dev.korm.testkit.Seed;
import dev.korm.testkit.fault.FaultyLayer;
import dev.korm.testkit.fault.FaultyLayer.Call;
import dev.korm.testkit.fault.FaultyLayer.Moment;
import dev.korm.testkit.fault.VirtualEnvironment;
import dev.korm.testkit.memory.MemoryLayer;
import dev.korm.testkit.mysql.MySqlTestServer;
import dev.korm.testkit.postgres.PostgresServer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** When the answer to a change is lost, success is told on proof alone, and nothing is done twice. */
@NullUnmarked // Tests dereference what they expect to be there.
class LostAnswersTest {
    private static final int ACTS = 120;

    record Account(String owner, long balance, List<String> notes) {}

    private enum Store {
        MEMORY {
            @Override
            LayerSource source() {
                return MemoryLayer.create();
            }
        },
        SQLITE {
            @Override
            LayerSource source() {
                return Sqlite.memory();
            }
        },
        POSTGRES {
            @Override
            LayerSource source() {
                return PostgresServer.in(PostgresServer.newSchema());
            }
        },
        MARIADB {
            @Override
            LayerSource source() {
                return MySqlTestServer.in(MySqlTestServer.newDatabase());
            }
        };

        abstract LayerSource source();
    }

    private static Items<Account> accounts(Pool pool) {
        return Korm.item(Account.class, pool);
    }

    private static FloatingItem<Account> account(Pool pool, String owner, long balance) {
        return accounts(pool).fromData("bank", "account", new Account(owner, balance, List.of("\u00e9", "b")));
    }

    private static Pool open(FaultyLayer layer) {
        return Korm.pool()
                .layer("main", layer)
                .environment(VirtualEnvironment.seeded(1))
                .open();
    }

    private static void unknown(ThrowingCallable change) {
        assertThatThrownBy(change).isInstanceOfSatisfying(StoreException.class, lost -> assertThat(lost.outcome())
                .isEqualTo(Outcome.UNKNOWN));
    }

    /** Has the next answer be lost before the change reached the store, while somebody else does something. */
    private static void loseWhile(FaultyLayer layer, Runnable meanwhile) {
        layer.fail(Call.APPLY, 1, Moment.BEFORE, name -> {
            meanwhile.run();
            return new StoreUnavailableException(name, "Lost, as the test says", Outcome.UNKNOWN, null);
        });
    }

    @ParameterizedTest
    @EnumSource(names = "SQLITE", mode = EnumSource.Mode.EXCLUDE)
    void a_change_whose_answer_is_lost_happens_once_whether_it_had_happened_or_not(Store store) {
        for (Moment moment : Moment.values()) {
            FaultyLayer layer = FaultyLayer.around(store.source());
            try (Pool pool = open(layer)) {
                Item<Account> made = account(pool, "Ada", 10).create();
                Item<Account> other = account(pool, "Bob", 10).create();
                layer.failNext(Call.APPLY, moment, Outcome.UNKNOWN);
                Item<Account> richer = made.set(Account::balance, 20L).commit();
                assertThat(richer.reload()).isEqualTo(richer);
                assertThat(richer.revision()).isEqualTo(made.revision() + 1);
                FloatingItem<Account> along = account(pool, "Eve", 1);
                layer.failNext(Call.APPLY, moment, Outcome.UNKNOWN);
                Korm.tx(richer.set(Account::balance, 30L), other.deletion(), along)
                        .persist();
                assertThat(made.reload().data().balance()).isEqualTo(30);
                assertThat(accounts(pool).fromRn(other.rn()).find()).isEmpty();
                assertThat(accounts(pool).fromRn(along.rn()).find()).isPresent();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = "SQLITE", mode = EnumSource.Mode.EXCLUDE)
    void a_new_row_that_carries_the_token_proves_that_it_was_stored(Store store) {
        FaultyLayer layer = FaultyLayer.around(store.source());
        try (Pool pool = open(layer)) {
            account(pool, "first", 0).create();
            layer.failNext(Call.APPLY, Moment.AFTER, Outcome.UNKNOWN);
            Item<Account> made = account(pool, "Ada", 10).create();
            assertThat(made.reload()).isEqualTo(made);
            DeletedItem<Account> gone = made.delete();
            layer.failNext(Call.APPLY, Moment.AFTER, Outcome.UNKNOWN);
            assertThat(gone.restore().data()).isEqualTo(made.data());
        }
    }

    /** An item that somebody has deleted must not come back. */
    @ParameterizedTest
    @EnumSource
    void a_new_row_that_is_not_there_is_not_inserted_a_second_time(Store store) {
        FaultyLayer layer = FaultyLayer.around(store.source());
        try (Pool pool = open(layer)) {
            account(pool, "first", 0).create();
            FloatingItem<Account> never = account(pool, "Ada", 10);
            layer.failNext(Call.APPLY, Moment.BEFORE, Outcome.UNKNOWN);
            unknown(never::create);
            assertThat(accounts(pool).fromQuery("bank", "account").count()).isEqualTo(1);
            assertThat(never.create().reload().data()).isEqualTo(never.data());
            FloatingItem<Account> deleted = account(pool, "Eve", 10);
            layer.fail(Call.APPLY, 1, Moment.AFTER, name -> {
                accounts(pool).fromRn(deleted.rn()).get().delete();
                return new StoreUnavailableException(name, "Lost, as the test says", Outcome.UNKNOWN, null);
            });
            unknown(deleted::create);
            assertThat(accounts(pool).fromRn(deleted.rn()).find()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_row_that_is_gone_proves_nothing(Store store) {
        FaultyLayer layer = FaultyLayer.around(store.source());
        try (Pool pool = open(layer)) {
            Item<Account> made = account(pool, "Ada", 10).create();
            layer.failNext(Call.APPLY, Moment.AFTER, Outcome.UNKNOWN);
            unknown(made::delete);
            assertThat(accounts(pool).fromRn(made.rn()).find()).isEmpty();
            Item<Account> job = account(pool, "job", 1).create();
            FloatingItem<Account> result = account(pool, "result", 1);
            Item<Account> theirs = accounts(pool).fromRn(job.rn()).get();
            loseWhile(layer, theirs::delete);
            unknown(() -> Korm.tx(job.deletion(), result).persist());
            assertThat(accounts(pool).fromRn(result.rn()).find()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(names = "SQLITE", mode = EnumSource.Mode.EXCLUDE)
    void an_equal_change_by_somebody_else_is_not_taken_for_ours(Store store) {
        FaultyLayer layer = FaultyLayer.around(store.source());
        try (Pool pool = open(layer)) {
            Item<Account> order = account(pool, "order", 1).create();
            Item<Account> flag = account(pool, "flag", 1).create();
            Item<Account> theirs = accounts(pool).fromRn(flag.rn()).get();
            loseWhile(layer, () -> theirs.set(Account::balance, 0L).commit());
            assertThatThrownBy(() -> Korm.tx(order.set(Account::owner, "shipped"), flag.set(Account::balance, 0L))
                            .persist())
                    .isInstanceOf(ConflictException.class);
            assertThat(order.reload()).isEqualTo(order);
            Item<Account> same = flag.reload();
            loseWhile(layer, () -> accounts(pool)
                    .fromRn(flag.rn())
                    .get()
                    .set(Account::balance, 5L)
                    .commit());
            assertThatThrownBy(() -> same.set(Account::balance, 5L).commit()).isInstanceOf(ConflictException.class);
            assertThat(flag.reload().revision()).isEqualTo(same.revision() + 1);
            Item<Account> moved = flag.reload();
            loseWhile(layer, () -> accounts(pool)
                    .fromRn(flag.rn())
                    .get()
                    .set(Account::balance, 6L)
                    .commit()
                    .set(Account::balance, 7L)
                    .commit());
            unknown(() -> moved.set(Account::balance, 6L).commit());
        }
    }

    /** SQLite loses an answer only when its disk fails, and then what can be read may be gone tomorrow. */
    @ParameterizedTest
    @EnumSource(names = "SQLITE")
    void what_a_failing_disk_shows_proves_nothing(Store store) {
        FaultyLayer layer = FaultyLayer.around(store.source());
        try (Pool pool = open(layer)) {
            Item<Account> made = account(pool, "Ada", 10).create();
            for (Moment moment : Moment.values()) {
                long before = made.reload().revision();
                layer.failNext(Call.APPLY, moment, Outcome.UNKNOWN);
                Item<Account> now = made.reload();
                unknown(() ->
                        now.set(Account::balance, now.data().balance() + 1).commit());
                assertThat(made.reload().revision()).isEqualTo(moment == Moment.BEFORE ? before : before + 1);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = "SQLITE", mode = EnumSource.Mode.EXCLUDE)
    void a_change_that_was_lost_and_refused_the_second_time_is_refused(Store store) {
        FaultyLayer layer = FaultyLayer.around(store.source());
        try (Pool pool = open(layer)) {
            Item<Account> made = account(pool, "Ada", 10).create();
            made.set(Account::balance, 11L).commit();
            layer.failNext(Call.APPLY, Moment.BEFORE, Outcome.UNKNOWN);
            assertThatThrownBy(() -> made.set(Account::balance, 12L).commit()).isInstanceOf(ConflictException.class);
            layer.failNext(Call.APPLY, Moment.BEFORE, Outcome.UNKNOWN);
            assertThatThrownBy(made::delete).isInstanceOf(ConflictException.class);
            made.reload().delete();
            layer.failNext(Call.APPLY, Moment.BEFORE, Outcome.UNKNOWN);
            unknown(() -> made.set(Account::balance, 12L).commit());
            Item<Account> other = account(pool, "Bob", 1).create();
            layer.failNext(Call.APPLY, Moment.BEFORE, Outcome.UNKNOWN);
            unknown(() -> account(pool, "Eve", 2).withRn(other.rn()).create());
            assertThat(other.reload()).isEqualTo(other);
        }
    }

    @ParameterizedTest
    @EnumSource(names = "SQLITE", mode = EnumSource.Mode.EXCLUDE)
    void a_change_of_any_rows_is_proven_by_those_that_it_changed(Store store) {
        FaultyLayer layer = FaultyLayer.around(store.source());
        try (Pool pool = open(layer)) {
            account(pool, "Ada", 10).create();
            account(pool, "Bob", 10).create();
            layer.failNext(Call.APPLY, Moment.AFTER, Outcome.UNKNOWN);
            assertThat(accounts(pool)
                            .fromQuery("bank", "account")
                            .where(everything())
                            .updateAll(Assignment.set("balance", 5L)))
                    .isEqualTo(2);
            layer.failNext(Call.APPLY, Moment.BEFORE, Outcome.UNKNOWN);
            unknown(() -> accounts(pool)
                    .fromQuery("bank", "account")
                    .where(everything())
                    .updateAll(Assignment.set("balance", 6L)));
            layer.failNext(Call.APPLY, Moment.AFTER, Outcome.UNKNOWN);
            unknown(() -> accounts(pool)
                    .fromQuery("bank", "account")
                    .where(everything())
                    .deleteAll());
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_store_that_stays_away_leaves_the_outcome_unknown(Store store) {
        FaultyLayer layer = FaultyLayer.around(store.source());
        try (Pool pool = open(layer)) {
            Item<Account> made = account(pool, "Ada", 10).create();
            for (int i = 1; i < 20; i++) {
                layer.fail(
                        Call.APPLY,
                        i,
                        Moment.BEFORE,
                        name -> new StoreBusyException(name, "gone", Outcome.UNKNOWN, null));
            }
            assertThatThrownBy(() -> made.set(Account::balance, 11L).commit())
                    .isInstanceOfSatisfying(StoreException.class, lost -> assertThat(lost.outcome())
                            .isEqualTo(Outcome.UNKNOWN));
            layer.heal();
            assertThat(made.reload()).isEqualTo(made);
        }
    }

    @ParameterizedTest
    @EnumSource
    void random_acts_of_which_many_answers_are_lost_leave_what_a_map_holds(Store store) {
        Random random = Seed.random(LostAnswersTest.class);
        FaultyLayer layer = FaultyLayer.around(store.source());
        try (Pool pool = open(layer)) {
            Map<Rn<Account>, Item<Account>> held = new LinkedHashMap<>();
            Item<Account> first = account(pool, "first", 0).create();
            held.put(first.rn(), first);
            int known = 0;
            for (int act = 0; act < ACTS; act++) {
                if (random.nextInt(3) == 0) {
                    layer.failNext(Call.APPLY, random.nextBoolean() ? Moment.BEFORE : Moment.AFTER, Outcome.UNKNOWN);
                }
                List<Rn<Account>> rns = List.copyOf(held.keySet());
                Item<Account> picked = held.get(rns.get(random.nextInt(rns.size())));
                Act wanted = act(pool, random, act, picked, held.size() > 1);
                try {
                    wanted.change().run();
                    wanted.outcome().accept(held);
                    known++;
                } catch (StoreException lost) {
                    assertThat(lost.outcome()).isEqualTo(Outcome.UNKNOWN);
                    layer.heal();
                    // It happened whole or not at all.
                    if (wanted.happened().getAsBoolean()) {
                        wanted.outcome().accept(held);
                    }
                }
            }
            assertThat(known).isGreaterThan(ACTS / 2);
            Map<String, Account> stored = new TreeMap<>();
            accounts(pool)
                    .fromQuery("bank", "account")
                    .get()
                    .forEach(item -> stored.put(item.rn() + " " + item.revision(), item.data()));
            Map<String, Account> expected = new TreeMap<>();
            held.values().forEach(item -> expected.put(item.rn() + " " + item.revision(), item.data()));
            assertThat(stored).isEqualTo(expected);
        }
    }

    /**
     * A change.
     *
     * @param happened looks whether it did
     * @param outcome does the same to a map
     */
    private record Act(Runnable change, BooleanSupplier happened, Consumer<Map<Rn<Account>, Item<Account>>> outcome) {}

    private static Act act(Pool pool, Random random, int number, Item<Account> picked, boolean mayDelete) {
        int kind = random.nextInt(4);
        if (kind == 0) {
            FloatingItem<Account> fresh = account(pool, "owner" + number, number);
            return new Act(fresh::create, () -> isThere(pool, fresh.rn()), held -> put(pool, held, fresh.rn()));
        }
        if (kind == 1 && mayDelete) {
            return new Act(picked::delete, () -> !isThere(pool, picked.rn()), held -> held.remove(picked.rn()));
        }
        long revision = picked.revision() + 1;
        BooleanSupplier changed = () -> picked.reload().revision() == revision;
        if (kind == 2) {
            long balance = picked.data().balance() + 1;
            return new Act(
                    () -> picked.set(Account::balance, balance).commit(),
                    changed,
                    held -> put(pool, held, picked.rn()));
        }
        FloatingItem<Account> along = account(pool, "tx" + number, number);
        return new Act(
                () -> Korm.tx(picked.set(Account::owner, "tx" + number), along).persist(),
                () -> {
                    assertThat(isThere(pool, along.rn())).isEqualTo(changed.getAsBoolean());
                    return changed.getAsBoolean();
                },
                held -> {
                    put(pool, held, picked.rn());
                    put(pool, held, along.rn());
                });
    }

    private static boolean isThere(Pool pool, Rn<Account> rn) {
        return accounts(pool).fromRn(rn).find().isPresent();
    }

    private static void put(Pool pool, Map<Rn<Account>, Item<Account>> held, Rn<Account> rn) {
        held.put(rn, accounts(pool).fromRn(rn).get());
    }
}
