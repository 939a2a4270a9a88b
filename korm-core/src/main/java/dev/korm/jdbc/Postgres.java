package dev.korm.jdbc;

import static dev.korm.argument.NullArgumentException.requireElements;
import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.ConfigurationException;
import dev.korm.jdbc.postgres.PostgresErrors;
import dev.korm.jdbc.postgres.PostgresLayer;
import dev.korm.jdbc.postgres.PostgresPooler;
import dev.korm.jdbc.postgres.PostgresReplicas;
import dev.korm.jdbc.postgres.PostgresServer;
import dev.korm.jdbc.postgres.PrimarySearch;
import dev.korm.jdbc.server.ServerAddress.Product;
import dev.korm.jdbc.server.ServerSettings;
import dev.korm.jdbc.session.Connections;
import dev.korm.jdbc.session.DriverCheck;
import dev.korm.jdbc.session.StoreErrors;
import dev.korm.spi.Layer;
import dev.korm.spi.LayerDescription;
import dev.korm.spi.LayerSource;
import dev.korm.spi.environment.Environment;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

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
 * <p>The layer's own connections have {@code jit} off, since the server would compile statements with many joins for longer than
 * they run. Behind a pooler, and with a data source of the program's own, it is off within the transactions of such statements
 * alone.
 *
 * <p>Immutable: every method answers a copy with one setting changed.
 */
public final class Postgres implements LayerSource {
    private static final String TYPE = "PostgreSQL";

    private static final Duration STALENESS = Duration.ofSeconds(1);

    /** How long a selection waits for a connection to a replica, before another server answers. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);

    /** How long a server may take to say what it has, before it is left out. */
    private static final int PROBE_SECONDS = 5;

    private final ServerSettings settings;
    private final Optional<String> schema;
    private final Feed feed;

    /** The URLs of servers that follow the one of the settings. */
    private final List<String> replicas;

    private final Duration staleness;

    private Postgres(ServerSettings settings) {
        this(settings, Optional.empty(), Feed.TRIGGERS, List.of(), STALENESS);
    }

    private Postgres(
            ServerSettings settings, Optional<String> schema, Feed feed, List<String> replicas, Duration staleness) {
        this.settings = settings;
        this.schema = schema;
        this.feed = feed;
        this.replicas = replicas;
        this.staleness = staleness;
    }

    private Postgres with(ServerSettings changed) {
        return new Postgres(changed, schema, feed, replicas, staleness);
    }

    /** The source of a layer's change feed, and so of its live queries. */
    public enum Feed {
        /** Triggers of korm's own tables, which note each change in a table, in the transaction of the change. They need no setting of the server, and no right but that of the tables' owner. */
        TRIGGERS,

        /**
         * The server's log, by logical replication through a temporary slot for each feed. It tells of tables that korm did not make, too, and writes nothing beside a change; nothing stays on the server when the feed is
         * closed. A position cannot be gone on from: for live queries, which need none.
         */
        LOG,

