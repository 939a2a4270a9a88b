#!/usr/bin/env bash
# sqlite-jdbc 3.54.1.0: a backup in steps of 100 pages, the driver's default, does not end while another connection writes.
#
# SQLite restarts a stepwise backup whenever the source is changed by a connection other than the one that is being copied. A
# writer that commits every few milliseconds therefore keeps a copy of any size above one step from ever finishing; the driver loops and
# reports nothing. With all pages in one step (-1) the copy is made under one read transaction, and WAL lets the writer go on.
#
# Seen on Linux x86-64, OpenJDK 17, 20 MB, one small commit every 2 ms, the writer stopped after 5 seconds:
#   pages in a step 100: started over more than 10 times, ended only after the writer had stopped
#   pages in a step -1: started over 0 times, ended while the writer went on
# What follows: back up in one step, or with VACUUM INTO.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
mvn -q dependency:copy -Dartifact=org.xerial:sqlite-jdbc:3.54.1.0 -DoutputDirectory=lib
mvn -q dependency:copy -Dartifact=org.slf4j:slf4j-api:2.0.20 -DoutputDirectory=lib
mvn -q dependency:copy -Dartifact=org.slf4j:slf4j-nop:2.0.20 -DoutputDirectory=lib
cat > Demo.java <<'JAVA'
import java.nio.file.Path;
import java.sql.*;
import java.util.concurrent.atomic.*;
import org.sqlite.SQLiteConnection;
import org.sqlite.core.DB;

public class Demo {
    public static void main(String[] args) throws Exception {
        String url = "jdbc:sqlite:" + args[0] + "/t.sqlite";
        try (Connection source = DriverManager.getConnection(url)) {
            try (Statement s = source.createStatement()) {
                s.execute("PRAGMA journal_mode=WAL");
                s.execute("PRAGMA synchronous=OFF");
                s.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, v BLOB)");
                s.execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<20000)"
                        + " INSERT INTO t SELECT i, randomblob(1000) FROM n");
            }
            for (int step : new int[] {100, -1}) {
                AtomicBoolean done = new AtomicBoolean();
                Thread writer = new Thread(() -> {
                    try (Connection c = DriverManager.getConnection(url);
                            Statement s = c.createStatement()) {
                        s.execute("PRAGMA busy_timeout=10000");
                        s.execute("PRAGMA synchronous=OFF");
                        while (!done.get()) {
                            s.execute("UPDATE t SET v = randomblob(1000) WHERE id = 1");
                            Thread.sleep(2);
                        }
                    } catch (Exception e) {
                        throw new RuntimeException(e);
                    }
                });
                writer.start();
                AtomicInteger restarts = new AtomicInteger();
                int[] last = {Integer.MAX_VALUE};
                DB db = ((SQLiteConnection) source).getDatabase();
                int result = -1;
                long end = System.nanoTime() + 5_000_000_000L;
                try {
                    db.backup("main", args[0] + "/copy" + step + ".sqlite", (remaining, pages) -> {
                        if (remaining > last[0]) {
                            restarts.incrementAndGet();
                        }
                        last[0] = remaining;
                        if (System.nanoTime() > end) {
                            done.set(true); // the writer stops, so that the copy can end
                        }
                    }, 2, 100, step);
                } finally {
                    boolean stopped = done.getAndSet(true);
                    writer.join();
                    System.out.println("pages in a step " + step + ": started over " + (restarts.get() > 10 ? "more than 10" : restarts.get())
                            + " times, " + (stopped ? "ended only after the writer had stopped" : "ended while the writer went on"));
                }
            }
        }
    }
}
JAVA
java -cp 'lib/*' Demo.java "$work" | tee out
diff out - <<'EXPECTED'
pages in a step 100: started over more than 10 times, ended only after the writer had stopped
pages in a step -1: started over 0 times, ended while the writer went on
EXPECTED
echo "as described"
