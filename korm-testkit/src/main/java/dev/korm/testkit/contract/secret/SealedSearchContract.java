package dev.korm.testkit.contract.secret;

import static dev.korm.Filter.and;
import static dev.korm.Filter.eq;
import static dev.korm.Filter.everything;
import static dev.korm.Filter.exists;
import static dev.korm.Filter.gt;
import static dev.korm.Filter.inList;
import static dev.korm.Filter.isNull;
import static dev.korm.Filter.like;
import static dev.korm.Filter.ne;
import static dev.korm.Filter.not;
import static dev.korm.Filter.or;
import static dev.korm.Normalized.Form.IGNORE_CASE;
import static dev.korm.Normalized.Form.TRIM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.korm.Document;
import dev.korm.DuplicateException;
import dev.korm.Encrypted;
import dev.korm.Filter;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Normalized;
import dev.korm.Order;
import dev.korm.Pool;
import dev.korm.Query;
import dev.korm.QueryException;
import dev.korm.Rn;
import dev.korm.Searchable;
import dev.korm.Stored;
import dev.korm.UniqueTogether;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.FingerprintKey;
import dev.korm.testkit.ConcurrentTest;
import dev.korm.testkit.fault.FaultyLayer;
import dev.korm.testkit.memory.MemoryLayer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The search for sealed values, and their uniqueness, in a store that cannot read them. Every layer passes it. */
@NullUnmarked // Tests dereference what they expect to be there.
public abstract class SealedSearchContract extends SecretsWorld {
    private static final TableName PATIENTS = TableName.items("clinic", "patient");

    /** A patient of a clinic. */
    @Stored(namespace = "clinic", kind = "patient")
    public record Patient(
            String ward,
            @Searchable @Nullable Encrypted<String> illness,

            @Searchable(unique = true) @Normalized({TRIM, IGNORE_CASE})
            Optional<Encrypted<String>> insurance,

            @Searchable @Nullable Encrypted<Integer> room,
            @Nullable Encrypted<String> diary) {}

    /** A record before anything could be searched. */
    public record Plain(
            String ward,
            @Nullable Encrypted<String> illness,
            Optional<Encrypted<String>> insurance,
            @Nullable Encrypted<Integer> room,
            @Nullable Encrypted<String> diary) {}

    /** A visit to somebody. */
    public record Visit(Rn<Patient> to, int day) {}

    /** Unique by what is sealed, within a ward. */
    @Stored(namespace = "clinic", kind = "bed")
    @UniqueTogether({"ward", "patient"})
    public record Bed(String ward, @Nullable Encrypted<String> patient, int number) {}

    private Items<Patient> patients() {
        return Korm.item(Patient.class, pool);
    }

    private static Patient patient(String ward, @Nullable String illness, @Nullable String insurance) {
        return new Patient(
                ward,
                illness == null ? null : Encrypted.of(illness),
                Optional.ofNullable(insurance).map(Encrypted::of),
                Encrypted.of(ward.length()),
                Encrypted.of("dear diary"));
    }

    private Item<Patient> admit(String ward, @Nullable String illness, @Nullable String insurance) {
        return patients().fromData(patient(ward, illness, insurance)).create();
    }

    private Item<Plain> admitPlainly(String ward, String illness, @Nullable String insurance) {
        return Korm.item(Plain.class, pool)
                .fromData(
                        "clinic",
                        "patient",
                        new Plain(
                                ward,
                                Encrypted.of(illness),
                                Optional.ofNullable(insurance).map(Encrypted::of),
                                null,
                                null))
                .create();
    }

    private List<String> wards(Filter filter) {
        return patients().query().where(filter).get().stream()
                .map(item -> item.data().ward())
                .sorted()
                .toList();
    }

