package dev.korm.depots;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "dev.korm.depots", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule rooms_are_free_of_cycles =
            slices().matching("dev.korm.depots.(**)").should().beFreeOfCycles();

    /** A depot goes around any other by the SPI, and so knows none of them. */
    @ArchTest
    static final ArchRule a_depot_knows_no_other_depot = slices().matching("dev.korm.depots.(*)")
            .should()
            .notDependOnEachOther()
            .ignoreDependency(resideInAPackage("dev.korm.depots.."), resideInAPackage("dev.korm.depots.support"))
            .ignoreDependency(resideInAPackage("dev.korm.depots.discover"), resideInAPackage("dev.korm.depots.."));

    @ArchTest
    static final ArchRule depots_use_words_and_the_spi_of_the_core = noClasses()
            .that()
            .resideInAPackage("dev.korm.depots..")
            .should()
            .dependOnClassesThat(resideInAPackage("dev.korm..")
                    .and(resideOutsideOfPackages(
                            "dev.korm",
                            "dev.korm.argument",
                            "dev.korm.depot",
                            "dev.korm.depots..",
                            "dev.korm.file",
                            "dev.korm.key",
                            "dev.korm.spi.environment",
                            "dev.korm.spi",
                            "dev.korm.spi.depot",
                            "dev.korm.spi.discover")));

    @ArchTest
    static final ArchRule ciphers_are_named_only_where_files_are_sealed = noClasses()
            .that()
            .resideOutsideOfPackage("dev.korm.depots.sealed")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("javax.crypto..");
}
