package dev.korm.testkit.contract.store;

import static dev.korm.spi.query.ColumnKind.INTEGER;
import static dev.korm.spi.query.ColumnKind.JSON;
import static dev.korm.spi.query.ColumnKind.REAL;
import static dev.korm.spi.query.ColumnKind.TEXT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.korm.ClosedException;
import dev.korm.DuplicateException;
import dev.korm.StoreBusyException;
import dev.korm.StoreReadOnlyException;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Capabilities;
import dev.korm.spi.Layer;
import dev.korm.spi.Mutation;
import dev.korm.spi.PreparedBatch;
import dev.korm.spi.Refusal;
import dev.korm.spi.Row;
import dev.korm.spi.RowCursor;
import dev.korm.spi.Snapshot;
import dev.korm.spi.environment.Scheduler;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Join;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.IndexSchema;
import dev.korm.spi.schema.SchemaMovedException;
import dev.korm.spi.schema.TableSchema;
import dev.korm.testkit.ConcurrentTest;
import dev.korm.testkit.fault.VirtualEnvironment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * The obligations of every {@link Layer}. Inherit it, say how your layer is opened, and it tests the rest.
 *
 * <pre>{@code
 * class MyLayerTest extends LayerContract {
 *     @Override
 *     protected Layer open(String name) {
 *         return MyLayer.at(store).open(name, Environment.system());
 *     }
 *
 *     @Override
 *     protected boolean isShared() {
 *         return true;
 *     }
 * }
 * }</pre>
 */
public abstract class LayerContract extends LayerFenceContract {
    private static final OptionalLong ANY_REVISION = OptionalLong.empty();
    private static final ColumnSchema SHADOW = new ColumnSchema("__korm_unique__text", ColumnKind.FINGERPRINT);
    private static final IndexSchema UNIQUE = new IndexSchema(
            "__korm_u_contract",
            IndexSchema.Uniqueness.UNIQUE,
            List.of(new Operand.Column(0, SHADOW.name(), ColumnKind.FINGERPRINT)));

    /** Opens the store of this test for reading only; empty where the layer knows no such thing. */
    protected Optional<Layer> openReadOnly(String name) {
        return Optional.empty();
    }

    private static Mutation.Update update(int number, OptionalLong revision, String column, Object value) {
        return new Mutation.Update(THINGS, id(number), revision, List.of(column(column)), Row.of(value));
    }

    private static Mutation.Delete delete(int number, OptionalLong revision) {
        return new Mutation.Delete(THINGS, id(number), revision);
    }

    private long revision(int number) {
        return number(only(selection(equal(key(), id(number)), value(of(TableName.REVISION)))));
    }

    private static long number(@Nullable Object value) {
        assertThat(value).isInstanceOf(Long.class);
        return value == null ? 0 : (Long) value;
    }

    private void uniqueThings() {
        List<ColumnSchema> columns = new ArrayList<>(COLUMNS);
        columns.add(SHADOW);
        layer().evolve(new TableSchema(THINGS, schema(THINGS, columns).columns(), List.of(UNIQUE)), Set.of());
    }

    private static Mutation.Insert unique(int number, @Nullable String fingerprint) {
        return new Mutation.Insert(THINGS, id(number), List.of(SHADOW, REVISION), Row.of(fingerprint, 1L));
    }

    // --- batches

    @Test
    void a_batch_says_how_many_rows_each_mutation_changed() {
        things();
        assertThat(applied(insert(1, "whole", 1L), insert(2, "whole", 1L), insert(3, "text", "x")))
                .containsExactly(1L, 1L, 1L);
        Mutation all =
                new Mutation.UpdateSelected(selection(equal(of("whole"), 1L)), List.of(column("whole")), Row.of(2L));
        assertThat(applied(
                        all,
                        update(1, ANY_REVISION, "text", "y"),
                        delete(3, ANY_REVISION),
                        new Mutation.DeleteSelected(selection(equal(of("whole"), 2L))),
                        new Mutation.DeleteSelected(selection(Condition.ALWAYS))))
                .containsExactly(2L, 1L, 1L, 2L, 0L);
    }

    @Test
    void an_empty_batch_is_applied() {
        things();
        assertThat(apply()).isEqualTo(new BatchResult.Applied(List.of()));
    }

    @Test
    void a_batch_that_is_refused_leaves_nothing() {
        things();
        applied(insert(1, "whole", 1L));
        BatchResult result = apply(
                insert(2, "whole", 2L),
                update(1, ANY_REVISION, "whole", 9L),
                delete(7, ANY_REVISION),
                insert(3, "whole", 3L));
        assertThat(result).isEqualTo(new BatchResult.Refused(2, new Refusal.Missing()));
        assertThat(where(Condition.ALWAYS)).containsExactly(1);
        assertThat(where(equal(of("whole"), 1L))).containsExactly(1);
        assertThat(revision(1)).isEqualTo(1);
    }

