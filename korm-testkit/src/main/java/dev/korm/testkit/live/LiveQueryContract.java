package dev.korm.testkit.live;

import static dev.korm.Assignment.set;
import static dev.korm.Filter.eq;
import static dev.korm.Filter.gt;
import static dev.korm.Order.asc;
import static dev.korm.Order.desc;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.ClosedException;
import dev.korm.ConfigurationException;
import dev.korm.CursorException;
import dev.korm.Document;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Query;
import dev.korm.QueryException;
import dev.korm.Rn;
import dev.korm.Stored;
import dev.korm.deletion.SoftDelete;
import dev.korm.live.LiveEvent;
import dev.korm.live.LivePosition;
import dev.korm.live.LiveQuery;
import dev.korm.spi.Capabilities.Feature;
import dev.korm.spi.LayerSource;
import dev.korm.testkit.LeakCheck;
import dev.korm.testkit.memory.MemoryLayer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The obligations of every layer that tells of changes, as the listeners of live queries see them. */
@NullUnmarked // Tests dereference what they expect to be there.
public abstract class LiveQueryContract {
    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    /** A person, kept when deleted. */
    @Stored(namespace = "live", kind = "person")
    @SoftDelete
    public record Person(String name, int age) {}

    /** A car. */
    @Stored(namespace = "live", kind = "car")
    public record Car(String make, int year, @Nullable Rn<Person> owner) {
        static Car of(String make, int year) {
            return new Car(make, year, null);
        }
    }

    private Pool pool;
    private Items<Car> cars;
    private Items<Person> persons;

    /** Returns the layer to hold against the contract; each test begins with an empty one. */
    protected abstract LayerSource store();

    @BeforeEach
    void open() {
        pool = Korm.pool()
                .layer("main", leaks.watch(store()))
                .layer("other", MemoryLayer.create())
                .defaultLayer("main")
                .open();
        cars = Korm.item(Car.class, pool);
        persons = Korm.item(Person.class, pool);
    }

    @AfterEach
    void close() {
        pool.close();
    }

    private Item<Car> car(String make, int year) {
        return cars.fromData(Car.of(make, year)).create();
    }

    private static List<String> makes(List<Item<Car>> items) {
        return items.stream().map(item -> item.data().make()).toList();
    }

    private static void await(HeldItems<Car> held, String... makes) {
        held.await(items -> makes(items).equals(List.of(makes)));
    }

    private static List<String> kinds(List<? extends LiveEvent<?>> events) {
        return events.stream().map(event -> event.getClass().getSimpleName()).toList();
    }

    @Test
    void a_listener_is_told_what_enters_changes_moves_and_leaves() {
        HeldItems<Car> held = new HeldItems<>();
        Item<Car> first = car("A", 2001);
        try (LiveQuery<Car> live =
                cars.query().where(gt(Car::year, 2000)).orderBy(asc(Car::year)).live(held)) {
            await(held, "A");
            Item<Car> second = car("B", 2005);
            await(held, "A", "B");
            car("old", 1999);
            Item<Car> changed = first.set(Car::make, "C").commit();
            await(held, "C", "B");
            changed.set(Car::year, 2010).commit();
            await(held, "B", "C");
            second.set(Car::year, 1990).commit();
            await(held, "C");
            assertThat(kinds(held.events())).containsExactly("Snapshot", "Entered", "Changed", "Moved", "Left");
            assertThat(live.isClosed()).isFalse();
        }
    }

    @Test
    void an_item_that_leaves_a_limited_answer_is_replaced_by_the_next_with_the_same_change() {
        HeldItems<Car> held = new HeldItems<>();
        Item<Car> first = car("A", 2001);
        car("B", 2002);
        car("C", 2003);
        try (LiveQuery<Car> live = cars.query().orderBy(asc(Car::year)).limit(2).live(held)) {
            await(held, "A", "B");
            first.delete();
            await(held, "B", "C");
            List<LiveEvent<Car>> events = held.events();
            assertThat(kinds(events)).containsExactly("Snapshot", "Left", "Entered");
            assertThat(events.get(1).remaining()).isEqualTo(1);
            assertThat(events.get(1).isLast()).isFalse();
            assertThat(events.get(2).isLast()).isTrue();
            assertThat(events.get(1).position()).isEqualTo(events.get(2).position());
            assertThat(live.isClosed()).isFalse();
        }
    }

