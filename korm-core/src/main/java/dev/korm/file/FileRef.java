package dev.korm.file;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.QueryException;
import dev.korm.Rn;
import dev.korm.RnException;
import dev.korm.depot.CorruptFileException;
import dev.korm.depot.FileContentException;
import dev.korm.depot.MissingFileException;
import dev.korm.spi.depot.ByteRange;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.FileContent;
import dev.korm.spi.depot.FileStat;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A file of a depot as a value: in a field of a record, in lists, maps and nested records, and in documents. The row holds its RN.
 *
 * <pre>{@code
 * record Car(String make, FileRef invoice) {}
 *
 * FileRef invoice = FileRef.of("files", "invoices/fred", Path.of("invoice.pdf"));   // floating: nothing is stored yet
 * Item<Car> car = Korm.item(Car.class, pool).fromData("cars", "suv", new Car("Citroen", invoice)).create();
 *
 * Car read = Korm.item(Car.class, pool).fromRn(car.rn()).resolvePaths("invoice").get().data();
 * read.invoice().saveTo(Path.of("copy.pdf"));
 * car.set(Car::invoice, read.invoice().edit(bytes)).commit();                       // another content, the same name
 * }</pre>
 *
 * <p>It is <em>floating</em> while its content is not stored; then it names a file, and is <em>resolved</em> when it can also be
 * read. A floating file is stored with the item that has it, or not at all.
 *
 * <p>Immutable, safe for many threads. Equal to another when both name one file and have no other content to store.
 */
public final class FileRef {
    private final Rn<?> rn;
    private final @Nullable Content content;
    private final Optional<String> contentType;
    private final Progress progress;
    private final @Nullable Depot depot;
    private volatile @Nullable FileStat known;

    private FileRef(
            Rn<?> rn,
            @Nullable Content content,
            Optional<String> contentType,
            Progress progress,
            @Nullable Depot depot,
            @Nullable FileStat known) {
        this.rn = rn;
        this.content = content;
        this.contentType = contentType;
        this.progress = progress;
        this.depot = depot;
        this.known = known;
    }

    /** The content of a file that is to be stored. */
    @FunctionalInterface
    public interface Content {
        /**
         * Returns the bytes from the first on. The caller closes it.
         *
         * @throws FileContentException when they cannot be read, or no more
         */
        InputStream open();
    }

    /**
     * Returns a file that is there, or will be.
     *
     * @throws RnException when the RN names no single file
     */
    public static FileRef to(Rn<?> rn) {
        requireNonNull(rn, "rn");
        if (rn.form() != Rn.Form.FILE) {
            throw new RnException(
                    "A file's RN is [rn][depot::name]:folder:file; this RN is something else",
                    rn.toString().length());
        }
        return new FileRef(rn, null, Optional.empty(), Progress.NONE, null, null);
    }

    /** Returns a file that is there, or will be, by its RN's text. */
    public static FileRef to(String rn) {
        return to(Rn.parse(rn));
    }

    /**
     * New bytes.
     *
     * @param depot the name of the depot
     * @param path the folders and the file's name, with slashes between them
     */
    public static FileRef of(String depot, String path, byte[] bytes) {
        requireNonNull(depot, "depot");
        requireNonNull(path, "path");
        requireNonNull(bytes, "bytes");
        return floating(depot, path, bytes(bytes), Optional.empty());
    }

    /** Returns the content of a file of the machine's, read when it is stored; its type is guessed from its name. */
    public static FileRef of(String depot, String path, Path source) {
        requireNonNull(depot, "depot");
        requireNonNull(path, "path");
        requireNonNull(source, "source");
        return floating(depot, path, path(source), typeOf(source));
    }

    /** Returns a stream, which is read once: where storing fails, it is used up. It is not closed. */
    public static FileRef of(String depot, String path, InputStream once) {
        requireNonNull(depot, "depot");
        requireNonNull(path, "path");
        requireNonNull(once, "once");
        return floating(depot, path, once(once), Optional.empty());
    }

