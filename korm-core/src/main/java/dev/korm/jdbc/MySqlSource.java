package dev.korm.jdbc;

import dev.korm.jdbc.mysql.MySqlSettings;
import dev.korm.jdbc.server.ServerAddress;
import dev.korm.jdbc.server.ServerSettings;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeSet;
import java.util.logging.Logger;
import javax.sql.DataSource;

/** MariaDB's driver, told where the database is. It is known by its name alone. */
final class MySqlSource implements DataSource {
    static final String DRIVER = "org.mariadb.jdbc.Driver";

    static final String SILENCE = "socketTimeout";

    private static final String CONNECTING = "connectTimeout";

    private static final String TLS = "sslMode";
    private static final String LOST = "08";
    private static final String BULK_OF_ALL = "useBulkStmts";
    private static final String BULK_OF_INSERTS = "useBulkStmtsForInserts";
    private static final List<String> BULK = List.of(BULK_OF_ALL, BULK_OF_INSERTS);

    private final Driver driver;
    private final String url;
    private final Properties properties;
    private final MySql.Tls tls;
    private final MySqlSettings settings;

    /** Of the pool, which sets it and asks how long to wait for what it began; the driver has a setting of its own. */
    private volatile int loginSeconds;

    /** Whether the server is a node of a cluster, where the driver's bulk mode must be off; once true, for good. */
    private volatile boolean cluster;

    private MySqlSource(Driver driver, String url, Properties properties, MySql.Tls tls, MySqlSettings settings) {
        this.driver = driver;
        this.url = url;
        this.properties = properties;
        this.tls = tls;
        this.settings = settings;
    }

    /** @param timeout how long making a connection may take */
    static DataSource of(ServerAddress address, MySql.Tls tls, Duration timeout, MySqlSettings settings) {
        Properties properties = new Properties();
        properties.setProperty("user", address.user());
        address.password().ifPresent(password -> properties.setProperty("password", password));
        properties.setProperty("useServerPrepStmts", "true");
        // Of other statements the driver would no longer say how many rows each changed.
        properties.setProperty(BULK_OF_ALL, "false");
        properties.setProperty(BULK_OF_INSERTS, "true");
        properties.setProperty(CONNECTING, String.valueOf(Math.min(Integer.MAX_VALUE, timeout.toMillis())));
        // A row that is there counts as changed even when it gets the values that it has.
        properties.setProperty("useAffectedRows", "false");
        TreeSet<String> given = new TreeSet<>();
        for (Map.Entry<String, String> property : address.properties().entrySet()) {
            given.add(property.getKey().toLowerCase(Locale.ROOT));
            properties.setProperty(property.getKey(), property.getValue());
        }
        if (!given.contains(SILENCE.toLowerCase(Locale.ROOT))) {
            properties.setProperty(SILENCE, String.valueOf(ServerSettings.LONGEST_SILENCE.toMillis()));
        } else if (!given.contains(CONNECTING.toLowerCase(Locale.ROOT))) {
            shorten(properties, address);
        }
        boolean own = given.contains("sslmode") || given.contains("usessl");
        if (!own) {
            properties.setProperty(TLS, mode(tls));
        }
        String url = "jdbc:mariadb://" + address.host() + ":" + address.port() + "/" + address.database();
        return new MySqlSource(driver(), url, properties, own ? MySql.Tls.REQUIRED : tls, settings);
    }

    /** Has the driver wait no longer for the first answer of a server than for any later one: until it is connected, it knows no other limit. */
    private static void shorten(Properties properties, ServerAddress address) {
        for (Map.Entry<String, String> property : address.properties().entrySet()) {
            if (property.getKey().equalsIgnoreCase(SILENCE)) {
                try {
                    long silence = Long.parseLong(property.getValue().trim());
                    long connecting = Long.parseLong(properties.getProperty(CONNECTING));
                    if (silence > 0 && silence < connecting) {
                        properties.setProperty(CONNECTING, String.valueOf(silence));
                    }
                } catch (NumberFormatException notOne) {
                    // The driver says so when it is given to it.
                }
            }
        }
    }

    private static Driver driver() {
        try {
            return Class.forName(DRIVER, true, MySqlSource.class.getClassLoader())
                    .asSubclass(Driver.class)
                    .getDeclaredConstructor()
                    .newInstance();
        } catch (ReflectiveOperationException noDriver) {
            throw new IllegalStateException(noDriver);
        }
    }

    private static String mode(MySql.Tls tls) {
        return switch (tls) {
            case OFF -> "disable";
            case PREFERRED, REQUIRED -> "trust";
            case VERIFIED -> "verify-full";
        };
    }

    @Override
    public Connection getConnection() throws SQLException {
        try {
            return connect(properties);
        } catch (SQLException e) {
            if (tls != MySql.Tls.PREFERRED || !knowsNoTls(e)) {
                throw e;
            }
            Properties plain = new Properties();
            plain.putAll(properties);
            plain.setProperty(TLS, mode(MySql.Tls.OFF));
            return connect(plain);
        }
    }

    /** Returns whether the driver spoke with a server and gave up by itself. */
    private static boolean knowsNoTls(SQLException e) {
        String state = e.getSQLState();
        return e.getErrorCode() <= 0 && state != null && state.startsWith(LOST) && e.getCause() == null;
    }

    private Connection connect(Properties given) throws SQLException {
        Connection connection = set(given);
        if (cluster || !asked(connection)) {
            return connection;
        }
        cluster = true;
        connection.close();
        return set(given);
    }

    private Connection set(Properties given) throws SQLException {
        Connection connection = driver.connect(url, cluster ? withoutBulk(given) : given);
        if (connection == null) {
            throw new SQLException("The driver does not take the address", "08001");
        }
        try {
            settings.set(connection);
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    /** Asks whether the server is in a cluster: each new connection does, since servers may be started again as nodes of one. */
    private boolean asked(Connection connection) throws SQLException {
        try {
            return settings.isInCluster(connection);
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    /** Switches it off whatever the program asked for: in a cluster rows are lost by it. */
    private static Properties withoutBulk(Properties given) {
        Properties without = new Properties();
        given.forEach((name, value) -> {
            if (BULK.stream().noneMatch(name.toString()::equalsIgnoreCase)) {
                without.put(name, value);
            }
        });
        BULK.forEach(name -> without.setProperty(name, "false"));
        return without;
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        throw new SQLFeatureNotSupportedException("Who connects is set once");
    }

    @Override
    public PrintWriter getLogWriter() throws SQLException {
        throw new SQLFeatureNotSupportedException();
    }

    @Override
    public void setLogWriter(PrintWriter out) {
        // Nothing is logged.
    }

    @Override
    public void setLoginTimeout(int seconds) {
        loginSeconds = seconds;
    }

    @Override
    public int getLoginTimeout() {
        return loginSeconds;
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        if (isWrapperFor(type)) {
            return type.cast(this);
        }
        throw new SQLException("Not a wrapper of " + type.getName());
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return type.isInstance(this);
    }

    /** Returns the address, without the user. */
    @Override
    public String toString() {
        return url;
    }
}
