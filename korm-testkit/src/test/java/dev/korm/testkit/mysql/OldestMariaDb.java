package dev.korm.testkit.mysql;

import dev.korm.jdbc.MySql;
import dev.korm.testkit.MariaDbServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The oldest MariaDB that korm promises to work with: the server that {@code KORM_TEST_OLD_MARIADB_URL} names, or one of that release, which the
 * build brings beside the usual one.
 */
final class OldestMariaDb {
    private static final String RELEASE = "10.11.5";
    private static final AtomicInteger DATABASES = new AtomicInteger();

    private OldestMariaDb() {}

    /** The tables in a new database. */
    static MySql inNewDatabase() {
        return MySql.url(newDatabase()).poolSize(20);
    }

    /** The driver's URL of a new database. */
    static String newDatabase() {
        String url = Running.URL;
        String database =
                "korm_" + ProcessHandle.current().pid() + "_" + System.nanoTime() + "_" + DATABASES.incrementAndGet();
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + database);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return url.replaceFirst("/(\\?|$)", "/" + database + "$1");
    }

    /** Started by the first who asks. */
    private static final class Running {
        static final String URL = start();

        private static String start() {
            String given = System.getenv("KORM_TEST_OLD_MARIADB_URL");
            if (given != null && !given.isEmpty()) {
                return given.startsWith("jdbc:") ? given : "jdbc:" + given;
            }
            MariaDbServer server = MariaDbServer.startRelease(RELEASE, Path.of("target"), MySqlTestServer.SETTINGS);
            Runtime.getRuntime().addShutdownHook(new Thread(server::close));
            return server.url("");
        }
    }
}
