package dev.korm.testkit.contract.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.korm.spi.Mutation;
import dev.korm.spi.Row;
import dev.korm.spi.query.Condition;
import dev.korm.spi.schema.ColumnSchema;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The traces of batches that end in the middle of being handed to the driver: none, also where statements are used again. */
abstract class LayerUnboundContract extends LayerReadContract {
    private static final List<ColumnSchema> SHARED = List.of(column("whole"), REVISION);
    private static final int RUN = 5;

    private int next;

    private Mutation[] run(Row... rows) {
        Mutation[] run = new Mutation[rows.length];
        for (int i = 0; i < run.length; i++) {
            run[i] = new Mutation.Insert(THINGS, id(next++), SHARED, rows[i]);
        }
        return run;
    }

    private static Row[] rows(int count) {
        Row[] rows = new Row[count];
        for (int i = 0; i < count; i++) {
            rows[i] = Row.of((long) i, 1L);
        }
        return rows;
    }

    @Test
    void rows_that_could_not_be_bound_leave_nothing_for_the_next() {
        things();
        applied(run(rows(RUN)));
        // A row that is too short is a mistake in a program, and so is a value of no kind; a layer need not see the
        // latter.
        for (Row mistake : List.of(Row.of(1L), Row.of(new Object(), 1L), Row.of(1L))) {
            for (int position = 1; position < RUN; position++) {
                List<Integer> before = where(Condition.ALWAYS);
                Row[] rows = rows(RUN);
                rows[position] = mistake;
                @Nullable Throwable thrown = catchThrowable(() -> apply(run(rows)));
                assertThat(thrown == null && mistake.size() < SHARED.size())
                        .as("a row that is too short is stored")
                        .isFalse();
                if (thrown != null) {
                    assertThat(where(Condition.ALWAYS)).isEqualTo(before);
                }
                List<Integer> expected = new ArrayList<>(where(Condition.ALWAYS));
                expected.add(next);
                expected.add(next + 1);
                assertThat(applied(run(rows(2)))).containsExactly(1L, 1L);
                assertThat(where(Condition.ALWAYS)).containsExactlyElementsOf(expected);
            }
        }
    }
}
