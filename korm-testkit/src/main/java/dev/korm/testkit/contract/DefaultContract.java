package dev.korm.testkit.contract;

import static dev.korm.Aggregate.count;
import static dev.korm.Filter.contains;
import static dev.korm.Filter.eq;
import static dev.korm.Filter.gt;
import static dev.korm.Filter.inList;
import static dev.korm.Filter.isNull;
import static dev.korm.Filter.lt;
import static dev.korm.Filter.not;
import static dev.korm.Order.asc;
import static dev.korm.Order.desc;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.Default;
import dev.korm.Document;
import dev.korm.Filter;
import dev.korm.Group;
import dev.korm.Indexed;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.ModelException;
import dev.korm.Page;
import dev.korm.Query;
import dev.korm.Rn;
import dev.korm.Unique;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Fields with a default, in items that were stored before there was the field. Every layer passes it. */
@NullUnmarked // Tests dereference what they expect to be there.
public abstract class DefaultContract extends PoolContract {
    private static final String SPACE = "zoo";
    private static final String KIND = "animal";

    enum Diet {
        PLANTS,
        MEAT
    }

    record Early(String name, @Nullable Rn<Animal> friend, EarlyPlace place, List<EarlyPlace> visited) {}

    record EarlyPlace(String town) {}

    record Animal(
            String name,
            @Nullable Rn<Animal> friend,
            Place place,
            List<Place> visited,
            @Default("4") @Indexed int legs,
            @Default("true") boolean wild,
            @Default("MEAT") Diet diet,
            @Default("unknown") String keeper,
            @Default("2.50") BigDecimal weight,
            @Default("0.5") double height,
            @Default("2020-02-29") LocalDate since) {}

    record Place(
            String town,
            @Default("7") int cage,
            @Default("north") String side) {}

    /** Its constructor never sees null where there is a default. */
    record Guarded(
            String name,
            @Default("unknown") String keeper,
            @Default("7") Integer cage,
            GuardedPlace place) {
        Guarded {
            keeper = keeper == null ? "nobody" : keeper;
            cage = cage == null ? 0 : cage;
        }
    }

    record GuardedPlace(String town, @Default("north") String side) {
        GuardedPlace {
            side = side == null ? "south" : side;
        }
    }

    record Unfit(@Default("four") int legs) {}

    record Several(@Default("a") List<String> names) {}

    record OnlyOne(@Default("a") Unique<String> name) {}

    private Rn<Animal> leo;

    private Items<Animal> animals() {
        return Korm.item(Animal.class, pool());
    }

    private static Animal animal(String name, @Nullable Rn<Animal> friend, int legs) {
        return new Animal(
                name,
                friend,
                new Place("Bonn", 9, "south"),
                List.of(),
                legs,
                false,
                Diet.PLANTS,
                "Ann",
                BigDecimal.ONE,
                2,
                LocalDate.EPOCH);
    }

    @BeforeEach
    void store_some_before_and_some_after() {
        Items<Early> early = Korm.item(Early.class, pool());
        Item<Early> first = early.fromData(
                        SPACE, KIND, new Early("Leo", null, new EarlyPlace("Rome"), List.of(new EarlyPlace("Ulm"))))
                .create();
        leo = Rn.parse(first.rn().toString());
        early.fromData(SPACE, KIND, new Early("Mia", leo, new EarlyPlace("Rome"), List.of()))
                .create();
    }

    private void storeLater() {
        animals().fromData(SPACE, KIND, animal("Ant", leo, 6)).create();
        animals().fromData(SPACE, KIND, animal("Bat", null, 2)).create();
    }

    private List<String> found(Filter filter) {
        return animals().fromQuery(SPACE, KIND).where(filter).orderBy(asc("name")).get().stream()
                .map(item -> item.data().name())
                .toList();
    }

