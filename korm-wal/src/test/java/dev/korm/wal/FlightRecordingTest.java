package dev.korm.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.ConflictException;
import dev.korm.Item;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Stored;
import dev.korm.file.FileRef;
import dev.korm.jdbc.Sqlite;
import dev.korm.lock.Lock;
import dev.korm.testkit.memory.MemoryDepot;
import java.nio.file.Path;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a recording of JFR holds of a pool, which knows nothing of it. */
class FlightRecordingTest {
    @Stored(namespace = "people", kind = "user")
    record User(String name) {}

    @Stored(namespace = "garage", kind = "car")
    record Car(String make) {}

    @TempDir
    Path folder;

    @Test
    void a_recording_holds_statements_changes_locks_and_conflicts_and_no_values() throws Exception {
        try (Pool pool = pool();
                Recording recording = new Recording()) {
            work(pool); // so that what is recorded has no schema in it
            recording.start();
            work(pool);
            recording.stop();
            List<RecordedEvent> events = events(recording);
            assertThat(events)
                    .extracting(event -> event.getEventType().getName())
                    .contains(
                            "dev.korm.Call",
                            "dev.korm.Statement",
                            "dev.korm.JournalAppend",
                            "dev.korm.Change",
                            "dev.korm.Lock",
                            "dev.korm.Conflict",
                            "dev.korm.FileCall");
            assertThat(events)
                    .filteredOn(event -> event.getEventType().getName().equals("dev.korm.Change"))
                    .allSatisfy(event -> {
                        assertThat(event.getString("layers")).isEqualTo("garage, people");
                        assertThat(event.getString("outcome")).isEqualTo("stored");
                    });
            assertThat(events)
                    .filteredOn(event -> event.getEventType().getName().equals("dev.korm.Call"))
                    .extracting(event -> event.getString("operation") + " " + event.getString("failure"))
                    .contains("create ", "persist ", "update ConflictException");
            assertThat(events)
                    .filteredOn(event -> event.getEventType().getName().equals("dev.korm.Statement"))
                    .allSatisfy(event -> {
                        assertThat(event.getString("layer")).isIn("people", "garage");
                        assertThat(event.getDuration("took")).isPositive();
                    });
            assertThat(events).noneSatisfy(event -> assertThat(event.toString()).contains("Flintstone"));
        }
    }

    @Test
    void a_recording_that_leaves_korm_out_holds_nothing_of_it() throws Exception {
        try (Pool pool = pool();
                Recording recording = new Recording()) {
            for (String event : List.of(
                    "Call",
                    "Statement",
                    "FileCall",
                    "Repeated",
                    "Conflict",
                    "JournalAppend",
                    "Change",
                    "Lock",
                    "Recovery",
                    "Backup")) {
                recording.disable("dev.korm." + event);
            }
            recording.start();
            work(pool);
            recording.stop();
            assertThat(events(recording)).isEmpty();
        }
    }

    private Pool pool() {
        return Korm.pool()
                .layer("people", Sqlite.file(folder.resolve("people.sqlite")))
                .layer("garage", Sqlite.file(folder.resolve("garage.sqlite")))
                .home("people", "people")
                .home("garage", "garage")
                .withWal(Wal.at(folder.resolve("journal")))
                .depot("files", MemoryDepot.create())
                .open();
    }

    private static void work(Pool pool) throws InterruptedException {
        Korm.tx(
                        Korm.item(User.class, pool).fromData(new User("Flintstone")),
                        Korm.item(Car.class, pool).fromData(new Car("Flintstone's")))
                .persist();
        pool.files().store(FileRef.of("files", "notes", new byte[] {1}));
        Item<User> user =
                Korm.item(User.class, pool).fromData(new User("Flintstone")).create();
        try (Lock lock = pool.locks().acquire(user.rn())) {
            assertThat(lock).isNotNull();
        }
        Item<User> outdated = Korm.item(User.class, pool).fromRn(user.rn()).get();
        user.set(User::name, "Barney Flintstone").commit();
        assertThatThrownBy(outdated.set(User::name, "Fred Flintstone")::commit).isInstanceOf(ConflictException.class);
    }

    private List<RecordedEvent> events(Recording recording) throws Exception {
        Path file = folder.resolve("korm.jfr");
        recording.dump(file);
        return RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().startsWith("dev.korm."))
                .toList();
    }
}
