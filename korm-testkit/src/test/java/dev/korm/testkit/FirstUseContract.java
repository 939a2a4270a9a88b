package dev.korm.testkit;

import static dev.korm.Filter.everything;
import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.Change;
import dev.korm.DeletePolicy;
import dev.korm.Encrypted;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.OnDelete;
import dev.korm.Pool;
import dev.korm.PoolBuilder;
import dev.korm.Rn;
import dev.korm.Searchable;
import dev.korm.Unique;
import dev.korm.file.FileRef;
import dev.korm.key.KeyRing;
import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.secret.SecretsWorld;
import dev.korm.testkit.memory.MemoryDepot;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/** Many pools and threads whose first use of an empty store comes at the same instant: each table is made once, and everyone succeeds. */
@NullUnmarked // Tests dereference what they expect to be there.
public abstract class FirstUseContract {
    private static final int POOLS = 3;
    private static final int THREADS = 2;

    private final List<Pool> pools = new ArrayList<>();
    private final MemoryDepot depot = MemoryDepot.create();

    protected record Person(String name, Unique<String> login) {}

    protected record Book(
            String title,
            @OnDelete(DeletePolicy.CASCADE) @Nullable Rn<Person> author) {}

    protected record Account(
            String owner, @Searchable(unique = true) Encrypted<String> iban) {}

    protected record Photo(String name, FileRef image) {}

    /** The same empty store for all pools of a test. */
    protected abstract LayerSource store();

    /** Another empty store for all of them. */
    protected abstract LayerSource other();

    @AfterEach
    final void closePools() {
        pools.forEach(Pool::close);
    }

    private Pool open(Function<PoolBuilder, PoolBuilder> more) {
        Pool pool = more.apply(Korm.pool().layer("main", store())).open();
        synchronized (pools) {
            pools.add(pool);
        }
        return pool;
    }

    private void open(int count, Function<PoolBuilder, PoolBuilder> more) {
        for (int i = 0; i < count; i++) {
            open(more);
        }
    }

    /** What one of those who begin together does. */
    private interface First {
        void use(Pool pool, int number) throws Exception;
    }

