package dev.korm.testkit.house;

import static dev.korm.Filter.inList;
import static dev.korm.Order.asc;

import dev.korm.FloatingItem;
import dev.korm.Indexed;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Page;
import dev.korm.Pool;
import dev.korm.Stored;
import dev.korm.jdbc.Sqlite;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A program that does what the log advises against, each several times at one place. */
final class UsageProgram {
    private UsageProgram() {}

    @Stored(namespace = "shop", kind = "thing")
    record Thing(String name, @Indexed int size) {}

    public static void main(String[] arguments) {
        try (Pool pool = Korm.pool().layer("main", Sqlite.memory()).open()) {
            Items<Thing> things = Korm.item(Thing.class, pool);
            List<FloatingItem<Thing>> many = new ArrayList<>();
            for (int i = 0; i < 1_500; i++) {
                many.add(things.fromData(new Thing("canary" + i, i)));
            }
            Korm.createAll(many);
            for (int i = 0; i < 3; i++) {
                pages(things, "name");
                pages(things, "size");
                things.query()
                        .where(inList("size", IntStream.range(0, 3_000).boxed().toList()))
                        .count();
            }
            for (int i = 0; i < 30; i++) {
                leaveOpen(things);
                readAll(things);
                System.gc();
            }
        }
    }

    private static void pages(Items<Thing> things, String path) {
        @Nullable String cursor = null;
        do {
            Page<Thing> page = things.query().orderBy(asc(path)).page(100, cursor);
            cursor = page.next().orElse(null);
        } while (cursor != null);
    }

    private static void readAll(Items<Thing> things) {
        things.query().limit(3).stream().forEach(item -> {});
        try (Stream<Item<Thing>> closed = things.query().stream()) {
            System.out.println(closed.findFirst().isPresent());
            System.gc();
            things.query().limit(1).stream().forEach(item -> {});
        }
    }

    @SuppressWarnings("StreamResourceLeak") // That is what is to be seen.
    private static void leaveOpen(Items<Thing> things) {
        System.out.println(things.query().limit(2).stream().findFirst().isPresent());
    }
}
