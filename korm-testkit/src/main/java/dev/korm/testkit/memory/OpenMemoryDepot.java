package dev.korm.testkit.memory;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.ClosedException;
import dev.korm.Rn;
import dev.korm.StoreException.Outcome;
import dev.korm.depot.DepotException;
import dev.korm.depot.FileChangedException;
import dev.korm.depot.FileExistsException;
import dev.korm.depot.MissingFileException;
import dev.korm.spi.depot.ByteRange;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.DepotCapabilities;
import dev.korm.spi.depot.DepotCapabilities.Conditional;
import dev.korm.spi.depot.Digesting;
import dev.korm.spi.depot.FileContent;
import dev.korm.spi.depot.FileEntry;
import dev.korm.spi.depot.FileNames;
import dev.korm.spi.depot.FileStat;
import dev.korm.spi.depot.PutCondition;
import dev.korm.spi.depot.PutOptions;
import dev.korm.spi.depot.SkippedName;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.InputStream;
import java.time.Clock;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A depot in memory that is open. Safe for many threads. */
final class OpenMemoryDepot implements Depot {
    private final String name;
    private final MemoryFiles files;
    private final DepotCapabilities capabilities;
    private final Clock clock;
    private volatile boolean closed;

    OpenMemoryDepot(String name, MemoryFiles files, DepotCapabilities capabilities, Clock clock) {
        this.name = name;
        this.files = files;
        this.capabilities = capabilities;
        this.clock = clock;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public DepotCapabilities capabilities() {
        return capabilities;
    }

    @Override
    public FileStat put(Rn<?> file, InputStream content, PutOptions options) {
        requireNonNull(file, "file");
        requireNonNull(content, "content");
        requireNonNull(options, "options");
        check(file);
        PutCondition condition = options.condition();
        requireKnown(file, condition);
        Digesting source = Digesting.source(content, file);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        byte[] buffer = new byte[8192];
        for (int read = source.read(buffer, 0, buffer.length);
                read >= 0;
                read = source.read(buffer, 0, buffer.length)) {
            bytes.write(buffer, 0, read);
        }
        MemoryFiles.Stored stored = new MemoryFiles.Stored(
                bytes.toByteArray(),
                clock.instant(),
                files.nextVersion(),
                source.check(options),
                options.contentType(),
                options.attributes());
        requireOpen();
        files.change(file, there -> {
            require(file, condition, there, options.attributes());
            return stored;
        });
        return stat(file, stored);
    }

    private void requireKnown(Rn<?> file, PutCondition condition) {
        if ((condition instanceof PutCondition.Absent && !capabilities.has(Conditional.IF_ABSENT))
                || (condition instanceof PutCondition.Version && !capabilities.has(Conditional.IF_VERSION))
                || (condition instanceof PutCondition.Newer && !capabilities.has(Conditional.IF_NEWER))) {
            throw new DepotException(
                    name, file, file + " was not stored: this depot keeps no conditions", Outcome.NOT_APPLIED, null);
        }
    }

    private void require(
            Rn<?> file, PutCondition condition, MemoryFiles.@Nullable Stored there, Map<String, String> attributes) {
        if (condition instanceof PutCondition.Absent && there != null) {
            throw new FileExistsException(name, file, file + " is in the depot \"" + name + "\" already", null);
        }
        if (condition instanceof PutCondition.Version expected
                && (there == null || !Long.toString(there.version()).equals(expected.version()))) {
            throw new FileChangedException(
                    name, file, file + " in the depot \"" + name + "\" is not as it was when it was looked at", null);
        }
        if (condition instanceof PutCondition.Newer newer
                && there != null
                && !newer.replaces(stat(file, there), attributes)) {
            throw new FileChangedException(
                    name, file, file + " in the depot \"" + name + "\" is newer than what was to be stored", null);
        }
    }

    @Override
    public FileContent get(Rn<?> file) {
        requireNonNull(file, "file");
        MemoryFiles.Stored stored = stored(file);
        FileStat stat = stat(file, stored);
        return new FileContent(
                stat, new Open(Digesting.verifying(new ByteArrayInputStream(stored.bytes()), stat, name)));
    }

    @Override
    public FileContent get(Rn<?> file, ByteRange range) {
        requireNonNull(file, "file");
        requireNonNull(range, "range");
        MemoryFiles.Stored stored = stored(file);
        int size = stored.bytes().length;
        int from = (int) Math.min(range.from(), size);
        return new FileContent(
                stat(file, stored), new Open(new ByteArrayInputStream(stored.bytes(), from, (int) range.within(size))));
    }

    private MemoryFiles.Stored stored(Rn<?> file) {
        check(file);
        MemoryFiles.Stored stored = files.get(file);
        if (stored == null) {
            throw new MissingFileException(name, file, file + " is not in the depot \"" + name + "\"", null);
        }
        return stored;
    }

    @Override
    public Optional<FileStat> stat(Rn<?> file) {
        requireNonNull(file, "file");
        check(file);
        return Optional.ofNullable(files.get(file)).map(stored -> stat(file, stored));
    }

    private static FileStat stat(Rn<?> file, MemoryFiles.Stored stored) {
        return new FileStat(
                file,
                stored.bytes().length,
                stored.modified(),
                Long.toString(stored.version()),
                Optional.of(stored.sha256()),
                stored.contentType(),
                stored.attributes());
    }

    @Override
    public Stream<FileEntry> list(Rn<?> prefix, Consumer<SkippedName> skipped) {
        requireNonNull(prefix, "prefix");
        requireNonNull(skipped, "skipped");
        requireOpen();
        FileNames.requirePrefix(prefix, name);
        String beginning = prefix.toString().substring(0, prefix.toString().length() - 1);
        return Stream.iterate(
                        files.after(beginning, beginning),
                        entry -> entry != null,
                        entry -> files.after(entry.getKey(), beginning))
                .map(OpenMemoryDepot::entry)
                .onClose(() -> {});
    }

    private static FileEntry entry(Map.Entry<String, MemoryFiles.Stored> entry) {
        return new FileEntry(
                Rn.parse(entry.getKey()),
                entry.getValue().bytes().length,
                entry.getValue().modified());
    }

    @Override
    public Stream<String> folders(Rn<?> prefix) {
        requireNonNull(prefix, "prefix");
        int depth = prefix.depotParts().size() - 1;
        Set<String> folders = new LinkedHashSet<>();
        try (Stream<FileEntry> below = list(prefix)) {
            below.forEach(entry -> {
                if (entry.rn().depotParts().size() > depth + 1) {
                    folders.add(entry.rn().depotParts().get(depth));
                }
            });
        }
        return folders.stream();
    }

    @Override
    public FileStat copy(Rn<?> from, Rn<?> to) {
        requireNonNull(from, "from");
        requireNonNull(to, "to");
        check(to);
        try (FileContent content = get(from)) {
            return put(to, content.stream(), PutOptions.like(content.stat()));
        }
    }

    @Override
    public FileStat move(Rn<?> from, Rn<?> to) {
        requireNonNull(from, "from");
        requireNonNull(to, "to");
        check(to);
        MemoryFiles.Stored stored = stored(from);
        files.change(to, there -> stored);
        if (!from.equals(to)) {
            files.remove(from);
        }
        return stat(to, stored);
    }

    @Override
    public boolean moveIfNewer(Rn<?> from, Rn<?> to, PutCondition.Newer newer) {
        requireNonNull(from, "from");
        requireNonNull(to, "to");
        requireNonNull(newer, "newer");
        if (!capabilities.has(Conditional.IF_NEWER)) {
            return Depot.super.moveIfNewer(from, to, newer);
        }
        check(to);
        MemoryFiles.Stored moved = stored(from);
        boolean[] kept = new boolean[1];
        files.change(to, there -> {
            kept[0] = there != null && !newer.replaces(stat(to, there), moved.attributes());
            return kept[0] ? there : moved;
        });
        if (!from.equals(to)) {
            files.remove(from);
        }
        return !kept[0];
    }

    @Override
    public void requireStorable(Rn<?> file) {
        requireNonNull(file, "file");
        check(file);
    }

    @Override
    public boolean delete(Rn<?> file) {
        requireNonNull(file, "file");
        check(file);
        return files.remove(file) != null;
    }

    private void check(Rn<?> file) {
        requireOpen();
        FileNames.requireFile(file, name);
    }

    private void requireOpen() {
        if (closed) {
            throw new ClosedException("The depot \"" + name + "\" is closed, with its pool; open a new one");
        }
    }

    @Override
    public void close() {
        closed = true;
    }

    /** A stream that ends with its depot. */
    private final class Open extends FilterInputStream {
        Open(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws java.io.IOException {
            requireOpen();
            return in.read();
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws java.io.IOException {
            requireOpen();
            return in.read(buffer, offset, length);
        }
    }
}
