package dev.korm.jdbc.postgres;

import dev.korm.jdbc.session.Connections;
import dev.korm.jdbc.session.StoreErrors;
import javax.sql.DataSource;

/**
 * The way to a server that follows another one.
 *
 * @param place the server and database, as messages name them, without credentials
 * @param probe gives single connections, whose waits are short
 * @param pool opens connections to read on
 */
public record PostgresReplica(String place, DataSource probe, Opening pool) {
    /** Opens connections of the layer's own. */
    public interface Opening {
        Connections open(StoreErrors errors, boolean behindPooler);
    }
}
