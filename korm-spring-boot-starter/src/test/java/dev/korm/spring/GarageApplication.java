package dev.korm.spring;

import dev.korm.Indexed;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Rn;
import dev.korm.Stored;
import dev.korm.Unique;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** An application of Spring Boot: people in one database, cars in another. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class GarageApplication {
    @Stored(namespace = "people", kind = "user")
    public record User(String name, Unique<String> username) {}

    @Stored(namespace = "garage", kind = "car")
    public record Car(String make, @Indexed int year, Rn<User> owner) {}

    @Bean
    Garage garage(Items<User> users, Items<Car> cars) {
        return new Garage(users, cars);
    }

    /** The work of the application. */
    public static class Garage {
        private final Items<User> users;
        private final Items<Car> cars;

        Garage(Items<User> users, Items<Car> cars) {
            this.users = users;
            this.cars = cars;
        }

        public Items<User> users() {
            return users;
        }

        public Items<Car> cars() {
            return cars;
        }

        public Item<Car> buy(String buyer, String make) {
            Item<User> owner = users.fromData(new User(buyer, Unique.of(buyer.toLowerCase())))
                    .create();
            return cars.fromData(new Car(make, 2020, owner.rn())).create();
        }

        /** Writes to both databases, and looks at what it wrote. */
        @KormTransactional
        public long buyOrNot(String buyer, String make, boolean fail) {
            buy(buyer, make);
            long seen = users.query().count();
            if (fail) {
                throw new IllegalStateException("on second thoughts");
            }
            return seen;
        }

        /** Changes an item that was read before. */
        @KormTransactional
        public void sell(Item<Car> car, Item<User> buyer, boolean fail) {
            car.set(Car::owner, buyer.rn()).commit();
            if (fail) {
                throw new IllegalStateException("on second thoughts");
            }
        }

        @KormTransactional(readOnly = true)
        public void writeThoughReadOnly() {
            buy("Barney", "Fiat");
        }

        @KormTransactional(propagation = Propagation.NESTED)
        public void nested(String buyer, boolean fail) {
            buyOrNot(buyer, "Simca", fail);
        }

        @KormTransactional
        public void outer(Runnable inner) {
            inner.run();
        }

        @KormTransactional(propagation = Propagation.REQUIRES_NEW)
        public void apart(String buyer) {
            users.fromData(new User(buyer, Unique.of(buyer))).create();
        }

        /** Is within a transaction of the data source. */
        @Transactional
        public void withJdbc(Runnable work) {
            work.run();
        }
    }
}
