package dev.korm.testkit;

import static dev.korm.Assignment.set;
import static dev.korm.Filter.eq;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.Aggregate;
import dev.korm.ConflictException;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.NotFoundException;
import dev.korm.Pool;
import dev.korm.Stored;
import dev.korm.event.CallEnd;
import dev.korm.event.PoolCall;
import dev.korm.event.PoolListener;
import dev.korm.jdbc.Sqlite;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What listeners are told of calls. */
class ToldCallsTest {
    @Stored(namespace = "people", kind = "user")
    record User(String name, int age) {}

    @Stored(namespace = "garage", kind = "car")
    record Car(String make) {}

    private final List<String> told = new ArrayList<>();
    private final AtomicBoolean wanted = new AtomicBoolean(true);
    private Pool pool;
    private Items<User> users;

    /** Writes down what it is told. */
    private class Telling implements PoolListener {
        @Override
        public boolean wantsCalls() {
            return wanted.get();
        }

        @Override
        public CallEnd callBegins(PoolCall call) {
            String name = call.operation() + " " + call.layer() + " " + call.collection();
            told.add(name);
            return (took, failure) -> {
                assertThat(took).isGreaterThan(Duration.ZERO);
                told.add("end of " + name + failure.map(each -> ": " + each).orElse(""));
            };
        }
    }

    @BeforeEach
    void open() {
        pool = Korm.pool()
                .layer("main", Sqlite.memory())
                .listener(new Telling())
                .open();
        users = Korm.item(User.class, pool);
        users.prepare();
        Korm.item(Car.class, pool).prepare();
    }

    @AfterEach
    void close() {
        pool.close();
    }

    private void assertTold(String... calls) {
        assertThat(told).containsExactly(calls);
        told.clear();
    }

    private void assertOne(String operation) {
        String name = operation + " main people:user";
        assertTold(name, "end of " + name);
    }

    @Test
    void each_call_is_told_once_with_its_collection() {
        Item<User> fred = users.fromData(new User("Fred", 7)).create();
        assertOne("create");
        users.fromRn(fred.rn()).get();
        assertOne("get");
        users.fromRn(fred.rn()).find();
        assertOne("get");
        users.fromRns(List.of(fred.rn()));
        assertOne("get");
        fred.reload();
        assertOne("get");
        users.query().get();
        assertOne("query");
        users.query().first();
        assertOne("query");
        users.query().exists();
        assertOne("query");
        users.query().page(3);
        assertOne("query");
        users.query().pageWithTotal(3);
        assertOne("query");
        try (Stream<Item<User>> stream = users.query().stream()) {
            assertThat(stream).hasSize(1);
        }
        assertOne("stream");
        users.query().count();
        assertOne("aggregate");
        users.query().sum("age");
        assertOne("aggregate");
        users.query().groupBy("name").select(Aggregate.count());
        assertOne("aggregate");
        Item<User> older = fred.set(User::age, 8).commit();
        assertOne("update");
        users.query().where(eq("age", 8)).updateAll(set("age", 9));
        assertOne("update");
        older.reload().delete().restore();
        assertThat(told).containsSubsequence("delete main people:user", "end of delete main people:user");
        assertThat(told).containsSubsequence("restore main people:user", "end of restore main people:user");
        assertThat(told).hasSize(6);
        told.clear();
        users.query().where(eq("age", 9)).deleteAll();
        assertOne("delete");
    }

    @Test
    void changes_together_are_one_call_of_their_collection_or_of_several() {
        Korm.createAll(List.of(users.fromData(new User("Fred", 7)), users.fromData(new User("Wilma", 8))));
        assertOne("persist");
        Korm.tx(
                        users.fromData(new User("Barney", 7)),
                        Korm.item(Car.class, pool).fromData(new Car("Citroen")))
                .persist();
        assertTold("persist  ", "end of persist  ");
    }

    @Test
    void a_transaction_is_a_call_with_the_reads_in_it() {
        Item<User> fred = users.fromData(new User("Fred", 7)).create();
        told.clear();
        pool.transaction(
                tx -> tx.update(tx.item(User.class).fromRn(fred.rn()).get().set(User::age, 8)));
        assertTold("transaction  ", "get main people:user", "end of get main people:user", "end of transaction  ");
    }

    @Test
    void a_call_that_fails_ends_with_the_class_of_what_it_throws() {
        Item<User> fred = users.fromData(new User("Fred", 7)).create();
        fred.set(User::age, 8).commit();
        told.clear();
        assertThatThrownBy(() -> fred.set(User::age, 9).commit()).isInstanceOf(ConflictException.class);
        assertTold("update main people:user", "end of update main people:user: ConflictException");
        assertThatThrownBy(() -> pool.transaction(tx -> {
                    throw new NotFoundException("planted", fred.rn());
                }))
                .isInstanceOf(NotFoundException.class);
        assertTold("transaction  ", "end of transaction  : NotFoundException");
    }

    @Test
    void a_listener_that_wants_no_calls_is_told_of_none() {
        wanted.set(false);
        users.fromData(new User("Fred", 7)).create();
        assertThat(told).isEmpty();
    }

    @Test
    void a_listener_that_fails_changes_nothing_and_the_others_are_told() {
        PoolListener failing = new PoolListener() {
            @Override
            public boolean wantsCalls() {
                return true;
            }

            @Override
            public CallEnd callBegins(PoolCall call) {
                return (took, failure) -> {
                    throw new IllegalStateException("planted");
                };
            }
        };
        PoolListener refusing = new PoolListener() {
            @Override
            public boolean wantsCalls() {
                throw new IllegalStateException("planted");
            }
        };
        try (Pool other = Korm.pool()
                .layer("main", Sqlite.memory())
                .listener(refusing)
                .listener(new Telling())
                .listener(failing)
                .open()) {
            Korm.item(User.class, other).fromData(new User("Fred", 7)).create();
        }
        assertOne("create");
    }
}
