package dev.korm.testkit.contract.store;

import static dev.korm.spi.query.ColumnKind.INTEGER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Capabilities;
import dev.korm.spi.Fence;
import dev.korm.spi.Layer;
import dev.korm.spi.Mutation;
import dev.korm.spi.PreparedBatch;
import dev.korm.spi.Refusal;
import dev.korm.spi.Row;
import dev.korm.spi.RowCursor;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.query.Condition;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.TableSchema;
import dev.korm.testkit.ConcurrentTest;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The effect of a fencing token on a layer: whoever has lost the lock cannot write. */
abstract class LayerFenceContract extends LayerMarkerContract {
    private static final String LOCK = "[rn]:cars:suv:*";
    private static final List<ColumnSchema> LOCK_COLUMNS =
            Fence.SCHEMA.columns().subList(1, Fence.SCHEMA.columns().size());
    private static final List<ColumnSchema> TOKEN = List.of(new ColumnSchema(Fence.COLUMN, INTEGER));

    private void locks() {
        assumeTrue(layer().capabilities().has(Capabilities.Feature.FENCES));
        things();
        layer().evolve(Fence.SCHEMA, Set.of());
        applied(new Mutation.Insert(Fence.TABLE, LOCK, LOCK_COLUMNS, Row.of("me", 1L, 1L, 1L, 5L)));
    }

    private static Mutation fence(String lock, long token) {
        return new Mutation.RequireFence(new Fence(lock, token));
    }

    private static Mutation taking(long token) {
        return new Mutation.Update(Fence.TABLE, LOCK, OptionalLong.empty(), TOKEN, Row.of(token));
    }

    @Test
    void the_newest_token_lets_a_batch_pass_and_an_older_one_does_not() {
        locks();
        assertThat(applied(fence(LOCK, 5), insert(1, "whole", 1L))).containsExactly(0L, 1L);
        applied(taking(6));
        assertThat(apply(insert(2, "whole", 1L), fence(LOCK, 5)))
                .isEqualTo(new BatchResult.Refused(1, new Refusal.Fenced(6)));
        assertThat(apply(fence(LOCK, 7), insert(2, "whole", 1L)))
                .isEqualTo(new BatchResult.Refused(0, new Refusal.Fenced(6)));
        assertThat(apply(fence("another", 5), insert(2, "whole", 1L)))
                .isEqualTo(new BatchResult.Refused(0, new Refusal.Fenced(0)));
        assertThat(where(Condition.ALWAYS)).containsExactly(1);
        assertThat(applied(fence(LOCK, 6))).containsExactly(0L);
    }

    @Test
    void without_a_table_of_locks_and_in_one_of_the_originals_no_token_is_the_newest() {
        assumeTrue(layer().capabilities().has(Capabilities.Feature.FENCES));
        things();
        BatchResult fenced = new BatchResult.Refused(1, new Refusal.Fenced(0));
        assertThat(apply(insert(1, "whole", 1L), fence(LOCK, 1))).isEqualTo(fenced);
        List<ColumnSchema> original =
                Fence.SCHEMA.columns().subList(0, Fence.SCHEMA.columns().size() - 1);
        layer().evolve(new TableSchema(Fence.TABLE, original, List.of()), Set.of());
        assertThat(apply(insert(1, "whole", 1L), fence(LOCK, 1))).isEqualTo(fenced);
        assertThat(where(Condition.ALWAYS)).isEmpty();
    }

    private static Mutation taking(long expected, long token) {
        return new Mutation.Update(Fence.TABLE, LOCK, OptionalLong.of(expected), TOKEN, Row.of(token));
    }

    @Test
    void a_lock_is_taken_by_whoever_knows_its_newest_token() {
        locks();
        assertThat(applied(taking(5, 6))).containsExactly(1L);
        assertThat(apply(taking(5, 7))).isEqualTo(new BatchResult.Refused(0, new Refusal.Stale(6)));
        assertThat(applied(new Mutation.Update(
                        Fence.TABLE, LOCK, OptionalLong.of(6), LOCK_COLUMNS.subList(0, 1), Row.of("you"))))
                .containsExactly(1L);
        assertThat(applied(fence(LOCK, 6), taking(6, 8))).containsExactly(0L, 1L);
        assertThat(apply(new Mutation.Update(Fence.TABLE, "another", OptionalLong.of(6), TOKEN, Row.of(9L))))
                .isEqualTo(new BatchResult.Refused(0, new Refusal.Missing()));
    }

    @Test
    void a_lock_of_the_originals_is_taken_as_one_with_the_token_0() {
        assumeTrue(layer().capabilities().has(Capabilities.Feature.FENCES));
        layer().evolve(
                        new TableSchema(
                                Fence.TABLE,
                                Fence.SCHEMA
                                        .columns()
                                        .subList(0, Fence.SCHEMA.columns().size() - 1),
                                List.of()),
                        Set.of());
        applied(new Mutation.Insert(Fence.TABLE, LOCK, LOCK_COLUMNS.subList(0, 4), Row.of("original", 1L, 1L, 1L)));
        layer().evolve(Fence.SCHEMA, Set.of());
        assertThat(apply(taking(1, 2))).isEqualTo(new BatchResult.Refused(0, new Refusal.Stale(0)));
        assertThat(applied(taking(0, 2))).containsExactly(1L);
        assertThat(apply(taking(0, 3))).isEqualTo(new BatchResult.Refused(0, new Refusal.Stale(2)));
    }

