package dev.korm.depots.sealed;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.Rn;
import dev.korm.StoreException.Outcome;
import dev.korm.depot.CorruptFileException;
import dev.korm.depot.DepotUnavailableException;
import dev.korm.depots.support.LimitedStream;
import dev.korm.key.KeyRing;
import dev.korm.key.MissingKeyException;
import dev.korm.spi.depot.ByteRange;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.DepotCapabilities;
import dev.korm.spi.depot.DepotCapabilities.Moving;
import dev.korm.spi.depot.Digesting;
import dev.korm.spi.depot.FileContent;
import dev.korm.spi.depot.FileEntry;
import dev.korm.spi.depot.FileStat;
import dev.korm.spi.depot.PutOptions;
import dev.korm.spi.depot.SkippedName;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/** A depot whose files are sealed. Safe for many threads. */
final class OpenSealedDepot implements Depot {
    private static final String SEALED = "application/octet-stream";
    /** How often a file is looked at that others replace each time. */
    private static final int ATTEMPTS = 1000;

    private final Depot inner;
    private final KeyRing ring;
    private final RandomGenerator random;

    OpenSealedDepot(Depot inner, KeyRing ring, RandomGenerator random) {
        this.inner = inner;
        this.ring = ring;
        this.random = random;
    }

    @Override
    public String name() {
        return inner.name();
    }

    @Override
    public DepotCapabilities capabilities() {
        return new DepotCapabilities(inner.capabilities().conditions(), Moving.COPY);
    }

    @Override
    public FileStat put(Rn<?> file, InputStream content, PutOptions options) {
        requireNonNull(file, "file");
        requireNonNull(content, "content");
        requireNonNull(options, "options");
        SealingStream sealing = new SealingStream(create(file), Digesting.source(content, file), options);
        OptionalLong size = options.size().isPresent()
                ? OptionalLong.of(SealedFormat.sealedSize(options.size().getAsLong()))
                : OptionalLong.empty();
        FileStat stored = inner.put(
                file,
                sealing,
                new PutOptions(
                        Optional.of(options.contentType().orElse(SEALED)),
                        options.attributes(),
                        options.condition(),
                        size,
                        Optional.empty()));
        return clear(stored, Optional.of(sealing.sha256()));
    }

    private SealedFormat create(Rn<?> file) {
        try (SealingKey key = SealingKey.of(ring, ring.currentId())) {
            return SealedFormat.create(file, key, random);
        }
    }

    private FileStat clear(FileStat sealed, Optional<String> sha256) {
        long size = SealedFormat.clearSize(sealed.size());
        if (size < 0) {
            throw damaged(sealed.rn());
        }
        return new FileStat(
                sealed.rn(),
                size,
                sealed.modified(),
                sealed.version(),
                sha256,
                sealed.contentType(),
                sealed.attributes());
    }

    private CorruptFileException damaged(Rn<?> file) {
        return new CorruptFileException(
                name(),
                file,
                file + " in the depot \"" + name()
                        + "\" does not open: it is not a sealed file, or was damaged, truncated, or sealed under another name. Restore it",
                null);
    }

