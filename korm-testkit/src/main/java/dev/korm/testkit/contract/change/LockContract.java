package dev.korm.testkit.contract.change;

import static dev.korm.Assignment.set;
import static dev.korm.Filter.eq;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.korm.ClosedException;
import dev.korm.ConfigurationException;
import dev.korm.DeletedItem;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.OperationInterruptedException;
import dev.korm.Pool;
import dev.korm.PoolBuilder;
import dev.korm.PoolTransaction;
import dev.korm.Rn;
import dev.korm.RnException;
import dev.korm.StoreException;
import dev.korm.Stored;
import dev.korm.lock.Lock;
import dev.korm.lock.LockLostException;
import dev.korm.lock.LockName;
import dev.korm.lock.LockOptions;
import dev.korm.lock.LockSet;
import dev.korm.lock.LockTimeoutException;
import dev.korm.relocate.Relocation;
import dev.korm.spi.Batch;
import dev.korm.spi.Fence;
import dev.korm.spi.Layer;
import dev.korm.spi.LayerSource;
import dev.korm.spi.Mutation;
import dev.korm.spi.Row;
import dev.korm.spi.RowCursor;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.TableSchema;
import dev.korm.testkit.ConcurrentTest;
import dev.korm.testkit.fault.FaultyLayer;
import dev.korm.testkit.fault.FaultyLayer.Call;
import dev.korm.testkit.fault.FaultyLayer.Moment;
import dev.korm.testkit.fault.VirtualEnvironment;
import dev.korm.testkit.memory.MemoryJournal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Locks that pools share through a store. Each pool of a test stands for a program; one that is stopped has a clock of its own that does not go on, while the store's does.
 */
@NullUnmarked // Tests dereference what they expect to be there.
public abstract class LockContract {
    private static final Duration WAIT = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(250);
    private static final LockOptions OPTIONS =
            LockOptions.defaults().withRetry(Duration.ofMillis(5)).withOwner("the first program");
    /** For who stops: others wait its lease out. */
    private static final LockOptions BRIEF = OPTIONS.withLease(SHORT);
    /** For who goes on: on a busy machine a lease has to outlast the pauses of its renewal. */
    private static final Duration LASTING = Duration.ofMillis(1500);

    private static final LockOptions RENEWED = OPTIONS.withLease(LASTING).withRenewal(Duration.ofMillis(30));
    private static final String LOCKS = "locks";
    private static final String ELSEWHERE = "elsewhere";
    private static final int THREADS = 64;

    /** A thing that is counted. */
    @Stored(namespace = "things", kind = "counted")
    public record Thing(String name, int count) {}

    private final List<AutoCloseable> open = Collections.synchronizedList(new ArrayList<>());
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final VirtualEnvironment stopped = VirtualEnvironment.seeded(1).withThreads();
    private FaultyLayer locks;
    private FaultyLayer elsewhere;

    /** Returns a layer on a store; the same name is the same store, and each test begins with empty ones. */
    protected abstract LayerSource store(String name);

    /** Returns a builder of a pool with more settings, such as a history. */
    protected PoolBuilder configured(PoolBuilder pool) {
        return pool;
    }

    @BeforeEach
    void layers() {
        locks = FaultyLayer.around(store(LOCKS));
        elsewhere = FaultyLayer.around(store(ELSEWHERE));
    }

