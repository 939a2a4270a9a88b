package dev.korm.testkit.house;

import static dev.korm.Filter.eq;
import static dev.korm.Filter.gte;
import static dev.korm.Filter.inList;
import static dev.korm.Order.asc;

import dev.korm.Default;
import dev.korm.FloatingItem;
import dev.korm.Indexed;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Page;
import dev.korm.Pool;
import dev.korm.Query;
import dev.korm.Stored;
import dev.korm.jdbc.Sqlite;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A program that does what the log advises against, each several times at one place. */
final class UsageProgram {
    private UsageProgram() {}

    @Stored(namespace = "shop", kind = "thing")
    record Thing(String name, @Indexed int size) {}

    @Stored(namespace = "shop", kind = "shelf")
    @Indexed({"room", "row", "number"})
    record Shelf(String room, int row, int number) {}

    @Stored(namespace = "shop", kind = "thing")
    record LaterThing(
            String name,
            int size,
            @Nullable String color,
            @Nullable String label,
            @Nullable LocalDate since,
            @Nullable String note,
            @Default("big") String weight) {
        LaterThing {
            color = color == null ? "red" : color;
            label = label == null ? String.valueOf(name) + "!" : label;
            since = since == null ? LocalDate.EPOCH : since;
            weight = weight == null ? "small" : weight;
        }
    }

    /** Wants its values, so that only an item tells what becomes of null. */
    @Stored(namespace = "shop", kind = "thing")
    record StrictThing(
            String name, @Nullable String color, @Nullable Place place) {
        StrictThing {
            color = color == null ? name.toUpperCase(Locale.ROOT) : color;
        }
    }

    record Place(String town, @Nullable String country) {
        Place {
            country = country == null ? "somewhere" : country;
        }
    }

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
            Items<Shelf> shelves = Korm.item(Shelf.class, pool);
            List<FloatingItem<Shelf>> more = new ArrayList<>();
            for (int i = 0; i < 1_500; i++) {
                more.add(shelves.fromData(new Shelf("cellar", 1, i)));
            }
            Korm.createAll(more);
            servedPages(shelves.query().where(eq("room", "cellar").and(eq("row", 1))), "number");
            servedPages(shelves.query().where(eq("room", "cellar")), "row");
            shelfPages(shelves.query().where(eq("room", "cellar")), "number");
            shelfPages(shelves.query().where(gte("room", "cellar")), "row");
            Korm.item(StrictThing.class, pool).prepare();
            for (int i = 0; i < 3; i++) {
                Korm.item(LaterThing.class, pool).prepare();
                Korm.item(LaterThing.class, pool).query().limit(3).get();
                Korm.item(StrictThing.class, pool).query().limit(3).get();
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

    private static void servedPages(Query<Shelf> query, String path) {
        @Nullable String cursor = null;
        do {
            Page<Shelf> page = query.orderBy(asc(path)).page(200, cursor);
            cursor = page.next().orElse(null);
        } while (cursor != null);
    }

    private static void shelfPages(Query<Shelf> query, String path) {
        @Nullable String cursor = null;
        do {
            Page<Shelf> page = query.orderBy(asc(path)).page(200, cursor);
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
