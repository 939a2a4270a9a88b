package dev.korm;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Every package-info says truly which rooms its room uses. */
@AnalyzeClasses(packages = "dev.korm", importOptions = ImportOption.DoNotIncludeTests.class)
class PackageInfoTest {
    private static final String ROOT = "dev.korm";

    /** The words of users, which stand in rooms of their own; everybody but these uses them without saying so, as they do the SPI. */
    private static final Set<String> WORDS = Set.of(
            "argument",
            "backup",
            "deletion",
            "danger",
            "depot",
            "file",
            "history",
            "key",
            "limit",
            "lock",
            "recovery",
            "relocate");

    private static final Pattern BEGIN = Pattern.compile("Begin with \\{@(?:link|code) ");
    private static final Pattern NAMED = Pattern.compile("\\{@code ([a-z.]+)\\}");

    @ArchTest
    static void a_room_names_the_rooms_that_it_uses(JavaClasses classes) throws IOException {
        Map<String, Set<String>> used = new TreeMap<>();
        for (JavaClass each : classes) {
            if (each.getPackageName().startsWith(ROOT + ".")) {
                String room = room(each);
                Set<String> others = used.computeIfAbsent(room, first -> new TreeSet<>());
                each.getDirectDependenciesFromSelf().stream()
                        .map(Dependency::getTargetClass)
                        .map(JavaClass::getBaseComponentType)
                        .filter(target -> target.getPackageName().startsWith(ROOT + "."))
                        .map(PackageInfoTest::room)
                        .filter(other -> !other.equals(room) && (isShared(room) || !isShared(other)))
                        .forEach(others::add);
            }
        }
        assertThat(used).hasSizeGreaterThan(40);
        Map<String, Set<String>> told = new TreeMap<>();
        for (String room : used.keySet()) {
            String text = text(room);
            assertThat(text).as(room).containsPattern(BEGIN);
            told.put(room, named(text));
        }
        assertThat(told).isEqualTo(used);
    }

    private static String room(JavaClass type) {
        return type.getPackageName().substring(ROOT.length() + 1);
    }

    private static boolean isShared(String room) {
        return WORDS.contains(room) || room.equals("spi") || room.startsWith("spi.");
    }

    private static String text(String room) throws IOException {
        Path source = Path.of("src/main/java/dev/korm", room.split("[.]")).resolve("package-info.java");
        return Files.readString(source).replaceAll("\\s+(?:\\* ?)?", " ");
    }

    /** The rooms that stand behind "Uses". */
    private static Set<String> named(String text) {
        int from = text.lastIndexOf(" Uses ");
        assertThat(from).as("a sentence that begins with Uses").isPositive();
        try (Stream<MatchResult> rooms = NAMED.matcher(text.substring(from)).results()) {
            return rooms.map(room -> room.group(1)).collect(Collectors.toCollection(TreeSet::new));
        }
    }
}
