package dev.korm.spi.depot;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.Rn;
import dev.korm.depot.FileChangedException;
import dev.korm.depot.MissingFileException;
import java.io.InputStream;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A named store of files. Safe for many threads; each file is whole or absent at every moment, whoever writes it and whatever
 * breaks. Blocks, and needs memory for a buffer, never for a file.
 *
 * <p>Files are known by RNs of the form {@code [rn][depot::NAME]:folder:file}. What a depot cannot name it refuses with a
 * {@link dev.korm.depot.FileNameException}, in every call, and passes over when it lists. What fails, fails with a {@link
 * dev.korm.depot.DepotException} that names the file and says whether anything may have happened. A thread that is interrupted gets a
 * {@link dev.korm.OperationInterruptedException} as soon as a call would wait, and keeps its flag. Null is
 * refused in every call, before anything else, with a {@link dev.korm.argument.NullArgumentException} that names the argument.
 *
 * <p>The first part {@value #OWN} of a name belongs to the depot itself: such files can be neither stored nor read nor listed.
 */
public interface Depot extends AutoCloseable {
    /** The first part of the names under which a depot keeps what it needs for itself. */
    String OWN = "__korm_depot__";

    /** Returns the name that the {@code depot} mod of an RN uses. */
    String name();

    DepotCapabilities capabilities();

    /**
     * Stores a file, durably, in place of one of that name: when it returns, the file survives a power cut; when it throws,
     * the old one is there.
     *
     * @param content is read to its end and not closed
     * @throws dev.korm.depot.FileContentException when the content cannot be read, or is not what the options say it is
     * @throws dev.korm.depot.FileExistsException see {@link PutCondition.Absent}
     * @throws dev.korm.depot.FileChangedException see {@link PutCondition.Version} and {@link PutCondition.Newer}
     */
    FileStat put(Rn<?> file, InputStream content, PutOptions options);

    /**
     * Returns a whole file. Reading it to the end checks it against its recorded checksum.
     *
     * @throws dev.korm.depot.MissingFileException when there is none
     * @throws dev.korm.depot.CorruptFileException also from the stream's {@code read}, in place of the file's end
     */
    FileContent get(Rn<?> file);

    /**
     * Returns a part of a file: as much of the range as there is. Only that much is read, so the checksum of the whole
     * is not checked.
     *
     * @throws dev.korm.depot.MissingFileException when there is none
     */
    FileContent get(Rn<?> file, ByteRange range);

    /** Returns the metadata of a file without reading it; empty when there is no such file. */
    Optional<FileStat> stat(Rn<?> file);

    /**
     * Returns the files below a prefix, in no particular order, as they are found: however many there are, only a page
     * of them is in memory. Close the stream.
     *
     * @param skipped is told of everything below the prefix that is no file an RN could name
     */
    Stream<FileEntry> list(Rn<?> prefix, Consumer<SkippedName> skipped);

    /** Returns the files below a prefix, without what cannot be named. */
    default Stream<FileEntry> list(Rn<?> prefix) {
        requireNonNull(prefix, "prefix");
        return list(prefix, skipped -> {});
    }

    /** Returns the names of the folders directly below a prefix. Close the stream. */
    Stream<String> folders(Rn<?> prefix);

    /**
     * Stores a file's content, type and attributes under another name of this depot, in place of what is there, without
     * sending the bytes around where the store can do that.
     *
     * @throws dev.korm.depot.MissingFileException when there is none
     * @throws dev.korm.depot.CorruptFileException when the bytes were looked at and are not those that were stored
     */
    FileStat copy(Rn<?> from, Rn<?> to);

    /** Copies a file and deletes the original; in between, both are there. Where the store can rename, it does. */
    default FileStat move(Rn<?> from, Rn<?> to) {
        requireNonNull(from, "from");
        requireNonNull(to, "to");
        FileStat moved = copy(from, to);
        delete(from);
        return moved;
    }

    /**
     * Moves a file that was stored under a name of its own to the name that it is for, unless what is there came later; then the
     * file is deleted, and what is there stays. Of many that move files of one series to one name, the one with the highest number
     * is there in the end, whenever each of them comes: where {@link DepotCapabilities.Conditional#IF_NEWER} is kept, no late step
     * of any program replaces newer bytes. Elsewhere the depot looks first, and others can come in between.
     *
     * <p>When it fails, the file is where it was, or at its name, or at both; the call can be made again.
     *
     * @return whether the file is at its name now; false when a later one is
     * @throws dev.korm.depot.MissingFileException when there is none to be moved
     */
    default boolean moveIfNewer(Rn<?> from, Rn<?> to, PutCondition.Newer newer) {
        requireNonNull(from, "from");
        requireNonNull(to, "to");
        requireNonNull(newer, "newer");
        if (from.equals(to)) {
            get(from, new ByteRange(0, 0)).close();
            return true;
        }
        if (capabilities().has(DepotCapabilities.Conditional.IF_NEWER)) {
            boolean stored = true;
            try (FileContent content = get(from)) {
                put(to, content.stream(), PutOptions.like(content.stat()).when(newer));
            } catch (FileChangedException later) {
                stored = false;
            }
            delete(from);
            return stored;
        }
        FileStat moved = stat(from)
                .orElseThrow(() -> new MissingFileException(
                        name(),
                        from,
                        from + " is not in the depot \"" + name() + "\"; it was moved or deleted meanwhile",
                        null));
        if (stat(to).filter(there -> !newer.replaces(there, moved.attributes())).isPresent()) {
            delete(from);
            return false;
        }
        move(from, to);
        return true;
    }

    /**
     * Checks that a file could be stored under a name as things are now: asked before anything is stored that names it. Stores
     * nothing, and is cheap.
     *
     * @throws dev.korm.depot.FileNameException when it could not; the same that storing it would throw
     */
    default void requireStorable(Rn<?> file) {
        requireNonNull(file, "file");
        FileNames.requireFile(file, name());
    }

    /**
     * Deletes a file, durably.
     *
     * @return whether it was there
     */
    boolean delete(Rn<?> file);

    /** Links by which others can read and write files directly; empty where the store has none. */
    default Optional<FileLinks> links() {
        return Optional.empty();
    }

    /** Ends it; open streams are ended too. Twice is fine. */
    @Override
    void close();
}
