package dev.korm.jdbc.postgres;

import dev.korm.jdbc.feed.ChangeNotes;
import dev.korm.jdbc.feed.FeedPlace;
import dev.korm.jdbc.feed.SeenNumbers;
import dev.korm.jdbc.session.Session;
import dev.korm.jdbc.sql.text.Sql;
import dev.korm.jdbc.sql.text.SqlWriter;
import dev.korm.spi.ChangeFeed.Position;
import dev.korm.spi.ChangeFeed.RowChange;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.TableSchema;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * Notes of PostgreSQL.
 *
 * <p><b>The order.</b> Each note carries the number of its transaction. A position is the set of transactions that were seen, which is what a snapshot of the server is: all below a number but
 * those that ran. What comes behind it is what the server shows and the set lacks. So a transaction that began early and commits late is neither skipped nor waited for, whatever runs for
 * long elsewhere in the server. Transactions that became visible between two looks come in the order of their last notes: a note is drawn while its row is locked, so whoever changed the row before, or was
 * read before, has committed by then and comes first.
 *
 * <p><b>Waking.</b> A trigger notifies those who listen, at the commit, once for each transaction; not where the server lets transactions be prepared, since it prepares none
 * that has notified, and some program may mean to. A transaction that notifies takes a lock of the whole server at its commit, writes to a queue of it, and wakes each who listens, which
 * costs more than its change. So a feed that is busy, and looks every few milliseconds by itself, says until when nobody need be told: in a sequence, since what it holds is seen at once, outside of transactions. That time is short, and is the server's, so a feed
 * that is gone keeps nobody from being told.
 *
 * <p>Triggers run with the rights of whoever made them, so that other programs need none for the notes; their functions use no operator, which a search path could replace.
 */
final class PostgresChangeNotes implements ChangeNotes {
    private static final String NEW_ROW = "__korm_notes_new__";
    private static final String OLD_ROW = "__korm_notes_old__";

    /** Until when nobody need be told, in milliseconds of the epoch. */
    private static final String UNTOLD = "__korm_untold__";

    /** So far at the most it counts; what is further away was set by another clock. */
    private static final long MOST_UNTOLD = 1000;

    /** The names of triggers begin so; the comment of each says what it was made of. */
    private static final String TRIGGER = "__korm_note_";

    /** The server's time in milliseconds of the epoch. */
    private static final String NOW =
            "pg_catalog.int8(pg_catalog.float8mul(pg_catalog.date_part('epoch', pg_catalog.clock_timestamp()), 1000))";

    private final String layer;
    private final PostgresNames names;
    private final PostgresDialect dialect;
    private final String changes;
    private final String followed;
    private final String untold;

    PostgresChangeNotes(String layer, PostgresNames names, PostgresDialect dialect) {
        this.layer = layer;
        this.names = names;
        this.dialect = dialect;
        this.changes = names.schema() + ".\"" + CHANGES + '"';
        this.followed = names.schema() + ".\"" + FOLLOWED + '"';
        this.untold = names.schema() + ".\"" + UNTOLD + '"';
    }

    @Override
    public boolean areThere(Session session) throws SQLException {
        return session.query(
                Sql.of(
                        "SELECT 1 FROM pg_catalog.pg_tables WHERE schemaname = ? AND tablename = '" + FOLLOWED + "'",
                        names.plainSchema()),
                ResultSet::next);
    }

    @Override
    public void make(Session session) throws SQLException {
        if (!areThere(session)) {
            makeTables(session);
        }
        if (!hasFunctions(session)) {
            // Goes with the table.
            session.execute("CREATE SEQUENCE IF NOT EXISTS " + untold + " OWNED BY " + followed + ".bound");
            function(session, NEW_ROW, "NEW", "NEW.\"" + TableName.REVISION + '"');
            function(session, OLD_ROW, "OLD", "NULL");
        }
    }

    private boolean hasFunctions(Session session) throws SQLException {
        return session.query(
                Sql.of(
                        "SELECT 1 FROM pg_catalog.pg_proc AS p JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace"
                                + " WHERE n.nspname = ? AND p.proname = '" + OLD_ROW + "'",
                        names.plainSchema()),
                ResultSet::next);
    }

