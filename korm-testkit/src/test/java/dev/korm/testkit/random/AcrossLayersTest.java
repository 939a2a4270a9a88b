package dev.korm.testkit.random;

import static dev.korm.Aggregate.avg;
import static dev.korm.Aggregate.count;
import static dev.korm.Aggregate.max;
import static dev.korm.Assignment.set;
import static dev.korm.Filter.and;
import static dev.korm.Filter.any;
import static dev.korm.Filter.contains;
import static dev.korm.Filter.eq;
import static dev.korm.Filter.exists;
import static dev.korm.Filter.gt;
import static dev.korm.Filter.inList;
import static dev.korm.Filter.isNull;
import static dev.korm.Filter.ne;
import static dev.korm.Filter.not;
import static dev.korm.Filter.or;
import static dev.korm.Order.asc;
import static dev.korm.Order.desc;
import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.Filter;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Order;
import dev.korm.Page;
import dev.korm.Pool;
import dev.korm.PoolBuilder;
import dev.korm.Query;
import dev.korm.Rn;
import dev.korm.jdbc.Sqlite;
import dev.korm.spi.LayerSource;
import dev.korm.testkit.LeakCheck;
import dev.korm.testkit.Seed;
import dev.korm.testkit.contract.PoolContract.Address;
import dev.korm.testkit.contract.PoolContract.Car;
import dev.korm.testkit.contract.PoolContract.Engine;
import dev.korm.testkit.contract.PoolContract.User;
import dev.korm.testkit.memory.MemoryLayer;
import dev.korm.testkit.mysql.MySqlTestServer;
import dev.korm.testkit.poor.PoorLayer;
import dev.korm.testkit.postgres.PostgresServer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** However items are spread over layers, every question is answered as if all of them were in one. */
@NullUnmarked // Fields that may be null are looked at as they come.
class AcrossLayersTest {
    private static final String NAMESPACE = "cars";
    private static final int USERS = 12;
    private static final int CARS = 40;
    private static final int QUESTIONS = 25;

    /** Which layers a pool has; cars are in the first. */
    private enum Spread {
        MEMORY {
            @Override
            Map<String, LayerSource> layers() {
                return named(MemoryLayer.create(), MemoryLayer.create(), MemoryLayer.create());
            }
        },
        /** The first layer takes so few constants that no ids of another can be handed to it. */
        FEW_CONSTANTS {
            @Override
            Map<String, LayerSource> layers() {
                return named(MemoryLayer.create().withParameterLimit(40), MemoryLayer.create(), PoorLayer.create());
            }
        },
        POOR {
            @Override
            Map<String, LayerSource> layers() {
                return named(PoorLayer.create(), MemoryLayer.create(), PoorLayer.create());
            }
        },
        SQLITE_FIRST {
            @Override
            Map<String, LayerSource> layers() {
                return named(Sqlite.memory(), PostgresServer.in(PostgresServer.newSchema()), MemoryLayer.create());
            }
        },
        POSTGRES_FIRST {
            @Override
            Map<String, LayerSource> layers() {
                return named(PostgresServer.in(PostgresServer.newSchema()), Sqlite.memory(), Sqlite.memory());
            }
        },
        MYSQL_FIRST {
            @Override
            Map<String, LayerSource> layers() {
                return named(
                        MySqlTestServer.in(MySqlTestServer.newDatabase()),
                        Sqlite.memory(),
                        MySqlTestServer.in(MySqlTestServer.newDatabase()));
            }
        };

        abstract Map<String, LayerSource> layers();

        static Map<String, LayerSource> named(LayerSource... sources) {
            Map<String, LayerSource> layers = new LinkedHashMap<>();
            for (LayerSource source : sources) {
                layers.put("layer" + layers.size(), source);
            }
            return layers;
        }
    }

    @ParameterizedTest
    @EnumSource
    void random_questions_are_answered_as_if_all_were_in_one_layer(Spread spread) {
        run(spread, Seed.next(AcrossLayersTest.class), 1);
    }

    @ParameterizedTest
    @EnumSource
    @Tag("long")
    void many_random_questions_are_answered_as_if_all_were_in_one_layer(Spread spread) {
        run(spread, Seed.next(AcrossLayersTest.class), 60);
    }

    private static void run(Spread spread, long seed, int worlds) {
        for (int i = 0; i < worlds; i++) {
            try (World world = new World(spread, seed + i)) {
                world.fill();
                for (int question = 0; question < QUESTIONS; question++) {
                    world.ask();
                }
                world.change();
            } catch (RuntimeException | AssertionError failed) {
                throw new AssertionError("Seed " + (seed + i) + ", " + spread, failed);
            }
        }
    }

