package dev.korm.testkit.mysql;

import dev.korm.jdbc.MySql;
import dev.korm.testkit.MariaDbServer;
import dev.korm.testkit.connection.BoundedDataSource;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A server for tests of MySQL layers: the one that {@code KORM_TEST_MYSQL_URL} names, or a MariaDB that is started when it is
 * first asked for and ends with the JVM. Tests get databases of their own. The server's character set is left at one that
 * cannot hold every text, since nothing may depend on it.
 */
public final class MySqlTestServer {
    static final String[] SETTINGS = {
        "--character-set-server=latin1", "--collation-server=latin1_swedish_ci", "--max-connections=400"
    };

    private static final AtomicInteger DATABASES = new AtomicInteger();
    private static final List<String> MADE = new ArrayList<>();

    private MySqlTestServer() {}

    /** A new database, empty. */
    public static synchronized String newDatabase() {
        String database = "korm_" + ProcessHandle.current().pid() + "_" + DATABASES.incrementAndGet();
        execute("CREATE DATABASE " + database);
        MADE.add(database);
        return database;
    }

    /** The tables in a database. */
    public static MySql in(String database) {
        return MySql.url(url(database)).poolSize(20);
    }

    /** The tables in a database, reached by a data source of so many connections. */
    public static MySql bounded(String database, int connections) {
        return MySql.dataSource(BoundedDataSource.of(driverUrl(database), connections));
    }

    /** The tables in a database, reached by another port of this machine, where what is said can be read. */
    static MySql in(String database, int port) {
        return MySql.url(url(database)
                        .replaceFirst(":" + port() + "/", ":" + port + "/")
                        .replaceFirst("[?&]sslMode=[a-z-]*$", ""))
                .tls(MySql.Tls.OFF);
    }

    /** Where the server listens. */
    public static int port() {
        String url = url("");
        String place = url.substring(url.indexOf("//") + 2);
        String address = place.substring(place.lastIndexOf('@') + 1, place.indexOf('/'));
        int colon = address.lastIndexOf(':');
        return colon < 0 ? 3306 : Integer.parseInt(address.substring(colon + 1));
    }

    /** The URL of a database, with user and password. */
    public static String url(String database) {
        return Running.BEFORE + database + Running.AFTER;
    }

    /** The URL as the driver takes it, with settings behind. MySQL wants passwords encrypted, whoever signed its certificate. */
    public static String driverUrl(String database) {
        String url = url(database);
        String plain = url.startsWith("jdbc:") ? url : "jdbc:" + url;
        String settings = url.contains("sslMode") ? "" : (url.contains("?") ? "&" : "?") + "sslMode=trust";
        return plain.replace("jdbc:mysql:", "jdbc:mariadb:") + settings;
    }

    public static Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(driverUrl(database));
    }

    /** Whether the server is MariaDB, and not MySQL itself. */
    public static boolean isMariaDb() {
        return ask("", "SELECT VERSION()").contains("MariaDB");
    }

    public static void execute(String... statements) {
        try (Connection connection = connect("");
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The first column of the answer, with bars between the rows. */
    public static String ask(String database, String query) {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            StringBuilder answer = new StringBuilder();
            while (rows.next()) {
                answer.append(answer.length() == 0 ? "" : "|").append(rows.getString(1));
            }
            return answer.toString();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A MariaDB that its test may stop. */
    public static MariaDbServer own() {
        return MariaDbServer.start(Path.of("target"), SETTINGS);
    }

    private static synchronized void dropAll() {
        MADE.forEach(database -> execute("DROP DATABASE " + database));
    }

    /** Started by the first who asks. */
    private static final class Running {
        static final String BEFORE;
        static final String AFTER;

        static {
            String given = System.getenv("KORM_TEST_MYSQL_URL");
            if (given != null && !given.isEmpty()) {
                int question = given.indexOf('?');
                String place = question < 0 ? given : given.substring(0, question);
                BEFORE = place.substring(0, place.indexOf('/', place.indexOf("//") + 2) + 1);
                AFTER = question < 0 ? "" : given.substring(question);
                Runtime.getRuntime().addShutdownHook(new Thread(MySqlTestServer::dropAll));
            } else {
                MariaDbServer server = own();
                Runtime.getRuntime().addShutdownHook(new Thread(server::close));
                String url = server.url("");
                BEFORE = url.substring(0, url.indexOf('?'));
                AFTER = url.substring(url.indexOf('?'));
            }
        }
    }
}
