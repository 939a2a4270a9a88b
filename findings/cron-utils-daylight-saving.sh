#!/usr/bin/env bash
# cron-utils 9.2.1: a daily run at 02:30 has no execution at all on the day when clocks go forward, and in autumn
# nextExecution() and lastExecution() disagree about how often 02:30 happens.
#
# "30 2 * * *" in Europe/Berlin. On 2026-03-29 the hour from 02:00 does not exist: the library goes from the 28th to the 30th
# instead of running at the first moment after the gap, as cron daemons do. On 2026-10-25 that hour happens twice: walking
# forward meets 02:30 once, walking backward meets it twice, so a scheduler that decides by lastExecution() whether a run was
# missed finds one more than nextExecution() had announced.
#
# Seen with OpenJDK 17:
#   spring, forward:  28 30 31
#   autumn, forward:  24+02:00 25+02:00 26+01:00
#   autumn, backward: 26+01:00 25+01:00 25+02:00 24+02:00
# What follows: decide from one's own record of runs what was missed, or plan daily work in UTC.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
cat > pom.xml <<'POM'
<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion><groupId>f</groupId><artifactId>f</artifactId><version>1</version>
<dependencies>
<dependency><groupId>com.cronutils</groupId><artifactId>cron-utils</artifactId><version>9.2.1</version></dependency>
<dependency><groupId>org.slf4j</groupId><artifactId>slf4j-nop</artifactId><version>2.0.20</version></dependency>
</dependencies></project>
POM
mvn -q dependency:copy-dependencies -DoutputDirectory=lib
cat > Demo.java <<'JAVA'
import com.cronutils.model.*;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.*;

public class Demo {
    public static void main(String[] args) {
        Cron daily = new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX)).parse("30 2 * * *");
        ExecutionTime times = ExecutionTime.forCron(daily);
        ZoneId berlin = ZoneId.of("Europe/Berlin");
        StringBuilder line = new StringBuilder("spring, forward: ");
        ZonedDateTime at = ZonedDateTime.of(2026, 3, 27, 12, 0, 0, 0, berlin);
        for (int i = 0; i < 3; i++) {
            at = times.nextExecution(at).orElseThrow();
            line.append(' ').append(at.getDayOfMonth());
        }
        System.out.println(line);
        line = new StringBuilder("autumn, forward: ");
        at = ZonedDateTime.of(2026, 10, 23, 12, 0, 0, 0, berlin);
        for (int i = 0; i < 3; i++) {
            at = times.nextExecution(at).orElseThrow();
            line.append(' ').append(at.getDayOfMonth()).append(at.getOffset());
        }
        System.out.println(line);
        line = new StringBuilder("autumn, backward:");
        at = ZonedDateTime.of(2026, 10, 26, 12, 0, 0, 0, berlin);
        for (int i = 0; i < 4; i++) {
            at = times.lastExecution(at).orElseThrow();
            line.append(' ').append(at.getDayOfMonth()).append(at.getOffset());
        }
        System.out.println(line);
    }
}
JAVA
java -cp 'lib/*' Demo.java | tee out
diff out - <<'EXPECTED'
spring, forward:  28 30 31
autumn, forward:  24+02:00 25+02:00 26+01:00
autumn, backward: 26+01:00 25+01:00 25+02:00 24+02:00
EXPECTED
echo "as described"
