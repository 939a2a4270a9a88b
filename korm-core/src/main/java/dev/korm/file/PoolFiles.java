package dev.korm.file;

import dev.korm.ConfigurationException;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.depot.FileExistsException;
import dev.korm.depot.MissingFileException;
import dev.korm.spi.depot.FileEntry;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The files of a pool's depots by themselves, without an item that names them. What is stored here stays until it is deleted here:
 * a sweep takes only what items brought along. Safe for many threads.
 *
 * <pre>{@code
 * FileRef note = pool.files().create(FileRef.of("files", "notes/today", bytes));
 * pool.files().store(note.edit(otherBytes));
 * pool.files().delete(note.rn());
 * }</pre>
 */
public interface PoolFiles {
    /** How many files {@link #setAside} returns at the most; a sweep's listener is told of all. */
    int MOST_SET_ASIDE = 1_000;

    /**
     * Stores a floating file where none is.
     *
     * @return the file, resolved
     * @throws FileExistsException when there is one of that name
     * @throws ConfigurationException when the pool has no such depot
     */
    FileRef create(FileRef floating);

    /** Stores a floating file, in place of one of that name. */
    FileRef store(FileRef floating);

    /**
     * Returns a file, resolved.
     *
     * @throws MissingFileException when there is none
     */
    FileRef get(Rn<?> file);

    /** Returns a file, resolved; empty when there is none. */
    Optional<FileRef> find(Rn<?> file);

    /**
     * Deletes a file. Items that name it are not looked for; {@link Pool#sweep} tells which do.
     *
     * @return whether it was there
     */
    boolean delete(Rn<?> file);

    /**
     * Returns the creation of a file as one member of a transaction; see {@link Korm#tx}. Nothing happens before that is persisted; then it is refused when there is a
     * file of that name. Programs that share the depot see each other's files until the change is decided; which of two that create one name at the same moment
     * has its bytes there in the end is not said.
     *
     * @throws ConfigurationException when the pool has no such depot, or the file has no content to store
     */
    FileOperation creation(FileRef floating);

    /**
     * Returns the storing of a file as one member of a transaction, in place of one of that name; see {@link Korm#tx}. Nothing happens before that is persisted.
     *
     * @throws ConfigurationException when the pool has no such depot, or the file has no content to store
     */
    FileOperation storing(FileRef floating);

    /**
     * Returns the deletion of a file as one member of a transaction; see {@link Korm#tx}. Nothing happens before that is persisted. A file that is not there is none to
     * delete, and no error. Items that name it are not looked for.
     *
     * @throws ConfigurationException when the pool has no such depot
     */
    FileOperation deletion(Rn<?> file);

    /**
     * Returns what a file was from one change to the next, the newest first, read a page at a time: the bytes of each version are kept where the journal of the pool says so, as by {@code
     * Wal.at(path).files(FileRecording.RECORD)}. Nothing is held open, so the stream may be left at any point.
     *
     * @throws ConfigurationException when the pool has no such depot
     */
    Stream<FileVersion> history(Rn<?> file);

    /**
     * Returns what the opening of the pool or the latest sweep, whichever came last, found in a depot and could not bring to its
     * place: up to {@value #MOST_SET_ASIDE} of them. A pool opens all the same. Each is tried again by every opening and every sweep.
     */
    List<Sweep.SetAside> setAside();

    /**
     * Returns the names and sizes of the files below a prefix, as they are found. What korm keeps for itself is left
     * out. Close the stream.
     */
    Stream<FileEntry> list(Rn<?> prefix);

    /** Returns the names of the folders directly below a prefix. Close the stream. */
    Stream<String> folders(Rn<?> prefix);
}
