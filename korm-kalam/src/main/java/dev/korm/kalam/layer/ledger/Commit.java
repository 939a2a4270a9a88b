package dev.korm.kalam.layer.ledger;

import java.io.StringWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

/**
 * A row of the ledger: all that changed together.
 *
 * @param number its place, one more than that of the commit before
 * @param tx a word that no other attempt has, by which an attempt is known again; it begins with the number
 * @param merged the commits up to this one had been written to the rows by then
 * @param time in milliseconds since 1970, by the clock of who made it
 * @param state what it does
 * @param writes by row, one for each
 * @param notes of the changes to rows of followed tables, as they were made
 */
public record Commit(
        long number, String tx, long merged, long time, State state, Map<RowKey, RowWrite> writes, List<Note> notes) {
    private static final Pattern WORD = Pattern.compile("([0-9]{1,18})\\.");

    /** The effect of a commit. */
    public enum State {
        /** Its writes are made. */
        STORED,
        /** Its writes are made or not by the next commit, and nobody else commits until then. */
        PREPARED,
        /** The writes of the commit before are made. */
        KEPT,
        /** The writes of the commit before are not made, and never will be. */
        DROPPED,
        /** What it has written is in the rows, and nowhere else any more. */
        CLEARED
    }

    /** Returns a word for an attempt at a number, which {@link #numberOf} tells again. */
    static String word(long number, UUID attempt) {
        return number + "." + attempt;
    }

    /** Returns the number that a word was made for; one that no commit reaches where nobody can tell. */
    static long numberOf(String word) {
        Matcher parsed = WORD.matcher(word);
        return parsed.lookingAt() ? Long.parseLong(parsed.group(1)) : Long.MAX_VALUE;
    }

    /** Returns the same commit with other writes. */
    Commit with(Map<RowKey, RowWrite> others) {
        return new Commit(number, tx, merged, time, state, others, notes);
    }

    /** Returns what the ledger keeps of the writes and notes. */
    static String text(List<RowWrite> writes, List<Note> notes) {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = RowData.MAPPER.createGenerator(text)) {
            out.writeStartArray();
            for (RowWrite write : writes) {
                out.writeStartArray();
                out.writeString(write.row().table());
                out.writeString(write.row().id());
                RowData data = write.data();
                if (data == null) {
                    out.writeNull();
                } else {
                    data.write(out);
                }
                out.writeEndArray();
            }
            notes.forEach(note -> note.write(out));
            out.writeEndArray();
        }
        return text.toString();
    }

    /** Returns this with the writes and notes that the ledger keeps. */
    Commit reading(String text) {
        List<RowWrite> written = new ArrayList<>();
        List<Note> noted = new ArrayList<>();
        for (JsonNode write : RowData.MAPPER.readTree(text)) {
            Note note = Note.of(write);
            if (note != null) {
                noted.add(note);
                continue;
            }
            JsonNode data = write.get(2);
            @Nullable RowData row = data.isNull() ? null : RowData.of(data);
            written.add(new RowWrite(
                    new RowKey(write.get(0).stringValue(), write.get(1).stringValue()), row));
        }
        return new Commit(number, tx, merged, time, state, byRow(written), List.copyOf(noted));
    }

    static Map<RowKey, RowWrite> byRow(List<RowWrite> writes) {
        Map<RowKey, RowWrite> byRow = new LinkedHashMap<>();
        writes.forEach(write -> byRow.put(write.row(), write));
        return byRow;
    }

    long size() {
        long size = 0;
        for (RowWrite write : writes.values()) {
            RowData data = write.data();
            size += 100 + (data == null ? 0 : data.size());
        }
        return size;
    }
}
