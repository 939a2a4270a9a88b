package dev.korm.jdbc;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.ConfigurationException;
import dev.korm.jdbc.mysql.MySqlErrors;
import dev.korm.jdbc.mysql.MySqlLayer;
import dev.korm.jdbc.mysql.MySqlSettings;
import dev.korm.jdbc.server.ServerAddress.Product;
import dev.korm.jdbc.server.ServerSettings;
import dev.korm.jdbc.session.Connections;
import dev.korm.jdbc.session.DriverCheck;
import dev.korm.spi.Layer;
import dev.korm.spi.LayerDescription;
import dev.korm.spi.LayerSource;
import dev.korm.spi.environment.Environment;
import java.time.Duration;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * A layer in a database of MySQL, version 8.0.17 or later, or of MariaDB, version 10.11 or later (10.6 opens, and is not tested). The program brings the driver
 * {@code org.mariadb.jdbc:mariadb-java-client}, which speaks with both, and the pool {@code com.zaxxer:HikariCP}; or a data
 * source of its own, with that driver or with MySQL's.
 *
 * <pre>{@code
 * Layer users = MySql.url("mysql://app:secret@db.example/app").open("userdb", Environment.system());
 * Layer cars = MySql.server("db.example").database("app").user("app").password("secret").open("cardb", environment);
 * }</pre>
 *
 * <p>Tables lie in one database. How it and the server are set up, by collation, SQL mode and isolation, has no influence on
 * what is stored and found: the layer sets what it needs whenever a connection begins, and with a data source of the program's
 * own whenever it takes a connection, and puts it back.
 *
 * <p>Immutable: every method answers a copy with one setting changed.
 */
public final class MySql implements LayerSource {
    private static final String TYPE = "MySQL";

    private final ServerSettings settings;
    private final Tls tls;

    private MySql(ServerSettings settings, Tls tls) {
        this.settings = settings;
        this.tls = tls;
    }

    private MySql with(ServerSettings changed) {
        return new MySql(changed, tls);
    }

    /** The protection of a connection against eavesdropping and manipulation. */
    public enum Tls {
        /** Not at all. */
        OFF,
        /** Encrypted when the server can; nobody is kept from standing between. */
        PREFERRED,
        /** Encrypted, to whomever. */
        REQUIRED,
        /** Encrypted, to a server whose certificate is good and names the host. */
        VERIFIED
    }

    /**
     * Returns a database by its URL: {@code mysql://user:password@host:port/database?…}, {@code mariadb://…}, {@code
     * jdbc:mariadb://…} or {@code jdbc:mysql://…}. What follows the question mark are settings of MariaDB's driver.
     */
    public static MySql url(String url) {
        requireNonNull(url, "url");
        return new MySql(ServerSettings.url(Product.MYSQL, url), Tls.PREFERRED);
    }

    /**
     * Returns a server by its host; port 3306 and user {@code root}, unless they are set. A database has to be named.
     */
    public static MySql server(String host) {
        requireNonNull(host, "host");
        return new MySql(ServerSettings.server(Product.MYSQL, host), Tls.PREFERRED);
    }

    /**
     * Takes connections from a data source of the program's own, which stays open when the layer is closed. A connection with autocommit off,
     * as within a transaction of a framework's, is refused with a {@link dev.korm.ConfigurationException}, since korm would commit that transaction.
     */
    public static MySql dataSource(DataSource source) {
        requireNonNull(source, "source");
        return new MySql(ServerSettings.dataSource(Product.MYSQL, source), Tls.PREFERRED);
    }

    /** Returns the server's port. Default: 3306. */
    public MySql port(int port) {
        return with(settings.withPort(port));
    }

    /** Returns the database's name. */
    public MySql database(String name) {
        requireNonNull(name, "name");
        return with(settings.at(there -> there.withDatabase(name)));
    }

