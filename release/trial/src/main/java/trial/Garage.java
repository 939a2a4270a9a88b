package trial;

import static dev.korm.Filter.eq;
import static dev.korm.Order.asc;

import dev.korm.Item;
import dev.korm.Items;
import dev.korm.spring.KormTransactional;
import java.util.List;
import org.springframework.stereotype.Repository;

@Repository
class Garage {
    private final Items<User> users;
    private final Items<Car> cars;
    private final Items<Entry> ledger;

    Garage(Items<User> users, Items<Car> cars, Items<Entry> ledger) {
        this.users = users;
        this.cars = cars;
        this.ledger = ledger;
    }

    /** Stores an owner in one database and a car in the other: both, or neither. */
    @KormTransactional
    Item<Car> register(String owner, String make, int year) {
        return cars.fromData(new Car(make, year, users.fromData(new User(owner)).create().rn())).create();
    }

    /** Adds a row to the table that was there before. */
    void note(long number, String text) {
        ledger.fromData(new Entry(number, text)).create();
    }

    List<String> notes() {
        return ledger.query().orderBy(asc(Entry::number)).get().stream()
                .map(entry -> entry.data().entry())
                .toList();
    }

    List<Item<Car>> of(String owner) {
        return cars.query().where(eq("owner.name", owner)).resolvePaths("owner").get();
    }
}