    @AfterEach
    void closeAll() throws Exception {
        threads.shutdownNow();
        assertThat(threads.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
        assertThat(locks.leaks() + elsewhere.leaks()).isZero();
    }

    private Pool pool(LockOptions options, Environment environment) {
        Pool pool = configured(Korm.pool()
                        .layer(LOCKS, locks)
                        .layer(ELSEWHERE, elsewhere)
                        .defaultLayer(LOCKS)
                        .withWal(MemoryJournal.create())
                        .withLocks(LOCKS, options)
                        .environment(environment))
                .open();
        open.add(pool);
        return pool;
    }

    private Pool pool() {
        return pool(OPTIONS, Environment.system());
    }

    private Pool second() {
        return pool(OPTIONS.withOwner("the second program"), Environment.system());
    }

    /** Returns the program that is stopped as soon as it has a lock. */
    private Pool paused() {
        return pool(BRIEF, stopped);
    }

    private static Items<Thing> things(Pool pool) {
        return Korm.item(Thing.class, pool);
    }

    private static Item<Thing> thing(Pool pool, String layer) {
        return things(pool)
                .fromData(layer, "things", "counted", new Thing("one", 0))
                .create();
    }

    private static Rn<Thing> rn() {
        return Rn.item("things", "counted", UUID.randomUUID());
    }

    private Lock acquired(Pool pool, Rn<?> rn) {
        Lock lock = pool.locks().acquire(rn, WAIT);
        open.add(lock);
        return lock;
    }

    private static void refused(Callable<?> write) {
        assertThatThrownBy(write::call).isInstanceOf(LockLostException.class);
    }

    @Test
    void a_lock_is_held_by_one_pool_at_a_time() {
        Rn<Thing> rn = rn();
        Pool one = pool();
        Pool two = second();
        Lock lock = acquired(one, rn);
        assertThat(lock.isHeld()).isTrue();
        assertThat(lock.name()).isEqualTo(rn.from(LOCKS).toString());
        assertThat(two.locks().tryAcquire(rn)).isEmpty();
        assertThat(one.locks().tryAcquire(rn)).isEmpty();
        assertThat(one.locks().isLocked(rn)).isTrue();
        assertThat(two.locks().isLocked(rn)).isFalse();
        lock.close();
        lock.close();
        assertThat(lock.isHeld()).isFalse();
        assertThat(one.locks().isLocked(rn)).isFalse();
        try (Lock theirs = two.locks().tryAcquire(rn).orElseThrow()) {
            assertThat(theirs.token()).isGreaterThan(lock.token());
            assertThat(one.locks().tryAcquire(rn)).isEmpty();
        }
    }

    @Test
    void whoever_waits_gets_the_lock_when_it_is_released() throws Exception {
        Rn<Thing> rn = rn();
        Pool two = second();
        Lock lock = acquired(pool(), rn);
        Future<Lock> waiting = threads.submit(() -> two.locks().acquire(rn, WAIT));
        // It has asked at least twice by then.
        long before = locks.calls(Call.TIME);
        until(() -> locks.calls(Call.TIME) > before + 1);
        assertThat(waiting).isNotDone();
        lock.close();
        try (Lock theirs = waiting.get(60, TimeUnit.SECONDS)) {
            assertThat(theirs.isHeld()).isTrue();
        }
    }

    private static void until(Callable<Boolean> condition) throws Exception {
        long end = Environment.system().nanoTime() + WAIT.toNanos();
        while (!condition.call()) {
            assertThat(Environment.system().nanoTime()).as("in time").isLessThan(end);
            Thread.onSpinWait();
            Environment.system().sleep(Duration.ofMillis(1));
        }
    }

    @Test
    void a_timeout_names_the_lock_and_who_has_it() {
        Rn<Thing> rn = rn();
        Pool one = pool();
        Pool two = second();
        acquired(one, rn);
        Duration little = Duration.ofMillis(30);
        LockTimeoutException there = catchThrowableOfType(
                LockTimeoutException.class, () -> two.locks().acquire(rn, little));
        assertThat(there)
                .hasMessageContaining("the first program")
                .hasMessageContaining(rn.from(LOCKS).toString());
        assertThat(there.lock()).isEqualTo(rn.from(LOCKS).toString());
        assertThat(there.waited()).isEqualTo(little);
        LockTimeoutException here = catchThrowableOfType(
                LockTimeoutException.class, () -> one.locks().acquire(rn, little));
        assertThat(here.holder()).contains(Thread.currentThread().getName()).contains("a thread gets no lock twice");
        assertThatThrownBy(() -> one.locks().acquire(rn, Duration.ZERO)).isInstanceOf(LockTimeoutException.class);
        assertThatThrownBy(() -> one.locks().acquire(rn, Duration.ofSeconds(-1)))
                .isInstanceOf(ConfigurationException.class);
    }

    @Test
    void an_rn_with_and_without_its_layer_is_one_lock() {
        Rn<Thing> rn = rn();
        Pool one = pool();
        Pool two = second();
        acquired(one, rn);
        assertThat(one.locks().tryAcquire(rn.from(LOCKS))).isEmpty();
        assertThat(two.locks().tryAcquire(rn.from(LOCKS))).isEmpty();
        assertThat(two.locks().tryAcquire(rn.with("tag", "x"))).isEmpty();
        acquired(two, rn.from(ELSEWHERE));
        assertThatThrownBy(() -> one.locks().tryAcquire(rn.collection())).isInstanceOf(RnException.class);
        assertThatThrownBy(() -> one.locks().tryAcquire(rn.from("nowhere"))).isInstanceOf(ConfigurationException.class);
    }

    @Test
    void a_name_is_locked_and_never_meets_an_rn() {
        Rn<Thing> rn = rn();
        Pool one = pool();
        Pool two = second();
        acquired(one, rn);
        String longest = "x".repeat(400);
        try (Lock lock = one.locks().acquire(LockName.of(rn.from(LOCKS).toString()))) {
            assertThat(lock.isHeld()).isTrue();
            assertThat(two.locks().tryAcquire(LockName.of(rn.from(LOCKS).toString())))
                    .isEmpty();
            assertThat(two.locks().isLocked(LockName.of("another"))).isFalse();
        }
        for (String name :
                List.of("nightly report", "Nightly report", "nightly report ", "\u00e9", "e\u0301", longest)) {
            Lock lock = one.locks().acquire(LockName.of(name), Duration.ZERO);
            open.add(lock);
            assertThat(two.locks().tryAcquire(LockName.of(name))).isEmpty();
        }
        assertThatThrownBy(() -> LockName.of(longest + "x")).isInstanceOf(ConfigurationException.class);
        assertThatThrownBy(() -> LockName.of("")).isInstanceOf(ConfigurationException.class);
        assertThatThrownBy(() -> one.locks().acquire(LockName.of("x").guarding("nowhere")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("nowhere");
    }

    @Test
    void an_rn_that_is_too_long_for_the_table_is_locked_under_its_hash() throws Exception {
        String layer = "x".repeat(600);
        Rn<Thing> rn = Rn.<Thing>parse("[rn]:a:b:00000000-0000-4000-8000-000000000000");
        try (Pool pool =
                Korm.pool().layer(layer, locks).withLocks(layer, OPTIONS).open()) {
            Lock lock = acquired(pool, rn);
            assertThat(rows(LOCKS))
                    .containsOnlyKeys("570343b2660806ea5aa6e32fcd3327849f957f81b09d9025bcbcbeb13c65a80e");
            assertThat(lock.name()).startsWith("[rn][from::xxx");
        }
    }

    /** Returns the tokens of all locks that a store has. */
    private Map<String, Long> rows(String name) throws Exception {
        FaultyLayer source = name.equals(LOCKS) ? locks : elsewhere;
        Map<String, Long> rows = new HashMap<>();
        try (Layer layer = source.open(name, Environment.system());
                RowCursor row = layer.select(new Selection(
                        Fence.TABLE,
                        List.of(),
                        List.of(output(Fence.TABLE.key(), ColumnKind.ID), output(Fence.COLUMN, ColumnKind.INTEGER)),
                        Condition.ALWAYS,
                        List.of(),
                        List.of(),
                        OptionalLong.empty()))) {
            while (row.next()) {
                rows.put(String.valueOf(row.get(0)), row.get(1) instanceof Number token ? token.longValue() : 0L);
            }
        }
        return rows;
    }

    private static Output output(String column, ColumnKind kind) {
        return new Output.Value(new Operand.Column(0, column, kind));
    }

    @Test
    void several_locks_are_a_set_all_or_none() {
        Rn<Thing> first = rn();
        Rn<Thing> second = rn();
        Rn<Thing> third = rn();
        Pool one = pool();
        Pool two = second();
        try (LockSet set = one.locks().acquireAll(List.of(second, first.from(LOCKS), first, second.with("tag", "x")))) {
            assertThat(set.locks()).hasSize(2);
            assertThat(set.isHeld()).isTrue();
            assertThatThrownBy(() -> two.locks().acquireAll(List.of(third, second, first), Duration.ofMillis(20)))
                    .isInstanceOf(LockTimeoutException.class);
            assertThat(two.locks().isLocked(third)).isFalse();
            try (Lock free = one.locks().tryAcquire(third).orElseThrow()) {
                assertThat(free.isHeld()).isTrue();
            }
        }
        try (LockSet none = two.locks().acquireAll(List.of())) {
            assertThat(none.isHeld()).isTrue();
        }
        try (LockSet all = two.locks().acquireAll(List.of(first, second, third), Duration.ZERO)) {
            assertThat(all.locks()).hasSize(3);
        }
    }

    @ConcurrentTest
    void whoever_takes_several_in_opposite_orders_never_waits_in_a_circle() throws Exception {
        List<Rn<Thing>> rns = List.of(rn(), rn(), rn());
        List<Rn<Thing>> reverse = List.of(rns.get(2), rns.get(1), rns.get(0));
        List<Future<Integer>> all = new ArrayList<>();
        for (Pool pool : List.of(pool(), second())) {
            for (List<Rn<Thing>> order : List.of(rns, reverse)) {
                all.add(threads.submit(() -> {
                    for (int i = 0; i < 10; i++) {
                        try (LockSet set = pool.locks().acquireAll(order, WAIT)) {
                            assertThat(set.isHeld()).isTrue();
                        }
                    }
                    return 10;
                }));
            }
        }
        for (Future<Integer> each : all) {
            assertThat(each.get(120, TimeUnit.SECONDS)).isEqualTo(10);
        }
    }

    @ConcurrentTest
    void many_threads_of_two_programs_lose_no_increment() throws Exception {
        Pool one = pool();
        Pool two = second();
        Rn<Thing> rn = thing(one, ELSEWHERE).rn();
        int each = 3;
        CountDownLatch ready = new CountDownLatch(THREADS);
        List<Future<Void>> all = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            Pool pool = i % 2 == 0 ? one : two;
            all.add(threads.submit(() -> {
                ready.countDown();
                ready.await();
                for (int increment = 0; increment < each; increment++) {
                    try (Lock lock = pool.locks().acquire(rn, Duration.ofMinutes(2))) {
                        Item<Thing> now = things(pool).fromRn(rn).get();
                        // Without a conflict, since nobody else writes meanwhile.
                        now.set(Thing::count, now.data().count() + 1).commit();
                        lock.requireHeld();
                    }
                }
                return null;
            }));
        }
        for (Future<Void> one1 : all) {
            one1.get(180, TimeUnit.SECONDS);
        }
        assertThat(things(one).fromRn(rn).get().data().count()).isEqualTo(each * THREADS);
    }

    @ParameterizedTest
    @ValueSource(strings = {LOCKS, ELSEWHERE})
    void a_paused_holders_late_write_is_refused_by_the_store(String layer) {
        Pool paused = paused();
        Pool two = second();
        Item<Thing> item = thing(paused, layer);
        Item<Thing> other = thing(paused, layer);
        Lock lost = acquired(paused, item.rn());
        Lock theirs = acquired(two, item.rn());
        assertThat(lost.isHeld()).as("it knows nothing of it").isTrue();
        refused(() -> item.set(Thing::count, 1).commit());
        assertThat(lost.isHeld()).isFalse();
        assertThat(theirs.token()).isGreaterThan(lost.token());
        Item<Thing> now = things(two).fromRn(item.rn()).get();
        assertThat(now.data().count()).isZero();
        now.set(Thing::count, 2).commit();
        // What nobody has locked is written.
        other.set(Thing::count, 1).commit();
        theirs.close();
        refused(() -> item.set(Thing::count, 1).commit());
        lost.close();
        try (Lock again = paused.locks().acquire(item.rn())) {
            Item<Thing> seen = item.reload();
            assertThat(seen.data().count()).isEqualTo(2);
            seen.set(Thing::count, 3).commit();
            assertThat(again.isHeld()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {LOCKS, ELSEWHERE})
    void every_kind_of_write_is_refused_under_a_lock_that_others_have_acquired(String layer) {
        Pool paused = paused();
        Pool two = second();
        Item<Thing> item = thing(paused, layer);
        Item<Thing> free = thing(paused, layer);
        DeletedItem<Thing> gone = thing(paused, layer).delete();
        acquired(paused, item.rn());
        acquired(paused, gone.rn());
        acquired(two, item.rn());
        acquired(two, gone.rn());
        for (int round = 0; round < 2; round++) {
            refused(() -> item.set(Thing::count, 1).commit());
            refused(item::delete);
            refused(() -> Korm.tx(free.set(Thing::count, 1), item.set(Thing::count, 1))
                    .persist());
            refused(() -> Korm.tx(item.deletion(), free.set(Thing::count, 1)).persist());
            refused(gone::restore);
            refused(() -> things(paused)
                    .fromQuery(layer, "things", "counted")
                    .where(eq("name", "one"))
                    .updateAll(set("count", 7)));
            refused(() -> things(paused)
                    .fromQuery(layer, "things", "counted")
                    .where(eq("name", "one"))
                    .deleteAll());
        }
        assertThat(things(two).fromRn(item.rn()).get().data().count()).isZero();
        assertThat(things(two).fromRn(free.rn()).get().data().count()).isZero();
        assertThat(things(two).fromQuery(layer, "things", "counted").count()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {LOCKS, ELSEWHERE})
    void a_change_of_two_layers_is_refused_as_a_whole(String layer) {
        Pool paused = paused();
        Pool two = second();
        Item<Thing> item = thing(paused, layer);
        Item<Thing> free = thing(paused, layer.equals(LOCKS) ? ELSEWHERE : LOCKS);
        acquired(paused, item.rn());
        Korm.tx(item.set(Thing::count, 1), free.set(Thing::count, 1)).persist();
        acquired(two, item.rn());
        refused(() -> Korm.tx(item.reload().set(Thing::count, 2), free.reload().set(Thing::count, 2))
                .persist());
        refused(() ->
                Korm.tx(item.reload().deletion(), free.reload().deletion()).persist());
        assertThat(item.reload().data().count()).isOne();
        assertThat(free.reload().data().count()).isOne();
        free.reload().set(Thing::count, 3).commit();
    }

    @ParameterizedTest
    @ValueSource(strings = {LOCKS, ELSEWHERE})
    void a_write_that_keeps_history_is_refused_too_and_makes_no_version(String layer) {
        try (Pool paused = Korm.pool()
                .layer(LOCKS, locks)
                .layer(ELSEWHERE, elsewhere)
                .withHistory()
                .withWal(MemoryJournal.create())
                .withLocks(LOCKS, BRIEF)
                .environment(stopped)
                .open()) {
            Item<Thing> item = thing(paused, layer);
            Item<Thing> free = thing(paused, layer.equals(LOCKS) ? ELSEWHERE : LOCKS);
            acquired(paused, item.rn());
            item.set(Thing::count, 1).commit();
            Korm.tx(item.reload().set(Thing::count, 2), free.set(Thing::count, 2))
                    .persist();
            acquired(second(), item.rn());
            refused(() -> item.reload().set(Thing::count, 3).commit());
            refused(() -> Korm.tx(
                            item.reload().set(Thing::count, 3), free.reload().set(Thing::count, 3))
                    .persist());
            assertThat(paused.history(item.rn()).newest(10)).hasSize(3);
            assertThat(free.reload().data().count()).isEqualTo(2);
        }
    }

    @Test
    void a_transaction_is_held_to_the_locks_that_it_names() {
        Pool paused = paused();
        Pool two = second();
        Item<Thing> near = thing(paused, LOCKS);
        Item<Thing> far = thing(paused, ELSEWHERE);
        Lock job = paused.locks().acquire(LockName.of("job"));
        Lock guarding = paused.locks().acquire(LockName.of("another job").guarding(ELSEWHERE));
        Lock item = acquired(paused, rn());
        open.addAll(List.of(job, guarding));
        Korm.tx(near.set(Thing::count, 1)).fencedBy(job, guarding, item).persist();
        Korm.tx(far.set(Thing::count, 1)).fencedBy(guarding).persist();
        Korm.tx(far.reload().set(Thing::count, 2), near.reload().set(Thing::count, 2))
                .fencedBy(job)
                .persist();
        assertThatThrownBy(() ->
                        Korm.tx(far.reload().set(Thing::count, 3)).fencedBy(job).persist())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("guarding(\"elsewhere\")");
        open.add(two.locks().acquire(LockName.of("job"), WAIT));
        open.add(two.locks().acquire(LockName.of("another job").guarding(ELSEWHERE), WAIT));
        refused(() ->
                Korm.tx(far.reload().set(Thing::count, 3)).fencedBy(guarding).persist());
        refused(() -> Korm.tx(near.reload().set(Thing::count, 3)).fencedBy(job).persist());
        refused(() -> Korm.tx(near.reload().set(Thing::count, 3)).fencedBy(job).persist());
        refused(() -> Korm.tx(far.reload().set(Thing::count, 3), near.reload().set(Thing::count, 3))
                .fencedBy(item, job)
                .persist());
        item.close();
        refused(() -> Korm.tx(near.reload().set(Thing::count, 3)).fencedBy(item).persist());
        assertThat(near.reload().data().count()).isEqualTo(2);
        assertThat(far.reload().data().count()).isEqualTo(2);
        Lock foreign = acquired(two, rn());
        assertThatThrownBy(() -> Korm.tx(near.reload().set(Thing::count, 3))
                        .fencedBy(foreign)
                        .persist())
                .isInstanceOf(ConfigurationException.class);
    }

    @Test
    void a_transaction_with_reads_is_held_to_the_locks_that_it_names() {
        Pool paused = paused();
        Pool two = second();
        Rn<Thing> near = thing(paused, LOCKS).rn();
        Lock job = paused.locks().acquire(LockName.of("job"));
        open.add(job);
        PoolTransaction.Options options = PoolTransaction.Options.DEFAULT.fencedBy(job);
        AtomicInteger attempts = new AtomicInteger();
        Callable<?> increment = () -> paused.transaction(options, tx -> {
            attempts.incrementAndGet();
            Item<Thing> item = tx.item(Thing.class).fromRn(near).get();
            return item.set(Thing::count, item.data().count() + 1).commit();
        });
        assertThatCode(increment::call).doesNotThrowAnyException();
        open.add(two.locks().acquire(LockName.of("job"), WAIT));
        refused(increment);
        assertThat(attempts).as("a lost lock makes no second attempt").hasValue(2);
        refused(increment);
        refused(() -> paused.transaction(options, tx -> true));
        assertThat(things(two).fromRn(near).get().data().count()).isEqualTo(1);
    }

    @Test
    void a_move_takes_away_no_item_whose_lock_is_lost() {
        Pool paused = paused();
        Pool two = second();
        Item<Thing> item = thing(paused, LOCKS);
        Lock lost = acquired(paused, item.rn());
        Lock theirs = acquired(two, item.rn());
        Relocation<Thing> relocation = Korm.collection(Thing.class, paused)
                .from(LOCKS, "things", "counted")
                .to(ELSEWHERE);
        refused(relocation::move);
        assertThat(things(two).fromRn(item.rn()).get().data().count()).isZero();
        assertThat(lost.isHeld()).isFalse();
        lost.close();
        theirs.close();
        assertThat(relocation.move().items()).isEqualTo(1);
        assertThat(things(two).fromQuery(LOCKS, "things", "counted").count()).isZero();
        assertThat(things(two).fromQuery(ELSEWHERE, "things", "counted").count())
                .isEqualTo(1);
    }

    @Test
    void clocks_that_differ_by_hours_break_nothing() {
        VirtualEnvironment early = VirtualEnvironment.seeded(2).withThreads();
        VirtualEnvironment late = VirtualEnvironment.seeded(3).withThreads();
        early.setTime(Environment.system().clock().instant().minus(Duration.ofHours(1)));
        late.setTime(Environment.system().clock().instant().plus(Duration.ofHours(1)));
        Pool one = pool(OPTIONS, early);
        Pool two = pool(RENEWED, late);
        Item<Thing> item = thing(one, ELSEWHERE);
        Lock first = acquired(one, item.rn());
        assertThat(two.locks().tryAcquire(item.rn())).isEmpty();
        item.set(Thing::count, 1).commit();
        first.close();
        Lock second = acquired(two, item.rn());
        assertThat(one.locks().tryAcquire(item.rn())).isEmpty();
        item.reload().set(Thing::count, 2).commit();
        assertThat(second.token()).isGreaterThan(first.token());
        // The second stops: its own clock stands still.
        until(one, item.rn()).close();
        refused(() -> things(two).fromRn(item.rn()).get().set(Thing::count, 3).commit());
    }

    /** Acquires a lock for a pool whose own time passes only when it waits. */
    private static Lock until(Pool pool, Rn<?> rn) {
        for (int i = 0; i < 1000; i++) {
            Optional<Lock> lock = pool.locks().tryAcquire(rn);
            if (lock.isPresent()) {
                return lock.get();
            }
            try {
                Environment.system().sleep(Duration.ofMillis(10));
            } catch (InterruptedException stopped) {
                throw new IllegalStateException(stopped);
            }
        }
        throw new AssertionError("The lease of a program that is stopped never ended");
    }

    /** Waits until leases were renewed so often, or were to be: each renewal asks the store, and nobody else does meanwhile. */
    private void renewed(int times) throws Exception {
        long before = locks.calls(Call.SELECT);
        until(() -> locks.calls(Call.SELECT) >= before + times);
    }

    @Test
    void a_lease_is_renewed_for_as_long_as_the_lock_is_held() throws Exception {
        Rn<Thing> rn = rn();
        Pool two = second();
        Pool one = pool(RENEWED, Environment.system());
        Lock lock = acquired(one, rn);
        Lock another = acquired(one, rn());
        renewed(4);
        assertThat(lock.isHeld()).isTrue();
        another.close();
        assertThatThrownBy(() -> two.locks().acquire(rn, LASTING.plus(SHORT))).isInstanceOf(LockTimeoutException.class);
        lock.requireHeld();
    }

    @Test
    void whoever_has_a_lock_is_told_when_its_row_is_taken_away() throws Exception {
        Pool one = pool(RENEWED, Environment.system());
        Item<Thing> item = thing(one, LOCKS);
        Lock lock = acquired(one, item.rn());
        CountDownLatch told = new CountDownLatch(2);
        lock.onLost(() -> {
            told.countDown();
            throw new IllegalStateException("an action of somebody's that fails");
        });
        lock.onLost(told::countDown);
        inLocks(layer ->
                layer.apply(Batch.of(List.of(new Mutation.Delete(Fence.TABLE, lock.name(), OptionalLong.empty())))));
        assertThat(told.await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(lock.isHeld()).isFalse();
        assertThatThrownBy(lock::requireHeld)
                .isInstanceOf(LockLostException.class)
                .hasMessageContaining("row is gone");
        refused(() -> item.set(Thing::count, 1).commit());
        CountDownLatch late = new CountDownLatch(1);
        lock.onLost(late::countDown);
        assertThat(late.await(60, TimeUnit.SECONDS)).isTrue();
        lock.close();
        try (Lock again = one.locks().acquire(item.rn())) {
            assertThat(again.token())
                    .as("it grows over the deletion of its row")
                    .isGreaterThan(lock.token());
            item.set(Thing::count, 1).commit();
        }
    }

    private void inLocks(Consumer<Layer> work) throws Exception {
        try (Layer layer = locks.open(LOCKS, Environment.system())) {
            work.accept(layer);
        }
    }

    @Test
    void a_lock_whose_store_does_not_answer_is_lost_when_its_lease_ends() throws Exception {
        Pool one = pool(BRIEF, Environment.system());
        Item<Thing> item = thing(one, ELSEWHERE);
        Lock lock = acquired(one, item.rn());
        CountDownLatch told = new CountDownLatch(1);
        lock.onLost(told::countDown);
        for (int i = 1; i <= 1000; i++) {
            locks.fail(
                    Call.SELECT,
                    i,
                    Moment.BEFORE,
                    name -> new StoreException(name, "The test says so", StoreException.Outcome.NOT_APPLIED, null));
        }
        assertThat(told.await(60, TimeUnit.SECONDS)).isTrue();
        locks.heal();
        refused(() -> item.set(Thing::count, 1).commit());
        lock.close();
        try (Lock again = one.locks().acquire(item.rn())) {
            item.set(Thing::count, 1).commit();
            assertThat(again.isHeld()).isTrue();
        }
    }

    @Test
    void a_renewal_that_fails_is_made_again() throws Exception {
        Pool one = pool(RENEWED, Environment.system());
        Lock lock = acquired(one, rn());
        locks.failNext(Call.SELECT, Moment.BEFORE, StoreException.Outcome.NOT_APPLIED);
        renewed(3);
        assertThat(lock.isHeld()).isTrue();
    }

    @Test
    void a_lost_answer_is_found_out() {
        Pool one = pool();
        Rn<Thing> rn = rn();
        one.locks().acquire(rn()).close();
        locks.failNext(Call.APPLY, Moment.AFTER, StoreException.Outcome.UNKNOWN);
        Lock lock = acquired(one, rn);
        assertThat(lock.isHeld()).isTrue();
        assertThat(second().locks().tryAcquire(rn)).isEmpty();
        locks.failNext(Call.APPLY, Moment.BEFORE, StoreException.Outcome.UNKNOWN);
        acquired(one, rn());
        elsewhere.failNext(Call.APPLY, Moment.AFTER, StoreException.Outcome.UNKNOWN);
        acquired(one, rn().from(ELSEWHERE));
    }

    @Test
    void a_lock_that_cannot_be_released_is_free_when_its_lease_ends() {
        Pool one = pool(BRIEF, Environment.system());
        Rn<Thing> rn = rn();
        Lock lock = acquired(one, rn);
        locks.failNext(Call.TIME, Moment.BEFORE, StoreException.Outcome.NOT_APPLIED);
        lock.close();
        assertThat(lock.isHeld()).isFalse();
        acquired(second(), rn);
    }

    @Test
    void a_lock_that_the_items_layer_cannot_be_told_of_is_not_acquired() {
        Pool one = pool();
        Pool two = second();
        Rn<Thing> rn = rn().from(ELSEWHERE);
        elsewhere.fail(
                Call.SELECT,
                1,
                Moment.BEFORE,
                name -> new StoreException(name, "The test says so", StoreException.Outcome.NOT_APPLIED, null));
        assertThatThrownBy(() -> one.locks().tryAcquire(rn)).isInstanceOf(StoreException.class);
        assertThat(one.locks().isLocked(rn)).isFalse();
        acquired(two, rn);
    }

    @Test
    void closing_a_pool_releases_its_locks_and_ends_all_waiting() throws Exception {
        Pool one = pool();
        Pool two = second();
        Rn<Thing> rn = rn();
        Lock lock = acquired(one, rn);
        Future<Lock> waiting = threads.submit(() -> one.locks().acquire(rn, WAIT));
        Lock theirs = acquired(two, rn());
        Future<Lock> asking = threads.submit(() -> one.locks().acquire(Rn.parse(theirs.name()), WAIT));
        long before = locks.calls(Call.TIME);
        until(() -> locks.calls(Call.TIME) > before + 2);
        one.close();
        assertThat(lock.isHeld()).isFalse();
        lock.close();
        acquired(two, rn);
        assertThatThrownBy(() -> waiting.get(60, TimeUnit.SECONDS)).hasCauseInstanceOf(ClosedException.class);
        assertThatThrownBy(() -> asking.get(60, TimeUnit.SECONDS)).hasCauseInstanceOf(ClosedException.class);
        assertThatThrownBy(one::locks).isInstanceOf(ClosedException.class);
        assertThat(Thread.getAllStackTraces().keySet().stream()
                        .filter(thread -> thread.getName().equals("korm-locks"))
                        .filter(Thread::isAlive)
                        .count())
                .as("one for the pool that is open")
                .isLessThanOrEqualTo(2);
    }

    @Test
    void an_interrupt_ends_waiting_and_never_a_release() throws Exception {
        Pool one = pool();
        Pool two = second();
        Rn<Thing> rn = rn();
        Lock lock = acquired(one, rn);
        for (Pool pool : List.of(one, two)) {
            CountDownLatch begun = new CountDownLatch(1);
            List<Thread> waiting = Collections.synchronizedList(new ArrayList<>());
            Future<Boolean> ended = threads.submit(() -> {
                waiting.add(Thread.currentThread());
                begun.countDown();
                assertThatThrownBy(() -> pool.locks().acquire(rn, WAIT))
                        .isInstanceOf(OperationInterruptedException.class);
                return Thread.interrupted();
            });
            assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
            until(() -> waiting.get(0).getState() == Thread.State.TIMED_WAITING);
            waiting.get(0).interrupt();
            assertThat(ended.get(60, TimeUnit.SECONDS)).as("the flag is kept").isTrue();
        }
        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(() -> one.locks().tryAcquire(rn())).isInstanceOf(OperationInterruptedException.class);
            lock.close();
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(two.locks().tryAcquire(rn)).hasValueSatisfying(Lock::close);
    }

    @Test
    void a_row_of_the_originals_is_respected_and_taken_when_it_is_over() throws Exception {
        Rn<Thing> living = rn();
        Rn<Thing> dead = rn();
        inLocks(layer -> {
            List<ColumnSchema> columns = Fence.SCHEMA.columns();
            layer.evolve(new TableSchema(Fence.TABLE, columns.subList(0, columns.size() - 1), List.of()), Set.of());
            long now = layer.time().toEpochMilli();
            List<ColumnSchema> written = columns.subList(1, columns.size() - 1);
            layer.apply(Batch.of(List.of(
                    new Mutation.Insert(
                            Fence.TABLE,
                            living.from(LOCKS).toString(),
                            written,
                            Row.of("abcd1234-0f0f0f0f-77", now + 60_000, now, now)),
                    new Mutation.Insert(
                            Fence.TABLE,
                            dead.from(LOCKS).toString(),
                            written,
                            Row.of("abcd1234-0f0f0f0f-77", now - 1, now, now)))));
        });
        Pool one = pool();
        assertThatThrownBy(() -> one.locks().acquire(living, Duration.ofMillis(20)))
                .isInstanceOf(LockTimeoutException.class)
                .hasMessageContaining("abcd1234-0f0f0f0f-77");
        Lock lock = acquired(one, dead);
        assertThat(rows(LOCKS).get(lock.name())).isEqualTo(lock.token());
    }

    @Test
    void locks_that_are_not_shared_hold_within_the_pool() {
        try (Pool alone = Korm.pool().layer(LOCKS, locks).open();
                Pool another = Korm.pool().layer(LOCKS, locks).open()) {
            Item<Thing> item = thing(alone, LOCKS);
            long before = locks.roundTrips();
            Lock lock = acquired(alone, item.rn());
            assertThat(alone.locks().tryAcquire(item.rn())).isEmpty();
            assertThat(another.locks().tryAcquire(item.rn())).hasValueSatisfying(Lock::close);
            assertThat(locks.roundTrips()).as("no store is asked").isEqualTo(before);
            Korm.tx(item.set(Thing::count, 1)).fencedBy(lock).persist();
            assertThat(lock.isHeld()).isTrue();
            lock.close();
            assertThatThrownBy(() -> Korm.tx(item.reload().set(Thing::count, 1))
                            .fencedBy(lock)
                            .persist())
                    .isInstanceOf(LockLostException.class)
                    .hasMessageContaining("closed");
        }
    }

    @Test
    void a_layer_that_locks_cannot_be_in_is_refused_when_the_pool_opens() {
        assertThatThrownBy(() ->
                        Korm.pool().layer(LOCKS, locks).withLocks("nowhere").open())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("nowhere");
        assertThatThrownBy(
                        () -> Korm.pool().layer(LOCKS, locks).withLocks(LOCKS).withLocks(LOCKS))
                .isInstanceOf(ConfigurationException.class);
        assertThatThrownBy(() -> OPTIONS.withLease(Duration.ZERO)).isInstanceOf(ConfigurationException.class);
        assertThatThrownBy(() -> OPTIONS.withRenewal(Duration.ofMinutes(1))).isInstanceOf(ConfigurationException.class);
        assertThatThrownBy(() -> OPTIONS.withOwner("")).isInstanceOf(ConfigurationException.class);
    }
}
