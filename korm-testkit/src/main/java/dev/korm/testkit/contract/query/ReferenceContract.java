package dev.korm.testkit.contract.query;

import static dev.korm.Filter.and;
import static dev.korm.Filter.any;
import static dev.korm.Filter.eq;
import static dev.korm.Filter.everything;
import static dev.korm.Filter.gt;
import static dev.korm.Filter.isNull;
import static dev.korm.Filter.ne;
import static dev.korm.Filter.not;
import static dev.korm.Filter.or;
import static dev.korm.Order.asc;
import static dev.korm.Order.desc;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.Aggregate;
import dev.korm.ConflictException;
import dev.korm.Document;
import dev.korm.FieldPath;
import dev.korm.Filter;
import dev.korm.FloatingItem;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.MissingReferenceException;
import dev.korm.PathException;
import dev.korm.Query;
import dev.korm.QueryException;
import dev.korm.Rn;
import dev.korm.UncommittedItem;
import dev.korm.testkit.ConcurrentTest;
import dev.korm.testkit.contract.PoolContract;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** References between items: resolved, filtered through, changed through. Every layer passes it. */
@NullUnmarked // Tests dereference what they expect to be there.
public abstract class ReferenceContract extends PoolContract {
    private static final String NOBODY = "[rn]:users:freetier:3dd91ede-37a4-4c25-a86a-6f1a9e132186";

    /** A bicycle, stored wherever a test says. */
    public record Bicycle(String make, int year, @Nullable Rn<User> owner) {}

    /** A rider, who may be of any kind. */
    public record Rider(String name, @Nullable Integer age) {}

    /** A ride of someone of any kind. */
    public record Ride(String to, @Nullable Rn<Rider> by) {}

    private Item<User> wilma;
    private Item<User> fred;
    private Item<User> barney;
    private Item<Car> citroen;

    @BeforeEach
    void fill() {
        wilma = users().fromData(User.of("Wilma", "wilma").withAddresses(new Address("Bedrock", "1", 1960)))
                .create();
        fred = users().fromData(User.of("Fred", "freddie").withBoss(wilma.rn())).create();
        barney = users().fromData(User.of("Barney", "barney").withBoss(fred.rn()))
                .create();
        citroen = cars().fromData(Car.of("Citroen", 2014)
                        .withModel("C4")
                        .withOwner(fred.rn())
                        .withDrivers(List.of(barney.rn(), wilma.rn()))
                        .withEngine(new Engine("diesel", 90, barney.rn())))
                .create();
        cars().fromData(Car.of("Skoda", 2020).withModel("Fabia").withOwner(barney.rn()))
                .create();
        cars().fromData(Car.of("Lost", 2000).withModel("Lost").withOwner(Rn.parse(NOBODY)))
                .create();
        cars().fromData(Car.of("Free", 2001).withModel("Free")).create();
    }

    private List<String> models(Filter filter) {
        return cars().query().where(filter).orderBy(asc(Car::model)).get().stream()
                .map(item -> String.valueOf(item.data().model()))
                .toList();
    }

