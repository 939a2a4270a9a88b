package dev.korm.testkit;

import static dev.korm.Filter.everything;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.AlreadyExistsException;
import dev.korm.Assignment;
import dev.korm.ConflictException;
import dev.korm.DeletedItem;
import dev.korm.FloatingItem;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.NotFoundException;
import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.StoreBusyException;
import dev.korm.StoreException;
import dev.korm.StoreException.Outcome;
import dev.korm.jdbc.Sqlite;
import dev.korm.spi.LayerSource;
import dev.korm.testkit.FaultyLayer.Call;
import dev.korm.testkit.FaultyLayer.Moment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** When the answer to a change is lost, what became of it is found out, and nothing is done twice. */
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

    @ParameterizedTest
    @EnumSource
    void a_lost_answer_is_found_again_whether_the_change_had_happened_or_not(Store store) {
        for (Moment moment : Moment.values()) {
            FaultyLayer layer = FaultyLayer.around(store.source());
            try (Pool pool = open(layer)) {
                account(pool, "first", 0).create();
                layer.failNext(Call.APPLY, moment, Outcome.UNKNOWN);
                Item<Account> made = account(pool, "Ada", 10).create();
                assertThat(made.reload()).isEqualTo(made);
                layer.failNext(Call.APPLY, moment, Outcome.UNKNOWN);
                Item<Account> richer = made.set(Account::balance, 20L).commit();
                assertThat(richer.reload().data().balance()).isEqualTo(20);
                assertThat(richer.reload().revision()).isEqualTo(made.revision() + 1);
                layer.failNext(Call.APPLY, moment, Outcome.UNKNOWN);
                DeletedItem<Account> gone = richer.delete();
                assertThat(accounts(pool).fromRn(made.rn()).find()).isEmpty();
                layer.failNext(Call.APPLY, moment, Outcome.UNKNOWN);
                assertThat(gone.restore().data()).isEqualTo(richer.data());
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_change_that_was_lost_and_refused_the_second_time_is_refused(Store store) {
        FaultyLayer layer = FaultyLayer.around(store.source());
        try (Pool pool = open(layer)) {
            Item<Account> made = account(pool, "Ada", 10).create();
            made.set(Account::balance, 11L).commit();
            layer.failNext(Call.APPLY, Moment.BEFORE, Outcome.UNKNOWN);
            assertThatThrownBy(() -> made.set(Account::balance, 12L).commit()).isInstanceOf(ConflictException.class);
            layer.failNext(Call.APPLY, Moment.BEFORE, Outcome.UNKNOWN);
            assertThatThrownBy(made::delete).isInstanceOfAny(ConflictException.class, StoreException.class);
            layer.heal();
            made.reload().delete();
            layer.failNext(Call.APPLY, Moment.BEFORE, Outcome.UNKNOWN);
            assertThatThrownBy(() -> made.set(Account::balance, 12L).commit())
                    .isInstanceOfAny(NotFoundException.class, StoreException.class);
            Item<Account> other = account(pool, "Bob", 1).create();
            layer.failNext(Call.APPLY, Moment.BEFORE, Outcome.UNKNOWN);
            assertThatThrownBy(() -> account(pool, "Eve", 2).withRn(other.rn()).create())
                    .isInstanceOfAny(AlreadyExistsException.class, StoreException.class);
            assertThat(other.reload()).isEqualTo(other);
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_change_of_any_rows_stays_unknown_and_says_so(Store store) {
        FaultyLayer layer = FaultyLayer.around(store.source());
        try (Pool pool = open(layer)) {
            account(pool, "Ada", 10).create();
            layer.failNext(Call.APPLY, Moment.AFTER, Outcome.UNKNOWN);
            assertThatThrownBy(() -> accounts(pool)
                            .fromQuery("bank", "account")
                            .where(everything())
                            .updateAll(Assignment.set("balance", 5L)))
                    .isInstanceOfSatisfying(StoreException.class, lost -> assertThat(lost.outcome())
                            .isEqualTo(Outcome.UNKNOWN));
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
            for (int act = 0; act < ACTS; act++) {
                if (random.nextInt(3) == 0) {
                    layer.failNext(Call.APPLY, random.nextBoolean() ? Moment.BEFORE : Moment.AFTER, Outcome.UNKNOWN);
                }
                List<Rn<Account>> rns = List.copyOf(held.keySet());
                Item<Account> picked = held.get(rns.get(random.nextInt(rns.size())));
                switch (random.nextInt(4)) {
                    case 0 -> {
                        Item<Account> made = account(pool, "owner" + act, act).create();
                        held.put(made.rn(), made);
                    }
                    case 1 -> {
                        if (held.size() > 1) {
                            picked.delete();
                            held.remove(picked.rn());
                        }
                    }
                    case 2 ->
                        held.put(
                                picked.rn(),
                                picked.set(Account::balance, random.nextInt(3) * 1L)
                                        .commit());
                    default -> {
                        FloatingItem<Account> fresh = account(pool, "tx" + act, act);
                        Korm.tx(picked.set(Account::owner, "tx" + act), fresh).persist();
                        held.put(picked.rn(), picked.reload());
                        held.put(fresh.rn(), accounts(pool).fromRn(fresh.rn()).get());
                    }
                }
            }
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
}
