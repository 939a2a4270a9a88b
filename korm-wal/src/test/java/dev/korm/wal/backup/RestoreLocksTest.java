package dev.korm.wal.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.backup.BackupException;
import dev.korm.backup.BackupException.Reason;
import dev.korm.backup.BackupInfo;
import dev.korm.backup.PoolBackups.Settling;
import dev.korm.backup.RestoreOptions;
import dev.korm.backup.UnfinishedRestore;
import dev.korm.depot.DepotException;
import dev.korm.file.Progress;
import dev.korm.jdbc.Postgres;
import dev.korm.jdbc.Sqlite;
import dev.korm.lock.Lock;
import dev.korm.lock.LockLostException;
import dev.korm.lock.LockName;
import dev.korm.lock.LockOptions;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Fence;
import dev.korm.spi.Layer;
import dev.korm.spi.LayerDescription;
import dev.korm.spi.LayerSource;
import dev.korm.spi.Mutation;
import dev.korm.spi.Row;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.support.ForwardingLayer;
import dev.korm.testkit.fault.FaultyDepot;
import dev.korm.testkit.memory.MemoryDepot;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Several programs that share their locks, of which one restores. Each is a pool of its own; the locks are in another layer than the cars. */
class RestoreLocksTest {
    private static final String RESTORE = "korm restore of a backup";
    private static final String SCHEDULED = "korm backups by schedule";
    private static final RestoreOptions AT_ONCE = RestoreOptions.replace().patience(Duration.ZERO);

    private static EmbeddedPostgres postgres;

    @TempDir
    private Path folder;

    private final MemoryDepot depot = MemoryDepot.create();
    private final FaultyDepot faulty = FaultyDepot.around(depot);

    enum Store {
        SQLITE,
        POSTGRES
    }

    private LayerSource cars;
    private LayerSource people;

    @BeforeAll
    static void start() throws Exception {
        postgres = EmbeddedPostgres.builder().start();
    }

    @AfterAll
    static void end() throws Exception {
        postgres.close();
    }

    private void on(Store store) throws Exception {
        cars = source(store, "cars");
        people = source(store, "people");
    }

