package dev.korm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.jdbc.Sqlite;
import java.util.List;
import org.junit.jupiter.api.Test;

class InterfaceAccessorTest {
    interface Named {
        String name();

        default String shout() {
            return name() + "!";
        }
    }

    interface Aged {
        int age();
    }

    @Stored(namespace = "people", kind = "person")
    record Person(String name, int age) implements Named, Aged {}

    @Stored(namespace = "people", kind = "dog")
    record Dog(String name) implements Named {}

    private static <T extends Named> List<Item<T>> named(Items<T> items, String name) {
        return items.query()
                .where(Filter.eq(T::name, name))
                .orderBy(Order.asc(T::name))
                .get();
    }

    @Test
    void a_method_reference_through_an_interface_names_the_field_of_a_record_that_implements_it() {
        try (Pool pool = Korm.pool().layer("main", Sqlite.memory()).open()) {
            Items<Person> people = Korm.item(Person.class, pool);
            Items<Dog> dogs = Korm.item(Dog.class, pool);
            people.fromData(new Person("Ann", 3)).create();
            dogs.fromData(new Dog("Rex")).create();
            assertThat(named(people, "Ann")).hasSize(1);
            assertThat(named(dogs, "Rex")).hasSize(1);
            assertThatThrownBy(() -> dogs.query().where(Filter.gt(Aged::age, 2)).get())
                    .isInstanceOf(PathException.class)
                    .hasMessageContaining("an accessor of Aged, but the items are of Dog");
            assertThatThrownBy(() ->
                            dogs.query().where(Filter.eq(Named::shout, "x")).get())
                    .isInstanceOf(PathException.class)
                    .hasMessageContaining("shout");
        }
    }
}
