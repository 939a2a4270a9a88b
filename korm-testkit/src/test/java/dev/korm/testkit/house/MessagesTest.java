package dev.korm.testkit.house;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.Filter;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.MissingReferenceException;
import dev.korm.ModelException;
import dev.korm.PathException;
import dev.korm.Pool;
import dev.korm.QueryException;
import dev.korm.Rn;
import dev.korm.StoreBusyException;
import dev.korm.Stored;
import dev.korm.ValueException;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.SchemaMovedException;
import dev.korm.testkit.fault.FaultyLayer;
import dev.korm.testkit.memory.MemoryLayer;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The messages that would leave a user without a way out, each with the way out that it has to name. */
@NullUnmarked // Tests give null where none may be.
class MessagesTest {
    @Stored(namespace = "garage", kind = "car")
    record Car(String make, int built, @Nullable Rn<User> owner) {}

    @Stored(namespace = "people", kind = "user")
    record User(String name, int age) {}

    @Stored(namespace = "Pe-ople", kind = "user")
    record Misnamed(String name) {}

    @Stored(namespace = "people", kind = "strict")
    record Loose(@Nullable String name, int age) {}

    @Stored(namespace = "people", kind = "strict")
    record Strict(String name, int age) {
        Strict {
            Objects.requireNonNull(name);
        }
    }

    private final FaultyLayer layer = FaultyLayer.around(MemoryLayer.create());
    private Pool pool;

    @BeforeEach
    void open() {
        pool = Korm.pool().layer("main", layer).open();
    }

    @AfterEach
    void close() {
        pool.close();
    }

    @Test
    void a_filter_that_is_null_is_refused_by_name() {
        assertThatThrownBy(() -> Korm.item(Car.class, pool).query().where((Filter) null))
                .isInstanceOf(QueryException.class)
                .hasMessageContaining("leave where(…) out");
    }

    @Test
    void an_unknown_id_names_the_path_to_the_id() {
        assertThatThrownBy(() -> Korm.item(Car.class, pool).query().where(Filter.eq("id", "x")))
                .isInstanceOf(PathException.class)
                .hasMessageContaining("rnId");
    }

    @Test
    void a_reference_to_nothing_is_told_apart_from_a_path_that_is_missing() {
        Rn<User> nobody = Rn.item("people", "user", UUID.fromString("01234567-89ab-4cde-8f01-23456789abcd"));
        Item<Car> car = create(Korm.item(Car.class, pool), new Car("Volvo", 1990, nobody));

        assertThatThrownBy(() -> car.data().owner().item())
                .isInstanceOf(QueryException.class)
                .hasMessageContaining("resolvePaths(…)")
                .hasMessageContaining("fromRn(…)");
        Item<Car> asked = Korm.item(Car.class, pool)
                .fromRn(car.rn())
                .resolvePaths("owner")
                .get();
        assertThatThrownBy(() -> asked.data().owner().item())
                .isInstanceOf(MissingReferenceException.class)
                .hasMessageContaining("does not exist")
                .hasMessageContaining("isMissing()");
    }

    @Test
    void an_item_of_another_collection_names_the_records_own() {
        create(Korm.item(Car.class, pool), new Car("Volvo", 1990, null));

        assertThatThrownBy(() -> Korm.item(User.class, pool).fromQuery(Rn.collection("garage", "car")))
                .isInstanceOf(QueryException.class)
                .hasMessageContaining("people:user")
                .hasMessageContaining("garage:car");
    }

    @Test
    void a_wrong_name_in_the_annotation_names_annotation_and_record() {
        assertThatThrownBy(() -> Korm.item(Misnamed.class, pool).query())
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("@Stored of Misnamed");
    }

    @Test
    void a_constructor_that_refuses_null_names_the_component() {
        create(Korm.item(Loose.class, pool), new Loose(null, 3));

        assertThatThrownBy(() -> Korm.item(Strict.class, pool).query().stream().toList())
                .isInstanceOf(ValueException.class)
                .hasMessageContaining("null: name");
    }

    @Test
    void aggregates_speak_english() {
        assertThatThrownBy(() -> Korm.item(User.class, pool).query().where(Filter.like("age", "x%")))
                .isInstanceOf(QueryException.class)
                .hasMessageContaining("is an int");
    }

    @Test
    void a_table_that_others_change_again_and_again_is_a_busy_store() {
        create(Korm.item(User.class, pool), new User("Ada", 36));
        SchemaMovedException moved = new SchemaMovedException(TableName.items("people", "user"), null);
        layer.fail(FaultyLayer.Call.SELECT, 1, FaultyLayer.Moment.BEFORE, name -> moved);
        layer.fail(FaultyLayer.Call.SELECT, 2, FaultyLayer.Moment.BEFORE, name -> moved);

        assertThatThrownBy(() -> Korm.item(User.class, pool).query().stream().toList())
                .isInstanceOf(StoreBusyException.class)
                .hasMessageContaining("changed by other programs");
    }

    private static <T> Item<T> create(Items<T> items, T data) {
        return items.fromData(data).create();
    }
}
