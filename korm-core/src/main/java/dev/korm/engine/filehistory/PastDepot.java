package dev.korm.engine.filehistory;

import dev.korm.Rn;
import dev.korm.depot.MissingFileException;
import dev.korm.spi.depot.ByteRange;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.DepotCapabilities;
import dev.korm.spi.depot.FileContent;
import dev.korm.spi.depot.FileEntry;
import dev.korm.spi.depot.FileStat;
import dev.korm.spi.depot.PutOptions;
import dev.korm.spi.depot.SkippedName;
import java.io.InputStream;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A depot whose files are read as they were; all else is done with those of now. Safe for many threads. */
class PastDepot implements Depot {
    private final Depot now;
    private final Function<Rn<?>, Optional<KeptVersion>> versions;

    /** @param versions returns what a file was; empty where nobody knows, and the one of now counts */
    PastDepot(Depot now, Function<Rn<?>, Optional<KeptVersion>> versions) {
        this.now = now;
        this.versions = versions;
    }

    /** Returns the name under which the bytes are; null where there were none. */
    private @Nullable Rn<?> place(Rn<?> file) {
        Optional<KeptVersion> version = versions.apply(file);
        return version.isEmpty() ? file : version.get().copy().orElse(null);
    }

    private Rn<?> required(Rn<?> file) {
        Rn<?> place = place(file);
        if (place == null) {
            throw new MissingFileException(
                    name(), file, file + " was not in the depot \"" + name() + "\" at that moment", null);
        }
        return place;
    }

    private static FileStat named(FileStat stat, Rn<?> file) {
        return new FileStat(
                file,
                stat.size(),
                stat.modified(),
                stat.version(),
                stat.sha256(),
                stat.contentType(),
                stat.attributes());
    }

    @Override
    public String name() {
        return now.name();
    }

    @Override
    public DepotCapabilities capabilities() {
        return now.capabilities();
    }

    @Override
    public FileStat put(Rn<?> file, InputStream content, PutOptions options) {
        return now.put(file, content, options);
    }

    @Override
    public FileContent get(Rn<?> file) {
        FileContent content = now.get(required(file));
        return new FileContent(named(content.stat(), file), content.stream());
    }

    @Override
    public FileContent get(Rn<?> file, ByteRange range) {
        FileContent content = now.get(required(file), range);
        return new FileContent(named(content.stat(), file), content.stream());
    }

    @Override
    public Optional<FileStat> stat(Rn<?> file) {
        Rn<?> place = place(file);
        return place == null ? Optional.empty() : now.stat(place).map(stat -> named(stat, file));
    }

    @Override
    public Stream<FileEntry> list(Rn<?> prefix, Consumer<SkippedName> skipped) {
        return now.list(prefix, skipped);
    }

    @Override
    public Stream<String> folders(Rn<?> prefix) {
        return now.folders(prefix);
    }

    @Override
    public FileStat copy(Rn<?> from, Rn<?> to) {
        return now.copy(from, to);
    }

    @Override
    public void requireStorable(Rn<?> file) {
        now.requireStorable(file);
    }

    @Override
    public boolean delete(Rn<?> file) {
        return now.delete(file);
    }

    @Override
    public void close() {
        // It is the pool's.
    }
}