    private void makeTables(Session session) throws SQLException {
        session.execute(
                "CREATE TABLE " + followed
                        + " (number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name TEXT NOT NULL UNIQUE, bound BIGINT NOT NULL)");
        session.execute("INSERT INTO " + followed
                + " (number, name, bound) OVERRIDING SYSTEM VALUE VALUES (0, gen_random_uuid()::text, 0)");
        session.execute("CREATE TABLE " + changes
                + " (transaction BIGINT NOT NULL DEFAULT txid_current(), number BIGINT GENERATED ALWAYS AS IDENTITY,"
                + " followed BIGINT NOT NULL, item TEXT COLLATE \"C\" NOT NULL, kind SMALLINT NOT NULL, revision BIGINT,"
                + " at TIMESTAMPTZ NOT NULL DEFAULT now(), PRIMARY KEY (transaction, number))");
    }

    private void function(Session session, String name, String row, String revision) throws SQLException {
        session.execute("CREATE OR REPLACE FUNCTION " + names.schema() + ".\"" + name
                + "\"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $korm$ DECLARE untold pg_catalog.int8;"
                + " BEGIN INSERT INTO " + changes
                + " (followed, item, kind, revision) VALUES (TG_ARGV[0]::pg_catalog.int8, " + row + ".\""
                + TableName.ID + "\", TG_ARGV[1]::pg_catalog.int2, " + revision + ");"
                + " untold := COALESCE(pg_catalog.int8mi(pg_catalog.pg_sequence_last_value("
                + PostgresDialect.literal(untold) + "::pg_catalog.regclass), " + NOW + "), 0);"
                + " IF (pg_catalog.int8le(untold, 0) OR pg_catalog.int8gt(untold, " + MOST_UNTOLD + "))"
                + " AND pg_catalog.texteq(pg_catalog.current_setting('max_prepared_transactions'), '0')"
                + " THEN PERFORM pg_catalog.pg_notify('" + PostgresNotifications.CHANNEL
                + "', ''); END IF; RETURN NULL; END $korm$");
    }

    @Override
    public boolean follows(Session session, TableSchema table) throws SQLException {
        if (!areThere(session)) {
            return false;
        }
        OptionalLong number = number(session, table.table());
        return number.isPresent() && triggers(session, table.table()).equals(wanted(table, number.getAsLong()));
    }

    private OptionalLong number(Session session, TableName table) throws SQLException {
        return session.query(
                Sql.of("SELECT number FROM " + followed + " WHERE name = ?", table.text()),
                rows -> rows.next() ? OptionalLong.of(rows.getLong(1)) : OptionalLong.empty());
    }

    /** Returns what the triggers that there are were made of, by name. */
    private Map<String, String> triggers(Session session, TableName table) throws SQLException {
        return session.query(
                Sql.of(
                        "SELECT t.tgname, obj_description(t.oid, 'pg_trigger') FROM pg_catalog.pg_trigger AS t"
                                + " JOIN pg_catalog.pg_class AS c ON c.oid = t.tgrelid"
                                + " JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace"
                                + " WHERE n.nspname = ? AND c.relname = ? AND starts_with(t.tgname, '" + TRIGGER
                                + "') AND t.tgenabled IN ('O', 'A')",
                        names.plainSchema(),
                        PostgresNames.table(table)),
                rows -> {
                    Map<String, String> found = new TreeMap<>();
                    while (rows.next()) {
                        found.put(rows.getString(1), String.valueOf(rows.getString(2)));
                    }
                    return found;
                });
    }

    /** Returns what triggers are made of, by name: what comes before the table, and what comes behind. */
    private Map<String, String> wanted(TableSchema schema, long number) {
        Map<String, String> triggers = new TreeMap<>();
        String deleted = '"' + TableName.DELETED + '"';
        String id = '"' + schema.table().key() + '"';
        note(triggers, number, "i", "INSERT", "", NEW_ROW, Kinds.INSERTED);
        note(triggers, number, "d", "DELETE", "", OLD_ROW, Kinds.DELETED);
        note(triggers, number, "k", "UPDATE", "OLD." + id + " <> NEW." + id, OLD_ROW, Kinds.DELETED);
        if (schema.has(TableName.DELETED)) {
            String same = "(OLD." + deleted + " IS NULL) = (NEW." + deleted + " IS NULL)";
            String gone = "OLD." + deleted + " IS NULL AND NEW." + deleted + " IS NOT NULL";
            String back = "OLD." + deleted + " IS NOT NULL AND NEW." + deleted + " IS NULL";
            note(triggers, number, "u", "UPDATE", same, NEW_ROW, Kinds.UPDATED);
            note(triggers, number, "g", "UPDATE", gone, NEW_ROW, Kinds.DELETED);
            note(triggers, number, "b", "UPDATE", back, NEW_ROW, Kinds.INSERTED);
        } else {
            note(triggers, number, "u", "UPDATE", "", NEW_ROW, Kinds.UPDATED);
        }
        return triggers;
    }