    @Test
    void it_is_read_in_items_that_were_there_before() {
        for (int stored = 0; stored < 2; stored++) {
            Animal data = animals().fromRn(leo).get().data();
            assertThat(data.legs()).isEqualTo(4);
            assertThat(data.wild()).isTrue();
            assertThat(data.diet()).isEqualTo(Diet.MEAT);
            assertThat(data.keeper()).isEqualTo("unknown");
            assertThat(data.weight()).isEqualTo(new BigDecimal("2.50"));
            assertThat(data.height()).isEqualTo(0.5);
            assertThat(data.since()).isEqualTo("2020-02-29");
            assertThat(data.place()).isEqualTo(new Place("Rome", 7, "north"));
            assertThat(data.visited()).containsExactly(new Place("Ulm", 7, "north"));
            storeLater();
        }
    }

    @Test
    void a_constructor_that_replaces_null_is_given_the_default_which_filters_orders_and_aggregates_see() {
        Query<Guarded> query = Korm.item(Guarded.class, pool()).fromQuery(SPACE, KIND);
        for (int stored = 0; stored < 2; stored++) {
            assertThat(query.where(eq("name", "Leo")).get().get(0).data())
                    .isEqualTo(new Guarded("Leo", "unknown", 7, new GuardedPlace("Rome", "north")));
            assertThat(query.where(eq("keeper", "unknown").and(eq("cage", 7)).and(eq("place.side", "north")))
                            .orderBy(desc("keeper"), asc("name"))
                            .get())
                    .extracting(item -> item.data().name())
                    .containsExactly("Leo", "Mia");
            Query<Guarded> both = query.where(inList("name", "Leo", "Mia"));
            assertThat(both.where(eq("keeper", "nobody")).exists()).isFalse();
            assertThat(both.where(eq("cage", 0)).exists()).isFalse();
            assertThat(both.where(eq("place.side", "south")).exists()).isFalse();
            assertThat(both.sum("cage")).isEqualTo(14L);
            Korm.item(Guarded.class, pool())
                    .fromData(SPACE, KIND, new Guarded("Ann", null, null, new GuardedPlace("Kiel", null)))
                    .create();
        }
    }

    @Test
    void filters_see_it_before_and_after_there_is_a_column() {
        assertThat(found(eq("legs", 4))).containsExactly("Leo", "Mia");
        assertThat(found(eq("legs", 5))).isEmpty();
        assertThat(found(not(eq("legs", 5)))).containsExactly("Leo", "Mia");
        storeLater();
        assertThat(found(eq("legs", 4))).containsExactly("Leo", "Mia");
        assertThat(found(not(eq("legs", 4)))).containsExactly("Ant", "Bat");
        assertThat(found(not(eq("legs", 6)))).containsExactly("Bat", "Leo", "Mia");
        assertThat(found(gt("legs", 3))).containsExactly("Ant", "Leo", "Mia");
        assertThat(found(lt("legs", 4))).containsExactly("Bat");
        assertThat(found(inList("legs", 2, 4))).containsExactly("Bat", "Leo", "Mia");
        assertThat(found(isNull("legs"))).isEmpty();
        assertThat(found(eq("wild", true))).containsExactly("Leo", "Mia");
        assertThat(found(eq("wild", false))).containsExactly("Ant", "Bat");
        assertThat(found(eq("diet", Diet.MEAT))).containsExactly("Leo", "Mia");
        assertThat(found(contains("keeper", "know"))).containsExactly("Leo", "Mia");
        assertThat(found(eq("weight", new BigDecimal("2.5")))).containsExactly("Leo", "Mia");
        assertThat(found(lt("weight", new BigDecimal("2.5")))).containsExactly("Ant", "Bat");
        assertThat(found(eq("since", LocalDate.of(2020, 2, 29)))).containsExactly("Leo", "Mia");
        assertThat(found(eq("place.cage", 7))).containsExactly("Leo", "Mia");
        assertThat(found(not(eq("place.cage", 7)))).containsExactly("Ant", "Bat");
        assertThat(found(eq("place.side", "north"))).containsExactly("Leo", "Mia");
        assertThat(found(eq("visited[*].cage", 7))).containsExactly("Leo");
        assertThat(found(eq("visited[*].cage", 8))).isEmpty();
    }