    private void together(First first) throws Exception {
        int count = pools.size() * THREADS;
        CyclicBarrier start = new CyclicBarrier(count);
        ExecutorService executor = Executors.newFixedThreadPool(count);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int number = i;
                all.add(executor.submit(() -> {
                    start.await();
                    first.use(pools.get(number % pools.size()), number);
                    return true;
                }));
            }
            for (Future<?> each : all) {
                each.get(120, TimeUnit.SECONDS);
            }
        } finally {
            executor.shutdownNow();
        }
    }

    private static Items<Person> people(Pool pool) {
        return Korm.item(Person.class, pool);
    }

    private static Item<Person> person(Pool pool, int number) {
        return people(pool)
                .fromData("main", "people", "plain", new Person("P" + number, Unique.of("p" + number)))
                .create();
    }

    @ConcurrentTest
    protected void a_table_of_items() throws Exception {
        open(POOLS, pool -> pool);
        together((pool, number) -> person(pool, number));
        assertThat(people(pools.get(0)).fromQuery("main", "people", "plain").count())
                .isEqualTo(POOLS * THREADS);
    }

    @ConcurrentTest
    protected void the_table_of_markers() throws Exception {
        open(POOLS, pool -> pool.depot("files", depot));
        together((pool, number) -> Korm.item(Photo.class, pool)
                .fromData(
                        "main",
                        "photos",
                        "plain",
                        new Photo("P" + number, FileRef.of("files", "photos/" + number, new byte[] {1})))
                .create());
        assertThat(Korm.item(Photo.class, pools.get(0))
                        .fromQuery("main", "photos", "plain")
                        .count())
                .isEqualTo(POOLS * THREADS);
    }

    @ConcurrentTest
    protected void the_table_of_policies() throws Exception {
        open(POOLS, pool -> pool);
        together((pool, number) -> Korm.item(Book.class, pool)
                .fromData("main", "books", "plain", new Book("B" + number, null))
                .create());
        Item<Person> author = person(pools.get(1), 0);
        Item<Book> book = Korm.item(Book.class, pools.get(2))
                .fromQuery("main", "books", "plain")
                .first()
                .orElseThrow();
        book.set(Book::author, author.rn()).commit();
        author.delete();
        assertThat(Korm.item(Book.class, pools.get(0)).fromRn(book.rn()).find()).isEmpty();
    }

    @ConcurrentTest
    protected void the_metadata_of_a_pool() throws Exception {
        CyclicBarrier start = new CyclicBarrier(POOLS);
        ExecutorService executor = Executors.newFixedThreadPool(POOLS);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < POOLS; i++) {
                all.add(executor.submit(() -> {
                    start.await();
                    return open(pool -> pool.withMeta("main"));
                }));
            }
            for (Future<?> each : all) {
                each.get(120, TimeUnit.SECONDS);
            }
        } finally {
            executor.shutdownNow();
        }
    }

    @ConcurrentTest
    protected void the_locks_of_unique_secrets() throws Exception {
        KeyRing keys = SecretsWorld.keys("k2", "k1");
        open(POOLS, pool -> pool.keys(keys));
        together((pool, number) -> Korm.item(Account.class, pool)
                .fromData("main", "bank", "account", new Account("A" + number, Encrypted.of("iban" + number)))
                .create());
        assertThat(Korm.item(Account.class, pools.get(0))
                        .fromQuery("main", "bank", "account")
                        .count())
                .isEqualTo(POOLS * THREADS);
    }

    @ConcurrentTest
    protected void the_state_of_rotations() throws Exception {
        try (Pool before =
                Korm.pool().layer("main", store()).keys(SecretsWorld.keys("k1")).open()) {
            for (int i = 0; i < 5; i++) {
                Korm.item(Account.class, before)
                        .fromData("main", "bank", "account", new Account("A" + i, Encrypted.of("iban" + i)))
                        .create();
            }
        }
        KeyRing keys = SecretsWorld.keys("k2", "k1");
        open(POOLS, pool -> pool.keys(keys));
        together((pool, number) -> pool.keys().rotation().run());
        pools.get(0).keys().requireUnused("k1");
    }

    @ConcurrentTest
    protected void the_tables_of_relocations() throws Exception {
        open(POOLS, pool -> pool.layer("other", other()));
        for (int i = 0; i < POOLS * THREADS; i++) {
            people(pools.get(0))
                    .fromData("main", "people", "kind" + i, new Person("P" + i, Unique.of("p" + i)))
                    .create();
        }
        together((pool, number) -> Korm.collection(Person.class, pool)
                .from("main", "people", "kind" + number)
                .to("other")
                .move());
        for (int i = 0; i < POOLS * THREADS; i++) {
            assertThat(people(pools.get(0))
                            .fromQuery("other", "people", "kind" + i)
                            .count())
                    .isEqualTo(1);
        }
    }

    @ConcurrentTest
    protected void everything_at_once() throws Exception {
        KeyRing keys = SecretsWorld.keys("k2", "k1");
        open(POOLS, pool -> pool.keys(keys).depot("files", depot));
        together((pool, number) -> {
            List<Change<?>> changes = new ArrayList<>();
            changes.add(people(pool)
                    .fromData("main", "people", "plain", new Person("P" + number, Unique.of("p" + number))));
            changes.add(Korm.item(Book.class, pool).fromData("main", "books", "plain", new Book("B" + number, null)));
            changes.add(Korm.item(Account.class, pool)
                    .fromData("main", "bank", "account", new Account("A" + number, Encrypted.of("iban" + number))));
            changes.add(Korm.item(Photo.class, pool)
                    .fromData(
                            "main",
                            "photos",
                            "plain",
                            new Photo("P" + number, FileRef.of("files", "photos/" + number, new byte[] {1}))));
            Korm.tx(changes.toArray(new Change<?>[0])).persist();
        });
        assertThat(people(pools.get(0))
                        .fromQuery("main", "people", "plain")
                        .where(everything())
                        .count())
                .isEqualTo(POOLS * THREADS);
    }
}
