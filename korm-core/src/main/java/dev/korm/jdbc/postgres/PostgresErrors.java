package dev.korm.jdbc.postgres;

import dev.korm.KormException;
import dev.korm.StoreBusyException;
import dev.korm.StoreException;
import dev.korm.StoreException.Outcome;
import dev.korm.StoreFullException;
import dev.korm.StoreReadOnlyException;
import dev.korm.ValueException;
import dev.korm.jdbc.session.StoreErrors;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** Makes PostgreSQL's errors korm's, by SQLSTATE alone (postgresql.org/docs, appendix A). One for each layer. */
public final class PostgresErrors extends StoreErrors {
    static final String UNIQUE = "23505";
    static final String COLUMN_THERE = "42701";

    static final String CANCELLED = "57014";

    private static final Set<String> CONFLICTS = Set.of("40001", "40P01");
    private static final Set<String> BUSY = Set.of("55P03", CANCELLED, "55006");
    private static final String NO_CONNECTION_LEFT = "53300";

    /** Somebody else made the same table, column, type or index at the same time. */
    private static final Set<String> MADE_TWICE =
            Set.of("42P07", COLUMN_THERE, "42710", "23505", "XX000", "42P06", "42704");

    private static final String PREPARED_TWICE = "42P05";

    private static final Set<String> VALUES = Set.of("22001", "22003", "22021", "22P02", "22P05", "22007", "22008");

    /**
     * @param layer the layer's name
     * @param place the server and database, as errors name them, without credentials
     */
    public PostgresErrors(String layer, String place) {
        super(layer, place);
    }

    /** Returns the SQLSTATE; empty where there is none. */
    static String state(SQLException error) {
        String state = error.getSQLState();
        return state == null ? "" : state;
    }

    /** Returns the constraint or index that the server names. */
    static Optional<String> constraint(SQLException error) {
        Throwable each = error;
        while (each != null) {
            if (each instanceof PSQLException known) {
                ServerErrorMessage message = known.getServerErrorMessage();
                return message == null ? Optional.empty() : Optional.ofNullable(message.getConstraint());
            }
            each = each.getCause();
        }
        return Optional.empty();
    }

    @Override
    public boolean isConflict(SQLException error) {
        return CONFLICTS.contains(state(error));
    }

    @Override
    public boolean isLost(SQLException error) {
        String state = state(error);
        return state.startsWith("08") || state.startsWith("57P") || state.startsWith("58") || state.isEmpty();
    }

    @Override
    public boolean isMadeTwice(SQLException error) {
        return MADE_TWICE.contains(state(error));
    }

    @Override
    protected StoreException unconnected(SQLException error) {
        for (Throwable each = error.getCause(); each != null; each = each.getCause()) {
            if (each instanceof SQLException reason && !state(reason).isEmpty()) {
                return translated("Connecting", reason, Outcome.NOT_APPLIED);
            }
        }
        if (!state(error).isEmpty()) {
            return translated("Connecting", error, Outcome.NOT_APPLIED);
        }
        return allInUse(error);
    }

    @Override
    protected KormException meaning(String attempted, SQLException error, Outcome outcome) {
        String state = state(error);
        if (VALUES.contains(state)) {
            return new ValueException(
                    beginning(attempted)
                            + "a value does not fit its column or PostgreSQL's type of it."
                            + " Give the column a wider type, or correct the value",
                    error);
        }
        if (state.equals("54000")) {
            return new ValueException(
                    beginning(attempted) + "a value is too long, for its column's index or at all; or the item has more"
                            + " fields than a row holds, which is 8 KiB. Keep long texts in a field without an index, and put"
                            + " fields that belong together into a nested record or a map, which is one column",
                    error);
        }
        if (state.equals("54011")) {
            return new ValueException(
                    beginning(attempted)
                            + "the table has had 1600 columns, among which PostgreSQL counts those that were"
                            + " dropped. Put fields that belong together into a nested record or a map, which is one column",
                    error);
        }
        return translated(attempted, error, outcome);
    }

    private StoreException translated(String attempted, SQLException error, Outcome outcome) {
        String beginning = beginning(attempted);
        String state = state(error);
        if (CONFLICTS.contains(state)) {
            return conflict(attempted, outcome, error);
        }
        if (state.equals(NO_CONNECTION_LEFT)) {
            return noConnectionLeft(attempted, outcome, error);
        }
        if (BUSY.contains(state)) {
            return new StoreBusyException(
                    layer(),
                    beginning + "another transaction held a lock for longer than the busy timeout. Try again; when it"
                            + " recurs, look for a transaction or stream that is kept open",
                    outcome,
                    error);
        }
        return switch (state.length() < 2 ? "" : state.substring(0, 2)) {
            case "08", "57", "" -> unreachable(attempted, outcome, error);
            case "28" -> wrongUser(attempted, outcome, error);
            case "3D" -> noDatabase(attempted, outcome, error);
            case "25" ->
                new StoreReadOnlyException(
                        layer(),
                        beginning + "the database takes no changes, as a standby does. Connect to its primary",
                        outcome,
                        error);
            case "26" -> prepared(beginning, outcome, error);
            case "42" ->
                state.equals(PREPARED_TWICE)
                        ? prepared(beginning, outcome, error)
                        : state.equals("42501")
                                ? new StoreReadOnlyException(
                                        layer(),
                                        beginning + "the user lacks a privilege. Grant it on the schema and its tables",
                                        outcome,
                                        error)
                                : refused(beginning, state, outcome, error);
            case "53" ->
                state.equals("53100")
                        ? new StoreFullException(
                                layer(),
                                beginning + "the server's disk is full. Free some space; what was"
                                        + " acknowledged is safe",
                                outcome,
                                error)
                        : refused(beginning, state, outcome, error);
            case "XX" ->
                state.equals("XX001") || state.equals("XX002")
                        ? damaged(attempted, outcome, error)
                        : refused(beginning, state, outcome, error);
            default -> refused(beginning, state, outcome, error);
        };
    }

    private StoreException prepared(String beginning, Outcome outcome, SQLException error) {
        return new StoreException(
                layer(),
                beginning + "a prepared statement was another connection's. A pooler stands before the server and does"
                        + " not look after prepared statements: leave prepareThreshold out of the URL, or set it to 0",
                outcome,
                error);
    }

    private StoreException refused(String beginning, String state, Outcome outcome, SQLException error) {
        return new StoreException(
                layer(),
                beginning + "PostgreSQL refused it with SQLSTATE " + state + ". See the cause",
                outcome,
                error);
    }
}
