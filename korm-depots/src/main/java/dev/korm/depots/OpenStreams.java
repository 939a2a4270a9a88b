package dev.korm.depots;

import dev.korm.ClosedException;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What a depot has open, to be ended with it. Safe for many threads. */
final class OpenStreams {
    private final String depot;
    private final Set<Closeable> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    OpenStreams(String depot) {
        this.depot = depot;
    }

    void requireOpen() {
        if (closed) {
            throw new ClosedException("The depot \"" + depot + "\" is closed, with its pool; open a new one");
        }
    }

    <C extends Closeable> C add(C stream) throws IOException {
        open.add(stream);
        if (closed) {
            close(stream);
            requireOpen();
        }
        return stream;
    }

    void close(Closeable stream) throws IOException {
        open.remove(stream);
        stream.close();
    }

    /** How many there are, for tests of leaks. */
    int size() {
        return open.size();
    }

    void closeAll() {
        closed = true;
        for (Closeable stream : List.copyOf(open)) {
            try {
                close(stream);
            } catch (IOException alreadyBroken) {
                // Nothing can be lost: only what is read is kept here.
                open.remove(stream);
            }
        }
    }
}
