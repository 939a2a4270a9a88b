package dev.korm.testkit.random;

import dev.korm.FieldPath;
import dev.korm.Filter;
import dev.korm.Rn;
import dev.korm.testkit.contract.PoolContract.Address;
import dev.korm.testkit.contract.PoolContract.Car;
import dev.korm.testkit.contract.PoolContract.Engine;
import dev.korm.testkit.contract.PoolContract.User;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;

/** Random cars, and random filters over them together with what the filters mean, said in plain Java. */
@NullUnmarked // Fields that may be null are looked at as they come.
final class RandomCars {
    private static final String[] WORDS = {
        "", "a", "A", "b%", "_c", "Škoda", "škoda", "*x", "[y]", "\\", "😀", "\uffee", "a\nb"
    };

    private final Random random;

    RandomCars(Random random) {
        this.random = random;
    }

    /** SQL's three truths; null is unknown. */
    private interface Meaning {
        @Nullable Boolean of(Car car);
    }

    /** A filter and what it means. */
    record Asked(Filter filter, Predicate<Car> meaning) {
        boolean matches(Car car) {
            return meaning.test(car);
        }
    }

    private record Part(Filter filter, Meaning meaning) {}

    User user(List<Rn<User>> others, int number) {
        User user = User.of(word(), "user" + number)
                .withAddresses(new Address(word(), maybe(this::word), random.nextInt(5)));
        return others.isEmpty() || random.nextInt(3) == 0 ? user : user.withBoss(pick(others));
    }

    Car car(List<Rn<User>> users) {
        return new Car(
                word(),
                maybe(this::word),
                random.nextInt(6),
                maybe(() -> pick(users)),
                maybe(() -> random.nextInt(4) / 2.0),
                random.nextBoolean(),
                some(this::word),
                some(() -> pick(users)),
                maybe(() -> new Engine(word(), random.nextInt(4), maybe(() -> pick(users)))),
                random.nextBoolean() ? Map.of() : Map.of(word(), random.nextInt(3)),
                random.nextBoolean() ? java.util.Optional.empty() : java.util.Optional.of(word()));
    }

    /** Returns the car with one field changed, perhaps to the same value. */
    Car changed(Car car, List<Rn<User>> users) {
        return switch (random.nextInt(7)) {
            case 0 -> car.withModel(maybe(this::word));
            case 1 -> car.withOwner(maybe(() -> pick(users)));
            case 2 -> car.withPrice(maybe(() -> random.nextInt(4) / 2.0));
            case 3 -> car.withTags(some(this::word).toArray(String[]::new));
            case 4 -> car.withDrivers(some(() -> pick(users)));
            case 5 -> car.withEngine(maybe(() -> new Engine(word(), random.nextInt(4), maybe(() -> pick(users)))));
            default -> car.withMarks(Map.of(word(), random.nextInt(3)));
        };
    }

    /** Returns a filter of at most some depth. */
    Asked filter(int depth, Function<Rn<User>, User> users) {
        Part part = part(depth, users);
        return new Asked(
                part.filter(), car -> Boolean.TRUE.equals(part.meaning().of(car)));
    }

    private Part part(int depth, Function<Rn<User>, User> users) {
        if (depth > 0 && random.nextInt(3) > 0) {
            Part one = part(depth - 1, users);
            Part other = part(depth - 1, users);
            return switch (random.nextInt(3)) {
                case 0 ->
                    new Part(
                            one.filter().and(other.filter()),
                            car -> and(one.meaning().of(car), other.meaning().of(car)));
                case 1 ->
                    new Part(
                            one.filter().or(other.filter()),
                            car -> not(and(
                                    not(one.meaning().of(car)),
                                    not(other.meaning().of(car)))));
                default ->
                    new Part(Filter.not(one.filter()), car -> not(one.meaning().of(car)));
            };
        }
        return switch (random.nextInt(12)) {
            case 0 -> text("make", Car::make);
            case 1 -> text("model", Car::model);
            case 2 -> number("year", Car::year);
            case 3 -> number("price", Car::price);
            case 4 ->
                text(
                        "engine.fuel",
                        car -> car.engine() == null ? null : car.engine().fuel());
            case 5 ->
                number(
                        "engine.power",
                        car -> car.engine() == null ? null : car.engine().power());
            case 6 -> text("owner.firstName", car -> through(car.owner(), users, User::firstName));
            case 7 ->
                text(
                        "owner.boss.username",
                        car -> through(through(car.owner(), users, User::boss), users, user -> user.username()
                                .value()));
            case 8 ->
                text("tags[0]", car -> car.tags().isEmpty() ? null : car.tags().get(0));
            case 9 -> anyTag();
            case 10 -> anyDriver(users);
            default -> owner(users);
        };
    }

