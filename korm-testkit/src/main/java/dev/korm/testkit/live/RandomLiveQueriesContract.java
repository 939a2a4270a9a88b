package dev.korm.testkit.live;

import static dev.korm.Filter.between;
import static dev.korm.Filter.eq;
import static dev.korm.Filter.everything;
import static dev.korm.Filter.gt;
import static dev.korm.Filter.isNull;
import static dev.korm.Filter.lt;
import static dev.korm.Filter.not;

import dev.korm.Assignment;
import dev.korm.Filter;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Order;
import dev.korm.Pool;
import dev.korm.Query;
import dev.korm.Rn;
import dev.korm.Stored;
import dev.korm.deletion.SoftDelete;
import dev.korm.live.LiveEvent;
import dev.korm.live.LiveListener;
import dev.korm.live.LivePosition;
import dev.korm.live.LiveQuery;
import dev.korm.spi.LayerSource;
import dev.korm.testkit.Seed;
import dev.korm.testkit.live.MomentsOfLayer.Places;
import dev.korm.testkit.memory.MemoryLayer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Random live queries over random changes: after each batch of changes, what a listener holds is what its query finds when it is asked anew, in the same order; also of listeners that were cut off
 * and went on from a stored position. And what it held after each single change that it was told of is what a model of the query finds in what the layers held at the positions that it was told with. Prints its
 * seed; {@code -Dkorm.seed=…} repeats a run.
 */
@NullUnmarked // Tests dereference what they expect to be there.
public abstract class RandomLiveQueriesContract {
    private static final int STEPS = 60;
    private static final int QUERIES = 8;
    private static final List<String> NAMES = List.of("a", "b", "B", "ä", "", "zz");

    /** A person, in a layer of its own. */
    @Stored(layer = "other", namespace = "live", kind = "person")
    @SoftDelete
    public record Person(String name, int age) {}

    /** A group, in the layer of the things. */
    @Stored(layer = "main", namespace = "live", kind = "group")
    public record Group(String name, @Nullable Rn<Person> leader) {}

    /** A thing. */
    @Stored(layer = "main", namespace = "live", kind = "thing")
    public record Thing(
            String name,
            int number,
            @Nullable Long weight,
            boolean open,
            @Nullable Rn<Person> owner,
            @Nullable Rn<Group> group,
            List<String> tags) {}

    /** Money that is only moved. */
    @Stored(layer = "main", namespace = "live", kind = "account")
    public record Account(int number, long money) {}

    private MomentsOfLayer<AnswerModel.Home> home;
    private MomentsOfLayer<Map<Rn<Person>, Person>> away;
    private int atPosition;
    private int inOrder;
    private int between;
    private Pool pool;
    private Items<Thing> things;
    private Items<Person> persons;
    private Items<Group> groups;
    private long seed;
    private Random random;
    private final List<Item<Thing>> allThings = new ArrayList<>();
    private final List<Item<Person>> allPersons = new ArrayList<>();
    private final List<Rn<Person>> deleted = new ArrayList<>();
    private final List<Item<Group>> allGroups = new ArrayList<>();

    /** Returns the layer to hold against the contract; each test begins with an empty one. */
    protected abstract LayerSource store();

    @BeforeEach
    void open() {
        home = new MomentsOfLayer<>(store());
        away = new MomentsOfLayer<>(MemoryLayer.create());
        pool = Korm.pool().layer("main", home).layer("other", away).open();
        things = Korm.item(Thing.class, pool);
        persons = Korm.item(Person.class, pool);
        groups = Korm.item(Group.class, pool);
        seed = Seed.next(getClass());
        random = new Random(seed);
    }

    @AfterEach
    void close() {
        pool.close();
    }

    /** The answer that a listener held once it was told of a change as a whole. */
    private record Told(List<Item<Thing>> items, LivePosition position) {}

    /** A listener, its query, and what is known of it. */
    private static final class Listener {
        private final Query<Thing> query;
        private final AnswerModel.Question model;
        private final boolean ordered;
        private final Queue<Told> told = new ConcurrentLinkedQueue<>();
        private HeldItems<Thing> held = new HeldItems<>();
        private LiveQuery<Thing> live;
        private boolean resumed;

        /** Where the state of each layer stands that it was told of last. */
        private int atHome;

        private int atAway;

        Listener(Query<Thing> query, AnswerModel.Question model) {
            this.query = query;
            this.model = model;
            this.ordered = !model.order().isEmpty();
        }

        void begin() {
            live = query.live(noting(held));
        }

        /** Goes on from where it was, as another program would. */
        void goOn() {
            held = held.resumed();
            live = query.live(
                    noting(held),
                    LivePosition.of(Objects.requireNonNull(held.position()).text()));
            resumed = true;
        }

