package dev.korm.spring.test;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.annotation.Annotation;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What tests of applications may name: {@code api.txt} lists it, so that a change of it is seen where it is made. The test of the other modules cannot load it, since Spring Boot needs another JUnit. */
class KormTestApiTest {
    private static final Path LIST = Path.of("api.txt");

    @Test
    void the_public_api_is_what_is_listed() throws Exception {
        List<String> actual = new ArrayList<>();
        for (Class<?> type : types()) {
            if (Modifier.isPublic(type.getModifiers())) {
                actual.addAll(lines(type));
            }
        }
        assertThat(actual).hasSizeGreaterThan(5);
        if (Boolean.getBoolean("korm.api.write")) {
            Files.write(LIST, actual);
        }
        assertThat(actual)
                .as(
                        "The public API has changed. If that is meant, write it anew with -Dkorm.api.write=true, and say it in CHANGELOG.md")
                .isEqualTo(Files.readAllLines(LIST));
    }

    private static List<Class<?>> types() throws Exception {
        Path folder = Path.of(KormTest.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toURI())
                .resolve(KormTest.class.getPackageName().replace('.', '/'));
        List<Class<?>> types = new ArrayList<>();
        for (String name : names(folder)) {
            types.add(Class.forName(KormTest.class.getPackageName() + "." + name.replace(".class", "")));
        }
        return types;
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".class") && !name.startsWith("package-info"))
                    .sorted()
                    .toList();
        }
    }

    private static List<String> lines(Class<?> type) {
        List<String> members = new ArrayList<>();
        for (Annotation each : type.getAnnotations()) {
            members.add("  @" + each.annotationType().getName());
        }
        for (Constructor<?> each : type.getDeclaredConstructors()) {
            if (isSeen(each.getModifiers())) {
                members.add("  " + each.toGenericString());
            }
        }
        for (Method each : type.getDeclaredMethods()) {
            if (isSeen(each.getModifiers()) && !each.isSynthetic()) {
                members.add("  " + each.toGenericString() + defaultOf(each));
            }
        }
        members.sort(null);
        members.add(0, Modifier.toString(type.getModifiers()) + " " + type.getName());
        return members;
    }

    private static boolean isSeen(int modifiers) {
        return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
    }

    private static String defaultOf(Method attribute) {
        Object value = attribute.getDefaultValue();
        if (value == null) {
            return "";
        }
        return " default " + (value instanceof Object[] many ? Arrays.toString(many) : value);
    }
}
