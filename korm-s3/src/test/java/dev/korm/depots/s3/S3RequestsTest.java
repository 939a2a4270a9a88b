package dev.korm.depots.s3;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Stored;
import dev.korm.file.FileRef;
import dev.korm.file.FileRelease;
import dev.korm.testkit.memory.MemoryLayer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The requests that changes with files send to S3: a fixed number for each file, and one to list what others have staged. */
class S3RequestsTest {
    @Stored(namespace = "albums", kind = "photos")
    record Album(String title, List<FileRef> photos) {}

    private final Pool pool = Korm.pool()
            .layer("main", MemoryLayer.create())
            .depot("files", S3Server.SHARED.depot(), FileRelease.KEEP)
            .open();
    private final Items<Album> albums = Korm.item(Album.class, pool);

    @AfterEach
    void close() {
        pool.close();
    }

    private static FileRef photo(String name, String content) {
        return FileRef.of("files", name, content.getBytes(StandardCharsets.UTF_8));
    }

    private static List<FileRef> photos(int count, String content) {
        List<FileRef> photos = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            photos.add(photo("photo" + i, content));
        }
        return photos;
    }

    private static Map<String, Integer> requests(int lists, int heads, int puts, int gets, int deletions) {
        return Map.of(
                "ListObjectsV2",
                lists,
                "HeadObject",
                heads,
                "PutObject",
                puts,
                "GetObject",
                gets,
                "DeleteObject",
                deletions);
    }

    @Test
    void an_item_with_new_files() {
        albums.fromData(new Album("warm", List.of())).create();
        assertThat(CountedRequests.of(
                        () -> albums.fromData(new Album("one", photos(1, "a"))).create()))
                .isEqualTo(requests(1, 2, 2, 1, 1));
    }

    @Test
    void an_item_with_ten_new_files() {
        albums.fromData(new Album("warm", List.of())).create();
        assertThat(CountedRequests.of(
                        () -> albums.fromData(new Album("ten", photos(10, "a"))).create()))
                .isEqualTo(requests(1, 20, 20, 10, 10));
    }

    /** That a new file must not be there yet is seen by the looks that are made anyway. */
    @Test
    void a_new_file_by_itself() {
        FileRef file = photo("alone", "a");
        assertThat(CountedRequests.of(
                        () -> pool.runTransaction(tx -> tx.change(pool.files().creation(file)))))
                .isEqualTo(requests(1, 2, 2, 1, 1));
    }

    @Test
    void a_file_in_place_of_another() {
        Item<Album> album = albums.fromData(new Album("one", photos(1, "a"))).create();
        Map<String, Integer> sent = CountedRequests.of(
                () -> album.set(Album::photos, photos(1, "b")).commit());
        System.out.println("A file in place of another: " + sent);
        assertThat(sent).containsEntry("ListObjectsV2", 1);
    }
}
