package dev.korm.testkit.plan;

import static dev.korm.Filter.and;
import static dev.korm.Filter.eq;
import static dev.korm.Filter.inList;
import static dev.korm.Filter.like;
import static dev.korm.Filter.ne;
import static dev.korm.Filter.not;
import static dev.korm.Filter.or;
import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.Assignment;
import dev.korm.Filter;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Order;
import dev.korm.Pool;
import dev.korm.testkit.memory.MemoryLayer;
import dev.korm.testkit.memory.MemoryStore;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/** A layer is asked no more conditions at once than it takes, and the answers are the same. The layer in memory refuses more. */
@NullUnmarked // Tests dereference what they expect to be there.
class BoundedConditionsTest {
    private static final int LIMIT = 10;
    private static final int MANY = 40;

    record Thing(int number, String text) {}

    private static Filter[] many(java.util.function.IntFunction<Filter> filter) {
        return IntStream.range(0, MANY).mapToObj(filter).toArray(Filter[]::new);
    }

    private static List<Filter> filters() {
        Filter equal = or(many(i -> eq("number", i)));
        Filter likes = or(many(i -> like("text", "%x" + i + ".%")));
        Filter unequal = and(many(i -> ne("number", 2 * i)));
        List<Filter> all = new ArrayList<>(List.of(equal, likes, unequal));
        all.add(not(equal));
        all.add(not(likes));
        all.add(and(likes, unequal));
        all.add(or(and(equal, eq("text", "x7.")), and(unequal, not(likes))));
        all.add(or(equal, inList("number", 90, 91), eq("text", "x95.")));
        return all;
    }

    @Test
    void many_conditions_answer_as_they_would_at_once() {
        MemoryStore store = new MemoryStore();
        MemoryLayer layer = MemoryLayer.on(store);
        try (Pool whole = Korm.pool().layer("main", layer).open();
                Pool bounded = Korm.pool()
                        .layer("main", layer.withConditionLimit(LIMIT))
                        .open()) {
            Items<Thing> things = Korm.item(Thing.class, whole);
            Korm.createAll(IntStream.range(0, 100)
                    .mapToObj(i -> things.fromData("bounded", "thing", new Thing(i, "x" + i + ".")))
                    .toList());
            for (Filter filter : filters()) {
                List<Integer> right = numbers(whole, filter);
                assertThat(right).as("%s", filter).isNotEmpty().hasSizeLessThan(100);
                assertThat(numbers(bounded, filter)).as("%s", filter).isEqualTo(right);
                assertThat(query(bounded, filter).count()).isEqualTo(right.size());
                assertThat(query(bounded, filter).exists()).isTrue();
                assertThat(query(bounded, filter).sum("number").longValue())
                        .isEqualTo(right.stream().mapToLong(each -> each).sum());
                try (Stream<Item<Thing>> stream = query(bounded, filter).stream()) {
                    assertThat(stream.map(item -> item.data().number())).hasSameElementsAs(right);
                }
            }
            assertThat(query(bounded, filters().get(1)).updateAll(Assignment.set("text", "changed")))
                    .isEqualTo(MANY);
            assertThat(query(bounded, filters().get(0)).deleteAll()).isEqualTo(MANY);
            assertThat(query(whole, Filter.everything()).count()).isEqualTo(100 - MANY);
        }
    }

    private static dev.korm.Query<Thing> query(Pool pool, Filter filter) {
        return Korm.item(Thing.class, pool).fromQuery("bounded", "thing").where(filter);
    }

    private static List<Integer> numbers(Pool pool, Filter filter) {
        return query(pool, filter).orderBy(Order.asc("number")).get().stream()
                .map(item -> item.data().number())
                .toList();
    }
}
