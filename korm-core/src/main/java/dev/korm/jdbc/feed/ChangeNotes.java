package dev.korm.jdbc.feed;

import dev.korm.jdbc.session.Session;
import dev.korm.live.PositionLostException;
import dev.korm.spi.ChangeFeed.Kind;
import dev.korm.spi.ChangeFeed.Position;
import dev.korm.spi.ChangeFeed.RowChange;
import dev.korm.spi.query.TableName;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * Notes of a database about changes of the rows of some tables, in its own words.
 *
 * <p><b>How a change is noted.</b> A table that is followed has triggers, which insert a row into {@value #CHANGES} for each row that changes, in the transaction of the change. So
 * a note is there if and only if its change is, whoever makes it; a table that is not followed has no trigger, and costs nothing. Databases make a trigger when no transaction is open any more that
 * has written the table without it, so nobody who writes has to know whether somebody follows.
 *
 * <p><b>What is kept.</b> {@value #FOLLOWED} gives each table a number, which stands for it in the notes. Its row 0 holds the identity of the feed, by which a position of another store is
 * known, and the bound up to which notes were forgotten.
 *
 * <p><b>In which order notes are read</b> each database tells by other means, since their numbers are drawn before the commit.
 */
public interface ChangeNotes extends FollowedTables {
    /** The table of notes. */
    String CHANGES = "__korm_changes__";

    /** The table of followed tables. */
    String FOLLOWED = "__korm_followed__";

    /** How many notes are read at once. */
    int PAGE = 1000;

    /**
     * Some changes, and where to go on behind them.
     *
     * @param all whether no others were there
     */
    record Page(List<RowChange> changes, Position next, boolean all) {
        public Page {
            changes = List.copyOf(changes);
        }
    }

    /** Returns what comes behind a position. */
    Page after(Session session, Position from) throws SQLException;

    /** Returns whether something is missed at a position for so long that it is time to find out whether it ever comes. */
    default boolean isUnsettled(Position position) {
        return false;
    }

    /** Finds out what of the missing never comes, each statement by itself. */
    default void settle(Session session, Position position) throws SQLException {}

    /** Has the database tell nobody of commits for so long, since each open feed that hears of them looks by itself; does nothing where it tells nobody anyway. */
    default void tellNobody(Session session, Duration time) throws SQLException {}

    /** Forgets notes that are older than a time in milliseconds, but none that comes behind a position of this feed. */
    void forget(Session session, long before, Collection<Position> needed) throws SQLException;

    /**
     * Returns the lowest place of some positions; empty where none is of this feed.
     *
     * @param place returns that of a position's text; empty where it has none
     */
    static OptionalLong lowest(String feed, Collection<Position> positions, Function<String, OptionalLong> place) {
        return positions.stream()
                .flatMap(position -> FeedPlace.parse(position).stream())
                .filter(each -> each.feed().equals(feed))
                .map(each -> place.apply(each.place()))
                .flatMapToLong(OptionalLong::stream)
                .min();
    }

    /** Returns the first number that is missing in a set of numbers as it is written; empty where it is none. */
    static OptionalLong firstMissing(String written) {
        return SeenNumbers.parse(written)
                .map(seen -> OptionalLong.of(seen.firstMissing()))
                .orElseGet(OptionalLong::empty);
    }

    /** The numbers that stand for kinds of change in the notes. */
    final class Kinds {
        public static final int INSERTED = 1;
        public static final int UPDATED = 2;
        public static final int DELETED = 3;

        private Kinds() {}

        static Kind of(int number) {
            return switch (number) {
                case INSERTED -> Kind.INSERTED;
                case DELETED -> Kind.DELETED;
                default -> Kind.UPDATED;
            };
        }
    }

    /** Returns a change that a note tells of. */
    static RowChange change(
            String table, String id, int kind, OptionalLong revision, Optional<String> transaction, Position behind) {
        return new RowChange(
                new TableName(table, TableName.ID),
                id,
                Kinds.of(kind),
                kind == Kinds.DELETED ? OptionalLong.empty() : revision,
                transaction,
                behind);
    }

    /** Returns the exception for a position behind which not all is kept. */
    static PositionLostException lost(String layer) {
        return new PositionLostException(
                layer,
                "The feed of the layer \"" + layer
                        + "\" cannot go on from a position: changes behind it are not kept any more, or it is another store's. Read what is there now, and go on from the position of that moment");
    }
}
