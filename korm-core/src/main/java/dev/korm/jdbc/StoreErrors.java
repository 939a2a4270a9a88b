package dev.korm.jdbc;

import dev.korm.KormException;
import dev.korm.StoreException;
import dev.korm.StoreException.Outcome;
import java.sql.SQLException;

/** Makes a server's errors korm's, by code and never by text. One for each layer. */
interface StoreErrors {
    /** How the layer and its database are called in messages. */
    String where();

    /** What it means that no connection could be had. */
    StoreException connecting(SQLException error);

    /** What an error means; {@code attempted} completes the sentence "… failed". */
    KormException translate(String attempted, SQLException error, Outcome outcome);

    /** Whether another transaction was in the way, so that the same one may succeed when it is run again. */
    boolean isConflict(SQLException error);

    /** Whether the connection was lost, so that it is not known what became of what was sent last. */
    boolean isLost(SQLException error);

    /** Whether somebody else made, at the same time, what a schema was to gain. */
    boolean isMadeTwice(SQLException error);
}
