package dev.korm.testkit.contract.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.korm.OperationInterruptedException;
import dev.korm.StoreException.Outcome;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Capabilities;
import dev.korm.spi.PreparedBatch;
import dev.korm.spi.RowCursor;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Selection;
import dev.korm.spi.schema.ColumnSchema;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** The part of {@link LayerContract} about threads that are interrupted. */
abstract class LayerInterruptionContract extends LayerLoadContract {
    @Test
    void an_interrupted_thread_is_told_so_by_every_call_and_keeps_its_flag() {
        things();
        applied(insert(1, "whole", 1L));
        Selection all = selection(Condition.ALWAYS, value(of("whole")));
        List<ColumnSchema> more = new ArrayList<>(COLUMNS);
        more.add(new ColumnSchema("late", ColumnKind.TEXT));
        Map<String, ThrowingCallable> calls = new LinkedHashMap<>();
        calls.put("tables", () -> layer().tables());
        calls.put("describe", () -> layer().describe(THINGS));
        calls.put("evolve", () -> layer().evolve(schema(THINGS, more), Set.of()));
        calls.put("select", () -> layer().select(all).close());
        calls.put("compiled", () -> layer().compile(all).select().close());
        calls.put("explain", () -> layer().explain(all));
        calls.put("apply", () -> layer().apply(Batch.of(List.of(insert(2, "whole", 2L)))));
        if (layer().capabilities().has(Capabilities.Feature.HELD_TRANSACTIONS)) {
            calls.put("prepare", () -> layer().prepare(Batch.of(List.of(insert(2, "whole", 2L))))
                    .close());
        }
        for (Map.Entry<String, ThrowingCallable> call : calls.entrySet()) {
            Thread.currentThread().interrupt();
            Throwable told = catchThrowable(call.getValue());
            boolean kept = Thread.interrupted();
            assertThat(told)
                    .as(call.getKey())
                    .isInstanceOfSatisfying(OperationInterruptedException.class, each -> assertThat(each.outcome())
                            .isEqualTo(Outcome.NOT_APPLIED))
                    .hasMessageContaining("interrupted");
            assertThat(kept).as(call.getKey()).isTrue();
        }
        assertThat(where(Condition.ALWAYS)).containsExactly(1);
        for (Map.Entry<String, ThrowingCallable> call : calls.entrySet()) {
            if (!call.getKey().equals("prepare")) {
                assertThatCode(call.getValue()).as(call.getKey()).doesNotThrowAnyException();
            }
        }
    }

    @Test
    void an_interrupted_thread_can_end_what_it_has_begun() {
        things();
        applied(insert(1, "whole", 1L), insert(2, "whole", 2L));
        try (RowCursor rows = layer().select(selection(Condition.ALWAYS, value(of("whole"))))) {
            assertThat(rows.next()).isTrue();
            Thread.currentThread().interrupt();
        }
        assertThat(Thread.interrupted()).isTrue();
        if (layer().capabilities().has(Capabilities.Feature.HELD_TRANSACTIONS)) {
            try (PreparedBatch prepared = layer().prepare(Batch.of(List.of(insert(3, "whole", 3L))))) {
                assertThat(prepared.result()).isInstanceOf(BatchResult.Applied.class);
                Thread.currentThread().interrupt();
                prepared.commit();
                assertThat(Thread.interrupted()).isTrue();
            }
            try (PreparedBatch prepared = layer().prepare(Batch.of(List.of(insert(4, "whole", 4L))))) {
                assertThat(prepared.result()).isInstanceOf(BatchResult.Applied.class);
                Thread.currentThread().interrupt();
            }
            assertThat(Thread.interrupted()).isTrue();
            assertThat(where(Condition.ALWAYS)).containsExactly(1, 2, 3);
        }
    }
}
