package dev.korm.testkit.contract.store;

import static dev.korm.spi.query.ColumnKind.INTEGER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Capabilities;
import dev.korm.spi.Layer;
import dev.korm.spi.Mutation;
import dev.korm.spi.PreparedBatch;
import dev.korm.spi.Refusal;
import dev.korm.spi.Row;
import dev.korm.spi.RowCursor;
import dev.korm.spi.TransactionMarker;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.TableSchema;
import dev.korm.testkit.ConcurrentTest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The effect of a batch's marker on a layer, by which it is known whether the batch took effect. */
abstract class LayerMarkerContract extends LayerTimeContract {
    private static final Condition.Parameter MARKER = new Condition.Parameter(0, ColumnKind.ID);
    private static final BatchResult APPLIED_BEFORE =
            new BatchResult.Refused(BatchResult.Refused.MARKER, new Refusal.AlreadyApplied());
    private static final BatchResult FORBIDDEN =
            new BatchResult.Refused(BatchResult.Refused.MARKER, new Refusal.Forbidden());

    private static TransactionMarker marker(String id) {
        return new TransactionMarker(id, "pool", Instant.EPOCH);
    }

    private static Batch batch(TransactionMarker marker, Mutation... mutations) {
        return new Batch(List.of(mutations), Optional.of(marker));
    }

    private long markers(String id) {
        Selection selection = new Selection(
                TransactionMarker.TABLE,
                List.of(),
                List.of(new Output.Count()),
                equal(new Operand.Column(0, "id", ColumnKind.ID), MARKER),
                List.of(),
                List.of(),
                OptionalLong.empty());
        try (RowCursor cursor = layer().compile(selection).select(id)) {
            return cursor.next() && cursor.get(0) instanceof Number count ? count.longValue() : 0;
        }
    }

    @Test
    void a_marker_is_written_with_its_batch_or_not_at_all() {
        things();
        assertThat(layer().apply(batch(marker("tx-1"), insert(1, "whole", 1L))))
                .isEqualTo(new BatchResult.Applied(List.of(1L)));
        assertThat(markers("tx-1")).isEqualTo(1);
        assertThat(layer().apply(batch(marker("tx-2"), insert(2, "whole", 1L), insert(1, "whole", 1L))))
                .isEqualTo(new BatchResult.Refused(1, new Refusal.Exists()));
        assertThat(markers("tx-2")).isZero();
        assertThat(where(Condition.ALWAYS)).containsExactly(1);
    }

    @Test
    void a_marker_that_is_there_refuses_the_batch_before_any_of_its_mutations() {
        things();
        Batch first = batch(marker("tx-1"), insert(1, "whole", 1L));
        layer().apply(first);
        assertThat(layer().apply(batch(marker("tx-1"), insert(2, "whole", 1L)))).isEqualTo(APPLIED_BEFORE);
        assertThat(layer().apply(first))
                .as("not that the row exists, which the first attempt has inserted")
                .isEqualTo(APPLIED_BEFORE);
        assertThat(where(Condition.ALWAYS)).containsExactly(1);
    }

    @Test
    void a_transaction_that_was_forbidden_is_refused_however_late_it_comes() {
        things();
        assertThat(layer().apply(Batch.forbidding(marker("tx-1")))).isEqualTo(new BatchResult.Applied(List.of()));
        assertThat(layer().apply(batch(marker("tx-1"), insert(1, "whole", 1L)))).isEqualTo(FORBIDDEN);
        assertThat(layer().apply(Batch.forbidding(marker("tx-1")))).isEqualTo(FORBIDDEN);
        assertThat(where(Condition.ALWAYS)).isEmpty();
    }

    @Test
    void what_was_applied_cannot_be_forbidden_any_more() {
        things();
        layer().apply(batch(marker("tx-1"), insert(1, "whole", 1L)));
        assertThat(layer().apply(Batch.forbidding(marker("tx-1")))).isEqualTo(APPLIED_BEFORE);
        assertThat(where(Condition.ALWAYS)).containsExactly(1);
    }

    @Test
    void markers_of_a_table_that_knew_no_states_were_applied() {
        things();
        List<ColumnSchema> former = TransactionMarker.SCHEMA.columns().subList(0, 3);
        layer().evolve(new TableSchema(TransactionMarker.TABLE, former, List.of()), Set.of());
        Mutation.Insert row = marker("tx-0").insert();
        applied(new Mutation.Insert(
                TransactionMarker.TABLE,
                row.id(),
                former.subList(1, 3),
                Row.of(row.values().get(0), row.values().get(1))));
        assertThat(layer().apply(batch(marker("tx-1"), insert(1, "whole", 1L))))
                .isEqualTo(new BatchResult.Applied(List.of(1L)));
        assertThat(layer().apply(batch(marker("tx-0"), insert(2, "whole", 1L)))).isEqualTo(APPLIED_BEFORE);
    }

