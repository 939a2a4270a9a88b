package dev.korm.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.korm.ConfigurationException;
import dev.korm.Document;
import dev.korm.Korm;
import dev.korm.MetadataException;
import dev.korm.Pool;
import dev.korm.PoolBuilder;
import dev.korm.StoreException;
import dev.korm.StoreException.Outcome;
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
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.TableSchema;
import dev.korm.testkit.LeakCheck;
import dev.korm.testkit.fault.FaultyLayer;
import dev.korm.testkit.fault.FaultyLayer.Call;
import dev.korm.testkit.fault.FaultyLayer.Moment;
import dev.korm.testkit.fault.VirtualEnvironment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The configuration of a pool that a layer keeps, and its comparison. Every layer that outlives its closing passes it.
 */
@NullUnmarked // Tests dereference what they expect to be there.
public abstract class MetaContract {
    private static final TableName TABLE = TableName.own("__korm_pool__", "id");
    private static final long START = VirtualEnvironment.START.toEpochMilli();
    private static final int OPENERS = 8;

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private final VirtualEnvironment world = VirtualEnvironment.seeded(1);

    /** Returns a store, empty when a test begins, and within a test the same for the same name. */
    protected abstract LayerSource store(String name);

    /**
     * Returns the same store, as {@link #store}, behind a layer that takes no changes; empty where there is no such
     * thing.
     */
    protected abstract Optional<LayerSource> readOnly(String name);

    @Test
    void without_metadata_nothing_is_written() {
        pool("a").open().close();
        assertThat(stored("a")).isEmpty();
    }

    @Test
    void the_first_opening_writes_the_configuration_and_every_later_one_the_time() {
        String id;
        try (Pool pool = pool("a", "b").withMeta("b").open()) {
            id = pool.id();
        }
        StoredRow written = stored("b").orElseThrow();
        Document config = Document.parse(written.config());
        assertThat(config.fieldNames())
                .containsExactlyInAnyOrder("version", "poolId", "metaLayerIdent", "layers", "depots", "korm");
        assertThat(config.longValue("version")).isEqualTo(1);
        assertThat(config.text("poolId")).isEqualTo(id).matches("[0-9a-f]{16}");
        assertThat(config.text("metaLayerIdent")).isEqualTo("b");
        assertThat(config.text("layers[0].ident") + config.text("layers[1].ident"))
                .isEqualTo("ab");
        assertThat(config.text("layers[0].type"))
                .isEqualTo(store("a").description().type());
        assertThat(config.list("depots")).isEmpty();
        assertThat(written.created()).isEqualTo(START);
        assertThat(written.updated()).isEqualTo(START);
        assertThat(stored("a")).isEmpty();

        world.advance(Duration.ofHours(1));
        pool("b", "a").withMeta("b").open().close();
        assertThat(stored("b")).contains(new StoredRow(written.config(), START, START + 3_600_000));
    }

    @Test
    void a_pool_that_is_configured_otherwise_is_told_how_and_changes_nothing() {
        pool("a").withMeta("a").open().close();
        Optional<StoredRow> before = stored("a");
        world.advance(Duration.ofHours(1));
        MetadataException error = catchThrowableOfType(
                MetadataException.class, () -> pool("a", "b").withMeta("b").open());
        assertThat(error.differences())
                .hasSize(3)
                .contains("metadata layer: stored \"a\", here \"b\"", "layer \"b\": in this pool, not stored")
                .first()
                .asString()
                .startsWith("pool id: stored ");
        assertThat(error).hasMessageContaining("\"a\"").hasMessageContaining("adoptMeta()");
        assertThat(stored("a")).isEqualTo(before);
        assertThat(stored("b")).isEmpty();
        pool("a").withMeta("a").open().close();
    }

    @Test
    void a_pool_without_metadata_does_not_open_where_there_is_some() {
        pool("a").withMeta("a").open().close();
        MetadataException error =
                catchThrowableOfType(MetadataException.class, () -> pool("a").open());
        assertThat(error.differences()).containsExactly("metadata layer: stored \"a\", here none");
        assertThat(error).hasMessageContaining("withMeta(\"a\")");
    }

