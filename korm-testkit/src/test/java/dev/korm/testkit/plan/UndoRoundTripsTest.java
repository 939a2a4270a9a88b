package dev.korm.testkit.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.DeletePolicy;
import dev.korm.FloatingItem;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.OnDelete;
import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.Stored;
import dev.korm.jdbc.Sqlite;
import dev.korm.testkit.fault.FaultyLayer;
import dev.korm.testkit.fault.FaultyLayer.Call;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How often a store is asked by the undo of a transaction of many items. */
class UndoRoundTripsTest {
    private static final int MANY = 1_000;

    @Stored(namespace = "mail", kind = "box")
    record Box(String name) {}

    @Stored(namespace = "mail", kind = "letter")
    record Letter(
            String text, @OnDelete(DeletePolicy.CASCADE) Rn<Box> in) {}

    @TempDir
    Path folder;

    @Test
    void items_are_looked_at_together() {
        FaultyLayer layer = FaultyLayer.around(Sqlite.file(folder.resolve("mail.sqlite")));
        try (Pool pool = Korm.pool().layer("main", layer).withHistory().open()) {
            Items<Letter> letters = Korm.item(Letter.class, pool);
            Item<Box> box = Korm.item(Box.class, pool).fromData(new Box("In")).create();
            List<FloatingItem<Letter>> all = new ArrayList<>();
            for (int i = 0; i < MANY; i++) {
                all.add(letters.fromData(new Letter("Letter " + i, box.rn())));
            }
            Rn<Letter> one = Korm.createAll(all).get(0).rn();
            letters.fromRn(one).get().set(Letter::text, "Changed").commit();
            box.delete();
            String deletion = Korm.item(Box.class, pool)
                    .history(box.rn())
                    .newest(1)
                    .get(0)
                    .transaction()
                    .orElseThrow();
            layer.reset();
            assertThat(pool.history().undo(deletion).items()).hasSize(MANY + 1);
            assertThat(layer.calls(Call.SELECT))
                    .as("items, keys and images of 40 versions at a time, and what is asked once")
                    .isLessThan(4 * MANY / 40);
            assertThat(letters.query().count()).isEqualTo(MANY);
            assertThat(letters.fromRn(one).get().data().text()).isEqualTo("Changed");
        }
    }
}
