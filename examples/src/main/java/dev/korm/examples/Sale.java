package dev.korm.examples;

import static dev.korm.Filter.eq;
import static dev.korm.Order.asc;

import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.Stored;
import dev.korm.depots.local.LocalDepot;
import dev.korm.file.FileRef;
import dev.korm.jdbc.Sqlite;
import dev.korm.recovery.RecoveryReport;
import dev.korm.wal.Wal;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * A car is sold: its owner changes in one database, the buyer's money in another, and the contract is a file. The program that sells
 * it is killed in the middle, twice, and each time the next start tells what it found.
 */
public final class Sale {
    @Stored(layer = "people", namespace = "people", kind = "user")
    record User(String name, long money) {}

    @Stored(layer = "garage", namespace = "garage", kind = "car")
    record Car(String model, Rn<User> owner, List<FileRef> contracts) {}

    private static final long PRICE = 9_000;
    private static final int PATIENCE_SECONDS = 120;

    private final PrintStream out;
    private final Path folder;

    Sale(PrintStream out, Path folder) {
        this.out = out;
        this.folder = folder;
    }

    /** Runs it in a folder that is deleted afterwards; with a folder and a {@link Moment}, it is the program that is killed. */
    public static void main(String[] arguments) {
        if (arguments.length == 2) {
            Moment death = Moment.valueOf(arguments[1].toUpperCase(Locale.ROOT));
            new Sale(System.out, Path.of(arguments[0])).sellAndDie(death);
            return;
        }
        try (TemporaryFolder folder = TemporaryFolder.create()) {
            new Sale(System.out, folder.path()).run();
        }
    }

    void run() {
        try (Pool pool = open(Moment.NEVER)) {
            Item<User> fred = Korm.item(User.class, pool)
                    .fromData(new User("Fred", 1_000))
                    .create();
            Korm.item(User.class, pool).fromData(new User("Wilma", 10_000)).create();
            Korm.item(Car.class, pool)
                    .fromData(new Car("C4", fred.rn(), List.of()))
                    .create();
            tell(pool);
        }

        out.println("Another program sells it, and is killed before any database has committed.");
        kill(Moment.BEFORE);
        look();

        out.println(
                "It sells the car again, and is killed when the sale is decided and the file is not yet in its place.");
        kill(Moment.AFTER);
        look();
    }

    /** Starts the pool, which recovers before it is open, and tells what recovery found and what is stored. */
    private void look() {
        try (Pool pool = open(Moment.NEVER)) {
            RecoveryReport report = pool.recovery().atOpening();
            out.println("    at the next start: " + report.found() + " unfinished change, " + report.finished()
                    + " finished, " + report.dropped() + " dropped");
            tell(pool);
        }
    }

    private void tell(Pool pool) {
        Car car = onlyCar(pool).data();
        StringBuilder text = new StringBuilder(
                "    the " + car.model() + " belongs to " + car.owner().get().name());
        for (Item<User> user :
                Korm.item(User.class, pool).query().orderBy(asc("name")).get()) {
            text.append("; ")
                    .append(user.data().name())
                    .append(" has ")
                    .append(user.data().money());
        }
        for (FileRef contract : car.contracts()) {
            text.append("; contract: ").append(pool.file(contract).text());
        }
        out.println(text);
    }

    private void sellAndDie(Moment death) {
        try (Pool pool = open(death)) {
            Items<User> users = Korm.item(User.class, pool);
            Item<Car> car = onlyCar(pool);
            Item<User> seller = car.data().owner().item();
            Item<User> buyer = users.query().where(eq("name", "Wilma")).first().orElseThrow();
            FileRef contract = FileRef.of("papers", "contracts/c4", "sold".getBytes(StandardCharsets.UTF_8));
            Korm.tx(
                            car.set(Car::owner, buyer.rn()).set(Car::contracts, List.of(contract)),
                            seller.set(User::money, seller.data().money() + PRICE),
                            buyer.set(User::money, buyer.data().money() - PRICE))
                    .persist();
        }
    }

    private static Item<Car> onlyCar(Pool pool) {
        return Korm.item(Car.class, pool).query().resolvePaths("owner").first().orElseThrow();
    }

    private Pool open(Moment death) {
        return Korm.pool()
                .layer("people", Sqlite.file(folder.resolve("people.sqlite")))
                .layer("garage", Sqlite.file(folder.resolve("garage.sqlite")))
                .depot("papers", Death.beforeFilesMove(LocalDepot.at(folder.resolve("papers")), death))
                .withWal(Death.behindAppend(Wal.at(folder.resolve("journal")), death))
                .open();
    }

    /** Runs this class in a process of its own and waits for its death. */
    private void kill(Moment moment) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Sale.class.getName(),
                folder.toString(),
                moment.name()));
        try {
            Process seller =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String said;
            try (InputStream output = seller.getInputStream()) {
                said = new String(output.readAllBytes(), StandardCharsets.UTF_8);
            }
            if (!seller.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || seller.exitValue() != Death.STATUS) {
                seller.destroyForcibly();
                throw new IllegalStateException("The program that sells the car did not die as planned: " + said);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while a car was sold", interrupted);
        }
    }
}
