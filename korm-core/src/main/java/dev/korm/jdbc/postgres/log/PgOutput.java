package dev.korm.jdbc.postgres.log;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.korm.spi.ChangeFeed.Kind;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the messages of the server's plugin {@code pgoutput}, version 1 of its protocol (PostgreSQL's manual, "Logical Replication Message Formats"). For one thread.
 */
public final class PgOutput {
    /** The kind of messages by which korm tells its feeds of a table that is dropped. */
    public static final String DROPPED = "korm.dropped";

    private static final byte NULL = 'n';
    private static final byte TEXT = 't';
    private static final byte BINARY = 'b';

    /** The type {@code character}, whose values come with the blanks that comparisons leave out. */
    private static final int PADDED = 1042;

    private final String publication;
    private final BiFunction<String, String, List<FollowedRelation>> known;
    private final Consumer<LogEvent> told;
    private final Map<Integer, Relation> relations = new HashMap<>();

    /** The last row that was read, of which it is not known yet whether it is the transaction's last. */
    private LogEvent.@Nullable Row held;

    /** A table as the log describes it. */
    private record Relation(List<String> columns, List<Integer> types, List<FollowedRelation> tables) {}

    /**
     * @param publication the one whose tables are told
     * @param known returns the tables of items that a table is, by schema and name; none where nobody asks for it
     */
    public PgOutput(
            String publication, BiFunction<String, String, List<FollowedRelation>> known, Consumer<LogEvent> told) {
        this.publication = publication;
        this.known = known;
        this.told = told;
    }

    /** Reads a message, and tells what it says. */
    public void read(ByteBuffer message) {
        switch (message.get()) {
            case 'B' -> {
                long commit = message.getLong();
                message.getLong();
                told.accept(new LogEvent.Begin(message.getInt(), commit));
            }
            case 'C' -> {
                message.get();
                message.getLong();
                end(message.getLong());
            }
            case 'R' -> describe(message);
            case 'I' -> insert(message);
            case 'U' -> update(message);
            case 'D' -> delete(message);
            case 'T' -> truncate(message);
            case 'M' -> note(message);
            default -> {
                // Origins and names of types, which nothing here depends on.
            }
        }
    }

    private void end(long place) {
        LogEvent.Row last = held;
        held = null;
        told.accept(last == null ? new LogEvent.End(place) : last.last(place));
    }

    private void row(FollowedRelation table, Relation relation, @Nullable String[] values, Kind kind) {
        LogEvent.Row before = held;
        if (before != null) {
            told.accept(before);
        }
        OptionalLong revision =
                kind == Kind.DELETED ? OptionalLong.empty() : table.revision(relation.columns(), values);
        held = new LogEvent.Row(table.table(), table.id(relation.columns(), values), kind, revision, LogEvent.WITHIN);
    }

    private void describe(ByteBuffer message) {
        int number = message.getInt();
        String schema = text(message);
        String name = text(message);
        message.get();
        int count = message.getShort();
        List<String> columns = new ArrayList<>(count);
        List<Integer> types = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            message.get();
            columns.add(text(message));
            types.add(message.getInt());
            message.getInt();
        }
        relations.put(number, new Relation(List.copyOf(columns), List.copyOf(types), known.apply(schema, name)));
    }

    private Relation relation(int number) {
        Relation relation = relations.get(number);
        if (relation == null) {
            throw new IllegalStateException("The log tells of a table that it did not describe");
        }
        return relation;
    }

    private void insert(ByteBuffer message) {
        Relation relation = relation(message.getInt());
        message.get();
        @Nullable String[] values = values(message, relation);
        for (FollowedRelation table : relation.tables()) {
            row(table, relation, values, Kind.INSERTED);
        }
    }

    private void update(ByteBuffer message) {
        Relation relation = relation(message.getInt());
        byte next = message.get();
        @Nullable String[] before = null;
        boolean whole = next == 'O';
        if (whole || next == 'K') {
            before = values(message, relation);
            message.get();
        }
        @Nullable String[] values = values(message, relation);
        for (FollowedRelation table : relation.tables()) {
            if (before != null && !table.id(relation.columns(), before).equals(table.id(relation.columns(), values))) {
                row(table, relation, before, Kind.DELETED);
            }
            row(table, relation, values, kind(table, relation, whole ? before : null, values));
        }
    }

    private static Kind kind(
            FollowedRelation table,
            Relation relation,
            @Nullable String @Nullable [] before,
            @Nullable String[] values) {
        boolean gone = table.isGone(relation.columns(), values);
        if (before == null || gone == table.isGone(relation.columns(), before)) {
            return Kind.UPDATED;
        }
        return gone ? Kind.DELETED : Kind.INSERTED;
    }

    private void delete(ByteBuffer message) {
        Relation relation = relation(message.getInt());
        message.get();
        @Nullable String[] values = values(message, relation);
        for (FollowedRelation table : relation.tables()) {
            row(table, relation, values, Kind.DELETED);
        }
    }

    private void truncate(ByteBuffer message) {
        int count = message.getInt();
        message.get();
        for (int i = 0; i < count; i++) {
            if (!relation(message.getInt()).tables().isEmpty()) {
                told.accept(new LogEvent.Gap("a table that is followed was truncated"));
                return;
            }
        }
    }

    private void note(ByteBuffer message) {
        message.get();
        message.getLong();
        boolean ours = text(message).equals(DROPPED);
        byte[] content = new byte[message.getInt()];
        message.get(content);
        if (ours && new String(content, UTF_8).equals(publication)) {
            told.accept(new LogEvent.Gap("a table that was followed was dropped"));
        }
    }

    private static @Nullable String[] values(ByteBuffer message, Relation relation) {
        int count = message.getShort();
        @Nullable String[] values = new @Nullable String[count];
        for (int i = 0; i < count; i++) {
            byte form = message.get();
            if (form == TEXT || form == BINARY) {
                byte[] bytes = new byte[message.getInt()];
                message.get(bytes);
                String text = new String(bytes, UTF_8);
                values[i] = relation.types().get(i) == PADDED ? text.stripTrailing() : text;
            } else if (form != NULL) {
                // A long value that was not changed, which is never a key, a revision or a mark.
                values[i] = null;
            }
        }
        return values;
    }

    private static String text(ByteBuffer message) {
        int begin = message.position();
        int end = begin;
        while (message.get(end) != 0) {
            end++;
        }
        byte[] bytes = new byte[end - begin];
        message.get(bytes);
        message.get();
        return new String(bytes, UTF_8);
    }
}
