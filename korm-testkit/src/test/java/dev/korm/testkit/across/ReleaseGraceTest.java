package dev.korm.testkit.across;

import static dev.korm.Filter.everything;
import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.Stored;
import dev.korm.file.FileRef;
import dev.korm.file.FileRelease;
import dev.korm.file.OnRelease;
import dev.korm.file.ReleasePolicy;
import dev.korm.spi.depot.FileEntry;
import dev.korm.testkit.fault.VirtualEnvironment;
import dev.korm.testkit.memory.MemoryDepot;
import dev.korm.testkit.memory.MemoryLayer;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How long released files stay. */
class ReleaseGraceTest {
    @Stored(namespace = "shop", kind = "photo")
    record Photo(
            @OnRelease(value = ReleasePolicy.AFTER, grace = "P30D")
            FileRef original,

            @OnRelease(value = ReleasePolicy.AFTER, grace = "PT1H")
            FileRef thumbnail,

            FileRef other) {}

    private final VirtualEnvironment world = VirtualEnvironment.seeded(1);
    private final Pool pool = Korm.pool()
            .layer("main", MemoryLayer.create())
            .depot("files", MemoryDepot.create(), FileRelease.after(Duration.ofDays(2)))
            .environment(world)
            .open();
    private final Items<Photo> photos = Korm.item(Photo.class, pool);

    @AfterEach
    void close() {
        pool.close();
    }

    private Item<Photo> photo() {
        return photos.fromData(new Photo(file("original"), file("thumbnail"), file("other")))
                .create();
    }

    private static FileRef file(String name) {
        return FileRef.of("files", name, new byte[1]);
    }

    private List<String> after(Duration time) {
        world.advance(time);
        pool.sweep().run();
        try (Stream<FileEntry> files = pool.files().list(Rn.prefix("files"))) {
            return files.map(entry -> entry.rn().depotParts().get(0)).sorted().toList();
        }
    }

    @Test
    void each_file_stays_for_the_grace_of_its_field_or_else_of_its_depot() {
        photo().delete();

        assertThat(after(Duration.ofMinutes(59))).containsExactly("original", "other", "thumbnail");
        assertThat(after(Duration.ofMinutes(1))).containsExactly("original", "other");
        assertThat(after(Duration.ofHours(47))).containsExactly("original");
        assertThat(after(Duration.ofDays(28).minusSeconds(1))).containsExactly("original");
        assertThat(after(Duration.ofSeconds(1))).isEmpty();
    }

    @Test
    void the_grace_of_many_that_are_deleted_at_once_begins_with_their_deletion() {
        photo();
        world.advance(Duration.ofDays(100));
        photos.query().where(everything()).deleteAll();

        assertThat(after(Duration.ofMinutes(59))).hasSize(3);
        assertThat(after(Duration.ofDays(2))).containsExactly("original");
        assertThat(after(Duration.ofDays(28))).isEmpty();
    }

    @Test
    void what_is_named_again_within_its_grace_stays_and_its_next_grace_is_a_whole_one() {
        photo().delete();
        world.advance(Duration.ofDays(29));
        Item<Photo> again = photos.fromData(
                        new Photo(FileRef.to(Rn.file("files", "original")), file("thumbnail"), file("other")))
                .create();
        assertThat(after(Duration.ofDays(29))).containsExactly("original", "other", "thumbnail");

        again.delete();

        assertThat(after(Duration.ofDays(29))).containsExactly("original");
        assertThat(after(Duration.ofDays(1))).isEmpty();
    }
}
