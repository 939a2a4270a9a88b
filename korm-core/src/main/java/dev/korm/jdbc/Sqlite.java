package dev.korm.jdbc;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.jdbc.sqlite.SqliteConnector;
import dev.korm.jdbc.sqlite.SqliteErrors;
import dev.korm.jdbc.sqlite.SqliteLayer;
import dev.korm.jdbc.sqlite.SqliteSettings;
import dev.korm.spi.Layer;
import dev.korm.spi.LayerDescription;
import dev.korm.spi.LayerSource;
import dev.korm.spi.environment.Environment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A layer in an SQLite database: a file, or memory. Nothing needs to be installed.
 *
 * <pre>{@code
 * Layer cars = Sqlite.file("cars.sqlite").busyTimeout(Duration.ofSeconds(10)).open("cardb", Environment.system());
 * }</pre>
 *
 * <p>The file is kept in write-ahead mode: readers do not wait for writers, nor writers for readers. Changes made by many
 * threads at once share one sync of the disk. Other programs may use the file at the same time, on the same machine.
 *
 * <p>Immutable: every method answers a copy with one setting changed.
 */
public final class Sqlite implements LayerSource {
    private static final int LEAST_READERS = 4;

    private static final String MEMORY = ":memory:";

    private final Optional<Path> file;
    private final String spelling;
    private final boolean readOnly;
    private final Durability durability;
    private final Duration busyTimeout;
    private final int readers;
    private final Duration readerTimeout;
    private final OptionalLong maximumSize;

    private Sqlite(
            Optional<Path> file,
            String spelling,
            boolean readOnly,
            Durability durability,
            Duration busyTimeout,
            int readers,
            Duration readerTimeout,
            OptionalLong maximumSize) {
        this.file = file;
        this.spelling = spelling;
        this.readOnly = readOnly;
        this.durability = durability;
        this.busyTimeout = busyTimeout;
        this.readers = readers;
        this.readerTimeout = readerTimeout;
        this.maximumSize = maximumSize;
    }

    /** The failures that an acknowledged change survives. */
    public enum Durability {
        /** A crash of the program, of the system, and a power cut: every commit is synced to the disk. */
        FULL,
        /** A crash of the program. A power cut may take the last changes, and leaves the database whole. */
        NORMAL
    }

    /** Returns a database file, by its path; it is made when there is none, its folder is not. */
    public static Sqlite file(String path) {
        requireNonNull(path, "path");
        return standard(Optional.of(Path.of(path)), path);
    }

    /** Returns a database file; it is made when there is none, its folder is not. */
    public static Sqlite file(Path path) {
        requireNonNull(path, "path");
        return standard(Optional.of(path), path.toString());
    }

    /**
     * Returns a database in memory, gone when its layer is closed; each opening makes another. It has one connection,
     * so reads wait for changes, also for a transaction that is kept open, and their rows are held in memory whole.
     */
    public static Sqlite memory() {
        return standard(Optional.empty(), MEMORY);
    }

    private static Sqlite standard(Optional<Path> file, String spelling) {
        if (file.isPresent() && spelling.equals(MEMORY)) {
            throw new IllegalArgumentException("A database in memory is Sqlite.memory(), not a file " + MEMORY);
        }
        return new Sqlite(
                file,
                spelling,
                false,
                Durability.FULL,
                Duration.ofSeconds(5),
                Math.max(LEAST_READERS, 2 * Runtime.getRuntime().availableProcessors()),
                Duration.ofSeconds(30),
                OptionalLong.empty());
    }

    /** Takes no changes; the file has to be there. Default: takes changes. Not for memory. */
    public Sqlite readOnly() {
        if (file.isEmpty()) {
            throw new IllegalArgumentException("A database in memory begins empty, so it cannot be read-only");
        }
        return new Sqlite(file, spelling, true, durability, busyTimeout, readers, readerTimeout, maximumSize);
    }

    /** Sets which failures an acknowledged change survives. Default: {@link Durability#FULL}. */
    public Sqlite durability(Durability newDurability) {
        requireNonNull(newDurability, "newDurability");
        return new Sqlite(file, spelling, readOnly, newDurability, busyTimeout, readers, readerTimeout, maximumSize);
    }

    /**
     * Sets how long a change waits for its turn among this program's changes, and then for a lock that another program
     * holds, before it fails with {@link dev.korm.StoreBusyException}. Default: 5 seconds.
     */
    public Sqlite busyTimeout(Duration timeout) {
        requireNonNull(timeout, "timeout");
        return new Sqlite(
                file,
                spelling,
                readOnly,
                durability,
                positive("busyTimeout", timeout),
                readers,
                readerTimeout,
                maximumSize);
    }

    /**
     * Sets how many connections read at once; each open stream holds one. Default: twice the processors, at least 4.
     */
    public Sqlite readers(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("readers must be 1 or more");
        }
        return new Sqlite(file, spelling, readOnly, durability, busyTimeout, count, readerTimeout, maximumSize);
    }

    /**
     * Sets how long a read waits while all reading connections are in use, before it fails with {@link
     * dev.korm.StoreBusyException}. Default: 30 seconds.
     */
    public Sqlite readerTimeout(Duration timeout) {
        requireNonNull(timeout, "timeout");
        return new Sqlite(
                file,
                spelling,
                readOnly,
                durability,
                busyTimeout,
                readers,
                positive("readerTimeout", timeout),
                maximumSize);
    }

    /**
     * Sets the maximal size of the database in bytes, rounded down to whole pages; a change that does not fit fails
     * with {@link dev.korm.StoreFullException}. Default: no limit but the disk's.
     */
    public Sqlite maximumSize(long bytes) {
        if (bytes < 1) {
            throw new IllegalArgumentException("maximumSize must be 1 byte or more");
        }
        return new Sqlite(
                file, spelling, readOnly, durability, busyTimeout, readers, readerTimeout, OptionalLong.of(bytes));
    }

    private static Duration positive(String setting, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(setting + " must be longer than zero");
        }
        return value;
    }

    @Override
    public Layer open(String name, Environment environment) {
        requireNonNull(name, "name");
        requireNonNull(environment, "environment");
        SqliteErrors errors =
                new SqliteErrors(name, file.map(path -> "file " + path).orElse("in memory"));
        SqliteSettings settings =
                new SqliteSettings(readOnly, durability.name(), busyTimeout, readers, readerTimeout, maximumSize);
        return new SqliteLayer(name, file, settings, new SqliteConnector(file, settings, errors, environment), errors);
    }

    /** Returns the path as it was spelt; settings are nobody's identity. */
    @Override
    public LayerDescription description() {
        LayerDescription file = new LayerDescription("sqlite", new LayerDescription.Path(spelling));
        return durability == Durability.FULL ? file : file.with("durability", durability.name());
    }

    /** Returns the file and settings, for messages. */
    @Override
    public String toString() {
        return "SQLite " + file.map(Path::toString).orElse("in memory") + (readOnly ? ", read-only" : "");
    }
}
