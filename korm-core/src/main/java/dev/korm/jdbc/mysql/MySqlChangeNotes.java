package dev.korm.jdbc.mysql;

import dev.korm.ConfigurationException;
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
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Notes of MySQL and MariaDB.
 *
 * <p><b>The order.</b> The number of a note is drawn before its transaction commits, and the server tells of no snapshots. So a position is the set of the numbers that were seen: all up to the highest but
 * those that are missing. A note that is committed late is one of the missing ones, and comes when it is there. Notes come in the order of their numbers otherwise; a number is drawn while the row
 * is locked, so changes of a row come as they were made.
 *
 * <p><b>Missing for ever.</b> A transaction that is rolled back leaves its numbers out. Lest they be looked for for ever, a number that is missing for longer is <em>settled</em>: whoever reads
 * tries to insert an empty note of that number. A transaction that has drawn it and is still open holds a lock on it, so it is left alone; where it can be inserted, nobody ever commits that number any
 * more, since it is taken. Only then everybody may forget it ({@code settled}).
 */
final class MySqlChangeNotes implements ChangeNotes {
    /** The names of triggers begin so. */
    private static final String TRIGGER = "__korm_note_";

    private static final String TIME = "CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED)";

    /** How long a number is missing before it is settled. */
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(2);

    /** So many ranges are asked for each by itself. */
    private static final int RANGES = 20;

    /** So many numbers are settled at once. */
    private static final int SETTLED = 1000;

    private final String layer;
    private final MySqlNames names;
    private final MySqlDialect dialect;
    private final String collation;
    private final String changes;
    private final String followed;

    /** When the first missing number was seen to be missing, and which it was. */
    private volatile Waiting waiting = new Waiting(-1, 0);

    /** Up to which number all was settled when this was read last. */
    private volatile long known;

    private record Waiting(long number, long since) {}

    MySqlChangeNotes(String layer, MySqlNames names, MySqlDialect dialect, String collation) {
        this.layer = layer;
        this.names = names;
        this.dialect = dialect;
        this.collation = collation;
        this.changes = names.database() + ".`" + CHANGES + '`';
        this.followed = names.database() + ".`" + FOLLOWED + '`';
    }

    @Override
    public boolean areThere(Session session) throws SQLException {
        return session.query(
                Sql.of(
                        "SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_NAME = '" + CHANGES
                                + "'",
                        names.plainDatabase()),
                ResultSet::next);
    }

