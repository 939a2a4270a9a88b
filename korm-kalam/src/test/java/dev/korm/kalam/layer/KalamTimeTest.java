package dev.korm.kalam.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.StoreBusyException;
import dev.korm.kalam.KalamClient;
import dev.korm.kalam.auth.Auth;
import dev.korm.live.PositionLostException;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.ChangeFeed;
import dev.korm.spi.Layer;
import dev.korm.spi.Mutation;
import dev.korm.spi.PreparedBatch;
import dev.korm.spi.Row;
import dev.korm.spi.RowCursor;
import dev.korm.spi.Snapshot;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.TableSchema;
import dev.korm.testkit.kalam.KalamServer;
import java.nio.file.FileSystem;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The effects of time on a layer: commits that nobody decides on, and versions that nobody reads. */
class KalamTimeTest {
    private static final TableName CARS = TableName.items("cars", "suv");
    private static final List<ColumnSchema> COLUMNS = List.of(
            new ColumnSchema("year", ColumnKind.INTEGER), new ColumnSchema(TableName.REVISION, ColumnKind.INTEGER));

    private KalamServer server = KalamServer.start();
    private final AtomicLong shift = new AtomicLong();
    private volatile Duration passing = Duration.ZERO;

    @AfterEach
    void close() {
        server.close();
    }

    /** The machine's, but for the passing of time. */
    private final class Shifted implements Environment {
        @Override
        public Clock clock() {
            return Environment.system().clock();
        }

        @Override
        public long nanoTime() {
            return Environment.system().nanoTime() + shift.get();
        }

        @Override
        public RandomGenerator random() {
            return Environment.system().random();
        }

        /** Lets time pass instead of waiting. */
        @Override
        public void sleep(Duration duration) {
            shift.addAndGet(passing.toNanos());
        }

        @Override
        public ExecutorService executor(String name, int threads) {
            return Environment.system().executor(name, threads);
        }

        @Override
        public FileSystem fileSystem() {
            return Environment.system().fileSystem();
        }
    }

    private Layer open() {
        Layer layer = Kalam.namespace(server.url(), "app")
                .auth(Auth.basic("admin", server.password()))
                .open("live", new Shifted());
        List<ColumnSchema> all = new ArrayList<>(List.of(new ColumnSchema(CARS.key(), ColumnKind.ID)));
        all.addAll(COLUMNS);
        layer.evolve(new TableSchema(CARS, all, List.of()), Set.of());
        return layer;
    }

    private static Batch insert(String id, long year) {
        return Batch.of(List.of(new Mutation.Insert(CARS, id, COLUMNS, Row.of(year, 1L))));
    }

    private static List<@Nullable Object> years(Layer layer) {
        return years(layer::select);
    }

    private static List<@Nullable Object> years(Function<Selection, RowCursor> store) {
        Selection all = new Selection(
                CARS,
                List.of(),
                List.of(new Output.Value(new Operand.Column(0, "year", ColumnKind.INTEGER))),
                Condition.ALWAYS,
                List.of(),
                List.of(),
                OptionalLong.empty());
        List<@Nullable Object> years = new ArrayList<>();
        try (RowCursor rows = store.apply(all)) {
            while (rows.next()) {
                years.add(rows.get(0));
            }
        }
        return years;
    }

    @Test
    void a_commit_that_nobody_decides_on_is_dropped_by_whoever_has_waited() {
        try (Layer dead = open();
                Layer other = open()) {
            PreparedBatch forgotten = dead.prepare(insert("a", 1));
            shift.addAndGet(-Duration.ofSeconds(60).toNanos());
            assertThat(years(other)).isEmpty();
            passing = Duration.ofSeconds(12);
            BatchResult result = null;
            while (result == null) {
                try {
                    result = other.apply(insert("b", 2));
                } catch (StoreBusyException waiting) {
                    assertThat(waiting.isRetryable()).isTrue();
                }
            }
            assertThat(result).isEqualTo(new BatchResult.Applied(List.of(1L)));
            assertThatThrownBy(forgotten::commit).isInstanceOf(StoreBusyException.class);
            assertThat(years(dead)).containsExactly(2L);
        }
    }

    private static void assertBusy(Layer layer) {
        assertThatThrownBy(() -> layer.apply(insert("b", 2))).isInstanceOf(StoreBusyException.class);
    }

    @Test
    void a_commit_that_is_prepared_is_left_alone_for_three_quarters_of_a_minute() {
        try (Layer slow = open();
                Layer other = open()) {
            // With each wait of the other, which gives up behind it.
            passing = Duration.ofSeconds(40);
            PreparedBatch first = slow.prepare(insert("a", 1));
            assertBusy(other);
            assertBusy(other);
            first.commit();
            assertThat(years(other)).containsExactly(1L);
            PreparedBatch second = slow.prepare(insert("c", 3));
            assertBusy(other);
            assertBusy(other);
            assertThat(other.apply(insert("b", 2))).isInstanceOf(BatchResult.Applied.class);
            assertThatThrownBy(second::commit).isInstanceOf(StoreBusyException.class);
            assertThat(years(slow)).containsExactlyInAnyOrder(1L, 2L);
        }
    }

