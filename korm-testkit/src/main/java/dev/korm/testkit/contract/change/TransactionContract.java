package dev.korm.testkit.contract.change;

import static dev.korm.Aggregate.count;
import static dev.korm.Aggregate.sum;
import static dev.korm.Assignment.set;
import static dev.korm.Filter.contains;
import static dev.korm.Filter.eq;
import static dev.korm.Filter.everything;
import static dev.korm.Filter.gt;
import static dev.korm.Order.asc;
import static dev.korm.Order.desc;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.korm.AlreadyExistsException;
import dev.korm.ClosedException;
import dev.korm.ConflictException;
import dev.korm.DeletePolicy;
import dev.korm.DeletedItem;
import dev.korm.DuplicateException;
import dev.korm.FloatingItem;
import dev.korm.Group;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.NotFoundException;
import dev.korm.OnDelete;
import dev.korm.Page;
import dev.korm.PoolTransaction;
import dev.korm.PoolTransaction.Options;
import dev.korm.PoolTransaction.Reads;
import dev.korm.Query;
import dev.korm.ReferencedException;
import dev.korm.Rn;
import dev.korm.Stored;
import dev.korm.testkit.ConcurrentTest;
import dev.korm.testkit.contract.PoolContract;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Transactions whose reads see their own writes, and which happen whole or not at all. Every layer passes it. */
@NullUnmarked // Tests dereference what they expect to be there.
public abstract class TransactionContract extends PoolContract {
    private static final Options QUICK = Options.DEFAULT.withPauses(Duration.ZERO, Duration.ZERO);

    /** An account. */
    @Stored(namespace = "bank", kind = "account")
    public record Account(String owner, long balance) {}

    /** A booking on an account, which goes with it. */
    @Stored(namespace = "bank", kind = "booking")
    public record Booking(@OnDelete(DeletePolicy.CASCADE) Rn<Account> account, long amount) {}

    /** A card of an account, which stays without it. */
    @Stored(namespace = "bank", kind = "card")
    public record Card(
            String name,
            @OnDelete(DeletePolicy.SET_NULL) @Nullable Rn<Account> account) {}

    /** A mortgage, which keeps its account from being deleted. */
    @Stored(namespace = "bank", kind = "mortgage")
    public record Mortgage(@OnDelete(DeletePolicy.RESTRICT) Rn<Account> account) {}

    private Items<Account> accounts() {
        return Korm.item(Account.class, pool());
    }

    private Item<Account> account(String owner, long balance) {
        return accounts().fromData(new Account(owner, balance)).create();
    }

    private long balance(Rn<Account> rn) {
        return accounts().fromRn(rn).get().data().balance();
    }

    private static List<String> owners(Query<Account> query) {
        return query.get().stream().map(item -> item.data().owner()).toList();
    }

    @Test
    void reads_see_what_was_created_changed_and_deleted_and_nobody_else_does() {
        Item<Account> kept = account("kept", 1);
        Item<Account> changed = account("changed", 2);
        Item<Account> deleted = account("deleted", 3);
        Item<Account> created = pool().transaction(tx -> {
            Items<Account> mine = tx.item(Account.class);
            Item<Account> added = mine.fromData(new Account("created", 10)).create();
            Item<Account> next =
                    mine.fromRn(changed.rn()).get().set(Account::balance, 20L).commit();
            mine.fromRn(deleted.rn()).get().delete();

            assertThat(mine.fromRn(added.rn()).get()).isEqualTo(added);
            assertThat(mine.fromRn(changed.rn()).get()).isEqualTo(next);
            assertThat(next.revision()).isEqualTo(changed.revision() + 1);
            assertThat(mine.fromRn(deleted.rn()).find()).isEmpty();
            assertThat(mine.fromRns(List.of(added.rn(), changed.rn(), deleted.rn(), kept.rn())))
                    .containsExactly(added, next, kept);
            assertThat(owners(mine.query().orderBy(asc(Account::owner)))).containsExactly("changed", "created", "kept");
            assertThat(owners(mine.query().where(gt("balance", 5)).orderBy(desc(Account::balance))))
                    .containsExactly("changed", "created");
            assertThat(mine.query().where(eq("owner", "deleted")).exists()).isFalse();
            assertThat(mine.query().where(eq("balance", 2)).exists()).isFalse();
            assertThat(mine.query().where(eq("balance", 20)).first()).contains(next);

            assertThat(owners(accounts().query().orderBy(asc(Account::owner))))
                    .containsExactly("changed", "deleted", "kept");
            assertThat(accounts().fromRn(added.rn()).find()).isEmpty();
            assertThat(balance(changed.rn())).isEqualTo(2);
            return added;
        });
        assertThat(owners(accounts().query().orderBy(asc(Account::owner))))
                .containsExactly("changed", "created", "kept");
        Item<Account> stored = accounts().fromRn(created.rn()).get();
        assertThat(stored).isEqualTo(created);
        assertThat(created.set(Account::balance, 11L).commit().revision()).isEqualTo(created.revision() + 1);
        assertThat(created.reload().data().balance()).isEqualTo(11);
    }