    private void note(
            Map<String, String> triggers,
            long number,
            String which,
            String event,
            String when,
            String function,
            int kind) {
        triggers.put(
                TRIGGER + which + "__",
                " AFTER " + event + " ON % FOR EACH ROW " + (when.isEmpty() ? "" : "WHEN (" + when + ") ")
                        + "EXECUTE FUNCTION " + names.schema() + ".\"" + function + "\"('" + number + "', '" + kind
                        + "')");
    }

    @Override
    public void follow(Session session, TableSchema schema) throws SQLException {
        make(session);
        TableName table = schema.table();
        session.update(Sql.of(
                "INSERT INTO " + followed + " (name, bound) VALUES (?, 0) ON CONFLICT (name) DO NOTHING",
                table.text()));
        long number = number(session, table).orElseThrow();
        unfollow(session, table);
        for (Map.Entry<String, String> each : wanted(schema, number).entrySet()) {
            String[] around = each.getValue().split("%", 2);
            SqlWriter sql =
                    dialect.writer().add("CREATE TRIGGER ").name(each.getKey()).add(around[0]);
            dialect.table(sql, table);
            session.execute(sql.add(around[1]).toSql().text());
            SqlWriter comment = dialect.writer()
                    .add("COMMENT ON TRIGGER ")
                    .name(each.getKey())
                    .add(" ON ");
            dialect.table(comment, table);
            session.execute(comment.add(" IS " + PostgresDialect.literal(each.getValue()))
                    .toSql()
                    .text());
        }
    }

    @Override
    public void unfollow(Session session, TableName table) throws SQLException {
        for (String name : triggers(session, table).keySet()) {
            SqlWriter sql =
                    dialect.writer().add("DROP TRIGGER IF EXISTS ").name(name).add(" ON ");
            dialect.table(sql, table);
            session.execute(sql.toSql().text());
        }
    }

    @Override
    public void dropped(Session session, TableName table) throws SQLException {
        if (areThere(session) && number(session, table).isPresent()) {
            session.update(Sql.of("UPDATE " + followed + " SET name = gen_random_uuid()::text WHERE number = 0"));
        }
    }

    @Override
    public Position now(Session session) throws SQLException {
        return session.query(
                Sql.of("SELECT name, txid_current_snapshot()::text FROM " + followed + " WHERE number = 0"), rows -> {
                    rows.next();
                    return new FeedPlace(
                                    rows.getString(1), seen(rows.getString(2)).toString())
                            .position();
                });
    }

    /** Returns the transactions that a snapshot sees, as the server writes it: {@code xmin:xmax:running}. */
    private static SeenNumbers seen(String snapshot) {
        String[] parts = snapshot.split(":", -1);
        List<SeenNumbers.Range> running = new ArrayList<>();
        if (!parts[2].isEmpty()) {
            for (String each : parts[2].split(",", -1)) {
                long number = Long.parseLong(each);
                running.add(new SeenNumbers.Range(number, number));
            }
        }
        return SeenNumbers.of(Long.parseLong(parts[1]) - 1, running);
    }

    /** A note as it was read. */
    private record Note(long transaction, String table, String item, int kind, OptionalLong revision) {}

    @Override
    public Page after(Session session, Position from) throws SQLException {
        FeedPlace place = FeedPlace.parse(from).orElseThrow(() -> ChangeNotes.lost(layer));
        SeenNumbers seen = SeenNumbers.parse(place.place()).orElseThrow(() -> ChangeNotes.lost(layer));
        List<Note> notes = new ArrayList<>();
        String snapshot = read(session, place.feed(), seen, notes);
        boolean all = notes.size() <= PAGE;
        if (!all) {
            wholeTransactions(session, notes);
        }
        List<RowChange> told = new ArrayList<>();
        SeenNumbers behind = seen;
        for (int i = 0; i < notes.size(); i++) {
            Note note = notes.get(i);
            boolean last = i + 1 == notes.size() || notes.get(i + 1).transaction() != note.transaction();
            // Within a transaction a feed goes on with the whole of it: better twice than not at all.
            behind = last ? behind.with(note.transaction()) : behind;
            told.add(ChangeNotes.change(
                    note.table(),
                    note.item(),
                    note.kind(),
                    note.revision(),
                    Optional.of(String.valueOf(note.transaction())),
                    new FeedPlace(place.feed(), behind.toString()).position()));
        }
        return new Page(told, new FeedPlace(place.feed(), (all ? seen(snapshot) : behind).toString()).position(), all);
    }

