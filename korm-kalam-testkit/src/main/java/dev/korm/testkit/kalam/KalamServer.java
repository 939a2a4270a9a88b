package dev.korm.testkit.kalam;

import dev.korm.testkit.kalam.data.Accounts;
import dev.korm.testkit.kalam.data.Behaviour;
import dev.korm.testkit.kalam.data.Database;
import dev.korm.testkit.kalam.data.Ddl;
import dev.korm.testkit.kalam.data.FileStore;
import dev.korm.testkit.kalam.data.Selects;
import dev.korm.testkit.kalam.data.Snowflake;
import dev.korm.testkit.kalam.data.SqlRunner;
import dev.korm.testkit.kalam.data.Tables;
import dev.korm.testkit.kalam.data.TopicStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.websocket.server.WebSocketUpgradeHandler;
import org.jspecify.annotations.Nullable;

/**
 * A KalamDB for tests: HTTP and WebSocket on a local port, data in SQLite, the real server's traps set.
 *
 * <pre>{@code
 * try (KalamServer server = KalamServer.start()) {
 *     server.url();       // http://127.0.0.1:43127
 *     server.password();  // of the users root (system), admin (dba), service (service), alice and bob (user)
 * }
 * }</pre>
 *
 * <p>It is no database to keep data in, and that a program runs against it does not prove that it runs against the real one: SQL is
 * SQLite's here.
 */
public final class KalamServer implements AutoCloseable {
    static final String VERSION = "0.4.3-rc.4-imitation";
    private final String version;
    private static final long MAX_BODY = 10 << 20;
    private static final long MAX_MESSAGE = 64 << 10;

    private final AtomicLong requests = new AtomicLong();
    private final KalamServerBuilder settings;
    private final Path folder;
    private final boolean isTemporary;
    private final Database database;
    private final Tables tables;
    private final Accounts accounts;
    private final TopicStore topics;
    private final FileStore files;
    private final LiveHub hub = new LiveHub();
    private final Faults faults = new Faults(hub);
    private final SqlRunner sql;
    private final RateLimiter limiter;
    private final ScheduledExecutorService timer;
    private final Server jetty;
    private final ServerConnector connector;