    @ConcurrentTest
    void streams_that_resolve_do_not_wait_for_each_other_however_few_connections_there_are() throws Exception {
        int many = 600;
        List<FloatingItem<Bicycle>> fleet = new ArrayList<>();
        for (int i = 0; i < many; i++) {
            fleet.add(bicycles().fromData("bicycles", "fleet", new Bicycle("Fleet", i, fred.rn())));
        }
        Korm.createAll(fleet);
        Query<Bicycle> all = bicycles().fromQuery("bicycles", "fleet").resolvePaths("owner.boss");
        int threads = 6;
        CyclicBarrier together = new CyclicBarrier(threads);
        ExecutorService readers = Executors.newFixedThreadPool(threads);
        try {
            List<Future<Long>> counts = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                Query<Bicycle> query = i % 2 == 0 ? all : all.orderBy(desc(Bicycle::year));
                counts.add(readers.submit(() -> {
                    try (Stream<Item<Bicycle>> items = query.stream()) {
                        together.await(30, TimeUnit.SECONDS);
                        return items.filter(
                                        item -> item.data().owner().get().boss().isResolved())
                                .count();
                    }
                }));
            }
            for (Future<Long> count : counts) {
                assertThat(count.get()).isEqualTo(many);
            }
        } finally {
            readers.shutdownNow();
        }
    }

    @Test
    void others_can_be_asked_while_a_stream_that_resolves_is_open() {
        List<FloatingItem<Bicycle>> fleet = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            fleet.add(bicycles().fromData("bicycles", "fleet", new Bicycle("Fleet", i, fred.rn())));
        }
        Korm.createAll(fleet);
        try (Stream<Item<Bicycle>> items = bicycles().fromQuery("bicycles", "fleet").resolvePaths("owner").stream()) {
            assertThat(items.filter(item -> users().fromRn(fred.rn()).find().isPresent()))
                    .hasSize(300);
        }
    }

    private Items<Bicycle> bicycles() {
        return Korm.item(Bicycle.class, pool());
    }

    private Item<Car> read(String... paths) {
        return cars().fromRn(citroen.rn()).resolvePaths(paths).get();
    }

    @Test
    void a_reference_is_unresolved_until_a_path_names_it() {
        Item<Car> plain = read();
        assertThat(plain.data().owner().isResolved()).isFalse();
        assertThatThrownBy(() -> plain.data().owner().get()).isInstanceOf(QueryException.class);
        Item<Car> resolved = read("owner");
        assertThat(resolved.data().owner().get().firstName()).isEqualTo("Fred");
        assertThat(resolved.data().owner().item()).isEqualTo(fred);
        assertThat(resolved.data().owner()).isEqualTo(fred.rn());
        assertThat(resolved.data().engine().mechanic().isResolved()).isFalse();
        assertThat(resolved).isEqualTo(plain);
    }

    @Test
    void paths_resolve_any_depth() {
        assertThat(read("owner.boss").data().owner().get().boss().get().firstName())
                .isEqualTo("Wilma");
        assertThat(read("engine.mechanic").data().engine().mechanic().get().firstName())
                .isEqualTo("Barney");
        Item<Car> drivers = read("drivers[*]");
        assertThat(drivers.data().drivers())
                .extracting(rn -> rn.get().firstName())
                .containsExactly("Barney", "Wilma");
        assertThat(read("drivers[1]").data().drivers())
                .extracting(Rn::isResolved)
                .containsExactly(false, true);
        assertThat(read("drivers[9]").data().drivers())
                .extracting(Rn::isResolved)
                .containsExactly(false, false);
        assertThat(read("drivers[*].boss.boss")
                        .data()
                        .drivers()
                        .get(0)
                        .get()
                        .boss()
                        .get()
                        .boss()
                        .get()
                        .firstName())
                .isEqualTo("Wilma");
        assertThat(read("owner.addresses[*].city").data().owner().isResolved()).isTrue();
    }

    @Test
    void a_star_resolves_the_direct_references_and_no_deeper() {
        Item<Car> one = read("*");
        assertThat(one.data().owner().isResolved()).isTrue();
        assertThat(one.data().owner().get().boss().isResolved()).isFalse();
        assertThat(one.data().drivers()).extracting(Rn::isResolved).containsExactly(false, false);
        Item<Car> two = read("owner.*");
        assertThat(two.data().owner().get().boss().get().firstName()).isEqualTo("Wilma");
        Item<Car> three =
                cars().fromRn(citroen.rn()).resolvePaths("engine.mechanic.*.*").get();
        assertThat(three.data()
                        .engine()
                        .mechanic()
                        .get()
                        .boss()
                        .get()
                        .boss()
                        .get()
                        .firstName())
                .isEqualTo("Wilma");
    }

    @Test
    void paths_are_independent_and_add_up() {
        Item<Car> both = cars().fromRn(citroen.rn())
                .resolvePaths("owner.boss")
                .resolvePaths("engine.mechanic", "owner")
                .resolvePaths(FieldPath.of(Car::drivers).each())
                .get();
        assertThat(both.data().owner().get().boss().isResolved()).isTrue();
        assertThat(both.data().engine().mechanic().isResolved()).isTrue();
        assertThat(both.data().drivers().get(0).isResolved()).isTrue();
        List<Item<Car>> filtered = cars().query()
                .where(eq("owner.username", "freddie"))
                .resolvePaths("engine.mechanic")
                .get();
        assertThat(filtered).hasSize(1);
        assertThat(filtered.get(0).data().owner().isResolved()).isFalse();
        assertThat(filtered.get(0).data().engine().mechanic().isResolved()).isTrue();
    }

    @Test
    void the_same_item_is_one_instance_in_a_result() {
        cars().fromData(Car.of("Second", 2015).withOwner(fred.rn())).create();
        List<Item<Car>> cars = cars().query()
                .where(eq("owner.username", "freddie"))
                .resolvePaths("owner")
                .get();
        assertThat(cars).hasSize(2);
        assertThat(cars.get(0).data().owner().item())
                .isSameAs(cars.get(1).data().owner().item());
    }

    @Test
    void a_missing_reference_stays_or_is_refused() {
        Item<Car> lost = cars().query()
                .where(eq("make", "Lost"))
                .resolvePaths("owner")
                .first()
                .orElseThrow();
        assertThat(lost.data().owner().isResolved()).isFalse();
        assertThat(lost.data().owner()).hasToString(NOBODY);
        assertThat(lost.data().owner().isMissing()).isTrue();
        assertThat(lost.data().owner().carried()).isEmpty();
        assertThatThrownBy(() -> lost.data().owner().get())
                .isInstanceOf(MissingReferenceException.class)
                .hasMessageContaining("does not exist")
                .hasMessageNotContaining("resolvePaths");
        Item<Car> unasked = cars().fromRn(lost.rn()).get();
        assertThat(unasked.data().owner().isMissing()).isFalse();
        assertThat(unasked.data()).isEqualTo(lost.data());
        assertThatThrownBy(() -> unasked.data().owner().get())
                .isInstanceOf(QueryException.class)
                .hasMessageContaining("resolvePaths");
        assertThat(lost.set(Car::year, 1999).commit().data().owner()).hasToString(NOBODY);
        assertThatThrownBy(() ->
                        cars().query().resolvePaths("owner").requireReferences().get())
                .isInstanceOf(MissingReferenceException.class)
                .hasMessageContaining(NOBODY);
        assertThat(cars().query()
                        .where(eq("make", "Free"))
                        .resolvePaths("owner")
                        .requireReferences()
                        .get())
                .hasSize(1);
    }

    @Test
    void cycles_and_self_references_end_with_the_path() {
        Item<User> bossOfAll = wilma.set(User::boss, barney.rn()).commit();
        Item<User> self = users().fromData(User.of("Self", "self")).create();
        self = self.set(User::boss, self.rn()).commit();
        Item<User> round = users().fromRn(bossOfAll.rn())
                .resolvePaths("boss.boss.boss.boss")
                .get();
        User fourth = round.data().boss().get().boss().get().boss().get().boss().get();
        assertThat(fourth.firstName()).isEqualTo("Barney");
        assertThat(fourth.boss().isResolved()).isFalse();
        Item<User> own = users().fromRn(self.rn()).resolvePaths("boss").get();
        assertThat(own.data().boss().get().firstName()).isEqualTo("Self");
        assertThat(own.data().boss().get().boss().isResolved()).isFalse();
    }

    @Test
    void filters_go_through_references() {
        assertThat(models(eq("owner.username", "freddie"))).containsExactly("C4");
        assertThat(models(eq(FieldPath.path(Car::owner, User::firstName), "Barney")))
                .containsExactly("Fabia");
        assertThat(models(eq("owner.boss.firstName", "Wilma"))).containsExactly("C4");
        assertThat(models(eq("owner.boss.boss.username", "wilma"))).containsExactly("Fabia");
        assertThat(models(eq("engine.mechanic.username", "barney"))).containsExactly("C4");
        assertThat(models(eq("drivers[*].username", "wilma"))).containsExactly("C4");
        assertThat(models(eq("drivers[0].username", "wilma"))).isEmpty();
        assertThat(models(any("drivers", eq("firstName", "Barney").and(eq("boss.firstName", "Fred")))))
                .containsExactly("C4");
        assertThat(models(eq("owner.boss.addresses[*].city", "Bedrock"))).containsExactly("C4");
        assertThat(models(eq("owner.rnId", fred.rn()))).containsExactly("C4");
        assertThat(models(eq("owner", fred.rn()))).containsExactly("C4");
        assertThat(models(eq("owner", fred.rn().from("main")))).containsExactly("C4");
        assertThat(models(or(not(or()), eq("owner.username", "nobody")))).isEqualTo(models(everything()));
        assertThat(models(eq("owner", fred.rn().toString()))).containsExactly("C4");
        assertThat(models(eq("drivers[*]", wilma.rn()))).containsExactly("C4");
    }

    @Test
    void a_negation_over_a_missing_reference_finds_nothing() {
        assertThat(models(not(eq("owner.username", "freddie")))).containsExactly("Fabia");
        assertThat(models(ne("owner.username", "freddie"))).containsExactly("Fabia");
        assertThat(models(not(and(eq("make", "Citroen"), eq("owner.username", "barney")))))
                .containsExactly("C4", "Fabia", "Free", "Lost");
        assertThat(models(not(or(eq("make", "Citroen"), eq("owner.username", "x")))))
                .containsExactly("Fabia");
        assertThat(models(isNull("owner.username"))).containsExactly("Free", "Lost");
        assertThat(models(not(eq("drivers[*].username", "wilma")))).containsExactly("Fabia", "Free", "Lost");
    }

    @Test
    void orders_and_aggregates_go_through_references() {
        assertThat(cars().query().orderBy(asc("owner.firstName"), asc("model")).get())
                .extracting(item -> item.data().model())
                .containsExactly("Fabia", "C4", "Free", "Lost");
        assertThat(cars().query()
                        .groupBy("owner.firstName")
                        .orderBy(asc("owner.firstName"))
                        .select(Aggregate.count()))
                .extracting(group -> group.text("owner.firstName") + group.count())
                .containsExactly("Barney1", "Fred1", "2");
        assertThat(cars().query().max("owner.username")).contains("freddie");
        assertThat(cars().query().where(eq("owner.username", "freddie")).updateAll(dev.korm.Assignment.set("year", 1)))
                .isEqualTo(1);
        assertThat(cars().query().where(gt("owner.username", "a")).deleteAll()).isEqualTo(2);
    }

    @Test
    void a_reference_may_name_items_of_several_kinds() {
        Items<Rider> riders = Korm.item(Rider.class, pool());
        Items<Ride> rides = Korm.item(Ride.class, pool());
        Item<Rider> free =
                riders.fromData("riders", "freetier", new Rider("free", null)).create();
        Item<Rider> rich =
                riders.fromData("riders", "premium", new Rider("rich", 40)).create();
        rides.fromData("rides", "trip", new Ride("Rome", rich.rn())).create();
        rides.fromData("rides", "trip", new Ride("Oslo", free.rn())).create();
        rides.fromData("rides", "trip", new Ride("Bern", null)).create();
        Query<Ride> all = rides.fromQuery("rides", "trip");
        assertThat(targets(all.where(eq("by.name", "rich")))).containsExactly("Rome");
        assertThat(targets(all.where(eq("by.name", "free")))).containsExactly("Oslo");
        assertThat(targets(all.where(not(eq("by.name", "free"))))).containsExactly("Rome");
        assertThat(targets(all.orderBy(asc("by.name")))).containsExactly("Oslo", "Rome", "Bern");
        Item<Ride> rome =
                all.where(eq(Ride::to, "Rome")).resolvePaths("by").first().orElseThrow();
        assertThat(rome.data().by().get().name()).isEqualTo("rich");
    }

    private static List<String> targets(Query<Ride> rides) {
        return rides.get().stream().map(ride -> ride.data().to()).toList();
    }

    @Test
    void a_commit_writes_changes_of_resolved_references_along() {
        Item<Car> car = read("owner.boss");
        UncommittedItem<Car> changed = car.set("owner.firstName", "Frederick")
                .set("owner.boss.lastName", "Boss")
                .set(Car::year, 2015);
        assertThat(fred.reload().data().firstName()).isEqualTo("Fred");
        assertThat(car.data().owner().get().firstName()).isEqualTo("Fred");
        assertThat(changed.data().owner().get().firstName()).isEqualTo("Frederick");
        Item<Car> committed = changed.commit();
        assertThat(committed.revision()).isEqualTo(car.revision() + 1);
        assertThat(committed.data().owner().item().revision()).isEqualTo(fred.revision() + 1);
        assertThat(fred.reload().data().firstName()).isEqualTo("Frederick");
        assertThat(wilma.reload().data().lastName()).isEqualTo("Boss");
        assertThat(wilma.reload().revision()).isEqualTo(wilma.revision() + 1);
        assertThat(barney.reload().revision()).isEqualTo(barney.revision());
        Item<Car> again = committed.set("owner.boss.lastName", "Bigger").commit();
        assertThat(again.revision()).isEqualTo(committed.revision());
        assertThat(wilma.reload().data().lastName()).isEqualTo("Bigger");
        assertThat(fred.reload().revision()).isEqualTo(fred.revision() + 1);
    }

    @Test
    void a_patch_reaches_resolved_references() {
        Item<Car> committed = read("owner")
                .patch(Map.of("owner", Map.of("firstName", "Frederick"), "year", 2016))
                .commit();
        assertThat(committed.data().owner().get().firstName()).isEqualTo("Frederick");
        assertThat(fred.reload().data().firstName()).isEqualTo("Frederick");
        assertThat(fred.reload().data().boss()).isEqualTo(wilma.rn());
    }

    @Test
    void a_reference_is_replaced_by_a_reference_or_null() {
        Item<Car> replaced = read("owner").set("owner", barney.rn()).commit();
        assertThat(replaced.reload().data().owner()).isEqualTo(barney.rn());
        assertThat(fred.reload()).isEqualTo(fred);
        assertThat(replaced.set(Car::owner, null).commit().reload().data().owner())
                .isNull();
    }

    @Test
    void a_change_through_an_unresolved_reference_is_an_error() {
        assertThatThrownBy(() -> read().set("owner.firstName", "X"))
                .isInstanceOf(QueryException.class)
                .hasMessageContaining("resolvePaths");
        assertThatThrownBy(() -> read("owner").set("owner.frstName", "X")).isInstanceOf(PathException.class);
    }

    @Test
    void a_conflict_in_a_reference_leaves_everything_as_it_was() {
        Item<Car> car = read("owner");
        fred.set(User::lastName, "Changed").commit();
        assertThatThrownBy(
                        () -> car.set("owner.firstName", "X").set(Car::year, 1).commit())
                .isInstanceOf(ConflictException.class);
        assertThat(citroen.reload()).isEqualTo(citroen);
    }

    @Test
    void an_item_that_stands_in_several_places_is_changed_in_all_of_them() {
        Item<Car> car = cars().fromData(
                        Car.of("Two", 1).withOwner(fred.rn()).withDrivers(List.of(fred.rn(), fred.rn())))
                .create();
        Item<Car> read =
                cars().fromRn(car.rn()).resolvePaths("owner", "drivers[*]").get();
        UncommittedItem<Car> changed = read.set("owner.firstName", "Once").set("drivers[0].lastName", "Twice");
        assertThat(changed.data().drivers()).allSatisfy(rn -> {
            assertThat(rn.get().firstName()).isEqualTo("Once");
            assertThat(rn.get().lastName()).isEqualTo("Twice");
        });
        changed.commit();
        assertThat(fred.reload().data().lastName()).isEqualTo("Twice");
        assertThat(fred.reload().revision()).isEqualTo(fred.revision() + 1);
    }

    @Test
    void a_change_at_the_end_of_a_circle_changes_its_beginning() {
        Item<User> first = users().fromData(User.of("First", "first")).create();
        Item<User> second = users().fromData(User.of("Second", "second").withBoss(first.rn()))
                .create();
        Item<User> closed = first.set(User::boss, second.rn()).commit();
        Item<User> round =
                users().fromRn(closed.rn()).resolvePaths("boss.boss.boss").get();
        Item<User> changed = round.set("boss.boss.lastName", "Changed").commit();
        assertThat(changed.data().lastName()).isEqualTo("Changed");
        assertThat(changed.revision()).isEqualTo(closed.revision() + 1);
        assertThat(changed.data().boss().get().boss().get().lastName()).isEqualTo("Changed");
        assertThat(changed.data().boss().get().firstName()).isEqualTo("Second");
        assertThat(closed.reload()).isEqualTo(changed);
        assertThat(second.reload()).isEqualTo(second);
        Item<User> both =
                users().fromRn(closed.rn()).resolvePaths("boss.boss.boss").get();
        Item<User> end = both.set("firstName", "Begin")
                .set("boss.boss.boss.lastName", "End")
                .commit();
        assertThat(end.data().firstName()).isEqualTo("Begin");
        assertThat(end.data().boss().get().lastName()).isEqualTo("End");
        assertThat(end.data().boss().get().boss().get().firstName()).isEqualTo("Begin");
        assertThat(closed.reload().data().firstName()).isEqualTo("Begin");
        assertThat(second.reload().data().lastName()).isEqualTo("End");
        assertThat(second.reload().revision()).isEqualTo(second.revision() + 1);
        Item<User> twice = users().fromRn(closed.rn()).resolvePaths("boss.boss").get();
        UncommittedItem<User> differing = twice.set("firstName", "One").set("boss.boss.firstName", "Two");
        assertThatThrownBy(differing::commit).isInstanceOf(QueryException.class);
    }

    @Test
    void a_question_without_paths_resolves_nothing_and_groups_all() {
        assertThat(users().query().resolvePaths().count())
                .isEqualTo(users().query().count());
        assertThat(users().fromRn(fred.rn()).resolvePaths().get()).isEqualTo(fred);
        assertThat(users().query().groupBy().select(Aggregate.count())).hasSize(1);
    }

    @Test
    void a_transaction_keeps_the_changes_of_resolved_references() {
        Item<Car> car = read("owner");
        Korm.tx(car.set("owner.firstName", "InTx"), users().fromData(User.of("New", "new")))
                .persist();
        assertThat(fred.reload().data().firstName()).isEqualTo("InTx");
    }

    @Test
    void documents_refer_and_are_referred_to() {
        Item<Document> note = documents()
                .fromData(
                        "notes",
                        "plain",
                        Document.of(Map.of(
                                "author",
                                fred.rn(),
                                "meta",
                                Map.of("reviewer", wilma.rn(), "others", List.of(barney.rn())))))
                .create();
        assertThat(documents()
                        .fromQuery("notes", "plain")
                        .where(eq("author.username", "freddie"))
                        .count())
                .isEqualTo(1);
        assertThat(documents()
                        .fromQuery("notes", "plain")
                        .where(eq("meta.reviewer.username", "wilma"))
                        .count())
                .isEqualTo(1);
        assertThat(documents()
                        .fromQuery("notes", "plain")
                        .where(eq("meta.others[*].username", "barney"))
                        .count())
                .isEqualTo(1);
        Item<Document> read = documents()
                .fromRn(note.rn())
                .resolvePaths("author", "meta.reviewer", "meta.others[*]")
                .get();
        Rn<?> author = (Rn<?>) read.data().get("author").orElseThrow();
        assertThat(((Document) author.get()).get("firstName")).contains("Fred");
        Item<Document> changed = read.set("author.firstName", "Doc").commit();
        assertThat(fred.reload().data().firstName()).isEqualTo("Doc");
        assertThat(changed.revision()).isEqualTo(note.revision());
    }

    @Test
    void several_items_are_read_by_name_in_their_order() {
        List<Item<User>> items = users().fromRns(List.of(
                barney.rn(), Rn.parse(NOBODY), fred.rn(), barney.rn().from("main")));
        assertThat(items).extracting(item -> item.data().firstName()).containsExactly("Barney", "Fred", "Barney");
    }

    record Party(List<Rn<User>> guests, Map<String, Rn<User>> seats) {}

    @Test
    void paths_to_resolve_are_checked_and_may_be_repeated() {
        assertThatThrownBy(() -> cars().query().resolvePaths("")).isInstanceOf(PathException.class);
        assertThatThrownBy(() -> cars().query().resolvePaths("owner..boss")).isInstanceOf(PathException.class);
        assertThatThrownBy(() -> cars().query().resolvePaths("owner.bos")).isInstanceOf(PathException.class);
        assertThatThrownBy(() ->
                        Korm.item(Party.class, pool()).fromQuery("fun", "party").resolvePaths("guests"))
                .isInstanceOf(PathException.class)
                .hasMessageContaining("did you mean \"guests[*]\"?");
        assertThatThrownBy(() ->
                        Korm.item(Party.class, pool()).fromQuery("fun", "party").resolvePaths("seats"))
                .isInstanceOf(PathException.class)
                .hasMessageContaining("did you mean \"seats.*\"?");
        assertThatThrownBy(() -> cars().query().resolvePaths("owner.firstName.x"))
                .isInstanceOf(PathException.class);
        assertThat(read("owner", "owner", "owner.boss", "owner")
                        .data()
                        .owner()
                        .get()
                        .boss()
                        .isResolved())
                .isTrue();
    }

    @Test
    void two_places_that_name_one_item_share_it() {
        Item<Car> car = cars().fromData(
                        Car.of("Two", 1).withOwner(fred.rn()).withDrivers(List.of(fred.rn(), wilma.rn())))
                .create();
        Item<Car> read =
                cars().fromRn(car.rn()).resolvePaths("owner", "drivers[*]").get();
        assertThat(read.data().drivers().get(0).item())
                .isSameAs(read.data().owner().item());
    }

    @Test
    void a_reference_to_a_whole_collection_cannot_be_resolved() {
        Item<Car> car = cars().fromData(Car.of("Odd", 1).withModel("Odd").withOwner(Rn.collection("users", "freetier")))
                .create();
        assertThatThrownBy(() -> cars().fromRn(car.rn()).resolvePaths("owner").get())
                .isInstanceOf(QueryException.class)
                .hasMessageContaining("collection");
        assertThat(car.reload().data().owner()).hasToString("[rn]:users:freetier:*");
        assertThat(models(eq("owner.username", "freddie"))).containsExactly("C4");
    }

    @Test
    void a_list_of_references_is_replaced_whole_and_what_it_named_stays() {
        Item<Car> read = read("drivers[*]");
        Item<Car> replaced = read.set("drivers", List.of(fred.rn())).commit();
        assertThat(replaced.reload().data().drivers()).containsExactly(fred.rn());
        assertThat(barney.reload()).isEqualTo(barney);
        assertThat(read.data().drivers()).hasSize(2);
        assertThat(read.data().drivers().get(0).isResolved()).isTrue();
    }

    @Test
    void a_reference_cannot_be_replaced_by_what_is_none() {
        assertThatThrownBy(() -> read("owner").set("owner", "Fred")).isInstanceOf(dev.korm.ValueException.class);
        assertThatThrownBy(() -> read("owner").set("owner", 5)).isInstanceOf(dev.korm.ValueException.class);
        assertThat(read("owner")
                        .set("owner", barney.rn().toString())
                        .commit()
                        .reload()
                        .data()
                        .owner())
                .isEqualTo(barney.rn());
        assertThat(fred.reload()).isEqualTo(fred);
    }
}
