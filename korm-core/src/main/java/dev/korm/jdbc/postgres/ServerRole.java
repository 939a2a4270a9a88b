package dev.korm.jdbc.postgres;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The part that a server plays among those that hold one database, as it says itself.
 *
 * @param standby whether it follows another one
 * @param system the number that the database was given when it was made, which its copies share
 * @param timeline grows by one whenever a standby takes its primary's place; positions of different timelines cannot be compared
 * @param position the bytes of the log that are in effect: flushed on a primary, replayed on a standby
 */
record ServerRole(boolean standby, long system, long timeline, long position) {
    /**
     * A primary's flushed end is that of a record, as a standby's replayed one is; the position at which the next will be inserted may lie behind the head of a page, where no
     * standby comes before that. A standby knows the timeline by what it receives, where the user may look at that, else by what it has noted in its control file, which may be late.
     */
    private static final String QUESTION = """
            SELECT r.standby, (SELECT system_identifier FROM pg_control_system()),
              CASE WHEN r.standby
                THEN COALESCE((SELECT received_tli FROM pg_stat_wal_receiver),
                  (SELECT min_recovery_end_timeline FROM pg_control_recovery()))
                ELSE ('x' || substr(pg_walfile_name(pg_current_wal_flush_lsn()), 1, 8))::bit(32)::bigint END,
              (CASE WHEN r.standby THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_flush_lsn() END - '0/0')::bigint
            FROM (SELECT pg_is_in_recovery() AS standby) AS r""";

    static ServerRole of(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(QUESTION)) {
            row.next();
            return new ServerRole(row.getBoolean(1), row.getLong(2), row.getLong(3), row.getLong(4));
        }
    }

    /** Returns whether its position can be compared with that of another server. */
    boolean follows(ServerRole primary) {
        return standby && !primary.standby && system == primary.system && timeline == primary.timeline;
    }
}
