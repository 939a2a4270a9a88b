package dev.korm.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.examples.wildlife.WildlifeStrikes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the README says is so: its Java runs and prints what its comments say, its commands and links exist. */
class ReadmeTest {
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#]+)[^)]*\\)");

    @TempDir
    private Path folder;

    private static Markdown readme() throws IOException {
        return Markdown.of("README.md");
    }

    @Test
    void the_first_example_compiles_and_prints_what_it_says() throws Exception {
        String example = readme().blocks("java").get(0);
        assertThat(new JavaProgram(folder).run("Cars", example)).isEqualTo(JavaProgram.expected(List.of(example)));
        assertThat(folder.resolve("cars.sqlite")).exists();
    }

    @Test
    void the_tour_is_one_program_that_prints_what_it_says() throws Exception {
        List<String> pieces = readme().blocks("java");
        pieces = pieces.subList(1, pieces.size());
        assertThat(new JavaProgram(folder).run("Tour", JavaProgram.joined("Tour", pieces)))
                .isEqualTo(JavaProgram.expected(pieces));
    }

    @Test
    void its_commands_exist() throws IOException {
        List<String> commands = new ArrayList<>();
        for (String block : readme().blocks("")) {
            block.lines().map(line -> line.replaceAll("\\s+#.*", "")).forEach(commands::add);
        }
        assertThat(commands).hasSize(3).startsWith("./quickstart", "mvn verify");
        assertThat(Markdown.ROOT.resolve("quickstart")).isExecutable();
        assertThat(Markdown.ROOT.resolve(".ci/run")).isExecutable().content().contains("\nmvn verify\n");
        assertThat(commands.get(2))
                .startsWith("java -cp examples/target/korm-examples.jar " + WildlifeStrikes.class.getName() + " --");
    }

    @Test
    void the_drivers_that_it_names_are_those_of_the_tests() throws IOException {
        String build = Files.readString(Markdown.ROOT.resolve("pom.xml"));
        for (List<String> each : List.of(
                List.of("org.postgresql:postgresql", "postgresql"),
                List.of("org.mariadb.jdbc:mariadb-java-client", "mariadb"),
                List.of("com.zaxxer:HikariCP", "hikaricp"))) {
            Matcher version =
                    Pattern.compile("<" + each.get(1) + "\\.version>([^<]+)<").matcher(build);
            assertThat(version.find()).as(each.get(1)).isTrue();
            assertThat(readme().text()).contains("`" + each.get(0) + ":" + version.group(1) + "`");
        }
    }

    @Test
    void its_links_lead_somewhere() throws IOException {
        Matcher link = LINK.matcher(readme().text());
        int links = 0;
        while (link.find()) {
            assertThat(Markdown.ROOT.resolve(link.group(1))).exists();
            links++;
        }
        assertThat(links).isPositive();
    }
}