    @Test
    void a_missing_item_has_no_default() {
        storeLater();
        assertThat(found(eq("friend.legs", 4))).containsExactly("Ant", "Mia");
        assertThat(found(not(eq("friend.legs", 5)))).containsExactly("Ant", "Mia");
        assertThat(found(isNull("friend.legs"))).containsExactly("Bat", "Leo");
        assertThat(found(eq("friend.place.cage", 7))).containsExactly("Ant", "Mia");
        assertThat(animals().fromQuery(SPACE, KIND).orderBy(asc("friend.legs"), asc("name")).get().stream()
                        .map(item -> item.data().name())
                        .toList())
                .containsExactlyInAnyOrder("Ant", "Mia", "Bat", "Leo")
                .containsSubsequence("Ant", "Mia")
                .containsSubsequence("Bat", "Leo");
    }

    @Test
    void orders_pages_and_aggregates_see_it() {
        storeLater();
        assertThat(animals().fromQuery(SPACE, KIND).orderBy(desc("legs"), asc("name")).get().stream()
                        .map(item -> item.data().name())
                        .toList())
                .containsExactly("Ant", "Leo", "Mia", "Bat");
        for (String path : List.of("legs", "keeper", "weight", "height", "since", "wild", "place.cage", "place.side")) {
            List<String> whole = animals().fromQuery(SPACE, KIND).orderBy(asc(path), asc("name")).get().stream()
                    .map(item -> item.data().name())
                    .toList();
            List<String> paged = new ArrayList<>();
            String cursor = null;
            do {
                Page<Animal> page = animals()
                        .fromQuery(SPACE, KIND)
                        .orderBy(asc(path), asc("name"))
                        .page(1, cursor);
                page.items().forEach(item -> paged.add(item.data().name()));
                cursor = page.next().orElse(null);
            } while (cursor != null);
            assertThat(paged).as(path).isEqualTo(whole).hasSize(4);
        }
        assertThat(animals().fromQuery(SPACE, KIND).sum("legs").longValue()).isEqualTo(16);
        for (String path : List.of("legs", "keeper", "weight", "wild", "diet", "since", "place.cage", "place.side")) {
            for (Group group : animals().fromQuery(SPACE, KIND).groupBy(path).select(count())) {
                assertThat(group.key(path)).as(path).isPresent();
                assertThat(group.count()).as(path).isLessThan(4);
            }
        }
    }

    @Test
    void a_change_writes_what_it_changes_and_keeps_the_rest() {
        storeLater();
        Item<Animal> read = animals().fromRn(leo).get();
        read.set("legs", 3).commit();
        Document stored = documents().fromRn(Rn.parse(leo.toString())).get().data();
        assertThat(stored.get("legs")).contains(3L);
        assertThat(stored.get("keeper")).isEmpty();
        assertThat(found(eq("legs", 3))).containsExactly("Leo");
    }

    @Test
    void null_is_stored_as_the_default() {
        Animal none =
                new Animal("Eel", null, new Place("Kiel", 1, null), List.of(), 0, false, null, null, null, 0, null);
        Rn<Animal> eel = animals().fromData(SPACE, KIND, none).create().rn();
        Document stored = documents().fromRn(Rn.parse(eel.toString())).get().data();
        assertThat(stored.get("diet")).contains("MEAT");
        assertThat(stored.get("keeper")).contains("unknown");
        assertThat(animals().fromRn(eel).get().data().place().side()).isEqualTo("north");
    }

    @Test
    void a_default_that_cannot_be_is_refused() {
        assertThatThrownBy(() -> Korm.item(Unfit.class, pool()))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("legs")
                .hasMessageContaining("@Default is not an int")
                .hasMessageNotContaining("four");
        assertThatThrownBy(() -> Korm.item(Several.class, pool())).isInstanceOf(ModelException.class);
        assertThatThrownBy(() -> Korm.item(OnlyOne.class, pool())).isInstanceOf(ModelException.class);
    }
}
