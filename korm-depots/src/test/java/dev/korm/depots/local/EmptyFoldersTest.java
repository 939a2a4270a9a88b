package dev.korm.depots.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.Item;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.file.FileRef;
import dev.korm.jdbc.Sqlite;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.PutCondition;
import dev.korm.spi.depot.PutOptions;
import dev.korm.spi.environment.Environment;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders come with their first file and go with their last. */
class EmptyFoldersTest {
    @TempDir
    Path folder;

    record Letter(int number, FileRef scan) {}

    private Depot open() {
        return LocalDepot.at(folder).open("files", Environment.system());
    }

    private static Rn<?> file(String path) {
        return Rn.file("files", path.split("/"));
    }

    private static void put(Depot depot, String path, PutOptions options) {
        depot.put(file(path), new ByteArrayInputStream(new byte[] {1}), options);
    }

    private List<String> folders() throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isDirectory)
                    .map(path -> folder.relativize(path).toString())
                    .filter(path -> !path.isEmpty() && !path.startsWith(Depot.OWN))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void a_folder_goes_with_its_last_file_but_for_the_first() throws IOException {
        try (Depot depot = open()) {
            put(depot, "a/b/c/1", PutOptions.NONE);
            put(depot, "a/b/2", PutOptions.NONE);
            put(depot, "a/b/c/3", PutOptions.NONE);

            depot.delete(file("a/b/c/1"));
            assertThat(folders()).containsExactly("a", "a/b", "a/b/c");
            depot.move(file("a/b/c/3"), file("x/y/3"));
            assertThat(folders()).containsExactly("a", "a/b", "x", "x/y");
            depot.delete(file("a/b/2"));
            assertThat(folders()).containsExactly("a", "x", "x/y");
        }
    }

    @Test
    void changes_leave_no_folders_behind_where_their_files_were_staged() throws IOException {
        try (Pool pool = Korm.pool()
                .layer("main", Sqlite.memory())
                .depot("files", LocalDepot.at(folder))
                .open()) {
            for (int i = 0; i < 10; i++) {
                Item<Letter> letter = Korm.item(Letter.class, pool)
                        .fromData("letters", "private", new Letter(i, FileRef.of("files", "a/b/" + i, new byte[1])))
                        .create();
                letter.set(Letter::scan, letter.data().scan().edit(new byte[2])).commit();
            }
        }

        assertThat(folders()).containsExactly("__korm_staging__", "a", "a/b");
    }

    @Test
    void files_come_to_their_place_while_others_empty_the_folder() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (Depot depot = open()) {
            List<Future<?>> all = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                String own = "/" + thread;
                PutOptions options = thread % 2 == 0 ? PutOptions.NONE : PutOptions.NONE.when(PutCondition.ABSENT);
                all.add(threads.submit(() -> {
                    for (int i = 0; i < 60; i++) {
                        put(depot, "a/b/c" + own, options);
                        assertThat(depot.stat(file("a/b/c" + own))).isPresent();
                        depot.move(file("a/b/c" + own), file("a/d/e" + own));
                        assertThat(depot.delete(file("a/d/e" + own))).isTrue();
                    }
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        } finally {
            threads.shutdownNow();
        }

        assertThat(folders()).containsExactly("a");
    }
}