    @Test
    void a_sealed_value_is_found_by_its_value() {
        admit("a", "flu", "1");
        admit("bb", "flu", "2");
        admit("ccc", "gout", "3");
        admit("dddd", null, null);
        assertThat(wards(eq("illness", "flu"))).containsExactly("a", "bb");
        assertThat(wards(eq("illness", Encrypted.of("gout")))).containsExactly("ccc");
        assertThat(wards(eq("illness", "Flu"))).isEmpty();
        assertThat(wards(eq("room", 3))).containsExactly("ccc");
        assertThat(wards(eq("room", 3L))).containsExactly("ccc");
        assertThat(wards(inList("illness", "gout", "flu", "none"))).containsExactly("a", "bb", "ccc");
        assertThat(wards(inList("illness", "gout", null))).containsExactly("ccc", "dddd");
        assertThat(patients().query().where(eq("illness", "flu")).count()).isEqualTo(2);
        assertThat(patients()
                        .query()
                        .where(eq("illness", "flu").and(eq("ward", "bb")))
                        .exists())
                .isTrue();
        assertThat(patients()
                        .query()
                        .where(eq("illness", "gout"))
                        .first()
                        .orElseThrow()
                        .data()
                        .illness()
                        .reveal())
                .isEqualTo("gout");
    }

    @Test
    void what_is_not_equal_is_found_as_sql_does_it() {
        admit("a", "flu", "1");
        admit("b", "gout", "2");
        admit("c", null, "3");
        assertThat(wards(ne("illness", "flu"))).containsExactly("b");
        assertThat(wards(not(eq("illness", "flu")))).containsExactly("b");
        assertThat(wards(not(inList("illness", "flu", "other")))).containsExactly("b");
        assertThat(wards(not(and(eq("ward", "a"), eq("illness", "flu"))))).containsExactly("b", "c");
        assertThat(wards(or(eq("illness", "flu"), isNull("illness")))).containsExactly("a", "c");
        assertThat(wards(exists("illness"))).containsExactly("a", "b");
        assertThat(wards(eq("illness", null))).containsExactly("c");
    }

    @Test
    void a_change_is_found_under_the_new_value_and_not_under_the_old() {
        Item<Patient> item = admit("a", "flu", "1");
        Item<Patient> changed = item.set(Patient::illness, Encrypted.of("gout")).commit();
        assertThat(wards(eq("illness", "flu"))).isEmpty();
        assertThat(wards(eq("illness", "gout"))).containsExactly("a");
        changed.set(Patient::illness, null).commit();
        assertThat(wards(eq("illness", "gout"))).isEmpty();
        assertThat(wards(isNull("illness"))).containsExactly("a");
    }

    @Test
    void items_are_found_through_references() {
        Rn<Patient> flu = admit("a", "flu", "1").rn();
        Rn<Patient> gout = admit("b", "gout", "2").rn();
        Items<Visit> visits = Korm.item(Visit.class, pool);
        visits.fromData("clinic", "visit", new Visit(flu, 1)).create();
        visits.fromData("clinic", "visit", new Visit(gout, 2)).create();
        Query<Visit> all = visits.fromQuery("clinic", "visit");
        assertThat(all.where(eq("to.illness", "flu")).get())
                .extracting(item -> item.data().day())
                .containsExactly(1);
        assertThat(all.where(ne("to.illness", "flu")).get())
                .extracting(item -> item.data().day())
                .containsExactly(2);
        assertThat(all.where(inList("to.illness", "flu", "gout")).count()).isEqualTo(2);
    }

    @Test
    void items_are_found_through_references_into_another_layer() {
        try (Pool two = Korm.pool()
                .layer("main", source)
                .layer("diary", MemoryLayer.create())
                .keys(keys("k2", "k1"))
                .open()) {
            Items<Patient> there = Korm.item(Patient.class, two);
            Rn<Patient> flu = there.fromData("main", "clinic", "patient", patient("a", "flu", "X-1"))
                    .create()
                    .rn();
            Rn<Patient> gout = there.fromData("main", "clinic", "patient", patient("b", "gout", "X-2"))
                    .create()
                    .rn();
            Items<Visit> visits = Korm.item(Visit.class, two);
            visits.fromData("diary", "clinic", "visit", new Visit(flu, 1)).create();
            visits.fromData("diary", "clinic", "visit", new Visit(gout, 2)).create();
            Query<Visit> all = visits.fromQuery("diary", "clinic", "visit");
            assertThat(all.where(eq("to.illness", "flu")).get())
                    .extracting(item -> item.data().day())
                    .containsExactly(1);
            assertThat(all.where(ne("to.insurance", "x-1")).get())
                    .extracting(item -> item.data().day())
                    .containsExactly(2);
        }
    }