    @Test
    void an_id_that_is_taken_is_refused() {
        things();
        applied(insert(1, "whole", 1L));
        assertThat(apply(insert(1, "whole", 2L))).isEqualTo(new BatchResult.Refused(0, new Refusal.Exists()));
        List<ColumnSchema> shared = List.of(column("whole"), REVISION);
        Mutation[] run = new Mutation[50];
        for (int i = 0; i < run.length; i++) {
            run[i] = new Mutation.Insert(THINGS, id(i == 37 ? 1 : 100 + i), shared, Row.of(1L, 1L));
        }
        assertThat(apply(run)).isEqualTo(new BatchResult.Refused(37, new Refusal.Exists()));
        assertThat(where(Condition.ALWAYS)).containsExactly(1);
    }

    @Test
    void an_update_raises_the_revision_and_writes_only_its_columns() {
        things();
        applied(new Mutation.Insert(
                THINGS, id(1), List.of(column("whole"), column("text"), REVISION), Row.of(1L, "keep", 1L)));
        applied(update(1, OptionalLong.of(1), "whole", 2L));
        assertThat(revision(1)).isEqualTo(2);
        assertThat(where(new Condition.And(List.of(equal(of("text"), "keep"), equal(of("whole"), 2L)))))
                .containsExactly(1);
        applied(update(1, ANY_REVISION, "whole", 3L));
        assertThat(revision(1)).isEqualTo(3);
        applied(new Mutation.Update(THINGS, id(1), OptionalLong.of(3), List.of(), Row.of()));
        assertThat(revision(1)).isEqualTo(4);
    }

    @Test
    void a_stale_revision_is_refused_with_the_present_one() {
        things();
        applied(insert(1, "whole", 1L));
        applied(update(1, ANY_REVISION, "whole", 2L));
        BatchResult stale = new BatchResult.Refused(0, new Refusal.Stale(2));
        assertThat(apply(update(1, OptionalLong.of(1), "whole", 3L))).isEqualTo(stale);
        assertThat(apply(delete(1, OptionalLong.of(1)))).isEqualTo(stale);
        assertThat(apply(update(5, OptionalLong.of(1), "whole", 3L)))
                .isEqualTo(new BatchResult.Refused(0, new Refusal.Missing()));
        assertThat(apply(delete(5, ANY_REVISION))).isEqualTo(new BatchResult.Refused(0, new Refusal.Missing()));
        applied(delete(1, OptionalLong.of(2)));
        assertThat(where(Condition.ALWAYS)).isEmpty();
    }

    @Test
    void a_unique_value_that_is_taken_is_refused_with_its_holder() {
        uniqueThings();
        applied(unique(1, "f1"), unique(2, "f2"), unique(3, null), unique(4, null));
        BatchResult taken = new BatchResult.Refused(0, new Refusal.UniqueViolation(UNIQUE.name(), id(1)));
        assertThat(apply(unique(9, "f1"))).isEqualTo(taken);
        assertThat(apply(new Mutation.Update(THINGS, id(2), ANY_REVISION, List.of(SHADOW), Row.of("f1"))))
                .isEqualTo(taken);
        assertThat(apply(new Mutation.UpdateSelected(selection(equal(key(), id(2))), List.of(SHADOW), Row.of("f1"))))
                .isEqualTo(taken);
        List<ColumnSchema> shared = List.of(SHADOW, REVISION);
        assertThat(apply(
                        new Mutation.Insert(THINGS, id(20), shared, Row.of("g", 1L)),
                        new Mutation.Insert(THINGS, id(21), shared, Row.of("g", 1L))))
                .isEqualTo(new BatchResult.Refused(1, new Refusal.UniqueViolation(UNIQUE.name(), id(20))));
        assertThat(where(Condition.ALWAYS)).containsExactly(1, 2, 3, 4);
    }

    @Test
    void a_row_may_keep_its_own_unique_value() {
        uniqueThings();
        applied(unique(1, "f1"));
        applied(new Mutation.Update(THINGS, id(1), ANY_REVISION, List.of(SHADOW), Row.of("f1")));
        assertThat(apply(unique(1, "f1"))).isEqualTo(new BatchResult.Refused(0, new Refusal.Exists()));
    }

    @Test
    void rows_are_changed_and_removed_by_selection_with_joins() {
        things();
        List<ColumnSchema> columns = List.of(new ColumnSchema("name", TEXT), REVISION);
        layer().evolve(schema(OWNERS, columns), Set.of());
        applied(new Mutation.Insert(OWNERS, id(1), columns, Row.of("Ada", 1L)));
        insertAll("owner", "[rn]:contract:owner:" + id(1), "[rn]:contract:owner:" + id(2), null);
        Selection adas = joined(new Join(1, of("owner"), OWNERS), equal(new Operand.Column(1, "name", TEXT), "Ada"));
        assertThat(applied(new Mutation.UpdateSelected(adas, List.of(column("text")), Row.of("hers"))))
                .containsExactly(1L);
        assertThat(where(equal(of("text"), "hers"))).containsExactly(0);
        assertThat(revision(0)).isEqualTo(2);
        assertThat(applied(new Mutation.DeleteSelected(adas))).containsExactly(1L);
        assertThat(where(Condition.ALWAYS)).containsExactly(1, 2);
    }