    @Test
    void pages_limits_aggregates_and_groups_count_what_is_pending() {
        for (int i = 0; i < 10; i++) {
            account("stored", i);
        }
        pool().runTransaction(tx -> {
            Items<Account> mine = tx.item(Account.class);
            mine.query().where(gt("balance", 7)).get().forEach(Item::delete);
            for (int i = 0; i < 5; i++) {
                mine.fromData(new Account("pending", 100 - i)).create();
            }
            Item<Account> moved = mine.query().where(eq("balance", 0)).first().get();
            moved.set(Account::balance, 50L).commit();

            assertThat(mine.query().count()).isEqualTo(13);
            assertThat(mine.query().where(eq("owner", "pending")).count()).isEqualTo(5);
            assertThat(mine.query().limit(4).count()).isEqualTo(4);
            assertThat(mine.query().sum("balance")).isEqualTo(28L + 50 + 490);
            assertThat(mine.query().max(Account::balance)).contains(100L);
            assertThat(mine.query().min(Account::balance)).contains(1L);
            assertThat(mine.query().avg("balance").get()).isBetween(43.69, 43.70);
            assertThat(balances(mine.query().orderBy(asc(Account::balance)).limit(3)))
                    .containsExactly(1L, 2L, 3L);
            assertThat(balances(mine.query().orderBy(desc(Account::balance)).limit(7)))
                    .containsExactly(100L, 99L, 98L, 97L, 96L, 50L, 7L);
            assertThat(pages(mine.query().orderBy(desc(Account::balance)), 3))
                    .containsExactly(100L, 99L, 98L, 97L, 96L, 50L, 7L, 6L, 5L, 4L, 3L, 2L, 1L);
            assertThat(pages(mine.query(), 4)).hasSize(13).doesNotHaveDuplicates();
            try (Stream<Item<Account>> stream = mine.query().orderBy(asc(Account::balance)).stream()) {
                assertThat(stream.map(item -> item.data().balance()))
                        .containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 50L, 96L, 97L, 98L, 99L, 100L);
            }
            List<Group> groups =
                    mine.query().groupBy("owner").orderBy(asc("owner")).select(count(), sum("balance"));
            assertThat(groups.stream()
                            .map(group -> group.text("owner") + group.count() + " " + group.number(sum("balance"))))
                    .containsExactly("pending5 490", "stored8 78");
        });
        assertThat(accounts().query().sum("balance")).isEqualTo(568L);
    }

    private static List<Long> balances(Query<Account> query) {
        return query.get().stream().map(item -> item.data().balance()).toList();
    }

    private static List<Long> pages(Query<Account> query, int size) {
        List<Long> all = new ArrayList<>();
        Page<Account> page = query.page(size);
        while (true) {
            page.items().forEach(item -> all.add(item.data().balance()));
            if (page.next().isEmpty()) {
                return all;
            }
            page = query.page(size, page.next().get());
        }
    }

    @Test
    void filters_orders_and_resolved_paths_go_through_references_to_what_is_pending() {
        Item<User> fred = users().fromData(User.of("Fred", "fred")).create();
        Item<Car> citroen =
                cars().fromData(Car.of("Citroen", 2014).withOwner(fred.rn())).create();
        cars().fromData(Car.of("Alone", 2000)).create();
        pool().runTransaction(tx -> {
            Items<Car> mine = tx.item(Car.class);
            Items<User> people = tx.item(User.class);
            Item<User> wilma = people.fromData(User.of("Wilma", "wilma").withBoss(fred.rn()))
                    .create();
            Item<Car> volvo = mine.fromData(
                            Car.of("Volvo", 2020).withOwner(wilma.rn()).withDrivers(List.of(fred.rn(), wilma.rn())))
                    .create();
            assertThat(mine.query().where(eq("owner.username", "wilma")).get()).containsExactly(volvo);
            assertThat(mine.query().where(eq("owner.boss.username", "fred")).get())
                    .containsExactly(volvo);
            assertThat(mine.query().where(eq("drivers[*].username", "wilma")).count())
                    .isEqualTo(1);

            people.fromRn(fred.rn()).get().set(User::firstName, "Alfred").commit();
            assertThat(mine.query().where(eq("owner.firstName", "Fred")).exists())
                    .isFalse();
            assertThat(mine.query().where(eq("owner.firstName", "Alfred")).get())
                    .containsExactly(citroen);
            assertThat(mine.query().where(eq("owner.boss.firstName", "Alfred")).get())
                    .containsExactly(volvo);
            assertThat(mine.query()
                            .where(contains("owner.firstName", "l"))
                            .orderBy(desc("owner.firstName"))
                            .get())
                    .containsExactly(volvo, citroen);
            assertThat(mine.query().groupBy("owner.firstName").orderBy(asc("owner.firstName")).select(count()).stream()
                            .map(group -> group.text("owner.firstName")))
                    .containsExactlyInAnyOrder("", "Alfred", "Wilma");
            Item<Car> resolved =
                    mine.fromRn(volvo.rn()).resolvePaths("owner.boss").get();
            assertThat(resolved.data().owner().get().firstName()).isEqualTo("Wilma");
            assertThat(resolved.data().owner().get().boss().get().firstName()).isEqualTo("Alfred");

            // A change through a resolved reference is one of the transaction.
            Item<Car> sold = mine.query()
                    .where(eq("make", "Citroen"))
                    .resolvePaths("owner")
                    .first()
                    .get();
            Item<Car> after =
                    sold.set("owner.lastName", "Flintstone").set("year", 2015).commit();
            assertThat(after.data().owner().get().lastName()).isEqualTo("Flintstone");
            assertThat(people.query()
                            .where(eq("lastName", "Flintstone"))
                            .first()
                            .get()
                            .data()
                            .firstName())
                    .isEqualTo("Alfred");
            assertThat(users().query().where(eq("lastName", "Flintstone")).exists())
                    .isFalse();
        });
        User stored = users().fromRn(fred.rn()).get().data();
        assertThat(stored.firstName() + " " + stored.lastName()).isEqualTo("Alfred Flintstone");
        assertThat(users().fromRn(fred.rn()).get().revision()).isEqualTo(fred.revision() + 2);
        assertThat(cars().query().where(eq("owner.boss.lastName", "Flintstone")).count())
                .isEqualTo(1);
    }

    @Test
    void an_item_may_be_changed_often_and_ends_as_it_was_last() {
        Item<Account> item = account("often", 0);
        pool().runTransaction(tx -> {
            Item<Account> now = tx.item(Account.class).fromRn(item.rn()).get();
            for (int i = 1; i <= 5; i++) {
                now = now.set(Account::balance, (long) i).commit();
                assertThat(tx.item(Account.class)
                                .query()
                                .where(eq("balance", i))
                                .get())
                        .containsExactly(now);
            }
            Item<Account> brief = tx.create(accounts().fromData(new Account("brief", 9)));
            brief.set(Account::balance, 8L).commit().delete();
            assertThat(tx.item(Account.class).fromRn(brief.rn()).find()).isEmpty();
            Item<Account> again =
                    tx.create(accounts().fromData(new Account("again", 7)).withRn(brief.rn()));
            assertThat(tx.item(Account.class)
                            .query()
                            .where(eq("owner", "again"))
                            .get())
                    .containsExactly(again);
        });
        Item<Account> after = item.reload();
        assertThat(after.data().balance()).isEqualTo(5);
        assertThat(after.revision()).isEqualTo(item.revision() + 5);
        assertThat(accounts().query().count()).isEqualTo(2);
        assertThat(accounts().query().where(eq("owner", "again")).exists()).isTrue();
    }

    @Test
    void a_change_of_an_item_that_was_changed_meanwhile_in_the_same_transaction_is_refused() {
        Item<Account> item = account("twice", 0);
        assertThatThrownBy(() -> pool().runTransaction(QUICK, tx -> {
                    Item<Account> read =
                            tx.item(Account.class).fromRn(item.rn()).get();
                    read.set(Account::balance, 1L).commit();
                    read.set(Account::balance, 2L).commit();
                }))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining("in this transaction");
        assertThatThrownBy(() -> pool().runTransaction(QUICK, tx -> {
                    Item<Account> read =
                            tx.item(Account.class).fromRn(item.rn()).get();
                    read.delete();
                    read.set(Account::balance, 2L).commit();
                }))
                .isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> pool().runTransaction(QUICK, tx -> {
                    FloatingItem<Account> floating = tx.item(Account.class).fromData(new Account("x", 0));
                    floating.create();
                    floating.create();
                }))
                .isInstanceOf(AlreadyExistsException.class);
        assertThat(item.reload()).isEqualTo(item);
    }

    @Test
    void what_the_work_throws_is_thrown_as_it_is_and_nothing_is_written() {
        Item<Account> item = account("safe", 1);
        IOException checked = new IOException("mine");
        AtomicInteger runs = new AtomicInteger();
        IOException thrown = catchThrowableOfType(IOException.class, () -> pool().runTransaction(tx -> {
            runs.incrementAndGet();
            tx.item(Account.class).fromData(new Account("lost", 1)).create();
            tx.delete(item);
            throw checked;
        }));
        assertThat(thrown).isSameAs(checked);
        ConflictException own = new ConflictException("mine", item.rn(), "mine", item);
        assertThatThrownBy(() -> pool().runTransaction(tx -> {
                    runs.incrementAndGet();
                    tx.update(item.set(Account::balance, 2L));
                    throw own;
                }))
                .isSameAs(own);
        assertThat(runs).hasValue(2);
        assertThat(accounts().query().get()).containsExactly(item);
    }

    @Test
    void the_work_is_run_again_when_others_change_what_it_changes() {
        Item<Account> item = account("busy", 0);
        List<Integer> attempts = new ArrayList<>();
        long seen = pool().transaction(QUICK, tx -> {
            attempts.add(tx.attempt());
            Item<Account> mine = tx.item(Account.class).fromRn(item.rn()).get();
            if (tx.attempt() < 4) {
                item.reload()
                        .update(old -> new Account(old.owner(), old.balance() + 10))
                        .commit();
            }
            return mine.set(Account::balance, mine.data().balance() + 1)
                    .commit()
                    .data()
                    .balance();
        });
        assertThat(attempts).containsExactly(1, 2, 3, 4);
        assertThat(seen).isEqualTo(31);
        assertThat(balance(item.rn())).isEqualTo(31);
    }

    @Test
    void attempts_have_an_end_and_an_item_that_was_read_before_makes_no_second_one() {
        Item<Account> item = account("busy", 0);
        AtomicInteger runs = new AtomicInteger();
        assertThatThrownBy(() -> pool().runTransaction(QUICK.withAttempts(3), tx -> {
                    runs.incrementAndGet();
                    Item<Account> mine =
                            tx.item(Account.class).fromRn(item.rn()).get();
                    item.reload()
                            .update(old -> new Account(old.owner(), old.balance() + 10))
                            .commit();
                    mine.set(Account::balance, -1L).commit();
                }))
                .isInstanceOf(ConflictException.class);
        assertThat(runs).hasValue(3);
        assertThat(balance(item.rn())).isEqualTo(30);
        assertThatThrownBy(() -> pool().runTransaction(QUICK, tx -> {
                    runs.incrementAndGet();
                    tx.update(item.set(Account::balance, -1L));
                }))
                .isInstanceOf(ConflictException.class);
        assertThat(runs).hasValue(4);
    }

    @Test
    void what_was_read_by_rn_and_not_changed_has_to_be_unchanged_at_the_end() {
        Item<Account> read = account("read", 1);
        Item<Account> written = account("written", 0);
        AtomicInteger runs = new AtomicInteger();
        PoolTransaction.Task<RuntimeException> copies = tx -> {
            long value = tx.item(Account.class).fromRn(read.rn()).get().data().balance();
            if (runs.incrementAndGet() == 1) {
                read.reload().set(Account::balance, 2L).commit();
            }
            tx.item(Account.class)
                    .fromRn(written.rn())
                    .get()
                    .set(Account::balance, value)
                    .commit();
        };
        pool().runTransaction(QUICK, copies);
        assertThat(runs).hasValue(2);
        assertThat(balance(written.rn())).isEqualTo(2);

        read.reload().set(Account::balance, 5L).commit();
        runs.set(0);
        pool().runTransaction(QUICK.withReads(Reads.UNCHECKED), copies);
        assertThat(runs).hasValue(1);
        assertThat(balance(written.rn())).isEqualTo(5);

        runs.set(0);
        pool().runTransaction(QUICK, tx -> {
            boolean there = tx.item(Account.class).fromRn(read.rn()).find().isPresent();
            if (runs.incrementAndGet() == 1) {
                read.reload().delete();
            }
            tx.item(Account.class)
                    .fromRn(written.rn())
                    .get()
                    .set(Account::balance, there ? 1L : 0L)
                    .commit();
        });
        assertThat(runs).hasValue(2);
        assertThat(balance(written.rn())).isZero();
    }

    @Test
    void what_was_looked_for_by_rn_and_not_there_has_to_be_absent_at_the_end() {
        Item<Account> written = account("written", 0);
        FloatingItem<Account> late = accounts().fromData(new Account("late", 7));
        AtomicInteger runs = new AtomicInteger();
        pool().runTransaction(QUICK, tx -> {
            boolean there = tx.item(Account.class).fromRn(late.rn()).find().isPresent();
            if (runs.incrementAndGet() == 1) {
                late.create();
            }
            tx.item(Account.class)
                    .fromRn(written.rn())
                    .get()
                    .set(Account::balance, there ? 1L : 2L)
                    .commit();
        });
        assertThat(runs).hasValue(2);
        assertThat(balance(written.rn())).isEqualTo(1);

        FloatingItem<Account> once = accounts().fromData(new Account("once", 7));
        runs.set(0);
        Item<Account> found = pool().transaction(QUICK, tx -> {
            Items<Account> mine = tx.item(Account.class);
            if (runs.incrementAndGet() == 1) {
                mine.fromRn(once.rn()).find();
                once.create();
            }
            return mine.fromRn(once.rn()).find().orElseGet(() -> tx.create(once));
        });
        assertThat(found.data().owner()).isEqualTo("once");
    }

    @Test
    void a_transaction_that_only_reads_sees_what_was_so_at_one_moment() {
        Item<Account> left = account("left", 5);
        Item<Account> right = account("right", 5);
        AtomicInteger runs = new AtomicInteger();
        long sum = pool().transaction(QUICK, tx -> {
            long first = tx.item(Account.class).fromRn(left.rn()).get().data().balance();
            if (runs.incrementAndGet() == 1) {
                Korm.tx(left.set(Account::balance, 0L), right.set(Account::balance, 10L))
                        .persist();
            }
            return first
                    + tx.item(Account.class).fromRn(right.rn()).get().data().balance();
        });
        assertThat(sum).isEqualTo(10);
        assertThat(runs).hasValue(2);
    }

    @Test
    void a_deletion_takes_along_and_lets_go_what_refers_to_the_item_and_reads_see_that() {
        Item<Account> account = account("gone", 1);
        Korm.item(Booking.class, pool()).fromData(new Booking(account.rn(), 1)).create();
        Item<Card> card = Korm.item(Card.class, pool())
                .fromData(new Card("visa", account.rn()))
                .create();
        pool().runTransaction(tx -> {
            tx.create(Korm.item(Booking.class, pool())
                    .fromData(new Booking(account("other", 2).rn(), 5)));
            DeletedItem<Account> gone = tx.delete(account);
            assertThat(gone.cascaded().values()).containsExactly(1L);
            assertThat(tx.item(Booking.class).query().get()).hasSize(1);
            assertThat(tx.item(Card.class).fromRn(card.rn()).get().data().account())
                    .isNull();
            assertThat(tx.item(Card.class)
                            .query()
                            .where(eq("account.owner", "gone"))
                            .exists())
                    .isFalse();
        });
        assertThat(Korm.item(Booking.class, pool()).query().count()).isEqualTo(1);
        assertThat(card.reload().data().account()).isNull();

        Item<Account> held = account("held", 1);
        Item<Mortgage> mortgage = Korm.item(Mortgage.class, pool())
                .fromData(new Mortgage(held.rn()))
                .create();
        pool().runTransaction(tx -> {
            assertThatThrownBy(() -> tx.delete(held)).isInstanceOf(ReferencedException.class);
            assertThat(tx.item(Account.class).fromRn(held.rn()).find()).isPresent();
            tx.delete(mortgage);
            tx.delete(held);
        });
        assertThat(accounts().fromRn(held.rn()).find()).isEmpty();
    }

    @Test
    void what_a_deletion_takes_along_counts_as_read_too() {
        Item<Account> account = account("gone", 1);
        Item<Account> total = account("total", 0);
        Item<Booking> booking = Korm.item(Booking.class, pool())
                .fromData(new Booking(account.rn(), 1))
                .create();
        AtomicInteger runs = new AtomicInteger();
        pool().runTransaction(QUICK, tx -> {
            long amount =
                    tx.item(Booking.class).fromRn(booking.rn()).get().data().amount();
            if (runs.incrementAndGet() == 1) {
                booking.set(Booking::amount, 7L).commit();
            }
            tx.item(Account.class).fromRn(account.rn()).get().delete();
            tx.item(Account.class)
                    .fromRn(total.rn())
                    .get()
                    .set(Account::balance, amount)
                    .commit();
        });
        assertThat(runs).hasValue(2);
        assertThat(balance(total.rn())).isEqualTo(7);
        assertThat(Korm.item(Booking.class, pool()).query().exists()).isFalse();
    }

    @Test
    void many_items_are_changed_and_deleted_by_a_filter() {
        for (int i = 0; i < 6; i++) {
            account("stored", i);
        }
        pool().runTransaction(tx -> {
            Items<Account> mine = tx.item(Account.class);
            mine.fromData(new Account("pending", 4)).create();
            assertThat(mine.query().where(gt("balance", 3)).updateAll(set("owner", "rich")))
                    .isEqualTo(3);
            assertThat(mine.query().where(eq("owner", "rich")).count()).isEqualTo(3);
            assertThat(mine.query().where(eq("balance", 5)).deleteAll()).isEqualTo(1);
            assertThat(mine.query().where(everything()).count()).isEqualTo(6);
            assertThat(accounts().query().where(eq("owner", "stored")).count()).isEqualTo(6);
        });
        assertThat(accounts().query().where(eq("owner", "rich")).count()).isEqualTo(2);
        assertThat(accounts().query().count()).isEqualTo(6);
    }

    @Test
    void a_unique_value_that_is_taken_writes_nothing_and_one_that_is_given_up_can_be_taken() {
        Item<User> fred = users().fromData(User.of("Fred", "fred")).create();
        assertThatThrownBy(() -> pool().runTransaction(tx -> {
                    tx.item(User.class).fromData(User.of("Wilma", "wilma")).create();
                    tx.item(User.class).fromData(User.of("Second", "fred")).create();
                }))
                .isInstanceOf(DuplicateException.class);
        assertThat(users().query().count()).isEqualTo(1);
        pool().runTransaction(tx -> {
            tx.update(fred.set("username", "alfred"));
            tx.item(User.class).fromData(User.of("Second", "fred")).create();
            assertThat(tx.item(User.class)
                            .query()
                            .where(eq("username", "fred"))
                            .first()
                            .get()
                            .data()
                            .firstName())
                    .isEqualTo("Second");
        });
        assertThat(users().query().count()).isEqualTo(2);
    }

    @Test
    void a_transaction_is_refused_after_its_end_and_its_items_go_on() {
        AtomicReference<PoolTransaction> kept = new AtomicReference<>();
        AtomicReference<Query<Account>> query = new AtomicReference<>();
        AtomicReference<Items<Account>> items = new AtomicReference<>();
        Item<Account> item = pool().transaction(tx -> {
            kept.set(tx);
            items.set(tx.item(Account.class));
            query.set(items.get().query());
            return items.get().fromData(new Account("mine", 1)).create();
        });
        assertThatThrownBy(() -> kept.get().item(Account.class)).isInstanceOf(ClosedException.class);
        assertThatThrownBy(() -> kept.get().delete(item)).isInstanceOf(ClosedException.class);
        assertThatThrownBy(() -> kept.get().update(item.set(Account::balance, 2L)))
                .isInstanceOf(ClosedException.class);
        assertThatThrownBy(() -> query.get().get()).isInstanceOf(ClosedException.class);
        assertThatThrownBy(() -> query.get().count()).isInstanceOf(ClosedException.class);
        assertThatThrownBy(() -> items.get().fromRn(item.rn()).get()).isInstanceOf(ClosedException.class);
        assertThatThrownBy(() -> items.get().fromData(new Account("x", 1))).isInstanceOf(ClosedException.class);
        Item<Account> changed = item.set(Account::balance, 2L).commit();
        Korm.tx(changed.set(Account::balance, 3L)).persist();
        assertThat(balance(item.rn())).isEqualTo(3);
        assertThat(item.reload().delete().restore().data().balance()).isEqualTo(3);
        assertThat(item.pool()).isSameAs(pool());
        assertThat(Stream.of(item).toList().get(0).show(Item.Coloring.PLAIN)).contains("mine");
    }

    @Test
    void an_item_that_a_failed_transaction_gave_out_is_not_there() {
        AtomicReference<Item<Account>> kept = new AtomicReference<>();
        assertThatThrownBy(() -> pool().runTransaction(tx -> {
                    kept.set(tx.item(Account.class)
                            .fromData(new Account("never", 1))
                            .create());
                    throw new IllegalStateException("mine");
                }))
                .hasMessage("mine");
        assertThatThrownBy(() -> kept.get().reload()).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> kept.get().set(Account::balance, 2L).commit()).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> kept.get().delete()).isInstanceOf(NotFoundException.class);
    }

    @Test
    void a_transaction_within_another_is_one_of_its_own() {
        assertThatThrownBy(() -> pool().runTransaction(outer -> {
                    outer.item(Account.class).fromData(new Account("outer", 1)).create();
                    pool().runTransaction(inner -> {
                        inner.item(Account.class)
                                .fromData(new Account("inner", 1))
                                .create();
                        assertThat(inner.item(Account.class).query().count()).isEqualTo(1);
                    });
                    assertThat(owners(outer.item(Account.class).query().orderBy(asc(Account::owner))))
                            .containsExactly("inner", "outer");
                    throw new IllegalStateException("mine");
                }))
                .hasMessage("mine");
        assertThat(owners(accounts().query())).containsExactly("inner");
    }

    @Test
    void a_rollback_to_a_savepoint_takes_back_what_was_written_since_and_the_rest_is_stored() {
        Item<Account> fred = account("fred", 1);
        Item<Account> wilma = account("wilma", 1);
        Item<Booking> booking = Korm.item(Booking.class, pool())
                .fromData(new Booking(wilma.rn(), 5))
                .create();
        Item<Card> card = Korm.item(Card.class, pool())
                .fromData(new Card("gold", wilma.rn()))
                .create();
        Rn<Account> made = pool().transaction(tx -> {
            Items<Account> accounts = tx.item(Account.class);
            Item<Account> changed =
                    accounts.fromRn(fred.rn()).get().set(Account::balance, 2L).commit();
            PoolTransaction.Savepoint savepoint = tx.savepoint();
            changed.set(Account::balance, 3L).commit();
            accounts.fromData(new Account("barney", 9)).create();
            accounts.fromRn(wilma.rn()).get().delete();
            assertThat(tx.item(Booking.class).query().count()).isZero();
            assertThat(accounts.query().sum("balance").longValue()).isEqualTo(12);

            savepoint.rollback();
            assertThat(accounts.fromRn(fred.rn()).get().data().balance()).isEqualTo(2);
            assertThat(owners(accounts.query().orderBy(asc(Account::owner)))).containsExactly("fred", "wilma");
            assertThat(accounts.query().sum("balance").longValue()).isEqualTo(3);
            assertThat(tx.item(Booking.class).query().count()).isEqualTo(1);
            assertThat(tx.item(Card.class).fromRn(card.rn()).get().data().account())
                    .isEqualTo(wilma.rn());
            savepoint.rollback();
            changed.set(Account::owner, "Fred").commit();
            return accounts.fromData(new Account("betty", 4)).create().rn();
        });
        assertThat(accounts().fromRn(fred.rn()).get().data()).isEqualTo(new Account("Fred", 2));
        assertThat(accounts().fromRn(wilma.rn()).get().revision()).isEqualTo(wilma.revision());
        assertThat(booking.reload().data().amount()).isEqualTo(5);
        assertThat(card.reload().revision()).isEqualTo(card.revision());
        assertThat(balance(made)).isEqualTo(4);
        assertThat(accounts().query().count()).isEqualTo(3);
    }

    @Test
    void an_item_that_was_taken_back_is_refused_also_where_it_was_changed_again_as_often() {
        Item<Account> fred = account("fred", 1);
        AtomicInteger runs = new AtomicInteger();
        pool().runTransaction(QUICK, tx -> {
            runs.incrementAndGet();
            Items<Account> accounts = tx.item(Account.class);
            Item<Account> mine = accounts.fromRn(fred.rn()).get();
            PoolTransaction.Savepoint savepoint = tx.savepoint();
            Item<Account> gone = mine.set(Account::balance, 50L).commit();
            Item<Account> never = accounts.fromData(new Account("never", 1)).create();
            savepoint.rollback();
            ConflictException conflict =
                    catchThrowableOfType(ConflictException.class, () -> gone.set(Account::owner, "Fred")
                            .commit());
            assertThat(conflict).hasMessageContaining("savepoint");
            assertThat(conflict.theirs().revision()).isEqualTo(mine.revision());
            assertThatThrownBy(() -> gone.delete()).isInstanceOf(ConflictException.class);
            assertThatThrownBy(() -> never.set(Account::balance, 2L).commit()).isInstanceOf(NotFoundException.class);
            assertThatThrownBy(() -> never.reload()).isInstanceOf(NotFoundException.class);

            Item<Account> again = mine.set(Account::balance, 7L).commit();
            assertThat(again.revision()).isEqualTo(gone.revision());
            assertThatThrownBy(() -> gone.set(Account::owner, "Fred").commit())
                    .isInstanceOf(ConflictException.class)
                    .hasMessageContaining("savepoint");
            again.set(Account::owner, "FRED").commit();
        });
        assertThat(runs).hasValue(1);
        assertThat(accounts().fromRn(fred.rn()).get().data()).isEqualTo(new Account("FRED", 7));
    }

    @Test
    void an_item_that_was_taken_back_overwrites_nothing_behind_the_end_and_the_one_that_was_stored_goes_on() {
        Item<Account> fred = account("fred", 1);
        AtomicReference<Item<Account>> takenBack = new AtomicReference<>();
        AtomicReference<Item<Account>> created = new AtomicReference<>();
        Item<Account> stored = pool().transaction(tx -> {
            Item<Account> mine = tx.item(Account.class).fromRn(fred.rn()).get();
            PoolTransaction.Savepoint savepoint = tx.savepoint();
            takenBack.set(mine.set(Account::balance, 9L).commit());
            created.set(
                    tx.item(Account.class).fromData(new Account("barney", 4)).create());
            savepoint.rollback();
            return mine.set(Account::balance, 5L).commit();
        });
        assertThat(takenBack.get().revision()).isEqualTo(stored.revision());
        assertThatThrownBy(() -> takenBack.get().set(Account::owner, "Fred").commit())
                .isInstanceOfSatisfying(ConflictException.class, conflict -> {
                    assertThat(conflict.rn()).isEqualTo(fred.rn());
                    assertThat(conflict).hasMessageContaining("Read it again");
                });
        assertThatThrownBy(() -> takenBack.get().delete()).isInstanceOf(ConflictException.class);
        assertThatThrownBy(() ->
                        Korm.tx(takenBack.get().set(Account::owner, "Fred")).persist())
                .isInstanceOf(ConflictException.class);
        assertThatThrownBy(
                        () -> pool().transaction(tx -> tx.update(takenBack.get().set(Account::owner, "Fred"))))
                .isInstanceOf(ConflictException.class);
        assertThatThrownBy(() -> created.get().set(Account::balance, 1L).commit())
                .isInstanceOf(NotFoundException.class);
        assertThat(takenBack.get().reload().data().balance()).isEqualTo(5);
        assertThat(stored.set(Account::owner, "Fred").commit().data()).isEqualTo(new Account("Fred", 5));
    }

    @Test
    void an_item_of_a_transaction_that_failed_overwrites_nobody() {
        Item<Account> fred = account("fred", 1);
        AtomicReference<Item<Account>> mine = new AtomicReference<>();
        assertThatThrownBy(() -> pool().runTransaction(tx -> {
                    mine.set(tx.update(fred.set(Account::balance, 9L)));
                    throw new IllegalStateException("no");
                }))
                .isInstanceOf(IllegalStateException.class);
        Item<Account> theirs = fred.set(Account::balance, 5L).commit();
        assertThat(mine.get().revision()).isEqualTo(theirs.revision());
        assertThatThrownBy(() -> mine.get().set(Account::owner, "Fred").commit())
                .isInstanceOf(ConflictException.class);
        assertThat(fred.reload().data()).isEqualTo(new Account("fred", 5));
    }

    @Test
    void savepoints_behind_one_that_was_returned_to_are_gone_and_all_are_with_the_transaction() {
        account("there is a table", 0);
        AtomicReference<PoolTransaction.Savepoint> kept = new AtomicReference<>();
        pool().runTransaction(tx -> {
            Items<Account> accounts = tx.item(Account.class);
            PoolTransaction.Savepoint outer = tx.savepoint();
            kept.set(outer);
            accounts.fromData(new Account("a", 1)).create();
            PoolTransaction.Savepoint inner = tx.savepoint();
            accounts.fromData(new Account("b", 1)).create();
            try (Stream<Item<Account>> open = accounts.query().orderBy(desc(Account::balance)).stream()) {
                inner.rollback();
                assertThat(open.map(item -> item.data().owner())).contains("a", "b", "there is a table");
            }
            assertThat(accounts.query().count()).isEqualTo(2);
            outer.rollback();
            accounts.fromData(new Account("c", 1)).create();
            assertThatThrownBy(inner::rollback)
                    .isInstanceOf(ClosedException.class)
                    .hasMessageContaining("savepoint");
            assertThat(accounts.query().count()).isEqualTo(2);
            outer.rollback();
        });
        assertThatThrownBy(() -> kept.get().rollback()).isInstanceOf(ClosedException.class);
        assertThat(accounts().query().count()).isEqualTo(1);
    }

    @Test
    void what_was_read_and_taken_back_has_to_be_unchanged_still() {
        Item<Account> fred = account("fred", 1);
        AtomicInteger runs = new AtomicInteger();
        pool().runTransaction(QUICK, tx -> {
            Items<Account> accounts = tx.item(Account.class);
            PoolTransaction.Savepoint savepoint = tx.savepoint();
            Item<Account> mine = accounts.fromRn(fred.rn()).get();
            mine.set(Account::balance, 9L).commit();
            savepoint.rollback();
            if (runs.incrementAndGet() == 1) {
                accounts().fromRn(fred.rn()).get().set(Account::balance, 5L).commit();
            }
            accounts.fromData(new Account("sees " + mine.data().balance(), 1)).create();
        });
        assertThat(runs).hasValue(2);
        assertThat(owners(accounts().query().orderBy(asc(Account::owner)))).containsExactly("fred", "sees 5");
    }

    @Test
    void nothing_is_asked_of_the_store_for_an_empty_transaction() {
        assertThat(pool().<@Nullable String, RuntimeException>transaction(tx -> null))
                .isNull();
        pool().runTransaction(tx -> {});
    }

    /** Two that each read what the other writes: one after the other, the second sees what the first wrote. */
    @ConcurrentTest
    void two_transactions_that_read_what_the_other_writes_are_as_if_one_after_the_other() throws Exception {
        for (int round = 0; round < 20; round++) {
            Item<Account> left = account("left", 1);
            Item<Account> right = account("right", 1);
            CountDownLatch both = new CountDownLatch(2);
            both(() -> takeIfOther(left.rn(), right.rn(), both), () -> takeIfOther(right.rn(), left.rn(), both));
            assertThat(balance(left.rn()) + balance(right.rn()))
                    .as("one of two may go, as long as the other stays")
                    .isEqualTo(1);
        }
    }

    private Object takeIfOther(Rn<Account> mine, Rn<Account> other, CountDownLatch both) throws Exception {
        pool().runTransaction(tx -> {
            Items<Account> items = tx.item(Account.class);
            Item<Account> taken = items.fromRn(mine).get();
            long there = items.fromRn(other).get().data().balance();
            both.countDown();
            both.await(10, TimeUnit.SECONDS);
            if (there > 0) {
                taken.set(Account::balance, 0L).commit();
            }
        });
        return mine;
    }

    @ConcurrentTest
    void of_many_who_create_one_item_one_succeeds() throws Exception {
        FloatingItem<Account> item = accounts().fromData(new Account("one", 1));
        account("there is a table", 0);
        ExecutorService threads = Executors.newFixedThreadPool(10);
        try {
            List<Future<Boolean>> running = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                boolean within = i % 2 == 0;
                running.add(threads.submit(() -> {
                    try {
                        if (within) {
                            pool().runTransaction(tx -> tx.create(item));
                        } else {
                            Korm.tx(item).persist();
                        }
                        return true;
                    } catch (AlreadyExistsException taken) {
                        return false;
                    }
                }));
            }
            int created = 0;
            for (Future<Boolean> one : running) {
                created += one.get(60, TimeUnit.SECONDS) ? 1 : 0;
            }
            assertThat(created).isEqualTo(1);
        } finally {
            threads.shutdownNow();
        }
    }

    @ConcurrentTest
    void changes_of_the_same_items_in_opposite_orders_come_to_an_end() throws Exception {
        Rn<Account> left = account("left", 0).rn();
        Rn<Account> right = account("right", 0).rn();
        AtomicInteger stored = new AtomicInteger();
        both(() -> changeBoth(left, right, stored), () -> changeBoth(right, left, stored));
        assertThat(stored).hasPositiveValue();
        assertThat(balance(left)).isEqualTo(balance(right)).isEqualTo(stored.get());
    }

    private Object changeBoth(Rn<Account> first, Rn<Account> second, AtomicInteger stored) {
        for (int i = 0; i < 10; i++) {
            Item<Account> one = accounts().fromRn(first).get();
            Item<Account> other = accounts().fromRn(second).get();
            try {
                Korm.tx(
                                one.set(Account::balance, one.data().balance() + 1),
                                other.set(Account::balance, other.data().balance() + 1))
                        .persist();
                stored.incrementAndGet();
            } catch (ConflictException late) {
                // The other was first.
            }
        }
        return first;
    }

    private static void both(Callable<?> left, Callable<?> right) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            List<Future<?>> running = List.of(threads.submit(left), threads.submit(right));
            for (Future<?> one : running) {
                one.get(60, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