    private static <V> V through(Rn<User> rn, Function<Rn<User>, User> users, Function<User, V> field) {
        return rn == null ? null : field.apply(users.apply(rn));
    }

    private Part text(String path, Function<Car, String> field) {
        String word = word();
        return switch (random.nextInt(6)) {
            case 0 -> new Part(Filter.eq(path, word), car -> known(field.apply(car), value -> value.equals(word)));
            case 1 -> new Part(Filter.ne(path, word), car -> known(field.apply(car), value -> !value.equals(word)));
            case 2 ->
                new Part(Filter.contains(path, word), car -> known(field.apply(car), value -> value.contains(word)));
            case 3 ->
                new Part(
                        Filter.startsWith(path, word), car -> known(field.apply(car), value -> value.startsWith(word)));
            case 4 -> new Part(Filter.isNull(path), car -> field.apply(car) == null);
            default ->
                new Part(Filter.gt(path, word), car -> known(field.apply(car), value -> codePoints(value, word) > 0));
        };
    }

    private Part number(String path, Function<Car, ? extends Number> field) {
        double limit = random.nextInt(10) / 2.0;
        List<@Nullable Object> some = Arrays.asList(limit, null, 1);
        return switch (random.nextInt(5)) {
            case 0 ->
                new Part(
                        Filter.lte(path, limit), car -> known(field.apply(car), value -> value.doubleValue() <= limit));
            case 1 ->
                new Part(Filter.gt(path, limit), car -> known(field.apply(car), value -> value.doubleValue() > limit));
            case 2 ->
                new Part(
                        Filter.between(path, 1, limit),
                        car -> known(
                                field.apply(car), value -> value.doubleValue() >= 1 && value.doubleValue() <= limit));
            case 3 ->
                new Part(Filter.inList(path, some), car -> {
                    Number value = field.apply(car);
                    return value == null || value.doubleValue() == limit || value.doubleValue() == 1;
                });
            default -> new Part(Filter.exists(path), car -> field.apply(car) != null);
        };
    }

    private Part anyTag() {
        String word = word();
        return new Part(Filter.hasElement("tags", word), car -> car.tags().contains(word));
    }

    private Part anyDriver(Function<Rn<User>, User> users) {
        String word = word();
        return new Part(Filter.eq("drivers[*].firstName", word), car -> car.drivers().stream()
                .anyMatch(driver -> users.apply(driver).firstName().equals(word)));
    }

    private Part owner(Function<Rn<User>, User> users) {
        String word = word();
        return new Part(
                Filter.eq(FieldPath.path(Car::owner, User::lastName), word),
                car -> known(through(car.owner(), users, User::lastName), value -> Objects.equals(value, word)));
    }

    private static <V> @Nullable Boolean known(V value, Predicate<V> test) {
        if (value == null) {
            return null;
        }
        return test.test(value);
    }

    private static @Nullable Boolean and(@Nullable Boolean one, @Nullable Boolean other) {
        if (Boolean.FALSE.equals(one) || Boolean.FALSE.equals(other)) {
            return false;
        }
        if (one == null || other == null) {
            return null;
        }
        return true;
    }

    private static @Nullable Boolean not(@Nullable Boolean truth) {
        if (truth == null) {
            return null;
        }
        return !truth;
    }

    private static int codePoints(String one, String other) {
        int[] a = one.codePoints().toArray();
        int[] b = other.codePoints().toArray();
        return Arrays.compare(a, b);
    }

    private String word() {
        return WORDS[random.nextInt(WORDS.length)];
    }

    private <V> V pick(List<V> values) {
        return values.get(random.nextInt(values.size()));
    }

    private <V> @Nullable V maybe(Supplier<V> value) {
        return random.nextInt(3) == 0 ? null : value.get();
    }

    private <V> List<V> some(Supplier<V> value) {
        List<V> values = new ArrayList<>();
        int size = random.nextInt(3);
        for (int i = 0; i < size; i++) {
            values.add(value.get());
        }
        return List.copyOf(values);
    }
}
