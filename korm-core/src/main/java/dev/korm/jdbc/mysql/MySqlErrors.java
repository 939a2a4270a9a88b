package dev.korm.jdbc.mysql;

import dev.korm.KormException;
import dev.korm.StoreBusyException;
import dev.korm.StoreException;
import dev.korm.StoreException.Outcome;
import dev.korm.StoreFullException;
import dev.korm.StoreReadOnlyException;
import dev.korm.StoreUnavailableException;
import dev.korm.ValueException;
import dev.korm.jdbc.session.StoreErrors;
import java.sql.SQLException;
import java.util.Set;

/**
 * Makes the errors of MySQL and MariaDB korm's, by their numbers (dev.mysql.com, "Server Error Message Reference"; mariadb.com,
 * "MariaDB Error Codes"), and by SQLSTATE where the driver itself gave up. One for each layer.
 */
public final class MySqlErrors extends StoreErrors {
    static final int NO_TABLE = 1146;
    static final int DEADLOCK = 1213;
    static final int CHECK_FAILED_MARIADB = 4025;

    /** A key or a unique index holds the value. */
    private static final Set<Integer> DUPLICATES = Set.of(1062, 1586, 1022, 1169);

    /** Deadlock, and what was read was changed meanwhile. */
    private static final Set<Integer> CONFLICTS = Set.of(DEADLOCK, 1020, 1412, 1614, 3101);

    /** Waited too long for a row or a table; cancelled for its length; a lock that was not to be waited for. */
    private static final Set<Integer> BUSY = Set.of(1205, 1317, 1969, 3024, 3572, 1099);

    private static final Set<Integer> NO_CONNECTION_LEFT = Set.of(1040, 1203, 1226);
    private static final Set<Integer> LOST =
            Set.of(1053, 1152, 1158, 1159, 1160, 1161, 1184, 1927, 2006, 2013, 3169, 4031);
    private static final Set<Integer> MISSING = Set.of(NO_TABLE, 1054, 1051, 1109);
    private static final int LOCK_WAIT = 1205;
    private static final int COMMAND_DENIED = 1142;
    private static final int UNTRUSTED_BY_LOG = 1419;
    private static final int NOT_WAITING = 3572;
    private static final int WRONG_COLUMN_NAME = 1166;
    private static final int COLUMN_THERE = 1060;
    private static final Set<Integer> MADE_TWICE = Set.of(1050, COLUMN_THERE, 1061, 1091, 1684);

    /** Out of range, too long, of another kind or character set, no JSON, null where none may be. */
    private static final Set<Integer> VALUES = Set.of(
            1048, 1264, 1265, 1292, 1366, 1367, 1406, 1690, CHECK_FAILED_MARIADB, 3819, 3140, 3141, 3144, 3157, 3988);

    /** A row would be larger than a page holds; what is told when a table is made and when one is written. */
    private static final int ROW_TOO_LARGE = 1118;

    private static final int TOO_MANY_COLUMNS = 1117;

    private static final Set<Integer> PACKET = Set.of(1153, 1301);
    private static final Set<Integer> KEY_TOO_LONG = Set.of(1071, 1170, 1713);
    private static final Set<Integer> READ_ONLY = Set.of(1290, 1792, 1836, 3100);
    private static final Set<Integer> NO_RIGHT = Set.of(1142, 1143, 1227, 1370, 1044);
    private static final Set<Integer> FULL = Set.of(1114, 1021, 1041, 1037);
    private static final Set<Integer> DAMAGED = Set.of(126, 127, 1034, 1194, 1195, 1712, 1877);
    private static final Set<Integer> WHO = Set.of(1045, 1698, 1862, 3118);
    private static final int NO_DATABASE = 1049;

    /** A node of a cluster takes no statement. Its SQLSTATE says that the connection is lost, which it is not. */
    private static final int NODE_NOT_READY = 1047;

    /** COMMIT failed, behind the point from which on a cluster may have stored the change. */
    private static final int COMMIT_FAILED = 1180;