    @Test
    void a_selected_change_respects_order_and_limit() {
        things();
        insertAll("whole", 3L, 1L, 2L);
        Selection least = new Selection(
                THINGS,
                List.of(),
                List.of(),
                Condition.ALWAYS,
                List.of(),
                List.of(ascending(of("whole"))),
                OptionalLong.of(2));
        assertThat(applied(new Mutation.DeleteSelected(least))).containsExactly(2L);
        assertThat(where(Condition.ALWAYS)).containsExactly(0);
    }

    @Test
    void a_batch_can_be_held_to_it_that_no_row_is_there() {
        things();
        insertAll("whole", 1L, 2L);
        assertThat(applied(none("whole", 3L))).containsExactly(0L);
        assertThat(applied(new Mutation.Delete(THINGS, id(0), OptionalLong.empty()), none("whole", 1L)))
                .containsExactly(1L, 0L);
        assertThat(apply(insert(5, "whole", 7L), insert(6, "whole", 8L), none("whole", 8L)))
                .as("what the batch itself did counts")
                .isEqualTo(new BatchResult.Refused(2, new Refusal.Found(id(6))));
        assertThat(apply(insert(7, "whole", 9L), none("whole", 2L), insert(8, "whole", 10L)))
                .isEqualTo(new BatchResult.Refused(1, new Refusal.Found(id(1))));
        assertThat(where(Condition.ALWAYS)).containsExactly(1);
        assertThat(apply(none("whole", 2L))).isEqualTo(new BatchResult.Refused(0, new Refusal.Found(id(1))));
    }

    @Test
    void what_must_not_be_there_cannot_be_looked_for_in_a_table_that_is_not() {
        things();
        TableName nowhere = TableName.items("contract", "nowhere");
        Mutation unknown = new Mutation.RequireNone(new Selection(
                nowhere, List.of(), List.of(), Condition.ALWAYS, List.of(), List.of(), OptionalLong.empty()));
        assertThatThrownBy(() -> apply(insert(0, "whole", 1L), unknown)).isInstanceOf(SchemaMovedException.class);
        assertThat(where(Condition.ALWAYS)).isEmpty();
    }

    private static Mutation none(String column, Object value) {
        return new Mutation.RequireNone(selection(equal(of(column), value)));
    }

    @Test
    void hostile_values_are_only_values() {
        things();
        String hostile = "x'); DROP TABLE \"__items__contract__thing\"; --";
        applied(insert(1, "text", hostile));
        applied(update(1, ANY_REVISION, "text", hostile + "\"`'"));
        assertThat(where(equal(of("text"), hostile + "\"`'"))).containsExactly(1);
    }

    @Test
    void a_missing_table_or_column_is_a_schema_that_moved() {
        assertThatThrownBy(() -> apply(insert(1, "whole", 1L))).isInstanceOf(SchemaMovedException.class);
        assertThatThrownBy(() -> where(Condition.ALWAYS)).isInstanceOf(SchemaMovedException.class);
        things();
        ColumnSchema unknown = new ColumnSchema("later", INTEGER);
        assertThatThrownBy(() -> apply(new Mutation.Insert(THINGS, id(1), List.of(unknown), Row.of(1L))))
                .isInstanceOfSatisfying(
                        SchemaMovedException.class, e -> assertThat(e.table()).isEqualTo(THINGS));
        assertThatThrownBy(() -> apply(
                        insert(1, "whole", 1L),
                        new Mutation.Update(THINGS, id(1), ANY_REVISION, List.of(unknown), Row.of(1L))))
                .isInstanceOf(SchemaMovedException.class);
        assertThat(where(Condition.ALWAYS)).isEmpty();
        assertThatThrownBy(() -> where(equal(new Operand.Column(0, "later", INTEGER), 1L)))
                .isInstanceOf(SchemaMovedException.class);
        assertThatThrownBy(() -> numbers(joined(new Join(1, of("owner"), OWNERS), Condition.ALWAYS, value(key()))))
                .isInstanceOfSatisfying(
                        SchemaMovedException.class, e -> assertThat(e.table()).isEqualTo(OWNERS));
    }

