package dev.korm.jdbc.sqlite;

import dev.korm.jdbc.feed.ChangeNotes;
import dev.korm.jdbc.feed.FeedPlace;
import dev.korm.jdbc.session.Session;
import dev.korm.jdbc.sql.text.Sql;
import dev.korm.jdbc.sql.text.SqlWriter;
import dev.korm.spi.ChangeFeed.Position;
import dev.korm.spi.ChangeFeed.RowChange;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.TableSchema;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Notes of SQLite. One transaction writes at a time, in whichever process, so the order of the notes' numbers is the order of the commits: a number that is not
 * seen below one that is seen never comes. The last note is never forgotten, so that no number is given twice.
 */
final class SqliteChangeNotes implements ChangeNotes {
    private static final String TIME = "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)";

    private final String layer;
    private final SqliteDialect dialect = SqliteDialect.INSTANCE;

    SqliteChangeNotes(String layer) {
        this.layer = layer;
    }

    @Override
    public boolean areThere(Session session) throws SQLException {
        return session.query(
                Sql.of("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = '" + FOLLOWED + "'"),
                ResultSet::next);
    }

    @Override
    public void make(Session session) throws SQLException {
        session.execute("CREATE TABLE IF NOT EXISTS \"" + FOLLOWED
                + "\" (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, bound INTEGER NOT NULL)");
        session.execute("INSERT OR IGNORE INTO \"" + FOLLOWED + "\" VALUES (0, lower(hex(randomblob(16))), 0)");
        session.execute("CREATE TABLE IF NOT EXISTS \"" + CHANGES
                + "\" (number INTEGER PRIMARY KEY, followed INTEGER NOT NULL, item TEXT NOT NULL,"
                + " kind INTEGER NOT NULL, revision INTEGER, at INTEGER NOT NULL)");
    }

    @Override
    public boolean follows(Session session, TableSchema table) throws SQLException {
        if (!areThere(session)) {
            return false;
        }
        OptionalLong number = number(session, table.table());
        return number.isPresent() && triggers(session, table.table()).equals(wanted(table, number.getAsLong()));
    }

    private static OptionalLong number(Session session, TableName table) throws SQLException {
        return session.query(
                Sql.of("SELECT number FROM \"" + FOLLOWED + "\" WHERE name = ?", table.text()),
                rows -> rows.next() ? OptionalLong.of(rows.getLong(1)) : OptionalLong.empty());
    }

    /** Returns the triggers that there are, as they were written, by name. */
    private static Map<String, String> triggers(Session session, TableName table) throws SQLException {
        return session.query(
                Sql.of(
                        "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ? AND name LIKE '\\_\\_korm\\_note\\_%' ESCAPE '\\'",
                        table.text()),
                rows -> {
                    Map<String, String> found = new LinkedHashMap<>();
                    while (rows.next()) {
                        found.put(rows.getString(1), rows.getString(2));
                    }
                    return found;
                });
    }

    private Map<String, String> wanted(TableSchema schema, long number) {
        Map<String, String> triggers = new LinkedHashMap<>();
        String deleted = '"' + TableName.DELETED + '"';
        boolean marks = schema.has(TableName.DELETED);
        String id = '"' + schema.table().key() + '"';
        note(triggers, schema, number, "i", "INSERT", "", "NEW", Kinds.INSERTED);
        note(triggers, schema, number, "d", "DELETE", "", "OLD", Kinds.DELETED);
        note(triggers, schema, number, "k", "UPDATE", "OLD." + id + " <> NEW." + id, "OLD", Kinds.DELETED);
        if (marks) {
            note(
                    triggers,
                    schema,
                    number,
                    "u",
                    "UPDATE",
                    "(OLD." + deleted + " IS NULL) = (NEW." + deleted + " IS NULL)",
                    "NEW",
                    Kinds.UPDATED);
            String gone = "OLD." + deleted + " IS NULL AND NEW." + deleted + " IS NOT NULL";
            String back = "OLD." + deleted + " IS NOT NULL AND NEW." + deleted + " IS NULL";
            note(triggers, schema, number, "g", "UPDATE", gone, "NEW", Kinds.DELETED);
            note(triggers, schema, number, "b", "UPDATE", back, "NEW", Kinds.INSERTED);
        } else {
            note(triggers, schema, number, "u", "UPDATE", "", "NEW", Kinds.UPDATED);
        }
        return triggers;
    }

    private void note(
            Map<String, String> triggers,
            TableSchema schema,
            long number,
            String which,
            String event,
            String when,
            String row,
            int kind) {
        TableName table = schema.table();
        String name = "__korm_note_" + which + "__" + table.text();
        SqlWriter sql = dialect.writer()
                .add("CREATE TRIGGER ")
                .name(name)
                .add(" AFTER ")
                .add(event);
        sql.add(" ON ").name(table.text()).add(when.isEmpty() ? "" : " WHEN " + when);
        sql.add(" BEGIN INSERT INTO \"" + CHANGES + "\" (followed, item, kind, revision, at) VALUES (");
        sql.add(number).add(", ").add(row).add(".").name(table.key()).add(", ").add(kind);
        sql.add(", ").add(row).add(".").name(TableName.REVISION).add(", " + TIME + "); END");
        triggers.put(name, sql.toSql().text());
    }

