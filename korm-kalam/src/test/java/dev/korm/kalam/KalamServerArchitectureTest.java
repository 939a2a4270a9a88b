package dev.korm.kalam;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Map;
import java.util.stream.Collectors;

/** The server for tests has two rooms: its data know nothing of those who ask over HTTP and WebSockets. */
@AnalyzeClasses(packages = "dev.korm.testkit.kalam")
class KalamServerArchitectureTest {
    @ArchTest
    static final ArchRule DATA_STAND_ALONE = noClasses()
            .that()
            .resideInAPackage("dev.korm.testkit.kalam.data")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.korm.testkit.kalam", "org.eclipse.jetty..", "jakarta.servlet..");

    @ArchTest
    static void rooms_are_small(JavaClasses classes) {
        Map<String, Long> files = classes.stream()
                .filter(JavaClass::isTopLevelClass)
                .filter(type -> !type.getSimpleName().endsWith("Test"))
                .collect(Collectors.groupingBy(JavaClass::getPackageName, Collectors.counting()));
        assertThat(files)
                .containsOnlyKeys("dev.korm.testkit.kalam", "dev.korm.testkit.kalam.data")
                .allSatisfy((room, count) -> assertThat(count).as(room).isLessThanOrEqualTo(25));
    }
}
