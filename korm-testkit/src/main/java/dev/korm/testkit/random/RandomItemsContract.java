package dev.korm.testkit.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.AlreadyExistsException;
import dev.korm.ConflictException;
import dev.korm.DeletedItem;
import dev.korm.DuplicateException;
import dev.korm.FloatingItem;
import dev.korm.Item;
import dev.korm.Korm;
import dev.korm.NotFoundException;
import dev.korm.Order;
import dev.korm.Page;
import dev.korm.Query;
import dev.korm.Rn;
import dev.korm.UncommittedItem;
import dev.korm.testkit.Seed;
import dev.korm.testkit.contract.PoolContract;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Random acts on items, held against a map in memory: after each, the store has to hold what the map holds, and random
 * questions have to find what plain Java finds in the map. Prints its seed; {@code -Dkorm.seed=…} repeats a run.
 */
@NullUnmarked // Tests dereference what they expect to be there.
public abstract class RandomItemsContract extends PoolContract {
    private final Map<Rn<User>, Held<User>> people = new LinkedHashMap<>();
    private final Map<Rn<Car>, Held<Car>> garage = new LinkedHashMap<>();
    private final List<Item<Car>> stale = new ArrayList<>();
    private final List<DeletedItem<Car>> deleted = new ArrayList<>();

    /** The expected content of the store. */
    private record Held<T>(T data, long revision) {}

    @Test
    void random_acts_leave_what_a_map_holds() {
        run(150);
    }

    @Test
    @Tag("long")
    void many_random_acts_leave_what_a_map_holds() {
        run(5000);
    }

    private void run(int acts) {
        Random random = Seed.random(getClass());
        RandomCars cars = new RandomCars(random);
        for (int i = 0; i < 8; i++) {
            createUser(cars.user(new ArrayList<>(people.keySet()), i));
        }
        for (int act = 0; act < acts; act++) {
            act(random, cars);
            if (act % 10 == 0) {
                question(random, cars);
            }
        }
        assertThat(all(cars().query())).isEqualTo(expected(garage));
        assertThat(all(users().query())).isEqualTo(expected(people));
    }

    private void act(Random random, RandomCars cars) {
        List<Rn<User>> users = new ArrayList<>(people.keySet());
        switch (random.nextInt(9)) {
            case 0, 1 -> create(cars.car(users));
            case 2, 3 -> change(random, cars, users);
            case 4 -> changeStale(random);
            case 5 -> delete(random);
            case 6 -> restore(random);
            case 7 -> changeThroughReference(random);
            default -> together(random, cars, users);
        }
    }

    private void createUser(User user) {
        Item<User> item = users().fromData(user).create();
        people.put(item.rn(), new Held<>(user, item.revision()));
        assertThatThrownBy(() -> users().fromData(user).create()).isInstanceOf(DuplicateException.class);
    }

    private void create(Car car) {
        FloatingItem<Car> floating = cars().fromData(car);
        Item<Car> item = floating.create();
        garage.put(item.rn(), new Held<>(car, item.revision()));
        assertThatThrownBy(floating::create).isInstanceOf(AlreadyExistsException.class);
    }

    private @Nullable Item<Car> pick(Random random) {
        if (garage.isEmpty()) {
            return null;
        }
        Rn<Car> rn = new ArrayList<>(garage.keySet()).get(random.nextInt(garage.size()));
        Item<Car> item = cars().fromRn(rn).get();
        assertThat(item.data()).isEqualTo(garage.get(rn).data());
        assertThat(item.revision()).isEqualTo(garage.get(rn).revision());
        return item;
    }

    private void change(Random random, RandomCars cars, List<Rn<User>> users) {
        Item<Car> item = pick(random);
        if (item == null) {
            return;
        }
        if (random.nextInt(3) == 0) {
            stale.add(item);
        }
        UncommittedItem<Car> changed = item.update(old -> cars.changed(old, users));
        boolean differs = !changed.changedFields().isEmpty();
        Item<Car> committed = changed.commit();
        long revision = item.revision() + (differs ? 1 : 0);
        assertThat(committed.revision()).isEqualTo(revision);
        garage.put(item.rn(), new Held<>(changed.data(), revision));
    }

    private void changeStale(Random random) {
        if (stale.isEmpty()) {
            return;
        }
        Item<Car> old = stale.remove(random.nextInt(stale.size()));
        UncommittedItem<Car> changed = old.set(Car::year, old.data().year() + 1);
        Held<Car> held = garage.get(old.rn());
        if (held == null) {
            assertThatThrownBy(changed::commit).isInstanceOf(NotFoundException.class);
        } else if (held.revision() != old.revision()) {
            assertThatThrownBy(changed::commit).isInstanceOf(ConflictException.class);
            assertThatThrownBy(old::delete).isInstanceOf(ConflictException.class);
        } else {
            changed.commit();
            garage.put(old.rn(), new Held<>(changed.data(), held.revision() + 1));
        }
    }

