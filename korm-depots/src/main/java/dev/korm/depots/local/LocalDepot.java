package dev.korm.depots.local;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.ConfigurationException;
import dev.korm.spi.LayerDescription;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.DepotDescription;
import dev.korm.spi.depot.DepotSource;
import dev.korm.spi.environment.Environment;
import java.nio.file.FileSystem;
import java.nio.file.InvalidPathException;
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
 * <p>A file {@code docs} and another {@code docs:1} can be there together: a folder holds one thing of a name, so whichever comes
 * second is stored as {@code docs[file]} or {@code docs[folder]}. No part of an RN has brackets.
 *
 * <p>A file is written beside the others, synced, and then renamed to its place, so that it is whole or absent whatever breaks.
 * Nothing outside of the folder is reached: symbolic links below it are refused wherever they stand. The folder itself may be
 * one.
 *
 * <p>Checksum, content type and attributes are kept in an attribute of the file, {@value Labels#ATTRIBUTE}, where the file
 * system has those, and otherwise in the folder {@value Depot#OWN}, where also files are that are still being written, and the
 * locks by which programs take turns at one file. Nothing of korm's lies among the files themselves. Where a file loses its attribute, since somebody copied or restored it without,
 * it has no recorded checksum any more, and reads as it is.
 *
 * <p>Immutable.
 */
public final class LocalDepot implements DepotSource {
    private static final Duration LEFTOVERS = Duration.ofDays(1);

    private final String spelt;
    private final Function<FileSystem, Path> root;
    private final Duration leftovers;
    private final LocalRoot.LabelPlace labels;

    private LocalDepot(String spelt, Function<FileSystem, Path> root, Duration leftovers, LocalRoot.LabelPlace labels) {
        this.spelt = spelt;
        this.root = root;
        this.leftovers = leftovers;
        this.labels = labels;
    }

    /** Returns a folder of the environment's file system; it is made when it is not there. */
    public static LocalDepot at(String folder) {
        requireNonNull(folder, "folder");
        return new LocalDepot(
                folder, files -> files.getPath(folder), LEFTOVERS, LocalRoot.LabelPlace.ATTRIBUTES_IF_POSSIBLE);
    }

    /** Opens a folder; it is created when it does not exist. */
    public static LocalDepot at(Path folder) {
        requireNonNull(folder, "folder");
        return new LocalDepot(
                folder.toString(), files -> folder, LEFTOVERS, LocalRoot.LabelPlace.ATTRIBUTES_IF_POSSIBLE);
    }

    /**
     * Returns a copy that is cleaned of leftovers of another age when it is opened. A day unless it is said; longer
     * than a program may pause in the middle of a file.
     */
    public LocalDepot leftoversAfter(Duration age) {
        requireNonNull(age, "age");
        if (age.isNegative() || age.isZero()) {
            throw new IllegalArgumentException(
                    "Leftovers are removed after some time; a file is one while it is written");
        }
        return new LocalDepot(spelt, root, age, labels);
    }

    /** Returns a copy that behaves as if the file system had no attributes, for tests. */
    LocalDepot withoutAttributes() {
        return new LocalDepot(spelt, root, leftovers, LocalRoot.LabelPlace.FOLDER);
    }

    @Override
    public DepotDescription description() {
        return new DepotDescription("local", new LayerDescription.Path(spelt));
    }

    @Override
    public Depot open(String name, Environment environment) {
        requireNonNull(name, "name");
        requireNonNull(environment, "environment");
        Path folder;
        try {
            folder = root.apply(environment.fileSystem());
        } catch (InvalidPathException invalid) {
            throw new ConfigurationException("The depot \"" + name + "\" cannot be opened: its folder " + spelt
                    + " is not a path, or has characters that the character set of file names lacks which this JVM was started"
                    + " with. Correct it, or start the JVM in a locale of UTF-8, as by LC_ALL=C.UTF-8");
        }
        return new OpenLocalDepot(name, folder, leftovers, labels, environment);
    }

    @Override
    public String toString() {
        return "LocalDepot[" + spelt + "]";
    }
}
