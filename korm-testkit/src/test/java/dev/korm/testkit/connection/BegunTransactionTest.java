package dev.korm.testkit.connection;

import static dev.korm.Filter.everything;
import static dev.korm.Filter.gt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.ClosedException;
import dev.korm.ConfigurationException;
import dev.korm.ConflictException;
import dev.korm.DeletedItem;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.PoolTransaction;
import dev.korm.Query;
import dev.korm.QueryException;
import dev.korm.Stored;
import dev.korm.testkit.memory.MemoryLayer;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Transactions that are begun and committed by calls of their own, and calls of a thread that take part in one. */
class BegunTransactionTest {
    @Stored(namespace = "bank", kind = "account")
    record Account(String owner, long balance) {}

    private Pool pool;
    private Items<Account> accounts;

    @BeforeEach
    void open() {
        pool = Korm.pool().layer("main", MemoryLayer.create()).open();
        accounts = Korm.item(Account.class, pool);
    }

    @AfterEach
    void close() {
        pool.close();
    }

    private Item<Account> account(String owner, long balance) {
        return accounts.fromData(new Account(owner, balance)).create();
    }

    @Test
    void is_stored_by_commit_alone() {
        try (PoolTransaction.Begun tx = pool.begin(PoolTransaction.Options.DEFAULT)) {
            assertThat(tx.hasChanges()).isFalse();
            tx.item(Account.class).fromData(new Account("Fred", 1)).create();
            assertThat(tx.hasChanges()).isTrue();
            assertThat(accounts.query().count()).isZero();
        }
        assertThat(accounts.query().count()).isZero();

        try (PoolTransaction.Begun tx = pool.begin(PoolTransaction.Options.DEFAULT)) {
            tx.item(Account.class).fromData(new Account("Fred", 1)).create();
            tx.commit();
            assertThatThrownBy(tx::commit).isInstanceOf(ClosedException.class);
        }
        assertThat(accounts.query().count()).isEqualTo(1);
    }

    @Test
    void calls_of_the_thread_take_part_whatever_they_come_from() {
        Item<Account> fred = account("Fred", 100);
        Item<Account> wilma = account("Wilma", 0);
        Item<Account> barney = account("Barney", 0);
        try (PoolTransaction.Begun tx = pool.begin(PoolTransaction.Options.DEFAULT)) {
            try (PoolTransaction.Scope scope = tx.makeCurrent()) {
                fred.set(Account::balance, 90L).commit();
                Korm.tx(wilma.set(Account::balance, 10L), accounts.fromData(new Account("Betty", 5)))
                        .persist();
                barney.delete();
                accounts.query().where(gt("balance", 50)).updateAll(dev.korm.Assignment.set("owner", "Frederick"));
                assertThat(accounts.fromRn(fred.rn()).get().data()).isEqualTo(new Account("Frederick", 90));
                assertThat(fred.reload().data().balance()).isEqualTo(90);
                assertThat(Korm.item(Account.class, pool).query().count()).isEqualTo(3);
                assertThat(CompletableFuture.supplyAsync(() -> accounts.query()
                                        .where(gt("balance", 99))
                                        .count())
                                .join())
                        .isEqualTo(1);
            }
            assertThat(fred.reload().data().balance()).isEqualTo(100);
            tx.commit();
        }

        assertThat(accounts.query().get())
                .extracting(Item::data)
                .containsExactlyInAnyOrder(
                        new Account("Frederick", 90), new Account("Wilma", 10), new Account("Betty", 5));
    }

    @Test
    void nothing_of_it_is_there_when_it_is_not_committed() {
        Item<Account> fred = account("Fred", 100);
        try (PoolTransaction.Begun tx = pool.begin(PoolTransaction.Options.DEFAULT);
                PoolTransaction.Scope scope = tx.makeCurrent()) {
            fred.set(Account::balance, 90L).commit();
            accounts.query().where(everything()).deleteAll();
            assertThat(accounts.query().count()).isZero();
        }

        assertThat(accounts.fromRn(fred.rn()).get().data().balance()).isEqualTo(100);
    }

    @Test
    void an_item_that_others_have_changed_since_is_a_conflict() {
        Item<Account> fred = account("Fred", 100);
        fred.set(Account::balance, 1L).commit();
        try (PoolTransaction.Begun tx = pool.begin(PoolTransaction.Options.DEFAULT)) {
            try (PoolTransaction.Scope scope = tx.makeCurrent()) {
                fred.set(Account::balance, 90L).commit();
            }
            assertThatThrownBy(tx::commit).isInstanceOf(ConflictException.class);
        }
        assertThat(fred.reload().data().balance()).isEqualTo(1);
    }

    @Test
    void items_of_one_transaction_take_part_in_a_later_one() {
        Item<Account> fred;
        try (PoolTransaction.Begun first = pool.begin(PoolTransaction.Options.DEFAULT)) {
            fred = first.item(Account.class).fromData(new Account("Fred", 1)).create();
            first.commit();
        }
        try (PoolTransaction.Begun second = pool.begin(PoolTransaction.Options.DEFAULT)) {
            try (PoolTransaction.Scope scope = second.makeCurrent()) {
                fred.set(Account::balance, 2L).commit();
            }
            assertThat(fred.reload().data().balance()).isEqualTo(1);
        }
        assertThat(fred.reload().data().balance()).isEqualTo(1);
    }

    @Test
    void a_transaction_of_work_is_on_its_own() {
        try (PoolTransaction.Begun tx = pool.begin(PoolTransaction.Options.DEFAULT);
                PoolTransaction.Scope scope = tx.makeCurrent()) {
            account("Fred", 1);
            pool.runTransaction(other ->
                    other.item(Account.class).fromData(new Account("Wilma", 1)).create());
            assertThat(accounts.query().count()).isEqualTo(2);
        }
        assertThat(accounts.query().get())
                .extracting(item -> item.data().owner())
                .containsExactly("Wilma");
    }

    @Test
    void what_cannot_take_part_is_refused() {
        Item<Account> fred = account("Fred", 1);
        DeletedItem<Account> gone = account("Barney", 1).delete();
        Query<Account> before = accounts.query().where(everything());
        try (PoolTransaction.Begun tx = pool.begin(PoolTransaction.Options.DEFAULT);
                PoolTransaction.Begun other = pool.begin(PoolTransaction.Options.DEFAULT);
                PoolTransaction.Scope scope = tx.makeCurrent()) {
            assertThatThrownBy(other::makeCurrent).isInstanceOf(ConfigurationException.class);
            assertThatThrownBy(before::deleteAll)
                    .isInstanceOf(QueryException.class)
                    .hasMessageContaining("make the query within the transaction");
            assertThatThrownBy(gone::restore).isInstanceOf(QueryException.class);
            assertThatThrownBy(() ->
                            Korm.tx(fred.set(Account::balance, 2L)).by("wilma").persist())
                    .isInstanceOf(ConfigurationException.class);
            assertThatThrownBy(() -> Korm.tx(fred.set(Account::balance, 2L))
                            .destructive()
                            .persist())
                    .isInstanceOf(ConfigurationException.class);
            assertThat(tx.hasChanges()).isFalse();
        }
        assertThat(accounts.query().count()).isEqualTo(1);
        gone.restore();
    }
}