        private LiveListener<Thing> noting(HeldItems<Thing> items) {
            return event -> {
                items.onEvent(event);
                if (event.isLast()) {
                    told.add(new Told(items.items(), event.position()));
                }
            };
        }

        List<String> texts(List<Item<Thing>> items) {
            List<String> texts = new ArrayList<>();
            items.forEach(item -> texts.add(item.rn() + " " + item.revision() + " " + item.data()));
            if (!ordered) {
                texts.sort(Comparator.naturalOrder());
            }
            return texts;
        }
    }

    @Test
    void what_listeners_hold_is_what_their_queries_find() {
        run(Duration.ofSeconds(3));
    }

    @Test
    @Tag("long")
    void what_listeners_hold_is_what_their_queries_find_for_long() {
        run(Duration.ofMinutes(Integer.getInteger("korm.live.minutes", 60)));
    }

    private void run(Duration longest) {
        long end = System.nanoTime() + longest.toNanos();
        int steps = 0;
        int cut = 0;
        do {
            List<Listener> listeners = new ArrayList<>();
            for (int i = 0; i < QUERIES; i++) {
                listeners.add(listener());
            }
            listeners.add(new Listener(listeners.get(0).query, listeners.get(0).model));
            listeners.forEach(Listener::begin);
            listeners.forEach(each -> each.held.awaitEvents(1));
            home.forget();
            away.forget();
            note();
            listeners.forEach(each -> {
                each.atHome = home.states().size() - 1;
                each.atAway = away.states().size() - 1;
            });
            for (int step = 0; step < STEPS && System.nanoTime() < end; step++) {
                Listener away = random.nextInt(3) == 0 ? pick(listeners) : null;
                if (away != null) {
                    cut++;
                    away.live.close();
                }
                change(1 + random.nextInt(3));
                if (away != null) {
                    away.goOn();
                    change(random.nextInt(2));
                }
                int at = steps++;
                listeners.forEach(each -> check(each, at));
            }
            listeners.forEach(each -> each.live.close());
        } while (System.nanoTime() < end);
        System.out.println("Live queries: " + steps + " steps, " + cut
                + " listeners were cut off and went on; of the states that they were told, " + atPosition
                + " are those of their positions, " + inOrder
                + " are in the order of what the layers held, since the store gave a moment several positions, "
                + between + " are of moments within a change");
    }

    /** Notes what the layers hold now, so that it can be compared with what is told of this moment. */
    private void note() {
        if (home.hasMoments()) {
            home.note(new AnswerModel.Home(
                    things.query().get(), data(groups.query().get())));
            away.note(data(persons.query().get()));
        }
    }

    private static <E> Map<Rn<E>, E> data(List<Item<E>> items) {
        return items.stream().collect(Collectors.toMap(Item::rn, Item::data));
    }

    /** Compares all that a listener was told with the answer at its position. */
    private void checkTold(Listener listener, int step) {
        for (Told told = listener.told.poll(); told != null; told = listener.told.poll()) {
            if (home.hasMoments()) {
                checkTold(listener, told, step);
            }
        }
    }

    private void checkTold(Listener listener, Told told, int step) {
        Map<String, String> positions = MomentsOfLayer.positions(told.position());
        Places homes = home.places(positions.get("main"));
        // A query that leads nowhere else is answered alike whatever the other layer holds.
        String other = positions.get("other");
        Places aways = other == null ? new Places(listener.atAway, listener.atAway) : away.places(other);
        boolean known = homes != null && aways != null;
        if (homes == null) {
            homes = new Places(listener.atHome, home.states().size() - 1);
        }
        if (aways == null) {
            aways = new Places(listener.atAway, away.states().size() - 1);
        }
        List<String> held = listener.texts(told.items());
        for (int i = homes.first(); i <= homes.last(); i++) {
            for (int j = aways.first(); j <= aways.last(); j++) {
                List<Item<Thing>> answer = AnswerModel.answer(
                        listener.model, home.states().get(i), away.states().get(j));
                if (listener.texts(answer).equals(held)) {
                    if (known) {
                        atPosition++;
                    } else {
                        inOrder++;
                    }
                    listener.atHome = Math.max(i, listener.atHome);
                    listener.atAway = Math.max(j, listener.atAway);
                    return;
                }
            }
        }
        if (known) {
            throw new AssertionError(
                    "Seed " + seed + ", step " + step + ", " + listener.query + ": held " + held + " at "
                            + told.position() + ", where the answer is "
                            + listener.texts(AnswerModel.answer(
                                    listener.model,
                                    home.states().get(homes.last()),
                                    away.states().get(aways.last()))));
        }
        // A change that takes more than one transaction was told of half-way.
        between++;
    }

