package dev.korm.jdbc.sqlite;

import dev.korm.StoreBusyException;
import dev.korm.StoreCorruptException;
import dev.korm.StoreException;
import dev.korm.StoreException.Outcome;
import dev.korm.StoreFullException;
import dev.korm.StoreReadOnlyException;
import dev.korm.StoreUnavailableException;
import dev.korm.jdbc.session.StoppedException;
import dev.korm.limit.StatementTimeoutException;
import java.nio.file.Path;
import java.sql.SQLException;
import org.sqlite.SQLiteException;

/** Makes SQLite's errors korm's, by result code alone (sqlite.org/rescode.html). One for each layer. */
public final class SqliteErrors {
    static final int ERROR = 1;
    static final int INTERRUPTED = 9;
    static final int PRIMARY_KEY = 1555;
    static final int UNIQUE = 2067;
    static final int ROW_ID = 2579;

    private static final int PERMISSION = 3;
    private static final int BUSY = 5;
    private static final int LOCKED = 6;
    private static final int READ_ONLY = 8;
    private static final int IO = 10;
    private static final int CORRUPT = 11;
    private static final int FULL = 13;
    private static final int CANNOT_OPEN = 14;
    private static final int TOO_BIG = 18;
    static final int NOT_A_DATABASE = 26;
    private static final int READ_ONLY_DIRECTORY = 1544;

    private final String layer;
    private final String place;

    /**
     * @param layer the layer's name
     * @param place the file, as errors name it
     */
    public SqliteErrors(String layer, String place) {
        this.layer = layer;
        this.place = place;
    }

    /** Returns the extended result code. */
    static int code(SQLException error) {
        return error instanceof SQLiteException known ? known.getResultCode().code : error.getErrorCode();
    }

    static boolean isUnopened(SQLException error) {
        return (code(error) & 0xff) == CANNOT_OPEN || code(error) == READ_ONLY_DIRECTORY;
    }

    /** Returns the refusal of a file in a folder that there is not. None is made for it: a disk that is not mounted looks the same. */
    StoreUnavailableException noFolder(String attempted, Path folder, SQLException error) {
        return new StoreUnavailableException(
                layer,
                attempted + " failed on " + where() + ": there is no folder " + folder
                        + ". Correct the path, or make the folder before the pool is opened, by Files.createDirectories(Path.of(\""
                        + folder + "\"))",
                Outcome.NOT_APPLIED,
                error);
    }

    /** Returns the refusal of a file in a folder that takes no files. A database in write-ahead mode has two beside it, while it is read too. */
    StoreReadOnlyException protectedFolder(String attempted, Path folder, SQLException error) {
        return new StoreReadOnlyException(
                layer,
                attempted + " failed on " + where() + ": the folder " + folder
                        + " may not be written to, by its permissions or since its file system is read-only, and SQLite keeps"
                        + " files beside a database, for reading too. Give the program permission to write there, or copy the"
                        + " database to where it has it",
                Outcome.NOT_APPLIED,
                error);
    }

    static boolean isInputOutput(SQLException error) {
        return (code(error) & 0xff) == IO;
    }

    String layer() {
        return layer;
    }

    /** Returns the name of the layer and its file in messages. */
    String where() {
        return "layer " + layer + " (" + place + ")";
    }

    /** Translates an error; {@code attempted} completes the sentence "… failed". */
    StoreException translate(String attempted, SQLException error, Outcome outcome) {
        if (error instanceof StoppedException stopped && stopped.reason() == StoppedException.Reason.TOO_LONG) {
            return new StatementTimeoutException(
                    layer, null, attempted + " on " + where(), stopped.limit(), outcome, error);
        }
        String beginning = attempted + " failed on " + where() + ": ";
        return switch (code(error) & 0xff) {
            case BUSY, LOCKED ->
                new StoreBusyException(
                        layer,
                        beginning + "another connection or program held the database's lock for longer than the busy"
                                + " timeout. Try again; when it recurs, look for a program that keeps a transaction open",
                        outcome,
                        error);
            case READ_ONLY ->
                new StoreReadOnlyException(
                        layer,
                        beginning
                                + (code(error) == READ_ONLY_DIRECTORY
                                        ? "its folder is write-protected. Give the program permission to write there"
                                        : "it takes no changes. Open it for writing, or give the program permission to write the file and its folder"),
                        outcome,
                        error);
            case FULL ->
                new StoreFullException(
                        layer,
                        beginning
                                + "there is no space left. Free space on the disk, or raise the maximum size; what was"
                                + " acknowledged is safe and can be read",
                        outcome,
                        error);
            case CANNOT_OPEN ->
                new StoreUnavailableException(
                        layer,
                        beginning
                                + "the file cannot be opened or created. Check that it is there and that the program may use it and its folder",
                        outcome,
                        error);
            case PERMISSION ->
                new StoreUnavailableException(
                        layer,
                        beginning + "access is denied. Check the permissions of the file and its folder",
                        outcome,
                        error);
            case CORRUPT ->
                new StoreCorruptException(
                        layer, beginning + "the database is damaged. Restore the last good backup", outcome, error);
            case NOT_A_DATABASE ->
                new StoreCorruptException(
                        layer, beginning + "the file is not an SQLite database. Check the path", outcome, error);
            case IO ->
                new StoreException(
                        layer, beginning + "the disk failed to read or write. Check the disk", outcome, error);
            case TOO_BIG ->
                new StoreException(
                        layer, beginning + "a value is larger than SQLite holds. Keep it in a depot", outcome, error);
            case 0 ->
                new StoreException(
                        layer, beginning + "the driver failed without an answer. See the cause", outcome, error);
            default ->
                new StoreException(
                        layer,
                        beginning + "SQLite refused it with code " + code(error) + ". See the cause",
                        outcome,
                        error);
        };
    }
}
