package dev.korm.testkit.across;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.korm.ValueException;
import dev.korm.jdbc.Sqlite;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Layer;
import dev.korm.spi.LayerSource;
import dev.korm.spi.Mutation;
import dev.korm.spi.PreparedBatch;
import dev.korm.spi.Refusal;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.TableSchema;
import dev.korm.testkit.Answers;
import dev.korm.testkit.RandomValues;
import dev.korm.testkit.RandomWorld;
import dev.korm.testkit.Seed;
import dev.korm.testkit.fault.VirtualEnvironment;
import dev.korm.testkit.memory.MemoryLayer;
import dev.korm.testkit.mysql.MySqlTestServer;
import dev.korm.testkit.postgres.PostgresServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a store answers and does is what the evaluator says it has to be. */
class LayersAgreeTest {
    private static final int QUESTIONS = 200;

    /** A store to compare with memory. */
    private enum Store {
        SQLITE(RandomValues.JsonColumns.ANY_TEXT) {
            @Override
            LayerSource empty() {
                return Sqlite.memory();
            }
        },
        POSTGRES(RandomValues.JsonColumns.JSON) {
            @Override
            LayerSource empty() {
                return PostgresServer.in(PostgresServer.newSchema());
            }
        },
        MYSQL(RandomValues.JsonColumns.ANY_TEXT) {
            @Override
            LayerSource empty() {
                return MySqlTestServer.in(MySqlTestServer.newDatabase());
            }
        };

        final RandomValues.JsonColumns jsonColumns;

        Store(RandomValues.JsonColumns jsonColumns) {
            this.jsonColumns = jsonColumns;
        }

        abstract LayerSource empty();
    }

    @ParameterizedTest
    @EnumSource
    void random_selections_and_batches_come_out_alike_on_both_layers(Store store) {
        run(store, Seed.next(LayersAgreeTest.class), 4);
    }

    @ParameterizedTest
    @EnumSource
    @Tag("long")
    void many_random_selections_and_batches_come_out_alike_on_both_layers(Store store) {
        run(store, Seed.next(LayersAgreeTest.class), 500);
    }

    /** Each world has a seed of its own, so that the one that fails can be repeated alone. */
    private static void run(Store store, long seed, int worlds) {
        for (int i = 0; i < worlds; i++) {
            world(store, seed + i);
        }
    }

    private static void world(Store tested, long seed) {
        VirtualEnvironment environment = VirtualEnvironment.seeded(seed);
        RandomWorld world = new RandomWorld(seed, tested.jsonColumns);
        try (Layer memory = MemoryLayer.create().open(RandomWorld.LAYER, environment);
                Layer store = tested.empty().open(RandomWorld.LAYER, environment)) {
            for (TableSchema schema : world.schemas()) {
                memory.evolve(schema, Set.of());
                store.evolve(schema, Set.of());
            }
            change(seed, world.filling(), memory, store);
            for (int i = 0; i < QUESTIONS; i++) {
                if (i % 5 == 4) {
                    change(seed, world.batch(), memory, store);
                    for (TableSchema schema : world.schemas()) {
                        compare(seed, everything(schema), memory, store);
                    }
                } else {
                    compare(seed, world.selection(), memory, store);
                }
            }
        }
    }

    private static RandomWorld.Asked everything(TableSchema schema) {
        List<Output> outputs = new ArrayList<>();
        for (ColumnSchema column : schema.columns()) {
            outputs.add(new Output.Value(new Operand.Column(0, column.name(), column.kind())));
        }
        return new RandomWorld.Asked(
                new Selection(
                        schema.table(),
                        List.of(),
                        outputs,
                        Condition.ALWAYS,
                        List.of(),
                        List.of(),
                        OptionalLong.empty()),
                List.of());
    }

    private static void compare(long seed, RandomWorld.Asked asked, Layer memory, Layer store) {
        Optional<List<List<Object>>> expected = ask(seed, memory, asked);
        Optional<List<List<Object>>> actual = ask(seed, store, asked);
        if (actual.isEmpty()) {
            return;
        }
        if (expected.isEmpty()) {
            fail("Seed %d: a sum is beyond 64 bits, the store answered %s%n%s", seed, actual.get(), asked);
        }
        if (!Answers.agree(asked.selection(), expected.get(), actual.get())) {
            fail(
                    "Seed %d: %s%nplan %s%nexpected %s",
                    seed, asked, store.explain(asked.selection()), Answers.difference(expected.get(), actual.get()));
        }
    }

    /** Empty where a whole sum is beyond 64 bits; a store may stop when only some of the values add up to that. */
    private static Optional<List<List<Object>>> ask(long seed, Layer layer, RandomWorld.Asked asked) {
        try {
            return Optional.of(Answers.ask(layer, asked));
        } catch (ValueException beyond64Bits) {
            if (sumsWholeNumbers(asked.selection())) {
                return Optional.empty();
            }
            throw new AssertionError("Seed " + seed + ": " + asked, beyond64Bits);
        } catch (RuntimeException unexpected) {
            throw new AssertionError("Seed " + seed + ": " + asked, unexpected);
        }
    }

    private static boolean sumsWholeNumbers(Selection selection) {
        return selection.outputs().stream()
                .anyMatch(output -> output instanceof Output.Aggregate aggregate
                        && aggregate.function() == Output.Function.SUM
                        && output.kind() == ColumnKind.INTEGER);
    }

    /** Applies the batch in a transaction that is held open, after one that is taken back. */
    private static BatchResult held(Layer store, Batch batch) {
        try (PreparedBatch first = store.prepare(batch)) {
            first.rollback();
        }
        try (PreparedBatch second = store.prepare(batch)) {
            if (second.result() instanceof BatchResult.Applied) {
                second.commit();
            }
            return second.result();
        }
    }

    private static void change(long seed, Batch batch, Layer memory, Layer store) {
        BatchResult expected = memory.apply(batch);
        BatchResult actual;
        try {
            actual = seed % 2 == 0 ? store.apply(batch) : held(store, batch);
        } catch (RuntimeException unexpected) {
            throw new AssertionError("Seed " + seed + ": " + batch + " gave " + expected + " in memory", unexpected);
        }
        if (expected instanceof BatchResult.Refused left
                && actual instanceof BatchResult.Refused right
                && left.refusal() instanceof Refusal.UniqueViolation taken
                && left.mutation() < batch.mutations().size()
                && batch.mutations().get(left.mutation()) instanceof Mutation.UpdateSelected) {
            // Which of the rows comes first, and so holds the value, is not said.
            assertThat(right.mutation()).isEqualTo(left.mutation());
            assertThat(right.refusal())
                    .isInstanceOfSatisfying(Refusal.UniqueViolation.class, other -> assertThat(other.index())
                            .isEqualTo(taken.index()));
            return;
        }
        assertThat(actual).as("Seed %d: %s", seed, batch).isEqualTo(expected);
    }
}
