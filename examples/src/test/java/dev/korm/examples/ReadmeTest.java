package dev.korm.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.examples.wildlife.WildlifeStrikes;
import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the README says is so: its Java runs and prints what its comments say, its commands and links exist. */
class ReadmeTest {
    private static final Path ROOT = root();
    private static final Pattern BLOCK = Pattern.compile("^```(\\w*)\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);
    private static final Pattern MEMBER =
            Pattern.compile("^(@\\w+.*|record|enum|sealed|interface)\\b.*", Pattern.DOTALL);
    private static final Pattern PRINTED = Pattern.compile("System\\.out\\.println\\(.*\\); // (.*)$");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#]+)[^)]*\\)");

    @TempDir
    private Path folder;

    private static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("quickstart"))) {
            folder = folder.getParent();
        }
        return folder;
    }

    private static String readme() throws IOException {
        return Files.readString(ROOT.resolve("README.md"));
    }

    private static List<String> blocks(String language) throws IOException {
        List<String> blocks = new ArrayList<>();
        Matcher block = BLOCK.matcher(readme());
        while (block.find()) {
            if (block.group(1).equals(language)) {
                blocks.add(block.group(2));
            }
        }
        return blocks;
    }

    @Test
    void the_first_example_compiles_and_prints_what_it_says() throws Exception {
        String example = blocks("java").get(0);
        assertThat(run("Cars", example)).isEqualTo(expected(example));
        assertThat(folder.resolve("cars.sqlite")).exists();
    }

    @Test
    void the_tour_is_one_program_that_prints_what_it_says() throws Exception {
        List<String> pieces = blocks("java").subList(1, blocks("java").size());
        StringBuilder imports = new StringBuilder();
        StringBuilder members = new StringBuilder();
        StringBuilder statements = new StringBuilder();
        List<String> expected = new ArrayList<>();
        for (String piece : pieces) {
            if (piece.startsWith("import")) {
                imports.append(piece);
            } else if (MEMBER.matcher(piece).matches()) {
                members.append(piece);
            } else {
                statements.append(piece);
            }
            expected.addAll(expected(piece));
        }
        String source = imports + "public class Tour {\n" + members + "public static void main(String[] arguments) {\n"
                + statements + "}\n}\n";
        assertThat(run("Tour", source)).isEqualTo(expected);
    }

    /** What comments say is printed: behind the statement, line by line between commas, or alone on a line. */
    private static List<String> expected(String code) {
        List<String> expected = new ArrayList<>();
        for (String line : code.lines().toList()) {
            Matcher printed = PRINTED.matcher(line);
            if (printed.find()) {
                expected.addAll(List.of(printed.group(1).split(", ")));
            } else if (line.startsWith("// ")) {
                expected.add(line.substring(3));
            }
        }
        return expected;
    }

    /** Compiles a class, refusing warnings, and runs it in a folder of its own. */
    private List<String> run(String name, String source) throws Exception {
        Path file = Files.writeString(folder.resolve(name + ".java"), source);
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter complaints = new StringWriter();
        String classPath = System.getProperty("java.class.path");
        boolean compiled = compiler.getTask(
                        complaints,
                        null,
                        null,
                        List.of(
                                "-d",
                                folder.toString(),
                                "-cp",
                                classPath,
                                "--release",
                                "17",
                                "-Xlint:all",
                                "-Xlint:-path",
                                "-Xlint:-processing",
                                "-Werror",
                                "-proc:none"),
                        null,
                        compiler.getStandardFileManager(null, null, null).getJavaFileObjects(file))
                .call();
        assertThat(compiled).as("%s%n%s", complaints, source).isTrue();

        Path out = folder.resolve("out.txt");
        Path err = folder.resolve("err.txt");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        if (Runtime.version().feature() >= 24) {
            // SQLite's driver loads a native library, which these JDKs announce unless it is allowed.
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        command.addAll(List.of("-cp", folder + File.pathSeparator + classPath, name));
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("ended in time").isTrue();
        assertThat(Files.readString(err, UTF_8)).isEmpty();
        assertThat(process.exitValue()).isZero();
        return Files.readAllLines(out, UTF_8);
    }

    @Test
    void its_commands_exist() throws IOException {
        List<String> commands = new ArrayList<>();
        for (String block : blocks("")) {
            block.lines().map(line -> line.replaceAll("\\s+#.*", "")).forEach(commands::add);
        }
        assertThat(commands).hasSize(3).startsWith("./quickstart", "mvn verify");
        assertThat(ROOT.resolve("quickstart")).isExecutable();
        assertThat(ROOT.resolve(".ci/run")).isExecutable().content().contains("\nmvn verify\n");
        assertThat(commands.get(2))
                .startsWith("java -cp examples/target/korm-examples.jar " + WildlifeStrikes.class.getName() + " --");
    }

    @Test
    void its_links_lead_somewhere() throws IOException {
        Matcher link = LINK.matcher(readme());
        int links = 0;
        while (link.find()) {
            assertThat(ROOT.resolve(link.group(1))).exists();
            links++;
        }
        assertThat(links).isPositive();
    }
}
