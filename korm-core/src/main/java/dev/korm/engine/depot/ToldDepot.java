package dev.korm.engine.depot;

import dev.korm.Rn;
import dev.korm.engine.context.PoolEvents;
import dev.korm.event.FileCall;
import dev.korm.spi.depot.ByteRange;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.DepotCapabilities;
import dev.korm.spi.depot.FileContent;
import dev.korm.spi.depot.FileEntry;
import dev.korm.spi.depot.FileLinks;
import dev.korm.spi.depot.FileStat;
import dev.korm.spi.depot.PutCondition;
import dev.korm.spi.depot.PutOptions;
import dev.korm.spi.depot.SkippedName;
import java.io.InputStream;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** A depot whose calls the listeners of a pool are told of. Safe for many threads. */
public final class ToldDepot implements Depot {
    private final Depot depot;
    private final PoolEvents events;

    public ToldDepot(Depot depot, PoolEvents events) {
        this.depot = depot;
        this.events = events;
    }

    /** Returns a depot itself, which may have more methods; nobody is told of calls to it. */
    public static Depot own(Depot depot) {
        return depot instanceof ToldDepot told ? told.depot : depot;
    }

    private <R> R told(String operation, Supplier<R> call) {
        if (!events.areTold()) {
            return call.get();
        }
        long begun = events.nanoTime();
        R answer;
        try {
            answer = call.get();
        } catch (RuntimeException | Error failed) {
            events.fileCall(
                    name(), operation, begun, Optional.of(failed.getClass().getSimpleName()));
            throw failed;
        }
        events.fileCall(name(), operation, begun, Optional.empty());
        return answer;
    }

    @Override
    public String name() {
        return depot.name();
    }

    @Override
    public DepotCapabilities capabilities() {
        return depot.capabilities();
    }

    @Override
    public FileStat put(Rn<?> file, InputStream content, PutOptions options) {
        return told(FileCall.PUT, () -> depot.put(file, content, options));
    }

    @Override
    public FileContent get(Rn<?> file) {
        return told(FileCall.GET, () -> depot.get(file));
    }

    @Override
    public FileContent get(Rn<?> file, ByteRange range) {
        return told(FileCall.GET, () -> depot.get(file, range));
    }

    @Override
    public Optional<FileStat> stat(Rn<?> file) {
        return told(FileCall.STAT, () -> depot.stat(file));
    }

    @Override
    public Stream<FileEntry> list(Rn<?> prefix) {
        return told(FileCall.LIST, () -> depot.list(prefix));
    }

    @Override
    public Stream<FileEntry> list(Rn<?> prefix, Consumer<SkippedName> skipped) {
        return told(FileCall.LIST, () -> depot.list(prefix, skipped));
    }

    @Override
    public Stream<String> folders(Rn<?> prefix) {
        return told(FileCall.LIST, () -> depot.folders(prefix));
    }

    @Override
    public FileStat copy(Rn<?> from, Rn<?> to) {
        return told(FileCall.COPY, () -> depot.copy(from, to));
    }

    @Override
    public FileStat move(Rn<?> from, Rn<?> to) {
        return told(FileCall.MOVE, () -> depot.move(from, to));
    }

    @Override
    public boolean moveIfNewer(Rn<?> from, Rn<?> to, PutCondition.Newer newer) {
        return told(FileCall.MOVE, () -> depot.moveIfNewer(from, to, newer));
    }

    @Override
    public void requireStorable(Rn<?> file) {
        depot.requireStorable(file);
    }

    @Override
    public boolean delete(Rn<?> file) {
        return told(FileCall.DELETE, () -> depot.delete(file));
    }

    @Override
    public Optional<FileLinks> links() {
        return depot.links();
    }

    @Override
    public void close() {
        depot.close();
    }
}
