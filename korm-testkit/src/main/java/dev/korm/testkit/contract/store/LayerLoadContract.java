package dev.korm.testkit.contract.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.korm.ClosedException;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Capabilities;
import dev.korm.spi.Layer;
import dev.korm.spi.Mutation;
import dev.korm.spi.Row;
import dev.korm.spi.RowCursor;
import dev.korm.spi.Snapshot;
import dev.korm.spi.load.LoadTarget;
import dev.korm.spi.load.RowLoad;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Output;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.IndexSchema;
import dev.korm.spi.schema.SchemaMovedException;
import dev.korm.spi.schema.TableSchema;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Loads: the rows are those that batches would have inserted, all or none. For layers that have a faster way than batches. */
abstract class LayerLoadContract extends LayerUnboundContract {
    private static final List<ColumnSchema> WHOLE = List.of(column("whole"), REVISION);

    /** More rows than are handed over at once. */
    private static final int MANY = 2500;

    private RowLoad load(List<ColumnSchema> columns) {
        return load(columns, LoadTarget.SHARED);
    }

    private RowLoad load(List<ColumnSchema> columns, LoadTarget target) {
        Optional<RowLoad> load = layer().load(THINGS, columns, target);
        assumeTrue(load.isPresent(), "The layer has no faster way than batches");
        return load.get();
    }

    private static final List<String> TEXTS = List.of(
            "",
            "\\N",
            "\\.",
            "a\tb\nc\rd\\e\\\\",
            "'\"`$1;--",
            "ü😀\u2028",
            "null",
            "\u0001\u007f",
            "x".repeat(70_000));

    private static @Nullable Object[] row(int number) {
        if (number == 0) {
            return new Object[] {null, null, null, null, null, null, null, null, null, 1L};
        }
        String text = TEXTS.get(number % TEXTS.size());
        return new Object[] {
            text,
            number % 2 == 0 ? Long.MIN_VALUE + number : Long.MAX_VALUE - number,
            number % 2 == 0 ? -1.0e-300 / number : 0.1 * number,
            number % 2 == 0,
            new BigDecimal("-12345678901234567890.0" + number),
            new byte[] {0, (byte) number, '\\', -1, '\n'},
            "[\"\\\\\", \"\\n\", {\"ü\": " + number + "}]",
            "[rn][from::main]:contract:owner:" + id(number),
            "{\"v\": \"\\\\" + number + "\"}",
            (long) number
        };
    }

    @ParameterizedTest
    @EnumSource
    void loaded_rows_are_those_that_a_batch_would_have_inserted(LoadTarget target) {
        things();
        int rows = 2 * TEXTS.size();
        try (RowLoad load = load(COLUMNS, target)) {
            for (int i = 0; i < rows; i++) {
                assertThat(load.add(id(i), row(i))).isTrue();
            }
            assertThat(load.commit()).isTrue();
        }
        List<Mutation> batch = new ArrayList<>();
        for (int i = 0; i < rows; i++) {
            batch.add(new Mutation.Insert(THINGS, id(1000 + i), COLUMNS, Row.of(row(i))));
        }
        applied(batch.toArray(new Mutation[0]));
        Output[] outputs =
                COLUMNS.stream().map(column -> value(of(column.name()))).toArray(Output[]::new);
        for (int i = 0; i < rows; i++) {
            assertThat(rows(selection(equal(key(), id(i)), outputs)))
                    .as("row %d", i)
                    .usingRecursiveComparison()
                    .isEqualTo(rows(selection(equal(key(), id(1000 + i)), outputs)));
        }
    }

    @Test
    void nothing_is_seen_before_the_commit_and_nothing_stays_without_one() {
        things();
        try (RowLoad load = load(WHOLE)) {
            for (int i = 0; i < MANY; i++) {
                assertThat(load.add(id(i), new Object[] {(long) i, 1L})).isTrue();
            }
            assertThat(where(Condition.ALWAYS)).isEmpty();
        }
        assertThat(where(Condition.ALWAYS)).isEmpty();
        applied(insert(1, "whole", 1L));
        try (RowLoad load = load(WHOLE)) {
            for (int i = 2; i < MANY; i++) {
                load.add(id(i), new Object[] {(long) i, 1L});
            }
            assertThat(load.commit()).isTrue();
            assertThatThrownBy(load::commit).isInstanceOf(IllegalStateException.class);
        }
        assertThat(where(Condition.ALWAYS)).hasSize(MANY - 1);
        try (RowLoad empty = load(WHOLE)) {
            assertThat(empty.commit()).isTrue();
        }
    }

