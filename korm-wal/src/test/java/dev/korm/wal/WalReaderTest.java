package dev.korm.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.StoreException.Outcome;
import dev.korm.jdbc.Sqlite;
import dev.korm.recovery.IncompleteChangeException;
import dev.korm.recovery.JournalException;
import dev.korm.recovery.JournaledChange;
import dev.korm.testkit.fault.FaultyLayer;
import dev.korm.testkit.fault.FaultyLayer.Call;
import dev.korm.testkit.fault.FaultyLayer.Moment;
import dev.korm.wal.run.Steps;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A journal as it is read beside the pools that use it. */
class WalReaderTest {
    record Note(String text) {}

    @TempDir
    Path folder;

    private Pool open(Wal wal, FaultyLayer left) {
        return Korm.pool()
                .layer("left", left)
                .layer("right", Sqlite.file(folder.resolve("right.sqlite")))
                .withWal(wal)
                .open();
    }

    private FaultyLayer left() {
        return FaultyLayer.around(Sqlite.file(folder.resolve("left.sqlite")));
    }

    private Path journal() {
        return folder.resolve("journal");
    }

    private static void change(Pool pool, String text) {
        Items<Note> notes = Korm.item(Note.class, pool);
        Korm.tx(
                        notes.fromData("left", "notes", "note", new Note(text)),
                        notes.fromData("right", "notes", "note", new Note(text)))
                .persist();
    }

    private List<LoggedChange> unfinished() {
        List<LoggedChange> found = new ArrayList<>();
        WalReader.at(journal()).unfinished(found::add);
        return found;
    }

    private List<LoggedChange> kept() {
        List<LoggedChange> found = new ArrayList<>();
        WalReader.at(journal()).kept(found::add);
        return found;
    }

    @Test
    void a_change_that_one_layer_lacks_is_listed_with_its_items_and_no_values() {
        FaultyLayer left = left();
        try (Pool pool = open(Wal.at(journal()), left)) {
            change(pool, "first");
            left.failNext(Call.COMMIT, Moment.BEFORE, Outcome.NOT_APPLIED);
            left.failNext(Call.APPLY, Moment.BEFORE, Outcome.NOT_APPLIED);
            assertThatThrownBy(() -> change(pool, "secret text")).isInstanceOf(IncompleteChangeException.class);
            assertThat(unfinished()).singleElement().satisfies(found -> {
                assertThat(found.state()).isEqualTo(LoggedChange.State.RUNNING);
                assertThat(found.change().coordinator()).isEqualTo("right");
                assertThat(found.change().parts())
                        .extracting(JournaledChange.Part::layer)
                        .containsExactly("left", "right");
                assertThat(found.change().parts().get(0).writes())
                        .singleElement()
                        .satisfies(write -> {
                            assertThat(write.kind()).isEqualTo(JournaledChange.Kind.CREATE);
                            assertThat(write.item().toString()).startsWith("[rn][from::left]:notes:note:");
                        });
                assertThat(found.toString()).doesNotContain("secret");
            });
            // Looking changed nothing.
            change(pool, "third");
        }
        assertThat(unfinished()).singleElement().satisfies(found -> assertThat(found.state())
                .isEqualTo(LoggedChange.State.UNFINISHED));
        try (Pool pool = open(Wal.at(journal()), left)) {
            assertThat(pool.recovery().atOpening().finished()).isEqualTo(1);
        }
        assertThat(unfinished()).isEmpty();
        assertThat(kept()).isEmpty();
    }

    @Test
    void what_is_finished_is_kept_where_that_was_asked_for_and_purged_by_age() throws IOException {
        Wal wal = Wal.at(journal())
                .with(new Wal.Settings(2_000, 3, 100, Steps.ALL))
                .retention(JournalRetention.KEEP);
        FaultyLayer left = left();
        for (int round = 0; round < 3; round++) {
            try (Pool pool = open(wal, left)) {
                for (int i = 0; i < 30; i++) {
                    change(pool, "note " + i);
                }
            }
        }
        open(wal, left).close();
        assertThat(kept().stream().map(each -> each.change().id()).distinct()).hasSize(90);
        assertThat(unfinished()).isEmpty();
        try (Stream<Path> files = Files.walk(journal().resolve("kept"))) {
            assertThat(files.filter(Files::isRegularFile).mapToLong(WalReaderTest::size))
                    .allMatch(size -> size > 0 && size <= 2_000);
        }
        assertThat(WalReader.at(journal()).purge(Instant.now().minus(Duration.ofDays(1))))
                .isZero();
        assertThat(WalReader.at(journal()).purge(Instant.now().plus(Duration.ofDays(1))))
                .isPositive();
        assertThat(kept()).isEmpty();
    }

    private static long size(Path file) {
        return file.toFile().length();
    }

    @Test
    void a_folder_that_is_none_is_told() {
        assertThatThrownBy(() -> WalReader.at(folder.resolve("nothing")).unfinished(found -> {}))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("is not a folder");
        assertThat(folder.resolve("nothing")).doesNotExist();
    }
}
