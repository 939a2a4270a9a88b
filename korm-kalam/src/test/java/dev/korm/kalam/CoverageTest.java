package dev.korm.kalam;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The table of the documentation names tests that exist, and all of the conformance suite. */
class CoverageTest {
    private static final Pattern NAMED = Pattern.compile("`(\\w+Test)\\.(\\w+)`");

    @Test
    void the_table_names_the_tests_that_exist() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "kalam.md"));
        Set<String> named = NAMED.matcher(page)
                .results()
                .map(MatchResult::group)
                .map(name -> name.replace("`", ""))
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> conformance = names(
                AuthConformanceTest.class,
                SqlConformanceTest.class,
                LiveConformanceTest.class,
                TopicConformanceTest.class,
                ConsumerConformanceTest.class,
                ScenarioConformanceTest.class,
                FileConformanceTest.class);
        assertThat(named)
                .containsAll(conformance)
                .containsAll(names(FaultTest.class))
                .containsAll(inSource("korm-kalam", "dev/korm/kalam/http/CredentialsTest"))
                .containsAll(inSource("examples", "dev/korm/examples/todos/TodoListTest"))
                .containsAll(inSource("examples", "dev/korm/examples/todos/TodoImageTest"))
                .containsAll(inSource("korm-kalam-testkit", "dev/korm/testkit/kalam/KalamServerCommandTest"));
        Set<String> there = new TreeSet<>(conformance);
        there.addAll(names(FaultTest.class));
        there.addAll(inSource("korm-kalam", "dev/korm/kalam/http/CredentialsTest"));
        there.addAll(inSource("examples", "dev/korm/examples/todos/TodoListTest"));
        there.addAll(inSource("examples", "dev/korm/examples/todos/TodoImageTest"));
        there.addAll(inSource("korm-kalam-testkit", "dev/korm/testkit/kalam/KalamServerCommandTest"));
        assertThat(there).containsAll(named);
    }

    private static final Pattern METHOD = Pattern.compile("@Test\\s+void (\\w+)\\(");

    /** Returns the tests of a class of a module that this one does not see. */
    private static Set<String> inSource(String module, String path) throws IOException {
        Path file = Path.of("..", module, "src", "test", "java", path + ".java");
        String type = path.substring(path.lastIndexOf('/') + 1);
        return METHOD.matcher(Files.readString(file))
                .results()
                .map(method -> type + "." + method.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static final Pattern ROWS = Pattern.compile("\\b([LCS])-(\\d\\d)(?: to (?:[LCS]-)?(\\d\\d))?");

    @Test
    void each_row_of_the_specification_has_a_test_or_is_said_to_have_none() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "kalam.md"));
        Set<String> named = new TreeSet<>();
        ROWS.matcher(page.substring(page.indexOf("## What of the specification is there")))
                .results()
                .forEach(rows -> {
                    int first = Integer.parseInt(rows.group(2));
                    int last = rows.group(3) == null ? first : Integer.parseInt(rows.group(3));
                    for (int i = first; i <= last; i++) {
                        named.add(rows.group(1) + i);
                    }
                });
        Set<String> all = new TreeSet<>();
        Map.of("L", 73, "C", 47, "S", 75).forEach((letter, count) -> {
            for (int i = 1; i <= count; i++) {
                all.add(letter + i);
            }
        });
        assertThat(named).isEqualTo(all);
    }

    private static Set<String> names(Class<?>... types) {
        return Stream.of(types)
                .flatMap(type -> Arrays.stream(type.getDeclaredMethods()))
                .filter(method -> Arrays.stream(method.getAnnotations())
                        .anyMatch(annotation ->
                                annotation.annotationType().getSimpleName().endsWith("Test")))
                .map(CoverageTest::name)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String name(Method method) {
        return method.getDeclaringClass().getSimpleName() + "." + method.getName();
    }
}
