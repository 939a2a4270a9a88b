package dev.korm.jdbc.postgres;

import dev.korm.jdbc.session.Connections;
import dev.korm.jdbc.session.StoreErrors;
import javax.sql.DataSource;

/**
 * The ways to one of the servers that hold a database.
 *
 * @param place the server and database, as messages name them, without credentials
 * @param driver gives connections that pools are made of
 * @param probe gives single connections, whose waits are short
 * @param pool opens connections to read on
 */
public record PostgresServer(String place, DataSource driver, DataSource probe, Opening pool) {
    /** Opens connections of the layer's own. */
    public interface Opening {
        Connections open(StoreErrors errors, boolean behindPooler);
    }
}