    KalamServer(KalamServerBuilder settings) {
        this.settings = settings;
        Path given = settings.folder();
        try {
            isTemporary = given == null;
            folder = given == null ? Files.createTempDirectory("kalam") : Files.createDirectories(given);
        } catch (IOException e) {
            throw new UncheckedIOException("The server's folder cannot be made: " + given, e);
        }
        if (!Files.isWritable(folder)) {
            throw new IllegalStateException("The server's folder cannot be written to: " + folder
                    + "; make it the property of the user who runs the server, or choose another");
        }
        Snowflake ids = new Snowflake();
        database = new Database(folder.resolve("kalam.db"), ids);
        Set<Trap> traps = settings.traps();
        Behaviour behaviour = new Behaviour(
                traps.contains(Trap.ROW_CAPS),
                settings.maxRows(),
                traps.contains(Trap.LOST_ORDER),
                traps.contains(Trap.UNDONE_DELETES),
                traps.contains(Trap.HALF_COMMITS));
        tables = new Tables(database, ids, behaviour);
        accounts = new Accounts(database, settings.tokenLifetime());
        topics = new TopicStore(database, accounts, settings.visibility());
        files = new FileStore(folder.resolve("files"), ids);
        version = settings.version();
        limiter = new RateLimiter(settings.queriesPerSecond());
        sql = new SqlRunner(
                database,
                tables,
                new Selects(database, tables, behaviour),
                new Ddl(tables, accounts, topics),
                accounts,
                topics,
                hub,
                files);
        if (accounts.needsSetup()) {
            for (List<String> user : List.of(
                    List.of("root", "system"),
                    List.of("admin", "dba"),
                    List.of("service", "service"),
                    List.of("alice", "user"),
                    List.of("bob", "user"))) {
                accounts.create(user.get(0), settings.password(), user.get(1));
            }
        }
        timer = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, "kalam-timer");
            thread.setDaemon(true);
            return thread;
        });
        QueuedThreadPool threads = new QueuedThreadPool(64, 4);
        threads.setName("kalam");
        threads.setDaemon(true);
        jetty = new Server(threads);
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        connector = new ServerConnector(jetty, 1, 2, new HttpConnectionFactory(http));
        connector.setHost(settings.host());
        connector.setPort(settings.port());
        jetty.addConnector(connector);
        WebSocketUpgradeHandler sockets = WebSocketUpgradeHandler.from(jetty, container -> {
            container.setMaxTextMessageSize(MAX_MESSAGE);
            container.setIdleTimeout(Duration.ZERO);
            container.addMapping("/v1/ws", (request, response, callback) -> {
                String header = request.getHeaders().get("Authorization");
                String query = request.getHttpURI().getQuery();
                return new LiveSession(
                        this,
                        header != null && header.startsWith("Bearer ") ? header.substring(7) : null,
                        query == null || !query.contains("compress=false"));
            });
        });
        sockets.setHandler(new Routes(this));
        jetty.setHandler(sockets);
        try {
            jetty.start();
        } catch (Exception e) {
            close();
            throw new IllegalStateException(
                    "The server cannot be started at " + settings.host() + ":" + settings.port(), e);
        }
    }

    /** Starts a server on a free port, with all traps set. */
    public static KalamServer start() {
        return builder().start();
    }

    /** Returns the settings of a server that is not started yet. */
    public static KalamServerBuilder builder() {
        return new KalamServerBuilder();
    }

    /** Returns the address, by which this machine reaches it. */
    public URI url() {
        boolean isEverywhere =
                settings.host().equals("0.0.0.0") || settings.host().equals("::");
        return URI.create("http://" + (isEverywhere ? "127.0.0.1" : settings.host()) + ":" + port());
    }

    /** Returns the port. */
    public int port() {
        return connector.getLocalPort();
    }

    /** Returns the password of the users who exist from the start. */
    public String password() {
        return settings.password();
    }

    /** Returns what breaks answers and connections. */
    public Faults faults() {
        return faults;
    }

    /** Returns how many requests for SQL it has answered or refused, so that a test sees what a call costs. */
    public long requests() {
        return requests.get();
    }

    boolean letsLoopbackIn() {
        return settings.letsLoopbackIn();
    }

    void countRequest() {
        requests.incrementAndGet();
    }

    boolean has(Trap trap) {
        return settings.traps().contains(trap);
    }

    Set<Trap> traps() {
        return settings.traps();
    }

    Duration authTimeout() {
        return settings.authTimeout();
    }

    Duration clientTimeout() {
        return settings.clientTimeout();
    }

    String version() {
        return version;
    }

    long maxBody() {
        return MAX_BODY;
    }

    Database database() {
        return database;
    }

    Tables tables() {
        return tables;
    }

    Accounts accounts() {
        return accounts;
    }

    TopicStore topics() {
        return topics;
    }

    FileStore files() {
        return files;
    }

    LiveHub hub() {
        return hub;
    }

    SqlRunner sql() {
        return sql;
    }

    RateLimiter limiter() {
        return limiter;
    }

    ScheduledExecutorService timer() {
        return timer;
    }

    @Override
    public void close() {
        faults.end();
        hub.sessions().forEach(session -> session.close(1001, "Server shutting down"));
        try {
            jetty.stop();
        } catch (Exception e) {
            throw new IllegalStateException("The server cannot be stopped", e);
        } finally {
            timer.shutdownNow();
            database.close();
            deleteFolder();
        }
    }

    private void deleteFolder() {
        if (isTemporary) {
            try (Stream<Path> found = Files.walk(folder)) {
                found.sorted(Comparator.<Path>reverseOrder())
                        .forEach(path -> path.toFile().delete());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public @Nullable String toString() {
        return "KalamServer[" + url() + "]";
    }
}
