package trial;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.spring.test.KormTest;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

@KormTest
class GarageTest {
    @Test
    void finds_the_cars_of_an_owner(@Autowired Garage garage) {
        garage.register("wilma", "Renault", 1999);
        assertThat(garage.of("wilma")).hasSize(1);
        assertThat(garage.of("fred")).isEmpty();
    }
}
