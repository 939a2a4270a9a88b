package dev.korm.jdbc.mysql;

import dev.korm.jdbc.session.StatementStops;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The ways in which MySQL and MariaDB end a statement that takes too long. MariaDB limits every statement ({@code max_statement_time}), MySQL those that only read
 * ({@code max_execution_time}); what else takes too long is killed by {@code KILL QUERY}, which the drivers do when a statement is cancelled.
 */
final class MySqlStops implements StatementStops {
    private static final Set<Integer> STOPPED = Set.of(1317, 1969, 3024);

    private final boolean own;

    /** Null until the server has said what it is. */
    private volatile @Nullable MySqlServer server;

    /** @param own whether a setting of the session stays with the layer */
    MySqlStops(boolean own) {
        this.own = own;
    }

    void server(MySqlServer known) {
        server = known;
    }

    @Override
    public boolean isStopped(SQLException error) {
        return STOPPED.contains(MySqlErrors.code(error));
    }

    @Override
    public Optional<String> onConnection(long millis) {
        MySqlServer known = server;
        if (!own || known == null) {
            return Optional.empty();
        }
        return Optional.of(
                known.isMariaDb()
                        ? "SET SESSION max_statement_time = " + seconds(millis)
                        : "SET SESSION max_execution_time = " + millis);
    }

    @Override
    public String once(String sql, long millis, long usual, boolean inTransaction) {
        MySqlServer known = server;
        if (known == null) {
            return sql;
        }
        if (known.isMariaDb()) {
            return "SET STATEMENT max_statement_time = " + seconds(millis) + " FOR " + sql;
        }
        return sql.startsWith("SELECT ")
                ? "SELECT /*+ MAX_EXECUTION_TIME(" + millis + ") */ " + sql.substring("SELECT ".length())
                : sql;
    }

    /** Both count until the last row is sent, which waits for whoever takes them. */
    @Override
    public boolean countsWhatIsNotTaken() {
        return true;
    }

    private static String seconds(long millis) {
        return BigDecimal.valueOf(millis, 3).toPlainString();
    }
}
