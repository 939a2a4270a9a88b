package dev.korm.jdbc.mysql;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The product and version of the server, and what follows from them.
 *
 * @param version as 110405 for 11.4.5
 * @param packet how many bytes one statement may have
 * @param cluster whether it is a node of a cluster (Galera)
 */
record MySqlServer(Product product, int version, long packet, boolean cluster) {
    private static final Pattern VERSION = Pattern.compile("(\\d+)\\.(\\d+)\\.(\\d+)");
    private static final int OLDEST_MARIADB = 100600;
    private static final int OLDEST_MYSQL = 80017;

    /** The two that understand one another's protocol. */
    enum Product {
        MYSQL,
        MARIADB
    }

    /** @param text what the server says of itself, such as {@code 5.5.5-10.11.6-MariaDB-log} */
    static MySqlServer parse(String text) {
        boolean mariaDb = text.contains("MariaDB");
        // Older servers put a number before their own, for the sake of replicas.
        Matcher matcher = VERSION.matcher(mariaDb && text.startsWith("5.5.5-") ? text.substring(6) : text);
        int version = matcher.find() ? number(matcher, 1) * 10_000 + number(matcher, 2) * 100 + number(matcher, 3) : 0;
        return new MySqlServer(mariaDb ? Product.MARIADB : Product.MYSQL, version, Long.MAX_VALUE, false);
    }

    /** Returns the same with a bound of its statements. */
    MySqlServer withPacket(long bytes) {
        return new MySqlServer(product, version, bytes, cluster);
    }

    /** Returns the server as a node of a cluster, or as a server by itself. */
    MySqlServer inCluster(boolean node) {
        return new MySqlServer(product, version, packet, node);
    }

    /** Asks in words that a node without quorum answers too, and that are no error on a server without clusters. */
    static boolean isInCluster(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SHOW VARIABLES LIKE 'wsrep_on'")) {
            return rows.next() && "ON".equals(rows.getString(2));
        }
    }

    private static int number(Matcher matcher, int group) {
        return Integer.parseInt(matcher.group(group));
    }

    boolean isMariaDb() {
        return product == Product.MARIADB;
    }

    boolean isTooOld() {
        return version < (isMariaDb() ? OLDEST_MARIADB : OLDEST_MYSQL);
    }

    /** Returns the collation that orders by code point and in which blanks at the end count. */
    String collation() {
        return isMariaDb() ? "utf8mb4_nopad_bin" : "utf8mb4_0900_bin";
    }

    /** Returns the variable of the session that holds the isolation of its transactions. */
    String isolation() {
        return isMariaDb() && version < 110100 ? "tx_isolation" : "transaction_isolation";
    }
}