    private void check(Listener listener, int step) {
        List<String> expected = listener.texts(listener.query.get());
        try {
            listener.held.await(items -> listener.texts(items).equals(expected));
        } catch (AssertionError different) {
            throw new AssertionError(
                    "Seed " + seed + ", step " + step + ", " + listener.query + ": expected " + expected, different);
        }
        if (listener.resumed
                && listener.held.events().stream().anyMatch(event -> event instanceof LiveEvent.Snapshot)) {
            throw new AssertionError("Seed " + seed + ", step " + step + ": a short answer was told anew");
        }
        checkTold(listener, step);
    }

    private Listener listener() {
        Query<Thing> query = things.query();
        AnswerModel.Condition condition = row -> true;
        if (random.nextInt(5) > 0) {
            Wanted wanted = filter(2);
            query = query.where(wanted.filter());
            condition = wanted.condition();
        }
        List<AnswerModel.Key> keys = new ArrayList<>();
        int limit = 0;
        if (random.nextInt(3) > 0) {
            List<Order> orders = new ArrayList<>();
            for (int left = 1 + random.nextInt(2); left > 0; left--) {
                String path = pick(List.of("number", "name", "weight", "owner.age", "group.name", "group.leader.age"));
                boolean descending = random.nextBoolean();
                orders.add(descending ? Order.desc(path) : Order.asc(path));
                keys.add(new AnswerModel.Key(row -> value(row, path), descending));
            }
            query = query.orderBy(orders.toArray(new Order[0]));
            if (random.nextBoolean()) {
                limit = 1 + random.nextInt(6);
                query = query.limit(limit);
            }
        }
        return new Listener(query, new AnswerModel.Question(condition, keys, limit));
    }

    /** A filter, and the same for the model. */
    private record Wanted(Filter filter, AnswerModel.Condition condition) {}

    private static @Nullable Comparable<?> value(AnswerModel.Row row, String path) {
        return switch (path) {
            case "number" -> row.thing().number();
            case "name" -> row.thing().name();
            case "weight" -> row.thing().weight();
            case "owner.age" -> row.owner() == null ? null : row.owner().age();
            case "group.name" -> row.group() == null ? null : row.group().name();
            default -> row.leader() == null ? null : row.leader().age();
        };
    }

    private Wanted filter(int depth) {
        String name = pick(NAMES);
        int number = random.nextInt(10);
        boolean open = random.nextBoolean();
        return switch (random.nextInt(depth > 0 ? 14 : 10)) {
            case 0 -> new Wanted(eq("name", name), row -> row.thing().name().equals(name));
            case 1 -> new Wanted(gt("number", number), row -> row.thing().number() > number);
            case 2 ->
                new Wanted(
                        eq("owner.name", name),
                        AnswerModel.of(
                                row -> row.owner() == null ? null : row.owner().name(), name::equals));
            case 3 ->
                new Wanted(
                        lt("group.leader.age", number),
                        AnswerModel.of(
                                row -> row.leader() == null
                                        ? null
                                        : row.leader().age(),
                                age -> age < number));
            case 4 -> new Wanted(isNull("owner"), row -> row.thing().owner() == null);
            case 5 ->
                new Wanted(
                        between("weight", 2L, 7L),
                        AnswerModel.of(row -> row.thing().weight(), weight -> weight >= 2 && weight <= 7));
            case 6 -> new Wanted(eq("open", open), row -> row.thing().open() == open);
            case 7 -> new Wanted(eq("tags[*]", name), row -> row.thing().tags().contains(name));
            case 8 ->
                new Wanted(
                        eq("group.name", name),
                        AnswerModel.of(
                                row -> row.group() == null ? null : row.group().name(), name::equals));
            case 9 -> new Wanted(eq("number", number), row -> row.thing().number() == number);
            case 10 -> {
                Wanted inner = filter(depth - 1);
                yield new Wanted(not(inner.filter()), inner.condition().not());
            }
            case 11, 12 -> {
                Wanted one = filter(depth - 1);
                Wanted two = filter(depth - 1);
                yield new Wanted(one.filter().and(two.filter()), one.condition().and(two.condition()));
            }
            default -> {
                Wanted one = filter(depth - 1);
                Wanted two = filter(depth - 1);
                yield new Wanted(one.filter().or(two.filter()), one.condition().or(two.condition()));
            }
        };
    }

    private <E> E pick(List<E> some) {
        return some.get(random.nextInt(some.size()));
    }

    private <E> @Nullable Rn<E> reference(List<Item<E>> to) {
        return to.isEmpty() || random.nextInt(4) == 0 ? null : pick(to).rn();
    }

    private Thing thing() {
        return new Thing(
                pick(NAMES),
                random.nextInt(10),
                random.nextInt(4) == 0 ? null : (long) random.nextInt(10),
                random.nextBoolean(),
                reference(allPersons),
                reference(allGroups),
                random.nextBoolean() ? List.of() : List.of(pick(NAMES), pick(NAMES)));
    }

