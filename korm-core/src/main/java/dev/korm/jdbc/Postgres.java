package dev.korm.jdbc;

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
 * A layer in a PostgreSQL database, version 14 or later, whose encoding is UTF-8. The program brings the driver {@code
 * org.postgresql:postgresql} and, unless it gives a data source of its own, the pool {@code com.zaxxer:HikariCP}.
 *
 * <pre>{@code
 * Layer users = Postgres.url("postgres://app:secret@db.example/app").open("userdb", Environment.system());
 * Layer cars = Postgres.server("db.example").database("app").user("app").password("secret").open("cardb", environment);
 * }</pre>
 *
 * <p>Tables lie in one schema. A pooler such as PgBouncer may stand before the server and hand each transaction to another
 * connection: the layer notices, and then keeps no prepared statements there. Where the pooler looks after those itself, {@code
 * ?prepareThreshold=5} in the URL has them kept. Such a pooler refuses or drops settings of the session, so name the schema with
 * {@link #schema} and not in the URL.
 *
 * <p>Immutable: every method answers a copy with one setting changed.
 */
public final class Postgres implements LayerSource {
    private static final int CONNECTIONS = 10;
    private static final String TYPE = "PostgreSQL";

    private final ServerAddress address;
    private final @Nullable DataSource given;
    private final Optional<String> schema;
    private final boolean readOnly;
    private final int poolSize;
    private final Duration poolTimeout;
    private final Duration busyTimeout;

    private Postgres(
            ServerAddress address,
            @Nullable DataSource given,
            Optional<String> schema,
            boolean readOnly,
            int poolSize,
            Duration poolTimeout,
            Duration busyTimeout) {
        this.address = address;
        this.given = given;
        this.schema = schema;
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
     * A database by its URL: {@code postgres://user:password@host:port/database?…}, {@code postgresql://…} or {@code
     * jdbc:postgresql:…}. What follows the question mark are settings of the driver.
     */
    public static Postgres url(String url) {
        return standard(ServerAddress.parse(Product.POSTGRES, url), null);
    }

    /** A server by its host; port 5432, and database and user {@code postgres}, unless they are set. */
    public static Postgres server(String host) {
        return standard(ServerAddress.of(Product.POSTGRES, host), null);
    }

    /** Connections from a data source of the program's own, which stays open when the layer is closed. */
    public static Postgres dataSource(DataSource source) {
        return standard(ServerAddress.of(Product.POSTGRES, "data source"), source);
    }

    private static Postgres standard(ServerAddress address, @Nullable DataSource given) {
        return new Postgres(
                address, given, Optional.empty(), false, CONNECTIONS, Duration.ofSeconds(30), Duration.ofSeconds(10));
    }

    private Postgres with(ServerAddress newAddress) {
        if (given != null) {
            throw new IllegalArgumentException("A data source of the program's own knows its server and user already");
        }
        return new Postgres(newAddress, null, schema, readOnly, poolSize, poolTimeout, busyTimeout);
    }

    /** The server's port. Default: 5432. */
    public Postgres port(int port) {
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("A port is between 1 and 65535");
        }
        return with(address.withPort(port));
    }

    /** The database's name. */
    public Postgres database(String name) {
        return with(address.withDatabase(name));
    }

    /** Who connects. */
    public Postgres user(String name) {
        return with(address.withUser(name));
    }

    /** The user's password. Never shown. */
    public Postgres password(String password) {
        return with(address.withPassword(password));
    }

    /** How the connection is secured. Default: {@link Tls#PREFERRED}. */
    public Postgres tls(Tls tls) {
        return with(address.withProperty(
                "sslmode",
                switch (tls) {
                    case OFF -> "disable";
                    case PREFERRED -> "prefer";
                    case REQUIRED -> "require";
                    case VERIFIED -> "verify-full";
                }));
    }

    /** The schema that holds the tables; it has to be there. Default: the connection's current schema, as a rule public. */
    public Postgres schema(String name) {
        if (name.isEmpty() || name.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("A schema has a name");
        }
        return new Postgres(address, given, Optional.of(name), readOnly, poolSize, poolTimeout, busyTimeout);
    }

    /** Takes no changes. Default: takes changes. */
    public Postgres readOnly() {
        return new Postgres(address, given, schema, true, poolSize, poolTimeout, busyTimeout);
    }

    /** How many connections at the most; each open stream and transaction holds one. Default: 10. */
    public Postgres poolSize(int connections) {
        if (connections < 1) {
            throw new IllegalArgumentException("poolSize must be 1 or more");
        }
        return new Postgres(address, given, schema, readOnly, connections, poolTimeout, busyTimeout);
    }

    /**
     * How long a call waits for a connection, before it fails with {@link dev.korm.StoreBusyException} or {@link
     * dev.korm.StoreUnavailableException}. Default: 30 seconds.
     */
    public Postgres poolTimeout(Duration timeout) {
        return new Postgres(address, given, schema, readOnly, poolSize, positive("poolTimeout", timeout), busyTimeout);
    }

    /**
     * How long a change waits for a lock that another transaction holds, before it fails with {@link
     * dev.korm.StoreBusyException}. Rounded up to whole seconds. Default: 10 seconds.
     */
    public Postgres busyTimeout(Duration timeout) {
        return new Postgres(address, given, schema, readOnly, poolSize, poolTimeout, positive("busyTimeout", timeout));
    }

    private static Duration positive(String setting, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(setting + " must be longer than nothing");
        }
        return value;
    }

    Optional<String> schema() {
        return schema;
    }

    boolean isReadOnly() {
        return readOnly;
    }

    /** Whether the program decided by itself which statements the server is to keep. */
    boolean saysWhatIsPrepared() {
        return address.properties().containsKey("prepareThreshold");
    }

    /** Whole seconds, at least one. */
    int busySeconds() {
        return (int) Math.min(Integer.MAX_VALUE, Math.max(1, (busyTimeout.toMillis() + 999) / 1000));
    }

    @Override
    public Layer open(String name, Environment environment) {
        Libraries.require(TYPE, "org.postgresql.ds.PGSimpleDataSource", "org.postgresql:postgresql");
        if (given == null) {
            Libraries.require(TYPE, "com.zaxxer.hikari.HikariDataSource", "com.zaxxer:HikariCP");
        }
        PostgresErrors errors = new PostgresErrors(name, this.toString());
        Connections connections = given == null ? pool(name, errors) : Connections.of(given);
        try {
            return PostgresLayer.open(name, this, connections, errors, environment);
        } catch (RuntimeException | Error e) {
            connections.close();
            throw e;
        }
    }

    private Connections pool(String name, PostgresErrors errors) {
        return PooledConnections.open(name, PostgresSource.of(name, address), poolSize, poolTimeout, errors);
    }

    /** Host, port and database; never user or password. */
    @Override
    public LayerDescription description() {
        if (given != null) {
            return LayerDescription.of("pg");
        }
        Optional<String> url = address.url();
        if (url.isPresent()) {
            String identity =
                    address.identity() + schema.map(each -> "#" + each).orElse("");
            return new LayerDescription("pg", new LayerDescription.Url(url.get(), identity));
        }
        Map<String, Object> identity = new HashMap<>();
        identity.put("host", address.host());
        identity.put("port", (long) address.port());
        identity.put("database", address.database());
        schema.ifPresent(each -> identity.put("schema", each));
        Map<String, Object> secret = new HashMap<>();
        secret.put("username", address.user());
        address.password().ifPresent(each -> secret.put("password", each));
        return new LayerDescription("pg", new LayerDescription.Options(identity, secret));
    }

    /** Where the database is, for messages; without credentials. */
    @Override
    public String toString() {
        String place = given != null ? "a data source" : address.identity();
        return "PostgreSQL at " + place + schema.map(each -> ", schema " + each).orElse("")
                + (readOnly ? ", read-only" : "");
    }
}
