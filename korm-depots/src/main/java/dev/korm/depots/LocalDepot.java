package dev.korm.depots;

import dev.korm.spi.Depot;
import dev.korm.spi.DepotDescription;
import dev.korm.spi.DepotSource;
import dev.korm.spi.Environment;
import dev.korm.spi.LayerDescription;
import java.nio.file.FileSystem;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Function;

/**
 * Files in a folder: {@code [rn][depot::files]:invoices:2024:receipt.txt} is {@code invoices/2024/receipt.txt} below it, its
 * bytes as they are.
 *
 * <pre>{@code
 * Pool pool = Korm.pool().layer("main", Sqlite.file("cars.sqlite")).depot("files", LocalDepot.at("files")).open();
 * }</pre>
 *
 * <p>A file is written beside the others, synced, and then renamed to its place, so that it is whole or absent whatever breaks.
 * Nothing outside of the folder is reached: symbolic links below it are refused wherever they stand. The folder itself may be
 * one.
 *
 * <p>Checksum, content type and attributes are kept in an attribute of the file, {@value Labels#ATTRIBUTE}, where the file
 * system has those, and otherwise in the folder {@value Depot#OWN}, where also files are that are still being written. Nothing
 * of korm's lies among the files themselves. Where a file loses its attribute, since somebody copied or restored it without,
 * it has no recorded checksum any more, and reads as it is.
 *
 * <p>Immutable.
 */
public final class LocalDepot implements DepotSource {
    private static final Duration LEFTOVERS = Duration.ofDays(1);

    private final String spelt;
    private final Function<FileSystem, Path> root;
    private final Duration leftovers;

    private LocalDepot(String spelt, Function<FileSystem, Path> root, Duration leftovers) {
        this.spelt = spelt;
        this.root = root;
        this.leftovers = leftovers;
    }

    /** A folder of the environment's file system; it is made when it is not there. */
    public static LocalDepot at(String folder) {
        return new LocalDepot(folder, files -> files.getPath(folder), LEFTOVERS);
    }

    /** A folder; it is made when it is not there. */
    public static LocalDepot at(Path folder) {
        return new LocalDepot(folder.toString(), files -> folder, LEFTOVERS);
    }

    /**
     * The same folder, cleaned of leftovers of another age when it is opened: files that were being written when a program died.
     * A day unless it is said; longer than a program may pause in the middle of a file.
     */
    public LocalDepot leftoversAfter(Duration age) {
        if (age.isNegative() || age.isZero()) {
            throw new IllegalArgumentException(
                    "Leftovers are removed after some time; a file is one while it is written");
        }
        return new LocalDepot(spelt, root, age);
    }

    @Override
    public DepotDescription description() {
        return new DepotDescription("local", new LayerDescription.Path(spelt));
    }

    @Override
    public Depot open(String name, Environment environment) {
        return new OpenLocalDepot(name, root.apply(environment.fileSystem()), leftovers, environment);
    }

    @Override
    public String toString() {
        return "LocalDepot[" + spelt + "]";
    }
}