    private void change(int times) {
        for (int i = 0; i < times; i++) {
            change();
            note();
        }
    }

    private void change() {
        switch (random.nextInt(14)) {
            case 0, 1, 2 -> allThings.add(things.fromData(thing()).create());
            case 3 -> severalAtOnce();
            case 4, 5, 6 -> set(allThings, "number", random.nextInt(10));
            case 7 -> set(allThings, "owner", reference(allPersons));
            case 8 -> deleteThing();
            case 9 ->
                allPersons.add(persons.fromData(new Person(pick(NAMES), random.nextInt(10)))
                        .create());
            case 10 ->
                allGroups.add(groups.fromData(new Group(pick(NAMES), reference(allPersons)))
                        .create());
            case 11 -> deleteOrRestorePerson();
            case 12 -> set(allPersons, "age", random.nextInt(10));
            default -> set(allGroups, "name", pick(NAMES));
        }
    }

    private <E> void set(List<Item<E>> items, String field, @Nullable Object value) {
        if (!items.isEmpty()) {
            int at = random.nextInt(items.size());
            items.set(at, items.get(at).reload().set(field, value).commit());
        }
    }

    private void severalAtOnce() {
        switch (random.nextInt(8)) {
            case 0 ->
                things.query()
                        .where(random.nextInt(5) == 0 ? everything() : gt("number", 7))
                        .deleteAll();
            case 1, 2, 3 ->
                things.query().where(eq("number", random.nextInt(10))).updateAll(Assignment.set("name", pick(NAMES)));
            default ->
                pool.runTransaction(tx -> {
                    for (int i = 0; i < 5; i++) {
                        tx.create(things.fromData(thing()));
                    }
                });
        }
        reload();
    }

    private void deleteThing() {
        if (!allThings.isEmpty()) {
            allThings.remove(random.nextInt(allThings.size())).reload().delete();
        }
    }

    private void deleteOrRestorePerson() {
        if (!deleted.isEmpty() && random.nextBoolean()) {
            allPersons.add(persons.restore(deleted.remove(0)));
        } else if (!allPersons.isEmpty()) {
            Item<Person> gone = allPersons.remove(random.nextInt(allPersons.size()));
            gone.reload().delete();
            deleted.add(gone.rn());
            reload();
        }
    }

    private void reload() {
        allThings.clear();
        allThings.addAll(things.query().get());
    }

    @Test
    void no_listener_sees_a_part_of_a_transaction() throws Exception {
        Items<Account> accounts = Korm.item(Account.class, pool);
        List<Rn<Account>> all = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            all.add(accounts.fromData(new Account(i, 100)).create().rn());
        }
        AtomicReference<String> wrong = new AtomicReference<>();
        List<HeldItems<Account>> held = new ArrayList<>();
        List<LiveQuery<Account>> live = new ArrayList<>();
        for (Query<Account> query : List.of(
                accounts.query(),
                accounts.query().orderBy(Order.desc("money")),
                accounts.query().where(gt("money", -1_000)))) {
            HeldItems<Account> items = new HeldItems<>();
            held.add(items);
            live.add(query.live(event -> {
                items.onEvent(event);
                long sum = items.items().stream()
                        .mapToLong(item -> item.data().money())
                        .sum();
                if (event.isLast() && sum != 1_000) {
                    wrong.set("the sum is " + sum);
                }
            }));
        }
        List<Thread> writers = new ArrayList<>();
        for (int writer = 0; writer < 2; writer++) {
            List<Rn<Account>> own = all.subList(writer * 5, writer * 5 + 5);
            Random chance = new Random(seed + writer);
            Thread thread = new Thread(() -> {
                for (int i = 0; i < 60; i++) {
                    int from = chance.nextInt(5);
                    move(own.get(from), own.get((from + 1 + chance.nextInt(4)) % 5));
                }
            });
            thread.start();
            writers.add(thread);
        }
        for (Thread writer : writers) {
            writer.join();
        }
        List<String> expected = revisions(accounts.query().get());
        for (HeldItems<Account> items : held) {
            items.await(now -> revisions(now).equals(expected));
        }
        live.forEach(LiveQuery::close);
        if (wrong.get() != null) {
            throw new AssertionError("Seed " + seed + ": " + wrong.get());
        }
    }

    private void move(Rn<Account> from, Rn<Account> to) {
        pool.runTransaction(tx -> {
            Item<Account> one = tx.item(Account.class).fromRn(from).get();
            Item<Account> other = tx.item(Account.class).fromRn(to).get();
            tx.update(one.set(Account::money, one.data().money() - 7));
            tx.update(other.set(Account::money, other.data().money() + 7));
        });
    }

    private static List<String> revisions(List<Item<Account>> items) {
        return items.stream()
                .map(item -> item.rn() + " " + item.revision())
                .sorted()
                .toList();
    }
}
