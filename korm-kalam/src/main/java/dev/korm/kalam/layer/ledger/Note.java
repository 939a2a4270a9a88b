package dev.korm.kalam.layer.ledger;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

/**
 * A change to a row of a followed table, kept with the commit that made it, since afterwards nobody knows what the row was before.
 *
 * @param table the table's name
 * @param key the table's key column
 * @param id the row's id; empty where the table is dropped
 * @param kind of the change
 * @param revision that the row has since, or {@value #NONE}
 */
public record Note(String table, String key, String id, Kind kind, long revision) {
    /** Stands for no revision. */
    public static final long NONE = -1;

    private static final int MEMBERS = 5;

    /** The kind of a change. */
    public enum Kind {
        INSERTED,
        UPDATED,
        DELETED,
        /** The table is gone, so what follows of its name is another. */
        DROPPED
    }

    void write(JsonGenerator out) {
        out.writeStartArray();
        out.writeString(table);
        out.writeString(id);
        out.writeString(kind.name());
        out.writeNumber(revision);
        out.writeString(key);
        out.writeEndArray();
    }

    /** Returns what an entry of a commit notes; null where it is a write. */
    static @Nullable Note of(JsonNode entry) {
        return entry.size() == MEMBERS
                ? new Note(
                        entry.get(0).stringValue(),
                        entry.get(4).stringValue(),
                        entry.get(1).stringValue(),
                        Kind.valueOf(entry.get(2).stringValue()),
                        entry.get(3).longValue())
                : null;
    }

    /** Returns the table alone, since an id may be private. */
    @Override
    public String toString() {
        return kind + " a row of " + table;
    }
}
