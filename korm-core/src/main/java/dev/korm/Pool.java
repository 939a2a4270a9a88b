package dev.korm;

import java.util.List;

/**
 * Layers under one roof. Opened by {@link Korm#pool}, closed once, by {@code try}-with-resources; safe for many threads.
 */
public interface Pool extends AutoCloseable {
    /** 16 hex digits, the same for every pool whose layers have these names, wherever they are. */
    String id();

    /** The names of the layers, in the order in which they were given. */
    List<String> layers();

    /** What is sealed with which key, and sealing everything anew with another. */
    Keys keys();

    /**
     * Ends it: waits for changes under way, ends open streams, closes every layer even when one fails to, and leaves no
     * thread and no file open. Afterwards every call throws {@link ClosedException}. Twice is fine.
     *
     * @throws StoreException the first failure, with the others suppressed
     */
    @Override
    void close();
}
