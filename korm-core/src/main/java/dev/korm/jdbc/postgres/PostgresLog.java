package dev.korm.jdbc.postgres;

import dev.korm.ConfigurationException;
import dev.korm.KormException;
import dev.korm.OperationInterruptedException;
import dev.korm.StoreBusyException;
import dev.korm.StoreException;
import dev.korm.StoreException.Outcome;
import dev.korm.jdbc.feed.FeedPlace;
import dev.korm.jdbc.feed.LogReader;
import dev.korm.jdbc.postgres.log.FollowedNames;
import dev.korm.jdbc.postgres.log.LogFeed;
import dev.korm.jdbc.postgres.log.LogPlace;
import dev.korm.jdbc.postgres.log.LogSource;
import dev.korm.jdbc.postgres.log.LogStream;
import dev.korm.jdbc.postgres.log.PgOutput;
import dev.korm.jdbc.session.Session;
import dev.korm.jdbc.session.Sessions;
import dev.korm.jdbc.sql.text.Sql;
import dev.korm.live.PositionLostException;
import dev.korm.spi.ChangeFeed;
import dev.korm.spi.ChangeFeed.Position;
import dev.korm.spi.environment.Environment;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the server's log by logical replication.
 *
 * <p><b>Slots.</b> Each feed reads from a temporary slot, which ends with its connection. Where positions outlast feeds ({@link PostgresPublication#slot}), one slot more stays, of which the feeds' are copies: it alone says what the server
 * keeps. It is made when a table is followed first, moved on by {@link #forget}, and dropped by it once no table is followed any more.
 *
 * <p><b>The first place.</b> A slot that is made tells of what is committed behind a place in the log. What was committed before may not be shown yet; so whoever makes one waits until every transaction has ended that
 * had begun by then, as the server itself does before it makes a slot. The table {@value PostgresPublication#PLACES} has a row for each place up to which the log may be forgotten, with the number of a transaction that
 * began behind it: when all below that one have ended, everything before the place is shown.
 *
 * <p>Safe for many threads.
 */
final class PostgresLog implements LogReader, LogSource {
    private static final Logger LOG = LoggerFactory.getLogger("dev.korm.layers");
    private static final Duration PAUSE = Duration.ofMillis(5);
    private static final String NO_SLOT_LEFT = "53400";
    private static final String THERE = "42710";
    private static final String ATTEMPTED = "Opening the feed";

    private final Sessions sessions;
    private final PostgresPublication publication;
    private final PostgresErrors errors;
    private final DataSource driver;
    private final Environment environment;
    private final int busySeconds;
    private final boolean writes;
    private volatile boolean warned;

    /**
     * @param driver connections for replication
     * @param busySeconds how long transactions of others are waited for
     * @param writes whether the layer may be written
     */
    PostgresLog(
            Sessions sessions,
            PostgresPublication publication,
            PostgresErrors errors,
            DataSource driver,
            Environment environment,
            int busySeconds,
            boolean writes) {
        this.sessions = sessions;
        this.publication = publication;
        this.errors = errors;
        this.driver = driver;
        this.environment = environment;
        this.busySeconds = busySeconds;
        this.writes = writes;
    }

    @Override
    public String layer() {
        return errors.layer();
    }

    @Override
    public void require() {
        String kept = sessions.run(
                ATTEMPTED,
                session -> session.query(
                        new Sql(
                                "SELECT current_setting('wal_level'), pg_is_in_recovery(), r.rolsuper OR r.rolreplication,"
                                        + " current_user::text, current_setting('max_slot_wal_keep_size')"
                                        + " FROM pg_catalog.pg_roles AS r WHERE r.rolname = current_user",
                                List.of()),
                        rows -> {
                            rows.next();
                            requireLogical(rows);
                            return rows.getString(5);
                        }));
        if (publication.slot().isPresent() && kept.equals("-1") && !warned) {
            warned = true;
            LOG.warn(
                    "{} keeps its log for the slot {} without a bound (max_slot_wal_keep_size = -1): a program that does not come back fills the disk."
                            + " Run ALTER SYSTEM SET max_slot_wal_keep_size = '10GB'; SELECT pg_reload_conf()",
                    errors.where(),
                    publication.slot().get());
        }
    }

    private void requireLogical(ResultSet rows) throws SQLException {
        if (rows.getBoolean(2)) {
            throw refused("the server is a standby, which can follow no table. Connect to its primary");
        }
        if (!"logical".equals(rows.getString(1))) {
            throw refused("the server writes too little into its log (wal_level = " + rows.getString(1)
                    + "). Run ALTER SYSTEM SET wal_level = logical and restart the server, or leave feed(…) out");
        }
        if (!rows.getBoolean(3)) {
            throw refused("the user may not read the log. Run ALTER ROLE \""
                    + rows.getString(4).replace("\"", "\"\"") + "\" REPLICATION, or leave feed(…) out");
        }
    }

    private ConfigurationException refused(String why) {
        return new ConfigurationException("Reading the log of " + errors.where() + " failed: " + why);
    }

    @Override
    public PositionLostException lost(String what) {
        return new PositionLostException(
                layer(),
                "The feed of the layer \"" + layer() + "\" cannot go on from a position: " + what
                        + ". Read what is there now, and go on from the position of that moment");
    }

    @Override
    public Written written() {
        return sessions.run(
                "Reading changes",
                session -> session.query(
                        new Sql("SELECT pg_current_snapshot()::text, pg_current_wal_flush_lsn()::text", List.of()),
                        rows -> {
                            rows.next();
                            return new Written(
                                    PostgresPublication.moment(rows.getString(1)), LogPlace.parse(rows.getString(2)));
                        }));
    }

    @Override
    public void retain() {
        publication.slot().ifPresent(this::retain);
    }

    private void retain(String slot) {
        if (isKept(slot)) {
            return;
        }
        boolean made = sessions.run(ATTEMPTED, session -> {
            try {
                session.query(
                        Sql.of(
                                "SELECT pg_drop_replication_slot(slot_name) FROM pg_catalog.pg_replication_slots"
                                        + " WHERE slot_name = ? AND wal_status = 'lost'",
                                slot),
                        ResultSet::next);
                return session.query(
                        Sql.of(
                                "SELECT pg_create_logical_replication_slot(?, 'pgoutput') WHERE NOT EXISTS"
                                        + " (SELECT 1 FROM pg_catalog.pg_replication_slots WHERE slot_name = ?)",
                                slot,
                                slot),
                        ResultSet::next);
            } catch (SQLException failed) {
                if (PostgresErrors.state(failed).equals(THERE)) {
                    return false;
                }
                throw noSlotLeft(failed);
            }
        });
        LOG.debug("The slot {} of layer {} was {}", slot, layer(), made ? "made" : "there");
        awaitAllShown();
        sessions.run(ATTEMPTED, session -> {
            session.begin();
            publication.begin(session, slot);
            session.connection().commit();
            return true;
        });
    }

    /** Returns whether the server keeps the log from a place that is known. */
    private boolean isKept(String slot) {
        return sessions.run(
                ATTEMPTED,
                session -> session.query(
                        Sql.of(
                                "SELECT 1 FROM pg_catalog.pg_replication_slots AS s WHERE s.slot_name = ? AND s.wal_status <> 'lost'"
                                        + " AND s.confirmed_flush_lsn <= (SELECT min(p.place) FROM "
                                        + publication.places() + " AS p WHERE p.slot = s.slot_name)",
                                slot),
                        ResultSet::next));
    }

    /** Waits until every transaction has ended that has begun by now. */
    private void awaitAllShown() {
        long now = sessions.run(
                ATTEMPTED,
                session -> session.query(new Sql("SELECT pg_current_xact_id()::text", List.of()), rows -> {
                    rows.next();
                    return Long.parseLong(rows.getString(1));
                }));
        long begun = environment.nanoTime();
        while (written().shown().first() <= now) {
            if (environment.nanoTime() - begun > Duration.ofSeconds(busySeconds).toNanos()) {
                throw new StoreBusyException(
                        layer(),
                        ATTEMPTED + " on " + errors.where()
                                + " failed: a transaction was open for longer than the busy timeout, and the log begins behind it. Try again;"
                                + " when it recurs, look for it in pg_stat_activity",
                        Outcome.NOT_APPLIED,
                        null);
            }
            try {
                environment.sleep(PAUSE);
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
                throw new OperationInterruptedException(ATTEMPTED + " of " + layer(), Outcome.NOT_APPLIED, stop);
            }
        }
    }

    @Override
    public ChangeFeed open(Optional<Position> from) {
        if (publication.slot().isPresent()) {
            retain();
            Position begin = from.orElseGet(() -> begin(publication.slot().get()));
            FeedPlace place = FeedPlace.parse(begin).orElseThrow(this::other);
            LogPlace at = LogPlace.of(place.place()).orElseThrow(this::other);
            Written written = written();
            if (!place.feed().equals(sessions.run(ATTEMPTED, publication::feed)) || isAhead(at, written)) {
                throw other();
            }
            return new LogFeed(this, place.feed(), at, again(at), written.shown());
        }
        if (from.isPresent()) {
            throw lost(
                    "it was read through a temporary slot, which has ended with its feed; Feed.KEPT_LOG has a slot that stays");
        }
        Begun begun = begun(connection -> made(connection));
        try {
            awaitAllShown();
            String feed = sessions.run(ATTEMPTED, publication::feed);
            return new LogFeed(
                    this,
                    feed,
                    LogPlace.at(begun.from()),
                    begun.stream(),
                    written().shown());
        } catch (RuntimeException | Error failed) {
            begun.stream().close();
            throw failed;
        }
    }

    /** Returns whether the server has not come so far yet, as when it was put back to an older state. */
    private static boolean isAhead(LogPlace place, Written written) {
        LogPlace.Moment seen = place.seen();
        return seen == null
                ? Long.compareUnsigned(place.from(), written.end()) > 0
                : seen.next() > written.shown().next();
    }

    /** Returns the position of now, with a place before it that is near, so that little of the log is read again. */
    private Position begin(String slot) {
        if (writes) {
            note(slot);
        }
        return sessions.run(ATTEMPTED, publication::now);
    }

    private void note(String slot) {
        sessions.run(ATTEMPTED, session -> {
            session.begin();
            publication.note(session, slot);
            session.connection().commit();
            return true;
        });
    }

    private PositionLostException other() {
        return lost("changes behind it are not kept any more, or it is another store's");
    }

    @Override
    public void ended(Exception reason, boolean moved) {
        LOG.debug("A connection of layer {} that reads the log has ended", layer(), reason);
        if (reason instanceof LogStream.StandstillException || reason instanceof SQLException) {
            if (publication.slot().isEmpty()) {
                throw lost("the connection has ended that had its temporary slot");
            }
            if (!moved && reason instanceof SQLException failed) {
                throw errors.translate("Reading the log", failed, Outcome.NOT_APPLIED);
            }
        } else {
            throw new IllegalStateException("The log of the layer " + layer() + " was not understood", reason);
        }
    }

    @Override
    public LogStream again(LogPlace place) {
        String slot = publication.slot().orElseThrow();
        return begun(connection -> copied(connection, slot, place)).stream();
    }

    /** A slot of a connection, and the place from which it is read. */
    private record Slot(String name, long from) {}

    private record Begun(LogStream stream, long from) {}

    /** The way in which a connection gets its slot. */
    private interface Slots {
        Slot of(Connection connection) throws SQLException;
    }

    private Begun begun(Slots slots) {
        FollowedNames followed = sessions.run("Listing tables", publication::tables);
        Connection connection;
        try {
            connection = driver.getConnection();
        } catch (SQLException refused) {
            throw errors.connecting(refused);
        }
        ExecutorService thread = environment.executor("korm-" + layer() + "-log", 1);
        try {
            Slot slot = slots.of(connection);
            LogStream stream = LogStream.start(
                    layer(),
                    connection,
                    DriverConnection.of(connection).replication(),
                    slot.name(),
                    publication.name(),
                    slot.from(),
                    thread,
                    told -> new PgOutput(publication.name(), followed::tables, told::add));
            return new Begun(stream, slot.from());
        } catch (SQLException failed) {
            throw dropped(connection, thread, noSlotLeft(failed));
        } catch (RuntimeException | Error failed) {
            dropped(connection, thread, failed);
            throw failed;
        }
    }

    private KormException dropped(Connection connection, ExecutorService thread, SQLException failed) {
        dropped(connection, thread, (Throwable) failed);
        return errors.translate(ATTEMPTED, failed, Outcome.NOT_APPLIED);
    }

    private void dropped(Connection connection, ExecutorService thread, Throwable failed) {
        thread.shutdown();
        try {
            connection.abort(Runnable::run);
        } catch (SQLException closed) {
            failed.addSuppressed(closed);
        }
    }

    /** Returns the error, or throws what it means when the server has no slot left. */
    private SQLException noSlotLeft(SQLException failed) {
        if (PostgresErrors.state(failed).equals(NO_SLOT_LEFT)) {
            throw new StoreException(
                    layer(),
                    ATTEMPTED + " on " + errors.where()
                            + " failed: the server has no replication slot left, and each open feed takes one. Close other feeds, or run"
                            + " ALTER SYSTEM SET max_replication_slots = 50, and max_wal_senders = 50, and restart the server",
                    Outcome.NOT_APPLIED,
                    failed);
        }
        return failed;
    }

    private String temporary() {
        return "korm_" + UUID.randomUUID().toString().replace("-", "");
    }

    private Slot made(Connection connection) throws SQLException {
        Session session = new Session(connection);
        session.execute("SET lock_timeout = " + busySeconds * 1000L);
        String name = temporary();
        return session.query(
                new Sql(
                        "SELECT lsn::text FROM pg_create_logical_replication_slot('" + name + "', 'pgoutput', true)",
                        List.of()),
                rows -> {
                    rows.next();
                    return new Slot(name, LogPlace.parse(rows.getString(1)));
                });
    }

    private Slot copied(Connection connection, String slot, LogPlace place) throws SQLException {
        Session session = new Session(connection);
        if (!session.query(
                Sql.of(
                        "SELECT 1 FROM pg_catalog.pg_replication_slots WHERE slot_name = ? AND wal_status <> 'lost'",
                        slot),
                ResultSet::next)) {
            throw lost("the slot " + slot
                    + " was dropped, or the server has forgotten what it was for (max_slot_wal_keep_size)");
        }
        String name = temporary();
        long from = session.query(
                Sql.of("SELECT lsn::text FROM pg_copy_logical_replication_slot(?, '" + name + "', true)", slot),
                rows -> {
                    rows.next();
                    return LogPlace.parse(rows.getString(1));
                });
        // Asked behind the copy: whoever moves the slot on has said so before.
        Optional<PostgresPublication.Kept> kept = sessions.run(ATTEMPTED, each -> publication.kept(each, slot))
                .filter(its -> Long.compareUnsigned(its.place(), from) >= 0 && its.is(place));
        if (kept.isEmpty()) {
            throw other();
        }
        return new Slot(name, Long.compareUnsigned(place.from(), from) < 0 ? from : place.from());
    }

    @Override
    public void release() {
        publication.slot().ifPresent(this::dropped);
    }

    /** Drops a slot that nobody needs, and returns whether it did: whoever follows a table again makes another. */
    private boolean dropped(String slot) {
        return sessions.run("Forgetting changes", session -> {
            if (!publication.isEmpty(session)) {
                return false;
            }
            session.query(
                    Sql.of(
                            "SELECT pg_drop_replication_slot(slot_name) FROM pg_catalog.pg_replication_slots"
                                    + " WHERE slot_name = ? AND NOT active",
                            slot),
                    ResultSet::next);
            publication.end(session, slot);
            return true;
        });
    }

    @Override
    public void forget(Instant before, Collection<Position> needed) {
        Optional<String> slot = publication.slot();
        if (slot.isEmpty() || !sessions.run("Forgetting changes", publication::areThere) || dropped(slot.get())) {
            return;
        }
        note(slot.get());
        sessions.run("Forgetting changes", session -> {
            session.begin();
            String feed = publication.feed(session);
            List<LogPlace> places = needed.stream()
                    .flatMap(position -> FeedPlace.parse(position).stream())
                    .filter(position -> position.feed().equals(feed))
                    .flatMap(position -> LogPlace.of(position.place()).stream())
                    .toList();
            Optional<String> bound = publication.forget(session, slot.get(), before.toEpochMilli(), places);
            session.connection().commit();
            session.connection().setAutoCommit(true);
            if (bound.isPresent()) {
                session.query(
                        Sql.of(
                                "SELECT pg_replication_slot_advance(slot_name, ?::pg_lsn) FROM pg_catalog.pg_replication_slots"
                                        + " WHERE slot_name = ? AND wal_status <> 'lost' AND confirmed_flush_lsn < ?::pg_lsn",
                                bound.get(),
                                slot.get(),
                                bound.get()),
                        ResultSet::next);
            }
            return true;
        });
    }
}
