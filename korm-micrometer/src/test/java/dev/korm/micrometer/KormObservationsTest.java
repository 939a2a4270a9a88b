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
import dev.korm.event.CallEnd;
import dev.korm.event.PoolCall;
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
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Observations of a pool's calls and statements. */
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
    void a_call_is_a_child_of_what_its_caller_is_in_and_its_statements_are_its_own() {
        Observation request = Observation.start("request", registry);
        Item<User> made;
        try (Observation.Scope scope = request.openScope()) {
            made = user(SECRET);
            assertThat(users.query().where(eq("name", SECRET)).count()).isEqualTo(1);
            assertThat(registry.getCurrentObservation()).isSameAs(request);
        }
        request.stop();
        TestObservationRegistryAssert.assertThat(registry)
                .hasObservationWithNameEqualTo(KormObservations.CALL)
                .that()
                .hasParentObservationEqualTo(request)
                .hasContextualNameEqualTo("create people:user")
                .hasLowCardinalityKeyValue("db.operation.name", "create")
                .hasLowCardinalityKeyValue("db.collection.name", "people:user")
                .hasLowCardinalityKeyValue("korm.layer", "people")
                .hasLowCardinalityKeyValue("pool", "test")
                .hasLowCardinalityKeyValue("error.type", "none")
                .hasBeenStarted()
                .hasBeenStopped()
                .doesNotHaveError();
        TestObservationRegistryAssert.assertThat(registry)
                .hasAnObservation(each -> each.hasNameEqualTo(KormObservations.STATEMENT)
                        .hasContextualNameEqualTo("INSERT people")
                        .hasParentObservationContextMatching(named("create people:user"))
                        .hasLowCardinalityKeyValue("pool", "test")
                        .hasLowCardinalityKeyValue("error.type", "none"))
                .hasAnObservation(each -> each.hasLowCardinalityKeyValue("db.operation.name", "SELECT")
                        .hasParentObservationContextMatching(named("aggregate people:user"))
                        .hasHighCardinalityKeyValue("db.response.returned_rows", "1"));
        assertThat(all())
                .isNotEmpty()
                .noneMatch(text -> text.contains(SECRET))
                .noneMatch(text -> text.contains(made.rn().id().orElseThrow()));
    }

    @Test
    void what_a_transaction_stores_is_a_part_of_its_call() {
        Item<User> fred = user(SECRET);
        registry.clear();
        pool.transaction(
                tx -> tx.update(tx.item(User.class).fromRn(fred.rn()).get().set(User::age, 8)));
        TestObservationRegistryAssert.assertThat(registry)
                .hasAnObservation(each -> each.hasContextualNameEqualTo("transaction several")
                        .hasLowCardinalityKeyValue("korm.layer", "several")
                        .doesNotHaveParentObservation())
                .hasAnObservation(each -> each.hasContextualNameEqualTo("get people:user")
                        .hasParentObservationContextMatching(named("transaction several")))
                .hasAnObservation(each -> each.hasLowCardinalityKeyValue("db.operation.name", "UPDATE")
                        .hasParentObservationContextMatching(named("transaction several")));
        assertThat(all()).noneMatch(text -> text.contains(SECRET));
    }

    @Test
    void work_that_another_thread_does_is_a_child_of_the_same_call() throws Exception {
        KormObservations observations = KormObservations.to(registry);
        Observation call = Observation.start("call", registry);
        List<Observation> seen = new ArrayList<>();
        Supplier<Boolean> work;
        try (Observation.Scope scope = call.openScope()) {
            work = observations.carried(() -> seen.add(registry.getCurrentObservation()));
            assertThat(work.get()).isTrue();
        }
        Thread other = new Thread(() -> {
            assertThat(work.get()).isTrue();
            seen.add(registry.getCurrentObservation());
        });
        other.start();
        other.join();
        call.stop();
        assertThat(seen).containsExactly(call, call, null);
        Supplier<Boolean> plain = () -> true;
        assertThat(observations.carried(plain)).isSameAs(plain);
    }

    @Test
    void statements_beyond_those_that_are_known_are_observed_as_well() {
        KormObservations observations = KormObservations.to(registry);
        for (int i = 0; i < 2_100; i++) {
            observations
                    .statementBegins("people", "SELECT " + i)
                    .ended(new SentStatement("people", "SELECT " + i, 0, Duration.ZERO, Optional.empty()));
        }
        TestObservationRegistryAssert.assertThat(registry)
                .hasNumberOfObservationsEqualTo(2_100)
                .hasAnObservation(each -> each.hasHighCardinalityKeyValue("db.query.text", "SELECT 2099"));
    }

    private static Predicate<Observation.ContextView> named(String contextualName) {
        return context -> contextualName.equals(context.getContextualName());
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
        TestObservationRegistryAssert.assertThat(registry)
                .hasAnObservation(
                        each -> each.hasNameEqualTo(KormObservations.STATEMENT).hasError())
                .hasAnObservation(
                        each -> each.hasNameEqualTo(KormObservations.CALL).hasError());
        assertThat(all())
                .contains("error.type=DuplicateException")
                .anyMatch(text -> text.startsWith("error.type=SQLiteException (SQL state "))
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
                assertThat(each.getLowCardinalityKeyValue("db.operation.name"))
                        .isEqualTo(KeyValue.of("db.operation.name", "SELECT"));
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
                .hasAnObservation(each -> each.hasLowCardinalityKeyValue("db.operation.name", "SELECT"));
    }

    @Test
    void a_registry_that_observes_nothing_is_told_nothing() {
        KormObservations nothing = KormObservations.to(ObservationRegistry.NOOP);
        assertThat(nothing.statementBegins("people", "SELECT 1")).isSameAs(StatementEnd.NOBODY);
        assertThat(nothing.wantsStatements()).isFalse();
        assertThat(nothing.wantsCalls()).isFalse();
        assertThat(nothing.callBegins(new PoolCall(PoolCall.GET, "people", "people", "user")))
                .isSameAs(CallEnd.NOBODY);
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
