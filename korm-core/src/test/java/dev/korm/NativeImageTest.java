package dev.korm;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.codec.json.JsonObject;
import dev.korm.codec.json.JsonReader;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What native images are told of korm's own reflection: all of it, and nothing that is not there. */
class NativeImageTest {
    private static final Path SOURCES = Path.of("src/main/java");
    private static final Path METADATA =
            Path.of("src/main/resources/META-INF/native-image/dev.korm/korm-core/reachability-metadata.json");
    private static final Pattern REFLECTION = Pattern.compile(
            "Class\\.forName\\(|\\.getMethod\\(|\\.getDeclared(?:Method|Field|Constructor)s?\\("
                    + "|\\.find(?:Virtual|Static|Constructor|VarHandle)\\(|\\.unreflect\\(|Proxy\\.newProxyInstance\\(");
    private static final Pattern NAMED_CLASS = Pattern.compile("\"((?:[a-z0-9]+\\.){2,}[A-Z]\\w+)\"");

    /** These look at the data classes of programs, and at nothing of korm or of a driver. */
    private static final Set<String> OF_PROGRAMS = Set.of("dev.korm.codec.shape.RecordAccess");

    /** This asks for classes that others name to it. */
    private static final String CHECK = "dev.korm.jdbc.session.DriverCheck";

    /** Kotlin is not there when korm is tested without it, and older JDKs have no such method. */
    private static final Set<String> PERHAPS = Set.of(
            "kotlin.jvm.internal.PropertyReference",
            "kotlin.jvm.internal.ClassBasedDeclarationContainer",
            "java.io.Console");

    private static List<JsonObject> entries() throws IOException {
        JsonObject root = (JsonObject) requireNonNull(JsonReader.tree(Files.readString(METADATA)));
        List<JsonObject> entries = new ArrayList<>();
        for (Object entry : (List<?>) requireNonNull(root.get("reflection"))) {
            entries.add((JsonObject) requireNonNull(entry));
        }
        return entries;
    }

    private static String reachedBy(JsonObject entry) {
        return (String) requireNonNull(((JsonObject) requireNonNull(entry.get("condition"))).get("typeReached"));
    }

    private static List<?> list(JsonObject entry, String member) {
        return entry.has(member) ? (List<?>) requireNonNull(entry.get(member)) : List.of();
    }

    @Test
    void every_class_that_reflects_has_an_entry() throws IOException {
        Set<String> reflecting = new TreeSet<>();
        Set<String> named = new TreeSet<>();
        try (Stream<Path> files = Files.walk(SOURCES)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".java")).toList()) {
                String source = Files.readString(file);
                String name = SOURCES.relativize(file)
                        .toString()
                        .replace(".java", "")
                        .replace('/', '.')
                        .replace('\\', '.');
                boolean reflects = REFLECTION.matcher(source).find();
                if (reflects) {
                    reflecting.add(name);
                }
                if (reflects || source.contains("DriverCheck.require(")) {
                    Matcher literal = NAMED_CLASS.matcher(source);
                    while (literal.find()) {
                        named.add(literal.group(1));
                    }
                }
            }
        }
        named.removeAll(Set.of("java.beans.ConstructorProperties", "kotlin.jvm.internal.DefaultConstructorMarker"));

        Set<String> conditions = new TreeSet<>();
        Set<String> types = new TreeSet<>();
        for (JsonObject entry : entries()) {
            conditions.add(reachedBy(entry));
            if (entry.get("type") instanceof String type) {
                types.add(type);
            }
        }
        reflecting.removeAll(OF_PROGRAMS);
        reflecting.remove(CHECK);
        assertThat(conditions).as("classes that reflect").containsAll(reflecting);
        assertThat(types).as("classes that are named in texts").containsAll(named);
        assertThat(named).hasSizeGreaterThan(4);
    }

    @Test
    void every_entry_names_what_is_there() throws ReflectiveOperationException, IOException {
        int found = 0;
        for (JsonObject entry : entries()) {
            Class.forName(reachedBy(entry), false, getClass().getClassLoader());
            if (!(entry.get("type") instanceof String name) || PERHAPS.contains(name)) {
                continue;
            }
            Class<?> type = Class.forName(name, false, getClass().getClassLoader());
            for (Object field : list(entry, "fields")) {
                String called = (String) requireNonNull(((JsonObject) requireNonNull(field)).get("name"));
                assertThat(type.getDeclaredField(called)).isNotNull();
            }
            for (Object each : list(entry, "methods")) {
                JsonObject method = (JsonObject) requireNonNull(each);
                String called = (String) requireNonNull(method.get("name"));
                List<?> takes = list(method, "parameterTypes");
                assertThat(
                                called.equals("<init>")
                                        ? Arrays.stream(type.getDeclaredConstructors())
                                                .anyMatch(one -> one.getParameterCount() == takes.size())
                                        : Stream.concat(
                                                        Arrays.stream(type.getMethods()),
                                                        Arrays.stream(type.getDeclaredMethods()))
                                                .anyMatch(one -> one.getName().equals(called)
                                                        && parameters(one).equals(takes)))
                        .as("%s.%s%s", name, called, takes)
                        .isTrue();
                found++;
            }
        }
        assertThat(found).isGreaterThan(7);
    }

    private static List<String> parameters(Method method) {
        return Arrays.stream(method.getParameterTypes()).map(Class::getTypeName).toList();
    }
}
