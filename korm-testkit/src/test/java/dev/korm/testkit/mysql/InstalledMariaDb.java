package dev.korm.testkit.mysql;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.korm.jdbc.MySql;
import dev.korm.testkit.MariaDbServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An older MariaDB, beside the one that the build brings: the one that {@code KORM_TEST_OLD_MARIADB_URL} names, or one that is
 * installed on this machine, as Debian's package {@code mariadb-server-core}. Where there is neither, its tests are skipped.
 */
final class InstalledMariaDb {
    private static final AtomicInteger DATABASES = new AtomicInteger();

    private InstalledMariaDb() {}

    /** The tables in a new database. */
    static MySql inNewDatabase() {
        return MySql.url(newDatabase()).poolSize(20);
    }

    /** The driver's URL of a new database. */
    static String newDatabase() {
        assumeTrue(
                Running.URL.isPresent(),
                "no older MariaDB: install mariadb-server-core, or name a server by KORM_TEST_OLD_MARIADB_URL");
        String url = Running.URL.get();
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
        static final Optional<String> URL = start();

        private static Optional<String> start() {
            String given = System.getenv("KORM_TEST_OLD_MARIADB_URL");
            if (given != null && !given.isEmpty()) {
                return Optional.of(given.startsWith("jdbc:") ? given : "jdbc:" + given);
            }
            Optional<MariaDbServer> server = MariaDbServer.startInstalled(Path.of("target"), MySqlTestServer.SETTINGS);
            server.ifPresent(each -> Runtime.getRuntime().addShutdownHook(new Thread(each::close)));
            return server.map(each -> each.url(""));
        }
    }
}
