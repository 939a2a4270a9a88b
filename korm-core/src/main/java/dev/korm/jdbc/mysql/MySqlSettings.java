package dev.korm.jdbc.mysql;

import dev.korm.jdbc.session.Connections;
import dev.korm.jdbc.session.Session;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The settings of a connection that make korm independent of the server's configuration: values that do not fit are
 * refused and not truncated, a statement sees what was committed before it began, waits are limited, and long texts are
 * sorted.
 */
public record MySqlSettings(int busySeconds) {
    private static final String MODE = "STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION";

    /** So many bytes of each text count when rows are sorted; the server's own number is 1,024. */
    private static final int SORTED_BYTES = 65_536;

    /** What the server wants for rows with several such texts. */
    private static final int SORT_BUFFER = 8 << 20;

    /**
     * What MariaDB alone knows: with a filter of row ids that one index makes for another, which is read from its end, 11.4.5 was seen to lose rows. Other
     * servers take it for a comment.
     */
    private static final String SET_MARIADB = " /*M!100600 , SESSION optimizer_switch = 'rowid_filter=off' */";

    private static final String KEEP_MARIADB =
            " /*M!100600 , @korm_optimizer_switch = @@SESSION.optimizer_switch */" + SET_MARIADB;

    private static final String RESET_MARIADB = " /*M!100600 , SESSION optimizer_switch = @korm_optimizer_switch */";

    private Map<String, String> variables() {
        Map<String, String> variables = new LinkedHashMap<>();
        variables.put("sql_mode", "'" + MODE + "'");
        variables.put("innodb_lock_wait_timeout", String.valueOf(busySeconds));
        variables.put("lock_wait_timeout", String.valueOf(busySeconds));
        variables.put("max_sort_length", String.valueOf(SORTED_BYTES));
        variables.put("sort_buffer_size", String.valueOf(SORT_BUFFER));
        return variables;
    }

    /** Sets a connection that stays korm's. */
    public void set(Connection connection) throws SQLException {
        List<String> assignments = new ArrayList<>();
        variables().forEach((name, value) -> assignments.add("SESSION " + name + " = " + value));
        execute(connection, assignments, SET_MARIADB);
        connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
    }

    /** Returns whether the connection is to a node of a cluster (Galera), by a question of its own. */
    public boolean isInCluster(Connection connection) throws SQLException {
        return MySqlServer.isInCluster(connection);
    }

    private static void execute(Connection connection, List<String> assignments, String further) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET " + String.join(", ", assignments) + further);
        }
    }

    /**
     * Lends connections that belong to somebody else: each is set when it is taken, and reset when it is given back.
     */
    public Connections lent(Connections source) {
        return new Connections() {
            private volatile String isolation = "";

            /** How often each connection is lent of a transaction that somebody else has begun; it is set once, and reset by the last. */
            private final Map<Connection, Integer> guests = new ConcurrentHashMap<>();

            @Override
            public Session take() throws SQLException {
                return set(source.take());
            }

            @Override
            public Session takeApart() throws SQLException {
                return set(source.takeApart());
            }

            @Override
            public Session takeForChange() throws SQLException {
                return set(source.takeForChange());
            }

            @Override
            public boolean mayBeSurrounded() {
                return source.mayBeSurrounded();
            }

            @Override
            public boolean isSurrounded() {
                return source.isSurrounded();
            }

            private Session set(Session session) throws SQLException {
                Connection connection = session.connection();
                if (session.isGuest() && guests.merge(session.owners(), 1, Integer::sum) > 1) {
                    return session;
                }
                try {
                    List<String> assignments = new ArrayList<>();
                    variables(connection).forEach((name, value) -> {
                        assignments.add("@korm_" + name + " = @@SESSION." + name);
                        assignments.add("SESSION " + name + " = " + value);
                    });
                    execute(connection, assignments, KEEP_MARIADB);
                    return session;
                } catch (SQLException | RuntimeException | Error e) {
                    guests.remove(session.owners());
                    source.give(session, State.LOST);
                    throw e;
                }
            }

            private Map<String, String> variables(Connection connection) throws SQLException {
                if (isolation.isEmpty()) {
                    try (Statement statement = connection.createStatement();
                            ResultSet rows = statement.executeQuery("SELECT VERSION()")) {
                        rows.next();
                        isolation = MySqlServer.parse(rows.getString(1)).isolation();
                    }
                }
                Map<String, String> variables = MySqlSettings.this.variables();
                variables.put(isolation, "'READ-COMMITTED'");
                return variables;
            }

            @Override
            public void give(Session session, State state) {
                Connection connection = session.connection();
                if (session.isGuest()
                        && guests.computeIfPresent(session.owners(), (any, times) -> times == 1 ? null : times - 1)
                                != null) {
                    source.give(session, state);
                    return;
                }
                try {
                    List<String> assignments = new ArrayList<>();
                    for (String name : variables(connection).keySet()) {
                        assignments.add("SESSION " + name + " = @korm_" + name);
                    }
                    execute(connection, assignments, RESET_MARIADB);
                } catch (SQLException lost) {
                    // Whoever owns the connection finds out and drops it.
                } finally {
                    source.give(session, state);
                }
            }

            @Override
            public void close() {
                source.close();
            }
        };
    }
}