    @Test
    void a_collection_that_moves_is_sealed_and_found_in_its_new_place() {
        try (Pool two = Korm.pool()
                .layer("main", source)
                .layer("new", MemoryLayer.create())
                .keys(keys("k1"))
                .open()) {
            Items<Patient> there = Korm.item(Patient.class, two);
            there.fromData("main", "clinic", "patient", patient("a", "flu", "X-1"))
                    .create();
            Korm.collection(Patient.class, two)
                    .from("main", "clinic", "patient")
                    .to("new")
                    .move();
            Query<Patient> moved = there.fromQuery("new", "clinic", "patient");
            assertThat(moved.where(eq("illness", "flu"))
                            .first()
                            .orElseThrow()
                            .data()
                            .diary()
                            .reveal())
                    .isEqualTo("dear diary");
            assertThatThrownBy(() -> there.fromData("new", "clinic", "patient", patient("b", "gout", "x-1"))
                            .create())
                    .isInstanceOf(DuplicateException.class);
        }
    }

    @Test
    void everything_else_is_refused_and_shows_nothing() {
        admit("a", "flu", "1");
        Query<Patient> query = patients().query();
        for (Filter filter :
                List.of(gt("illness", "fl"), like("illness", "fl%"), eq("diary", "fl"), eq("illness", 7))) {
            assertThatThrownBy(() -> query.where(filter).get())
                    .isInstanceOf(QueryException.class)
                    .hasMessageNotContaining("fl%");
        }
        assertThatThrownBy(() -> query.orderBy(Order.asc("illness"))).isInstanceOf(QueryException.class);
        assertThatThrownBy(() -> query.where(eq("diary", "fl")).get()).hasMessageContaining("@Searchable");
        Query<Patient> asked = query.where(eq("illness", "canary"));
        assertThat(asked.explain().toString() + asked).doesNotContain("canary");
    }

    @Test
    void the_store_holds_keyed_fingerprints_that_differ_from_field_to_field() {
        Rn<Patient> rn = admit("a", "flu", "flu").rn();
        String illness = cell(PATIENTS, rn, sealed("illness").hidden().name());
        FingerprintKey insurance = new FingerprintKey(List.of(
                new FingerprintKey.Part("insurance", Set.of(TRIM, IGNORE_CASE), FingerprintKey.Content.SEALED)));
        assertThat(illness).matches("k1:[0-9a-f]{32}");
        assertThat(cell(PATIENTS, rn, insurance.hidden().name()))
                .matches("k1:[0-9a-f]{32}")
                .isNotEqualTo(illness);
        try (Pool other = Korm.pool()
                .layer("elsewhere", MemoryLayer.create())
                .keys(keys("k1"))
                .open()) {
            Korm.item(Patient.class, other).fromData(patient("a", "flu", "flu")).create();
        }
        assertThat(admit("b", "flu", "2").rn()).satisfies(same -> assertThat(
                        cell(PATIENTS, same, sealed("illness").hidden().name()))
                .isEqualTo(illness));
    }

    static FingerprintKey sealed(String column) {
        return new FingerprintKey(List.of(new FingerprintKey.Part(column, Set.of(), FingerprintKey.Content.SEALED)));
    }

