package dev.korm.depots.local;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Feature;
import com.google.common.jimfs.Jimfs;
import dev.korm.Rn;
import dev.korm.spi.depot.DepotSource;
import dev.korm.testkit.contract.store.DepotContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.AfterEach;

/** A file system without attributes of files, and without folders that can be opened safely. */
class LabelsInFolderTest extends DepotContract {
    private final FileSystem files = Jimfs.newFileSystem(Configuration.unix().toBuilder()
            .setAttributeViews("basic")
            .setSupportedFeatures(Feature.LINKS, Feature.SYMBOLIC_LINKS)
            .setMaxSize(512L * 1024 * 1024)
            .build());

    @Override
    protected DepotSource source() {
        return LocalDepot.at(files.getPath("/depot"));
    }

    @Override
    protected void damage(Rn<?> file) {
        Path path = files.getPath("/depot", file.depotParts().toArray(String[]::new));
        try {
            FileTime time = Files.getLastModifiedTime(path);
            byte[] bytes = Files.readAllBytes(path);
            bytes[bytes.length / 2] ^= 1;
            Files.write(path, bytes);
            Files.setLastModifiedTime(path, time);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @AfterEach
    void closeFiles() throws IOException {
        files.close();
    }
}
