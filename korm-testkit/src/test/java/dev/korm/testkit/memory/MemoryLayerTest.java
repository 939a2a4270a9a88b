package dev.korm.testkit.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.StoreReadOnlyException;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Layer;
import dev.korm.spi.LayerSource;
import dev.korm.spi.Mutation;
import dev.korm.spi.Row;
import dev.korm.spi.RowCursor;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Condition.Comparison;
import dev.korm.spi.query.Join;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.TableSchema;
import dev.korm.testkit.fault.VirtualEnvironment;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

public class MemoryLayerTest {
    public static final TableName CARS = TableName.items("cars", "suv");
    private static final ColumnSchema MAKE = new ColumnSchema("make", ColumnKind.TEXT);
    private static final ColumnSchema REVISION = new ColumnSchema(TableName.REVISION, ColumnKind.INTEGER);
    private static final Operand MAKE_VALUE = new Operand.Column(0, "make", ColumnKind.TEXT);

    @Test
    void rows_stay_when_a_layer_is_closed_and_another_is_opened_on_the_store() {
        MemoryStore store = new MemoryStore();
        try (Layer layer = open(MemoryLayer.on(store))) {
            fill(layer, "a", "b");
        }
        try (Layer layer = open(MemoryLayer.on(store))) {
            assertThat(count(layer, Condition.ALWAYS)).isEqualTo(2);
        }
    }

    @Test
    void one_source_opened_twice_is_one_store_and_two_sources_are_two() {
        MemoryLayer source = MemoryLayer.create();
        try (Layer first = open(source);
                Layer second = open(source);
                Layer other = open(MemoryLayer.create())) {
            fill(first, "a");
            assertThat(count(second, Condition.ALWAYS)).isEqualTo(1);
            assertThat(other.tables()).isEmpty();
        }
    }

    @Test
    void a_cursor_sees_the_rows_of_the_moment_it_was_opened() {
        try (Layer layer = open(MemoryLayer.create())) {
            fill(layer, "a", "b");
            try (RowCursor cursor = layer.select(all(Condition.ALWAYS))) {
                assertThat(cursor.next()).isTrue();
                layer.apply(Batch.of(List.of(new Mutation.Delete(CARS, "b", OptionalLong.empty()))));
                assertThat(cursor.next()).isTrue();
                assertThat(cursor.next()).isFalse();
            }
            assertThat(count(layer, Condition.ALWAYS)).isEqualTo(1);
        }
    }

    @Test
    void a_poor_layer_refuses_to_be_asked_for_what_it_says_it_cannot_do() {
        Condition named = new Condition.Compare(MAKE_VALUE, Comparison.EQUAL, "a");
        try (Layer layer =
                open(MemoryLayer.create().withoutPushdown().withoutJoins().withoutHeldTransactions())) {
            fill(layer, "a");
            assertThat(layer.capabilities().pushdown().test(named)).isFalse();
            assertThat(count(layer, Condition.ALWAYS)).isEqualTo(1);
            assertThatIllegalArgumentException().isThrownBy(() -> count(layer, named));
            Selection joined = new Selection(
                    CARS,
                    List.of(new Join(1, MAKE_VALUE, CARS)),
                    List.of(new Output.Count()),
                    Condition.ALWAYS,
                    List.of(),
                    List.of(),
                    OptionalLong.empty());
            assertThatIllegalArgumentException().isThrownBy(() -> layer.select(joined));
            assertThatThrownBy(() -> layer.prepare(Batch.of(List.of())))
                    .isInstanceOf(UnsupportedOperationException.class);
        }
    }

    @Test
    void a_layer_refuses_more_constants_than_its_limit() {
        try (Layer layer = open(MemoryLayer.create().withParameterLimit(2))) {
            fill(layer, "a", "b", "c");
            assertThat(count(layer, new Condition.OneOf(MAKE_VALUE, List.of("a", "b"))))
                    .isEqualTo(2);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> count(layer, new Condition.OneOf(MAKE_VALUE, List.of("a", "b", "c"))));
        }
    }

    @Test
    void a_read_only_layer_takes_no_changes() {
        MemoryLayer source = MemoryLayer.create();
        try (Layer layer = open(source)) {
            fill(layer, "a");
        }
        try (Layer layer = open(source.readOnly())) {
            assertThat(count(layer, Condition.ALWAYS)).isEqualTo(1);
            assertThatThrownBy(() -> fill(layer, "b")).isInstanceOf(StoreReadOnlyException.class);
        }
    }

    public static Layer open(LayerSource source) {
        return source.open("main", VirtualEnvironment.seeded(1));
    }

    /** Adds a car for each make, which is its id too. */
    public static void fill(Layer layer, String... makes) {
        layer.evolve(
                new TableSchema(
                        CARS, List.of(new ColumnSchema(TableName.ID, ColumnKind.ID), MAKE, REVISION), List.of()),
                Set.of());
        for (String make : makes) {
            BatchResult result = layer.apply(
                    Batch.of(List.of(new Mutation.Insert(CARS, make, List.of(MAKE, REVISION), Row.of(make, 1L)))));
            assertThat(result).isEqualTo(new BatchResult.Applied(List.of(1L)));
        }
    }

    public static Selection all(Condition where) {
        return new Selection(
                CARS,
                List.of(),
                List.of(new Output.Value(MAKE_VALUE)),
                where,
                List.of(),
                List.of(),
                OptionalLong.empty());
    }

    public static int count(Layer layer, Condition where) {
        int rows = 0;
        try (RowCursor cursor = layer.select(all(where))) {
            while (cursor.next()) {
                rows++;
            }
        }
        return rows;
    }
}
