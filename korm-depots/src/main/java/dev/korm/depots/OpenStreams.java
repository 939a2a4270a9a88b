package dev.korm.depots;

import dev.korm.ClosedException;
import dev.korm.FileContentException;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

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
            throw closed(null);
        }
    }

    private ClosedException closed(@Nullable RuntimeException cause) {
        ClosedException closed =
                new ClosedException("The depot \"" + depot + "\" is closed, with its pool; open a new one");
        if (cause != null) {
            closed.initCause(cause);
        }
        return closed;
    }

    /** Makes a call, whose failure is that of a closed depot if it was closed meanwhile. */
    <R> R guarded(Supplier<R> call) {
        requireOpen();
        try {
            return call.get();
        } catch (FileContentException ofTheGiver) {
            throw ofTheGiver;
        } catch (RuntimeException failed) {
            throw closed && !(failed instanceof ClosedException) ? closed(failed) : failed;
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