    /** The same items in one layer, and spread over several. */
    private static final class World implements AutoCloseable {
        private final LeakCheck leaks = new LeakCheck();
        private final Random random;
        private final RandomCars cars;
        private final List<String> layers;
        private final Pool spread;
        private final Pool whole;
        private final Map<String, String> homes = new HashMap<>();
        private final List<String> ids = new ArrayList<>();

        World(Spread spread, long seed) {
            this.random = new Random(seed);
            this.cars = new RandomCars(random);
            Map<String, LayerSource> sources = spread.layers();
            this.layers = List.copyOf(sources.keySet());
            PoolBuilder builder = Korm.pool();
            sources.forEach((name, source) -> builder.layer(name, leaks.watch(source)));
            this.spread = builder.open();
            this.whole = Korm.pool().layer("whole", MemoryLayer.create()).open();
        }

        @Override
        public void close() {
            spread.close();
            whole.close();
            leaks.requireNone();
        }

        void fill() {
            for (int i = 0; i < USERS; i++) {
                String id = newId();
                User user = cars.user(List.of(), i);
                String home = layers.get(random.nextInt(layers.size()));
                String boss = ids.isEmpty() || random.nextInt(4) == 0 ? null : name();
                homes.put(id, home);
                Korm.item(User.class, whole)
                        .fromData("users", "freetier", user.withBoss(in(null, boss)))
                        .withRn(Rn.item("users", "freetier", UUID.fromString(id)))
                        .create();
                Korm.item(User.class, spread)
                        .fromData(home, "users", "freetier", user.withBoss(in(home, boss)))
                        .withRn(Rn.<User>item("users", "freetier", UUID.fromString(id))
                                .from(home))
                        .create();
                ids.add(id);
            }
            for (int i = 0; i < CARS; i++) {
                Car car = cars.car(List.of(Rn.item("users", "freetier", UUID.fromString(ids.get(0)))));
                String owner = car.owner() == null ? null : name();
                String mechanic = name();
                List<String> drivers = car.drivers().stream().map(any -> name()).toList();
                Function<String, Car> filled = home -> car.withOwner(in(home, owner))
                        .withDrivers(drivers.stream()
                                .<Rn<User>>map(driver -> in(home, driver))
                                .toList())
                        .withEngine(
                                car.engine() == null
                                        ? null
                                        : new Engine(
                                                car.engine().fuel(),
                                                car.engine().power(),
                                                in(home, mechanic)));
                UUID id = UUID.fromString(newId());
                Korm.item(Car.class, whole)
                        .fromData(NAMESPACE, "suv", filled.apply(null))
                        .withRn(Rn.item(NAMESPACE, "suv", id))
                        .create();
                Korm.item(Car.class, spread)
                        .fromData(layers.get(0), NAMESPACE, "suv", filled.apply(layers.get(0)))
                        .withRn(Rn.<Car>item(NAMESPACE, "suv", id).from(layers.get(0)))
                        .create();
            }
        }

        private String newId() {
            return new UUID(random.nextLong() & ~0xf000L | 0x4000L, random.nextLong() & ~(3L << 62) | 2L << 62)
                    .toString();
        }

        /** Somebody, or sometimes nobody. */
        private String name() {
            if (random.nextInt(6) > 0) {
                return ids.get(random.nextInt(ids.size()));
            }
            String nobody = newId();
            homes.put(nobody, layers.get(random.nextInt(layers.size())));
            return nobody;
        }

        /** A reference as it is written in a layer; in the pool of one layer where there is none. */
        private Rn<User> in(String layer, String id) {
            if (id == null) {
                return null;
            }
            Rn<User> rn = Rn.item("users", "freetier", UUID.fromString(id));
            if (layer == null) {
                return rn;
            }
            String home = homes.get(id);
            Rn<User> spelt = home.equals(layer) && random.nextBoolean() ? rn : rn.from(home);
            return random.nextInt(8) == 0 ? spelt.with("tag", "x") : spelt;
        }

        private Filter far(String word) {
            return switch (random.nextInt(12)) {
                case 0 -> isNull("owner.lastName");
                case 1 -> isNull("owner.boss.lastName");
                case 2 -> exists("engine.mechanic.boss");
                case 3 -> eq("owner.addresses[*].city", word);
                case 4 -> not(any("owner.addresses", and(gt("since", 1), not(eq("zip", word)))));
                case 5 -> any("drivers", or(eq("boss.firstName", word), isNull("boss")));
                case 6 -> not(any("drivers", eq("firstName", word)));
                case 7 -> contains("engine.mechanic.firstName", word);
                case 8 -> inList("owner.rnId", List.of(ids.get(0), ids.get(1), ids.get(2)));
                case 9 -> ne("owner.boss.boss.firstName", word);
                case 10 -> inList("owner.firstName", List.of());
                default -> not(inList("owner.boss.firstName", java.util.Arrays.asList(word, null)));
            };
        }

