#!/usr/bin/env bash
# sqlite-jdbc 3.54.1.0 (SQLite 3.54.1): beside a read transaction that stays open, commits in WAL mode get slower with each commit, and the
# automatic checkpoint is why.
#
# This holds for a reader that began while the log was copied whole into the database, as that of a program at rest. Beside one that began
# while there were pages in the log still to be copied, a try ends early, and costs little.
#
# A checkpoint cannot go past what the oldest reader sees, so behind 1,000 pages of log every single commit tries one again that gets nowhere, and
# what a try costs grows with the log. The log that grows by itself costs far less: with wal_autocheckpoint=0 on the writing connection, the same
# commits beside the same reader stay about as fast as they were. When the reader ends, the next checkpoint catches up either way.
#
# Seen on Linux x86-64, OpenJDK 17, 150,000 one-row commits with synchronous=OFF beside one reader; microseconds of each of the last 2,000:
#   automatic checkpoints, no reader        8
#   automatic checkpoints, a reader        87 (31 behind 40,000 commits)
#   no automatic checkpoints, a reader     10
# What follows: who holds a snapshot for long (a backup, a report) has the writer leave checkpoints for later, and makes one afterwards.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
mvn -q dependency:copy -Dartifact=org.xerial:sqlite-jdbc:3.54.1.0 -DoutputDirectory=lib
mvn -q dependency:copy -Dartifact=org.slf4j:slf4j-api:2.0.20 -DoutputDirectory=lib
mvn -q dependency:copy -Dartifact=org.slf4j:slf4j-nop:2.0.20 -DoutputDirectory=lib
cat > Demo.java <<'JAVA'
import java.sql.*;

public class Demo {
    static final int COMMITS = 150_000;
    static final int LAST = 2_000;

    public static void main(String[] args) throws Exception {
        double alone = last(args[0] + "/a.sqlite", false, 1_000);
        double beside = last(args[0] + "/b.sqlite", true, 1_000);
        double without = last(args[0] + "/c.sqlite", true, 0);
        System.err.printf("microseconds a commit: %.0f, beside a reader %.0f, without automatic checkpoints %.0f%n", alone, beside, without);
        System.out.println("beside a reader: " + (beside > 3 * alone ? "more than 3 times" : "up to 3 times") + " as long");
        System.out.println("beside a reader, without automatic checkpoints: " + (without > 3 * alone ? "more than 3 times" : "up to 3 times") + " as long");
    }

    /** Returns the microseconds that each of the last commits takes. */
    static double last(String file, boolean read, int checkpointed) throws SQLException {
        String url = "jdbc:sqlite:" + file;
        try (Connection writer = DriverManager.getConnection(url);
                Connection reader = DriverManager.getConnection(url);
                Statement w = writer.createStatement();
                Statement r = reader.createStatement()) {
            w.execute("PRAGMA journal_mode=WAL");
            w.execute("PRAGMA synchronous=OFF");
            w.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, v INTEGER)");
            w.execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<50000) INSERT INTO t SELECT i, 0 FROM n");
            w.execute("PRAGMA wal_checkpoint(TRUNCATE)");
            w.execute("PRAGMA wal_autocheckpoint=" + checkpointed);
            if (read) {
                r.execute("BEGIN");
                r.executeQuery("SELECT count(*) FROM t").close();
            }
            long begun = 0;
            try (PreparedStatement update = writer.prepareStatement("UPDATE t SET v = v + 1 WHERE id = ?")) {
                for (int i = 0; i < COMMITS; i++) {
                    if (i == COMMITS - LAST) {
                        begun = System.nanoTime();
                    }
                    update.setInt(1, 1 + i % 50_000);
                    update.executeUpdate();
                }
            }
            return (System.nanoTime() - begun) / 1e3 / LAST;
        }
    }
}
JAVA
java -cp 'lib/*' Demo.java "$work" | tee out
diff out - <<'EXPECTED'
beside a reader: more than 3 times as long
beside a reader, without automatic checkpoints: up to 3 times as long
EXPECTED
echo "as described"