    private LayerSource source(Store store, String name) throws Exception {
        if (store == Store.SQLITE) {
            return Sqlite.file(folder.resolve(name + ".sqlite"));
        }
        String database = name + "_" + Long.toHexString(System.nanoTime());
        try (Connection connection = postgres.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + database);
        }
        return Postgres.url("postgres://postgres:postgres@localhost:" + postgres.getPort() + "/" + database);
    }

    private Pool open(String owner) {
        return Korm.pool()
                .layer("cars", cars)
                .layer("people", people)
                .home("garage", "cars")
                .home("people", "people")
                .depot("files", faulty)
                .depot("others", MemoryDepot.create())
                .keys(BackupWorld.ring("k1", 7))
                .withLocks("people", LockOptions.defaults().withOwner(owner))
                .open();
    }

    private static Rn<?> someCar(Pool pool) {
        return Korm.item(BackupWorld.Car.class, pool)
                .fromQuery("garage", "car")
                .first()
                .orElseThrow()
                .rn();
    }

    private static void assertLocked(Pool pool, BackupInfo backup, String holder) {
        assertThatThrownBy(() -> pool.backups().restore(backup.id(), AT_ONCE))
                .isInstanceOfSatisfying(BackupException.class, refused -> assertThat(refused.reason())
                        .isEqualTo(Reason.LOCKED))
                .hasMessageContaining("nothing was changed")
                .hasMessageContaining(holder)
                .hasMessageContaining("korm locks");
    }

    @ParameterizedTest
    @EnumSource
    void a_restore_waits_for_locks_of_items_and_nobody_gets_one_meanwhile(Store store) throws Exception {
        on(store);
        try (Pool pool = open("restorer");
                Pool other = open("billing")) {
            BackupWorld.fill(pool, 0, 1100);
            Map<String, String> before = BackupWorld.content(pool);
            BackupInfo backup = pool.backups().run("files");
            BackupWorld.fill(pool, 2000, 2010);
            Map<String, String> after = BackupWorld.content(pool);
            Rn<?> car = someCar(pool);
            try (Lock held = other.locks().acquire(car)) {
                assertLocked(pool, backup, "\"billing\"");
                assertThat(held.isHeld()).isTrue();
            }
            assertThat(BackupWorld.content(pool)).isEqualTo(after);
            assertThat(pool.backups().unfinishedRestore("files")).isEmpty();

            // Locks of names are no concern of a restore, but for those that say that others are at work like it.
            try (Lock job = other.locks().acquire(LockName.of("nightly-report"))) {
                AtomicBoolean looked = new AtomicBoolean();
                Progress meanwhile = (done, total) -> {
                    if (!looked.getAndSet(true)) {
                        assertThat(job.isHeld()).isTrue();
                        assertThat(other.locks().tryAcquire(car)).isEmpty();
                        assertThat(pool.locks().tryAcquire(car)).isEmpty();
                        assertThat(other.locks().tryAcquire(LockName.of(SCHEDULED)))
                                .isEmpty();
                        other.locks().acquire(LockName.of("another-job")).close();
                    }
                };
                pool.backups().restore(backup.id(), AT_ONCE.progress(meanwhile));
                assertThat(looked).isTrue();
            }
            assertThat(BackupWorld.content(pool)).isEqualTo(before);
            try (Lock free = other.locks().tryAcquire(car).orElseThrow()) {
                assertThat(free.isHeld()).isTrue();
            }
            try (Lock backingUp = other.locks().acquire(LockName.of(SCHEDULED))) {
                assertLocked(pool, backup, "\"billing\"");
                assertThat(backingUp.isHeld()).isTrue();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void no_backup_is_made_of_what_is_half_restored(Store store) throws Exception {
        on(store);
        try (Pool pool = open("restorer");
                Pool other = open("other")) {
            BackupWorld.fill(pool, 0, 20);
            BackupInfo backup = pool.backups().run("files");
            BackupWorld.fill(pool, 20, 30);
            AtomicBoolean looked = new AtomicBoolean();
            Progress meanwhile = (done, total) -> {
                if (!looked.getAndSet(true)) {
                    for (String into : List.of("files", "others")) {
                        assertNotBackedUp(pool, into);
                        assertNotBackedUp(other, into);
                    }
                }
            };
            pool.backups().restore(backup.id(), AT_ONCE.progress(meanwhile));
            assertThat(looked).isTrue();
            assertThat(other.backups().run("files").items()).isEqualTo(backup.items());
        }
    }

    private static void assertNotBackedUp(Pool pool, String into) {
        int before = pool.backups().list(into).size();
        assertThatThrownBy(() -> pool.backups().run(into))
                .isInstanceOfSatisfying(BackupException.class, refused -> assertThat(refused.reason())
                        .isEqualTo(Reason.UNFINISHED_RESTORE))
                .hasMessageContaining("into the depot \"" + into + "\", since the depot \"files\" notes a restore");
        assertThat(pool.backups().list(into)).hasSize(before);
    }

    @Test
    void a_restore_that_was_cut_off_keeps_out_those_of_backups_in_other_depots() throws Exception {
        on(Store.SQLITE);
        try (Pool pool = open("one")) {
            BackupWorld.fill(pool, 0, 5);
            BackupInfo elsewhere = pool.backups().run("others");
            BackupInfo backup = pool.backups().run("files");
            faulty.dieAt(FaultyDepot.Call.DELETE, 1, FaultyDepot.Moment.BEFORE);
            assertUnfinished(() -> pool.backups().restore(backup.id(), AT_ONCE));
            faulty.heal();
            assertUnfinished(() -> pool.backups().restore(elsewhere.id(), AT_ONCE));
            assertNotBackedUp(pool, "others");
            pool.backups().settle(pool.backups().unfinishedRestore("files").orElseThrow(), Settling.UNDO);
            pool.backups().restore(elsewhere.id(), AT_ONCE);
            pool.backups().run("others");
        }
    }

    private static void assertUnfinished(ThrowingCallable restore) {
        assertThatThrownBy(restore)
                .isInstanceOfSatisfying(BackupException.class, refused -> assertThat(refused.reason())
                        .isEqualTo(Reason.UNFINISHED_RESTORE))
                .hasMessageContaining("unfinishedRestore");
    }

    @Test
    void a_depot_that_does_not_answer_keeps_no_backup_out_of_another_which_says_so() throws Exception {
        on(Store.SQLITE);
        try (Pool pool = open("one")) {
            BackupWorld.fill(pool, 0, 5);
            assertThat(pool.backups().run("others").notes()).isEmpty();
            faulty.failNext(FaultyDepot.Call.GET, FaultyDepot.Moment.BEFORE);
            BackupInfo made = pool.backups().run("others");
            assertThat(made.verified()).isPresent();
            assertThat(made.notes()).singleElement().asString().contains("\"files\" did not answer");
            faulty.failNext(FaultyDepot.Call.GET, FaultyDepot.Moment.BEFORE);
            assertThatThrownBy(() -> pool.backups().run("files")).isInstanceOf(DepotException.class);
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_lock_that_was_got_in_the_moment_of_the_beginning_is_found_before_anything_is_changed(Store store)
            throws Exception {
        on(store);
        try (Pool pool = open("restorer");
                Pool other = open("other")) {
            BackupWorld.fill(pool, 0, 20);
            BackupInfo backup = pool.backups().run("files");
            BackupWorld.fill(pool, 20, 30);
            Map<String, String> after = BackupWorld.content(pool);
            Rn<?> car = someCar(pool);
            // The first file that is written is of the safety copy, and by then the restore has its locks.
            AtomicBoolean begun = new AtomicBoolean();
            faulty.at(FaultyDepot.Call.PUT, 1, FaultyDepot.Moment.BEFORE, () -> {
                begun.set(other.locks().tryAcquire(LockName.of(RESTORE)).isEmpty());
                take(car, "late");
            });
            assertLocked(pool, backup, "\"late\"");
            assertThat(begun).isTrue();
            assertThat(pool.backups().unfinishedRestore("files")).isEmpty();
            assertThat(BackupWorld.content(pool)).isEqualTo(after);
        }
    }

    @ParameterizedTest
    @EnumSource
    void who_looked_before_a_restore_began_does_not_get_the_lock_of_an_item(Store store) throws Exception {
        on(store);
        try (Pool pool = open("restorer")) {
            BackupWorld.fill(pool, 0, 2);
            Rn<?> car = someCar(pool);
            LockName restore = LockName.of(RESTORE);
            pool.locks().acquire(restore).close();
            AtomicReference<Lock> restoring = new AtomicReference<>();
            people = new BetweenLookAndTaking(people, () -> {
                if (restoring.get() == null) {
                    restoring.set(pool.locks().acquire(restore));
                }
            });
            try (Pool slow = open("slow")) {
                assertThat(slow.locks().tryAcquire(car)).isEmpty();
                restoring.get().close();
                slow.locks().tryAcquire(car).orElseThrow().close();
            }
        }
    }

    /** A layer of locks that does something before the first row of a lock is taken. */
    private record BetweenLookAndTaking(LayerSource source, Runnable action) implements LayerSource {
        @Override
        public LayerDescription description() {
            return source.description();
        }

        @Override
        public Layer open(String name, Environment environment) {
            return new ForwardingLayer(source.open(name, environment)) {
                @Override
                public BatchResult apply(Batch batch) {
                    action.run();
                    return super.apply(batch);
                }
            };
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_restore_that_was_stopped_writes_nothing_once_another_has_begun(Store store) throws Exception {
        on(store);
        try (Pool stopped = open("stopped");
                Pool other = open("other")) {
            BackupWorld.fill(stopped, 0, 1100);
            BackupInfo backup = stopped.backups().run("files");
            BackupWorld.fill(stopped, 2000, 2010);
            Map<String, String> after = BackupWorld.content(stopped);
            AtomicReference<UnfinishedRestore> found = new AtomicReference<>();
            Progress stop = (done, total) -> {
                if (found.get() == null) {
                    UnfinishedRestore left =
                            other.backups().unfinishedRestore("files").orElseThrow();
                    found.set(left);
                    // As long as the first is at it nobody else gets to settle it.
                    assertThat(other.locks().tryAcquire(LockName.of(RESTORE))).isEmpty();
                    endLeases();
                    other.backups().settle(left, Settling.UNDO);
                }
            };
            assertThatThrownBy(() -> stopped.backups().restore(backup.id(), AT_ONCE.progress(stop)))
                    .isInstanceOfSatisfying(BackupException.class, refused -> assertThat(refused.reason())
                            .isEqualTo(Reason.UNFINISHED_RESTORE))
                    .hasCauseInstanceOf(LockLostException.class);
            assertThat(found.get()).isNotNull();
            assertThat(BackupWorld.content(other)).isEqualTo(after);
            assertThat(other.backups().unfinishedRestore("files")).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void of_two_restores_one_waits_or_is_refused(Store store) throws Exception {
        on(store);
        try (Pool pool = open("first");
                Pool other = open("second")) {
            BackupWorld.fill(pool, 0, 1100);
            BackupInfo backup = pool.backups().run("files");
            BackupInfo elsewhere = other.backups().run("others");
            BackupWorld.fill(pool, 2000, 2010);
            AtomicBoolean looked = new AtomicBoolean();
            pool.backups().restore(backup.id(), AT_ONCE.progress((done, total) -> {
                if (!looked.getAndSet(true)) {
                    assertLocked(other, elsewhere, "\"first\"");
                }
            }));
            assertThat(looked).isTrue();
            other.backups().restore(elsewhere.id(), AT_ONCE);
        }
    }

    /** Takes the lock of an item, as a program does that has looked before the restore began. */
    private void take(Rn<?> item, String owner) {
        try (Layer layer = people.open("people", Environment.system())) {
            long now = layer.time().toEpochMilli();
            String id = "[rn][from::cars]:" + item.namespace() + ":" + item.kind() + ":"
                    + item.id().orElseThrow();
            List<ColumnSchema> columns = Fence.SCHEMA.columns().subList(1, 6);
            assertThat(layer.apply(Batch.of(List.of(new Mutation.Insert(
                            Fence.TABLE, id, columns, Row.of(owner, now + 60_000, now, now, now * 1000))))))
                    .isInstanceOf(BatchResult.Applied.class);
        }
    }

    /** Has the leases of the restore end, as they do when its program is stopped for long. */
    private void endLeases() {
        try (Layer layer = people.open("people", Environment.system())) {
            for (String name : List.of(SCHEDULED, RESTORE)) {
                assertThat(layer.apply(Batch.of(List.of(new Mutation.Update(
                                Fence.TABLE,
                                "[lock]:" + name,
                                OptionalLong.empty(),
                                List.of(Fence.SCHEMA.column("expires_at").orElseThrow()),
                                Row.of(0L))))))
                        .isInstanceOf(BatchResult.Applied.class);
            }
        }
    }
}