    /** Killed: by a person, or by a change of the schema that came from another node. */
    private static final int STOPPED = 1317;

    /** A savepoint is gone; in a cluster since its transaction is. */
    private static final int NO_SAVEPOINT = 1305;

    /** In a cluster, as a rule: the change is larger than the nodes send to one another. */
    private static final int UNSPECIFIC = 1105;

    /** Found out before anything is written. */
    private volatile boolean cluster;

    /**
     * @param layer the layer's name
     * @param place the server and database, as errors name them, without credentials
     */
    public MySqlErrors(String layer, String place) {
        super(layer, place);
    }

    /** Takes note that the server is a node of a cluster (Galera), where some codes mean more than they do elsewhere. */
    void inCluster() {
        cluster = true;
    }

    /** Returns the server's number; 0 where the driver has none. */
    static int code(SQLException error) {
        return Math.max(0, error.getErrorCode());
    }

    private static String state(SQLException error) {
        String state = error.getSQLState();
        return state == null ? "" : state;
    }

    /** Returns whether the user lacks the right to make triggers, by itself or for want of trust in what the binary log repeats. */
    static boolean mayMakeNoTriggers(SQLException error) {
        return error.getErrorCode() == COMMAND_DENIED || error.getErrorCode() == UNTRUSTED_BY_LOG;
    }

    /** Returns whether others hold what was asked for without waiting, or for too long; or have taken the number before. */
    static boolean isHeld(SQLException error) {
        int code = error.getErrorCode();
        return code == LOCK_WAIT || code == NOT_WAITING || code == DEADLOCK || isDuplicate(error);
    }

    static boolean isDuplicate(SQLException error) {
        return DUPLICATES.contains(code(error));
    }

    /** Returns whether the name of a column is the server's own. */
    static boolean isReserved(SQLException error) {
        return code(error) == WRONG_COLUMN_NAME;
    }

    /** Returns whether a column is there already. */
    static boolean isColumnThere(SQLException error) {
        return code(error) == COLUMN_THERE;
    }

    static boolean isMissing(SQLException error) {
        return MISSING.contains(code(error));
    }

    @Override
    public boolean isConflict(SQLException error) {
        int code = code(error);
        return CONFLICTS.contains(code) || (cluster && (code == STOPPED || code == NO_SAVEPOINT));
    }

    /** Checks for a lost quorum: a node that loses the others while it commits reports the same as one whose statement was stopped. */
    @Override
    public boolean isUndecided(SQLException error) {
        int code = code(error);
        return code == COMMIT_FAILED || (cluster && code == STOPPED);
    }

    @Override
    public boolean isLost(SQLException error) {
        String state = state(error);
        int code = code(error);
        return code != NODE_NOT_READY
                && (LOST.contains(code) || state.startsWith("08") || (code == 0 && state.isEmpty()));
    }

    @Override
    public boolean isMadeTwice(SQLException error) {
        return MADE_TWICE.contains(code(error));
    }

    /** Returns whether the driver or the server refused a packet for its size. */
    private static boolean isTooLarge(SQLException error) {
        if (PACKET.contains(code(error))) {
            return true;
        }
        for (Throwable each = error; each != null; each = each.getCause()) {
            if (each.getClass().getSimpleName().equals("MaxAllowedPacketException")
                    || each.getClass().getSimpleName().equals("PacketTooBigException")) {
                return true;
            }
        }
        return false;
    }

    @Override
    protected StoreException unconnected(SQLException error) {
        SQLException reason = error;
        for (Throwable each = error; each != null; each = each.getCause()) {
            // What the server said stands below what drivers and pools make of it.
            if (code(reason) == 0 && each instanceof SQLException said && isOf(said)) {
                reason = code(said) != 0 || !isOf(reason) ? said : reason;
            }
        }
        return isOf(reason) ? translated("Connecting", reason, Outcome.NOT_APPLIED) : allInUse(error);
    }

    /** Returns whether it says something of a server or a driver, and not of a pool. */
    private static boolean isOf(SQLException error) {
        return code(error) != 0 || !state(error).isEmpty();
    }