    /** A signal that the file was replaced while it was looked at in parts. */
    private static final class ReplacedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        ReplacedException() {
            super("The file was replaced while it was read", null, false, false);
        }
    }

    /** Asks until all parts of the answer are of one file. */
    private <R> R whole(Rn<?> file, Supplier<R> ask) {
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            try {
                return ask.get();
            } catch (ReplacedException replaced) {
                // The next answer is of the file that took its place.
            }
        }
        throw new DepotUnavailableException(
                name(),
                file,
                file + " in the depot \"" + name() + "\" was not read: others replaced it each time it was looked at."
                        + " Try again",
                Outcome.NOT_APPLIED,
                null);
    }

    private static void requireSame(FileStat one, FileStat other) {
        if (!one.version().equals(other.version())) {
            throw new ReplacedException();
        }
    }

    @Override
    public FileContent get(Rn<?> file) {
        requireNonNull(file, "file");
        return whole(file, () -> open(file));
    }

    private FileContent open(Rn<?> file) {
        FileContent sealed = inner.get(file);
        try {
            byte[] header = sealed.stream().readNBytes(SealedFormat.HEADER);
            SealedFormat format = format(file, header);
            FileStat stat = clear(sealed.stat(), checksum(file, format, sealed.stat()));
            return new FileContent(
                    stat,
                    new OpeningStream(
                            sealed.stream(),
                            format,
                            0,
                            stat.size(),
                            OpeningStream.Ending.TRAILER,
                            () -> damaged(file)));
        } catch (IOException never) {
            sealed.close();
            throw new UncheckedIOException("A depot's stream throws typed exceptions", never);
        } catch (RuntimeException | Error failed) {
            sealed.close();
            throw failed;
        }
    }

    private SealedFormat format(Rn<?> file, byte[] header) {
        String id = SealedFormat.keyId(header).orElseThrow(() -> damaged(file));
        try (SealingKey key = SealingKey.of(ring, id)) {
            return SealedFormat.open(header, file, key);
        } catch (MissingKeyException missing) {
            throw new MissingKeyException(
                    file + " in the depot \"" + name() + "\" does not open: it was sealed with the key \"" + id
                            + "\", which the key ring does not have. Put that key back into the ring, beside the current"
                            + " one",
                    missing);
        }
    }

    /** Returns the checksum of the clear bytes, which lies at the end. */
    private Optional<String> checksum(Rn<?> file, SealedFormat format, FileStat sealed) {
        if (SealedFormat.clearSize(sealed.size()) < 0) {
            throw damaged(file);
        }
        byte[] trailer = bytes(sealed, new ByteRange(sealed.size() - SealedFormat.TRAILER, SealedFormat.TRAILER));
        return Optional.of(HexFormat.of().formatHex(format.openTrailer(trailer).orElseThrow(() -> damaged(file))));
    }

    private byte[] bytes(FileStat sealed, ByteRange range) {
        try (FileContent part = inner.get(sealed.rn(), range)) {
            requireSame(sealed, part.stat());
            return part.stream().readAllBytes();
        } catch (IOException never) {
            throw new UncheckedIOException("A depot's stream throws typed exceptions", never);
        }
    }

    @Override
    public FileContent get(Rn<?> file, ByteRange range) {
        requireNonNull(file, "file");
        requireNonNull(range, "range");
        return whole(file, () -> open(file, range));
    }

    private FileContent open(Rn<?> file, ByteRange range) {
        FileStat sealed;
        byte[] header;
        try (FileContent beginning = inner.get(file, new ByteRange(0, SealedFormat.HEADER))) {
            sealed = beginning.stat();
            header = beginning.stream().readAllBytes();
        } catch (IOException never) {
            throw new UncheckedIOException("A depot's stream throws typed exceptions", never);
        }
        SealedFormat format = format(file, header);
        FileStat stat = clear(sealed, Optional.empty());
        long length = range.within(stat.size());
        if (length == 0) {
            return new FileContent(stat, InputStream.nullInputStream());
        }
        long piece = range.from() / SealedFormat.PIECE;
        long after = (range.from() + length - 1) / SealedFormat.PIECE + 1;
        long from = SealedFormat.position(piece);
        FileContent pieces =
                inner.get(file, new ByteRange(from, Math.min(SealedFormat.position(after), sealed.size()) - from));
        InputStream clear = new OpeningStream(
                pieces.stream(), format, piece, stat.size(), OpeningStream.Ending.OPEN, () -> damaged(file));
        try {
            requireSame(sealed, pieces.stat());
            clear.skipNBytes(range.from() - piece * SealedFormat.PIECE);
            return new FileContent(stat, new LimitedStream(clear, length));
        } catch (IOException never) {
            pieces.close();
            throw new UncheckedIOException("A depot's stream throws typed exceptions", never);
        } catch (RuntimeException | Error failed) {
            pieces.close();
            throw failed;
        }
    }

    @Override
    public Optional<FileStat> stat(Rn<?> file) {
        requireNonNull(file, "file");
        return whole(file, () -> inner.stat(file)
                .map(stat -> clear(
                        stat, checksum(file, format(file, bytes(stat, new ByteRange(0, SealedFormat.HEADER))), stat))));
    }

    @Override
    public Stream<FileEntry> list(Rn<?> prefix, Consumer<SkippedName> skipped) {
        requireNonNull(prefix, "prefix");
        requireNonNull(skipped, "skipped");
        return inner.list(prefix, skipped).mapMulti((entry, found) -> {
            long size = SealedFormat.clearSize(entry.size());
            if (size < 0) {
                skipped.accept(new SkippedName(entry.rn().toString(), "it is not a sealed file"));
            } else {
                found.accept(new FileEntry(entry.rn(), size, entry.modified()));
            }
        });
    }

    @Override
    public Stream<String> folders(Rn<?> prefix) {
        requireNonNull(prefix, "prefix");
        return inner.folders(prefix);
    }

    @Override
    public FileStat copy(Rn<?> from, Rn<?> to) {
        requireNonNull(from, "from");
        requireNonNull(to, "to");
        try (FileContent content = get(from)) {
            return put(to, content.stream(), PutOptions.like(content.stat()));
        }
    }

    @Override
    public FileStat move(Rn<?> from, Rn<?> to) {
        requireNonNull(from, "from");
        requireNonNull(to, "to");
        FileStat moved = copy(from, to);
        if (!from.equals(to)) {
            delete(from);
        }
        return moved;
    }

    @Override
    public void requireStorable(Rn<?> file) {
        requireNonNull(file, "file");
        inner.requireStorable(file);
    }

    @Override
    public boolean delete(Rn<?> file) {
        requireNonNull(file, "file");
        return inner.delete(file);
    }

    @Override
    public void close() {
        inner.close();
    }

    @Override
    public String toString() {
        return "SealedDepot[" + inner + "]";
    }
}
