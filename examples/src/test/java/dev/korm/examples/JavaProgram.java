package dev.korm.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
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

/** Java of the documentation, compiled and run as a user would. */
record JavaProgram(Path folder) {
    private static final Pattern MEMBER =
            Pattern.compile("^(@\\w+.*|record|enum|sealed|interface|static)\\b.*", Pattern.DOTALL);
    private static final Pattern PRINTED = Pattern.compile("\\b(?:System\\.out\\.println|print)\\(.*\\); // (.*)$");

    /** Blocks of imports, members and statements as one class with a main method. */
    static String joined(String name, List<String> pieces) {
        StringBuilder imports = new StringBuilder();
        StringBuilder members = new StringBuilder();
        StringBuilder statements = new StringBuilder();
        for (String piece : pieces) {
            if (piece.startsWith("import")) {
                imports.append(piece);
            } else if (MEMBER.matcher(piece).matches()) {
                members.append(piece);
            } else {
                statements.append(piece);
            }
        }
        return imports + "public class " + name + " {\n" + members
                + "public static void main(String[] arguments) throws Exception {\n" + statements + "}\n}\n";
    }

    /** What comments say is printed: behind the statement, line by line between commas, or alone on a line. */
    static List<String> expected(List<String> pieces) {
        List<String> expected = new ArrayList<>();
        for (String piece : pieces) {
            for (String line : piece.lines().toList()) {
                Matcher printed = PRINTED.matcher(line);
                if (printed.find()) {
                    expected.addAll(List.of(printed.group(1).split(", ")));
                } else if (line.startsWith("// ")) {
                    expected.add(line.substring(3));
                }
            }
        }
        return expected;
    }

    /** Compiles a class, refusing warnings, and runs it in a folder of its own. */
    List<String> run(String name, String source) throws Exception {
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
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
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
}