    /** Reads one note more than a page has, and returns the snapshot in which they were read. */
    private String read(Session session, String feed, SeenNumbers seen, List<Note> notes) throws SQLException {
        StringBuilder firsts = new StringBuilder();
        StringBuilder lasts = new StringBuilder();
        for (SeenNumbers.Range each : seen.missing()) {
            firsts.append(firsts.isEmpty() ? "" : ",").append(each.first());
            lasts.append(lasts.isEmpty() ? "" : ",").append(each.last());
        }
        Sql sql = Sql.of(
                "SELECT s.name, s.bound, s.snapshot, c.transaction, t.name, c.item, c.kind, c.revision FROM"
                        + " (SELECT name, bound, txid_current_snapshot()::text AS snapshot FROM " + followed
                        + " WHERE number = 0) AS s LEFT JOIN LATERAL (SELECT n.*,"
                        + " max(n.number) OVER (PARTITION BY n.transaction) AS place FROM " + changes
                        + " AS n WHERE n.transaction >= ? AND (n.transaction > ? OR EXISTS (SELECT 1 FROM"
                        + " unnest(string_to_array(?, ',')::bigint[], string_to_array(?, ',')::bigint[]) AS r(a, b)"
                        + " WHERE n.transaction BETWEEN r.a AND r.b)) ORDER BY place, number LIMIT " + (PAGE + 1)
                        + ") AS c ON true LEFT JOIN " + followed
                        + " AS t ON t.number = c.followed ORDER BY c.place, c.number",
                seen.firstMissing(),
                seen.highest(),
                firsts.toString(),
                lasts.toString());
        return session.query(sql, rows -> {
            String snapshot = "";
            while (rows.next()) {
                snapshot = rows.getString(3);
                boolean another =
                        !rows.getString(1).equals(feed) || seen(snapshot).highest() < seen.highest();
                if (another || rows.getLong(2) > seen.firstMissing()) {
                    throw ChangeNotes.lost(layer);
                }
                if (rows.getString(5) != null) {
                    notes.add(note(rows));
                }
            }
            return snapshot;
        });
    }

    private static Note note(ResultSet rows) throws SQLException {
        long revision = rows.getLong(8);
        return new Note(
                rows.getLong(4),
                rows.getString(5),
                rows.getString(6),
                rows.getInt(7),
                rows.wasNull() ? OptionalLong.empty() : OptionalLong.of(revision));
    }

    /** Leaves out a transaction that was cut off at the end of a page, or reads the rest of it when it is the first. */
    private void wholeTransactions(Session session, List<Note> notes) throws SQLException {
        long last = notes.get(notes.size() - 1).transaction();
        if (notes.get(0).transaction() != last) {
            notes.removeIf(note -> note.transaction() == last);
            return;
        }
        notes.clear();
        session.query(
                Sql.of(
                        "SELECT 0, 0, 0, c.transaction, t.name, c.item, c.kind, c.revision FROM " + changes
                                + " AS c JOIN " + followed
                                + " AS t ON t.number = c.followed WHERE c.transaction = ? ORDER BY c.number",
                        last),
                rows -> {
                    while (rows.next()) {
                        notes.add(note(rows));
                    }
                    return true;
                });
    }

    @Override
    public void tellNobody(Session session, Duration time) throws SQLException {
        session.query(
                Sql.of("SELECT pg_catalog.setval(?::text::regclass, " + NOW + " + ?::bigint)", untold, time.toMillis()),
                ResultSet::next);
    }

    private String feed(Session session) throws SQLException {
        return session.query(
                Sql.of("SELECT name FROM " + followed + " WHERE number = 0"),
                rows -> rows.next() ? rows.getString(1) : "");
    }

    @Override
    public void forget(Session session, long before, Collection<Position> needed) throws SQLException {
        // Notes of transactions that all see; of them, those before the first that is kept.
        long old = session.query(
                Sql.of(
                        "SELECT min(number) FROM (SELECT txid_snapshot_xmin(txid_current_snapshot()) AS number UNION ALL"
                                + " (SELECT transaction FROM " + changes
                                + " WHERE at >= to_timestamp(?::float8 / 1000) ORDER BY transaction LIMIT 1)) AS b",
                        before),
                rows -> rows.next() ? rows.getLong(1) : 0);
        OptionalLong kept = ChangeNotes.lowest(feed(session), needed, ChangeNotes::firstMissing);
        long bound = Math.min(old, kept.orElse(old));
        session.update(Sql.of("UPDATE " + followed + " SET bound = greatest(bound, ?) WHERE number = 0", bound));
        session.update(Sql.of("DELETE FROM " + changes + " WHERE transaction < ?", bound));
    }
}
