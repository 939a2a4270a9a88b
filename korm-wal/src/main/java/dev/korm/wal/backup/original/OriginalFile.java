package dev.korm.wal.backup.original;

import dev.korm.backup.BackupException;
import dev.korm.backup.BackupException.Reason;
import dev.korm.wal.backup.format.Json;
import dev.korm.wal.backup.format.Members;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a backup of the original's: {@code header}, then for each table {@code table}, {@code row}s and {@code endTable}, and
 * {@code end}. The original takes a file without its last line for whole; here it is refused. For one thread.
 */
public final class OriginalFile implements AutoCloseable {
    private static final long VERSION = 2;

    private final String name;
    private final BufferedReader lines;
    private Header header = new Header("", "", Instant.EPOCH);
    private @Nullable String table;
    private boolean ended;

    /**
     * The first line.
     *
     * @param layer the layer's name
     * @param type {@code sqlite}, {@code pg} or {@code mysql}
     */
    public record Header(String layer, String type, Instant created) {}

    /** A line with something in it. */
    public sealed interface Line {
        /** The beginning of a table. */
        record Table(String name) implements Line {}

        /** A row of the table that was begun last. */
        record Row(Map<?, ?> values) implements Line {}

        /** The end of the table that was begun last. */
        record EndTable() implements Line {}

        /** The end of all. */
        record End() implements Line {}
    }

    /**
     * Reads the header.
     *
     * @param name of the file, for messages
     * @throws BackupException when the file is no such backup
     */
    public OriginalFile(String name, InputStream in) {
        this.name = name;
        this.lines = new BufferedReader(new InputStreamReader(
                in,
                StandardCharsets.UTF_8
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT)));
        Members first = read();
        if (first == null) {
            throw damaged("it is empty", null);
        }
        try {
            if (!first.maybeText("t").orElse("").equals("header")) {
                throw new BackupException(
                        Reason.FOREIGN,
                        name
                                + " is no backup of korm 1.5.0 for TypeScript: it has no header. Those that versions before wrote (.json) cannot be read");
            }
            long version = first.number("version");
            if (version != VERSION) {
                throw new BackupException(
                        Reason.NEWER,
                        "The backup " + name + " has version " + version + " of the original's format; version "
                                + VERSION + " can be read");
            }
            header = new Header(
                    first.text("layerIdent"), first.text("layerType"), Instant.parse(first.text("createdAt")));
        } catch (IllegalArgumentException | DateTimeException malformed) {
            throw damaged("its header is not as it should be", malformed);
        }
    }

    public Header header() {
        return header;
    }

    private @Nullable Members read() {
        try {
            String line = lines.readLine();
            while (line != null && line.isBlank()) {
                line = lines.readLine();
            }
            return line == null ? null : Members.of(Json.parse(line));
        } catch (IOException failed) {
            throw damaged("it cannot be read as text", failed);
        } catch (IllegalArgumentException | tools.jackson.core.JacksonException malformed) {
            throw damaged("it has a line that is no JSON object", malformed);
        }
    }

    /**
     * Returns the next line.
     *
     * @throws BackupException when it is not as it should be, or the last one is missing
     */
    public Line next() {
        Members line = read();
        if (line == null) {
            throw damaged("its last line is missing, so it is not whole", null);
        }
        try {
            Line next = next(line);
            if (next instanceof Line.End && read() != null) {
                throw damaged("it goes on behind its end", null);
            }
            ended = next instanceof Line.End;
            return next;
        } catch (IllegalArgumentException malformed) {
            throw damaged("it has a line that is not as it should be", malformed);
        }
    }

    private Line next(Members line) {
        String sort = line.text("t");
        return switch (sort) {
            case "table" -> {
                require(table == null, "a table begins within another");
                table = line.text("name");
                yield new Line.Table(line.text("name"));
            }
            case "row" -> {
                require(table != null && table.equals(line.text("table")), "a row stands outside of its table");
                yield new Line.Row(line.map("row"));
            }
            case "endTable" -> {
                require(table != null && table.equals(line.text("name")), "a table ends that did not begin");
                table = null;
                yield new Line.EndTable();
            }
            case "end" -> {
                require(table == null, "it ends within a table");
                yield new Line.End();
            }
            default -> throw damaged("it has a line of an unknown sort", null);
        };
    }

    private void require(boolean holds, String otherwise) {
        if (!holds) {
            throw damaged(otherwise, null);
        }
    }

    /** Returns whether its last line was read. */
    public boolean isEnded() {
        return ended;
    }

    private BackupException damaged(String why, @Nullable Throwable cause) {
        return new BackupException(
                Reason.DAMAGED, "The backup " + name + " is damaged: " + why + ". Nothing was restored from it", cause);
    }

    @Override
    public void close() {
        try {
            lines.close();
        } catch (IOException onlyRead) {
            throw new java.io.UncheckedIOException(onlyRead);
        }
    }
}
