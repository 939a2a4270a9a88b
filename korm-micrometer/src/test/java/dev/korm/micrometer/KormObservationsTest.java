package dev.korm.micrometer;

import static dev.korm.Filter.eq;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.DuplicateException;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Stored;
import dev.korm.Unique;
import dev.korm.event.PoolListener;
import dev.korm.event.SentStatement;
import dev.korm.event.StatementEnd;
import dev.korm.jdbc.Sqlite;
import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistryAssert;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Observations of a pool's statements. */
class KormObservationsTest {
    private static final String SECRET = "nobody-may-see-this";

    /** In memory all rows are read at once. */
    @TempDir
    Path folder;

    private final TestObservationRegistry registry = TestObservationRegistry.create();
    private Pool pool;
    private Items<User> users;

    @Stored(namespace = "people", kind = "user")
    record User(Unique<String> name, int age) {}

    @BeforeEach
    void open() {
        pool = Korm.pool()
                .layer("people", Sqlite.file(folder.resolve("people.sqlite")))
                .listener(KormObservations.to(registry, KeyValue.of("pool", "test")))
                .open();
        users = Korm.item(User.class, pool);
        users.prepare();
        registry.clear();
    }

    @AfterEach
    void close() {
        pool.close();
    }

    private Item<User> user(String name) {
        return users.fromData(new User(Unique.of(name), 7)).create();
    }

    @Test
    void a_statement_is_a_child_of_what_its_caller_is_in() {
        Observation request = Observation.start("request", registry);
        try (Observation.Scope scope = request.openScope()) {
            user(SECRET);
            assertThat(users.query().where(eq("name", SECRET)).count()).isEqualTo(1);
            assertThat(registry.getCurrentObservation()).isSameAs(request);
        }
        request.stop();
        TestObservationRegistryAssert.assertThat(registry)
                .hasObservationWithNameEqualTo(KormObservations.STATEMENT)
                .that()
                .hasParentObservationEqualTo(request)
                .hasLowCardinalityKeyValue("korm.layer", "people")
                .hasLowCardinalityKeyValue("pool", "test")
                .hasLowCardinalityKeyValue("error", "none")
                .hasBeenStarted()
                .hasBeenStopped()
                .doesNotHaveError();
        TestObservationRegistryAssert.assertThat(registry)
                .hasAnObservation(each -> each.hasLowCardinalityKeyValue("korm.operation", "INSERT"))
                .hasAnObservation(each -> each.hasLowCardinalityKeyValue("korm.operation", "SELECT")
                        .hasHighCardinalityKeyValue("korm.rows", "1"));
        assertThat(all()).isNotEmpty().noneMatch(text -> text.contains(SECRET));
    }

    /** Returns what the observations say, in their names and keys. */
    private List<String> all() {
        List<String> said = new ArrayList<>();
        TestObservationRegistryAssert.assertThat(registry)
                .hasHandledContextsThatSatisfy(contexts -> contexts.forEach(context -> {
                    said.add(context.getName() + " " + context.getContextualName());
                    context.getAllKeyValues().forEach(key -> said.add(key.getKey() + "=" + key.getValue()));
                    if (context.getError() != null) {
                        said.add(context.getError().toString());
                    }
                }));
        return said;
    }

    @Test
    void a_statement_that_fails_is_an_error_that_names_no_value() {
        user(SECRET);
        registry.clear();
        assertThatThrownBy(() -> user(SECRET)).isInstanceOf(DuplicateException.class);
        TestObservationRegistryAssert.assertThat(registry).hasAnObservation(each -> each.hasError());
        assertThat(all())
                .anyMatch(text -> text.startsWith("error=SQLiteException (SQL state "))
                .noneMatch(text -> text.contains(SECRET));
    }

    @Test
    void rows_that_are_read_one_by_one_keep_their_statement_open_and_nobody_elses() {
        user("a");
        user("b");
        // Others, such as whether the schema is still as it was, may come before, and end at once.
        Set<Observation.Context> open = new LinkedHashSet<>();
        registry.observationConfig().observationHandler(new ObservationHandler<Observation.Context>() {
            @Override
            public boolean supportsContext(Observation.Context context) {
                return true;
            }

            @Override
            public void onStart(Observation.Context context) {
                open.add(context);
            }

            @Override
            public void onStop(Observation.Context context) {
                open.remove(context);
            }
        });
        try (Stream<Item<User>> stream = users.query().stream()) {
            assertThat(stream.iterator().next()).isNotNull();
            assertThat(registry.getCurrentObservation()).isNull();
            assertThat(open).singleElement().satisfies(each -> {
                assertThat(each.getName()).isEqualTo(KormObservations.STATEMENT);
                assertThat(each.getLowCardinalityKeyValue("korm.operation"))
                        .isEqualTo(KeyValue.of("korm.operation", "SELECT"));
            });
        }
        assertThat(open).isEmpty();
    }

    @Test
    void the_beginning_is_told_before_the_store_is_asked_and_the_end_after() {
        List<String> told = new ArrayList<>();
        PoolListener listener = new PoolListener() {
            @Override
            public StatementEnd statementBegins(String layer, String text) {
                told.add("begins " + text);
                return statement -> told.add("ends " + statement.text());
            }
        };
        PoolListener throwing = new PoolListener() {
            @Override
            public StatementEnd statementBegins(String layer, String text) {
                throw new IllegalStateException("planted");
            }
        };
        try (Pool other = Korm.pool()
                .layer("people", Sqlite.file(folder.resolve("people.sqlite")))
                .listener(throwing)
                .listener(listener)
                .listener(KormObservations.to(registry))
                .open()) {
            Items<User> some = Korm.item(User.class, other);
            some.fromData(new User(Unique.of("a"), 1)).create();
            told.clear();
            assertThat(some.query().count()).isEqualTo(1);
        }
        assertThat(told.get(0)).startsWith("begins SELECT");
        assertThat(told.get(1)).isEqualTo(told.get(0).replace("begins", "ends"));
        TestObservationRegistryAssert.assertThat(registry)
                .hasAnObservation(each -> each.hasLowCardinalityKeyValue("korm.operation", "SELECT"));
    }

    @Test
    void a_registry_that_observes_nothing_is_told_nothing() {
        KormObservations nothing = KormObservations.to(ObservationRegistry.NOOP);
        assertThat(nothing.statementBegins("people", "SELECT 1")).isSameAs(StatementEnd.NOBODY);
        assertThat(nothing.wantsStatements()).isFalse();
        assertThat(KormObservations.to(registry).wantsStatements()).isTrue();
    }

    @Test
    void a_listener_that_wants_no_statements_is_told_of_none() {
        AtomicBoolean wants = new AtomicBoolean();
        List<String> told = new ArrayList<>();
        PoolListener listener = new PoolListener() {
            @Override
            public boolean wantsStatements() {
                return wants.get();
            }

            @Override
            public StatementEnd statementBegins(String layer, String text) {
                told.add("begins");
                return StatementEnd.NOBODY;
            }

            @Override
            public void statement(SentStatement statement) {
                told.add("ran");
            }
        };
        // The other one wants them, so they are measured.
        try (Pool pool = Korm.pool()
                .layer("people", Sqlite.memory())
                .listener(listener)
                .listener(KormObservations.to(registry))
                .open()) {
            Items<User> users = Korm.item(User.class, pool);
            users.fromData(new User(Unique.of("a"), 1)).create();
            assertThat(told).isEmpty();
            wants.set(true);
            assertThat(users.query().count()).isEqualTo(1);
            assertThat(told).startsWith("begins", "ran");
        }
    }
}