    @Test
    void versions_that_nobody_reads_are_cleaned_up_and_nothing_else() {
        try (Layer layer = open();
                Layer idle = open();
                KalamClient admin = KalamClient.builder()
                        .url(server.url())
                        .auth(Auth.basic("admin", server.password()))
                        .build()) {
            layer.apply(insert("kept", 7));
            layer.apply(insert("gone", 8));
            layer.apply(Batch.of(List.of(new Mutation.Delete(CARS, "gone", OptionalLong.empty()))));
            assertThat(years(idle)).containsExactly(7L);
            layer.apply(insert("busy", 0));
            List<ColumnSchema> year = COLUMNS.subList(0, 1);
            for (long i = 1; i <= 400; i++) {
                shift.addAndGet(Duration.ofMinutes(2).toNanos());
                layer.apply(
                        Batch.of(List.of(new Mutation.Update(CARS, "busy", OptionalLong.empty(), year, Row.of(i)))));
            }
            assertThat(admin.queryOne("SELECT count(*) AS n FROM app.korm_rows WHERE k LIKE '%/busy/%'")
                            .orElseThrow()
                            .getLong("n"))
                    .as("of six or more")
                    .isLessThan(4);
            assertThat(admin.queryOne("SELECT count(*) AS n FROM app.korm_ledger WHERE data IS NULL")
                            .orElseThrow()
                            .getLong("n"))
                    .isGreaterThan(200);
            assertThat(years(layer)).containsExactlyInAnyOrder(400L, 7L);
            assertThat(years(idle)).containsExactlyInAnyOrder(400L, 7L);
            assertThat(layer.apply(insert("kept", 1))).isInstanceOf(BatchResult.Refused.class);
            assertThat(idle.apply(insert("gone", 9))).isInstanceOf(BatchResult.Applied.class);
            try (Layer fresh = open()) {
                assertThat(years(fresh)).containsExactlyInAnyOrder(400L, 7L, 9L);
            }
        }
    }

    private static long count(KalamClient admin, String where) {
        return admin.queryOne("SELECT count(*) AS n FROM app." + where)
                .orElseThrow()
                .getLong("n");
    }

    private void change(Layer layer, int times, Duration each) {
        List<ColumnSchema> year = COLUMNS.subList(0, 1);
        for (long i = 1; i <= times; i++) {
            shift.addAndGet(each.toNanos());
            layer.apply(Batch.of(List.of(new Mutation.Update(CARS, "busy", OptionalLong.empty(), year, Row.of(i)))));
        }
    }

    @Test
    void parts_are_cleaned_up_when_another_commit_has_the_number_of_theirs_and_never_before() {
        try (Layer layer = open();
                Layer other = open();
                KalamClient admin = KalamClient.builder()
                        .url(server.url())
                        .auth(Auth.basic("admin", server.password()))
                        .build()) {
            layer.apply(insert("busy", 0));
            admin.insert("app.korm_rows", Map.of("k", "part/1.dead/0000000000000000", "data", "["));
            admin.insert("app.korm_rows", Map.of("k", "part/100.asleep/0000000000000000", "data", "["));
            layer.evolve(
                    new TableSchema(
                            CARS,
                            List.of(
                                    new ColumnSchema(CARS.key(), ColumnKind.ID),
                                    new ColumnSchema("note", ColumnKind.TEXT)),
                            List.of()),
                    Set.of());
            Mutation large = new Mutation.Insert(
                    CARS, "large", List.of(new ColumnSchema("note", ColumnKind.TEXT)), Row.of("x".repeat(500_000)));
            change(layer, 64, Duration.ofHours(2));
            assertThat(count(admin, "korm_rows WHERE k LIKE 'part/1.dead/%'")).isZero();
            assertThat(count(admin, "korm_rows WHERE k LIKE 'part/100.asleep/%'"))
                    .as("its commit may come yet, however long ago it was begun")
                    .isOne();
            change(layer, 64, Duration.ofSeconds(1));
            assertThat(count(admin, "korm_rows WHERE k LIKE 'part/100.asleep/%'"))
                    .as("another has its number")
                    .isZero();
            layer.apply(Batch.of(List.of(large)));
            assertThat(count(admin, "korm_rows WHERE k LIKE 'part/%'"))
                    .as("of the large commit, which may still be read")
                    .isEqualTo(3);
            // What another was before is gone at once.
            other.apply(insert("first", 1));
            PreparedBatch held = layer.prepare(insert("second", 2));
            held.rollback();
            other.apply(Batch.of(List.of(new Mutation.Insert(
                    CARS, "larger", List.of(new ColumnSchema("note", ColumnKind.TEXT)), Row.of("y".repeat(500_000))))));
            assertThat(count(admin, "korm_rows WHERE k LIKE 'part/%'"))
                    .as("three of each that is there")
                    .isEqualTo(6);
        }
    }

