package dev.korm.testkit.fault;

import static dev.korm.testkit.memory.MemoryLayerTest.CARS;
import static dev.korm.testkit.memory.MemoryLayerTest.all;
import static dev.korm.testkit.memory.MemoryLayerTest.count;
import static dev.korm.testkit.memory.MemoryLayerTest.fill;
import static dev.korm.testkit.memory.MemoryLayerTest.open;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.StoreBusyException;
import dev.korm.StoreException.Outcome;
import dev.korm.StoreFullException;
import dev.korm.spi.Batch;
import dev.korm.spi.Layer;
import dev.korm.spi.Mutation;
import dev.korm.spi.PreparedBatch;
import dev.korm.spi.RowCursor;
import dev.korm.spi.query.Condition;
import dev.korm.testkit.fault.FaultyLayer.Call;
import dev.korm.testkit.fault.FaultyLayer.Moment;
import dev.korm.testkit.memory.MemoryLayer;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class FaultyLayerTest {
    private static final Batch DELETE_A = Batch.of(List.of(new Mutation.Delete(CARS, "a", OptionalLong.empty())));

    private final FaultyLayer source = FaultyLayer.around(MemoryLayer.create());

    @Test
    void a_call_that_fails_before_it_happened_changes_nothing() {
        try (Layer layer = open(source)) {
            fill(layer, "a");
            source.failNext(Call.APPLY, Moment.BEFORE, Outcome.NOT_APPLIED);
            assertThatThrownBy(() -> layer.apply(DELETE_A))
                    .isInstanceOfSatisfying(StoreBusyException.class, failure -> assertThat(failure.outcome())
                            .isEqualTo(Outcome.NOT_APPLIED));
            assertThat(count(layer, Condition.ALWAYS)).isEqualTo(1);
        }
    }

    @Test
    void a_call_that_fails_after_it_happened_has_changed_all() {
        try (Layer layer = open(source)) {
            fill(layer, "a");
            source.failNext(Call.APPLY, Moment.AFTER, Outcome.UNKNOWN);
            assertThatThrownBy(() -> layer.apply(DELETE_A)).isInstanceOf(StoreBusyException.class);
            assertThat(count(layer, Condition.ALWAYS)).isZero();
        }
    }

    @Test
    void the_nth_call_fails_with_what_the_test_gave_and_the_others_do_not() {
        try (Layer layer = open(source)) {
            fill(layer, "a", "b");
            source.fail(
                    Call.NEXT,
                    2,
                    Moment.BEFORE,
                    name -> new StoreFullException(name, "Full", Outcome.NOT_APPLIED, null));
            try (RowCursor cursor = layer.select(all(Condition.ALWAYS))) {
                assertThat(cursor.next()).isTrue();
                assertThatThrownBy(cursor::next).isInstanceOf(StoreFullException.class);
                assertThat(cursor.next()).isTrue();
            }
        }
    }

    @Test
    void healing_takes_back_failures_that_have_not_come() {
        try (Layer layer = open(source)) {
            fill(layer, "a");
            source.failNext(Call.SELECT, Moment.BEFORE, Outcome.NOT_APPLIED);
            source.heal();
            assertThat(count(layer, Condition.ALWAYS)).isEqualTo(1);
        }
    }

    @Test
    void calls_are_counted_by_kind_compiled_selections_too() {
        try (Layer layer = open(source)) {
            fill(layer, "a", "b");
            assertThat(source.calls(Call.APPLY)).isEqualTo(2);
            assertThat(source.roundTrips()).isEqualTo(3);
            source.reset();
            try (RowCursor cursor = layer.compile(all(Condition.ALWAYS)).select()) {
                assertThat(cursor.next()).isTrue();
            }
            assertThat(source.calls(Call.SELECT)).isEqualTo(1);
            assertThat(source.roundTrips()).isEqualTo(1);
        }
    }

    @Test
    void what_is_left_open_is_counted() {
        Layer layer = open(source);
        fill(layer, "a");
        RowCursor cursor = layer.select(all(Condition.ALWAYS));
        PreparedBatch batch = layer.prepare(DELETE_A);
        assertThat(source.leaks()).isEqualTo(3);
        cursor.close();
        cursor.close();
        batch.commit();
        batch.close();
        layer.close();
        assertThat(source.leaks()).isZero();
    }

    @Test
    void a_lost_answer_leaves_nothing_open() {
        try (Layer layer = open(source)) {
            fill(layer, "a");
            source.failNext(Call.PREPARE, Moment.AFTER, Outcome.UNKNOWN);
            assertThatThrownBy(() -> layer.prepare(DELETE_A)).isInstanceOf(StoreBusyException.class);
            assertThat(count(layer, Condition.ALWAYS)).isEqualTo(1);
            layer.apply(DELETE_A);
            assertThat(count(layer, Condition.ALWAYS)).isZero();
        }
        assertThat(source.leaks()).isZero();
    }
}
