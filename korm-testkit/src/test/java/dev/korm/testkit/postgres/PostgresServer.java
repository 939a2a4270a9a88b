package dev.korm.testkit.postgres;

import dev.korm.jdbc.Postgres;
import dev.korm.testkit.connection.BoundedDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The PostgreSQL server of this JVM's tests: the one that {@code KORM_TEST_PG_URL} names, or one that is started when it is
 * first asked for and ends with the JVM. Tests get schemas of their own.
 */
public final class PostgresServer {
    private static final AtomicInteger SCHEMAS = new AtomicInteger();
    private static final List<String> MADE = new ArrayList<>();

    private PostgresServer() {}

    /** The URL, with user and password. */
    public static String url() {
        return Running.URL;
    }

    /** Whether the server is others', and not the tests' own. */
    public static boolean isGiven() {
        String given = System.getenv("KORM_TEST_PG_URL");
        return given != null && !given.isEmpty();
    }

    /** A new schema, empty. */
    public static synchronized String newSchema() {
        String schema = "korm_" + ProcessHandle.current().pid() + "_" + SCHEMAS.incrementAndGet();
        execute("CREATE SCHEMA " + schema);
        MADE.add(schema);
        return schema;
    }

    /** The tables in a schema. */
    public static Postgres in(String schema) {
        return Postgres.url(url()).schema(schema).poolSize(20);
    }

    /** The tables in a schema, reached by a data source of so many connections. */
    public static Postgres bounded(String schema, int connections) {
        return Postgres.dataSource(BoundedDataSource.of(driverUrl(), connections))
                .schema(schema);
    }

    /** The tables in a schema, reached by another port of this machine. */
    public static Postgres in(String schema, int port) {
        return Postgres.url(url().replace(":" + port() + "/", ":" + port + "/")).schema(schema);
    }

    /** The tables in a schema, reached by another user. */
    static Postgres as(String user, String password, String schema) {
        String url = url();
        return Postgres.url("postgres://" + user + ":" + password + url.substring(url.lastIndexOf('@')))
                .schema(schema);
    }

    /** Where the server listens. */
    public static int port() {
        String url = url();
        String place = url.substring(url.lastIndexOf('@') + 1);
        String address = place.substring(0, place.indexOf('/'));
        int colon = address.lastIndexOf(':');
        return colon < 0 ? 5432 : Integer.parseInt(address.substring(colon + 1));
    }

    public static Connection connect() throws SQLException {
        return DriverManager.getConnection(driverUrl());
    }

    public static void execute(String... statements) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The URL as the driver takes it, with user and password behind. */
    public static String driverUrl() {
        String url = url();
        String plain = url.startsWith("jdbc:") ? url.substring("jdbc:".length()) : url;
        int begin = plain.indexOf("//") + 2;
        int at = plain.indexOf('@', begin);
        if (at < 0) {
            return "jdbc:postgresql://" + plain.substring(begin);
        }
        String[] credentials = plain.substring(begin, at).split(":", 2);
        String place = plain.substring(at + 1);
        return "jdbc:postgresql://" + place + (place.contains("?") ? "&" : "?") + "user=" + credentials[0]
                + (credentials.length > 1 ? "&password=" + credentials[1] : "");
    }

    /** Drops the slots that layers of a schema have left, since the server would keep its log for them. */
    static void dropSlots(String schema) {
        execute(
                "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE starts_with(slot_name, 'korm_"
                        + schema + "_') AND NOT active");
        execute("DROP PUBLICATION IF EXISTS \"korm_" + schema + "\"");
    }

    private static synchronized void dropAll() {
        MADE.forEach(schema -> execute("DROP SCHEMA " + schema + " CASCADE"));
    }

    /** Started by the first who asks. */
    private static final class Running {
        static final String URL = start();

        private static String start() {
            if (isGiven()) {
                Runtime.getRuntime().addShutdownHook(new Thread(PostgresServer::dropAll));
                return System.getenv("KORM_TEST_PG_URL");
            }
            try {
                EmbeddedPostgres server = EmbeddedPostgres.builder()
                        .setServerConfig("max_connections", "300")
                        .setServerConfig("wal_level", "logical")
                        .setServerConfig("max_wal_senders", "50")
                        .setServerConfig("max_replication_slots", "50")
                        .start();
                return "postgres://postgres:postgres@localhost:" + server.getPort() + "/postgres";
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