    @Test
    void every_layer_carries_its_share_and_opens_in_no_other_pool() {
        pool("a", "b").withMeta("a").open().close();
        MetadataException alone =
                catchThrowableOfType(MetadataException.class, () -> pool("b").open());
        assertThat(alone.differences())
                .singleElement()
                .asString()
                .startsWith("layer \"b\": belongs to the pool ")
                .endsWith(", and this pool is opened without metadata");
        assertThat(alone).hasMessageContaining("Korm.discover").hasMessageContaining("adoptMeta()");
        MetadataException elsewhere = catchThrowableOfType(
                MetadataException.class, () -> pool("b", "c").withMeta("c").open());
        assertThat(elsewhere.differences()).singleElement().asString().endsWith("\"a\", not to this one");
        assertThat(stored("c")).isEmpty();

        pool("b", "c").withMeta("c").adoptMeta().open().close();
        pool("b", "c").withMeta("c").open().close();
        assertThatThrownBy(() -> pool("a", "b").withMeta("a").open())
                .isInstanceOf(MetadataException.class)
                .hasMessageContaining("layer \"b\": belongs to the pool ");
    }

    @Test
    void a_share_that_was_lost_is_written_again() {
        pool("a", "b").withMeta("a").open().close();
        drop("b");
        pool("a", "b").withMeta("a").open().close();
        assertThatThrownBy(() -> pool("b").open()).isInstanceOf(MetadataException.class);
    }

    private void drop(String name) {
        try (Layer layer = store(name).open(name, world)) {
            assertThat(layer.apply(Batch.of(List.of(
                            new Mutation.Delete(TableName.own("__korm_share__", "id"), "pool", OptionalLong.empty())))))
                    .isInstanceOf(BatchResult.Applied.class);
        }
    }

    @Test
    void histories_that_are_kept_by_some_programs_only_are_noticed() {
        pool("a").withMeta("a").withHistory().open().close();
        MetadataException without = catchThrowableOfType(
                MetadataException.class, () -> pool("a").withMeta("a").open());
        assertThat(without.differences()).containsExactly("history: stored, not in this pool");
        pool("a").withMeta("a").adoptMeta().open().close();
        MetadataException with = catchThrowableOfType(
                MetadataException.class,
                () -> pool("a").withMeta("a").withHistory().open());
        assertThat(with.differences()).containsExactly("history: in this pool, not stored");
    }

    @Test
    void a_layer_can_be_added_and_the_metadata_moved_without_a_reset() {
        pool("a").withMeta("a").open().close();
        world.advance(Duration.ofHours(1));
        pool("a", "b").withMeta("a").adoptMeta().open().close();
        StoredRow adopted = stored("a").orElseThrow();
        assertThat(Document.parse(adopted.config()).list("layers")).hasSize(2);
        assertThat(adopted.created()).isEqualTo(START);
        assertThat(adopted.updated()).isEqualTo(START + 3_600_000);
        pool("a", "b").withMeta("a").open().close();

        pool("a", "b").withMeta("b").adoptMeta().open().close();
        assertThat(stored("a")).isEmpty();
        pool("a", "b").withMeta("b").open().close();
    }

    @Test
    void adopting_what_is_stored_already_is_an_opening_like_any_other() {
        pool("a").withMeta("a").adoptMeta().open().close();
        Optional<StoredRow> first = stored("a");
        pool("a").withMeta("a").adoptMeta().open().close();
        assertThat(stored("a")).isEqualTo(first);
    }

    @Test
    void metadata_in_two_layers_is_a_difference_until_one_is_adopted() {
        pool("a").withMeta("a").open().close();
        pool("b").withMeta("b").open().close();
        MetadataException error = catchThrowableOfType(
                MetadataException.class, () -> pool("a", "b").withMeta("a").open());
        assertThat(error.differences())
                .contains("in \"a\": layer \"b\": in this pool, not stored")
                .contains("in \"b\": metadata layer: stored \"b\", here \"a\"")
                .last()
                .isEqualTo("metadata: stored in several layers, \"a\", \"b\"");
        pool("a", "b").withMeta("a").adoptMeta().open().close();
        pool("a", "b").withMeta("a").open().close();
        assertThat(stored("b")).isEmpty();
    }

    @Test
    void metadata_of_another_version_is_not_replaced() {
        write("a", "{\"version\":2,\"poolId\":\"x\"}");
        MetadataException error = catchThrowableOfType(
                MetadataException.class,
                () -> pool("a").withMeta("a").adoptMeta().open());
        assertThat(error.differences()).containsExactly("version: stored 2, here 1");
        assertThat(stored("a").orElseThrow().updated()).isEqualTo(2);
    }

    @Test
    void metadata_that_cannot_be_read_stops_the_pool_until_it_is_replaced() {
        write("a", "{\"version\":1,\"layers\":7}");
        assertThatThrownBy(() -> pool("a").withMeta("a").open())
                .isInstanceOf(MetadataException.class)
                .hasMessageContaining("cannot be read");
        pool("a").withMeta("a").adoptMeta().open().close();
        pool("a").withMeta("a").open().close();
    }