    @Override
    public void make(Session session) throws SQLException {
        String options = ") ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE " + collation;
        session.execute("CREATE TABLE IF NOT EXISTS " + followed
                + " (number BIGINT NOT NULL PRIMARY KEY, name VARCHAR(255) NOT NULL UNIQUE, bound BIGINT NOT NULL,"
                + " settled BIGINT NOT NULL" + options);
        session.update(
                Sql.of("INSERT IGNORE INTO " + followed + " (number, name, bound, settled) VALUES (0, UUID(), 0, 0)"));
        session.execute("CREATE TABLE IF NOT EXISTS " + changes
                + " (number BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, followed BIGINT NOT NULL, item VARCHAR(255) NOT NULL,"
                + " kind TINYINT NOT NULL, revision BIGINT, token BIGINT, at BIGINT NOT NULL" + options);
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

    /** Returns what the triggers that there are do, by name. */
    private Map<String, String> triggers(Session session, TableName table) throws SQLException {
        return session.query(
                Sql.of(
                        "SELECT TRIGGER_NAME, ACTION_STATEMENT FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = ?"
                                + " AND EVENT_OBJECT_TABLE = ?",
                        names.plainDatabase(),
                        MySqlNames.table(table)),
                rows -> {
                    Map<String, String> found = new TreeMap<>();
                    while (rows.next()) {
                        if (rows.getString(1).startsWith(TRIGGER)) {
                            found.put(rows.getString(1), rows.getString(2));
                        }
                    }
                    return found;
                });
    }

    private Map<String, String> wanted(TableSchema schema, long number) {
        String key = '`' + schema.table().key() + '`';
        String deleted = '`' + TableName.DELETED + '`';
        String update = schema.has(TableName.DELETED)
                ? "CASE WHEN (OLD." + deleted + " IS NULL) = (NEW." + deleted + " IS NULL) THEN " + Kinds.UPDATED
                        + " WHEN NEW." + deleted + " IS NULL THEN " + Kinds.INSERTED + " ELSE " + Kinds.DELETED
                        + " END"
                : String.valueOf(Kinds.UPDATED);
        String gone = note(number, "OLD", key, String.valueOf(Kinds.DELETED));
        Map<String, String> triggers = new TreeMap<>();
        triggers.put(name("i", number), note(number, "NEW", key, String.valueOf(Kinds.INSERTED)));
        triggers.put(name("d", number), gone);
        triggers.put(
                name("u", number),
                "BEGIN IF NEW." + key + " <> OLD." + key + " THEN " + gone + "; END IF; "
                        + note(number, "NEW", key, update) + "; END");
        return triggers;
    }

    private static String name(String which, long number) {
        return TRIGGER + which + "_" + number + "__";
    }

    /** Returns the statement that notes a change. The token of a row that is deleted is that of an earlier batch. */
    private String note(long number, String row, String key, String kind) {
        String token = row.equals("NEW") ? "NEW.`" + TableName.TOKEN + '`' : "NULL";
        return "INSERT INTO " + changes + " (followed, item, kind, revision, token, at) VALUES (" + number + ", " + row
                + "." + key + ", " + kind + ", " + row + ".`" + TableName.REVISION + "`, " + token + ", " + TIME + ")";
    }

    private static String event(String trigger) {
        return switch (trigger.charAt(TRIGGER.length())) {
            case 'i' -> "INSERT";
            case 'd' -> "DELETE";
            default -> "UPDATE";
        };
    }

    @Override
    public void follow(Session session, TableSchema schema) throws SQLException {
        make(session);
        TableName table = schema.table();
        // The catalogue's lock keeps others from drawing the same number.
        session.update(Sql.of(
                "INSERT IGNORE INTO " + followed
                        + " (number, name, bound, settled) SELECT m.number + 1, ?, 0, 0 FROM (SELECT max(number) AS number FROM "
                        + followed + ") AS m",
                table.text()));
        long number = number(session, table).orElseThrow();
        unfollow(session, table);
        for (Map.Entry<String, String> each : wanted(schema, number).entrySet()) {
            SqlWriter sql = dialect.writer()
                    .add("CREATE TRIGGER ")
                    .add(names.database())
                    .add(".");
            sql.name(each.getKey()).add(" AFTER ").add(event(each.getKey())).add(" ON ");
            dialect.table(sql, table);
            try {
                change(
                        session,
                        sql.add(" FOR EACH ROW ").add(each.getValue()).toSql().text());
            } catch (SQLException e) {
                if (MySqlErrors.mayMakeNoTriggers(e)) {
                    throw notAllowed(table, e);
                }
                throw e;
            }
        }
    }

    private ConfigurationException notAllowed(TableName table, SQLException cause) {
        return new ConfigurationException(
                "Following the table " + table + " of the layer \"" + layer
                        + "\" failed: its user may not make triggers, which note the changes. Grant it TRIGGER on the database; where the server keeps a binary log, also set log_bin_trust_function_creators = 1",
                cause);
    }

    /** Runs what servers do not prepare. */
    private static void change(Session session, String sql) throws SQLException {
        try (Statement statement = session.connection().createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void unfollow(Session session, TableName table) throws SQLException {
        for (String name : triggers(session, table).keySet()) {
            SqlWriter sql = dialect.writer()
                    .add("DROP TRIGGER IF EXISTS ")
                    .add(names.database())
                    .add(".");
            change(session, sql.name(name).toSql().text());
        }
    }

    @Override
    public void dropped(Session session, TableName table) throws SQLException {
        if (areThere(session) && number(session, table).isPresent()) {
            session.update(Sql.of("UPDATE " + followed + " SET name = UUID() WHERE number = 0"));
        }
    }

    @Override
    public Position now(Session session) throws SQLException {
        record Ends(String feed, long settled, long highest) {}
        Ends ends = session.query(
                Sql.of("SELECT name, settled, (SELECT coalesce(max(number), 0) FROM " + changes + ") FROM " + followed
                        + " WHERE number = 0"),
                rows -> {
                    rows.next();
                    return new Ends(rows.getString(1), rows.getLong(2), rows.getLong(3));
                });
        List<SeenNumbers.Range> missing = session.query(
                Sql.of(
                        "SELECT before_it + 1, number - 1 FROM (SELECT number, coalesce(lag(number) OVER (ORDER BY number), ?)"
                                + " AS before_it FROM " + changes
                                + " WHERE number > ?) AS n WHERE number > before_it + 1",
                        ends.settled(),
                        ends.settled()),
                rows -> {
                    List<SeenNumbers.Range> found = new ArrayList<>();
                    while (rows.next()) {
                        found.add(new SeenNumbers.Range(rows.getLong(1), rows.getLong(2)));
                    }
                    return found;
                });
        long highest = Math.max(ends.settled(), ends.highest());
        return new FeedPlace(ends.feed(), SeenNumbers.of(highest, missing).toString()).position();
    }

    @Override
    public Page after(Session session, Position from) throws SQLException {
        FeedPlace place = FeedPlace.parse(from).orElseThrow(() -> ChangeNotes.lost(layer));
        SeenNumbers seen = SeenNumbers.parse(place.place()).orElseThrow(() -> ChangeNotes.lost(layer));
        long settled = session.query(
                Sql.of("SELECT name, bound, settled, (SELECT coalesce(max(number), 0) FROM " + changes + ") FROM "
                        + followed + " WHERE number = 0"),
                rows -> {
                    boolean known = rows.next() && rows.getString(1).equals(place.feed());
                    boolean kept = known && rows.getLong(2) < seen.firstMissing();
                    if (!kept || Math.max(rows.getLong(3), rows.getLong(4)) < seen.highest()) {
                        throw ChangeNotes.lost(layer);
                    }
                    return rows.getLong(3);
                });
        known = settled;
        List<RowChange> told = new ArrayList<>();
        int[] read = {0};
        boolean each = seen.missing().size() <= RANGES;
        SeenNumbers behind = session.query(question(seen, each), rows -> {
            SeenNumbers numbers = seen;
            while (rows.next()) {
                read[0]++;
                long number = rows.getLong(1);
                if (!numbers.contains(number)) {
                    numbers = numbers.with(number);
                    if (rows.getString(2) != null) {
                        told.add(change(rows, new FeedPlace(place.feed(), numbers.toString()).position()));
                    }
                }
            }
            return numbers;
        });
        boolean all = !each || read[0] < PAGE;
        SeenNumbers next = all ? behind.withAllTo(settled) : behind;
        return new Page(told, new FeedPlace(place.feed(), next.toString()).position(), all);
    }

    private Sql question(SeenNumbers seen, boolean each) {
        StringBuilder sql = new StringBuilder("SELECT c.number, t.name, c.item, c.kind, c.revision, c.token FROM ")
                .append(changes)
                .append(" AS c LEFT JOIN ")
                .append(followed)
                .append(" AS t ON t.number = c.followed AND t.number > 0 WHERE c.number >= ?");
        List<Object> values = new ArrayList<>();
        values.add(seen.firstMissing());
        if (each) {
            sql.append(" AND (c.number > ?");
            values.add(seen.highest());
            for (SeenNumbers.Range range : seen.missing()) {
                sql.append(" OR c.number BETWEEN ? AND ?");
                values.add(range.first());
                values.add(range.last());
            }
            sql.append(")");
        }
        sql.append(" ORDER BY c.number").append(each ? " LIMIT " + PAGE : "");
        return Sql.of(sql.toString(), values.toArray());
    }

    private static RowChange change(ResultSet rows, Position behind) throws SQLException {
        long revision = rows.getLong(5);
        OptionalLong known = rows.wasNull() ? OptionalLong.empty() : OptionalLong.of(revision);
        long token = rows.getLong(6);
        Optional<String> transaction = rows.wasNull() ? Optional.empty() : Optional.of(String.valueOf(token));
        return ChangeNotes.change(rows.getString(2), rows.getString(3), rows.getInt(4), known, transaction, behind);
    }

    @Override
    public boolean isUnsettled(Position position) {
        SeenNumbers seen = FeedPlace.parse(position)
                .flatMap(place -> SeenNumbers.parse(place.place()))
                .orElseThrow(() -> ChangeNotes.lost(layer));
        if (seen.firstMissing() - 1 - known > SETTLED) {
            return true;
        }
        long first = seen.missing().isEmpty() ? -1 : seen.firstMissing();
        Waiting last = waiting;
        if (last.number() != first) {
            waiting = new Waiting(first, System.nanoTime());
            return false;
        }
        return first >= 0 && System.nanoTime() - last.since() > PATIENCE;
    }

    @Override
    public void settle(Session session, Position position) throws SQLException {
        SeenNumbers seen = FeedPlace.parse(position)
                .flatMap(place -> SeenNumbers.parse(place.place()))
                .orElseThrow(() -> ChangeNotes.lost(layer));
        long settled = seen.firstMissing() - 1;
        boolean isLate = System.nanoTime() - waiting.since() > PATIENCE && waiting.number() == seen.firstMissing();
        int left = isLate ? SETTLED : 0;
        for (SeenNumbers.Range range : seen.missing()) {
            long last = Math.min(range.last(), range.first() + left - 1);
            if (left == 0 || !settle(session, range.first(), last)) {
                break;
            }
            left -= (int) (last - range.first() + 1);
            settled = last;
        }
        settled(session, settled);
        known = settled;
        waiting = new Waiting(-1, 0);
    }

    private void settled(Session session, long number) throws SQLException {
        session.update(
                Sql.of("UPDATE " + followed + " SET settled = ? WHERE number = 0 AND settled < ?", number, number));
    }

    /** Takes numbers that nobody has; false where somebody holds one, whose transaction is still open. */
    private boolean settle(Session session, long first, long last) throws SQLException {
        Set<Long> there = new HashSet<>();
        try {
            session.query(
                    Sql.of(
                            "SELECT number FROM " + changes + " WHERE number BETWEEN ? AND ? FOR UPDATE NOWAIT",
                            first,
                            last),
                    rows -> {
                        while (rows.next()) {
                            there.add(rows.getLong(1));
                        }
                        return true;
                    });
            for (long number = first; number <= last; number++) {
                if (!there.contains(number)) {
                    session.update(Sql.of(
                            "INSERT INTO " + changes + " (number, followed, item, kind, at) VALUES (?, 0, '', 0, "
                                    + TIME + ")",
                            number));
                }
            }
            return true;
        } catch (SQLException held) {
            if (MySqlErrors.isHeld(held)) {
                return false;
            }
            throw held;
        }
    }

    @Override
    public void forget(Session session, long before, Collection<Position> needed) throws SQLException {
        FeedPlace now = FeedPlace.parse(now(session)).orElseThrow();
        // All that is there without a gap is settled.
        settled(session, ChangeNotes.firstMissing(now.place()).orElseThrow() - 1);
        long old = session.query(
                Sql.of(
                        "SELECT LEAST(f.settled, coalesce((SELECT c.number - 1 FROM " + changes
                                + " AS c WHERE c.at >= ? ORDER BY c.number LIMIT 1), f.settled)) FROM " + followed
                                + " AS f WHERE f.number = 0",
                        before),
                rows -> rows.next() ? rows.getLong(1) : 0);
        OptionalLong kept = ChangeNotes.lowest(now.feed(), needed, ChangeNotes::firstMissing);
        long bound = kept.isPresent() ? Math.min(old, kept.getAsLong() - 1) : old;
        session.update(Sql.of("UPDATE " + followed + " SET bound = GREATEST(bound, ?) WHERE number = 0", bound));
        session.update(Sql.of("DELETE FROM " + changes + " WHERE number <= ?", bound));
    }
}
