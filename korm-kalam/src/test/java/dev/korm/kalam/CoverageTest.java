package dev.korm.kalam;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
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
                FileConformanceTest.class);
        assertThat(named).containsAll(conformance);
        assertThat(names(FaultTest.class))
                .containsAll(named.stream()
                        .filter(name -> name.startsWith("FaultTest"))
                        .toList());
        assertThat(conformance)
                .containsAll(named.stream()
                        .filter(name -> !name.startsWith("FaultTest"))
                        .toList());
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
