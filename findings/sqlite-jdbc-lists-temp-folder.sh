#!/usr/bin/env bash
# sqlite-jdbc 3.54.1.0: the first connection of a program lists the whole temporary folder, so starting takes longer the more files others have left there.
#
# The driver unpacks its native library to java.io.tmpdir, and before that looks at every name in that folder for libraries of runs that are over, which it deletes where the file *.lck beside one
# is missing. So the first connection costs time and memory by the number of files that whatever programs keep in /tmp, and deletes a library of the same version that another program has there
# without such a file.
#
# Seen on Linux x86-64, OpenJDK 17, on a busy machine with two cores, the best of three:
#   first connection: 561 ms in an empty temporary folder, 1983 ms in one with 200,000 files; a stale library is deleted and deleted
# What follows: where starts matter and the temporary folder is crowded, give the driver a folder of its own by -Dorg.sqlite.tmpdir.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
cat > pom.xml <<'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>demo</groupId><artifactId>demo</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>org.xerial</groupId><artifactId>sqlite-jdbc</artifactId><version>3.54.1.0</version></dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-nop</artifactId><version>2.0.17</version></dependency>
  </dependencies>
</project>
XML
mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies -DoutputDirectory=lib
cat > Demo.java <<'JAVA'
import java.nio.file.*;
import java.sql.DriverManager;

public class Demo {
    public static void main(String[] args) throws Exception {
        Path folder = Files.createDirectories(Path.of(args[0]));
        int files = Integer.parseInt(args[1]);
        for (int i = 0; i < files; i++) {
            Path file = folder.resolve("file" + i);
            if (!Files.exists(file)) {
                Files.createFile(file);
            }
        }
        Path stale = Files.createFile(folder.resolve("sqlite-3.54.1.0-0d2d9b6c-libsqlitejdbc.so"));
        System.setProperty("org.sqlite.tmpdir", args[0]);
        long begin = System.nanoTime();
        DriverManager.getConnection("jdbc:sqlite::memory:").close();
        System.out.println((System.nanoTime() - begin) / 1_000_000 + " " + (Files.exists(stale) ? "kept" : "deleted"));
    }
}
JAVA
javac -cp 'lib/*' Demo.java
run() { java -cp ".:lib/*" Demo "$1" "$2"; rm -f "$1"/sqlite-*; }
run empty 0 > /dev/null
few=999999; many=999999
for _ in 1 2 3; do
    read -r ms empty_stale < <(run empty 0); [ "$ms" -lt "$few" ] && few=$ms
    read -r ms many_stale < <(run crowded 200000); [ "$ms" -lt "$many" ] && many=$ms
done
echo "first connection: $few ms in an empty temporary folder, $many ms in one with 200,000 files; a stale library is $empty_stale and $many_stale"
[ "$many" -gt $((few + few / 2)) ] && [ "$empty_stale$many_stale" = deleteddeleted ] || { echo "No longer so."; exit 1; }