    /** Streams of one content, of which a new one is opened, and closed, each time it is stored. */
    public static FileRef of(String depot, String path, Supplier<? extends InputStream> source) {
        requireNonNull(depot, "depot");
        requireNonNull(path, "path");
        requireNonNull(source, "source");
        return floating(depot, path, source::get, Optional.empty());
    }

    private static FileRef floating(String depot, String path, Content content, Optional<String> type) {
        return new FileRef(Rn.file(depot, path.split("/", -1)), content, type, Progress.NONE, null, null);
    }

    private static Content bytes(byte[] bytes) {
        byte[] own = bytes.clone();
        return () -> new ByteArrayInputStream(own);
    }

    private static Content path(Path source) {
        return () -> {
            try {
                return Files.newInputStream(source);
            } catch (IOException unread) {
                throw new FileContentException("The file " + source + " cannot be read, so it was not stored", unread);
            }
        };
    }

    private static Content once(InputStream stream) {
        AtomicBoolean used = new AtomicBoolean();
        return () -> {
            if (!used.compareAndSet(false, true)) {
                throw new FileContentException(
                        "The stream of a file has already been read, so it cannot be stored again; pass bytes, a Path or a"
                                + " Supplier if a change may be repeated",
                        null);
            }
            return new BufferedInputStream(stream) {
                @Override
                public void close() {
                    // The giver opened it.
                }
            };
        };
    }

    private static Optional<String> typeOf(Path source) {
        Path name = source.getFileName();
        return name == null
                ? Optional.empty()
                : Optional.ofNullable(URLConnection.guessContentTypeFromName(name.toString()));
    }

    /** Returns an edit with other content for the same name. */
    public FileRef edit(byte[] bytes) {
        requireNonNull(bytes, "bytes");
        return edited(bytes(bytes), contentType);
    }

    /** Returns an edit with other content for the same name. */
    public FileRef edit(Path source) {
        requireNonNull(source, "source");
        return edited(path(source), typeOf(source));
    }

    /** Returns an edit with other content for the same name, read once. */
    public FileRef edit(InputStream once) {
        requireNonNull(once, "once");
        return edited(once(once), contentType);
    }

    /** Returns an edit with other content for the same name. */
    public FileRef edit(Supplier<? extends InputStream> source) {
        requireNonNull(source, "source");
        return edited(source::get, contentType);
    }

    private FileRef edited(Content other, Optional<String> type) {
        return new FileRef(rn, other, type, progress, null, null);
    }

    /**
     * Returns the same floating file with a media type, such as {@code application/pdf}.
     *
     * @throws QueryException when it is stored: then its content must be given again, by {@code edit}
     */
    public FileRef withContentType(String type) {
        requireNonNull(type, "type");
        if (content == null) {
            throw new QueryException("The type of " + rn + " is stored with its content; give that again by edit(…)");
        }
        return new FileRef(rn, content, Optional.of(type), progress, null, null);
    }

    /** Returns the same file, whose progress is told in bytes when it is stored or read. */
    public FileRef withProgress(Progress listener) {
        requireNonNull(listener, "listener");
        return new FileRef(rn, content, contentType, listener, depot, known);
    }

    /** Returns its RN. */
    public Rn<?> rn() {
        return rn;
    }

    /** Returns whether it has a content that is not stored. */
    public boolean isFloating() {
        return content != null;
    }

    /** Returns whether it can be read: it was resolved by a query, or came from a pool. */
    public boolean isResolved() {
        return depot != null;
    }

    /** Returns the content that is to be stored; empty when it is. */
    public Optional<Content> content() {
        return Optional.ofNullable(content);
    }

    /** Returns the listener for its progress. */
    public Progress progress() {
        return progress;
    }

