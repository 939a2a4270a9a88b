package dev.korm.spring;

import static dev.korm.Filter.eq;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.ClosedException;
import dev.korm.ConfigurationException;
import dev.korm.ConflictException;
import dev.korm.DuplicateException;
import dev.korm.Item;
import dev.korm.Pool;
import dev.korm.spring.GarageApplication.Car;
import dev.korm.spring.GarageApplication.Garage;
import dev.korm.spring.GarageApplication.User;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.IllegalTransactionStateException;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** An application with people in PostgreSQL, by a data source of its own, cars in an SQLite file, and a journal. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TwoDatabasesTest {
    private ConfigurableApplicationContext context;
    private Garage garage;
    private Pool pool;

    @BeforeAll
    void start(@TempDir Path folder) {
        context = new SpringApplicationBuilder(GarageApplication.class)
                .web(WebApplicationType.SERVLET)
                .properties(
                        "spring.main.banner-mode=off",
                        "spring.datasource.url=" + TestPostgres.newSchema(),
                        "spring.datasource.hikari.maximum-pool-size=3",
                        "korm.layers.people.data-source=dataSource",
                        "korm.layers.cars.url=jdbc:sqlite:" + folder.resolve("cars.sqlite"),
                        "korm.depots.files.folder=" + folder.resolve("files"),
                        "korm.homes.people=people",
                        "korm.homes.garage=cars",
                        "korm.journal=" + folder.resolve("journal"),
                        "korm.locks.layer=people",
                        "korm.prepare=" + User.class.getName() + "," + Car.class.getName(),
                        "management.endpoint.health.show-details=always",
                        "management.endpoints.web.exposure.include=health,korm,metrics",
                        "server.port=0")
                .run();
        garage = context.getBean(Garage.class);
        pool = context.getBean(Pool.class);
    }

    @AfterAll
    void stop() {
        context.close();
        assertThatThrownBy(() -> garage.cars().query().count()).isInstanceOf(ClosedException.class);
    }

    @BeforeEach
    void empty() {
        garage.cars().query().where(dev.korm.Filter.everything()).deleteAll();
        garage.users().query().where(dev.korm.Filter.everything()).deleteAll();
    }

    @Test
    void items_are_injected_and_are_where_the_homes_say() {
        Item<Car> car = garage.buy("Fred", "Citroen");

        assertThat(car.rn().layer()).contains("cars");
        assertThat(car.data().owner().layer()).contains("people");
        assertThat(garage.cars().query().where(eq("owner.name", "Fred")).count())
                .isEqualTo(1);
    }

    @Test
    void a_transaction_over_both_databases_sees_its_own_writes_and_is_stored_at_its_end() {
        long before = pool.metrics().storedChanges();

        assertThat(garage.buyOrNot("Fred", "Citroen", false)).isEqualTo(1);

        assertThat(garage.users().query().count()).isEqualTo(1);
        assertThat(garage.cars().query().count()).isEqualTo(1);
        assertThat(pool.metrics().storedChanges()).isEqualTo(before + 1);
    }

    @Test
    void an_exception_leaves_nothing_in_either_database() {
        assertThatThrownBy(() -> garage.buyOrNot("Fred", "Citroen", true)).hasMessage("on second thoughts");

        assertThat(garage.users().query().count()).isZero();
        assertThat(garage.cars().query().count()).isZero();
    }

    @Test
    void an_item_that_was_read_before_takes_part_too() {
        Item<Car> car = garage.buy("Fred", "Citroen");
        Item<User> wilma = garage.users()
                .fromData(new User("Wilma", dev.korm.Unique.of("wilma")))
                .create();

        assertThatThrownBy(() -> garage.sell(car, wilma, true)).hasMessage("on second thoughts");
        assertThat(car.reload().revision()).isEqualTo(car.revision());
        garage.sell(car, wilma, false);
        assertThat(car.reload().data().owner()).isEqualTo(wilma.rn());
        assertThatThrownBy(() -> garage.sell(car, wilma, false)).isInstanceOf(ConflictException.class);
    }

    @Test
    void a_unique_value_that_is_taken_is_found_at_the_end_as_korms_own_exception() {
        garage.buy("Fred", "Citroen");

        assertThatThrownBy(() -> garage.buyOrNot("Fred", "Fiat", false)).isInstanceOf(DuplicateException.class);
        assertThat(garage.cars().query().count()).isEqualTo(1);
    }

    @Test
    void a_transaction_apart_is_stored_although_the_outer_one_is_not() {
        assertThatThrownBy(() -> garage.outer(() -> {
                    garage.buy("Fred", "Citroen");
                    garage.apart("wilma");
                    assertThat(garage.users().query().count()).isEqualTo(2);
                    throw new IllegalStateException("on second thoughts");
                }))
                .hasMessage("on second thoughts");

        assertThat(garage.users().query().get())
                .extracting(user -> user.data().name())
                .containsExactly("wilma");
        assertThat(garage.cars().query().count()).isZero();
    }

    @Test
    void what_listens_to_the_commit_finds_the_items_outside_of_the_transaction() {
        long[] seen = new long[1];
        garage.outer(() -> {
            garage.buy("Fred", "Citroen");
            TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                @Override
                public void afterCommit() {
                    garage.apart("wilma");
                    seen[0] = garage.users().query().count();
                }
            });
        });

        assertThat(seen[0]).isEqualTo(2);
    }

    @Test
    void a_nested_transaction_is_taken_back_alone() {
        garage.outer(() -> {
            garage.buy("Fred", "Citroen");
            assertThatThrownBy(() -> garage.nested("wilma", true)).isInstanceOf(IllegalStateException.class);
            assertThat(garage.users().query().count()).isEqualTo(1);
            garage.nested("Betty", false);
        });

        assertThat(garage.users().query().get())
                .extracting(user -> user.data().name())
                .containsExactlyInAnyOrder("Fred", "Betty");
        assertThat(garage.cars().query().count()).isEqualTo(2);
        assertThatThrownBy(() -> garage.outer(() -> {
                    garage.nested("wilma", false);
                    throw new IllegalStateException("mine");
                }))
                .hasMessage("mine");
        assertThat(garage.users().query().count()).isEqualTo(2);
    }

    @Test
    void what_is_not_possible_is_refused() {
        assertThatThrownBy(() -> garage.writeThoughReadOnly())
                .isInstanceOf(IllegalTransactionStateException.class)
                .hasMessageContaining("read-only");
        assertThatThrownBy(() -> garage.withJdbc(() -> garage.buy("Fred", "Citroen")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("\"people\" cannot take changes of cars along")
                .hasMessageContaining("@KormTransactional");
        assertThat(garage.users().query().count()).isZero();
    }

    @Test
    void the_data_source_serves_the_applications_own_sql_too() {
        garage.buy("Fred", "Citroen");

        Long rows = context.getBean(JdbcTemplate.class)
                .queryForObject("SELECT count(*) FROM \"__items__people__user\"", Long.class);
        assertThat(rows).isEqualTo(1);
    }

    @Test
    void health_has_each_layer_and_each_depot() throws Exception {
        assertThat(get("health/korm"))
                .startsWith("200 ")
                .contains("\"layers\"", "\"people\"", "\"cars\"", "\"depots\"", "\"files\"")
                .doesNotContain("DOWN");
        assertThat(get("health/korm/layers/people")).startsWith("200 ").contains("\"status\":\"UP\"", "ms");
    }

    @Test
    void the_endpoint_shows_the_pool_without_credentials() throws Exception {
        assertThat(get("korm"))
                .startsWith("200 ")
                .contains(
                        pool.id(),
                        "SQLite",
                        "cars.sqlite",
                        "PostgreSQL at a data source",
                        "\"dataSource\":\"dataSource\"",
                        "\"files\"")
                .contains("\"layer\":\"people\"", "\"failed\":false", "\"quarantined\":[]", "\"backups\":[]")
                .doesNotContainIgnoringCase("password");
    }

    @Test
    void metrics_have_the_statements_of_each_layer_and_the_counts_of_the_pool() throws Exception {
        garage.buyOrNot("Fred", "Citroen", false);

        assertThat(get("metrics/korm.statements")).startsWith("200 ").contains("people", "cars", "TOTAL_TIME");
        assertThat(get("metrics/korm.changes.stored")).startsWith("200 ").doesNotContain("\"value\":0.0");
    }

    private String get(String endpoint) throws Exception {
        String port = context.getEnvironment().getProperty("local.server.port");
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/actuator/" + endpoint))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        return answer.statusCode() + " " + answer.body();
    }
}
