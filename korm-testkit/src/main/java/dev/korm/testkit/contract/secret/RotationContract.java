package dev.korm.testkit.contract.secret;

import static dev.korm.Filter.eq;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.korm.ClosedException;
import dev.korm.ConfigurationException;
import dev.korm.ConflictException;
import dev.korm.Document;
import dev.korm.DuplicateException;
import dev.korm.Encrypted;
import dev.korm.FloatingItem;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.SealException;
import dev.korm.Searchable;
import dev.korm.Stored;
import dev.korm.key.KeyInUseException;
import dev.korm.key.KeyReport;
import dev.korm.key.KeyRing;
import dev.korm.key.KeyUse;
import dev.korm.key.Rotation;
import dev.korm.key.RotationProgress;
import dev.korm.spi.Batch;
import dev.korm.spi.Mutation;
import dev.korm.spi.Row;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.testkit.Seed;
import dev.korm.testkit.fault.FaultyLayer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Changing the key that everything is sealed with, while others read and write. Every layer passes it. */
@NullUnmarked // Tests dereference what they expect to be there.
public abstract class RotationContract extends SecretsWorld {
    private static final TableName ACCOUNTS = TableName.items("bank", "account");

    /** A secret that is found by its value, and unique. */
    @Stored(namespace = "bank", kind = "account")
    public record Account(
            String owner,
            int balance,
            @Searchable(unique = true) Encrypted<String> iban,
            @Searchable Encrypted<String> branch,
            Map<String, Encrypted<String>> notes) {}

    private static Account account(int number) {
        return new Account(
                "o" + number,
                0,
                Encrypted.of("iban" + number),
                Encrypted.of("b" + number % 10),
                Map.of("first", Encrypted.of("note" + number)));
    }

    private static Items<Account> accounts(Pool pool) {
        return Korm.item(Account.class, pool);
    }