    @Test
    void a_sealed_value_can_be_unique() {
        Item<Patient> fred = admit("a", "flu", "X-1");
        admit("b", "flu", "x-2");
        admit("c", "flu", null);
        admit("d", "flu", null);
        DuplicateException error = catchThrowableOfType(DuplicateException.class, () -> admit("e", "flu", " x-1"));
        assertThat(error.fields()).containsExactly("insurance");
        assertThat(error.holder()).contains(fred.rn());
        assertThat(error.getMessage()).doesNotContain("x-1");
        assertThat(wards(eq("insurance", "x-1 "))).containsExactly("a");
        fred.set(Patient::insurance, Optional.empty()).commit();
        admit("e", "flu", "x-1");
        assertThatThrownBy(() -> documents()
                        .fromData(
                                "clinic",
                                "patient",
                                Document.builder()
                                        .put("ward", "f")
                                        .put("insurance", Encrypted.of("X-2"))
                                        .build())
                        .create())
                .isInstanceOf(DuplicateException.class);
    }

    @Test
    void a_sealed_value_can_be_unique_together_with_others() {
        Items<Bed> beds = Korm.item(Bed.class, pool);
        beds.fromData(new Bed("a", Encrypted.of("fred"), 1)).create();
        Item<Bed> other = beds.fromData(new Bed("b", Encrypted.of("fred"), 2)).create();
        assertThatThrownBy(() ->
                        beds.fromData(new Bed("a", Encrypted.of("fred"), 3)).create())
                .isInstanceOf(DuplicateException.class);
        assertThatThrownBy(() -> other.set(Bed::ward, "a").commit()).isInstanceOf(DuplicateException.class);
        Item<Bed> moved = other.reload().set(Bed::ward, "c").commit();
        assertThat(moved.data().patient().reveal()).isEqualTo("fred");
        beds.fromData(new Bed("b", Encrypted.of("fred"), 4)).create();
        beds.fromData(new Bed("b", null, 5)).create();
        beds.fromData(new Bed("b", null, 6)).create();
    }

