package dev.korm.spring.test;

import dev.korm.Encrypted;
import dev.korm.Rn;
import dev.korm.Stored;
import dev.korm.Unique;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** An application, of which a test of its use of korm starts a part. */
@SpringBootApplication
class ShopApplication {
    @Stored(namespace = "people", kind = "user")
    record User(String name, Unique<String> username, Encrypted<String> phone) {}

    @Stored(namespace = "garage", kind = "car")
    record Car(String make, int year, Rn<User> owner) {}
}
