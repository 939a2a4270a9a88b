package dev.korm.testkit;

import dev.korm.Indexed;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Stored;
import dev.korm.Unique;
import dev.korm.jdbc.Sqlite;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Makes a pool of one file, and uses it, for {@link LoggingTest} to read what is logged. */
final class LoggingProgram {
    private LoggingProgram() {}

    @Stored(namespace = "shop", kind = "customer")
    record Plain(String name) {}

    @Stored(namespace = "shop", kind = "customer")
    record Customer(
            String name, Unique<String> mail, @Indexed String city) {}

    public static void main(String[] arguments) {
        Duration slow = Duration.parse(arguments[1]);
        try (Pool pool = Korm.pool()
                .layer("main", Sqlite.file(Path.of(arguments[0])))
                .slowStatements(slow)
                .open()) {
            Korm.item(Plain.class, pool).fromData(new Plain("canary-name")).create();
            Items<Customer> customers = Korm.item(Customer.class, pool);
            customers
                    .fromData(new Customer("canary-other", Unique.of("canary-mail"), "canary-city"))
                    .create();
            try {
                customers
                        .fromData(new Customer("canary-third", Unique.of("canary-mail"), "canary-city"))
                        .create();
            } catch (dev.korm.DuplicateException expected) {
                System.out.println("DUPLICATE");
            }
            List<?> found = customers.query().get();
            System.out.println("FOUND " + found.size());
        }
    }
}