    private void fill(int count) {
        List<FloatingItem<Account>> items = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            items.add(accounts(pool).fromData(account(i)));
            if (items.size() == 1000) {
                Korm.createAll(items);
                items.clear();
            }
        }
        Korm.createAll(items);
    }

    private Pool declared(KeyRing ring) {
        return Korm.pool()
                .layer("main", source)
                .keys(ring)
                .prepare(Account.class)
                .open();
    }

    private void refusesToOpen(KeyRing ring, SealException.Reason reason, String keyId) {
        assertThatThrownBy(() -> declared(ring).close())
                .isInstanceOfSatisfying(SealException.class, refused -> assertThat(refused.reason())
                        .isEqualTo(reason))
                .hasMessageContaining("The pool was not opened")
                .hasMessageContaining("[rn][from::main]:bank:account")
                .hasMessageContaining("\"" + keyId + "\"")
                .hasMessageNotContaining("iban1");
    }

    @Test
    void a_ring_whose_keys_do_not_open_what_a_declared_collection_holds_is_refused_at_the_opening() {
        KeyRing other = KeyRing.of("k1", Map.of("k1", new byte[32]));
        declared(other).close();
        fill(50);
        refusesToOpen(other, SealException.Reason.FOREIGN_OR_ALTERED, "k1");
        refusesToOpen(keys("k9"), SealException.Reason.UNKNOWN_KEY, "k1");
        try (Pool same = declared(keys("k1"));
                Pool both = declared(keys("k9", "k1"))) {
            assertThat(accounts(same).query().count()).isEqualTo(50);
            assertThatThrownBy(() -> accounts(both).fromData(account(7)).create())
                    .isInstanceOf(DuplicateException.class);
            both.keys().rotation().run();
        }
        declared(keys("k9")).close();
        refusesToOpen(keys("k1"), SealException.Reason.UNKNOWN_KEY, "k9");
    }

    /** A secret that nobody searches for. */
    @Stored(namespace = "bank", kind = "safe")
    public record Safe(String owner, Encrypted<String> code) {}

    private Pool requiring(KeyRing ring) {
        return Korm.pool().layer("main", source).keys(ring).requireKeys().open();
    }

    @Test
    void a_ring_can_be_tried_at_the_opening_on_collections_that_no_record_names() {
        KeyRing other = KeyRing.of("k1", Map.of("k1", new byte[32]));
        requiring(other).close();
        Korm.item(Document.class, pool)
                .fromData("bank", "plain", Document.of(Map.of("owner", "o1")))
                .create();
        requiring(other).close();
        Item<Safe> safe = Korm.item(Safe.class, pool)
                .fromData(new Safe("o1", Encrypted.of("canary")))
                .create();
        refusesToRequire(other, SealException.Reason.FOREIGN_OR_ALTERED, "[rn][from::main]:bank:safe");
        refusesToRequire(keys("k9"), SealException.Reason.UNKNOWN_KEY, "[rn][from::main]:bank:safe");
        requiring(keys("k9", "k1")).close();

        safe.delete();
        requiring(other).close();
        Korm.item(Document.class, pool)
                .fromData("bank", "note", Document.of(Map.of("text", Map.of("of", Encrypted.of("canary")))))
                .create();
        refusesToRequire(keys("k9"), SealException.Reason.UNKNOWN_KEY, "[rn][from::main]:bank:note");
        requiring(keys("k1")).close();
    }

    private void refusesToRequire(KeyRing ring, SealException.Reason reason, String said) {
        assertThatThrownBy(() -> requiring(ring).close())
                .isInstanceOfSatisfying(SealException.class, refused -> assertThat(refused.reason())
                        .isEqualTo(reason))
                .hasMessageContaining(said)
                .hasMessageContaining("The pool was not opened")
                .hasMessageNotContaining("canary");
    }

    @Test
    void a_ring_whose_keys_do_not_open_what_a_collection_holds_writes_no_unique_value_there() {
        fill(40);
        writesNothingUnique(
                KeyRing.of("k1", Map.of("k1", new byte[32])), SealException.Reason.FOREIGN_OR_ALTERED, "k1");
        writesNothingUnique(keys("k9"), SealException.Reason.UNKNOWN_KEY, "k1");
        assertThat(accounts(pool).query().count()).isEqualTo(40);
        try (Pool both = open(keys("k9", "k1"))) {
            assertThatThrownBy(() -> accounts(both).fromData(account(7)).create())
                    .isInstanceOf(DuplicateException.class);
            accounts(both).fromData(account(40)).create();
        }
    }

    private void writesNothingUnique(KeyRing ring, SealException.Reason reason, String keyId) {
        try (Pool undeclared = open(ring)) {
            Items<Account> accounts = accounts(undeclared);
            Item<Account> any = accounts.query().first().orElseThrow();
            for (ThrowableAssert.ThrowingCallable write : List.<ThrowableAssert.ThrowingCallable>of(
                    () -> accounts.fromData(account(7)).create(),
                    () -> accounts.fromData(account(41)).create(),
                    () -> Korm.createAll(List.of(accounts.fromData(account(41)))),
                    () -> undeclared.runTransaction(
                            tx -> tx.create(tx.item(Account.class).fromData(account(41)))),
                    () -> any.set(Account::iban, Encrypted.of("iban7")).commit())) {
                assertThatThrownBy(write)
                        .isInstanceOfSatisfying(SealException.class, refused -> assertThat(refused.reason())
                                .isEqualTo(reason))
                        .hasMessageContaining("Nothing was written")
                        .hasMessageContaining("[rn][from::main]:bank:account")
                        .hasMessageContaining("\"" + keyId + "\"")
                        .hasMessageNotContaining("iban7");
            }
            // What keeps nothing unique goes on.
            Account data = any.set(Account::balance, 5).commit().data();
            assertThat(data.balance()).isEqualTo(5);
        }
    }

    @Test
    void a_ring_whose_keys_open_nothing_of_a_collection_searches_nothing_there() {
        fill(20);
        searchesNothing(KeyRing.of("k1", Map.of("k1", new byte[32])), SealException.Reason.FOREIGN_OR_ALTERED, "k1");
        searchesNothing(keys("k9"), SealException.Reason.UNKNOWN_KEY, "k1");
        try (Pool both = open(keys("k9", "k1"))) {
            assertThat(accounts(both).query().where(eq("iban", "iban7")).count())
                    .isEqualTo(1);
            accounts(both).fromData(account(20)).create();
        }
        // With the one key lost, what the other sealed is found.
        try (Pool rest = open(keys("k9"))) {
            assertThat(accounts(rest).query().where(eq("iban", "iban20")).count())
                    .isEqualTo(1);
        }
    }

    private void searchesNothing(KeyRing ring, SealException.Reason reason, String keyId) {
        try (Pool undeclared = open(ring)) {
            Items<Account> accounts = accounts(undeclared);
            assertThatThrownBy(() -> accounts.query().where(eq("iban", "iban7")).count())
                    .isInstanceOfSatisfying(SealException.class, refused -> assertThat(refused.reason())
                            .isEqualTo(reason))
                    .hasMessageContaining("Nothing was searched for")
                    .hasMessageContaining("[rn][from::main]:bank:account")
                    .hasMessageContaining("\"" + keyId + "\"")
                    .hasMessageNotContaining("iban7");
            // What is not sealed is found.
            assertThat(accounts.query().where(eq("balance", 0)).exists()).isTrue();
        }
    }

    @Test
    void a_value_that_was_altered_does_not_blame_a_key_that_opens_others() {
        fill(3);
        Rn<?> first = accounts(pool).query().first().orElseThrow().rn();
        alter(first, "branch", cell(ACCOUNTS, first, "iban"));
        try (Pool again = declared(keys("k1"))) {
            assertThat(accounts(again).query().count()).isEqualTo(3);
        }
    }

    @Test
    void everything_is_sealed_anew_and_nobody_notices() {
        Rn<Person> fred = people().fromData(Person.of("Fred", "t")
                        .withOther(Encrypted.of("o"))
                        .withPassword(hash("p"))
                        .withPins(List.of(Encrypted.of(1), Encrypted.of(2)))
                        .withCards(Map.of("visa", new Card("Fred", Encrypted.of("n"))))
                        .withMaybe(Encrypted.of("m"))
                        .withNotes(Document.of(Map.of("deep", List.of(Map.of("secret", Encrypted.of("d")))))))
                .create()
                .rn();
        long revision = people().fromRn(fred).get().revision();
        Person before = read(fred);
        String password = cell(fred, "password");
        String name = cell(fred, "name");
        try (Pool both = open(keys("k2", "k1"))) {
            assertThat(both.keys().currentId()).isEqualTo("k2");
            RotationProgress done = both.keys().rotation().run();
            assertThat(done.resealed()).isEqualTo(7);
            assertThat(done.changed()).isEqualTo(1);
            assertThat(done.unopened()).isZero();
            assertThat(both.keys().report().keyIds()).containsExactly("k2");
            assertThat(both.keys().report().count("k2")).isEqualTo(7);
            Item<Person> after =
                    Korm.item(Person.class, both).fromRn(fred.toString()).get();
            assertThat(after.revision()).isEqualTo(revision);
        }
        assertThat(cell(fred, "password")).isEqualTo(password);
        assertThat(cell(fred, "name")).isEqualTo(name);
        try (Pool only = open(keys("k2"))) {
            Person read =
                    Korm.item(Person.class, only).fromRn(fred.toString()).get().data();
            assertThat(read.token().reveal()).isEqualTo("t");
            assertThat(read.pins().get(1).reveal()).isEqualTo(2);
            assertThat(read.cards().get("visa").number().reveal()).isEqualTo("n");
            assertThat(read.maybe().orElseThrow().reveal()).isEqualTo("m");
            assertThat(read.notes().get("deep[0].secret").orElseThrow()).isEqualTo(Encrypted.of("d"));
            assertThat(read.password()).isEqualTo(before.password());
        }
    }

    @Test
    void a_key_in_use_is_not_given_up() {
        fill(3);
        try (Pool both = open(keys("k2", "k1"))) {
            KeyReport report = both.keys().report();
            assertThat(report.keyIds()).containsExactly("k1");
            assertThat(report.of("k1"))
                    .contains(new KeyUse(
                            "k1", Rn.parse("[rn][from::main]:bank:account:*"), "iban", KeyUse.Kind.FINGERPRINTS, 3))
                    .contains(new KeyUse(
                            "k1", Rn.parse("[rn][from::main]:bank:account:*"), "notes", KeyUse.Kind.VALUES, 3));
            KeyInUseException used = catchThrowableOfType(
                    KeyInUseException.class, () -> both.keys().requireUnused("k1"));
            assertThat(used.keyId()).isEqualTo("k1");
            assertThat(used.uses()).hasSize(5);
            assertThat(used)
                    .hasMessageContaining("15 values")
                    .hasMessageContaining("3 values in notes of [rn][from::main]:bank");
            assertThatThrownBy(() -> both.keys().requireUnused("k2"))
                    .isInstanceOf(KeyInUseException.class)
                    .hasMessageContaining("current");
            both.keys().rotation().run();
            both.keys().requireUnused("k1");
            both.keys().requireUnused("never");
        }
    }

    @Test
    void sealed_values_are_found_before_during_and_after() {
        fill(20);
        try (Pool both = open(keys("k2", "k1"))) {
            accounts(both).fromData(account(30)).create();
            assertThat(accounts(both).query().where(eq("branch", "b0")).count()).isEqualTo(3);
            AtomicInteger looks = new AtomicInteger();
            both.keys()
                    .rotation()
                    .itemsPerSecond(10_000)
                    .onProgress(progress -> {
                        looks.incrementAndGet();
                        assertThat(accounts(both)
                                        .query()
                                        .where(eq("branch", "b0"))
                                        .count())
                                .isEqualTo(3);
                        assertThat(accounts(both)
                                        .query()
                                        .where(eq("iban", "iban7"))
                                        .count())
                                .isEqualTo(1);
                    })
                    .run();
            assertThat(looks.get()).isGreaterThan(1);
        }
        try (Pool only = open(keys("k2"))) {
            assertThat(accounts(only).query().where(eq("branch", "b0")).count()).isEqualTo(3);
            assertThat(accounts(only).query().where(eq("iban", "iban7")).count())
                    .isEqualTo(1);
        }
    }

    @Test
    void what_is_unique_stays_so_while_fingerprints_of_two_keys_are_there() {
        fill(3);
        try (Pool both = open(keys("k2", "k1"))) {
            DuplicateException error = catchThrowableOfType(
                    DuplicateException.class,
                    () -> accounts(both).fromData(account(1)).create());
            assertThat(error.fields()).containsExactly("iban");
            Item<Account> first =
                    accounts(both).query().where(eq("iban", "iban0")).first().orElseThrow();
            assertThat(error.holder()).isPresent();
            assertThatThrownBy(() ->
                            first.set(Account::iban, Encrypted.of("iban1")).commit())
                    .isInstanceOf(DuplicateException.class);
            Korm.tx(first.deletion(), accounts(both).fromData(account(0))).persist();
            assertThatThrownBy(() -> accounts(both).fromData(account(0)).create())
                    .isInstanceOf(DuplicateException.class);
            both.keys().rotation().run();
            assertThatThrownBy(() -> accounts(both).fromData(account(1)).create())
                    .isInstanceOf(DuplicateException.class);
        }
    }

    /** Returns whether the store can look for fingerprints within a transaction. */
    protected boolean looksWithinTransactions() {
        return true;
    }

    @Test
    void of_many_who_write_a_unique_value_with_different_current_keys_one_succeeds() throws Exception {
        assumeTrue(
                looksWithinTransactions(),
                "Only an index could decide, and it compares no fingerprints of different keys");
        int rounds = 20;
        fill(1);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (Pool ahead = open(keys("k2", "k1"));
                Pool behind = open(keys("k1", "k2"))) {
            for (int round = 0; round < rounds; round++) {
                CyclicBarrier start = new CyclicBarrier(4);
                List<Future<Integer>> writers = new ArrayList<>();
                for (int writer = 0; writer < 4; writer++) {
                    Items<Account> mine = accounts(writer % 2 == 0 ? ahead : behind);
                    Account same = account(1 + round);
                    writers.add(threads.submit(() -> {
                        start.await();
                        try {
                            mine.fromData(same).create();
                            return 1;
                        } catch (DuplicateException taken) {
                            assertThat(taken.fields()).containsExactly("iban");
                            return 0;
                        }
                    }));
                }
                int stored = 0;
                for (Future<Integer> writer : writers) {
                    stored += writer.get();
                }
                assertThat(stored).as("round " + round).isEqualTo(1);
            }
            ahead.keys().rotation().run();
            assertThat(accounts(ahead).query().count()).isEqualTo(1 + rounds);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void values_that_were_written_twice_under_two_current_keys_are_told() {
        try (Pool other = open(keys("k2"))) {
            // Both look whether their keys open what is there while there is nothing.
            accounts(other).fromData(account(1)).create().delete();
            Rn<Account> one = accounts(pool).fromData(account(1)).create().rn();
            accounts(pool).fromData(account(2)).create();
            accounts(other).fromData(account(1)).create();
            try (Pool both = open(keys("k2", "k1"))) {
                DuplicateException error = catchThrowableOfType(
                        DuplicateException.class, () -> both.keys().rotation().run());
                assertThat(error.getMessage())
                        .contains(one.id().orElseThrow(), "iban")
                        .doesNotContain("iban1");
                accounts(both).fromRn(one.toString()).get().delete();
                both.keys().rotation().run();
                both.keys().requireUnused("k1");
            }
        }
    }

    @Test
    void whoever_holds_an_item_meanwhile_can_go_on_with_it() {
        fill(1);
        try (Pool both = open(keys("k2", "k1"))) {
            Item<Account> held = accounts(both).query().first().orElseThrow();
            both.keys().rotation().run();
            Item<Account> changed = held.set(Account::balance, 7).commit();
            assertThat(changed.revision()).isEqualTo(held.revision() + 1);
            // The map is written as a whole, with the secret that was read before.
            Item<Account> noted = held.reload()
                    .set(
                            Account::notes,
                            Map.of("first", held.data().notes().get("first"), "second", Encrypted.of("new")))
                    .commit();
            both.keys().requireUnused("k1");
            assertThat(noted.reload().data().notes().get("first").reveal()).isEqualTo("note0");
            assertThatThrownBy(() -> held.set(Account::balance, 8).commit()).isInstanceOf(ConflictException.class);
        }
    }

    @Test
    void what_does_not_open_is_counted_and_left() {
        fill(2);
        Item<Account> item =
                accounts(pool).query().where(eq("iban", "iban0")).first().orElseThrow();
        Document payload = Document.parse(cell(ACCOUNTS, item.rn(), "branch"));
        alter(item.rn(), "branch", payload.with("authTag", "0".repeat(32)).toJson());
        try (Pool both = open(keys("k2", "k1"))) {
            RotationProgress done = both.keys().rotation().run();
            assertThat(done.unopened()).isEqualTo(1);
            assertThat(both.keys().report().count("k1")).isEqualTo(1);
            assertThatThrownBy(() -> both.keys().requireUnused("k1"))
                    .isInstanceOf(KeyInUseException.class)
                    .hasMessageContaining("1 value in branch");
            Account read = accounts(both).fromRn(item.rn().toString()).get().data();
            assertThat(read.iban().reveal()).isEqualTo("iban0");
            assertThatThrownBy(() -> read.branch().reveal()).isInstanceOf(SealException.class);
        }
    }

    /** Writes into the store behind korm's back; the fingerprint stays. */
    private void alter(Rn<?> rn, String column, String payload) {
        ColumnSchema hidden = SealedSearchContract.sealed(column).hidden();
        store.apply(Batch.of(List.of(new Mutation.Update(
                ACCOUNTS,
                rn.id().orElseThrow(),
                OptionalLong.empty(),
                List.of(schema(ACCOUNTS, column), hidden),
                Row.of(payload, cell(ACCOUNTS, rn, hidden.name()))))));
    }

    @Test
    void a_rotation_that_was_broken_off_goes_on_where_it_was() {
        fill(1000);
        FaultyLayer faulty = FaultyLayer.around(source);
        try (Pool broken =
                Korm.pool().layer("main", faulty).keys(keys("k2", "k1")).open()) {
            faulty.fail(
                    FaultyLayer.Call.APPLY,
                    2,
                    FaultyLayer.Moment.AFTER,
                    layer -> new IllegalStateException("The power went"));
            assertThatThrownBy(() -> broken.keys().rotation().run()).hasMessage("The power went");
        }
        try (Pool again = open(keys("k2", "k1"))) {
            KeyReport report = again.keys().report();
            assertThat(report.count("k1")).isPositive();
            assertThat(report.count("k2")).isPositive();
            RotationProgress done = again.keys().rotation().run();
            assertThat(done.changed()).isLessThan(1000);
            // What is left of the first pass, and one that finds nothing.
            assertThat(done.examined()).isLessThan(2000);
            again.keys().requireUnused("k1");
        }
    }

    @Test
    void it_can_be_stopped_and_leaves_no_thread() throws Exception {
        fill(300);
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        CountDownLatch begun = new CountDownLatch(1);
        Pool both = open(keys("k2", "k1"));
        Rotation.Running running = both.keys()
                .rotation()
                .itemsPerSecond(1)
                .onProgress(progress -> begun.countDown())
                .start();
        begun.await();
        both.close();
        assertThatThrownBy(running::await).isInstanceOf(ClosedException.class);
        assertThat(running.progress().examined()).isBetween(1L, 299L);
        running.close();
        assertThat(Thread.getAllStackTraces().keySet().stream()
                        .filter(thread -> !before.contains(thread))
                        .map(Thread::getName))
                .noneMatch(name -> name.startsWith("korm-rotation"));
        try (Pool again = open(keys("k2", "k1"))) {
            assertThatThrownBy(() -> again.keys().rotation().itemsPerSecond(0))
                    .isInstanceOf(ConfigurationException.class);
            try (Rotation.Running rest = again.keys().rotation().start()) {
                assertThat(rest.await().unopened()).isZero();
            }
            again.keys().requireUnused("k1");
        }
    }

    @Test
    void who_is_interrupted_does_not_wait_until_it_has_stopped() throws Exception {
        fill(5);
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        List<Thread> rotating = new CopyOnWriteArrayList<>();
        try (Pool both = open(keys("k2", "k1"))) {
            Rotation.Running running = both.keys()
                    .rotation()
                    .onProgress(progress -> {
                        rotating.add(Thread.currentThread());
                        begun.countDown();
                        awaitWhateverComes(goOn);
                    })
                    .start();
            begun.await();

            Thread.currentThread().interrupt();
            running.close();

            assertThat(Thread.interrupted()).isTrue();
            assertThat(rotating.get(0).isAlive()).isTrue();
            goOn.countDown();
            rotating.get(0).join();
        }
    }

    private static void awaitWhateverComes(CountDownLatch event) {
        while (true) {
            try {
                event.await();
                return;
            } catch (InterruptedException told) {
                // The test alone lets it go on.
            }
        }
    }

    @Test
    void under_readers_and_writers_and_broken_off_in_the_middle_it_loses_nothing() throws Exception {
        rotateUnderLoad(2_000);
    }

    @Test
    @Tag("long")
    void many_items_are_rotated_under_readers_and_writers() throws Exception {
        rotateUnderLoad(many());
    }

    /** Returns how many items the long test has. */
    protected int many() {
        return 100_000;
    }

    private void rotateUnderLoad(int count) throws Exception {
        long seed = Seed.next(getClass());
        fill(count);
        long[] began = new long[count];
        accounts(pool).query().stream()
                .forEach(item -> began[Integer.parseInt(item.data().owner().substring(1))] = item.revision());
        pool.close();
        AtomicBoolean done = new AtomicBoolean();
        AtomicInteger reads = new AtomicInteger();
        int[] balances = new int[count];
        ExecutorService threads = Executors.newFixedThreadPool(3);
        try (Pool users = open(keys("k2", "k1"))) {
            List<Future<?>> work = new ArrayList<>();
            work.add(threads.submit(() -> {
                Random random = new Random(seed);
                while (!done.get()) {
                    int number = random.nextInt(count);
                    Item<Account> item = found(users, number);
                    assertThat(item.data().notes().get("first").reveal()).isEqualTo("note" + number);
                    assertThat(item.data().branch().reveal()).isEqualTo("b" + number % 10);
                    reads.incrementAndGet();
                }
            }));
            for (int writer = 0; writer < 2; writer++) {
                int mine = writer;
                work.add(threads.submit(() -> {
                    Random random = new Random(seed + 1 + mine);
                    while (!done.get()) {
                        int number = 2 * random.nextInt(count / 2) + mine;
                        Item<Account> item = found(users, number);
                        // Each writer has items of its own, so nothing but the rotation could be in its way.
                        Encrypted<String> note = random.nextBoolean()
                                ? Encrypted.of("note" + number)
                                : item.data().notes().get("first");
                        item.set(Account::balance, item.data().balance() + 1)
                                .set(Account::notes, Map.of("first", note, "more", Encrypted.of("m")))
                                .commit();
                        balances[number]++;
                    }
                }));
            }
            breakOff(count);
            try (Pool rotating = open(keys("k2", "k1"))) {
                rotating.keys().rotation().run();
                done.set(true);
                for (Future<?> each : work) {
                    each.get();
                }
                rotating.keys().requireUnused("k1");
            }
        } finally {
            done.set(true);
            threads.shutdownNow();
        }
        assertThat(reads.get()).isPositive();
        try (Pool only = open(keys("k2"))) {
            accounts(only).query().stream().forEach(item -> {
                int number = Integer.parseInt(item.data().owner().substring(1));
                assertThat(item.data().balance()).isEqualTo(balances[number]);
                assertThat(item.revision()).isEqualTo(began[number] + balances[number]);
                assertThat(item.data().iban().reveal()).isEqualTo("iban" + number);
                assertThat(item.data().notes().get("first").reveal()).isEqualTo("note" + number);
            });
            assertThat(accounts(only).query().count()).isEqualTo(count);
            assertThat(accounts(only).query().where(eq("branch", "b3")).count()).isEqualTo(count / 10);
        }
    }

    private static Item<Account> found(Pool pool, int number) {
        return accounts(pool)
                .query()
                .where(eq("iban", "iban" + number))
                .first()
                .orElseThrow(() -> new AssertionError("Not found: " + number));
    }

    /** Begins a rotation that dies when it is half done. */
    private void breakOff(int count) {
        FaultyLayer faulty = FaultyLayer.around(source);
        try (Pool broken =
                Korm.pool().layer("main", faulty).keys(keys("k2", "k1")).open()) {
            assertThatThrownBy(() -> broken.keys()
                            .rotation()
                            .onProgress(progress -> {
                                if (progress.changed() > count / 2) {
                                    faulty.fail(
                                            FaultyLayer.Call.APPLY,
                                            1,
                                            FaultyLayer.Moment.AFTER,
                                            layer -> new IllegalStateException("The power went"));
                                }
                            })
                            .run())
                    .hasMessage("The power went");
        }
    }
}
