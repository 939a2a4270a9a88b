package dev.korm.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.ConfigurationException;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.event.PoolListener;
import dev.korm.event.SentStatement;
import dev.korm.jdbc.Sqlite;
import dev.korm.key.KeyRing;
import dev.korm.micrometer.KormObservations;
import dev.korm.spi.LayerSource;
import dev.korm.spring.GarageApplication.Car;
import dev.korm.spring.GarageApplication.User;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;
import org.springframework.transaction.PlatformTransactionManager;

/** The pool as properties and beans describe it, and what a start says when they are wrong. */
class PropertiesTest {
    private static final String MEMORY = "korm.layers.main.url=jdbc:sqlite::memory:";

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    KormAutoConfiguration.class,
                    KormTransactionAutoConfiguration.class,
                    KormHealthAutoConfiguration.class,
                    KormEndpointAutoConfiguration.class,
                    TransactionAutoConfiguration.class));

    @Configuration(proxyBeanMethods = false)
    static class Beans {
        final AtomicInteger statements = new AtomicInteger();

        @Bean
        PoolListener counting() {
            return new PoolListener() {
                @Override
                public void statement(SentStatement statement) {
                    statements.incrementAndGet();
                }
            };
        }

        @Bean
        LayerSource special() {
            return Sqlite.memory();
        }

        @Bean
        KormPoolCustomizer more() {
            return pool -> pool.layer("more", Sqlite.memory()).home("more", "more");
        }

        @Bean
        Uses uses(ObjectProvider<Items<User>> users, Items<Car> cars) {
            return new Uses(users.getObject(), cars);
        }
    }

    record Uses(Items<User> users, Items<Car> cars) {}

    static class FieldOfSuper<T> {
        @Autowired
        Items<T> items;
    }

    static class Users extends FieldOfSuper<User> {}

    @Configuration(proxyBeanMethods = false)
    static class Raw {
        @Autowired
        Items<?> items;
    }

    @Configuration(proxyBeanMethods = false)
    static class TwoDataSources {
        @Bean
        DataSource first() {
            return new SimpleDriverDataSource(new org.sqlite.JDBC(), "jdbc:sqlite::memory:");
        }

        @Bean
        DataSource second() {
            return first();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnPool {
        @Bean
        Pool pool() {
            return dev.korm.Korm.pool().layer("own", Sqlite.memory()).open();
        }
    }

    @Test
    void a_layer_of_a_url_is_all_that_is_needed() {
        runner.withPropertyValues(MEMORY).run(context -> {
            assertThat(context).hasNotFailed().hasSingleBean(Pool.class);
            assertThat(context.getBean(PlatformTransactionManager.class)).isInstanceOf(KormTransactionManager.class);
        });
    }

    @Test
    void beans_of_the_application_take_part() {
        runner.withUserConfiguration(Beans.class)
                .withPropertyValues("korm.layers.main.source=special", "korm.default-layer=main")
                .run(context -> {
                    Uses uses = context.getBean(Uses.class);
                    uses.users()
                            .fromData(new User("Fred", dev.korm.Unique.of("fred")))
                            .create();
                    assertThat(uses.users().query().count()).isEqualTo(1);
                    assertThat(uses.cars().query().count()).isZero();
                    assertThat(context.getBean(Pool.class).layers()).containsExactly("main", "more");
                    assertThat(context.getBean(Beans.class).statements).hasPositiveValue();
                });
    }

    @Test
    void items_of_a_type_variable_are_those_of_the_class_that_says_it() {
        runner.withPropertyValues(MEMORY).withBean(Users.class).run(context -> assertThat(
                        context.getBean(Users.class).items.query().count())
                .isZero());
    }

    @Test
    void keys_come_from_the_applications_properties(@TempDir Path folder) {
        runner.withPropertyValues(MEMORY, "korm.records=" + Secretive.class.getName())
                .run(context ->
                        assertThat(context).getFailure().rootCause().hasMessageContaining(KeyRing.KEY_VARIABLE));
        runner.withPropertyValues(
                        MEMORY,
                        "korm.records=" + Secretive.class.getName(),
                        KeyRing.KEY_VARIABLE + "=" + "ab".repeat(32))
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void nothing_is_observed_where_only_meters_are_made_of_observations_and_the_pool_has_its_own() {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        ApplicationContextRunner metered = runner.withConfiguration(AutoConfigurations.of(
                        KormObservationsAutoConfiguration.class, KormMetricsAutoConfiguration.class))
                .withPropertyValues(MEMORY)
                .withBean(MeterRegistry.class, () -> meters)
                .withBean(DefaultMeterObservationHandler.class, () -> new DefaultMeterObservationHandler(meters))
                .withBean(ObservationRegistry.class, () -> observing(context -> {}));
        metered.run(context ->
                assertThat(context.getBean(KormObservations.class).wantsCalls()).isFalse());
        metered.withPropertyValues("korm.observations.enabled=true").run(context -> assertThat(
                        context.getBean(KormObservations.class).wantsCalls())
                .isTrue());
        metered.withPropertyValues("korm.metrics.enabled=false").run(context -> assertThat(
                        context.getBean(KormObservations.class).wantsCalls())
                .isTrue());
        metered.withBean("tracing", ObservationHandler.class, () -> handler(context -> {}))
                .run(context -> assertThat(
                                context.getBean(KormObservations.class).wantsCalls())
                        .isTrue());
    }

    private static ObservationRegistry observing(Consumer<Observation.Context> begun) {
        ObservationRegistry registry = ObservationRegistry.create();
        registry.observationConfig().observationHandler(handler(begun));
        return registry;
    }

    private static ObservationHandler<Observation.Context> handler(Consumer<Observation.Context> begun) {
        return new ObservationHandler<>() {
            @Override
            public void onStart(Observation.Context context) {
                begun.accept(context);
            }

            @Override
            public boolean supportsContext(Observation.Context context) {
                return true;
            }
        };
    }

    @Test
    void statements_are_observed_where_the_application_has_a_registry_of_observations() {
        ApplicationContextRunner observing = runner.withConfiguration(
                        AutoConfigurations.of(KormObservationsAutoConfiguration.class))
                .withPropertyValues(MEMORY);
        List<String> observed = new ArrayList<>();
        ObservationRegistry registry = observing(context -> observed.add(context.getName()));
        observing.withBean(ObservationRegistry.class, () -> registry).run(context -> Korm.item(
                        User.class, context.getBean(Pool.class))
                .query()
                .count());
        assertThat(observed).contains(KormObservations.CALL, KormObservations.STATEMENT);
        observing
                .withBean(ObservationRegistry.class, () -> registry)
                .withPropertyValues("korm.observations.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean(KormObservations.class));
        observing.run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(KormObservations.class));
    }

    @Test
    void keys_can_be_required_for_all_that_is_stored(@TempDir Path folder) {
        String layer = "korm.layers.main.url=jdbc:sqlite:" + folder.resolve("keys.sqlite");
        runner.withPropertyValues(layer, KeyRing.KEY_VARIABLE + "=" + "ab".repeat(32))
                .run(context -> Korm.item(Secretive.class, context.getBean(Pool.class))
                        .fromData(new Secretive(dev.korm.Encrypted.of("canary")))
                        .create());
        runner.withPropertyValues(layer, KeyRing.KEY_VARIABLE + "=" + "cd".repeat(32))
                .run(context -> assertThat(context).hasNotFailed());
        runner.withPropertyValues(layer, KeyRing.KEY_VARIABLE + "=" + "cd".repeat(32), "korm.require-keys=true")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .isInstanceOf(dev.korm.SealException.class)
                        .hasMessageNotContaining("canary"));
    }

    @dev.korm.Stored(namespace = "people", kind = "secretive")
    record Secretive(dev.korm.Encrypted<String> phone) {}

    @Test
    void all_settings_reach_the_pool(@TempDir Path folder) {
        runner.withPropertyValues(
                        "korm.layers.a.url=jdbc:sqlite:" + folder.resolve("a.sqlite"),
                        "korm.layers.a.busy-timeout=2s",
                        "korm.layers.a.pool-size=3",
                        "korm.layers.a.slow-statements=1s",
                        "korm.layers.b.url=sqlite:" + folder.resolve("b.sqlite"),
                        "korm.depots.files.folder=" + folder.resolve("files"),
                        "korm.depots.files.release=after",
                        "korm.depots.files.grace=7d",
                        "korm.homes.[people/user]=b",
                        "korm.default-layer=a",
                        "korm.meta-layer=a",
                        "korm.journal=" + folder.resolve("journal"),
                        "korm.history=true",
                        "korm.locks.layer=b",
                        "korm.locks.lease=20s",
                        "korm.largest-change=500",
                        "korm.longest-file-wait=3s",
                        "korm.prepare=" + User.class.getName() + "," + Car.class.getName())
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    Pool pool = context.getBean(Pool.class);
                    pool.history();
                    assertThat(dev.korm.Korm.item(User.class, pool)
                                    .fromData(new User("Fred", dev.korm.Unique.of("fred")))
                                    .create()
                                    .rn()
                                    .layer())
                            .contains("b");
                });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    korm.layers.main.url=h2:mem | begins with none of
                    korm.layers.main.url=jdbc:sqlite: | names no file
                    korm.layers.main.url=jdbc:sqlite:a.db?mode=ro | question mark
                    korm.layers.main.read-only=true | exactly one of korm.layers.main.url
                    korm.layers.main.data-source=nobody | names the bean "nobody", which is not there
                    korm.layers.main.source=kormStores | which is no LayerSource
                    korm.layers.main.url=jdbc:sqlite::memory:;korm.layers.main.username=fred | korm.layers.main.username has no effect
                    korm.layers.main.url=jdbc:sqlite::memory:;korm.homes.people=other | other
                    korm.layers.main.url=jdbc:sqlite::memory:;korm.locks.lease=20s | korm.locks.layer
                    korm.layers.main.url=jdbc:sqlite::memory:;korm.depots.files.release=keep | korm.depots.files.folder
                    korm.enabled=true | korm.layers.main.url=jdbc:sqlite:data.sqlite
                    """)
    void a_start_fails_with_what_to_say_instead(String properties, String message) {
        runner.withPropertyValues(properties.split(";")).run(context -> assertThat(context)
                .getFailure()
                .rootCause()
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(message));
    }

    @Test
    void of_several_data_sources_one_is_named_and_sqlite_is_none_to_share() {
        runner.withUserConfiguration(TwoDataSources.class)
                .run(context -> assertThat(context).getFailure().rootCause().hasMessageContaining("first, second"));
        runner.withUserConfiguration(TwoDataSources.class)
                .withPropertyValues("korm.layers.main.data-source=first")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("korm.layers.main.url=jdbc:sqlite:"));
    }

    @Test
    void raw_items_are_refused_by_name() {
        runner.withUserConfiguration(Raw.class)
                .withPropertyValues(MEMORY)
                .run(context -> assertThat(context).getFailure().rootCause().hasMessageContaining("Items<Car>"));
    }

    @Test
    void a_pool_of_the_applications_own_is_taken() {
        runner.withUserConfiguration(OwnPool.class)
                .run(context -> assertThat(context.getBean(Pool.class).layers()).containsExactly("own"));
    }

    @Test
    void it_can_be_switched_off() {
        runner.withPropertyValues("korm.enabled=false")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(Pool.class));
    }
}
