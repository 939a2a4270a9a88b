package dev.korm.testkit.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.ConfigurationException;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.jdbc.Sqlite;
import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.change.AtomicChangeContract;
import dev.korm.testkit.memory.MemoryJournal;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteAtomicChangeTest extends AtomicChangeContract {
    @TempDir
    Path folder;

    record Note(String text) {}

    @Test
    void a_file_that_may_lose_a_commit_in_a_power_cut_takes_no_part() {
        try (Pool pool = Korm.pool()
                .layer("a", Sqlite.file(folder.resolve("a.sqlite")))
                .layer("b", Sqlite.file(folder.resolve("b.sqlite")).durability(Sqlite.Durability.NORMAL))
                .withWal(MemoryJournal.create())
                .open()) {
            Items<Note> notes = Korm.item(Note.class, pool);
            assertThatThrownBy(() -> Korm.tx(
                                    notes.fromData("a", "notes", "note", new Note("one")),
                                    notes.fromData("b", "notes", "note", new Note("two")))
                            .persist())
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("\"b\"")
                    .hasMessageContaining("full durability");
            assertThat(notes.fromQuery("a", "notes", "note").count()).isZero();
        }
    }

    @Override
    protected LayerSource left() {
        return Sqlite.file(folder.resolve("left.sqlite"));
    }

    @Override
    protected LayerSource right() {
        return Sqlite.file(folder.resolve("right.sqlite"));
    }
}
