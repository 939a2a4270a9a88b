package dev.korm.depots.local;

import dev.korm.Rn;
import dev.korm.spi.depot.DepotSource;
import dev.korm.testkit.contract.store.DepotContract;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

public class LocalDepotTest extends DepotContract {
    @TempDir
    Path folder;

    @Override
    protected DepotSource source() {
        return LocalDepot.at(folder.resolve("files"));
    }

    @Override
    protected void damage(Rn<?> file) {
        damage(folder.resolve("files"), file);
    }

    /** Changes a byte in the middle of a file, and nothing else. */
    public static void damage(Path root, Rn<?> file) {
        Path path = root;
        for (String part : file.depotParts()) {
            path = path.resolve(part);
        }
        try (RandomAccessFile bytes = new RandomAccessFile(path.toFile(), "rw")) {
            long middle = bytes.length() / 2;
            bytes.seek(middle);
            int there = bytes.read();
            bytes.seek(middle);
            bytes.write(there ^ 1);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
