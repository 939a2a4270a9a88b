package dev.korm.jdbc.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.korm.StoreBusyException;
import dev.korm.StoreException;
import dev.korm.StoreException.Outcome;
import dev.korm.StoreStoppedException;
import dev.korm.jdbc.Sqlite;
import dev.korm.spi.Batch;
import dev.korm.spi.Mutation;
import dev.korm.spi.PreparedBatch;
import dev.korm.spi.Row;
import dev.korm.spi.schema.ColumnSchema;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Batches that share a commit fail each for itself alone. */
@Timeout(60)
class SqliteGroupCommitTest extends SqliteWorld {
    private static final String CLASHING = "nobody";

    private final ConcurrentSkipListMap<Integer, Throwable> failures = new ConcurrentSkipListMap<>();

    /** Columns that throw as soon as somebody looks at the last one. */
    private static List<ColumnSchema> throwing(Supplier<Throwable> failure) {
        return new AbstractList<>() {
            @Override
            public ColumnSchema get(int index) {
                if (index == 1) {
                    SqliteGroupCommitTest.<RuntimeException>sneak(failure.get());
                }
                return index == 0 ? NAME : REVISION;
            }

            @Override
            public int size() {
                return 2;
            }
        };
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void sneak(Throwable failure) throws T {
        throw (T) failure;
    }

    private static Mutation.Insert throwing(long number, Supplier<Throwable> failure) {
        return new Mutation.Insert(USERS, id(number), throwing(failure), Row.of("x", 1L));
    }

    /** Applies batches that all wait while something else has the turn, and collects what they fail with. */
    private void applyTogether(SqliteLayer layer, CountDownLatch turn, List<List<Mutation>> batches) throws Exception {
        SqliteWriter writer = layer.writerForTests().orElseThrow();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < batches.size(); i++) {
            int number = i;
            Thread thread = new Thread(() -> {
                Throwable failure = catchThrowable(() -> layer.apply(Batch.of(batches.get(number))));
                if (failure != null) {
                    failures.put(number, failure);
                }
            });
            threads.add(thread);
            thread.start();
            while (writer.waiting() <= number) {
                Thread.onSpinWait();
            }
        }
        turn.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private void applyBehindAGate(SqliteLayer layer, List<List<Mutation>> batches) throws Exception {
        CountDownLatch turn = new CountDownLatch(1);
        PreparedBatch gate = layer.prepare(Batch.of(List.of(user(1000, "gate"))));
        Thread opener = new Thread(() -> {
            try {
                turn.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            gate.commit();
        });
        opener.start();
        applyTogether(layer, turn, batches);
        opener.join();
    }

    private static List<List<Mutation>> pairs(int count) {
        List<List<Mutation>> batches = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            batches.add(new ArrayList<>(List.of(user(i, "x"), user(100 + i, "y"))));
        }
        return batches;
    }

    /** A table in which a name that nobody has is noticed when the transaction is committed. */
    private SqliteLayer noticingAtTheEnd() throws Exception {
        sql(
                "CREATE TABLE names (name TEXT PRIMARY KEY)",
                "INSERT INTO names VALUES ('x'), ('y'), ('gate')",
                "CREATE TABLE \"" + USERS.text() + "\" (rnId ID_TEXT PRIMARY KEY, name TEXT REFERENCES names (name)"
                        + " DEFERRABLE INITIALLY DEFERRED, __korm_rev__ INTEGER NOT NULL DEFAULT 0)");
        SqliteLayer layer = open();
        layer.writerForTests().orElseThrow().alone(TimeUnit.SECONDS.toNanos(1), session -> {
            session.execute("PRAGMA foreign_keys = ON");
            return true;
        });
        return layer;
    }

    @Test
    void a_batch_that_makes_the_commit_fail_fails_alone() throws Exception {
        SqliteLayer layer = noticingAtTheEnd();
        List<List<Mutation>> batches = pairs(7);
        batches.set(2, List.of(user(2, CLASHING), user(102, "y")));
        batches.set(5, List.of(user(5, "x"), user(105, CLASHING)));
        applyBehindAGate(layer, batches);
        assertThat(failures).containsOnlyKeys(2, 5);
        assertThat(failures.values()).allSatisfy(failure -> assertThat(failure)
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.NOT_APPLIED)));
        assertThat(failures.get(2)).isNotSameAs(failures.get(5));
        assertThat(query("SELECT count(*) FROM __items__users__basic")).containsExactly("11");
        apply(layer, user(200, "x"));
        assertThat(query("SELECT count(*) FROM __items__users__basic")).containsExactly("12");
    }

    @Test
    void when_a_transaction_cannot_begin_each_is_told_by_an_exception_of_its_own() throws Exception {
        SqliteLayer layer = open(source().busyTimeout(Duration.ofMillis(2000)));
        layer.evolve(schema(USERS, NAME, REVISION), Set.of());
        CountDownLatch turn = new CountDownLatch(1);
        Thread holder = new Thread(() -> {
            try {
                layer.writerForTests().orElseThrow().alone(TimeUnit.SECONDS.toNanos(1), session -> {
                    await(turn);
                    session.execute("PRAGMA busy_timeout = 1");
                    return true;
                });
            } catch (java.sql.SQLException e) {
                throw new IllegalStateException(e);
            }
        });
        holder.start();
        try (Connection other = jdbc();
                Statement statement = other.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            applyTogether(layer, turn, pairs(4));
            statement.execute("ROLLBACK");
        }
        holder.join();
        assertThat(failures).hasSize(4);
        assertThat(failures.values()).allSatisfy(failure -> assertThat(failure)
                .isInstanceOf(StoreBusyException.class)
                .hasCauseInstanceOf(java.sql.SQLException.class));
        assertThat(new TreeMap<>(failures).values()).doesNotHaveDuplicates();
        assertThat(count(layer)).isZero();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"StackOverflowError", "OutOfMemoryError", "IllegalStateException"})
    void what_one_batch_throws_hits_its_own_thread_alone(String type) throws Exception {
        Supplier<Throwable> failure =
                switch (type) {
                    case "StackOverflowError" -> StackOverflowError::new;
                    case "OutOfMemoryError" -> OutOfMemoryError::new;
                    default -> IllegalStateException::new;
                };
        SqliteLayer layer = open();
        layer.evolve(schema(USERS, NAME, REVISION), Set.of());
        List<List<Mutation>> batches = pairs(5);
        batches.set(0, List.of(user(0, "x"), throwing(100, failure)));
        batches.set(3, List.of(user(3, "x"), throwing(103, failure)));
        applyBehindAGate(layer, batches);
        assertThat(failures).containsOnlyKeys(0, 3);
        assertThat(failures.values())
                .allSatisfy(
                        thrown -> assertThat(thrown.getClass().getSimpleName()).isEqualTo(type));
        assertThat(failures.get(0)).isNotSameAs(failures.get(3));
        assertThat(query("SELECT count(*) FROM __items__users__basic")).containsExactly("7");
    }

    @ParameterizedTest
    @ValueSource(strings = {"file", "memory"})
    void after_an_error_within_a_transaction_nothing_of_it_is_left(String where) throws Exception {
        boolean memory = where.equals("memory");
        SqliteLayer layer = open(memory ? Sqlite.memory() : source());
        layer.evolve(schema(USERS, NAME, REVISION), Set.of());
        Mutation throwing = throwing(2, StackOverflowError::new);
        assertThatThrownBy(() -> apply(layer, user(1, "x"), throwing)).isInstanceOf(StackOverflowError.class);
        assertThatThrownBy(() -> layer.prepare(Batch.of(List.of(user(1, "x"), throwing))))
                .isInstanceOf(StackOverflowError.class);
        assertThatThrownBy(() -> apply(layer, throwing)).isInstanceOf(StackOverflowError.class);
        assertThatThrownBy(() -> layer.writerForTests().orElseThrow().inTransaction("Testing", session -> {
                    session.execute("CREATE TABLE other (a)");
                    throw new OutOfMemoryError("because the test says so");
                }))
                .isInstanceOf(OutOfMemoryError.class);
        assertThat(count(layer)).isZero();
        apply(layer, user(3, "x"));
        apply(layer, user(4, "x"), user(5, "y"));
        assertThat(count(layer)).isEqualTo(3);
        if (!memory) {
            assertThat(query("SELECT count(*) FROM __items__users__basic")).containsExactly("3");
            assertThat(query("SELECT count(*) FROM sqlite_schema WHERE name = 'other'"))
                    .containsExactly("0");
        }
    }

    private static void closeConnection(SqliteLayer layer) throws Exception {
        layer.writerForTests().orElseThrow().alone(TimeUnit.SECONDS.toNanos(1), session -> {
            session.connection().close();
            return true;
        });
    }

    @Test
    void when_it_cannot_be_proven_that_no_transaction_is_open_writing_ends_for_good() throws Exception {
        // Nothing can be asked of a database that is gone.
        SqliteLayer layer = open(Sqlite.memory());
        layer.evolve(schema(USERS, NAME, REVISION), Set.of());
        closeConnection(layer);
        assertThatThrownBy(() -> apply(layer, user(2, "x"), user(3, "y"))).isInstanceOf(StoreException.class);
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> apply(layer, user(2, "x"), user(3, "y")))
                    .isInstanceOfSatisfying(StoreStoppedException.class, e -> {
                        assertThat(e.outcome()).isEqualTo(Outcome.NOT_APPLIED);
                        assertThat(e.isRetryable()).isFalse();
                    })
                    .hasMessageContainingAll("layer main", "Close the pool and open it anew");
        }
        assertThatThrownBy(() -> layer.prepare(Batch.of(List.of(user(2, "x")))))
                .isInstanceOf(StoreStoppedException.class);
        layer.close();
    }

    @Test
    void a_connection_that_was_lost_is_replaced() throws Exception {
        SqliteLayer layer = open();
        layer.evolve(schema(USERS, NAME, REVISION), Set.of());
        apply(layer, user(1, "x"));
        closeConnection(layer);
        assertThatThrownBy(() -> apply(layer, user(2, "x"), user(3, "y")))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.NOT_APPLIED));
        apply(layer, user(2, "x"), user(3, "y"));
        assertThat(query("SELECT count(*) FROM __items__users__basic")).containsExactly("3");
    }
}
