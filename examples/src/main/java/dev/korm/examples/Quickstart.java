package dev.korm.examples;

import static dev.korm.Aggregate.count;
import static dev.korm.Filter.eq;
import static dev.korm.Filter.gte;
import static dev.korm.Order.desc;

import dev.korm.ConflictException;
import dev.korm.DeletedItem;
import dev.korm.DuplicateException;
import dev.korm.Group;
import dev.korm.Indexed;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.Stored;
import dev.korm.Unique;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Users and their cars in an SQLite file: the first five minutes with korm. */
public final class Quickstart {
    @Stored(namespace = "people", kind = "user")
    record User(String firstName, String lastName, Unique<String> username) {}

    @Stored(namespace = "garage", kind = "car")
    record Car(String make, String model, @Indexed int year, Rn<User> owner, boolean registered) {}

    private final PrintStream out;

    Quickstart(PrintStream out) {
        this.out = out;
    }

    /**
     * Runs it: in a folder that is deleted afterwards, or in the database file that an argument names. {@code
     * --spread=people=postgres://…,garage=garage.sqlite} keeps users, or cars, in other stores. With {@code sale} it runs {@link Sale}.
     */
    public static void main(String[] arguments) {
        if (arguments.length == 1 && arguments[0].equals("sale")) {
            Sale.main(new String[0]);
            return;
        }
        Quickstart quickstart = new Quickstart(System.out);
        Spread spread = Spread.none();
        Optional<Path> database = Optional.empty();
        for (String argument : arguments) {
            if (argument.startsWith(Spread.OPTION + "=")) {
                spread = Spread.parse(argument.substring(Spread.OPTION.length() + 1));
            } else {
                database = Optional.of(Path.of(argument));
            }
        }
        if (database.isPresent()) {
            quickstart.run(database.get(), spread);
            return;
        }
        try (TemporaryFolder folder = TemporaryFolder.create()) {
            quickstart.run(folder.path().resolve("cars.sqlite"), spread);
        }
    }

    void run(Path database, Spread spread) {
        try (Pool pool = spread.open(database)) {
            Items<User> users = Korm.item(User.class, pool);
            Items<Car> cars = Korm.item(Car.class, pool);
            if (users.query().exists()) {
                out.println(database + " has been filled before; it holds "
                        + users.query().count() + " users and " + cars.query().count() + " cars.");
                return;
            }

            title("Create");
            Item<User> fred = users.fromData(new User("Fred", "Flintstone", Unique.of("freddie")))
                    .create();
            Item<User> wilma = users.fromData(new User("Wilma", "Flintstone", Unique.of("wilma")))
                    .create();
            Item<Car> citroen = cars.fromData(new Car("Citroen", "C4", 2014, fred.rn(), true))
                    .create();
            Korm.createAll(List.of(
                    cars.fromData(new Car("Fiat", "Panda", 2009, fred.rn(), true)),
                    cars.fromData(new Car("Skoda", "Octavia", 2021, wilma.rn(), true)),
                    cars.fromData(new Car("Renault", "Clio", 2018, fred.rn(), false))));
            line(users.query().count() + " users and " + cars.query().count() + " cars");
            try {
                users.fromData(new User("Frederick", "Slate", Unique.of("freddie")))
                        .create();
            } catch (DuplicateException taken) {
                line("a second \"freddie\" is refused: " + taken.fields() + " must be unique");
            }

            title("Ask: Fred's cars since 2010, newest first");
            List<Item<Car>> newer = cars.query()
                    .where(eq("owner.username", "freddie").and(gte(Car::year, 2010)))
                    .orderBy(desc(Car::year))
                    .resolvePaths("owner")
                    .get();
            for (Item<Car> car : newer) {
                line(describe(car) + " of " + car.data().owner().get().firstName());
            }

            title("Change: a new value, then commit");
            Item<Car> unregistered = citroen.set(Car::registered, false).commit();
            line(describe(unregistered));
            line("its revision grew by " + (unregistered.revision() - citroen.revision()));

            title("Conflict: a change of what someone else has changed is refused");
            Item<Car> sold;
            try {
                sold = citroen.set(Car::owner, wilma.rn()).commit();
            } catch (ConflictException conflict) {
                line("nothing was written: the car is " + (conflict.theirs().revision() - citroen.revision())
                        + " revision ahead by now");
                sold = citroen.reload().set(Car::owner, wilma.rn()).commit();
                line("read it again and sold it to " + owner(cars, sold));
            }

            title("Several changes at once: both or none");
            Item<Car> octavia =
                    cars.query().where(eq(Car::model, "Octavia")).first().orElseThrow();
            Korm.tx(sold.set(Car::registered, true), octavia.set(Car::owner, fred.rn()))
                    .persist();
            line("the C4 is registered and the Octavia belongs to " + owner(cars, octavia));

            title("Delete, and think again");
            DeletedItem<Car> deleted = octavia.reload().delete();
            line(cars.query().count() + " cars");
            deleted.restore();
            line(cars.query().count() + " cars");

            title("Count: cars by their owners' names");
            List<Group> owners = cars.query()
                    .groupBy("owner.firstName")
                    .orderBy(desc(count()))
                    .select(count());
            for (Group owner : owners) {
                line(owner.text("owner.firstName") + ": " + owner.count());
            }
        }
    }

    private static String owner(Items<Car> cars, Item<Car> car) {
        Car now = cars.fromRn(car.rn()).resolvePaths("owner").get().data();
        return now.owner().get().firstName();
    }

    private static String describe(Item<Car> item) {
        Car car = item.data();
        return car.make() + " " + car.model() + " (" + car.year() + (car.registered() ? ")" : ", not registered)");
    }

    private void title(String text) {
        out.println(text);
    }

    private void line(String text) {
        out.println("    " + text);
    }
}
