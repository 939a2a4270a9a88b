package dev.korm;

import dev.korm.depot.MissingFileException;
import dev.korm.event.PoolListener;
import dev.korm.event.PoolMetrics;
import dev.korm.file.FileRef;
import dev.korm.file.PoolFiles;
import dev.korm.file.Sweep;
import dev.korm.history.History;
import dev.korm.history.Versions;
import dev.korm.key.Keys;
import dev.korm.recovery.Recovery;
import dev.korm.spi.depot.Depot;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Layers under one roof. Opened by {@link Korm#pool}, closed once, by {@code try}-with-resources; safe for many threads.
 */
public interface Pool extends AutoCloseable {
    /** 16 hex digits, the same for every pool whose layers have these names, wherever they are. */
    String id();

    /** Returns the names of the layers, in the order in which they were given. */
    List<String> layers();

    /** Returns what became of changes of several layers that were cut off, and settles them. */
    Recovery recovery();

    /**
     * Returns the history of the pool's items.
     *
     * @throws ConfigurationException when the pool was made without {@link PoolBuilder#withHistory}
     */
    History history();

    /**
     * Returns the versions of an item as documents, the newest first; of a type, {@link Items#history(Rn)} has them.
     *
     * @throws ConfigurationException when the pool was made without {@link PoolBuilder#withHistory}
     * @throws QueryException when the RN names no single item
     */
    default Versions<Document> history(Rn<?> rn) {
        history();
        return Korm.item(Document.class, this).history(Rn.parse(rn.toString()));
    }

    /** Returns what has happened so far, in numbers. A {@link PoolListener} is told of the same one by one. */
    PoolMetrics metrics();

    /** Returns the keys of the pool: which secrets each one seals, and the rotation to another key. */
    Keys keys();

    /**
     * Finds every reference that names nothing, in all layers: in fields of their own and inside nested data, to items
     * that are gone, never were, or are in a layer that the pool does not have. Found as the stream is read, in bounded
     * memory: a page of items at a time, and one question for each collection that the page refers to. References to
     * files are left out.
     *
     * <p>Each finding was right when it was looked up. Nothing is held open in between, so the stream may be left at any point.
     *
     * <pre>{@code
     * pool.danglingReferences().forEach(found ->
     *         System.out.println(found.holder() + " at " + found.path() + ": " + found.reference()));
     * }</pre>
     */
    Stream<DanglingReference> danglingReferences();

    /** Works as {@link #danglingReferences()}, and reports after each page how far it has come. */
    Stream<DanglingReference> danglingReferences(Consumer<ScanProgress> progress);

    /** Returns the names of the depots, in the order in which they were given. */
    List<String> depots();

    /**
     * Returns a depot.
     *
     * @throws ConfigurationException when the pool has none of that name
     */
    Depot depot(String name);

    /** Returns the files of the depots by themselves. */
    PoolFiles files();

    /**
     * Returns a file that an item names, resolved.
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