    @Override
    protected KormException meaning(String attempted, SQLException error, Outcome outcome) {
        String beginning = beginning(attempted);
        int code = code(error);
        if (isTooLarge(error)) {
            return new ValueException(
                    beginning
                            + "a value, or a batch of them, is larger than the server takes at once. Raise the server's"
                            + " max_allowed_packet, or keep so large a value in a file",
                    error);
        }
        if (VALUES.contains(code)) {
            return new ValueException(
                    beginning + "a value does not fit its column or the database's type of it."
                            + " Give the column a wider type, or correct the value",
                    error);
        }
        if (code == ROW_TOO_LARGE || code == TOO_MANY_COLUMNS) {
            return new ValueException(
                    beginning
                            + "the item has more fields than a row of the database holds: 8 KiB, in which each short text is"
                            + " stored whole and each longer one takes 20 bytes or more. Put fields that belong together into a nested"
                            + " record or a map, which is one column",
                    error);
        }
        if (KEY_TOO_LONG.contains(code)) {
            return new ValueException(
                    beginning + "an index would hold more than the database takes. Index fewer fields", error);
        }
        if (cluster && outcome == Outcome.NOT_APPLIED && (code == UNSPECIFIC || code == COMMIT_FAILED)) {
            return new ValueException(
                    beginning
                            + "the cluster did not take the change, as when it is larger than the nodes send to one another."
                            + " Make it in smaller parts, or raise wsrep_max_ws_size and wsrep_max_ws_rows on each node",
                    error);
        }
        return translated(attempted, error, outcome);
    }

    private StoreException translated(String attempted, SQLException error, Outcome outcome) {
        String beginning = beginning(attempted);
        int code = code(error);
        if (outcome == Outcome.UNKNOWN && isUndecided(error)) {
            return new StoreException(
                    layer(),
                    beginning
                            + "the server failed in the middle of COMMIT. The change may have happened. When it recurs, the"
                            + " change may be larger than wsrep_max_ws_size lets it be; else the server's log says more",
                    outcome,
                    error);
        }
        if (code == NODE_NOT_READY) {
            return StoreUnavailableException.retryable(
                    layer(),
                    beginning + "this node of the cluster takes no statements: it has lost the majority of the nodes"
                            + " (quorum), or is not yet up to date. Try again, or connect to another node",
                    error);
        }
        if (isConflict(error)) {
            return conflict(attempted, outcome, error);
        }
        if (NO_CONNECTION_LEFT.contains(code)) {
            return noConnectionLeft(attempted, outcome, error);
        }
        if (BUSY.contains(code)) {
            return new StoreBusyException(
                    layer(),
                    beginning + "another transaction held a lock for longer than the busy timeout, or the statement was"
                            + " stopped. Try again; when it recurs, look for a transaction or stream that is kept open",
                    outcome,
                    error);
        }
        if (READ_ONLY.contains(code)) {
            return new StoreReadOnlyException(
                    layer(),
                    beginning + "the server takes no changes, as a replica does. Connect to its primary",
                    outcome,
                    error);
        }
        if (NO_RIGHT.contains(code)) {
            return new StoreReadOnlyException(
                    layer(),
                    beginning + "the user lacks a privilege. Grant it on the database and its tables",
                    outcome,
                    error);
        }
        if (WHO.contains(code)) {
            return wrongUser(attempted, outcome, error);
        }
        if (code == NO_DATABASE) {
            return noDatabase(attempted, outcome, error);
        }
        if (FULL.contains(code)) {
            return new StoreFullException(
                    layer(),
                    beginning + "the server's disk is full. Free some space; what was acknowledged is safe",
                    outcome,
                    error);
        }
        if (DAMAGED.contains(code)) {
            return damaged(attempted, outcome, error);
        }
        if (isLost(error)) {
            return unreachable(attempted, outcome, error);
        }
        return new StoreException(
                layer(),
                beginning + "the server refused it with error " + code + ", SQLSTATE " + state(error)
                        + ". See the cause",
                outcome,
                error);
    }
}
