package dev.korm.examples.todos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.testkit.kalam.KalamServerCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The image of the server for tests and of the list, as far as its text tells; a container is not started here. */
class TodoImageTest {
    private static final Path DOCKER = Path.of("..", "docker");
    private static final Pattern VARIABLE = Pattern.compile("KALAMDB_[A-Z_]+");
    private static final Pattern PROGRAM = Pattern.compile("dev\\.korm\\.[a-z.]+\\.[A-Z]\\w+");

    private static Set<String> found(Pattern pattern, String text) {
        return pattern.matcher(text)
                .results()
                .map(match -> match.group())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void S12_S14_S16_the_image_runs_the_server_with_settings_that_it_has() throws Exception {
        String image = Files.readString(DOCKER.resolve("kalam.Dockerfile"));
        String compose = Files.readString(DOCKER.resolve("kalam-compose.yaml"));
        Set<String> programs = found(PROGRAM, image + compose);
        assertThat(programs)
                .contains(KalamServerCommand.class.getName(), Setup.class.getName(), TodoConsole.class.getName());
        for (String program : programs) {
            assertThat(Class.forName(program).getMethod("main", String[].class)).isNotNull();
        }
        String source = "src/main/java/" + KalamServerCommand.class.getName().replace('.', '/') + ".java";
        Set<String> settings = found(
                VARIABLE, Files.readString(Path.of("..", "korm-kalam-testkit").resolve(source)));
        assertThat(settings).containsAll(found(VARIABLE, image)).containsAll(found(VARIABLE, compose));
        assertThat(found(VARIABLE, page()))
                .as("the page names them all")
                .containsAll(
                        settings.stream().filter(name -> !name.endsWith("_")).toList());
        assertThat(image)
                .contains("EXPOSE 8080")
                .contains("KALAMDB_SERVER_PORT=8080")
                .contains("VOLUME /data");
        assertThat(compose).contains(":8080\"").contains("data:/data").contains("KALAM_URL: http://kalam:8080");
        assertThat(Files.readString(Path.of("pom.xml")))
                .as("the names of the jar and of the folder beside it")
                .contains("<finalName>korm-examples</finalName>")
                .contains("/lib</outputDirectory>");
    }

    private static String page() throws IOException {
        return Files.readString(Path.of("..", "docs", "kalam.md"));
    }
}
