package dev.korm;

import dev.korm.spi.Depot;
import java.util.List;

/**
 * Layers under one roof. Opened by {@link Korm#pool}, closed once, by {@code try}-with-resources; safe for many threads.
 */
public interface Pool extends AutoCloseable {
    /** 16 hex digits, the same for every pool whose layers have these names, wherever they are. */
    String id();

    /** The names of the layers, in the order in which they were given. */
    List<String> layers();

    /** The names of the depots, in the order in which they were given. */
    List<String> depots();

    /**
     * A depot.
     *
     * @throws ConfigurationException when the pool has none of that name
     */
    Depot depot(String name);

    /** The files of the depots by themselves. */
    PoolFiles files();

    /**
     * A file that an item names, resolved.
     *
     * @throws MissingFileException when there is none
     * @throws ConfigurationException when the pool has no such depot
     */
    default FileRef file(FileRef file) {
        return files().get(file.rn());
    }

    /** Begins to look for files that nobody needs, and for those that somebody misses. */
    Sweep sweep();

    /**
     * Ends it: waits for changes under way, ends open streams, closes every layer and depot even when one fails to, and leaves no
     * thread and no file open. Afterwards every call throws {@link ClosedException}. Twice is fine.
     *
     * @throws KormException the first failure, with the others suppressed
     */
    @Override
    void close();
}
