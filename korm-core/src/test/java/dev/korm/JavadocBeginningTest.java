package dev.korm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * A check of the sources of every module: the Javadoc of a method begins with a verb, that of a type with a noun, since a
 * reader who skims a list of either has the first words alone.
 */
class JavadocBeginningTest {
    private static final Pattern COMMENT = Pattern.compile("/\\*\\*(.*?)\\*/", Pattern.DOTALL);
    private static final Pattern MARGIN = Pattern.compile("(?m)^[ \\t]*\\*?[ \\t]?|\\R");

    /** Comments and annotations, with arguments that hold at most one more pair of parentheses. */
    private static final Pattern BEFORE_DECLARATION =
            Pattern.compile("\\s*(?://[^\\n]*\\n|@(?!interface)[\\w.]+(?:\\((?:[^()]++|\\([^()]*+\\))*+\\))?)");

    private static final Pattern TYPE =
            Pattern.compile("\\s*(?:[a-z-]+\\s+)*(?:class|interface|enum|record|@interface)\\s+\\w[^;]*");

    /** A method or constructor; constants of enums, whose names have no lower-case letter, are none. */
    private static final Pattern METHOD =
            Pattern.compile("\\s*(?:(?!return\\b|new\\b)[\\w<>\\[\\].,?&@]+\\s+)*(?![A-Z0-9_]+\\()\\w+\\([^;{=]*");

    private static final Pattern CLAUSE = Pattern.compile(
            "(?:What|Whatever|Whether|How|Who|Whom|Whose|Where|Which|Why|When|That|Those|Someone|Somebody|Something|The same)"
                    + "\\b.*");
    private static final Pattern BARE_NOUN = Pattern.compile("(?:The|A|An|All|Every|Another|This|Its) .*");

    @Test
    void javadoc_of_methods_begins_with_a_verb_and_of_types_with_a_noun() {
        List<String> faults = new ArrayList<>();
        int[] seen = {0};
        for (Path file : sources()) {
            faults(file, read(file), faults, seen);
        }

        assertThat(seen[0]).as("declarations with Javadoc").isGreaterThan(2000);
        assertThat(faults).isEmpty();
    }

    @Test
    void finds_clauses_and_bare_nouns() {
        String source = String.join(
                "\n",
                "/** Where things are. */",
                "@Stored(namespace = \"a\", kind = \"(b)\")",
                "public final class Things {",
                "    /** Whether there is one. */",
                "    boolean isOne() {",
                "    /**",
                "     * The number of them,",
                "     * in all.",
                "     */",
                "    @Override",
                "    public <T> Map<String, T> count(int of) {",
                "    /** The field. */",
                "    private final int field = count();",
                "    /** Where it begins. */",
                "    FIRST(1),",
                "    /** Returns it. */",
                "    abstract int it();",
                "}");
        List<String> faults = new ArrayList<>();

        faults(Path.of("Things.java"), source, faults, new int[1]);

        assertThat(faults)
                .containsExactly(
                        "Things.java:1: Where things are.",
                        "Things.java:4: Whether there is one.",
                        "Things.java:9: The number of them, in all.");
    }

    private static void faults(Path file, String source, List<String> faults, int[] seen) {
        Matcher comment = COMMENT.matcher(source);
        while (comment.find()) {
            Matcher before = BEFORE_DECLARATION.matcher(source);
            int at = comment.end();
            while (before.region(at, source.length()).lookingAt()) {
                at = before.end();
            }
            boolean isType = TYPE.matcher(source).region(at, source.length()).lookingAt();
            boolean isMethod = !isType
                    && METHOD.matcher(source).region(at, source.length()).lookingAt();
            if (!isType && !isMethod) {
                continue;
            }
            seen[0]++;
            String text = MARGIN.matcher(comment.group(1))
                    .replaceAll(" ")
                    .replaceAll("\\s+", " ")
                    .strip();
            if (CLAUSE.matcher(text).matches()
                    || isMethod && BARE_NOUN.matcher(text).matches()) {
                long line = source.substring(0, comment.end()).lines().count();
                faults.add(file + ":" + line + ": " + text);
            }
        }
    }

    private static List<Path> sources() {
        try (Stream<Path> files = Files.walk(Path.of(".."))) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> file.toString().replace('\\', '/').contains("/src/main/java/"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
