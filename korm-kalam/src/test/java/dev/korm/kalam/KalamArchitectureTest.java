package dev.korm.kalam;

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

/** Packages of the client are free of cycles and small, and need nothing else of korm; the layer needs both. */
@AnalyzeClasses(packages = "dev.korm.kalam", importOptions = ImportOption.DoNotIncludeTests.class)
class KalamArchitectureTest {
    private static final String LAYER = "dev.korm.kalam.layer..";

    @ArchTest
    static final ArchRule FREE_OF_CYCLES =
            slices().matching("dev.korm.kalam.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule ALONE = noClasses()
            .that()
            .resideOutsideOfPackage(LAYER)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.korm", "dev.korm.spi..", "dev.korm.engine..", "dev.korm.testkit..", LAYER);

    @ArchTest
    static final ArchRule NOBODY_NEEDS_THE_CLIENT = noClasses()
            .that()
            .resideInAPackage("dev.korm.kalam.*..")
            .and()
            .resideOutsideOfPackage(LAYER)
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.korm.kalam");

    @ArchTest
    static final ArchRule THE_LAYER_USES_WHAT_ANY_STORE_MAY = noClasses()
            .that()
            .resideInAPackage(LAYER)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.korm.engine..", "dev.korm.jdbc..", "dev.korm.kalam.http..", "dev.korm.testkit..");

    @ArchTest
    static void packages_are_small(JavaClasses classes) {
        Map<String, Long> files = classes.stream()
                .filter(type -> type.isTopLevelClass())
                .collect(Collectors.groupingBy(JavaClass::getPackageName, Collectors.counting()));
        assertThat(files.values()).allMatch(count -> count <= 26);
    }
}
