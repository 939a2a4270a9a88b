package dev.korm.depots.local;

import dev.korm.testkit.contract.store.LargeFile;
import java.nio.file.Path;

/** A program of its own that stores a large file in a folder. Arguments: the folder, the megabytes. */
final class Streaming {
    private Streaming() {}

    public static void main(String[] arguments) throws Exception {
        LargeFile.store(LocalDepot.at(Path.of(arguments[0])), Integer.parseInt(arguments[1]));
    }
}