    /** Sets the user who connects. */
    public MySql user(String name) {
        requireNonNull(name, "name");
        return with(settings.at(there -> there.withUser(name)));
    }

    /** Returns the user's password. Never shown. */
    public MySql password(String password) {
        requireNonNull(password, "password");
        return with(settings.at(there -> there.withPassword(password)));
    }

    /** Sets how the connection is secured. Default: {@link Tls#PREFERRED}. */
    public MySql tls(Tls newTls) {
        requireNonNull(newTls, "newTls");
        settings.requireNoneGiven();
        return new MySql(settings, newTls);
    }

    /** Takes no changes. Default: takes changes. */
    public MySql readOnly() {
        return with(settings.readOnly());
    }

    /** Sets the maximal number of connections; each open stream and transaction holds one. Default: 10. */
    public MySql poolSize(int connections) {
        return with(settings.withPoolSize(connections));
    }

    /**
     * Sets how long a call waits for a connection, before it fails with {@link dev.korm.StoreBusyException} or {@link
     * dev.korm.StoreUnavailableException}. Default: 30 seconds.
     */
    public MySql poolTimeout(Duration timeout) {
        requireNonNull(timeout, "timeout");
        return with(settings.withPoolTimeout(timeout));
    }

    /**
     * Sets how long a change waits for a lock that another transaction holds, before it fails with {@link
     * dev.korm.StoreBusyException}. Rounded up to whole seconds. Default: 10 seconds.
     */
    public MySql busyTimeout(Duration timeout) {
        requireNonNull(timeout, "timeout");
        return with(settings.withBusyTimeout(timeout));
    }

    /**
     * Sets how long the server may be silent while an answer is awaited, before the connection is given up and the call fails with {@link
     * dev.korm.StoreUnavailableException}; so that a server that has stopped does not hold the pool for ever. It has to be longer than
     * the longest statement takes, such as the making of an index over a large table. Opening waits as long for the first answer, where {@link #poolTimeout} is not shorter. Rounded up to whole seconds.
     * Default: 10 minutes.
     */
    public MySql socketTimeout(Duration timeout) {
        requireNonNull(timeout, "timeout");
        String millis = String.valueOf(ServerSettings.socketSeconds(timeout) * 1000L);
        return with(settings.at(there -> there.withProperty(MySqlSource.SILENCE, millis)));
    }

    @Override
    public Layer open(String name, Environment environment) {
        requireNonNull(name, "name");
        requireNonNull(environment, "environment");
        MySqlErrors errors = new MySqlErrors(name, this.toString());
        MySqlSettings session = new MySqlSettings(settings.busySeconds());
        DataSource given = settings.given();
        Connections connections =
                given == null ? pool(name, session, errors) : session.lent(Connections.of(given, errors));
        try {
            return MySqlLayer.open(name, settings, connections, errors, environment);
        } catch (RuntimeException | Error e) {
            connections.close();
            throw e;
        }
    }

    private Connections pool(String name, MySqlSettings session, MySqlErrors errors) {
        DriverCheck.require(TYPE, MySqlSource.DRIVER, "org.mariadb.jdbc:mariadb-java-client");
        if (settings.address().database().isEmpty()) {
            throw new ConfigurationException("Opening " + errors.where()
                    + " failed: no database is named. Name one with database(…) or in the URL");
        }
        DataSource driver = MySqlSource.of(settings.address(), tls, settings.poolTimeout(), session);
        return settings.pool(name, TYPE, driver, Optional.empty(), errors);
    }

    /** Returns host, port and database; never user or password. */
    @Override
    public LayerDescription description() {
        LayerDescription server = settings.description("mysql", Optional.empty());
        return tls == Tls.PREFERRED ? server : server.with("tls", tls.name());
    }

    /** Returns the address of the database, for messages; without credentials. */
    @Override
    public String toString() {
        return TYPE + " at " + settings + settings.readOnlyNote();
    }
}
