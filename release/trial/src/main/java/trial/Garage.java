package trial;

import static dev.korm.Filter.eq;

import dev.korm.Item;
import dev.korm.Items;
import dev.korm.spring.KormTransactional;
import java.util.List;
import org.springframework.stereotype.Repository;

@Repository
class Garage {
    private final Items<User> users;
    private final Items<Car> cars;

    Garage(Items<User> users, Items<Car> cars) {
        this.users = users;
        this.cars = cars;
    }

    /** Stores an owner in one database and a car in the other: both, or neither. */
    @KormTransactional
    Item<Car> register(String owner, String make, int year) {
        return cars.fromData(new Car(make, year, users.fromData(new User(owner)).create().rn())).create();
    }

    List<Item<Car>> of(String owner) {
        return cars.query().where(eq("owner.name", owner)).resolvePaths("owner").get();
    }
}