    @Test
    void an_id_or_a_unique_value_that_is_taken_takes_back_the_load_and_disturbs_nobody() {
        List<ColumnSchema> columns = new ArrayList<>(schema(THINGS, COLUMNS).columns());
        layer().evolve(
                        new TableSchema(
                                THINGS,
                                columns,
                                List.of(new IndexSchema(
                                        "only_whole", IndexSchema.Uniqueness.UNIQUE, List.of(of("whole"))))),
                        Set.of());
        applied(insert(7, "whole", 7L));
        for (boolean byId : new boolean[] {true, false}) {
            try (RowLoad load = load(WHOLE)) {
                boolean all = true;
                for (int i = 100; all && i < 100 + MANY; i++) {
                    boolean taken = i == 150;
                    all = load.add(id(taken && byId ? 7 : i), new Object[] {taken && !byId ? 7L : i, 1L});
                }
                assertThat(all && load.commit()).as("by id: %s", byId).isFalse();
            }
            assertThat(where(Condition.ALWAYS)).containsExactly(7);
        }
        applied(insert(8, "whole", 8L));
    }

    @ParameterizedTest
    @EnumSource
    void an_id_that_comes_twice_takes_back_the_load_and_no_id_can_be_there_twice_later(LoadTarget target) {
        things();
        for (int end : new int[] {MANY, 3}) {
            try (RowLoad load = load(WHOLE, target)) {
                boolean all = true;
                for (int i = 0; all && i < end; i++) {
                    all = load.add(id(i == end - 1 ? 0 : i), new Object[] {(long) i, 1L});
                }
                assertThat(all && load.commit()).as("%d rows", end).isFalse();
            }
            assertThat(where(Condition.ALWAYS)).isEmpty();
        }
        applied(insert(1, "whole", 1L));
        assertThat(layer().apply(Batch.of(List.of(insert(1, "whole", 2L))))).isInstanceOf(BatchResult.Refused.class);
        assertThat(layer().drop(THINGS)).isTrue();
        things();
        try (RowLoad load = load(WHOLE, target)) {
            load.add(id(1), new Object[] {1L, 1L});
        }
        try (RowLoad load = load(WHOLE, target)) {
            assertThat(load.add(id(1), new Object[] {1L, 1L}) && load.commit()).isTrue();
        }
        assertThat(layer().apply(Batch.of(List.of(insert(1, "whole", 2L))))).isInstanceOf(BatchResult.Refused.class);
    }

    @Test
    void a_table_that_is_not_new_after_all_keeps_its_rows_and_its_readers() {
        things();
        applied(insert(7, "whole", 7L));
        try (RowLoad load = load(WHOLE, LoadTarget.NEW)) {
            assertThat(load.add(id(7), new Object[] {1L, 1L}) && load.commit()).isFalse();
        }
        try (RowLoad load = load(WHOLE, LoadTarget.NEW)) {
            assertThat(load.add(id(8), new Object[] {8L, 1L}) && load.commit()).isTrue();
        }
        assertThat(where(Condition.ALWAYS)).containsExactlyInAnyOrder(7, 8);
        assertThat(layer().drop(THINGS)).isTrue();
        things();
        assumeTrue(layer().capabilities().has(Capabilities.Feature.SNAPSHOTS));
        try (Snapshot reading = layer().snapshot();
                RowCursor before = reading.select(selection(Condition.ALWAYS, value(key())))) {
            assertThat(before.next()).isFalse();
            try (RowLoad load = load(WHOLE, LoadTarget.NEW)) {
                assertThat(load.add(id(1), new Object[] {1L, 1L}) && load.commit())
                        .isTrue();
            }
            try (RowCursor again = reading.select(selection(Condition.ALWAYS, value(key())))) {
                assertThat(again.next()).isFalse();
            }
        }
        assertThat(where(Condition.ALWAYS)).containsExactly(1);
    }

    @Test
    void a_load_into_what_is_not_there_says_so_and_one_of_a_closed_layer_too() {
        things();
        load(WHOLE).close();
        ColumnSchema other = new ColumnSchema("other", column("whole").kind());
        assertThatThrownBy(() -> {
                    try (RowLoad load = load(List.of(other, REVISION))) {
                        load.add(id(1), new Object[] {1L, 1L});
                        load.commit();
                    }
                })
                .isInstanceOf(SchemaMovedException.class);
        applied(insert(1, "whole", 1L));
        Layer closed = another();
        closed.close();
        assertThatThrownBy(() -> closed.load(THINGS, WHOLE, LoadTarget.SHARED)).isInstanceOf(ClosedException.class);
    }
}
