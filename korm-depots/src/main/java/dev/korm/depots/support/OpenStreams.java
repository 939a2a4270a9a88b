package dev.korm.depots.support;

import dev.korm.ClosedException;
import dev.korm.depot.FileContentException;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The open streams of a depot, which end with it. Safe for many threads. */
public final class OpenStreams {
    private final String depot;
    private final Set<Closeable> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    public OpenStreams(String depot) {
        this.depot = depot;
    }

    public void requireOpen() {
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
    public <R> R guarded(Supplier<R> call) {
        requireOpen();
        try {
            return call.get();
        } catch (FileContentException ofTheGiver) {
            throw ofTheGiver;
        } catch (RuntimeException failed) {
            throw closed && !(failed instanceof ClosedException) ? closed(failed) : failed;
        }
    }

    public <C extends Closeable> C add(C stream) throws IOException {
        open.add(stream);
        if (closed) {
            close(stream);
            requireOpen();
        }
        return stream;
    }

    public void close(Closeable stream) throws IOException {
        open.remove(stream);
        stream.close();
    }

    /** Returns how many streams are open, for tests of leaks. */
    public int size() {
        return open.size();
    }

    public void closeAll() {
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