        /** The same, and a slot that stays, {@code korm_<schema>_<hash>}: feeds go on from their positions, and the server keeps its log for them until korm forgets it. */
        KEPT_LOG
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
     * Returns a database by its URL: {@code postgres://user:password@host:port/database?…}, {@code postgresql://…} or
     * {@code jdbc:postgresql:…}. What follows the question mark are settings of the driver.
     *
     * <p>Commits are durable when they are acknowledged: where the server's default is {@code synchronous_commit = off}, connections are set to {@code on}.
     */
    public static Postgres url(String url) {
        requireNonNull(url, "url");
        return new Postgres(ServerSettings.url(Product.POSTGRES, url));
    }

    /** Returns a server by its host; port 5432, and database and user {@code postgres}, unless they are set. */
    public static Postgres server(String host) {
        requireNonNull(host, "host");
        return new Postgres(ServerSettings.server(Product.POSTGRES, host));
    }

    /**
     * Takes connections from a data source of the program's own, which stays open when the layer is closed. Its {@code synchronous_commit} is left as
     * it is; {@code off} is warned of. A connection with autocommit off, as within a transaction of a framework's, is refused with a {@link
     * dev.korm.ConfigurationException}, since korm would commit that transaction.
     */
    public static Postgres dataSource(DataSource source) {
        requireNonNull(source, "source");
        return new Postgres(ServerSettings.dataSource(Product.POSTGRES, source));
    }

    /** Returns the server's port. Default: 5432. */
    public Postgres port(int port) {
        return with(settings.withPort(port));
    }

    /** Returns the database's name. */
    public Postgres database(String name) {
        requireNonNull(name, "name");
        return with(settings.at(there -> there.withDatabase(name)));
    }

    /** Sets the user who connects. */
    public Postgres user(String name) {
        requireNonNull(name, "name");
        return with(settings.at(there -> there.withUser(name)));
    }

    /** Returns the user's password. Never shown. */
    public Postgres password(String password) {
        requireNonNull(password, "password");
        return with(settings.at(there -> there.withPassword(password)));
    }

    /** Sets how the connection is secured. Default: {@link Tls#PREFERRED}. */
    public Postgres tls(Tls tls) {
        requireNonNull(tls, "tls");
        String mode =
                switch (tls) {
                    case OFF -> "disable";
                    case PREFERRED -> "prefer";
                    case REQUIRED -> "require";
                    case VERIFIED -> "verify-full";
                };
        return with(settings.at(there -> there.withProperty("sslmode", mode)));
    }

    /**
     * Returns the schema that holds the tables; it has to be there. Default: the connection's current schema, as a rule
     * public.
     */
    public Postgres schema(String name) {
        requireNonNull(name, "name");
        if (name.isEmpty() || name.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("A schema has a name");
        }
        return new Postgres(settings, Optional.of(name), feed, replicas, staleness);
    }

    /**
     * Reads from standbys of the server too, by their URLs as {@link #url} takes them; what was set by {@link #tls} and {@link #socketTimeout} holds for them as well. Default: none.
     *
     * <p>They answer queries and items by their RNs, outside of transactions. Everything else is the server's: transactions, changes and what they rest on, locks, live queries, histories,
     * backups. A standby is read only while it is known to have replayed all that this layer has changed, locked, or heard of by a feed, and all that anybody had committed {@link #maxStaleness} ago; else the
     * server answers. So a pool reads its own writes, whichever thread wrote; what another pool wrote may be seen a moment later than on the server, and two questions that follow each other may be answered by
     * standbys of which the second has seen less of other pools' changes. One question is answered by one server, its resolved references included.
     *
     * <p>The servers may change places: the one of them that is in no recovery, on the newest timeline, is the one that takes changes. When the server is lost, calls fail as they do without replicas until a
     * standby is promoted, and go on there. One that comes back from an older timeline as if nothing had happened gets no changes.
     *
     * <p>A standby that is away, or of another system or timeline, is left out until it is back. A question that one fails to answer, as when replay cancels it, is put to the server anew; only a stream of
     * which items were taken before ends with a {@link dev.korm.StoreException}.
     *
     * <p>Each layer keeps one connection to every server to ask how far it is, and up to {@link #poolSize} to read on.
     */
    public Postgres replicas(String... urls) {
        requireElements(urls, "urls");
        for (String url : urls) {
            settings.of(url);
        }
        return new Postgres(settings, schema, feed, List.of(urls), staleness);
    }

    /**
     * Sets how old what a replica answers may be: all that was committed so long ago is seen. While the server itself cannot be reached, replicas that have all that this layer changed answer whatever their
     * age. Default: 1 second.
     */
    public Postgres maxStaleness(Duration longest) {
        requireNonNull(longest, "longest");
        if (longest.compareTo(Duration.ofMillis(10)) < 0) {
            throw new IllegalArgumentException("maxStaleness must be 10 milliseconds or more");
        }
        return new Postgres(settings, schema, feed, replicas, longest);
    }

    /**
     * Sets what the layer's change feed reads. Default: {@link Feed#TRIGGERS}.
     *
     * <p>The log needs {@code wal_level = logical} on the server, the attribute {@code REPLICATION} and the right to create a publication for the user, and one of the server's {@code max_replication_slots} and {@code
     * max_wal_senders} for each open feed; a live query or a feed that lacks one of them is refused with a {@link dev.korm.ConfigurationException} that says the line to run. It cannot be read by a data source of the
     * program's own, or through a pooler.
     */
    public Postgres feed(Feed source) {
        requireNonNull(source, "source");
        return new Postgres(settings, schema, source, replicas, staleness);
    }

    /** Takes no changes. Default: takes changes. */
    public Postgres readOnly() {
        return with(settings.readOnly());
    }

    /** Sets the maximal number of connections; each open stream and transaction holds one. Default: 10. */
    public Postgres poolSize(int connections) {
        return with(settings.withPoolSize(connections));
    }

    /**
     * Sets how long a call waits for a connection, before it fails with {@link dev.korm.StoreBusyException} or {@link
     * dev.korm.StoreUnavailableException}. Default: 30 seconds.
     */
    public Postgres poolTimeout(Duration timeout) {
        requireNonNull(timeout, "timeout");
        return with(settings.withPoolTimeout(timeout));
    }

    /**
     * Sets how long a call waits for a lock that another transaction holds, before it fails with {@link
     * dev.korm.StoreBusyException}. Rounded up to whole seconds. Default: 10 seconds. Connections that the layer makes
     * by itself have it as their {@code lock_timeout}; with a data source of the program's own it holds for changes
     * alone.
     */
    public Postgres busyTimeout(Duration timeout) {
        requireNonNull(timeout, "timeout");
        return with(settings.withBusyTimeout(timeout));
    }

    /**
     * Sets how long the server may be silent while an answer is awaited, before the connection is given up and the call fails with {@link
     * dev.korm.StoreUnavailableException}; so that a server that has stopped does not hold the pool for ever. It has to be longer than
     * the longest statement takes, such as the making of an index over a large table. Rounded up to whole seconds. Default: 10 minutes.
     */
    public Postgres socketTimeout(Duration timeout) {
        requireNonNull(timeout, "timeout");
        String seconds = String.valueOf(ServerSettings.socketSeconds(timeout));
        return with(settings.at(there -> there.withProperty("socketTimeout", seconds)));
    }

    @Override
    public Layer open(String name, Environment environment) {
        requireNonNull(name, "name");
        requireNonNull(environment, "environment");
        DriverCheck.require(TYPE, "org.postgresql.ds.PGSimpleDataSource", "org.postgresql:postgresql");
        PostgresErrors errors = new PostgresErrors(name, this.toString());
        DataSource given = settings.given();
        Optional<PostgresLayer.ReadLog> log = feed == Feed.TRIGGERS ? Optional.empty() : Optional.of(readLog(name));
        if (given != null) {
            return open(
                    name, Connections.of(given, errors), Optional.empty(), log, Optional.empty(), errors, environment);
        }
        if (replicas.isEmpty()) {
            PGSimpleDataSource driver = PostgresSource.of(name, settings.address());
            Connections connections =
                    pool(name, settings, driver, List.of(driver), isBehindPooler(driver, errors), errors);
            return open(
                    name,
                    connections,
                    Optional.of(PostgresSource.of(name, settings.address())),
                    log,
                    Optional.empty(),
                    errors,
                    environment);
        }
        return openWithReplicas(name, errors, environment);
    }

    private Layer openWithReplicas(String name, PostgresErrors errors, Environment environment) {
        List<ServerSettings> all = new ArrayList<>();
        all.add(settings);
        replicas.forEach(url -> all.add(settings.of(url)));
        List<PGSimpleDataSource> drivers = new ArrayList<>();
        List<PostgresServer> servers = new ArrayList<>();
        for (ServerSettings each : all) {
            ServerSettings there = each.waitingAtMost(LONGEST_WAIT);
            PGSimpleDataSource driver = PostgresSource.of(name, there.address());
            drivers.add(driver);
            servers.add(
                    new PostgresServer(TYPE + " at " + there, driver, probe(name, there), (ofServer, behindPooler) -> {
                        PGSimpleDataSource own = PostgresSource.of(name, there.address());
                        return pool(name, there, own, List.of(own), behindPooler, ofServer);
                    }));
        }
        PrimarySearch search = new PrimarySearch(servers, environment);
        DataSource primary = search.driver();
        Connections connections = pool(name, settings, primary, drivers, isBehindPooler(primary, errors), errors);
        return open(
                name,
                connections,
                Optional.of(primary),
                Optional.empty(),
                Optional.of(new PostgresReplicas(name, search, connections::retire, staleness, environment)),
                errors,
                environment);
    }

    private Layer open(
            String name,
            Connections connections,
            Optional<DataSource> driver,
            Optional<PostgresLayer.ReadLog> log,
            Optional<PostgresReplicas> others,
            PostgresErrors errors,
            Environment environment) {
        try {
            return PostgresLayer.open(name, settings, schema, connections, driver, log, others, errors, environment);
        } catch (RuntimeException | Error e) {
            connections.close();
            throw e;
        }
    }

    private static DataSource probe(String name, ServerSettings there) {
        PGSimpleDataSource source = PostgresSource.of(name, there.address());
        source.setLoginTimeout(PROBE_SECONDS);
        source.setConnectTimeout(PROBE_SECONDS);
        source.setSocketTimeout(PROBE_SECONDS);
        return source;
    }

    private PostgresLayer.ReadLog readLog(String name) {
        if (settings.given() != null) {
            throw new ConfigurationException("Opening the layer " + name
                    + " failed: the log is read by connections of another kind than a data source of the program's has."
                    + " Give the address by url(…) or server(…), or leave feed(…) out");
        }
        if (!replicas.isEmpty()) {
            throw new ConfigurationException(
                    "Opening the layer " + name
                            + " failed: a slot is one server's, and a standby that takes its place has none. Leave feed(…) out, or replicas(…)");
        }
        PGSimpleDataSource driver = PostgresSource.replication(name, settings.address());
        driver.setLoginTimeout(settings.poolSeconds());
        return new PostgresLayer.ReadLog(driver, feed == Feed.KEPT_LOG);
    }

    /** @param drivers what the source takes its connections from */
    private static Connections pool(
            String name,
            ServerSettings there,
            DataSource source,
            List<PGSimpleDataSource> drivers,
            boolean behindPooler,
            StoreErrors errors) {
        if (behindPooler) {
            if (!there.address().properties().containsKey(PostgresPooler.THRESHOLD)) {
                drivers.forEach(driver -> driver.setPrepareThreshold(PostgresPooler.NEVER));
            }
            // A session's settings would stay with whichever program comes next.
            return there.pool(name, TYPE, source, Optional.empty(), errors);
        }
        return there.pool(name, TYPE, source, Optional.of(PostgresLayer.settings(there.busySeconds())), errors);
    }

    /** Found out on a connection of its own, before any that stays is set. */
    private boolean isBehindPooler(DataSource driver, PostgresErrors errors) {
        try {
            driver.setLoginTimeout(settings.poolSeconds());
            try (Connection connection = driver.getConnection()) {
                return PostgresPooler.isBetween(connection);
            }
        } catch (SQLException e) {
            throw errors.connecting(e);
        }
    }

    /** Returns host, port and database; never user or password. */
    @Override
    public LayerDescription description() {
        return settings.description("pg", schema);
    }

    /** Returns the address of the database, for messages; without credentials. */
    @Override
    public String toString() {
        return TYPE + " at " + settings + schema.map(each -> ", schema " + each).orElse("") + settings.readOnlyNote();
    }
}