    @Override
    public void follow(Session session, TableSchema table) throws SQLException {
        make(session);
        session.update(Sql.of(
                "INSERT OR IGNORE INTO \"" + FOLLOWED + "\" (name, bound) VALUES (?, 0)",
                table.table().text()));
        long number = number(session, table.table()).orElseThrow();
        unfollow(session, table.table());
        for (String trigger : wanted(table, number).values()) {
            session.execute(trigger);
        }
    }

    @Override
    public void unfollow(Session session, TableName table) throws SQLException {
        for (String name : triggers(session, table).keySet()) {
            session.execute(dialect.writer()
                    .add("DROP TRIGGER IF EXISTS ")
                    .name(name)
                    .toSql()
                    .text());
        }
    }

    @Override
    public void dropped(Session session, TableName table) throws SQLException {
        if (areThere(session) && number(session, table).isPresent()) {
            session.update(
                    Sql.of("UPDATE \"" + FOLLOWED + "\" SET name = lower(hex(randomblob(16))) WHERE number = 0"));
        }
    }

    @Override
    public Position now(Session session) throws SQLException {
        return session.query(
                Sql.of("SELECT name, (SELECT coalesce(max(number), 0) FROM \"" + CHANGES + "\") FROM \"" + FOLLOWED
                        + "\" WHERE number = 0"),
                rows -> {
                    rows.next();
                    return new FeedPlace(rows.getString(1), String.valueOf(rows.getLong(2))).position();
                });
    }

    @Override
    public Page after(Session session, Position from) throws SQLException {
        FeedPlace place = FeedPlace.parse(from).orElseThrow(() -> ChangeNotes.lost(layer));
        long seen = number(place.place());
        Sql sql = Sql.of(
                "SELECT s.name, s.bound, (SELECT coalesce(max(number), 0) FROM \"" + CHANGES
                        + "\"), c.number, t.name, c.item, c.kind, c.revision FROM \"" + FOLLOWED
                        + "\" AS s LEFT JOIN \"" + CHANGES + "\" AS c ON c.number > ? LEFT JOIN \"" + FOLLOWED
                        + "\" AS t ON t.number = c.followed WHERE s.number = 0 ORDER BY c.number LIMIT " + PAGE,
                seen);
        return session.query(sql, rows -> {
            List<RowChange> changes = new ArrayList<>();
            Position next = from;
            while (rows.next()) {
                boolean another = !rows.getString(1).equals(place.feed());
                if (another || rows.getLong(2) > seen || rows.getLong(3) < seen) {
                    throw ChangeNotes.lost(layer);
                }
                String table = rows.getString(5);
                if (table != null) {
                    next = new FeedPlace(place.feed(), String.valueOf(rows.getLong(4))).position();
                    long revision = rows.getLong(8);
                    changes.add(ChangeNotes.change(
                            table,
                            rows.getString(6),
                            rows.getInt(7),
                            rows.wasNull() ? OptionalLong.empty() : OptionalLong.of(revision),
                            Optional.empty(),
                            next));
                }
            }
            return new Page(changes, next, changes.size() < PAGE);
        });
    }

    private long number(String place) {
        return numberIn(place).orElseThrow(() -> ChangeNotes.lost(layer));
    }

    private static OptionalLong numberIn(String place) {
        try {
            return OptionalLong.of(Long.parseLong(place));
        } catch (NumberFormatException none) {
            return OptionalLong.empty();
        }
    }

    private static String feed(Session session) throws SQLException {
        return session.query(
                Sql.of("SELECT name FROM \"" + FOLLOWED + "\" WHERE number = 0"),
                rows -> rows.next() ? rows.getString(1) : "");
    }

    @Override
    public void forget(Session session, long before, Collection<Position> needed) throws SQLException {
        // The first that is kept, in the order of numbers: clocks jump.
        long old = session.query(
                Sql.of(
                        "SELECT number - 1 FROM (SELECT number FROM \"" + CHANGES
                                + "\" WHERE at >= ? UNION ALL SELECT max(number) FROM \"" + CHANGES
                                + "\") WHERE number IS NOT NULL ORDER BY number LIMIT 1",
                        before),
                rows -> rows.next() ? rows.getLong(1) : 0);
        long bound = Math.min(
                old,
                ChangeNotes.lowest(feed(session), needed, SqliteChangeNotes::numberIn)
                        .orElse(old));
        session.update(Sql.of("UPDATE \"" + FOLLOWED + "\" SET bound = max(bound, ?) WHERE number = 0", bound));
        session.update(Sql.of("DELETE FROM \"" + CHANGES + "\" WHERE number <= ?", bound));
    }
}
