package dev.korm.spring.test;

import static dev.korm.Filter.eq;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.DuplicateException;
import dev.korm.Items;
import dev.korm.Pool;
import dev.korm.spring.test.ShopApplication.Car;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** The part of an application that uses korm, over layers in memory. */
@KormTest
class KormTestTest {
    @Autowired
    private Garage garage;

    @Autowired
    private Items<Car> cars;

    @Autowired
    private Pool pool;

    @Autowired
    private ObjectProvider<Mailer> mailer;

    @RepeatedTest(2)
    void each_test_finds_nothing_of_those_before() {
        garage.buy("fred", "Citroen");

        assertThat(cars.query().where(eq("owner.name", "fred")).count()).isEqualTo(1);
        assertThat(pool.layers()).containsExactly("people", "cars");
        assertThat(pool.depots()).containsExactly("files");
    }

    @Test
    void other_components_are_not_there() {
        assertThat(mailer.getIfAvailable()).isNull();
    }

    @Test
    @Transactional(propagation = Propagation.NOT_SUPPORTED)
    void a_test_that_commits_finds_what_the_store_says_at_the_end() {
        garage.buy("wilma", "Citroen");

        assertThatThrownBy(() -> garage.buy("wilma", "Fiat")).isInstanceOf(DuplicateException.class);
        assertThat(cars.query().where(eq("owner.name", "wilma")).count()).isEqualTo(1);
    }
}
