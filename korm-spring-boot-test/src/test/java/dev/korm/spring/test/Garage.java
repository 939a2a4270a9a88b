package dev.korm.spring.test;

import dev.korm.Encrypted;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Unique;
import dev.korm.spring.test.ShopApplication.Car;
import dev.korm.spring.test.ShopApplication.User;
import org.springframework.stereotype.Repository;

/** The part of an application that uses korm. */
@Repository
class Garage {
    private final Items<User> users;
    private final Items<Car> cars;

    Garage(Items<User> users, Items<Car> cars) {
        this.users = users;
        this.cars = cars;
    }

    Item<Car> buy(String buyer, String make) {
        Item<User> owner = users.fromData(new User(buyer, Unique.of(buyer), Encrypted.of("555")))
                .create();
        return cars.fromData(new Car(make, 2020, owner.rn())).create();
    }
}