    @ConcurrentTest
    void of_many_who_write_the_same_secret_at_once_one_succeeds() throws Exception {
        admit("first", "flu", "first");
        int writers = 4;
        ExecutorService threads = Executors.newFixedThreadPool(writers);
        try {
            for (int round = 0; round < 5; round++) {
                String insurance = "i" + round;
                CyclicBarrier start = new CyclicBarrier(writers);
                List<Future<Object>> results = new ArrayList<>();
                for (int writer = 0; writer < writers; writer++) {
                    results.add(threads.submit(() -> {
                        start.await();
                        try {
                            return admit("a", "flu", insurance).rn();
                        } catch (DuplicateException taken) {
                            return taken.holder().orElseThrow();
                        }
                    }));
                }
                Set<Object> holders = new HashSet<>();
                for (Future<Object> result : results) {
                    holders.add(result.get());
                }
                assertThat(holders).hasSize(1);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @ConcurrentTest
    void a_field_that_becomes_searchable_is_prepared_while_others_write() throws Exception {
        for (int i = 0; i < 700; i++) {
            admitPlainly("w" + i, i % 7 == 0 ? "flu" : "gout", "old" + i);
        }
        Item<Plain> held = admitPlainly("held", "flu", null);
        AtomicBoolean done = new AtomicBoolean();
        AtomicInteger written = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(2);
        List<Future<?>> writers = new ArrayList<>();
        try {
            for (int writer = 0; writer < 2; writer++) {
                int number = writer;
                writers.add(threads.submit(() -> {
                    for (int i = 0; i < 20 || !done.get(); i++) {
                        Item<Plain> mine = admitPlainly("n" + number, "flu", null);
                        mine.set(Plain::illness, Encrypted.of("flu")).commit();
                        written.incrementAndGet();
                    }
                }));
            }
            patients().prepare();
            done.set(true);
            for (Future<?> writer : writers) {
                writer.get();
            }
        } finally {
            done.set(true);
            threads.shutdownNow();
        }
        assertThat(wards(eq("illness", "flu"))).hasSize(100 + 1 + written.get());
        assertThat(wards(eq("insurance", "OLD7"))).containsExactly("w7");
        assertThatThrownBy(() -> admit("x", "flu", "Old699")).isInstanceOf(DuplicateException.class);
        assertThat(held.reload().revision()).isEqualTo(held.revision());
        assertThat(held.set(Plain::ward, "moved").commit().data().illness().reveal())
                .isEqualTo("flu");
    }

    /** Only found by, so that writing needs no preparing. */
    public record Findable(String ward, @Searchable Encrypted<String> illness) {}

    private Items<Findable> findable() {
        return Korm.item(Findable.class, pool);
    }

    @Test
    void until_all_have_fingerprints_a_filter_is_refused_and_writing_goes_on() {
        record Early(String ward, Encrypted<String> illness) {}
        Items<Early> early = Korm.item(Early.class, pool);
        early.fromData("clinic", "ill", new Early("a", Encrypted.of("flu"))).create();
        findable()
                .fromData("clinic", "ill", new Findable("b", Encrypted.of("flu")))
                .create();
        Query<Findable> all = findable().fromQuery("clinic", "ill");
        assertThatThrownBy(() -> all.where(eq("illness", "canary")).get())
                .isInstanceOf(QueryException.class)
                .hasMessageContaining("prepare")
                .hasMessageNotContaining("canary");
        Rn<Findable> collection = Rn.collection("clinic", "ill");
        findable().prepare(collection);
        assertThat(all.where(eq("illness", "flu")).count()).isEqualTo(2);
        findable().prepare(collection);
        assertThat(all.where(everything()).count()).isEqualTo(2);
    }

    @Test
    void preparing_that_was_broken_off_goes_on_where_it_was() {
        FaultyLayer faulty = FaultyLayer.around(source);
        for (int i = 0; i < 1200; i++) {
            admitPlainly("w" + i, "flu", null);
        }
        try (Pool broken = Korm.pool().layer("main", faulty).keys(keys("k1")).open()) {
            Items<Patient> items = Korm.item(Patient.class, broken);
            faulty.fail(
                    FaultyLayer.Call.APPLY,
                    2,
                    FaultyLayer.Moment.BEFORE,
                    layer -> new IllegalStateException("The power went"));
            assertThatThrownBy(items::prepare).hasMessage("The power went");
            assertThatThrownBy(() -> items.query().where(eq("illness", "flu")).count())
                    .isInstanceOf(QueryException.class);
        }
        patients().prepare();
        assertThat(patients().query().where(eq("illness", "flu")).count()).isEqualTo(1200);
    }

    @Test
    void a_value_that_does_not_open_is_not_found_and_holds_nothing_up() {
        Rn<Plain> broken = admitPlainly("broken", "flu", "1").rn();
        admitPlainly("whole", "flu", "2");
        Document payload = Document.parse(cell(PATIENTS, broken, "illness"));
        put(PATIENTS, broken, "illness", payload.with("authTag", "0".repeat(32)).toJson());
        patients().prepare();
        assertThat(wards(eq("illness", "flu"))).containsExactly("whole");
        assertThat(wards(eq("insurance", "1"))).containsExactly("broken");
    }

    @Test
    void values_of_other_types_are_found_too() {
        record Kinds(
                @Searchable Encrypted<UUID> uuid,
                @Searchable Encrypted<Document> document,
                @Searchable Encrypted<List<String>> list,
                @Searchable Encrypted<Double> real) {}
        UUID uuid = new UUID(1, 2);
        Items<Kinds> kinds = Korm.item(Kinds.class, pool);
        kinds.fromData(
                        "clinic",
                        "kinds",
                        new Kinds(
                                Encrypted.of(uuid),
                                Encrypted.of(Document.parse("{\"b\":1,\"a\":2}")),
                                Encrypted.of(List.of("x", "y")),
                                Encrypted.of(1.0)))
                .create();
        Query<Kinds> all = kinds.fromQuery("clinic", "kinds");
        assertThat(all.where(eq("uuid", uuid)).count()).isEqualTo(1);
        assertThat(all.where(eq("document", Document.parse("{\"a\":2,\"b\":1.0}")))
                        .count())
                .isEqualTo(1);
        assertThat(all.where(eq("list", List.of("x", "y"))).count()).isEqualTo(1);
        assertThat(all.where(eq("list", List.of("y", "x"))).count()).isZero();
        assertThat(all.where(eq("real", 1)).count()).isEqualTo(1);
    }
}
