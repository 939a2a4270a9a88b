package dev.korm.jdbc;

import dev.korm.ConfigurationException;
import dev.korm.jdbc.ServerAddress.Product;
import dev.korm.spi.Environment;
import dev.korm.spi.Layer;
import dev.korm.spi.LayerDescription;
import dev.korm.spi.LayerSource;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A layer in a database of MySQL, version 8.0.17 or later, or of MariaDB, version 10.6 or later. The program brings the driver
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
    private static final int CONNECTIONS = 10;
    private static final String TYPE = "MySQL";

    private final ServerAddress address;
    private final @Nullable DataSource given;
    private final Tls tls;
    private final boolean readOnly;
    private final int poolSize;
    private final Duration poolTimeout;
    private final Duration busyTimeout;

    private MySql(
            ServerAddress address,
            @Nullable DataSource given,
            Tls tls,
            boolean readOnly,
            int poolSize,
            Duration poolTimeout,
            Duration busyTimeout) {
        this.address = address;
        this.given = given;
        this.tls = tls;
        this.readOnly = readOnly;
        this.poolSize = poolSize;
        this.poolTimeout = poolTimeout;
        this.busyTimeout = busyTimeout;
    }

    /** How a connection is kept from being read or bent on its way. */
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
     * A database by its URL: {@code mysql://user:password@host:port/database?…}, {@code mariadb://…}, {@code jdbc:mariadb://…}
     * or {@code jdbc:mysql://…}. What follows the question mark are settings of MariaDB's driver.
     */
    public static MySql url(String url) {
        return standard(ServerAddress.parse(Product.MYSQL, url), null);
    }

    /** A server by its host; port 3306 and user {@code root}, unless they are set. A database has to be named. */
    public static MySql server(String host) {
        return standard(ServerAddress.of(Product.MYSQL, host), null);
    }

    /** Connections from a data source of the program's own, which stays open when the layer is closed. */
    public static MySql dataSource(DataSource source) {
        return standard(ServerAddress.of(Product.MYSQL, "data source"), source);
    }

    private static MySql standard(ServerAddress address, @Nullable DataSource given) {
        return new MySql(
                address, given, Tls.PREFERRED, false, CONNECTIONS, Duration.ofSeconds(30), Duration.ofSeconds(10));
    }

    private MySql with(ServerAddress newAddress) {
        if (given != null) {
            throw new IllegalArgumentException("A data source of the program's own knows its server and user already");
        }
        return new MySql(newAddress, null, tls, readOnly, poolSize, poolTimeout, busyTimeout);
    }

    /** The server's port. Default: 3306. */
    public MySql port(int port) {
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("A port is between 1 and 65535");
        }
        return with(address.withPort(port));
    }

    /** The database's name. */
    public MySql database(String name) {
        return with(address.withDatabase(name));
    }

    /** Who connects. */
    public MySql user(String name) {
        return with(address.withUser(name));
    }

    /** The user's password. Never shown. */
    public MySql password(String password) {
        return with(address.withPassword(password));
    }

    /** How the connection is secured. Default: {@link Tls#PREFERRED}. */
    public MySql tls(Tls newTls) {
        if (given != null) {
            throw new IllegalArgumentException("A data source of the program's own knows its server and user already");
        }
        return new MySql(address, null, newTls, readOnly, poolSize, poolTimeout, busyTimeout);
    }

    /** Takes no changes. Default: takes changes. */
    public MySql readOnly() {
        return new MySql(address, given, tls, true, poolSize, poolTimeout, busyTimeout);
    }

    /** How many connections at the most; each open stream and transaction holds one. Default: 10. */
    public MySql poolSize(int connections) {
        if (connections < 1) {
            throw new IllegalArgumentException("poolSize must be 1 or more");
        }
        return new MySql(address, given, tls, readOnly, connections, poolTimeout, busyTimeout);
    }

    /**
     * How long a call waits for a connection, before it fails with {@link dev.korm.StoreBusyException} or {@link
     * dev.korm.StoreUnavailableException}. Default: 30 seconds.
     */
    public MySql poolTimeout(Duration timeout) {
        return new MySql(address, given, tls, readOnly, poolSize, positive("poolTimeout", timeout), busyTimeout);
    }

    /**
     * How long a change waits for a lock that another transaction holds, before it fails with {@link
     * dev.korm.StoreBusyException}. Rounded up to whole seconds. Default: 10 seconds.
     */
    public MySql busyTimeout(Duration timeout) {
        return new MySql(address, given, tls, readOnly, poolSize, poolTimeout, positive("busyTimeout", timeout));
    }

    private static Duration positive(String setting, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(setting + " must be longer than nothing");
        }
        return value;
    }

    boolean isReadOnly() {
        return readOnly;
    }

    /** Whole seconds, at least one. */
    int busySeconds() {
        return (int) Math.min(Integer.MAX_VALUE, Math.max(1, (busyTimeout.toMillis() + 999) / 1000));
    }

    @Override
    public Layer open(String name, Environment environment) {
        MySqlErrors errors = new MySqlErrors(name, this.toString());
        Connections connections =
                given == null ? pool(name, errors) : settings().lent(Connections.of(given));
        try {
            return MySqlLayer.open(name, this, connections, errors, environment);
        } catch (RuntimeException | Error e) {
            connections.close();
            throw e;
        }
    }

    private Connections pool(String name, MySqlErrors errors) {
        Libraries.require(TYPE, MySqlSource.DRIVER, "org.mariadb.jdbc:mariadb-java-client");
        Libraries.require(TYPE, "com.zaxxer.hikari.HikariDataSource", "com.zaxxer:HikariCP");
        if (address.database().isEmpty()) {
            throw new ConfigurationException("Opening " + errors.where()
                    + " failed: no database is named. Name one with database(…) or in the URL");
        }
        return PooledConnections.open(
                name,
                MySqlSource.of(address, tls, poolTimeout, settings()),
                poolSize,
                poolTimeout,
                Optional.empty(),
                errors);
    }

    private MySqlSettings settings() {
        return new MySqlSettings(busySeconds());
    }

    /** Host, port and database; never user or password. */
    @Override
    public LayerDescription description() {
        if (given != null) {
            return LayerDescription.of("mysql");
        }
        Optional<String> url = address.url();
        if (url.isPresent()) {
            return new LayerDescription("mysql", new LayerDescription.Url(url.get(), address.identity()));
        }
        Map<String, Object> identity = new HashMap<>();
        identity.put("host", address.host());
        identity.put("port", (long) address.port());
        identity.put("database", address.database());
        Map<String, Object> secret = new HashMap<>();
        secret.put("username", address.user());
        address.password().ifPresent(each -> secret.put("password", each));
        return new LayerDescription("mysql", new LayerDescription.Options(identity, secret));
    }

    /** Where the database is, for messages; without credentials. */
    @Override
    public String toString() {
        String place = given != null ? "a data source" : address.identity();
        return TYPE + " at " + place + (readOnly ? ", read-only" : "");
    }
}
