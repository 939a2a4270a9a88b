package dev.korm.jdbc.server;

import dev.korm.jdbc.server.ServerAddress.Product;
import dev.korm.jdbc.session.Connections;
import dev.korm.jdbc.session.DriverCheck;
import dev.korm.jdbc.session.PooledConnections;
import dev.korm.jdbc.session.StoreErrors;
import dev.korm.spi.Capabilities;
import dev.korm.spi.LayerDescription;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The settings by which a layer reaches its server, whichever database that is, with their time limits.
 *
 * @param given a data source of the program's own, which knows its server and user already
 * @param poolTimeout how long a call waits for a connection
 * @param busyTimeout how long a change waits for a lock
 */
public record ServerSettings(
        ServerAddress address,
        @Nullable DataSource given,
        Capabilities.Access access,
        int poolSize,
        Duration poolTimeout,
        Duration busyTimeout) {
    private static final int CONNECTIONS = 10;

    /** How long a server may be silent while an answer is awaited, where nothing else is set. */
    public static final Duration LONGEST_SILENCE = Duration.ofMinutes(10);

    public static ServerSettings url(Product product, String url) {
        return standard(ServerAddress.parse(product, url), null);
    }

    public static ServerSettings server(Product product, String host) {
        return standard(ServerAddress.of(product, host), null);
    }

    public static ServerSettings dataSource(Product product, DataSource source) {
        return standard(ServerAddress.of(product, "data source"), source);
    }

    private static ServerSettings standard(ServerAddress address, @Nullable DataSource given) {
        return new ServerSettings(
                address,
                given,
                Capabilities.Access.READ_WRITE,
                CONNECTIONS,
                Duration.ofSeconds(30),
                Duration.ofSeconds(10));
    }

    /** Returns the settings with another address; refused where a data source knows it. */
    public ServerSettings at(UnaryOperator<ServerAddress> change) {
        requireNoneGiven();
        return new ServerSettings(change.apply(address), null, access, poolSize, poolTimeout, busyTimeout);
    }

    /** Returns the settings for another server that holds the same database, with what was set beside the URL of this one. */
    public ServerSettings of(String url) {
        requireNoneGiven();
        ServerAddress there = ServerAddress.parse(address.product(), url).withAddedOf(address);
        return new ServerSettings(there, null, access, poolSize, poolTimeout, busyTimeout);
    }

    /** Returns the settings with a shorter wait for a connection, where they have a longer one. */
    public ServerSettings waitingAtMost(Duration longest) {
        return poolTimeout.compareTo(longest) < 0 ? this : withPoolTimeout(longest);
    }

    public void requireNoneGiven() {
        if (given != null) {
            throw new IllegalArgumentException("A data source of the program's own knows its server and user already");
        }
    }

    public ServerSettings withPort(int port) {
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("A port is between 1 and 65535");
        }
        return at(there -> there.withPort(port));
    }

    public ServerSettings readOnly() {
        return new ServerSettings(address, given, Capabilities.Access.READ_ONLY, poolSize, poolTimeout, busyTimeout);
    }

    public ServerSettings withPoolSize(int connections) {
        if (connections < 1) {
            throw new IllegalArgumentException("poolSize must be 1 or more");
        }
        return new ServerSettings(address, given, access, connections, poolTimeout, busyTimeout);
    }

    public ServerSettings withPoolTimeout(Duration timeout) {
        return new ServerSettings(address, given, access, poolSize, positive("poolTimeout", timeout), busyTimeout);
    }

    public ServerSettings withBusyTimeout(Duration timeout) {
        return new ServerSettings(address, given, access, poolSize, poolTimeout, positive("busyTimeout", timeout));
    }

    /** Returns whole seconds, at least one and as many as drivers count in milliseconds. */
    public static int socketSeconds(Duration timeout) {
        long millis = positive("socketTimeout", timeout).toMillis();
        return (int) Math.min(Integer.MAX_VALUE / 1000, Math.max(1, (millis + 999) / 1000));
    }

    private static Duration positive(String setting, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(setting + " must be longer than zero");
        }
        return value;
    }

    /** Returns whole seconds, at least one. */
    public int busySeconds() {
        return (int) Math.min(Integer.MAX_VALUE, Math.max(1, (busyTimeout.toMillis() + 999) / 1000));
    }

    /** Returns the time limit for connecting in whole seconds, at least one. */
    public int poolSeconds() {
        return (int) Math.min(Integer.MAX_VALUE, Math.max(1, (poolTimeout.toMillis() + 999) / 1000));
    }

    /** Returns whether the connections are the layer's own, set as it wants them. */
    public boolean isOwn() {
        return given == null;
    }

    /**
     * Returns a pool of connections that the driver makes.
     *
     * @param first what is run on each when it was made
     */
    public Connections pool(
            String layer, String product, DataSource driver, Optional<String> first, StoreErrors errors) {
        DriverCheck.require(product, "com.zaxxer.hikari.HikariDataSource", "com.zaxxer:HikariCP");
        return PooledConnections.open(layer, driver, poolSize, poolTimeout, first, errors);
    }

    /**
     * Returns host, port and database; never user or password.
     *
     * @param schema what tells layers of one database apart
     */
    public LayerDescription description(String type, Optional<String> schema) {
        if (given != null) {
            return LayerDescription.of(type);
        }
        Optional<String> url = address.url();
        Map<String, String> more = new HashMap<>(address.added());
        schema.ifPresent(each -> more.put("schema", each));
        if (url.isPresent()) {
            String identity =
                    address.identity() + schema.map(each -> "#" + each).orElse("");
            return new LayerDescription(type, new LayerDescription.Url(url.get(), identity), more);
        }
        Map<String, Object> identity = new HashMap<>();
        identity.put("host", address.host());
        identity.put("port", (long) address.port());
        identity.put("database", address.database());
        schema.ifPresent(each -> identity.put("schema", each));
        Map<String, Object> secret = new HashMap<>();
        secret.put("username", address.user());
        address.password().ifPresent(each -> secret.put("password", each));
        return new LayerDescription(type, new LayerDescription.Options(identity, secret), more);
    }

    /** Returns the note that messages append to the address of a read-only layer. */
    public String readOnlyNote() {
        return access == Capabilities.Access.READ_ONLY ? ", read-only" : "";
    }

    /** Returns the address of the database, for messages; without credentials. */
    @Override
    public String toString() {
        return given != null ? "a data source" : address.identity();
    }
}
