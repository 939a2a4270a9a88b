package dev.korm.benchmarks.rival;

import dev.korm.jdbc.MySql;
import dev.korm.jdbc.Postgres;
import dev.korm.jdbc.Sqlite;
import dev.korm.spi.LayerSource;
import dev.korm.testkit.MariaDbServer;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** The store that is measured. Servers are started by the first program that asks, which tells the others where. */
public enum Store {
    /** A file. */
    SQLITE("") {
        @Override
        String start() {
            return "";
        }

        @Override
        public LayerSource layer(Path folder, String name) {
            return Sqlite.file(folder.resolve(name + ".sqlite"));
        }

        @Override
        public Connection connect(Path folder, String name) throws SQLException {
            return World.connect(folder.resolve(name + ".sqlite"));
        }

        @Override
        public void drop(String name) {}
    },

    /** A server of its own. */
    POSTGRES("KORM_BENCHMARK_PG_URL") {
        @Override
        String start() throws Exception {
            // The builder is made for tests and switches syncs off.
            EmbeddedPostgres server = EmbeddedPostgres.builder()
                    .setServerConfig("fsync", "on")
                    .setServerConfig("full_page_writes", "on")
                    .setServerConfig("synchronous_commit", "on")
                    .start();
            return "jdbc:postgresql://localhost:" + server.getPort() + "/postgres?user=postgres&password=postgres";
        }

        @Override
        public LayerSource layer(Path folder, String name) throws SQLException {
            execute(url(), "CREATE SCHEMA " + name);
            return Postgres.url(url()).schema(name);
        }

        @Override
        public Connection connect(Path folder, String name) throws SQLException {
            return DriverManager.getConnection(url() + "&reWriteBatchedInserts=true&currentSchema=" + name);
        }

        @Override
        public void drop(String name) throws SQLException {
            execute(url(), "DROP SCHEMA " + name + " CASCADE");
        }
    },

    /** A server of its own. */
    MARIADB("KORM_BENCHMARK_MYSQL_URL") {
        @Override
        String start() throws Exception {
            MariaDbServer server = MariaDbServer.start(Path.of(System.getProperty("java.io.tmpdir")));
            Runtime.getRuntime().addShutdownHook(new Thread(server::close));
            return server.url("test");
        }

        @Override
        public LayerSource layer(Path folder, String name) throws SQLException {
            execute(url(), "CREATE DATABASE " + name + " CHARACTER SET utf8mb4");
            return MySql.url(url(name));
        }

        @Override
        public Connection connect(Path folder, String name) throws SQLException {
            return DriverManager.getConnection(
                    url(name)
                            + "&useServerPrepStmts=true&useBulkStmts=true&sessionVariables=sql_mode='ANSI_QUOTES,STRICT_ALL_TABLES'");
        }

        @Override
        public void drop(String name) throws SQLException {
            execute(url(), "DROP DATABASE " + name);
        }

        private String url(String database) {
            return url().replace("/test?", "/" + database + "?");
        }
    };

    private static final Map<Store, String> URLS = new ConcurrentHashMap<>();

    private final String variable;

    Store(String variable) {
        this.variable = variable;
    }

    /** Starts a server, and answers its URL. */
    abstract String start() throws Exception;

    /** Returns a new place of its own for a layer. */
    public abstract LayerSource layer(Path folder, String name) throws SQLException;

    /** Returns a connection for the rival to the same place. */
    public abstract Connection connect(Path folder, String name) throws SQLException;

    public abstract void drop(String name) throws SQLException;

    /** Returns a name that no other place has. */
    public static String newName() {
        return "korm_" + UUID.randomUUID().toString().replace("-", "");
    }

    /** Returns the URL of the server, which runs from then on. */
    public String url() {
        return URLS.computeIfAbsent(this, store -> {
            String given = System.getenv(variable);
            if (given != null && !given.isEmpty()) {
                return given;
            }
            try {
                return start();
            } catch (Exception e) {
                throw new IllegalStateException("The server did not start", e);
            }
        });
    }

    /** Tells a program where the servers are that run already. */
    public static void tell(Map<String, String> environment) {
        URLS.forEach((store, url) -> {
            if (!store.variable.isEmpty()) {
                environment.put(store.variable, Objects.requireNonNull(url));
            }
        });
    }

    private static void execute(String url, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