    /** Checks it on a store without the table of markers, so that creating it is part of the race. */
    @ConcurrentTest
    void of_two_attempts_and_one_who_forbids_them_one_succeeds_and_the_others_are_told_which() throws Exception {
        things();
        int rounds = 25;
        Layer other = isShared() ? another() : layer();
        ExecutorService executor = Executors.newFixedThreadPool(3);
        try {
            for (int round = 0; round < rounds; round++) {
                int number = round;
                TransactionMarker marker = marker("tx-" + round);
                CyclicBarrier start = new CyclicBarrier(3);
                Callable<BatchResult> first = () -> {
                    start.await();
                    return layer().apply(batch(marker, insert(number, "whole", 1L)));
                };
                Callable<BatchResult> second = () -> {
                    start.await();
                    return other.apply(batch(marker, insert(number, "whole", 1L)));
                };
                Callable<BatchResult> forbidding = () -> {
                    start.await();
                    return other.apply(Batch.forbidding(marker));
                };
                List<BatchResult> answers = new ArrayList<>();
                for (Future<BatchResult> answer :
                        List.of(executor.submit(first), executor.submit(second), executor.submit(forbidding))) {
                    answers.add(answer.get(60, TimeUnit.SECONDS));
                }
                boolean applied = answers.subList(0, 2).stream().anyMatch(BatchResult.Applied.class::isInstance);
                if (applied) {
                    assertThat(answers)
                            .containsExactlyInAnyOrder(
                                    new BatchResult.Applied(List.of(1L)), APPLIED_BEFORE, APPLIED_BEFORE);
                } else {
                    assertThat(answers).containsExactly(FORBIDDEN, FORBIDDEN, new BatchResult.Applied(List.of()));
                }
                assertThat(where(equal(key(), id(number)))).hasSize(applied ? 1 : 0);
            }
        } finally {
            executor.shutdownNow();
        }
    }

    @Test
    void who_forbids_a_transaction_that_is_still_open_waits_for_its_end() throws Exception {
        assumeTrue(layer().capabilities().has(Capabilities.Feature.HELD_TRANSACTIONS));
        assumeTrue(isShared());
        things();
        layer().apply(batch(marker("tx-0"), insert(0, "whole", 1L)));
        Layer other = another();
        ExecutorService executor = Executors.newSingleThreadExecutor();
        try {
            PreparedBatch committed = layer().prepare(batch(marker("tx-1"), insert(1, "whole", 1L)));
            Future<BatchResult> late = executor.submit(() -> other.apply(Batch.forbidding(marker("tx-1"))));
            committed.commit();
            assertThat(late.get(60, TimeUnit.SECONDS)).isEqualTo(APPLIED_BEFORE);
            PreparedBatch rolledBack = layer().prepare(batch(marker("tx-2"), insert(2, "whole", 1L)));
            Future<BatchResult> winner = executor.submit(() -> other.apply(Batch.forbidding(marker("tx-2"))));
            rolledBack.rollback();
            assertThat(winner.get(60, TimeUnit.SECONDS)).isEqualTo(new BatchResult.Applied(List.of()));
            assertThat(where(Condition.ALWAYS)).containsExactly(0, 1);
        } finally {
            executor.shutdownNow();
        }
    }

    // --- tokens

    private @Nullable Object token(int number) {
        return only(selection(equal(key(), id(number)), value(new Operand.Column(0, TableName.TOKEN, INTEGER))));
    }

    private void applied(long token, Mutation... mutations) {
        assertThat(layer().apply(Batch.of(List.of(mutations)).withToken(token)))
                .isInstanceOf(BatchResult.Applied.class);
    }

    @Test
    void rows_carry_the_token_of_the_batch_that_wrote_them() {
        assumeTrue(layer().capabilities().has(Capabilities.Feature.TOKENS));
        things();
        applied(insert(0, "whole", 0L));
        // The table gains the column here.
        applied(7, insert(1, "whole", 1L));
        assertThat(token(0)).isNull();
        assertThat(token(1)).isEqualTo(7L);
        List<ColumnSchema> shared = List.of(column("whole"), REVISION);
        applied(
                Long.MIN_VALUE,
                new Mutation.Insert(THINGS, id(2), shared, Row.of(1L, 1L)),
                new Mutation.Insert(THINGS, id(3), shared, Row.of(1L, 1L)));
        assertThat(token(2)).isEqualTo(Long.MIN_VALUE);
        assertThat(token(3)).isEqualTo(Long.MIN_VALUE);
        List<ColumnSchema> whole = List.of(column("whole"));
        applied(8, new Mutation.Update(THINGS, id(2), OptionalLong.of(1), whole, Row.of(5L)));
        assertThat(token(2)).isEqualTo(8L);
        applied(9, new Mutation.UpdateSelected(selection(equal(of("whole"), 5L)), whole, Row.of(6L)));
        assertThat(token(2)).isEqualTo(9L);
        applied(new Mutation.Update(THINGS, id(2), OptionalLong.empty(), whole, Row.of(7L)));
        assertThat(token(2)).as("a batch without one leaves it").isEqualTo(9L);
        applied(10, new Mutation.Update(THINGS, id(2), OptionalLong.empty(), shared, Row.of(8L, 100L)));
        assertThat(token(2)).as("so does a change that names the revision").isEqualTo(9L);
    }
}
