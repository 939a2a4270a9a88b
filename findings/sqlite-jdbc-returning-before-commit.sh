#!/usr/bin/env bash
# sqlite-jdbc 3.54.1.0, auto-commit: the row of INSERT ... RETURNING is handed out before SQLite commits.
#
# A program that takes the row and answers its caller has acknowledged something that no other connection can see and that a
# crash still loses. SQLite commits when the statement is stepped to its end, which the driver does in ResultSet.close(). With
# JDBC one expects a value that comes back from an auto-commit INSERT to be that of a committed row, as PostgreSQL's is.
#
# Seen on Linux x86-64, OpenJDK 17:
#   row handed out: 1, others see 0 rows
#   after close(): others see 1 rows
# What follows: acknowledge only after the result set is closed.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
mvn -q dependency:copy -Dartifact=org.xerial:sqlite-jdbc:3.54.1.0 -DoutputDirectory=lib
mvn -q dependency:copy -Dartifact=org.slf4j:slf4j-api:2.0.20 -DoutputDirectory=lib
mvn -q dependency:copy -Dartifact=org.slf4j:slf4j-nop:2.0.20 -DoutputDirectory=lib
cat > Demo.java <<'JAVA'
import java.sql.*;

public class Demo {
    public static void main(String[] args) throws Exception {
        String url = "jdbc:sqlite:" + args[0];
        try (Connection writer = DriverManager.getConnection(url);
                Connection other = DriverManager.getConnection(url)) {
            try (Statement s = writer.createStatement()) {
                s.execute("PRAGMA journal_mode=WAL");
                s.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)");
            }
            try (PreparedStatement insert = writer.prepareStatement("INSERT INTO t (v) VALUES (?) RETURNING id")) {
                insert.setString(1, "x");
                try (ResultSet row = insert.executeQuery()) {
                    row.next();
                    System.out.println("row handed out: " + row.getLong(1) + ", others see " + count(other) + " rows");
                }
                System.out.println("after close(): others see " + count(other) + " rows");
            }
        }
    }

    static int count(Connection c) throws SQLException {
        try (Statement s = c.createStatement(); ResultSet r = s.executeQuery("SELECT count(*) FROM t")) {
            r.next();
            return r.getInt(1);
        }
    }
}
JAVA
java -cp 'lib/*' Demo.java "$work/t.sqlite" | tee out
diff out - <<'EXPECTED'
row handed out: 1, others see 0 rows
after close(): others see 1 rows
EXPECTED
echo "as described"
