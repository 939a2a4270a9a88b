package dev.korm.gateway;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Map;
import java.util.stream.Collectors;

/** The rooms of the gateway are free of cycles and small, and use what korm shows to everybody. */
@AnalyzeClasses(packages = "dev.korm.gateway", importOptions = ImportOption.DoNotIncludeTests.class)
class GatewayArchitectureTest {
    @ArchTest
    static final ArchRule FREE_OF_CYCLES =
            slices().matching("dev.korm.gateway.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule WHAT_IS_PUBLIC = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.korm.engine..", "dev.korm.model..", "dev.korm.codec..", "dev.korm.testkit..");

    @ArchTest
    static void packages_are_small(JavaClasses classes) {
        Map<String, Long> files = classes.stream()
                .filter(JavaClass::isTopLevelClass)
                .collect(Collectors.groupingBy(JavaClass::getPackageName, Collectors.counting()));
        assertThat(files.values()).allMatch(count -> count <= 26);
    }
}
