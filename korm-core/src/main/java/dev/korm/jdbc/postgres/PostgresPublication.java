package dev.korm.jdbc.postgres;

import dev.korm.ConfigurationException;
import dev.korm.SchemaException;
import dev.korm.jdbc.existing.ShownTables;
import dev.korm.jdbc.feed.FeedPlace;
import dev.korm.jdbc.feed.FollowedTables;
import dev.korm.jdbc.postgres.log.FollowedNames;
import dev.korm.jdbc.postgres.log.FollowedRelation;
import dev.korm.jdbc.postgres.log.LogPlace;
import dev.korm.jdbc.postgres.log.PgOutput;
import dev.korm.jdbc.session.Session;
import dev.korm.jdbc.sql.ShownTable;
import dev.korm.jdbc.sql.text.Hashes;
import dev.korm.jdbc.sql.text.Sql;
import dev.korm.jdbc.sql.text.SqlWriter;
import dev.korm.spi.ChangeFeed.Position;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.TableSchema;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The tables of a schema whose changes are read from the server's log: a publication, {@code korm_<schema>}. It changes no table but one that keeps deleted rows, whose replica identity becomes full, so that the log tells
 * what a row was before.
 *
 * <p>Where a slot stays, {@value #PLACES} has the places up to which the log may be forgotten, each with the number of a transaction that began behind it. The first row of a slot is the place from which everything is kept.
 */
final class PostgresPublication implements FollowedTables {
    static final String PLACES = "__korm_places__";

    private static final String NO_RIGHT = "42501";
    private static final int DIGITS = 32;
    private static final int SLOT_DIGITS = 12;
    private static final int LONGEST_WORD = 40;

    private final PostgresNames names;
    private final PostgresDialect dialect;
    private final PostgresCatalog catalog;
    private final String name;
    private final Optional<String> slot;

    /**
     * @param database its name, when a slot is to stay
     */
    PostgresPublication(
            PostgresNames names, PostgresDialect dialect, PostgresCatalog catalog, Optional<String> database) {
        this.names = names;
        this.dialect = dialect;
        this.catalog = catalog;
        String plain = "korm_" + names.plainSchema();
        this.name = plain.getBytes(java.nio.charset.StandardCharsets.UTF_8).length <= PostgresNames.LONGEST
                ? plain
                : "korm_" + Hashes.sha256(plain, DIGITS);
        this.slot = database.map(its -> slotName(its, names.plainSchema()));
    }

    /** Returns a name that no other database of the server has for its slot. */
    private static String slotName(String database, String schema) {
        String word = schema.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_]", "_");
        return "korm_" + word.substring(0, Math.min(LONGEST_WORD, word.length())) + '_'
                + Hashes.sha256(database + '\0' + schema, SLOT_DIGITS);
    }

    String name() {
        return name;
    }

    /** Returns the name of the slot that stays; empty where none does. */
    Optional<String> slot() {
        return slot;
    }

    /** Returns the tables of the layer by their names in the log. */
    FollowedNames tables(Session session) throws SQLException {
        Map<String, TableName> own = new HashMap<>();
        for (TableName table : catalog.items(session, TableName.ID)) {
            own.put(PostgresNames.table(table), table);
        }
        return new FollowedNames(names.plainSchema(), catalog.existing().shown(), own);
    }

    /** Returns the table of places, quoted. */
    String places() {
        return names.schema() + ".\"" + PLACES + '"';
    }

    static LogPlace.Moment moment(String written) {
        return LogPlace.Moment.of(written)
                .orElseThrow(() -> new IllegalStateException("The server writes snapshots as they never were"));
    }

    @Override
    public boolean areThere(Session session) throws SQLException {
        return session.query(
                Sql.of(
                        "SELECT 1 FROM pg_catalog.pg_publication WHERE pubname = ? AND (? = '' OR EXISTS (SELECT 1 FROM"
                                + " pg_catalog.pg_tables WHERE schemaname = ? AND tablename = '" + PLACES + "'))",
                        name,
                        slot.orElse(""),
                        names.plainSchema()),
                ResultSet::next);
    }

    private boolean isPublished(Session session) throws SQLException {
        return session.query(
                Sql.of("SELECT 1 FROM pg_catalog.pg_publication WHERE pubname = ?", name), ResultSet::next);
    }

    @Override
    public void make(Session session) throws SQLException {
        if (!isPublished(session)) {
            session.execute(dialect.writer()
                    .add("CREATE PUBLICATION ")
                    .foreignName(name)
                    .add(" WITH (publish = 'insert, update, delete, truncate', publish_via_partition_root = true)")
                    .toSql()
                    .text());
        }
        if (slot.isPresent()) {
            session.execute("CREATE TABLE IF NOT EXISTS " + places()
                    + " (number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, slot TEXT NOT NULL, place PG_LSN NOT NULL,"
                    + " transaction XID8 NOT NULL, at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp())");
        }
    }

    /** A table as the server has it. */
    private record Physical(String schema, String name) {}

    private Physical physical(TableName table) {
        var declared = catalog.existing().shown().declared(table);
        return declared == null
                ? new Physical(names.plainSchema(), PostgresNames.table(table))
                : new Physical(catalog.existing().dialect().schema(declared), declared.name());
    }

    private @Nullable ShownTable shown(TableName table) {
        ShownTables shown = catalog.existing().shown();
        return shown.declared(table) == null ? null : shown.of(table);
    }

    /** Returns the replica identity of a table that is published; empty for one that is not. */
    private Optional<String> identity(Session session, TableName table) throws SQLException {
        Physical its = physical(table);
        return session.query(
                Sql.of(
                        "SELECT c.relreplident FROM pg_catalog.pg_publication_tables AS p"
                                + " JOIN pg_catalog.pg_namespace AS n ON n.nspname = p.schemaname"
                                + " JOIN pg_catalog.pg_class AS c ON c.relnamespace = n.oid AND c.relname = p.tablename"
                                + " WHERE p.pubname = ? AND p.schemaname = ? AND p.tablename = ?",
                        name,
                        its.schema(),
                        its.name()),
                rows -> rows.next() ? Optional.of(rows.getString(1)) : Optional.empty());
    }

    private static boolean needsWhole(TableSchema table) {
        return table.has(TableName.DELETED);
    }

    @Override
    public boolean follows(Session session, TableSchema table) throws SQLException {
        return identity(session, table.table())
                .filter(identity -> identity.equals("f") || !needsWhole(table))
                .isPresent();
    }

    @Override
    public void follow(Session session, TableSchema schema) throws SQLException {
        make(session);
        TableName table = schema.table();
        ShownTable shown = shown(table);
        if (shown != null) {
            requireTellable(session, shown);
        }
        try {
            publish(session, schema, shown == null);
        } catch (SQLException failed) {
            if (shown != null && PostgresErrors.state(failed).equals(NO_RIGHT)) {
                throw notOwned(shown, failed);
            }
            throw failed;
        }
    }

    private ConfigurationException notOwned(ShownTable shown, SQLException failed) {
        return new ConfigurationException(
                "The changes of " + shown.table().name()
                        + " cannot be followed: the table is another user's. Run, as an administrator, ALTER PUBLICATION "
                        + dialect.writer().foreignName(name).toSql().text()
                        + named(
                                " ADD TABLE ",
                                new Physical(shown.home(), shown.table().name()),
                                ""),
                failed);
    }

    private void publish(Session session, TableSchema schema, boolean own) throws SQLException {
        TableName table = schema.table();
        Physical its = physical(table);
        // Whoever has written the table already commits first, so that each transaction is told whole.
        session.execute(named("LOCK TABLE ", its, " IN SHARE ROW EXCLUSIVE MODE"));
        if (own && needsWhole(schema)) {
            session.execute(named("ALTER TABLE ", its, " REPLICA IDENTITY FULL"));
        }
        if (identity(session, table).isEmpty()) {
            SqlWriter sql = dialect.writer()
                    .add("ALTER PUBLICATION ")
                    .foreignName(name)
                    .add(" ADD TABLE ")
                    .foreignName(its.schema())
                    .add(".")
                    .foreignName(its.name());
            session.execute(sql.toSql().text());
        }
    }

    private String named(String before, Physical table, String behind) {
        return dialect.writer()
                .add(before)
                .foreignName(table.schema())
                .add(".")
                .foreignName(table.name())
                .add(behind)
                .toSql()
                .text();
    }

    /** Refuses a table whose changes the log would not tell, or which others could not change any more once it was published. */
    private void requireTellable(Session session, ShownTable shown) throws SQLException {
        String table = shown.table().name();
        String identity = session.query(
                Sql.of(
                        "SELECT CASE WHEN c.relkind IN ('r', 'p') THEN c.relreplident::text ELSE '' END FROM pg_catalog.pg_class AS c"
                                + " JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace WHERE n.nspname = ? AND c.relname = ?",
                        shown.home(),
                        table),
                rows -> rows.next() ? rows.getString(1) : "");
        if (identity.isEmpty()) {
            throw new SchemaException(
                    "The changes of " + table
                            + " cannot be followed: it is a view or a foreign table, of which the log tells nothing. Ask a query of it again from time to time");
        }
        if (identity.equals("n") || identity.equals("i")) {
            throw new SchemaException("The changes of " + table
                    + " cannot be followed: the log does not tell which of its rows has changed. Run ALTER TABLE "
                    + named("", new Physical(shown.home(), table), "") + " REPLICA IDENTITY DEFAULT");
        }
        List<String> other = FollowedRelation.otherwiseSpelt(shown);
        if (!other.isEmpty()) {
            throw new SchemaException("The changes of " + table
                    + " cannot be followed: the log spells the values of its key otherwise than RNs do, in "
                    + String.join(", ", other)
                    + ". Only keys of whole numbers, texts, and types with one spelling, such as uuid, are told");
        }
    }

    @Override
    public void unfollow(Session session, TableName table) throws SQLException {
        if (identity(session, table).isPresent()) {
            Physical its = physical(table);
            session.execute(dialect.writer()
                    .add("ALTER PUBLICATION ")
                    .foreignName(name)
                    .add(" DROP TABLE ")
                    .foreignName(its.schema())
                    .add(".")
                    .foreignName(its.name())
                    .toSql()
                    .text());
        }
    }

    /** Writes into the log that the rows are gone, of which it tells nothing by itself. */
    @Override
    public void dropped(Session session, TableName table) throws SQLException {
        if (identity(session, table).isPresent()) {
            session.query(
                    Sql.of("SELECT pg_logical_emit_message(true, '" + PgOutput.DROPPED + "', ?)", name),
                    rows -> rows.next());
        }
    }

    /** Returns the identity of the feed: that of the server, and the slot. */
    String feed(Session session) throws SQLException {
        return session.query(
                new Sql("SELECT system_identifier FROM pg_catalog.pg_control_system()", List.of()), rows -> {
                    rows.next();
                    return rows.getString(1) + '-' + slot.orElse(name);
                });
    }

    /**
     * Returns the moment of the session. What the snapshot does not see comes behind the place from which everything was kept when it was taken; and behind the last place, or checkpoint, behind which all transactions began that
     * ran then.
     */
    @Override
    public Position now(Session session) throws SQLException {
        String bound = slot.isEmpty()
                ? "'0/0'"
                : "coalesce((SELECT p.place FROM " + places()
                        + " AS p WHERE p.slot = ? AND p.transaction < pg_snapshot_xmin(pg_current_snapshot())"
                        + " ORDER BY p.number DESC LIMIT 1), (SELECT p.place FROM " + places()
                        + " AS p WHERE p.slot = ? ORDER BY p.number LIMIT 1), '0/0')::text";
        Object[] bindings = slot.<Object[]>map(its -> new Object[] {its, its}).orElseGet(() -> new Object[0]);
        String feed = feed(session);
        return session.query(
                Sql.of(
                        "SELECT pg_current_snapshot()::text, pg_current_wal_insert_lsn()::text, " + bound
                                + ", c.redo_lsn::text, c.next_xid FROM pg_catalog.pg_control_checkpoint() AS c",
                        bindings),
                rows -> {
                    rows.next();
                    LogPlace.Moment seen = moment(rows.getString(1));
                    long until = LogPlace.parse(rows.getString(2));
                    long kept = LogPlace.parse(rows.getString(3));
                    long checkpoint = LogPlace.parse(rows.getString(4));
                    String[] next = rows.getString(5).split(":", -1);
                    long begun = (Long.parseLong(next[0]) << 32) | Long.parseLong(next[1]);
                    boolean all = begun <= seen.first() && Long.compareUnsigned(checkpoint, kept) > 0;
                    LogPlace place = new LogPlace(all ? checkpoint : kept, until, seen);
                    return new FeedPlace(feed, place.toString()).position();
                });
    }

    /** Has the log kept from the place of a slot; everything before it is shown. */
    void begin(Session session, String its) throws SQLException {
        session.update(Sql.of("DELETE FROM " + places() + " WHERE slot = ?", its));
        session.update(Sql.of(
                "INSERT INTO " + places() + " (slot, place, transaction) SELECT slot_name, confirmed_flush_lsn,"
                        + " pg_current_xact_id() FROM pg_catalog.pg_replication_slots WHERE slot_name = ?",
                its));
    }

    /** Forgets the places of a slot that was dropped. */
    void end(Session session, String its) throws SQLException {
        if (areThere(session)) {
            session.update(Sql.of("DELETE FROM " + places() + " WHERE slot = ?", its));
        }
    }

    /** Returns whether no table is followed. */
    boolean isEmpty(Session session) throws SQLException {
        return !session.query(
                Sql.of("SELECT 1 FROM pg_catalog.pg_publication_tables WHERE pubname = ?", name), ResultSet::next);
    }

    /** Takes note of a place up to which the log may be forgotten one day. */
    void note(Session session, String its) throws SQLException {
        // The place is read before the number is drawn.
        String place = session.query(
                new Sql("SELECT pg_current_wal_flush_lsn()::text", List.of()),
                rows -> rows.next() ? rows.getString(1) : "");
        session.update(Sql.of(
                "INSERT INTO " + places() + " (slot, place, transaction) VALUES (?, ?::pg_lsn, pg_current_xact_id())",
                its,
                place));
    }

    /** Returns the condition on a place that everything is kept for a position when what comes before the place is forgotten. */
    private static String isKept(LogPlace position) {
        LogPlace.Moment seen = position.seen();
        return " AND (place <= '" + LogPlace.written(position.from()) + "'::pg_lsn"
                + (seen == null ? "" : " OR transaction <= '" + seen.first() + "'::xid8") + ")";
    }

    /**
     * The place from which everything is kept.
     *
     * @param place in the log
     * @param transaction whose number all have below it that were committed before the place
     */
    record Kept(long place, long transaction) {
        /** Returns whether nothing is forgotten of what comes behind a position. */
        boolean is(LogPlace position) {
            LogPlace.Moment seen = position.seen();
            return Long.compareUnsigned(place, position.from()) <= 0 || (seen != null && transaction <= seen.first());
        }
    }

    /** Returns the place from which everything is kept; empty where there is none. */
    Optional<Kept> kept(Session session, String its) throws SQLException {
        return session.query(
                Sql.of(
                        "SELECT place::text, transaction::text FROM " + places()
                                + " WHERE slot = ? ORDER BY number LIMIT 1",
                        its),
                rows -> rows.next()
                        ? Optional.of(new Kept(LogPlace.parse(rows.getString(1)), rows.getLong(2)))
                        : Optional.empty());
    }

    /**
     * Takes away the places before the last one that is old enough, and behind which everything is that is needed.
     *
     * @return the place from which everything is kept then; empty where nothing was taken away
     */
    Optional<String> forget(Session session, String its, long before, List<LogPlace> needed) throws SQLException {
        String least = needed.stream().map(PostgresPublication::isKept).collect(Collectors.joining());
        long number = session.query(
                Sql.of(
                        "SELECT max(number) FROM " + places()
                                + " WHERE slot = ? AND at <= to_timestamp(?::float8 / 1000)"
                                + " AND transaction < pg_snapshot_xmin(pg_current_snapshot())" + least,
                        its,
                        before),
                rows -> rows.next() ? rows.getLong(1) : 0);
        if (session.update(Sql.of("DELETE FROM " + places() + " WHERE slot = ? AND number < ?", its, number)) == 0) {
            return Optional.empty();
        }
        return session.query(
                Sql.of("SELECT place::text FROM " + places() + " WHERE slot = ? AND number = ?", its, number),
                rows -> rows.next() ? Optional.of(rows.getString(1)) : Optional.empty());
    }
}