    @Test
    void versions_are_cleaned_up_although_the_server_is_set_to_end_its_answers_early() {
        server.close();
        server = KalamServer.builder().maxRows(60).start();
        try (Layer layer = open();
                KalamClient admin = KalamClient.builder()
                        .url(server.url())
                        .auth(Auth.basic("admin", server.password()))
                        .build()) {
            List<Mutation> before = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                before.add(new Mutation.Insert(CARS, "a" + (1_000 + i), COLUMNS, Row.of(1L, 1L)));
            }
            layer.apply(Batch.of(before));
            layer.apply(insert("busy", 0));
            change(layer, 700, Duration.ofMinutes(2));
            assertThat(count(admin, "korm_rows WHERE k LIKE '%/busy/%'"))
                    .as("of ten or more, behind the end of the first answer")
                    .isLessThan(6);
            assertThat(years(layer)).hasSize(101).contains(700L);
        }
    }

    @Test
    void commits_are_kept_for_feeds_that_were_away_until_they_are_forgotten() throws Exception {
        try (Layer layer = open();
                Layer idle = open()) {
            layer.follow(CARS);
            ChangeFeed.Position start;
            try (ChangeFeed feed = layer.changes(Optional.empty())) {
                start = feed.position();
            }
            layer.apply(insert("busy", 0));
            change(layer, 200, Duration.ofMinutes(2));
            try (ChangeFeed feed = idle.changes(Optional.of(start))) {
                for (long i = 1; i <= 201; i++) {
                    assertThat(feed.next(Duration.ZERO).orElseThrow().revision())
                            .as("although the versions are gone")
                            .hasValue(i);
                }
            }
            layer.forgetChanges(Instant.now().plusSeconds(60));
            change(layer, 70, Duration.ofMinutes(2));
            assertThatThrownBy(() -> idle.changes(Optional.of(start))).isInstanceOf(PositionLostException.class);
            assertThat(years(idle)).containsExactly(70L);
        }
    }

    @Test
    void a_commit_that_could_not_be_taken_back_is_dropped_by_the_next_change_at_once() {
        try (Layer layer = open()) {
            // With each wait of the next change, which gives up behind it.
            passing = Duration.ofSeconds(40);
            PreparedBatch undecided = layer.prepare(insert("a", 1));
            server.faults().answer(400, "{\"status\":\"error\",\"error\":{\"code\":\"INVALID\",\"message\":\"\"}}");
            undecided.rollback();
            assertThat(layer.apply(insert("b", 2))).isInstanceOf(BatchResult.Applied.class);
            assertThat(years(layer)).containsExactly(2L);
        }
    }

    @Test
    void a_snapshot_is_read_for_half_an_hour_and_no_longer() {
        try (Layer layer = open();
                Snapshot snapshot = layer.snapshot()) {
            layer.apply(insert("a", 1));
            shift.addAndGet(Duration.ofMinutes(29).toNanos());
            assertThat(years(snapshot::select)).isEmpty();
            shift.addAndGet(Duration.ofMinutes(2).toNanos());
            assertThatThrownBy(() -> years(snapshot::select))
                    .isInstanceOf(StoreBusyException.class)
                    .hasMessageContaining("30 minutes");
            try (Snapshot another = layer.snapshot()) {
                assertThat(years(another::select)).containsExactly(1L);
            }
        }
    }

    @Test
    void a_feed_tells_of_a_prepared_commit_when_it_is_decided_from_wherever_it_has_begun() throws Exception {
        try (Layer layer = open();
                Layer other = open()) {
            layer.follow(CARS);
            layer.apply(insert("first", 0));
            try (ChangeFeed before = other.changes(Optional.empty())) {
                PreparedBatch held = layer.prepare(insert("held", 1));
                assertThat(before.next(Duration.ZERO)).as("it is not decided").isEmpty();
                ChangeFeed.Position passed = before.position();
                ChangeFeed.Position now;
                try (Snapshot snapshot = other.snapshot()) {
                    now = snapshot.position();
                }
                try (ChangeFeed meanwhile = other.changes(Optional.empty())) {
                    assertThat(meanwhile.next(Duration.ZERO)).isEmpty();
                    held.commit();
                    assertThat(id(before)).isEqualTo("held");
                    assertThat(id(meanwhile)).isEqualTo("held");
                }
                for (ChangeFeed.Position from : List.of(passed, now)) {
                    try (ChangeFeed again = layer.changes(Optional.of(from))) {
                        assertThat(id(again)).isEqualTo("held");
                        assertThat(again.next(Duration.ZERO)).isEmpty();
                    }
                }
            }
        }
    }

    private static String id(ChangeFeed feed) throws InterruptedException {
        return feed.next(Duration.ZERO).orElseThrow().id();
    }
}