        private Filter filter() {
            Filter plain = cars.filter(3, rn -> null).filter();
            Filter far = far(List.of("", "a", "A", "*x").get(random.nextInt(4)));
            return switch (random.nextInt(5)) {
                case 0 -> plain;
                case 1 -> far;
                case 2 -> and(plain, far);
                case 3 -> or(far, plain);
                default -> not(or(plain, not(far)));
            };
        }

        private Query<Car> of(Pool pool, Filter filter) {
            Items<Car> items = Korm.item(Car.class, pool);
            Query<Car> all = pool == whole
                    ? items.fromQuery(NAMESPACE, "suv")
                    : items.fromQuery(layers.get(0), NAMESPACE, "suv");
            return all.where(filter);
        }

        private <V> void same(Filter filter, String what, Function<Query<Car>, V> question) {
            assertThat(question.apply(of(spread, filter)))
                    .as("%s of %s", what, filter)
                    .isEqualTo(question.apply(of(whole, filter)));
        }

        void ask() {
            Filter filter = filter();
            Order[] orders = random.nextBoolean()
                    ? new Order[] {asc("owner.firstName"), desc("year")}
                    : new Order[] {desc("year"), asc("owner.boss.lastName")};
            int limit = 1 + random.nextInt(9);
            same(filter, "items", query -> ids(query.get()).stream().sorted().toList());
            same(filter, "order", query -> ids(query.orderBy(orders).get()));
            same(
                    filter,
                    "first of order",
                    query -> ids(query.orderBy(orders).limit(limit).get()));
            same(
                    filter,
                    "near order",
                    query -> ids(query.orderBy(asc("make")).limit(limit).get()));
            same(filter, "pages", query -> pages(query.orderBy(orders), limit));
            same(filter, "count", Query::count);
            same(filter, "exists", Query::exists);
            same(filter, "max", query -> query.max("owner.lastName"));
            same(filter, "groups", query -> query.groupBy("owner.firstName")
                    .orderBy(asc("owner.firstName"))
                    .select(count(), max("owner.boss.firstName"), avg("year"))
                    .toString());
            same(filter, "beginning of a stream", query -> {
                try (Stream<Item<Car>> items = query.orderBy(orders).limit(limit).resolvePaths("owner.boss").stream()) {
                    return ids(items.limit(2).toList());
                }
            });
            same(filter, "stream", query -> {
                try (Stream<Item<Car>> items = query.stream()) {
                    return ids(items.toList()).stream().sorted().toList();
                }
            });
            same(
                    filter, "resolved", query -> query
                            .orderBy(orders)
                            .resolvePaths("owner.boss.boss", "drivers[*].boss", "engine.mechanic")
                            .get()
                            .stream()
                            .map(World::names)
                            .toList());
        }

        /** Everybody who can be reached from a car. */
        private static String names(Item<Car> car) {
            StringBuilder names = new StringBuilder();
            for (Rn<User> rn = car.data().owner(); rn != null; rn = named(rn, names)) {
                names.append('>');
            }
            for (Rn<User> driver : car.data().drivers()) {
                names.append('|');
                named(driver, names);
            }
            if (car.data().engine() != null) {
                named(car.data().engine().mechanic(), names.append('#'));
            }
            return names.toString();
        }

        private static Rn<User> named(Rn<User> rn, StringBuilder names) {
            if (rn == null || !rn.isResolved()) {
                return null;
            }
            for (Address address : rn.get().addresses()) {
                names.append(address.city());
            }
            names.append(rn.get().username().value());
            return rn.get().boss();
        }

        private static List<String> ids(List<Item<Car>> items) {
            return items.stream().map(item -> item.rn().id().orElseThrow()).toList();
        }

        private static List<String> pages(Query<Car> query, int size) {
            List<String> ids = new ArrayList<>();
            Optional<String> cursor = Optional.empty();
            do {
                Page<Car> page = query.page(size, cursor.orElse(null));
                ids.addAll(ids(page.items()));
                cursor = page.next();
            } while (cursor.isPresent());
            return ids;
        }

        void change() {
            Filter changed = filter();
            same(changed, "number of changed", query -> query.updateAll(set("make", "changed")));
            Filter deleted = filter();
            same(deleted, "number of deleted", Query::deleteAll);
            same(Filter.everything(), "what is left", query -> query.orderBy(asc("rnId")).get().stream()
                    .map(item -> item.rn().id().orElseThrow() + item.data().make())
                    .toList());
        }
    }
}
