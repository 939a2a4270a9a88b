package dev.korm.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The bill of materials, which stands beside the parent and has to say the same. */
class BomTest {
    /** The command is no library, and the bill does not list itself. */
    private static final List<String> NOT_LISTED = List.of("korm-bom", "korm-cli");

    private static final String MODULE = "<module>(korm-[^<]*)</module>";
    private static final String LISTED = "<artifactId>([^<]*)</artifactId>\\s*<version>\\$\\{project.version}";
    private static final String VERSION = "<version>([^<$]*)</version>";

    @Test
    void lists_every_library_in_the_version_of_the_parent() throws IOException {
        String parent = Files.readString(Path.of("..", "pom.xml"));
        String bom = Files.readString(Path.of("..", "korm-bom", "pom.xml"));

        List<String> libraries = found(MODULE, parent).stream()
                .filter(module -> !NOT_LISTED.contains(module))
                .toList();
        assertThat(libraries).hasSizeGreaterThan(8);
        assertThat(found(LISTED, bom)).containsExactlyElementsOf(libraries);
        assertThat(found(VERSION, bom).get(0)).isEqualTo(found(VERSION, parent).get(0));
    }

    private static List<String> found(String pattern, String text) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map((MatchResult match) -> match.group(1))
                .toList();
    }
}
