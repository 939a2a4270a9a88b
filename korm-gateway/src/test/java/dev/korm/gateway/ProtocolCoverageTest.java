package dev.korm.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The table of the documentation has each row of the protocol, names tests that exist, and each of them has the wire names of its row. */
class ProtocolCoverageTest {
    private static final List<Path> SOURCES =
            List.of(Path.of("src/test/java"), Path.of("../korm-gateway-kafka/src/test/java"));
    private static final Path VECTORS = Path.of("src/test/resources/dev/korm/gateway/vectors.json");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| (?!row |---)(.*?) \\| (.*) \\|$");
    private static final Pattern QUOTED = Pattern.compile("`([^`]+)`");
    private static final Pattern NAMED = Pattern.compile("`(\\w+Test)?#(\\w+)`");
    private static final Pattern METHOD = Pattern.compile(
            "@(?:Test|ParameterizedTest|TestFactory)\\b(?:(?!\\n    }\\n).)*?\\n    (?:void|List<DynamicTest>) (\\w+)\\(",
            Pattern.DOTALL);

    /** How many rows the page has for a chapter; whoever takes one away has to say so here. */
    private static final Map<String, Integer> CHAPTERS =
            Map.of("1", 2, "2", 1, "3", 5, "4", 4, "5", 5, "6", 1, "7", 5, "8", 4, "9", 9, "B", 18);

    private static String table() {
        String page = read(Path.of("../docs/gateway.md"));
        int begin = page.indexOf("## The rows of the protocol, and their tests");
        return page.substring(begin, page.indexOf("\n## ", begin + 1));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static String source(String test) {
        return SOURCES.stream()
                .flatMap(ProtocolCoverageTest::files)
                .filter(file -> file.endsWith(test + ".java"))
                .map(ProtocolCoverageTest::read)
                .findFirst()
                .orElseThrow(() -> new AssertionError("There is no " + test));
    }

    private static Stream<Path> files(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.toList().stream();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static List<String> methods(String source) {
        return METHOD.matcher(source).results().map(found -> found.group(1)).toList();
    }

    @Test
    void each_chapter_has_its_rows() {
        Map<String, Integer> found = new LinkedHashMap<>();
        ROW.matcher(table())
                .results()
                .map(row -> row.group(1).split(" ")[0])
                .filter(CHAPTERS::containsKey)
                .forEach(chapter -> found.merge(chapter, 1, Integer::sum));
        assertThat(found).isEqualTo(CHAPTERS);
    }

    @Test
    void each_row_names_tests_that_exist_and_have_its_wire_names() {
        List<String> rows = new ArrayList<>();
        for (MatchResult row : ROW.matcher(table()).results().toList()) {
            StringBuilder told = new StringBuilder();
            String last = "";
            Matcher named = NAMED.matcher(row.group(2));
            while (named.find()) {
                last = named.group(1) == null ? last : named.group(1);
                String source = source(last);
                assertThat(methods(source)).as("%s: %s", row.group(1), last).contains(named.group(2));
                told.append(source).append(source.contains(VECTORS.getFileName().toString()) ? read(VECTORS) : "");
            }
            assertThat(told).as("%s names a test", row.group(1)).isNotEmpty();
            QUOTED.matcher(row.group(1)).results().map(name -> name.group(1)).forEach(name -> assertThat(
                            told.toString())
                    .as("%s: a test has it", name)
                    .containsPattern("(?<!\\w)" + Pattern.quote(name) + "(?!\\w)"));
            rows.add(row.group(1));
        }
        assertThat(rows).doesNotHaveDuplicates().hasSizeGreaterThan(50);
    }
}
