package dev.korm.depots.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.Korm;
import dev.korm.depot.DepotException;
import dev.korm.jdbc.Sqlite;
import dev.korm.spi.LayerSource;
import dev.korm.spi.depot.DepotSource;
import dev.korm.testkit.contract.file.FilesContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalFilesTest extends FilesContract {
    @TempDir
    Path folder;

    @Override
    protected LayerSource layer() {
        return Sqlite.file(folder.resolve("data.sqlite").toString());
    }

    @Override
    protected DepotSource depot() {
        return LocalDepot.at(folder.resolve("files"));
    }

    @Test
    void a_file_in_the_place_of_the_folder_is_named() throws IOException {
        Path file = Files.writeString(folder.resolve("notes"), "mine");
        assertThatThrownBy(() -> Korm.pool()
                        .layer("main", Sqlite.memory())
                        .depot("files", LocalDepot.at(file))
                        .open())
                .isInstanceOf(DepotException.class)
                .hasMessageContainingAll("depot \"files\"", file + " is a file, and a depot is a folder");
        assertThat(file).hasContent("mine");
    }
}
