package dev.korm.jdbc;

import dev.korm.ConfigurationException;
import dev.korm.jdbc.server.ServerAddress;
import dev.korm.jdbc.server.ServerSettings;
import java.sql.SQLException;
import java.util.Map;
import org.postgresql.ds.PGSimpleDataSource;
import org.postgresql.jdbc.PreferQueryMode;

/** PostgreSQL's driver, told where the database is. */
final class PostgresSource {
    private PostgresSource() {}

    /** Returns the driver with connections for replication, which take no statement but simple ones. */
    static PGSimpleDataSource replication(String layer, ServerAddress address) {
        PGSimpleDataSource source = of(layer, address);
        source.setReplication("database");
        source.setPreferQueryMode(PreferQueryMode.SIMPLE);
        source.setAssumeMinServerVersion("14");
        return source;
    }

    static PGSimpleDataSource of(String layer, ServerAddress address) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setServerNames(new String[] {address.host()});
        source.setPortNumbers(new int[] {address.port()});
        source.setDatabaseName(address.database());
        source.setUser(address.user());
        address.password().ifPresent(source::setPassword);
        source.setApplicationName("korm");
        source.setReWriteBatchedInserts(true);
        source.setTcpKeepAlive(true);
        source.setSocketTimeout(ServerSettings.socketSeconds(ServerSettings.LONGEST_SILENCE));
        for (Map.Entry<String, String> property : address.properties().entrySet()) {
            try {
                source.setProperty(property.getKey(), property.getValue());
            } catch (SQLException unknown) {
                throw new ConfigurationException(
                        "The driver of PostgreSQL does not know, or does not take so, the setting " + property.getKey()
                                + " in the URL of layer " + layer);
            }
        }
        return source;
    }
}
