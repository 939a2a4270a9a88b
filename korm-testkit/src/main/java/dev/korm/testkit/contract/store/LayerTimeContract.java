package dev.korm.testkit.contract.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.OperationInterruptedException;
import dev.korm.StoreException.Outcome;
import dev.korm.limit.StatementTimeoutException;
import dev.korm.spi.Capabilities;
import dev.korm.spi.RowCursor;
import dev.korm.spi.Snapshot;
import dev.korm.spi.limit.StatementLimit;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TextPattern;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The part of {@link LayerContract} about statements that take too long. */
abstract class LayerTimeContract extends LayerInterruptionContract {
    private static final Duration SHORT = Duration.ofMillis(60);
    private static final int ROWS = 50;
    private static final int LENGTH = 8_000;
    private static final int LITERAL = 500;

    /** Returns a selection that takes a good deal longer than the limit in every store: a text that fits almost, from each of its characters on. */
    private static Selection slow() {
        return selection(
                new Condition.Matches(
                        of("text"),
                        new TextPattern(
                                List.of(
                                        new TextPattern.AnyText(),
                                        new TextPattern.Literal("a".repeat(LITERAL)),
                                        new TextPattern.AnyCharacter(),
                                        new TextPattern.Literal("b"),
                                        new TextPattern.AnyText()),
                                TextPattern.Case.SENSITIVE)),
                new Output.Count());
    }

    private void slowThings() {
        things();
        Object[] values = new Object[ROWS];
        Arrays.fill(values, "a".repeat(LENGTH));
        insertAll("text", values);
    }

    private boolean take(Selection selection) {
        try (RowCursor rows = layer().select(selection)) {
            return rows.next();
        }
    }

    private void assertStillWorks() {
        for (int i = 0; i < 3; i++) {
            assertThat(take(selection(Condition.ALWAYS, new Output.Count()))).isTrue();
        }
        applied(insert(ROWS + 1, "whole", 1L));
        assertThat(where(equal(of("whole"), 1L))).containsExactly(ROWS + 1);
    }

    @Test
    void what_takes_longer_than_the_limit_is_ended() {
        slowThings();
        layer().limitStatements(SHORT);
        assertThatThrownBy(() -> take(slow()))
                .isInstanceOfSatisfying(StatementTimeoutException.class, late -> {
                    assertThat(late.limit()).isEqualTo(SHORT);
                    assertThat(late.layer()).isEqualTo("main");
                    assertThat(late.collection()).contains("contract:thing");
                    assertThat(late.outcome()).isEqualTo(Outcome.NOT_APPLIED);
                })
                .hasMessageContaining(SHORT.toMillis() + " ms")
                .hasMessageContaining("timeout(");
        assertStillWorks();
    }

    @Test
    void a_question_has_a_limit_of_its_own() {
        slowThings();
        assertThatThrownBy(() -> StatementLimit.of(SHORT).run(() -> take(slow())))
                .isInstanceOf(StatementTimeoutException.class);
        assertStillWorks();
        layer().limitStatements(SHORT);
        assertThat(StatementLimit.of(Duration.ZERO).run(() -> take(slow()))).isTrue();
        assertThatThrownBy(() -> take(slow())).isInstanceOf(StatementTimeoutException.class);
        if (layer().capabilities().has(Capabilities.Feature.SNAPSHOTS)) {
            try (Snapshot snapshot = layer().snapshot();
                    RowCursor rows = snapshot.select(slow())) {
                assertThat(rows.next()).isTrue();
            }
        }
    }

    @Test
    void what_an_interrupted_thread_waits_for_is_ended() throws InterruptedException {
        slowThings();
        CountDownLatch begins = new CountDownLatch(1);
        AtomicReference<@Nullable Throwable> ended = new AtomicReference<>();
        AtomicReference<@Nullable Boolean> flag = new AtomicReference<>();
        Thread asking = new Thread(() -> {
            begins.countDown();
            try {
                take(slow());
            } catch (RuntimeException told) {
                ended.set(told);
            }
            flag.set(Thread.currentThread().isInterrupted());
        });
        asking.start();
        assertThat(begins.await(10, TimeUnit.SECONDS)).isTrue();
        // No store tells that it has begun; one that has not refuses the call, which is right too.
        asking.join(SHORT.toMillis());
        asking.interrupt();
        asking.join(TimeUnit.SECONDS.toMillis(30));
        assertThat(ended.get())
                .isInstanceOfSatisfying(OperationInterruptedException.class, told -> assertThat(told.outcome())
                        .isEqualTo(Outcome.NOT_APPLIED));
        assertThat(flag.get()).isTrue();
        assertStillWorks();
    }
}