    @Test
    void what_one_transaction_and_one_update_of_many_change_is_told_together() {
        HeldItems<Car> held = new HeldItems<>();
        try (LiveQuery<Car> live = cars.query().orderBy(asc(Car::year)).live(held)) {
            held.await(List::isEmpty);
            pool.runTransaction(tx -> {
                tx.create(cars.fromData(Car.of("A", 2001)));
                tx.create(cars.fromData(Car.of("B", 2002)));
            });
            await(held, "A", "B");
            cars.query().where(gt(Car::year, 2000)).updateAll(set("make", "X"));
            await(held, "X", "X");
            assertThat(held.events().stream().map(LiveEvent::remaining)).containsExactly(0, 1, 0, 1, 0);
            assertThat(live.isClosed()).isFalse();
        }
    }

    @Test
    void an_item_leaves_when_it_is_deleted_and_kept_and_enters_when_it_is_restored() {
        Item<Person> fred = persons.fromData(new Person("Fred", 30)).create();
        HeldItems<Person> held = new HeldItems<>();
        HeldItems<Person> all = new HeldItems<>();
        try (LiveQuery<Person> live = persons.query().live(held);
                LiveQuery<Person> withDeleted = persons.query().includeDeleted().live(all)) {
            held.await(items -> items.size() == 1);
            all.await(items -> items.size() == 1);
            fred.delete();
            held.await(List::isEmpty);
            all.await(items -> items.size() == 1 && items.get(0).deletedAt().isPresent());
            Item<Person> restored = persons.restore(fred.rn());
            held.await(items -> items.equals(List.of(restored)));
            all.await(items -> items.equals(List.of(restored)));
            assertThat(kinds(held.events())).containsExactly("Snapshot", "Left", "Entered");
            assertThat(kinds(all.events())).containsExactly("Snapshot", "Changed", "Changed");
            assertThat(live.isClosed()).isFalse();
            assertThat(withDeleted.isClosed()).isFalse();
        }
    }

    @Test
    void a_filter_through_a_reference_follows_what_it_names() {
        Item<Person> fred = persons.fromData(new Person("Fred", 30)).create();
        cars.fromData(new Car("A", 2001, fred.rn())).create();
        HeldItems<Car> held = new HeldItems<>();
        try (LiveQuery<Car> live = cars.query().where(eq("owner.name", "Fred")).live(held)) {
            await(held, "A");
            Item<Person> other = fred.set(Person::name, "Ann").commit();
            await(held);
            other.set(Person::name, "Fred").commit().delete();
            assertThat(persons.query().includeDeleted().count()).isEqualTo(1);
            persons.restore(fred.rn());
            await(held, "A");
            assertThat(live.isClosed()).isFalse();
        }
    }

    @Test
    void a_filter_through_a_reference_follows_another_layer() {
        Item<Person> fred = persons.fromData("other", "live", "person", new Person("Fred", 30))
                .create();
        cars.fromData(new Car("A", 2001, fred.rn())).create();
        HeldItems<Car> held = new HeldItems<>();
        try (LiveQuery<Car> live = cars.query()
                .where(eq("owner.name", "Fred"))
                .orderBy(desc("owner.age"))
                .live(held)) {
            await(held, "A");
            cars.fromData(new Car("B", 2002, fred.rn())).create();
            held.await(items -> items.size() == 2);
            Item<Person> other = fred.set(Person::name, "Ann").commit();
            await(held);
            other.set(Person::name, "Fred").commit();
            held.await(items -> items.size() == 2);
            assertThat(live.isClosed()).isFalse();
        }
    }

    @Test
    void what_is_resolved_along_with_an_item_changes_it() {
        Item<Person> fred = persons.fromData("other", "live", "person", new Person("Fred", 30))
                .create();
        Item<Car> first = cars.fromData(new Car("A", 2001, fred.rn())).create();
        HeldItems<Car> held = new HeldItems<>();
        try (LiveQuery<Car> live = cars.query().resolvePaths("owner").live(held)) {
            held.await(items -> owner(items).equals("Fred"));
            fred.set(Person::name, "Ann").commit();
            held.await(items -> owner(items).equals("Ann"));
            assertThat(kinds(held.events())).containsExactly("Snapshot", "Changed");
            Item<Car> told = held.items().get(0);
            assertThat(told.reload().data().owner()).isEqualTo(fred.rn());
            told.data().owner().item().set(Person::name, "Bob").commit();
            held.await(items -> owner(items).equals("Bob"));
            first.delete();
            await(held);
            assertThat(live.isClosed()).isFalse();
        }
    }

    private static String owner(List<Item<Car>> items) {
        return items.get(0).data().owner().get().name();
    }

