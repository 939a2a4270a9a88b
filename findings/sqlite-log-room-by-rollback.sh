#!/usr/bin/env bash
# sqlite-jdbc 3.54.1.0 (SQLite 3.54.1): beside a read transaction that stays open, each commit in WAL mode makes the file of the log longer, and
# with synchronous=FULL its sync then writes the new length too. A larger transaction that is rolled back leaves the file long, and SQLite
# writes the following commits over what it left, so they sync as fast as they do alone.
#
# A transaction that does not fit into the cache spills pages behind the end of the log. A rollback takes them out of the index of the log and
# leaves the file as it is. Nothing sets such room aside otherwise: SQLITE_FCNTL_CHUNK_SIZE and SQLITE_FCNTL_SIZE_HINT are about the database's
# file, and bytes that fallocate(1) adds to the log from outside do not help on ext4, since the first write of each is as slow.
#
# Seen on Linux x86-64, ext4, OpenJDK 17, with others at work: median of a one-row commit in microseconds, over 1,000 commits:
#   alone, the log begins anew                    166
#   beside a reader, the log grows                262
#   the same, fallocate before                    254
#   the same, zeros written before                175
#   the same, a rolled back transaction before    176
# What this script checks is the lengths; the times depend on the disk, and are told.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
mvn -q dependency:copy -Dartifact=org.xerial:sqlite-jdbc:3.54.1.0 -DoutputDirectory=lib
mvn -q dependency:copy -Dartifact=org.slf4j:slf4j-api:2.0.20 -DoutputDirectory=lib
mvn -q dependency:copy -Dartifact=org.slf4j:slf4j-nop:2.0.20 -DoutputDirectory=lib
cat > Demo.java <<'JAVA'
import java.io.File;
import java.sql.*;
import java.util.Arrays;

public class Demo {
    static final int COMMITS = 500;

    public static void main(String[] args) throws Exception {
        System.out.println("the log grew at " + grown(args[0] + "/a.sqlite", false) + " of " + COMMITS + " commits");
        System.out.println("behind a rolled back transaction at " + grown(args[0] + "/b.sqlite", true));
    }

    /** Returns at how many commits beside a reader the file of the log grew. */
    static int grown(String file, boolean room) throws SQLException {
        String url = "jdbc:sqlite:" + file;
        File log = new File(file + "-wal");
        try (Connection writer = DriverManager.getConnection(url);
                Connection reader = DriverManager.getConnection(url);
                Statement w = writer.createStatement();
                Statement r = reader.createStatement()) {
            w.execute("PRAGMA journal_mode=WAL");
            w.execute("PRAGMA synchronous=FULL");
            w.execute("PRAGMA wal_autocheckpoint=0");
            w.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, v INTEGER)");
            w.execute("INSERT INTO t VALUES (1, 0)");
            w.execute("PRAGMA wal_checkpoint(TRUNCATE)");
            r.execute("BEGIN");
            r.executeQuery("SELECT count(*) FROM t").close();
            if (room) {
                w.execute("BEGIN IMMEDIATE");
                // The cache holds 2,048,000 bytes.
                w.execute("CREATE TABLE room AS SELECT zeroblob(2048000 + 4096 * " + COMMITS * 2 + ")");
                w.execute("ROLLBACK");
            }
            int grown = 0;
            long[] took = new long[COMMITS];
            for (int i = 0; i < COMMITS; i++) {
                long before = log.length();
                long begun = System.nanoTime();
                w.execute("UPDATE t SET v = v + 1 WHERE id = 1");
                took[i] = System.nanoTime() - begun;
                grown += log.length() > before ? 1 : 0;
            }
            Arrays.sort(took);
            System.err.printf("median of a commit%s: %d microseconds%n", room ? ", with room" : "", took[COMMITS / 2] / 1000);
            try (ResultSet row = w.executeQuery("SELECT v FROM t")) {
                if (row.getInt(1) != COMMITS) throw new AssertionError("lost");
            }
            return grown;
        }
    }
}
JAVA
java -cp 'lib/*' Demo.java "$work" | tee out
diff out - <<'EXPECTED'
the log grew at 500 of 500 commits
behind a rolled back transaction at 0
EXPECTED
echo "as described"
