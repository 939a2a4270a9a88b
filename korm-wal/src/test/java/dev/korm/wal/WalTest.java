package dev.korm.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.Korm;
import dev.korm.jdbc.Sqlite;
import dev.korm.recovery.JournalException;
import dev.korm.spi.journal.JournalSource;
import dev.korm.testkit.contract.store.JournalContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WalTest extends JournalContract {
    @TempDir
    Path folder;

    @Override
    protected JournalSource source() {
        return Wal.at(folder.resolve("a/journal"));
    }

    @Test
    void a_file_in_the_place_of_the_folder_is_named() throws IOException {
        Path file = Files.writeString(folder.resolve("notes"), "mine");
        assertThatThrownBy(() -> Korm.pool()
                        .layer("main", Sqlite.memory())
                        .withWal(Wal.at(file))
                        .open())
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("The journal in " + file + " cannot be opened: it is a file");
        assertThat(file).hasContent("mine");
    }
}