    /** Opens a pool whose second layer keeps snapshots where it is told to, and tells of no changes. */
    private Pool leadingAway(boolean snapshots) {
        MemoryLayer silent = MemoryLayer.create().without(Feature.CHANGE_FEED);
        return Korm.pool()
                .layer("main", leaks.watch(store()))
                .layer("silent", snapshots ? silent : silent.without(Feature.SNAPSHOTS))
                .defaultLayer("main")
                .open();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void what_is_resolved_out_of_a_layer_without_a_feed_is_refused_before_the_listener_is_told_anything(
            boolean snapshots) {
        HeldItems<Car> held = new HeldItems<>();
        try (Pool two = leadingAway(snapshots)) {
            Items<Car> here = Korm.item(Car.class, two);
            Item<Person> ann = Korm.item(Person.class, two)
                    .fromData("silent", "live", "person", new Person("Ann", 30))
                    .create();
            here.fromData(new Car("A", 2001, ann.rn())).create();
            assertThatThrownBy(() -> here.query().resolvePaths("owner").live(held))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("\"silent\"")
                    .hasMessageContaining("resolvePaths");
            assertThat(held.events()).isEmpty();
            assertThat(held.failures()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_listener_is_told_that_an_item_has_come_to_lead_into_a_layer_without_a_feed_and_goes_on_without_it(
            boolean snapshots) {
        HeldItems<Car> held = new HeldItems<>();
        try (Pool two = leadingAway(snapshots)) {
            Items<Car> here = Korm.item(Car.class, two);
            here.prepare();
            Item<Person> ann = Korm.item(Person.class, two)
                    .fromData("silent", "live", "person", new Person("Ann", 30))
                    .create();
            try (LiveQuery<Car> live = here.query().resolvePaths("owner").live(held)) {
                held.await(List::isEmpty);
                Item<Car> away = here.fromData(new Car("A", 2001, ann.rn())).create();
                held.awaitFailure();
                assertThat(held.failures())
                        .first()
                        .isInstanceOf(ConfigurationException.class)
                        .extracting(Throwable::getMessage)
                        .asString()
                        .contains("\"silent\"", "resolvePaths");
                assertThat(held.items()).isEmpty();
                away.set(Car::owner, null).commit();
                await(held, "A");
                assertThat(live.isClosed()).isFalse();
            }
        }
    }

    @Test
    void deleted_items_that_are_kept_are_seen_by_those_who_ask_for_them() {
        Item<Person> fred = persons.fromData(new Person("Fred", 30)).create();
        HeldItems<Person> held = new HeldItems<>();
        HeldItems<Person> all = new HeldItems<>();
        LiveQuery<Person> live = persons.query().live(held);
        LiveQuery<Person> deletedToo = persons.query().includeDeleted().live(all);
        held.await(items -> items.size() == 1);
        all.await(items -> items.size() == 1);
        fred.delete();
        held.await(List::isEmpty);
        all.await(items -> items.get(0).deletedAt().isPresent());
        live.close();
        deletedToo.close();
    }

    /** A part, which may be a part of another. */
    @Stored(namespace = "live", kind = "part")
    public record Part(String name, int size, @Nullable Rn<Part> whole) {}

    @Test
    void references_within_the_table_and_to_tables_that_are_made_later_are_followed() {
        Items<Part> parts = Korm.item(Part.class, pool);
        HeldItems<Part> held = new HeldItems<>();
        HeldItems<Car> owned = new HeldItems<>();
        HeldItems<Document> documents = new HeldItems<>();
        Query<Document> anything = Korm.item(Document.class, pool).fromQuery("main", "live", "thing");
        try (LiveQuery<Part> live = parts.query()
                        .where(eq("size", 1).and(eq("whole.name", "x")))
                        .live(held);
                LiveQuery<Car> cars =
                        this.cars.query().where(eq("owner.name", "Fred")).live(owned);
                LiveQuery<Document> later = anything.where(eq("color", "red")).live(documents)) {
            held.await(List::isEmpty);
            documents.await(List::isEmpty);
            owned.await(List::isEmpty);
            Item<Part> whole = parts.fromData(new Part("y", 2, null)).create();
            parts.fromData(new Part("a", 1, whole.rn())).create();
            Item<Person> fred = persons.fromData(new Person("Fred", 1)).create();
            this.cars.fromData(new Car("A", 1, fred.rn())).create();
            owned.await(items -> items.size() == 1);
            whole.set(Part::name, "x").commit();
            held.await(items -> items.size() == 1);
            Korm.item(Document.class, pool)
                    .fromData("main", "live", "thing", Document.of(Map.of("color", "red")))
                    .create();
            documents.await(items -> items.size() == 1);
            assertThat(live.isClosed() || cars.isClosed() || later.isClosed()).isFalse();
        }
    }

    @Test
    void documents_are_told_as_items_of_records_are() {
        Items<Document> documents = Korm.item(Document.class, pool);
        car("A", 2001);
        HeldItems<Document> held = new HeldItems<>();
        try (LiveQuery<Document> live = documents
                .fromQuery("main", "live", "car")
                .where(gt("year", 2000))
                .orderBy(asc("year"))
                .live(held)) {
            held.await(items -> items.size() == 1);
            car("B", 2002);
            List<Item<Document>> items = held.await(now -> now.size() == 2);
            assertThat(items.get(1).data().text("make")).isEqualTo("B");
            assertThat(live.isClosed()).isFalse();
        }
    }

    @Test
    void a_listener_goes_on_from_where_it_was_without_a_gap_and_without_a_repeat() {
        Item<Car> first = car("A", 2001);
        Item<Car> second = car("B", 2002);
        Query<Car> query = cars.query().orderBy(asc(Car::year));
        HeldItems<Car> before = new HeldItems<>();
        String stored;
        try (LiveQuery<Car> live = query.live(before)) {
            await(before, "A", "B");
            stored = before.position().text();
            assertThat(live.isClosed()).isFalse();
        }
        first.set(Car::year, 2003).commit();
        second.delete();
        car("C", 2004);
        HeldItems<Car> after = before.resumed();
        try (LiveQuery<Car> live = query.live(after, LivePosition.of(stored))) {
            await(after, "A", "C");
            assertThat(kinds(after.events())).containsExactly("Left", "Entered", "Changed");
            stored = after.position().text();
            assertThat(live.isClosed()).isFalse();
        }
        HeldItems<Car> last = after.resumed();
        try (LiveQuery<Car> live = query.live(last, LivePosition.of(stored))) {
            car("D", 2005);
            await(last, "A", "C", "D");
            assertThat(kinds(last.events())).containsExactly("Entered");
            assertThat(live.position()).isNotNull();
        }
    }

    @Test
    void a_position_is_of_one_query_and_notices_when_it_was_altered() {
        HeldItems<Car> held = new HeldItems<>();
        Query<Car> query = cars.query().orderBy(asc(Car::year));
        try (LiveQuery<Car> live = query.live(held)) {
            held.await(List::isEmpty);
            assertThat(live.isClosed()).isFalse();
        }
        String text = held.position().text();
        assertThatThrownBy(() -> cars.query().live(held, LivePosition.of(text))).isInstanceOf(CursorException.class);
        for (String wrong : List.of("", "x", "né", text.substring(0, text.length() - 2), text.substring(2))) {
            assertThatThrownBy(() -> query.live(held, LivePosition.of(wrong))).isInstanceOf(CursorException.class);
        }
    }

    @Test
    void a_listener_that_waits_stops_nobody_and_gets_a_fresh_snapshot_when_it_is_too_far_behind() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        AtomicInteger begun = new AtomicInteger();
        List<LiveQuery<Car>> waiting = new ArrayList<>();
        HeldItems<Car> slow = new HeldItems<>();
        for (int i = 0; i < 8; i++) {
            int number = i;
            waiting.add(cars.query().orderBy(asc(Car::year)).live(event -> {
                begun.incrementAndGet();
                try {
                    release.await();
                } catch (InterruptedException stop) {
                    Thread.currentThread().interrupt();
                }
                if (number == 0) {
                    slow.onEvent(event);
                }
            }));
        }
        HeldItems<Car> held = new HeldItems<>();
        waiting.add(cars.query().orderBy(asc(Car::year)).live(held));
        for (int round = 0; round < 4; round++) {
            int to = (round + 1) * 400;
            int from = to - 400;
            pool.runTransaction(tx -> {
                for (int i = from; i < to; i++) {
                    tx.create(cars.fromData(Car.of("M", i)));
                }
            });
            held.await(items -> items.size() == to);
        }
        assertThat(begun).hasValue(8);
        release.countDown();
        slow.await(items -> items.size() == 1_600);
        assertThat(kinds(slow.events())).containsExactly("Snapshot", "Snapshot");
        waiting.forEach(LiveQuery::close);
    }

    @Test
    void a_listener_that_throws_gets_a_fresh_snapshot_and_stops_nobody() {
        HeldItems<Car> told = new HeldItems<>();
        AtomicInteger thrown = new AtomicInteger();
        LiveQuery<Car> throwing = cars.query().live(event -> {
            if (event instanceof LiveEvent.Entered && thrown.getAndIncrement() == 0) {
                throw new IllegalStateException("as planned");
            }
            told.onEvent(event);
        });
        HeldItems<Car> held = new HeldItems<>();
        LiveQuery<Car> other = cars.query().live(held);
        held.await(List::isEmpty);
        told.await(List::isEmpty);
        car("A", 2001);
        await(held, "A");
        await(told, "A");
        assertThat(kinds(told.events())).containsExactly("Snapshot", "Snapshot");
        throwing.close();
        other.close();
    }

    @Test
    void a_listener_that_has_closed_its_query_is_told_no_more() throws Exception {
        HeldItems<Car> held = new HeldItems<>();
        HeldItems<Car> other = new HeldItems<>();
        LiveQuery<Car> live = cars.query().live(held);
        held.await(List::isEmpty);
        live.close();
        live.close();
        assertThat(live.isClosed()).isTrue();
        try (LiveQuery<Car> again = cars.query().live(other)) {
            car("A", 2001);
            await(other, "A");
            assertThat(again.isClosed()).isFalse();
        }
        assertThat(held.events()).hasSize(1);
    }

    @Test
    void closing_the_pool_ends_live_queries() {
        HeldItems<Car> held = new HeldItems<>();
        LiveQuery<Car> live = cars.query().live(held);
        held.await(List::isEmpty);
        pool.close();
        assertThat(live.isClosed()).isTrue();
        live.close();
        assertThatThrownBy(() -> cars.query().live(held)).isInstanceOf(ClosedException.class);
    }

    @Test
    void a_query_of_a_transaction_cannot_be_live() {
        HeldItems<Car> held = new HeldItems<>();
        pool.runTransaction(
                tx -> assertThatThrownBy(() -> tx.item(Car.class).query().live(held))
                        .isInstanceOf(QueryException.class)
                        .hasMessageContaining("transaction"));
    }

    /** A subscriber that keeps what it gets. */
    private static final class Subscriber implements Flow.Subscriber<LiveEvent<Car>> {
        private final LinkedBlockingQueue<Object> got = new LinkedBlockingQueue<>();
        private volatile Flow.Subscription subscription;

        @Override
        public void onSubscribe(Flow.Subscription begun) {
            subscription = begun;
        }

        @Override
        public void onNext(LiveEvent<Car> event) {
            got.add(event);
        }

        @Override
        public void onError(Throwable failure) {
            got.add(failure);
        }

        @Override
        public void onComplete() {
            got.add("complete");
        }

        private Object next() throws InterruptedException {
            return got.poll(60, TimeUnit.SECONDS);
        }
    }

    @Test
    void a_publisher_tells_as_many_events_as_are_asked_for() throws Exception {
        Subscriber subscriber = new Subscriber();
        cars.query().orderBy(asc(Car::year)).publisher().subscribe(subscriber);
        HeldItems<Car> held = new HeldItems<>();
        LiveQuery<Car> live = cars.query().orderBy(asc(Car::year)).live(held);
        held.await(List::isEmpty);
        subscriber.subscription.request(1);
        assertThat(subscriber.next()).isInstanceOf(LiveEvent.Snapshot.class);
        car("A", 2001);
        car("B", 2002);
        await(held, "A", "B");
        assertThat(subscriber.got).isEmpty();
        subscriber.subscription.request(1);
        assertThat(subscriber.next()).isInstanceOf(LiveEvent.Entered.class);
        subscriber.subscription.request(Long.MAX_VALUE);
        assertThat(subscriber.next()).isInstanceOf(LiveEvent.Entered.class);
        live.close();
        Flow.Publisher<LiveEvent<Car>> publisher = cars.query().publisher();
        pool.close();
        assertThat(subscriber.next()).isEqualTo("complete");

        Subscriber late = new Subscriber();
        publisher.subscribe(late);
        assertThat(late.next()).isInstanceOf(ClosedException.class);
    }

    @Test
    void a_publisher_ends_with_a_request_for_nothing_and_with_a_cancellation() throws Exception {
        Subscriber wrong = new Subscriber();
        cars.query().publisher().subscribe(wrong);
        wrong.subscription.request(0);
        assertThat(wrong.next()).isInstanceOf(IllegalArgumentException.class);

        Subscriber cancelled = new Subscriber();
        cars.query().publisher().subscribe(cancelled);
        cancelled.subscription.request(10);
        assertThat(cancelled.next()).isInstanceOf(LiveEvent.Snapshot.class);
        cancelled.subscription.cancel();
        HeldItems<Car> held = new HeldItems<>();
        try (LiveQuery<Car> live = cars.query().live(held)) {
            car("A", 2001);
            await(held, "A");
            assertThat(live.isClosed()).isFalse();
        }
        assertThat(cancelled.got).isEmpty();
    }
}