    @Test
    void names_that_are_no_identifiers_are_refused_before_anything_happens() {
        things();
        for (String name : List.of("a b", "a\"b", "", "1x", "a;b", "é", "x--")) {
            ColumnSchema column = new ColumnSchema(name, TEXT);
            assertThatThrownBy(() -> layer().evolve(schema(THINGS, List.of(column)), Set.of()))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> where(equal(new Operand.Column(0, name, TEXT), "x")))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> apply(new Mutation.Insert(THINGS, id(1), List.of(column), Row.of("x"))))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(where(Condition.ALWAYS)).isEmpty();
    }

    // --- open transactions

    @Test
    void a_prepared_batch_is_rolled_back_at_its_deadline() {
        assumeHeldOpen();
        things();
        VirtualEnvironment time = VirtualEnvironment.seeded(1);
        try (Scheduler scheduler = time.scheduler("deadlines")) {
            Duration deadline = Duration.ofSeconds(5);
            PreparedBatch late = layer().prepare(Batch.of(List.of(insert(1, "whole", 1L))), deadline, scheduler);
            time.advance(deadline);
            assertThatThrownBy(late::commit).isInstanceOf(StoreBusyException.class);
            late.close();
            // Nobody waits for it any more.
            applied(insert(2, "whole", 1L));
            PreparedBatch early = layer().prepare(Batch.of(List.of(insert(3, "whole", 1L))), deadline, scheduler);
            time.advance(deadline.minusMillis(1));
            early.commit();
            time.advance(deadline);
            assertThat(where(Condition.ALWAYS)).containsExactly(2, 3);
        }
    }

    @Test
    void a_snapshot_answers_from_one_moment() {
        assumeTrue(layer().capabilities().has(Capabilities.Feature.SNAPSHOTS));
        things();
        applied(insert(1, "whole", 1L));
        try (Snapshot snapshot = layer().snapshot()) {
            applied(insert(2, "whole", 1L), delete(1, ANY_REVISION));
            for (int look = 0; look < 2; look++) {
                try (RowCursor row = snapshot.select(selection(Condition.ALWAYS, value(key())))) {
                    assertThat(row.next()).isTrue();
                    assertThat(row.get(0)).isEqualTo(id(1));
                    assertThat(row.next()).isFalse();
                }
            }
        }
        assertThat(where(Condition.ALWAYS)).containsExactly(2);
    }

    @Test
    void a_snapshot_answers_from_one_moment_while_many_threads_write() throws Exception {
        assumeTrue(layer().capabilities().has(Capabilities.Feature.SNAPSHOTS));
        things();
        applied(insert(1, "whole", 1L), insert(2, "whole", 2L));
        try (Snapshot snapshot = layer().snapshot()) {
            List<Thread> writers = new ArrayList<>();
            Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
            for (int i = 0; i < 4; i++) {
                int first = 10 * (i + 1);
                Thread writer = new Thread(() -> {
                    for (int row = 0; row < 5; row++) {
                        applied(insert(first + row, "whole", 1L));
                    }
                });
                writer.setUncaughtExceptionHandler((thread, thrown) -> failures.add(thrown));
                writer.start();
                writers.add(writer);
            }
            assertThat(count(snapshot)).isEqualTo(2);
            for (Thread writer : writers) {
                writer.join();
            }
            assertThat(failures).isEmpty();
            assertThat(count(snapshot)).isEqualTo(2);
        }
        assertThat(where(Condition.ALWAYS)).hasSize(22);
    }

    /** Two cursors of the same selection at once, and each to its end. */
    private long count(Snapshot snapshot) {
        long rows = 0;
        Selection all = selection(Condition.ALWAYS, value(key()));
        try (RowCursor one = snapshot.select(all);
                RowCursor other = snapshot.select(all)) {
            while (one.next()) {
                assertThat(other.next()).isTrue();
                assertThat(other.get(0)).isEqualTo(one.get(0));
                rows++;
            }
            assertThat(other.next()).isFalse();
        }
        return rows;
    }

    @Test
    void a_snapshot_that_was_closed_gives_back_what_it_held() {
        assumeTrue(layer().capabilities().has(Capabilities.Feature.SNAPSHOTS));
        things();
        applied(insert(1, "whole", 1L));
        for (int i = 0; i < 50; i++) {
            Snapshot snapshot = layer().snapshot();
            RowCursor open = snapshot.select(selection(Condition.ALWAYS, value(key())));
            assertThat(open.next()).isTrue();
            if (i % 2 == 0) {
                open.close();
            }
            snapshot.close();
            snapshot.close();
            assertThatThrownBy(() -> snapshot.select(selection(Condition.ALWAYS, value(key()))))
                    .isInstanceOf(ClosedException.class);
        }
        applied(insert(2, "whole", 1L));
        assertThat(where(Condition.ALWAYS)).containsExactly(1, 2);
    }

    @Test
    void a_snapshot_that_is_forgotten_gives_back_what_it_held_at_its_deadline() {
        assumeTrue(layer().capabilities().has(Capabilities.Feature.SNAPSHOTS));
        things();
        applied(insert(1, "whole", 1L), insert(2, "whole", 1L));
        VirtualEnvironment time = VirtualEnvironment.seeded(1);
        Duration deadline = Duration.ofSeconds(5);
        Selection all = selection(Condition.ALWAYS, value(key()));
        try (Scheduler scheduler = time.scheduler("deadlines")) {
            for (int i = 0; i < 50; i++) {
                Snapshot forgotten = layer().snapshot(deadline, scheduler);
                RowCursor open = forgotten.select(all);
                assertThat(open.next()).isTrue();
                time.advance(deadline.minusMillis(1));
                assertThat(open.get(0)).isNotNull();
                time.advance(Duration.ofMillis(1));
                assertThatThrownBy(open::next)
                        .isInstanceOf(StoreBusyException.class)
                        .hasMessageContaining("deadline of 5000 ms");
                assertThatThrownBy(() -> forgotten.select(all)).isInstanceOf(StoreBusyException.class);
                open.close();
                if (i % 2 == 0) {
                    forgotten.close();
                }
            }
            Snapshot early = layer().snapshot(deadline, scheduler);
            assertThat(count(early)).isEqualTo(2);
            early.close();
            time.advance(deadline);
            assertThatThrownBy(() -> early.select(all)).isInstanceOf(ClosedException.class);
        }
        assertThat(where(Condition.ALWAYS)).containsExactly(1, 2);
    }

    private void assumeHeldOpen() {
        assumeTrue(layer().capabilities().has(Capabilities.Feature.HELD_TRANSACTIONS));
    }

    @Test
    void a_prepared_batch_is_durable_once_it_is_committed() {
        assumeHeldOpen();
        things();
        try (PreparedBatch prepared = layer().prepare(Batch.of(List.of(insert(1, "whole", 1L))))) {
            assertThat(prepared.result()).isEqualTo(new BatchResult.Applied(List.of(1L)));
            prepared.commit();
        }
        assertThat(where(Condition.ALWAYS)).containsExactly(1);
    }

    @Test
    void a_prepared_batch_that_is_rolled_back_or_closed_leaves_nothing() {
        assumeHeldOpen();
        things();
        PreparedBatch rolledBack = layer().prepare(Batch.of(List.of(insert(1, "whole", 1L))));
        rolledBack.rollback();
        rolledBack.close();
        layer().prepare(Batch.of(List.of(insert(2, "whole", 1L)))).close();
        assertThat(where(Condition.ALWAYS)).isEmpty();
        applied(insert(3, "whole", 1L));
    }

    @Test
    void a_refused_prepared_batch_is_rolled_back_already() {
        assumeHeldOpen();
        things();
        PreparedBatch refused = layer().prepare(Batch.of(List.of(insert(1, "whole", 1L), delete(9, ANY_REVISION))));
        assertThat(refused.result()).isEqualTo(new BatchResult.Refused(1, new Refusal.Missing()));
        applied(insert(2, "whole", 1L));
        assertThatThrownBy(refused::commit).isInstanceOf(IllegalStateException.class);
        refused.close();
    }

    @Test
    void another_thread_may_finish_a_prepared_batch() throws Exception {
        assumeHeldOpen();
        things();
        PreparedBatch prepared = layer().prepare(Batch.of(List.of(insert(1, "whole", 1L))));
        Thread other = new Thread(prepared::commit);
        other.start();
        other.join();
        assertThat(where(Condition.ALWAYS)).containsExactly(1);
    }

    // --- schema

    @Test
    void a_table_is_described_as_it_was_made() {
        assertThat(layer().describe(THINGS)).isEmpty();
        assertThat(layer().tables()).isEmpty();
        IndexSchema byText =
                new IndexSchema("__korm_i_text", IndexSchema.Uniqueness.REPEATABLE, List.of(of("text"), of("whole")));
        IndexSchema byPath = new IndexSchema(
                "__korm_i_path", IndexSchema.Uniqueness.REPEATABLE, List.of(json(INTEGER, "it's", "a\"b", 0)));
        IndexSchema byOwner =
                new IndexSchema("__korm_i_owner", IndexSchema.Uniqueness.REPEATABLE, List.of(of("owner")));
        TableSchema wanted =
                new TableSchema(THINGS, schema(THINGS, COLUMNS).columns(), List.of(byText, byPath, byOwner));
        assertThat(layer().evolve(wanted, Set.of()))
                .usingComparator(BY_NAMED_INDEXES)
                .isEqualTo(wanted);
        assertThat(layer().describe(THINGS).orElseThrow())
                .usingComparator(BY_NAMED_INDEXES)
                .isEqualTo(wanted);
        assertThat(layer().tables()).containsExactly(THINGS);
        assertThat(layer().evolve(wanted, Set.of()))
                .usingComparator(BY_NAMED_INDEXES)
                .isEqualTo(wanted);
    }

    /** Finds shapes equal that differ in the order of their indexes alone, which not every store keeps. */
    private static final Comparator<TableSchema> BY_NAMED_INDEXES =
            (one, other) -> sorted(one).equals(sorted(other)) ? 0 : 1;

    private static TableSchema sorted(TableSchema schema) {
        List<IndexSchema> indexes = new ArrayList<>(schema.indexes());
        indexes.sort(Comparator.comparing(IndexSchema::name));
        return new TableSchema(schema.table(), schema.columns(), indexes);
    }

    @Test
    public final void a_dropped_table_is_gone_and_may_be_made_anew() {
        layer().evolve(schema(OWNERS, List.of(column("text"), REVISION)), Set.of());
        layer().evolve(schema(THINGS, List.of(column("text"), REVISION)), Set.of());
        applied(insert(1, "text", "one"));
        assertThat(layer().drop(THINGS)).isTrue();
        assertThat(layer().drop(THINGS)).isTrue();
        assertThat(layer().describe(THINGS)).isEmpty();
        assertThat(layer().tables()).contains(OWNERS).doesNotContain(THINGS);
        List<ColumnSchema> other = List.of(column("whole"), REVISION);
        assertThat(layer().evolve(schema(THINGS, other), Set.of()).has("text")).isFalse();
        assertThat(layer().describe(THINGS)).isPresent();
    }

    @Test
    void evolving_adds_what_is_lacking_and_keeps_what_is_there() {
        layer().evolve(schema(THINGS, List.of(column("text"), REVISION)), Set.of());
        applied(insert(1, "text", "old"));
        TableSchema evolved = layer().evolve(schema(THINGS, List.of(column("whole"), column("flag"))), Set.of());
        assertThat(evolved.columns())
                .extracting(ColumnSchema::name)
                .containsExactly(TableName.ID, "text", TableName.REVISION, "whole", "flag");
        assertThat(where(new Condition.IsNull(of("whole")))).containsExactly(1);
        applied(update(1, ANY_REVISION, "flag", true));
        assertThat(where(equal(of("flag"), true))).containsExactly(1);
    }

    @Test
    void a_column_of_another_kind_stays_unless_it_is_to_be_replaced() {
        layer().evolve(schema(THINGS, List.of(column("text"), REVISION)), Set.of());
        applied(insert(1, "text", "old"));
        ColumnSchema number = new ColumnSchema("text", INTEGER);
        assertThat(layer().evolve(schema(THINGS, List.of(number)), Set.of()).column("text"))
                .contains(column("text"));
        assertThat(where(equal(of("text"), "old"))).containsExactly(1);
        assertThat(layer().evolve(schema(THINGS, List.of(number)), Set.of("text"))
                        .column("text"))
                .contains(number);
        assertThat(where(new Condition.IsNull(new Operand.Column(0, "text", INTEGER))))
                .containsExactly(1);
        assertThat(layer().evolve(schema(THINGS, List.of(number)), Set.of("text"))
                        .column("text"))
                .contains(number);
    }

    @Test
    void replacing_a_unique_column_takes_its_fingerprints_with_it() {
        uniqueThings();
        applied(unique(1, "f1"));
        List<ColumnSchema> columns = List.of(new ColumnSchema("text", INTEGER), SHADOW);
        TableSchema wanted = new TableSchema(THINGS, schema(THINGS, columns).columns(), List.of(UNIQUE));
        assertThat(layer().evolve(wanted, Set.of("text")).indexes()).contains(UNIQUE);
        applied(unique(2, "f1"));
        assertThat(apply(unique(3, "f1")))
                .isEqualTo(new BatchResult.Refused(0, new Refusal.UniqueViolation(UNIQUE.name(), id(2))));
    }

    /** Text, without regard to case, together with a number. */
    private static final ColumnSchema TOGETHER =
            new ColumnSchema("__korm_unique__4textc5whole", ColumnKind.FINGERPRINT);

    private static final IndexSchema UNIQUE_TOGETHER = new IndexSchema(
            "__korm_u_1123456789abcdef01234567",
            IndexSchema.Uniqueness.UNIQUE,
            List.of(new Operand.Column(0, TOGETHER.name(), ColumnKind.FINGERPRINT)));

    private void uniqueTogether() {
        List<ColumnSchema> columns = new ArrayList<>(COLUMNS);
        columns.add(TOGETHER);
        layer().evolve(new TableSchema(THINGS, schema(THINGS, columns).columns(), List.of(UNIQUE_TOGETHER)), Set.of());
    }

    private static Mutation.Insert together(
            int number, String text, @Nullable Long whole, @Nullable String fingerprint) {
        return new Mutation.Insert(
                THINGS,
                id(number),
                List.of(column("text"), column("whole"), TOGETHER, REVISION),
                Row.of(text, whole, fingerprint, 1L));
    }

    @Test
    void columns_that_are_unique_together_are_written_with_their_fingerprint() {
        uniqueTogether();
        applied(together(1, "a", 1L, "f1"), together(2, "A", null, null), together(3, "b", 1L, "f3"));
        assertThat(apply(together(4, "A", 1L, "f1")))
                .isEqualTo(new BatchResult.Refused(0, new Refusal.UniqueViolation(UNIQUE_TOGETHER.name(), id(1))));
        assertThatThrownBy(() -> apply(new Mutation.Insert(
                        THINGS, id(5), List.of(column("text"), column("whole"), REVISION), Row.of("c", 1L, 1L))))
                .isInstanceOf(SchemaMovedException.class);
        applied(new Mutation.Update(THINGS, id(3), ANY_REVISION, List.of(column("flag")), Row.of(true)));
    }

    @Test
    void replacing_one_of_the_columns_takes_what_they_were_together_with_it() {
        uniqueTogether();
        applied(together(1, "a", 1L, "f1"));
        ColumnSchema number = new ColumnSchema("text", INTEGER);
        TableSchema evolved = layer().evolve(schema(THINGS, List.of(number)), Set.of("text"));
        assertThat(evolved.has(TOGETHER.name())).isFalse();
        assertThat(evolved.indexes()).doesNotContain(UNIQUE_TOGETHER);
        applied(new Mutation.Update(THINGS, id(1), ANY_REVISION, List.of(number), Row.of(7L)));
    }

    @Test
    void a_unique_index_over_equal_values_is_not_made() {
        List<ColumnSchema> columns = List.of(SHADOW, REVISION);
        layer().evolve(schema(THINGS, columns), Set.of());
        applied(unique(1, "f"), unique(2, "f"));
        TableSchema wanted = new TableSchema(
                THINGS,
                schema(THINGS, List.of(SHADOW, REVISION, column("whole"))).columns(),
                List.of(UNIQUE));
        assertThatThrownBy(() -> layer().evolve(wanted, Set.of()))
                .isInstanceOfSatisfying(
                        DuplicateException.class, e -> assertThat(e.fields()).containsExactly("text"));
        assertThat(layer().describe(THINGS).orElseThrow().has("whole")).isFalse();
        applied(delete(2, ANY_REVISION));
        assertThat(layer().evolve(wanted, Set.of()).indexes()).contains(UNIQUE);
    }

    @ConcurrentTest
    void many_threads_may_evolve_one_table_at_once() throws Exception {
        layer();
        Layer other = isShared() ? another() : layer();
        int threads = 8;
        CyclicBarrier start = new CyclicBarrier(threads);
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            List<Future<TableSchema>> answers = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                Layer layer = i % 2 == 0 ? layer() : other;
                ColumnSchema own = new ColumnSchema("c" + i, TEXT);
                answers.add(executor.submit(() -> {
                    start.await();
                    return layer.evolve(
                            new TableSchema(
                                    THINGS,
                                    schema(THINGS, List.of(column("text"), SHADOW, own))
                                            .columns(),
                                    List.of(UNIQUE)),
                            Set.of());
                }));
            }
            for (int i = 0; i < threads; i++) {
                assertThat(answers.get(i).get().has("c" + i)).isTrue();
            }
        } finally {
            executor.shutdown();
        }
        assertThat(layer().describe(THINGS).orElseThrow().columns()).hasSize(3 + threads);
    }

    @Test
    void a_shape_that_another_layer_changed_is_seen() {
        assumeTrue(isShared());
        things();
        assertThat(layer().describe(THINGS).orElseThrow().has("later")).isFalse();
        ColumnSchema later = new ColumnSchema("later", TEXT);
        another().evolve(schema(THINGS, List.of(later)), Set.of());
        assertThat(layer().describe(THINGS).orElseThrow().has("later")).isTrue();
        applied(new Mutation.Insert(THINGS, id(1), List.of(later, REVISION), Row.of("x", 1L)));
    }

    @Test
    void tables_of_korms_own_have_their_own_key() {
        TableName table = TableName.own("__korm_contract__", "name");
        List<ColumnSchema> columns = List.of(new ColumnSchema("value", TEXT), new ColumnSchema("fence", INTEGER));
        layer().evolve(schema(table, columns), Set.of());
        assertThat(layer().describe(table)).contains(schema(table, columns));
        assertThat(layer().tables()).isEmpty();
        applied(new Mutation.Insert(table, "a key", columns, Row.of("v", 1L)));
        Selection selection = new Selection(
                table,
                List.of(),
                List.of(value(new Operand.Column(0, "fence", INTEGER))),
                equal(new Operand.Column(0, "name", ColumnKind.ID), "a key"),
                List.of(),
                List.of(),
                OptionalLong.empty());
        assertThat(applied(new Mutation.UpdateSelected(selection, List.of(columns.get(1)), Row.of(2L))))
                .containsExactly(1L);
        assertThat(only(selection)).isEqualTo(2L);
        assertThat(apply(new Mutation.Insert(table, "a key", columns, Row.of("v", 1L))))
                .isEqualTo(new BatchResult.Refused(0, new Refusal.Exists()));
        applied(new Mutation.Delete(table, "a key", ANY_REVISION));
    }

    // --- many threads

    @ConcurrentTest
    void concurrent_updates_of_one_row_lose_nothing() throws Exception {
        things();
        applied(insert(1, "whole", 0L));
        int threads = 8;
        int each = 25;
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            List<Future<?>> done = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                done.add(executor.submit(() -> {
                    for (int i = 0; i < each; i++) {
                        increment();
                    }
                }));
            }
            for (Future<?> future : done) {
                future.get(60, TimeUnit.SECONDS);
            }
        } finally {
            executor.shutdownNow();
        }
        assertThat(only(selection(equal(key(), id(1)), value(of("whole"))))).isEqualTo((long) threads * each);
        assertThat(revision(1)).isEqualTo(1L + (long) threads * each);
    }

    private void increment() {
        while (true) {
            List<@Nullable Object> row = rows(selection(
                            equal(key(), id(1)), value(of("whole")), value(of(TableName.REVISION))))
                    .get(0);
            long whole = number(row.get(0));
            long revision = number(row.get(1));
            if (apply(update(1, OptionalLong.of(revision), "whole", whole + 1)) instanceof BatchResult.Applied) {
                return;
            }
        }
    }

    @ConcurrentTest
    void batches_of_many_threads_are_each_whole_or_refused() throws Exception {
        things();
        int threads = 16;
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            List<Future<BatchResult>> answers = new ArrayList<>();
            for (int t = 0; t < threads * 10; t++) {
                int number = t;
                // Every third clashes with row 0, after it has inserted a row of its own.
                answers.add(executor.submit(() -> number % 3 == 1
                        ? apply(insert(1000 + number, "whole", 1L), insert(0, "whole", 1L), insert(0, "whole", 1L))
                        : apply(insert(1000 + number, "whole", 1L))));
            }
            int applied = 0;
            for (Future<BatchResult> answer : answers) {
                applied += answer.get(60, TimeUnit.SECONDS) instanceof BatchResult.Applied ? 1 : 0;
            }
            assertThat(where(Condition.ALWAYS)).hasSize(applied).doesNotContain(0);
        } finally {
            executor.shutdownNow();
        }
    }

    // --- the end

    @Test
    void after_closing_everything_says_so() {
        things();
        Layer layer = layer();
        layer.close();
        layer.close();
        assertThatThrownBy(layer::tables).isInstanceOf(ClosedException.class);
        assertThatThrownBy(() -> layer.describe(THINGS)).isInstanceOf(ClosedException.class);
        assertThatThrownBy(() -> layer.select(selection(Condition.ALWAYS))).isInstanceOf(ClosedException.class);
        assertThatThrownBy(() -> layer.apply(Batch.of(List.of(insert(1, "whole", 1L)))))
                .isInstanceOf(ClosedException.class);
        assertThatThrownBy(() -> layer.evolve(schema(THINGS, List.of(new ColumnSchema("z", REAL))), Set.of()))
                .isInstanceOf(ClosedException.class);
    }

    @Test
    void closing_ends_open_cursors() {
        assumeTrue(isShared());
        things();
        for (int i = 0; i < 100; i++) {
            applied(insert(i, "whole", 1L));
        }
        RowCursor cursor = layer().select(selection(Condition.ALWAYS, value(of("whole"))));
        cursor.next();
        layer().close();
        assertThatThrownBy(cursor::next).isInstanceOf(ClosedException.class);
        cursor.close();
    }

    @Test
    void what_was_acknowledged_is_there_after_closing_and_opening() {
        assumeTrue(isShared());
        things();
        applied(insert(1, "text", "kept"));
        layer().close();
        Selection selection = selection(equal(of("text"), "kept"), new Output.Count());
        try (Layer again = open("main");
                RowCursor cursor = again.select(selection)) {
            cursor.next();
            assertThat(cursor.get(0)).isEqualTo(1L);
        }
    }

    @Test
    void a_read_only_layer_reads_and_refuses_changes() {
        things();
        applied(insert(1, "data", "{\"a\":1}"));
        Optional<Layer> opened = openReadOnly("main");
        assumeTrue(opened.isPresent());
        try (Layer readOnly = opened.get()) {
            assertThat(readOnly.capabilities().access()).isEqualTo(Capabilities.Access.READ_ONLY);
            assertThat(readOnly.tables()).containsExactly(THINGS);
            try (RowCursor cursor = readOnly.select(selection(equal(json(INTEGER, "a"), 1L), value(json(JSON))))) {
                assertThat(cursor.next()).isTrue();
            }
            assertThatThrownBy(() -> readOnly.apply(Batch.of(List.of(insert(2, "whole", 1L)))))
                    .isInstanceOf(StoreReadOnlyException.class);
            assertThatThrownBy(() -> readOnly.evolve(schema(THINGS, List.of(new ColumnSchema("z", REAL))), Set.of()))
                    .isInstanceOf(StoreReadOnlyException.class);
            assertThat(readOnly.evolve(schema(THINGS, COLUMNS), Set.of()).has("text"))
                    .isTrue();
        }
    }
}
