package dev.korm.testkit.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UsageLogTest {
    @TempDir
    Path folder;

    @Test
    void what_will_be_slow_is_said_once_with_its_place() throws Exception {
        List<String> warnings = run("warn");
        assertThat(warnings)
                .filteredOn(line -> line.contains("each page sorts") && line.contains(":shelf:"))
                .map(line -> line.replaceAll(".*UsageProgram\\.(\\w+)\\(.*declare @Indexed on ", "$1 "))
                .containsExactlyInAnyOrder("shelfPages number", "shelfPages row");
        assertThat(warnings)
                .filteredOn(line -> line.contains("each page sorts") && line.contains(":thing:"))
                .singleElement()
                .asString()
                .contains("UsageProgram.pages(UsageProgram.java:", "[rn]:shop:thing:*", "@Indexed on name");
        assertThat(warnings)
                .filteredOn(line -> line.contains("3000 constants"))
                .singleElement()
                .asString()
                .contains("UsageProgram.main(UsageProgram.java:");
        assertThat(warnings)
                .filteredOn(line -> line.contains("the constructor makes a value of null"))
                .map(line -> line.replaceAll(".* - (\\S+:).*(@Default\\(.*\\) \\S+ \\S+) where.*", "$1 $2"))
                .containsExactlyInAnyOrder(
                        "Place.country: @Default(\"somewhere\") String country",
                        "LaterThing.color: @Default(\"red\") String color",
                        "LaterThing.label: @Default(\"null!\") String label",
                        "LaterThing.since: @Default(\"…\") LocalDate since",
                        "StrictThing.color: @Default(\"…\") String color");
        List<String> streams =
                warnings.stream().filter(line -> line.contains("A stream of")).toList();
        assertThat(streams).hasSize(2);
        assertThat(streams.get(0)).contains("The place is told when it happens again");
        assertThat(streams.get(1)).contains("UsageProgram.leaveOpen(UsageProgram.java:");
        assertThat(String.join("\n", warnings)).doesNotContain("canary");
    }

    @Test
    void nothing_is_said_where_nobody_reads_it() throws Exception {
        assertThat(run("error")).isEmpty();
    }

    private List<String> run(String level) throws IOException, InterruptedException {
        Path out = folder.resolve("out.txt");
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-Dorg.slf4j.simpleLogger.defaultLogLevel=" + level,
                        "-cp",
                        System.getProperty("java.class.path"),
                        UsageProgram.class.getName()))
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        assertThat(process.waitFor(3, TimeUnit.MINUTES)).isTrue();
        List<String> lines = Files.readAllLines(out);
        assertThat(process.exitValue()).as(lines.toString()).isZero();
        return lines.stream().filter(line -> line.contains("dev.korm.usage")).toList();
    }
}
