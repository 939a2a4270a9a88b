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
import dev.korm.live.LivePosition;
import dev.korm.live.LiveQuery;
import dev.korm.spi.LayerSource;
import dev.korm.testkit.Seed;
import dev.korm.testkit.memory.MemoryLayer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Random live queries over random changes: after each batch of changes, what a listener holds is what its query finds when it is asked anew, in the same order; also of listeners that were cut off
 * and went on from a stored position. Prints its seed; {@code -Dkorm.seed=…} repeats a run.
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
        pool = Korm.pool()
                .layer("main", store())
                .layer("other", MemoryLayer.create())
                .open();
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

    /** A listener, its query, and what is known of it. */
    private static final class Listener {
        private final Query<Thing> query;
        private final boolean ordered;
        private HeldItems<Thing> held = new HeldItems<>();
        private LiveQuery<Thing> live;
        private boolean resumed;

        Listener(Query<Thing> query, boolean ordered) {
            this.query = query;
            this.ordered = ordered;
        }

        /** Goes on from where it was, as another program would. */
        void goOn() {
            held = held.resumed();
            live = query.live(
                    held,
                    LivePosition.of(Objects.requireNonNull(held.position()).text()));
            resumed = true;
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
            listeners.add(new Listener(listeners.get(0).query, listeners.get(0).ordered));
            listeners.forEach(each -> each.live = each.query.live(each.held));
            listeners.forEach(each -> each.held.awaitEvents(1));
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
        System.out.println("Live queries: " + steps + " steps, " + cut + " listeners were cut off and went on");
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
    }

    private Listener listener() {
        Query<Thing> query = things.query();
        if (random.nextInt(5) > 0) {
            query = query.where(filter(2));
        }
        boolean ordered = random.nextInt(3) > 0;
        if (ordered) {
            query = random.nextBoolean() ? query.orderBy(order()) : query.orderBy(order(), order());
            if (random.nextBoolean()) {
                query = query.limit(1 + random.nextInt(6));
            }
        }
        return new Listener(query, ordered);
    }

    private Order order() {
        String path = pick(List.of("number", "name", "weight", "owner.age", "group.name", "group.leader.age"));
        return random.nextBoolean() ? Order.asc(path) : Order.desc(path);
    }

    private Filter filter(int depth) {
        return switch (random.nextInt(depth > 0 ? 14 : 10)) {
            case 0 -> eq("name", pick(NAMES));
            case 1 -> gt("number", random.nextInt(10));
            case 2 -> eq("owner.name", pick(NAMES));
            case 3 -> lt("group.leader.age", random.nextInt(10));
            case 4 -> isNull("owner");
            case 5 -> between("weight", 2L, 7L);
            case 6 -> eq("open", random.nextBoolean());
            case 7 -> eq("tags[*]", pick(NAMES));
            case 8 -> eq("group.name", pick(NAMES));
            case 9 -> eq("number", random.nextInt(10));
            case 10 -> not(filter(depth - 1));
            case 11, 12 -> filter(depth - 1).and(filter(depth - 1));
            default -> filter(depth - 1).or(filter(depth - 1));
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
