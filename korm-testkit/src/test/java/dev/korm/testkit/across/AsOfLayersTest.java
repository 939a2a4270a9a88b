package dev.korm.testkit.across;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.StoreBusyException;
import dev.korm.StoreException.Outcome;
import dev.korm.Stored;
import dev.korm.history.Version;
import dev.korm.jdbc.Sqlite;
import dev.korm.testkit.fault.FaultyLayer;
import dev.korm.testkit.fault.FaultyLayer.Call;
import dev.korm.testkit.fault.FaultyLayer.Moment;
import dev.korm.testkit.memory.MemoryJournal;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Items of several layers as of one moment, at which each change has happened in all of them or in none. */
class AsOfLayersTest {
    /** A sum of money. */
    @Stored(namespace = "bank", kind = "account")
    record Account(int balance) {}

    /** A payment, which names an account of another layer. */
    @Stored(namespace = "bank", kind = "payment")
    record Payment(int amount, Rn<Account> from) {}

    @TempDir
    Path folder;

    /** Commits after the other. */
    private FaultyLayer first;

    private Pool pool;
    private Items<Account> accounts;
    private Items<Payment> payments;
    private Item<Account> account;
    private Item<Payment> payment;

    @BeforeEach
    void open() {
        first = FaultyLayer.around(Sqlite.file(folder.resolve("a.sqlite")));
        pool = Korm.pool()
                .layer("a", first)
                .layer("b", Sqlite.file(folder.resolve("b.sqlite")))
                .withWal(MemoryJournal.create())
                .withHistory()
                .open();
        accounts = Korm.item(Account.class, pool);
        payments = Korm.item(Payment.class, pool);
        account = accounts.fromData("a", "bank", "account", new Account(100)).create();
        payment = payments.fromData("b", "bank", "payment", new Payment(0, account.rn()))
                .create();
    }

    @AfterEach
    void close() {
        pool.close();
        assertThat(first.leaks()).isZero();
    }

    private void pay() {
        Korm.tx(account.set(Account::balance, 70), payment.set(Payment::amount, 30))
                .persist();
    }

    private Instant paid() {
        return accounts.history(account.rn()).newest(1).get(0).time();
    }

    /** Returns what both items hold, by name, by a query and by a reference. */
    private List<Integer> as(Instant moment) {
        int balance = accounts.asOf(moment).fromRn(account.rn()).get().data().balance();
        Items<Payment> then = payments.asOf(moment);
        int amount = then.fromRn(payment.rn()).get().data().amount();
        Payment resolved = then.fromQuery("b", "bank", "payment")
                .resolvePaths("from")
                .get()
                .get(0)
                .data();
        assertThat(resolved.amount()).isEqualTo(amount);
        assertThat(resolved.from().get().balance()).isEqualTo(balance);
        return List.of(balance, amount);
    }

    @Test
    void the_parts_of_a_change_have_one_time() {
        pay();
        Version<Payment> other = payments.history(payment.rn()).newest(1).get(0);
        assertThat(other.time()).isEqualTo(paid());
        assertThat(as(paid())).containsExactly(70, 30);
        assertThat(as(paid().minusNanos(1_000))).containsExactly(100, 0);
    }

    @Test
    void a_moment_between_the_times_of_its_parts_is_before_all_of_the_change() throws SQLException {
        pay();
        Instant paid = paid();
        // As by a program whose clock is ahead, which had changed the payment before.
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("b.sqlite"));
                PreparedStatement later = connection.prepareStatement(
                        "UPDATE __korm_history__ SET time = time + 5000000 WHERE transaction_id = ?")) {
            later.setString(
                    1,
                    accounts.history(account.rn())
                            .newest(1)
                            .get(0)
                            .transaction()
                            .orElseThrow());
            assertThat(later.executeUpdate()).isEqualTo(1);
        }
        assertThat(as(paid)).containsExactly(100, 0);
    }

    @Test
    void a_change_that_is_being_committed_is_let_end() throws Exception {
        CountDownLatch half = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        first.fail(Call.COMMIT, 1, Moment.BEFORE, layer -> lostAnswer(layer, half, goOn));
        FutureTask<Void> change = new FutureTask<>(this::pay, null);
        Thread changing = new Thread(change);
        changing.start();
        half.await();
        FutureTask<List<Integer>> reading = new FutureTask<>(() -> as(Instant.now()));
        Thread reader = new Thread(reading);
        reader.start();
        while (!reading.isDone() && reader.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        goOn.countDown();
        assertThat(reading.get()).isIn(List.of(100, 0), List.of(70, 30));
        change.get();
        reader.join();
        changing.join();
    }

    private static StoreBusyException lostAnswer(String layer, CountDownLatch half, CountDownLatch goOn) {
        half.countDown();
        try {
            goOn.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        return new StoreBusyException(layer, "The answer was lost", Outcome.UNKNOWN, null);
    }
}