    @Test
    void the_configuration_may_be_a_json_string() {
        pool("a").withMeta("a").open().close();
        StoredRow plain = stored("a").orElseThrow();
        String twice = '"' + plain.config().replace("\\", "\\\\").replace("\"", "\\\"") + '"';
        write("b", twice);
        MetadataException error =
                catchThrowableOfType(MetadataException.class, () -> pool("b").open());
        assertThat(error.differences()).doesNotContain("metadata: stored, but cannot be read");
        assertThat(error.differences()).contains("metadata layer: stored \"a\", here none");
    }

    @Test
    void a_read_only_layer_is_compared_and_not_written() {
        if (readOnly("a").isEmpty()) {
            return;
        }
        store("a").open("a", world).close();
        readOnlyPool().withMeta("a").open().close();
        assertThat(stored("a")).isEmpty();

        pool("a").withMeta("a").open().close();
        Optional<StoredRow> before = stored("a");
        world.advance(Duration.ofHours(1));
        readOnlyPool().withMeta("a").open().close();
        assertThat(stored("a")).isEqualTo(before);
        assertThatThrownBy(() -> readOnlyPool().open()).isInstanceOf(MetadataException.class);
        assertThatThrownBy(() -> readOnlyPool()
                        .layer("b", store("b"))
                        .withMeta("a")
                        .adoptMeta()
                        .open())
                .isInstanceOf(StoreReadOnlyException.class);
        assertThat(stored("a")).isEqualTo(before);
    }

    private PoolBuilder readOnlyPool() {
        return Korm.pool().environment(world).layer("a", readOnly("a").orElseThrow());
    }

    @Test
    void whoever_opens_a_new_pool_at_once_with_others_opens_it() throws Exception {
        List<Callable<String>> openers = new ArrayList<>();
        for (int i = 0; i < OPENERS; i++) {
            openers.add(() -> {
                try (Pool pool = pool("a").withMeta("a").open()) {
                    return pool.id();
                }
            });
        }
        assertThat(all(openers)).doesNotHaveDuplicates().hasSize(1);
        assertThat(stored("a")).isPresent();
    }

    @Test
    void of_two_configurations_that_are_opened_at_once_one_wins() throws Exception {
        List<Callable<String>> openers = new ArrayList<>();
        for (int i = 0; i < OPENERS; i++) {
            PoolBuilder builder = i % 2 == 0 ? pool("a") : pool("a", "b");
            openers.add(() -> {
                try (Pool pool = builder.withMeta("a").open()) {
                    return pool.id();
                } catch (MetadataException lost) {
                    return "lost";
                }
            });
        }
        String winner = Document.parse(stored(all(openers), "a").config()).text("poolId");
        assertThat(all(List.of(() -> idOrLost("a"), () -> idOrLost("a", "b")))).contains(winner, "lost");
    }

    private StoredRow stored(List<String> outcomes, String name) {
        assertThat(outcomes).contains("lost").hasSize(2);
        return stored(name).orElseThrow();
    }

    private String idOrLost(String... names) {
        try (Pool pool = pool(names).withMeta("a").open()) {
            return pool.id();
        } catch (MetadataException lost) {
            return "lost";
        }
    }

