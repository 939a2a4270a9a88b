package dev.korm.testkit.plan;

import static dev.korm.Filter.everything;
import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.DeletePolicy;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.OnDelete;
import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.Stored;
import dev.korm.file.FileRef;
import dev.korm.file.FileRelease;
import dev.korm.jdbc.Sqlite;
import dev.korm.testkit.fault.FaultyLayer;
import dev.korm.testkit.fault.VirtualEnvironment;
import dev.korm.testkit.memory.MemoryDepot;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the release of files costs a layer, and that it costs nothing where there are none. */
class ReleaseRoundTripsTest {
    @Stored(namespace = "shop", kind = "owner")
    record Owner(String name, List<String> notes) {}

    @Stored(namespace = "shop", kind = "plain")
    record Plain(String name, List<String> notes) {}

    @Stored(namespace = "shop", kind = "photo")
    record Photo(FileRef file, List<FileRef> more) {}

    @Stored(namespace = "shop", kind = "part")
    record Part(
            FileRef file, @OnDelete(DeletePolicy.CASCADE) Rn<Owner> owner) {}

    private final VirtualEnvironment world = VirtualEnvironment.seeded(1);
    private final FaultyLayer layer = FaultyLayer.around(Sqlite.memory());
    private final Pool pool = Korm.pool()
            .layer("main", layer)
            .depot("files", MemoryDepot.create(), FileRelease.KEEP)
            .environment(world)
            .open();

    @BeforeEach
    void fill() {
        for (int i = 0; i < 20; i++) {
            items(Plain.class).fromData(new Plain("x", List.of("y"))).create();
            items(Photo.class).fromData(new Photo(file("p" + i), List.of())).create();
        }
    }

    @AfterEach
    void close() {
        pool.close();
    }

    private <T> Items<T> items(Class<T> type) {
        return Korm.item(type, pool);
    }

    private static FileRef file(String name) {
        return FileRef.of("files", name, new byte[1]);
    }

    private long trips(Runnable work) {
        layer.reset();
        work.run();
        return layer.roundTrips();
    }

    @Test
    void items_without_files_are_deleted_in_one_round_trip() {
        items(Plain.class).query().where(everything()).limit(1).deleteAll();

        assertThat(trips(() -> items(Plain.class).query().where(everything()).deleteAll()))
                .isEqualTo(1);
    }

    @Test
    void files_of_items_that_are_deleted_at_once_are_read_in_one_round_trip_more() {
        items(Photo.class).query().where(everything()).limit(1).deleteAll();

        assertThat(trips(() -> items(Photo.class).query().where(everything()).deleteAll()))
                .isEqualTo(2);
    }

    @Test
    void files_of_items_that_go_along_are_read_along_with_them() {
        try (Pool without = Korm.pool().layer("main", layer).environment(world).open()) {
            assertThat(tripsOfCascade(pool)).isEqualTo(tripsOfCascade(without));
        }
    }

    /** Of the second, since the first one looks at tables and policies. */
    private long tripsOfCascade(Pool of) {
        Rn<Owner> first = owner(of);
        Item<Owner> second = Korm.item(Owner.class, of).fromRn(owner(of)).get();
        Korm.item(Owner.class, of).fromRn(first).get().delete();
        return trips(second::delete);
    }

    private static Rn<Owner> owner(Pool of) {
        Rn<Owner> owner = Korm.item(Owner.class, of)
                .fromData(new Owner("x", List.of()))
                .create()
                .rn();
        for (int i = 0; i < 10; i++) {
            Korm.item(Part.class, of)
                    .fromData(new Part(FileRef.to(Rn.file("files", "p" + i)), owner))
                    .create();
        }
        return owner;
    }
}