    @Test
    void the_store_tells_its_time_in_utc() {
        assumeTrue(layer().capabilities().has(Capabilities.Feature.FENCES));
        Instant before = layer().time();
        assertThat(layer().time()).isAfterOrEqualTo(before);
        // As far as clocks differ that are set at all, and less than a time zone.
        assertThat(before).isCloseTo(Environment.system().clock().instant(), within(10, ChronoUnit.MINUTES));
    }

    /** Checks that of many who take a lock at once, all knowing the same token, one gets it. */
    @ConcurrentTest
    void a_lock_has_one_holder_whoever_takes_it_at_once() throws Exception {
        locks();
        Layer other = isShared() ? another() : layer();
        ExecutorService executor = Executors.newFixedThreadPool(8);
        try {
            for (int round = 0; round < 20; round++) {
                long expected = 5L + round;
                CyclicBarrier start = new CyclicBarrier(8);
                List<Future<BatchResult>> taking = new ArrayList<>();
                for (int i = 0; i < 8; i++) {
                    Layer own = i % 2 == 0 ? layer() : other;
                    taking.add(executor.submit(() -> {
                        start.await();
                        return own.apply(Batch.of(List.of(taking(expected, expected + 1))));
                    }));
                }
                int taken = 0;
                for (Future<BatchResult> each : taking) {
                    taken += each.get(60, TimeUnit.SECONDS) instanceof BatchResult.Applied ? 1 : 0;
                }
                assertThat(taken).as("round %s", round).isOne();
            }
        } finally {
            executor.shutdownNow();
        }
    }

    private static Mutation unchanged(int number, long revision) {
        return new Mutation.RequireRevision(THINGS, id(number), revision);
    }

    @Test
    void a_batch_passes_while_a_row_has_its_revision_and_not_when_it_was_changed_or_is_gone() {
        assumeTrue(layer().capabilities().has(Capabilities.Feature.ROW_GUARDS));
        things();
        applied(insert(1, "whole", 1L));
        long revision = 1;
        assertThat(applied(unchanged(1, revision), insert(2, "whole", 1L))).containsExactly(0L, 1L);
        assertThat(apply(insert(3, "whole", 1L), unchanged(1, revision + 1)))
                .isEqualTo(new BatchResult.Refused(1, new Refusal.Stale(revision)));
        assertThat(apply(unchanged(4, revision), insert(3, "whole", 1L)))
                .isEqualTo(new BatchResult.Refused(0, new Refusal.Missing()));
        assertThat(where(Condition.ALWAYS)).containsExactlyInAnyOrder(1, 2);
        assertThat(applied(unchanged(1, revision))).as("nothing was changed").containsExactly(0L);
    }

    /** Checks that nobody changes a row between the look at its revision and the end of the batch. */
    @Test
    void a_row_that_a_batch_requires_to_be_unchanged_stays_so_until_the_batch_has_ended() throws Exception {
        assumeTrue(layer().capabilities().has(Capabilities.Feature.ROW_GUARDS));
        assumeTrue(layer().capabilities().has(Capabilities.Feature.HELD_TRANSACTIONS));
        things();
        applied(insert(1, "whole", 1L), insert(2, "whole", 1L));
        Mutation change = new Mutation.Update(THINGS, id(1), OptionalLong.of(1), List.of(), Row.of());
        ExecutorService executor = Executors.newSingleThreadExecutor();
        try (PreparedBatch open = layer().prepare(Batch.of(List.of(unchanged(1, 1), insert(3, "whole", 1L))))) {
            Future<BatchResult> changing = executor.submit(() -> layer().apply(Batch.of(List.of(change))));
            // It waits, or is refused after some time.
            assertThatThrownBy(() -> changing.get(500, TimeUnit.MILLISECONDS)).isInstanceOf(Exception.class);
            open.commit();
        } finally {
            executor.shutdown();
            assertThat(executor.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(where(Condition.ALWAYS)).containsExactlyInAnyOrder(1, 2, 3);
    }

    /**
     * Checks that everything written under the old token before the lock changed hands is seen by its new holder;
     * nothing is written after.
     */
    @ConcurrentTest
    void whoever_takes_a_lock_sees_all_that_its_former_holder_wrote() throws Exception {
        locks();
        Layer other = isShared() ? another() : layer();
        ExecutorService executor = Executors.newFixedThreadPool(2);
        try {
            for (int round = 0; round < 20; round++) {
                int number = round;
                CyclicBarrier start = new CyclicBarrier(2);
                Future<BatchResult> writing = executor.submit(() -> {
                    start.await();
                    return layer().apply(Batch.of(List.of(fence(LOCK, 5 + number), insert(number, "whole", 1L))));
                });
                Future<Boolean> taken = executor.submit(() -> {
                    start.await();
                    other.apply(Batch.of(List.of(taking(6 + number))));
                    try (RowCursor row = other.select(selection(equal(key(), id(number)), value(key())))) {
                        return row.next();
                    }
                });
                boolean written = writing.get(60, TimeUnit.SECONDS) instanceof BatchResult.Applied;
                assertThat(taken.get(60, TimeUnit.SECONDS)).isEqualTo(written);
            }
        } finally {
            executor.shutdownNow();
        }
    }
}
