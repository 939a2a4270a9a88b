package dev.korm.jdbc.feed;

import dev.korm.jdbc.session.Session;
import dev.korm.spi.ChangeFeed.Position;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.TableSchema;
import java.sql.SQLException;

/** Tables whose changes a database tells of, and the places in the order of its commits; in its own words. */
public interface FollowedTables {
    /** Returns whether what the database keeps of followed tables is there. */
    boolean areThere(Session session) throws SQLException;

    /** Makes what is kept of followed tables where it is missing. */
    void make(Session session) throws SQLException;

    /** Returns whether a table is followed as it is now. */
    boolean follows(Session session, TableSchema table) throws SQLException;

    /** Has changes of a table told from now on. */
    void follow(Session session, TableSchema table) throws SQLException;

    /** Has changes of a table told no more. */
    void unfollow(Session session, TableName table) throws SQLException;

    /** Has every position lost, where a table that is dropped was followed: nothing tells of its rows. */
    void dropped(Session session, TableName table) throws SQLException;

    /** Returns the position of the moment that the session sees. */
    Position now(Session session) throws SQLException;
}