    /** Returns the different answers. */
    private static List<String> all(List<Callable<String>> work) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(work.size());
        try {
            List<String> answers = new ArrayList<>();
            for (Future<String> answer : threads.invokeAll(work)) {
                if (!answers.contains(answer.get())) {
                    answers.add(answer.get());
                }
            }
            return answers;
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void when_opening_fails_everything_is_closed_again() {
        FaultyLayer a = FaultyLayer.around(store("a"));
        FaultyLayer b = FaultyLayer.around(store("b"));
        pool("a").withMeta("a").open().close();
        assertThatThrownBy(() -> faulty(a, b).withMeta("b").open()).isInstanceOf(MetadataException.class);
        assertThat(a.leaks() + b.leaks()).isZero();
        for (Call call : List.of(Call.OPEN, Call.DESCRIBE, Call.SELECT, Call.NEXT, Call.EVOLVE, Call.APPLY)) {
            for (Moment moment : Moment.values()) {
                a.failNext(call, moment, Outcome.UNKNOWN);
                b.failNext(Call.OPEN, Moment.BEFORE, Outcome.NOT_APPLIED);
                assertThatThrownBy(() -> faulty(a, b).withMeta("a").adoptMeta().open())
                        .isInstanceOf(StoreException.class);
                b.heal();
                if (call != Call.OPEN) {
                    assertThatThrownBy(
                                    () -> faulty(a, b).withMeta("a").adoptMeta().open())
                            .as("%s %s", moment, call)
                            .isInstanceOf(StoreException.class);
                }
                assertThat(a.leaks() + b.leaks()).isZero();
            }
        }
        faulty(a, b).withMeta("a").adoptMeta().open().close();
        assertThat(a.leaks() + b.leaks()).isZero();
    }

    private PoolBuilder faulty(FaultyLayer a, FaultyLayer b) {
        return Korm.pool().environment(world).layer("a", a).layer("b", b);
    }

    @Test
    void the_builder_refuses_what_makes_no_pool() {
        assertThatThrownBy(() -> Korm.pool().open())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("at least one layer");
        assertThatThrownBy(() -> pool("a").layer("a", store("a")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("\"a\"");
        for (String name : List.of("", "a[", "a]", "a\0", "a\ud800", "\udc00a")) {
            assertThatThrownBy(() -> Korm.pool().layer(name, store("a"))).isInstanceOf(ConfigurationException.class);
        }
        assertThatThrownBy(() -> pool("a", "b").withMeta("c").open())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("\"c\"")
                .hasMessageContaining("a, b");
        assertThatThrownBy(() -> pool("a", "b").withMeta("a").withMeta("b"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("withMeta(\"a\")");
        assertThatThrownBy(() -> pool("a").adoptMeta().open())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("withMeta");
    }

    @Test
    void a_pool_is_known_by_the_names_of_its_layers_in_any_order() {
        try (Pool one = pool("a", "b \ud83d\ude00:/").open();
                Pool same = pool("b \ud83d\ude00:/", "a").open();
                Pool other = pool("a").open()) {
            assertThat(one.id()).isEqualTo(same.id()).isNotEqualTo(other.id());
            assertThat(one.layers()).containsExactly("a", "b \ud83d\ude00:/");
        }
    }

    @Test
    void a_name_of_a_layer_that_is_not_there_is_an_error_that_names_those_that_are() {
        try (Pool pool = pool("a", "b").open()) {
            assertThatThrownBy(() -> Korm.item(Document.class, pool)
                            .fromQuery("c", "cars", "suv")
                            .get())
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("\"c\"")
                    .hasMessageContaining("a, b");
            assertThatThrownBy(() -> Korm.item(Document.class, pool)
                            .fromQuery("cars", "suv")
                            .get())
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("a, b");
        }
    }

    private PoolBuilder pool(String... layers) {
        PoolBuilder builder = Korm.pool().environment(world);
        for (String layer : layers) {
            builder.layer(layer, leaks.watch(store(layer)));
        }
        return builder;
    }

    /** The row as it is stored. */
    private record StoredRow(String config, long created, long updated) {}

    private Optional<StoredRow> stored(String name) {
        try (Layer layer = store(name).open(name, world)) {
            Optional<TableSchema> schema = layer.describe(TABLE);
            if (schema.isEmpty()) {
                return Optional.empty();
            }
            List<Output> outputs = new ArrayList<>();
            for (String column : List.of("id", "config", "created_at", "updated_at")) {
                ColumnKind kind = schema.get().column(column).orElseThrow().kind();
                outputs.add(new Output.Value(new Operand.Column(0, column, kind)));
            }
            Selection all = new Selection(
                    TABLE, List.of(), outputs, Condition.ALWAYS, List.of(), List.of(), OptionalLong.empty());
            try (RowCursor row = layer.select(all)) {
                if (!row.next()) {
                    return Optional.empty();
                }
                assertThat(row.get(0)).isEqualTo("pool");
                StoredRow found = new StoredRow(text(row.get(1)), (Long) row.get(2), (Long) row.get(3));
                assertThat(row.next()).isFalse();
                return Optional.of(found);
            }
        }
    }

    private static String text(@Nullable Object value) {
        return (String) value;
    }

    private void write(String name, String config) {
        try (Layer layer = store(name).open(name, world)) {
            List<ColumnSchema> wanted = List.of(
                    new ColumnSchema("id", ColumnKind.ID),
                    new ColumnSchema("config", ColumnKind.JSON),
                    new ColumnSchema("created_at", ColumnKind.INTEGER),
                    new ColumnSchema("updated_at", ColumnKind.INTEGER));
            List<ColumnSchema> columns = layer.evolve(new TableSchema(TABLE, wanted, List.of()), java.util.Set.of())
                    .columns();
            BatchResult result = layer.apply(Batch.of(List.of(
                    new Mutation.Insert(TABLE, "pool", columns.subList(1, columns.size()), Row.of(config, 1L, 2L)))));
            assertThat(result).isInstanceOf(BatchResult.Applied.class);
        }
    }
}
