package dev.korm.spring;

import static dev.korm.Filter.everything;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.ConfigurationException;
import dev.korm.DuplicateException;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Pool;
import dev.korm.Unique;
import dev.korm.live.LiveEvent;
import dev.korm.live.LiveQuery;
import dev.korm.spring.GarageApplication.Car;
import dev.korm.spring.GarageApplication.Garage;
import dev.korm.spring.GarageApplication.User;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.UnexpectedRollbackException;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Calls of korm within transactions that Spring has begun on the data source of a layer, beside SQL of the application's own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JoinedTransactionTest {
    private ConfigurableApplicationContext context;
    private Pool pool;
    private Garage garage;
    private Items<User> users;
    private JdbcTemplate jdbc;
    private PlatformTransactionManager manager;

    @BeforeAll
    void start(@TempDir Path folder) {
        context = new SpringApplicationBuilder(GarageApplication.class)
                .web(WebApplicationType.NONE)
                .properties(
                        "spring.main.banner-mode=off",
                        "spring.datasource.url=" + TestPostgres.newSchema(),
                        "spring.datasource.hikari.maximum-pool-size=4",
                        "spring.datasource.hikari.connection-timeout=3000",
                        "korm.layers.people.data-source=dataSource",
                        "korm.layers.cars.url=jdbc:sqlite:" + folder.resolve("cars.sqlite"),
                        "korm.homes.people=people",
                        "korm.homes.garage=cars",
                        "korm.prepare=" + User.class.getName() + "," + Car.class.getName())
                .run();
        pool = context.getBean(Pool.class);
        garage = context.getBean(Garage.class);
        users = garage.users();
        jdbc = context.getBean(JdbcTemplate.class);
        manager = context.getBean("transactionManager", PlatformTransactionManager.class);
        jdbc.execute(
                "CREATE TABLE ledger (id BIGINT PRIMARY KEY, parent BIGINT REFERENCES ledger DEFERRABLE INITIALLY DEFERRED)");
    }

    @AfterAll
    void stop() {
        context.close();
    }

    @BeforeEach
    void empty() {
        users.query().where(everything()).deleteAll();
        jdbc.execute("DELETE FROM ledger");
    }

    private Item<User> user(String name) {
        return users.fromData(new User(name, Unique.of(name))).create();
    }

    private void write(long id) {
        jdbc.update("INSERT INTO ledger VALUES (?, NULL)", id);
    }

    private void requireStored(long inLedger, long ofUsers) {
        assertThat(jdbc.queryForObject("SELECT count(*) FROM ledger", Long.class))
                .isEqualTo(inLedger);
        assertThat(users.query().count()).isEqualTo(ofUsers);
    }

    private long seenByOthers() {
        return CompletableFuture.supplyAsync(() -> users.query().count()).join();
    }

    private void within(Consumer<TransactionTemplate> settings, Runnable work) {
        TransactionTemplate template = new TransactionTemplate(manager);
        settings.accept(template);
        template.executeWithoutResult(status -> work.run());
    }

    private void within(Runnable work) {
        within(template -> {}, work);
    }

    @Test
    void both_are_committed_together_and_seen_by_others_only_then() {
        garage.withJdbc(() -> {
            write(1);
            Item<User> fred = user("fred");
            fred.set(User::name, "Fred").commit();
            assertThat(users.query().count()).isEqualTo(1);
            assertThat(seenByOthers()).isZero();
        });

        requireStored(1, 1);
        assertThat(users.query().first().orElseThrow().data().name()).isEqualTo("Fred");
    }

    @Test
    void korm_reads_what_the_applications_sql_has_written() {
        user("fred");
        within(() -> {
            jdbc.update("UPDATE \"__items__people__user\" SET \"name\" = 'Frederic'");
            assertThat(users.query().first().orElseThrow().data().name()).isEqualTo("Frederic");
        });
        assertThat(users.query().first().orElseThrow().data().name()).isEqualTo("Frederic");
    }

    @Test
    void an_exception_takes_both_back() {
        Item<User> fred = user("fred");
        assertThatThrownBy(() -> garage.withJdbc(() -> {
                    write(1);
                    user("wilma");
                    fred.set(User::name, "Barney").commit();
                    throw new IllegalStateException("on second thoughts");
                }))
                .hasMessage("on second thoughts");

        requireStored(0, 1);
        fred.set(User::name, "Fred").commit();
    }

    @Test
    void what_korm_is_refused_takes_the_sql_back_too() {
        user("fred");
        assertThatThrownBy(() -> within(() -> {
                    write(1);
                    user("wilma");
                    user("fred");
                }))
                .isInstanceOf(DuplicateException.class);
        requireStored(0, 1);
    }

    @Test
    void a_commit_that_the_database_refuses_stores_nothing_of_korm() {
        assertThatThrownBy(() -> within(() -> {
                    jdbc.update("INSERT INTO ledger VALUES (1, 99)");
                    user("fred");
                }))
                .isInstanceOf(DataIntegrityViolationException.class);
        requireStored(0, 0);
        user("fred");
    }

    @Test
    void changes_of_another_layer_and_in_a_transaction_that_only_reads_are_refused_with_all_of_it() {
        assertThatThrownBy(() -> within(() -> {
                    write(1);
                    garage.buy("fred", "Fiat");
                }))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("changes of cars")
                .hasMessageContaining("@KormTransactional");
        requireStored(0, 0);
        assertThat(garage.cars().query().count()).isZero();

        assertThatThrownBy(() -> within(template -> template.setReadOnly(true), () -> {
                    assertThat(users.query().count()).isZero();
                    user("fred");
                }))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("read-only");
        requireStored(0, 0);
    }

    @Test
    void a_transaction_apart_is_stored_alone_by_either_manager() {
        assertThatThrownBy(() -> within(() -> {
                    write(1);
                    user("outer");
                    within(
                            template -> template.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW),
                            () -> {
                                write(2);
                                assertThat(users.query().count()).isZero();
                                user("inner");
                            });
                    garage.apart("wilma");
                    assertThat(users.query().count()).isEqualTo(3);
                    throw new IllegalStateException("on second thoughts");
                }))
                .hasMessage("on second thoughts");
        requireStored(1, 2);
    }

    @Test
    void a_method_of_korms_transactions_is_a_part_of_it_and_fails_with_it() {
        within(() -> {
            write(1);
            garage.outer(() -> user("fred"));
            assertThat(seenByOthers()).isZero();
        });
        requireStored(1, 1);

        assertThatThrownBy(() -> within(() -> {
                    write(2);
                    assertThatThrownBy(() -> garage.outer(() -> {
                                user("wilma");
                                throw new IllegalStateException("inner");
                            }))
                            .hasMessage("inner");
                }))
                .isInstanceOf(UnexpectedRollbackException.class);
        requireStored(1, 1);
    }

    @Test
    void those_who_listen_to_the_end_take_part_before_the_commit_and_find_it_stored_behind() {
        long[] seen = new long[2];
        within(() -> {
            TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                @Override
                public void beforeCommit(boolean readOnly) {
                    user("wilma");
                }

                @Override
                public void afterCommit() {
                    seen[0] = users.query().count();
                    seen[1] = seenByOthers();
                    user("barney");
                }
            });
            user("fred");
        });
        assertThat(seen).containsExactly(2, 2);
        requireStored(0, 3);
    }

    @Test
    void what_a_savepoint_takes_back_is_refused_where_korm_has_changed_anything() {
        TransactionTemplate nested = new TransactionTemplate(manager);
        nested.setPropagationBehavior(TransactionDefinition.PROPAGATION_NESTED);
        within(() -> {
            user("fred");
            nested.executeWithoutResult(status -> user("wilma"));
        });
        requireStored(0, 2);

        assertThatThrownBy(() -> within(() -> {
                    write(1);
                    nested.executeWithoutResult(status -> {
                        user("barney");
                        status.setRollbackOnly();
                    });
                }))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("savepoint");
        requireStored(0, 2);
    }

    @Test
    void live_queries_are_told_of_what_was_committed_and_of_nothing_else() throws InterruptedException {
        BlockingQueue<LiveEvent<User>> told = new LinkedBlockingQueue<>();
        LiveQuery<User> live = users.query().live(told::add);
        try {
            assertThat(told.poll(10, TimeUnit.SECONDS)).isInstanceOf(LiveEvent.Snapshot.class);
            within(() -> user("fred"));
            assertThat(entered(told.poll(10, TimeUnit.SECONDS))).isEqualTo("fred");
            assertThatThrownBy(() -> within(() -> {
                        user("wilma");
                        user("fred");
                    }))
                    .isInstanceOf(DuplicateException.class);
            user("barney");
            assertThat(entered(told.poll(10, TimeUnit.SECONDS))).isEqualTo("barney");
        } finally {
            live.close();
        }
    }

    private static String entered(LiveEvent<User> event) {
        return event instanceof LiveEvent.Entered<User> entered
                ? entered.item().data().name()
                : String.valueOf(event);
    }

    @Test
    void work_that_korm_begins_by_itself_is_beside_it() {
        assertThatThrownBy(() -> within(() -> {
                    user("fred");
                    pool.runTransaction(tx -> tx.item(User.class)
                            .fromData(new User("wilma", Unique.of("wilma")))
                            .create());
                    throw new IllegalStateException("on second thoughts");
                }))
                .hasMessage("on second thoughts");
        requireStored(0, 1);
    }
}
