package dev.korm.wal.backup;

import dev.korm.Item;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.PoolBuilder;
import dev.korm.Rn;
import dev.korm.Unique;
import dev.korm.jdbc.Sqlite;
import dev.korm.key.KeyRing;
import dev.korm.testkit.memory.MemoryDepot;
import dev.korm.wal.Wal;
import dev.korm.wal.backup.format.Manifest;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A pool of two layers with a depot, and what there is in it. */
final class BackupWorld {
    record Car(
            String make,
            Unique<String> plate,
            boolean electric,
            @Nullable Double price,
            BigDecimal tax,
            List<String> tags) {}

    record Owner(String name, @Nullable Rn<Car> car) {}

    final MemoryDepot depot = MemoryDepot.create();
    private final Path folder;

    BackupWorld(Path folder) {
        this.folder = folder;
    }

    /** Opens the pool whose files have some name. */
    Pool open(String name) {
        return open(name, ring("k1", 7));
    }

    Pool open(String name, KeyRing keys) {
        return builder(name).keys(keys).open();
    }

    PoolBuilder builder(String name) {
        return Korm.pool()
                .layer("cars", Sqlite.file(folder.resolve(name + "-cars.sqlite")))
                .layer("people", Sqlite.file(folder.resolve(name + "-people.sqlite")))
                .home("garage", "cars")
                .home("people", "people")
                .depot("files", depot)
                .withWal(Wal.at(folder.resolve(name + "-journal")));
    }

    /** Opens a pool of one layer, "all". */
    Pool openAlone(String name, KeyRing keys) {
        return Korm.pool()
                .layer("all", Sqlite.file(folder.resolve(name + ".sqlite")))
                .depot("files", depot)
                .keys(keys)
                .open();
    }

    /** Returns a ring of one key, each byte of which is the same. */
    static KeyRing ring(String id, int fill) {
        byte[] key = new byte[32];
        Arrays.fill(key, (byte) fill);
        return KeyRing.of(id, Map.of(id, key));
    }

    /** Returns a manifest as a later version of the format would have it, with the checksum that belongs to it. */
    static byte[] later(byte[] manifest) {
        String checksum = ",\"sha256\":\"";
        String text = new String(manifest, StandardCharsets.UTF_8).replace("\"version\":1,", "\"version\":99,");
        String body = text.substring(0, text.lastIndexOf(checksum));
        return (body + checksum + Manifest.hash(body.getBytes(StandardCharsets.UTF_8)) + "\"}\n")
                .getBytes(StandardCharsets.UTF_8);
    }

    static Car car(int number) {
        return new Car(
                "make-" + number,
                Unique.of("plate-" + number),
                number % 2 == 0,
                number % 3 == 0 ? null : number / 7.0,
                new BigDecimal(number).movePointLeft(2),
                List.of("a\n" + number, "\"ü😀\""));
    }

    static List<Item<Car>> fill(Pool pool, int from, int to) {
        List<dev.korm.FloatingItem<Car>> cars = new ArrayList<>();
        for (int i = from; i < to; i++) {
            cars.add(Korm.item(Car.class, pool).fromData("garage", "car", car(i)));
        }
        List<Item<Car>> created = Korm.createAll(cars);
        List<dev.korm.FloatingItem<Owner>> owners = new ArrayList<>();
        for (Item<Car> each : created) {
            owners.add(Korm.item(Owner.class, pool)
                    .fromData(
                            "people",
                            "owner",
                            new Owner("owner of " + each.data().make(), each.rn())));
        }
        Korm.createAll(owners);
        return created;
    }

    /** Returns all items with their revisions, as texts by RN. */
    static Map<String, String> state(Pool pool) {
        Map<String, String> all = new TreeMap<>();
        content(pool, all, true);
        return all;
    }

    /** Returns all items, as texts by RN. */
    static Map<String, String> content(Pool pool) {
        Map<String, String> all = new TreeMap<>();
        content(pool, all, false);
        return all;
    }

    private static void content(Pool pool, Map<String, String> all, boolean revisions) {
        try (var cars = Korm.item(Car.class, pool).fromQuery("garage", "car").stream()) {
            cars.forEach(car -> all.put(car.rn().toString(), car.data() + (revisions ? "@" + car.revision() : "")));
        }
        try (var owners = Korm.item(Owner.class, pool).fromQuery("people", "owner").stream()) {
            owners.forEach(
                    owner -> all.put(owner.rn().toString(), owner.data() + (revisions ? "@" + owner.revision() : "")));
        }
    }
}