    /** Returns the type that was given for a floating file; of one that is stored, {@link #contentType} tells. */
    public Optional<String> givenType() {
        return contentType;
    }

    /** Returns the file that is stored under its name, to be read from a depot. */
    public FileRef in(Depot opened) {
        requireNonNull(opened, "opened");
        return new FileRef(rn, null, Optional.empty(), progress, opened, null);
    }

    /** Returns the file that is stored under its name, of which something is known. */
    public FileRef in(Depot opened, FileStat stat) {
        requireNonNull(opened, "opened");
        requireNonNull(stat, "stat");
        return new FileRef(rn, null, Optional.empty(), progress, opened, stat);
    }

    private Depot depot() {
        if (depot != null) {
            return depot;
        }
        throw new QueryException(
                content != null
                        ? rn + " is not stored yet; create or commit the item that has it, or store it by pool.files()"
                        : rn + " is not resolved. Name the path to it in resolvePaths(…) of the query, or read it with"
                                + " pool.file(…)");
    }

    /**
     * Reads its text, in UTF-8.
     *
     * @throws QueryException when it is not resolved
     * @throws MissingFileException when there is no such file
     * @throws CorruptFileException when it is not what was stored
     */
    public String text() {
        return new String(bytes(), StandardCharsets.UTF_8);
    }

    /** Reads all its bytes, as {@link #text} does. */
    public byte[] bytes() {
        try (InputStream in = stream()) {
            return in.readAllBytes();
        } catch (IOException never) {
            throw new UncheckedIOException("A depot's stream throws typed exceptions", never);
        }
    }

    /**
     * Returns its bytes as they are read, as {@link #text} does; in place of the end, an exception when they are not
     * what was stored. Close it.
     */
    public InputStream stream() {
        FileContent opened = depot().get(rn);
        known = opened.stat();
        return progress == Progress.NONE
                ? opened.stream()
                : new ProgressContentStream(opened.stream(), opened.stat().size(), progress);
    }

    /** Returns a part of it, as much of it as there is, without a check of the whole. Close it. */
    public InputStream stream(long from, long length) {
        return depot().get(rn, new ByteRange(from, length)).stream();
    }

    /** Writes it to a file of the machine's, in place of one that is there, whole or not at all. */
    public void saveTo(Path target) {
        requireNonNull(target, "target");
        Path beside = target.resolveSibling(target.getFileName() + ".part");
        try (InputStream in = stream()) {
            try (OutputStream out = Files.newOutputStream(beside)) {
                in.transferTo(out);
            }
            Files.move(beside, target, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException failed) {
            throw new FileContentException(rn + " was not saved: " + target + " cannot be written", failed);
        } finally {
            try {
                Files.deleteIfExists(beside);
            } catch (IOException leftBehind) {
                // What is thrown already says what went wrong.
                beside.toFile().deleteOnExit();
            }
        }
    }

    /** Returns its metadata, read once. */
    private FileStat stat() {
        FileStat stat = known;
        if (stat == null) {
            stat = depot().stat(rn)
                    .orElseThrow(() -> new MissingFileException(
                            rn.depot().orElse(""),
                            rn,
                            rn + " is not in its depot; restore it, or correct the item that refers to it",
                            null));
            known = stat;
        }
        return stat;
    }

    /** Returns its size in bytes, when it was first looked at. */
    public long size() {
        return stat().size();
    }

    /** Returns its media type, when it was first looked at; empty when none was given. */
    public Optional<String> contentType() {
        return stat().contentType();
    }

    /**
     * Returns the SHA-256 that was recorded when it was stored, 64 hex digits; empty for files that another program
     * stored.
     */
    public Optional<String> sha256() {
        return stat().sha256();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof FileRef file && file.rn.equals(rn) && Objects.equals(file.content, content);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(new Object[] {rn, content});
    }

    /** Returns the RN's text. */
    @Override
    public String toString() {
        return rn.toString();
    }
}
