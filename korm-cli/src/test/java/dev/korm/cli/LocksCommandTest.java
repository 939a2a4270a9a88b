package dev.korm.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.Item;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.jdbc.Sqlite;
import dev.korm.lock.Lock;
import dev.korm.lock.LockLostException;
import dev.korm.lock.LockName;
import dev.korm.lock.LockOptions;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Locks of a program that runs. Runs the jar where there is one, and the class otherwise. */
@NullUnmarked // Tests dereference what they expect to be there.
class LocksCommandTest {
    record Note(String text) {}

    @TempDir
    Path folder;

    private KormProcess korm(String... arguments) throws IOException, InterruptedException {
        return KormProcess.run(folder, arguments);
    }

    @Test
    void locks_are_listed_and_taken_away() throws Exception {
        Path file = folder.resolve("cars.sqlite");
        try (Pool pool = Korm.pool()
                .layer("main", Sqlite.file(file))
                .withLocks("main", LockOptions.defaults().withOwner("the billing"))
                .open()) {
            assertThat(korm("locks", file.toString()))
                    .isEqualTo(new KormProcess(
                            0, "", "Nobody has a lock in this layer; --all lists those that are free.\n"));
            pool.locks().acquire(LockName.of("released")).close();
            KormProcess free = korm("locks", file.toString(), "--free", "released");
            assertThat(free.exit()).isEqualTo(1);
            assertThat(free.err()).contains("The lock released is free");
            try (Lock job = pool.locks().acquire(LockName.of("nightly report"))) {
                assertThat(korm("locks", file.toString(), "--free", "nightly report")
                                .err())
                        .contains("It was of \"the billing\"");
                assertThat(job.name()).contains("nightly report");
            }
            Item<Note> note = Korm.item(Note.class, pool)
                    .fromData("main", "notes", "note", new Note("one"))
                    .create();
            try (Lock lock = pool.locks().acquire(note.rn())) {
                KormProcess held = korm("locks", file.toString());
                assertThat(held.exit()).as(held.err()).isZero();
                assertThat(held.out())
                        .matches("\\Q" + lock.name() + "\\E\theld\t[-0-9T:.]+Z\t" + lock.token() + "\tthe billing\n");
                KormProcess all = korm("locks", "--all", file.toString());
                assertThat(all.out()).contains("[lock]:released\tfree\t-\t").contains(lock.name());
                KormProcess freed = korm("locks", file.toString(), "--free", lock.name());
                assertThat(freed.exit()).as(freed.err()).isZero();
                assertThat(freed.err()).contains("the billing");
                assertThatThrownBy(() -> note.set(Note::text, "two").commit()).isInstanceOf(LockLostException.class);
            }
        }
        assertThat(korm("locks", file.toString()).out()).isEmpty();
    }

    @Test
    void what_is_not_there_is_said_without_a_password() throws Exception {
        KormProcess none = korm("locks", folder.resolve("none.sqlite").toString());
        assertThat(none.exit()).isEqualTo(1);
        assertThat(none.err()).contains("is not there");
        KormProcess silent = korm("locks", "postgres://fred:hunter2@127.0.0.1:1/cars");
        assertThat(silent.exit()).isEqualTo(1);
        assertThat(silent.out() + silent.err()).doesNotContain("hunter2");
        Korm.pool()
                .layer("main", Sqlite.file(folder.resolve("empty.sqlite")))
                .open()
                .close();
        KormProcess unknown = korm("locks", folder.resolve("empty.sqlite").toString(), "--free", "x");
        assertThat(unknown.exit()).isEqualTo(1);
        assertThat(unknown.err()).contains("no lock x");
    }
}