    private void delete(Random random) {
        Item<Car> item = pick(random);
        if (item != null) {
            deleted.add(item.delete());
            garage.remove(item.rn());
        }
    }

    private void restore(Random random) {
        if (deleted.isEmpty()) {
            return;
        }
        DeletedItem<Car> gone = deleted.remove(random.nextInt(deleted.size()));
        Item<Car> back = gone.restore();
        garage.put(back.rn(), new Held<>(back.data(), back.revision()));
        assertThatThrownBy(gone::restore).isInstanceOf(AlreadyExistsException.class);
    }

    private void changeThroughReference(Random random) {
        Item<Car> item = pick(random);
        if (item == null || item.data().owner() == null) {
            return;
        }
        Item<Car> resolved = cars().fromRn(item.rn()).resolvePaths("owner").get();
        String name = "Name" + random.nextInt(1000);
        Rn<User> owner = item.data().owner();
        Held<User> held = people.get(owner);
        resolved.set("owner.lastName", name).commit();
        User changed = new User(
                held.data().firstName(),
                name,
                held.data().username(),
                held.data().boss(),
                held.data().addresses());
        long revision = name.equals(held.data().lastName()) ? held.revision() : held.revision() + 1;
        people.put(owner, new Held<>(changed, revision));
    }

    private void together(Random random, RandomCars cars, List<Rn<User>> users) {
        Item<Car> item = pick(random);
        FloatingItem<Car> fresh = cars().fromData(cars.car(users));
        if (item == null) {
            return;
        }
        UncommittedItem<Car> changed = item.set(Car::year, item.data().year() + 1);
        if (random.nextBoolean()) {
            Item<?> made = Korm.tx(changed, fresh).persist().get(1);
            garage.put(item.rn(), new Held<>(changed.data(), item.revision() + 1));
            garage.put(fresh.rn(), new Held<>(fresh.data(), made.revision()));
        } else {
            FloatingItem<Car> taken = cars().fromData(cars.car(users)).withRn(item.rn());
            assertThatThrownBy(() -> Korm.tx(changed, fresh, taken).persist())
                    .isInstanceOfAny(AlreadyExistsException.class, dev.korm.QueryException.class);
        }
    }

    private void question(Random random, RandomCars cars) {
        RandomCars.Asked asked = cars.filter(3, rn -> people.get(rn).data());
        Query<Car> query = cars().query().where(asked.filter());
        Map<String, Car> wanted = new TreeMap<>();
        garage.forEach((rn, held) -> {
            if (asked.matches(held.data())) {
                wanted.put(rn.toString(), held.data());
            }
        });
        Map<String, Car> found = new TreeMap<>();
        query.get().forEach(item -> found.put(item.rn().toString(), item.data()));
        assertThat(found).as("%s", asked.filter()).isEqualTo(wanted);
        assertThat(query.count()).isEqualTo(wanted.size());
        assertThat(query.exists()).isEqualTo(!wanted.isEmpty());
        assertThat(query.sum(Car::year))
                .isEqualTo(wanted.values().stream().mapToLong(Car::year).sum());
        assertThat(query.max(Car::year))
                .isEqualTo(wanted.values().stream().map(Car::year).max(Comparator.naturalOrder()));
        Order order = random.nextBoolean() ? Order.asc(Car::year) : Order.desc(Car::year);
        List<Integer> years = wanted.values().stream()
                .map(Car::year)
                .sorted(
                        order.direction() == Order.Direction.ASCENDING
                                ? Comparator.naturalOrder()
                                : Comparator.reverseOrder())
                .toList();
        assertThat(paged(query.orderBy(order), 1 + random.nextInt(7))).isEqualTo(years);
    }

    private static List<Integer> paged(Query<Car> query, int size) {
        List<Integer> years = new ArrayList<>();
        Optional<String> cursor = Optional.empty();
        do {
            Page<Car> page = query.page(size, cursor.orElse(null));
            page.items().forEach(item -> years.add(item.data().year()));
            cursor = page.next();
        } while (cursor.isPresent());
        return years;
    }

    private static <T> Map<String, Held<T>> all(Query<T> query) {
        Map<String, Held<T>> all = new TreeMap<>();
        query.get().forEach(item -> all.put(item.rn().toString(), new Held<>(item.data(), item.revision())));
        return all;
    }

    private static <T> Map<String, Held<T>> expected(Map<Rn<T>, Held<T>> held) {
        Map<String, Held<T>> all = new TreeMap<>();
        held.forEach((rn, value) -> all.put(rn.toString(), value));
        return all;
    }
}
