package dev.korm.testkit.house;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "dev.korm.testkit", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule rooms_are_free_of_cycles =
            slices().matching("dev.korm.(**)").should().beFreeOfCycles();

    /** A contract is for anybody's store, so it asks only what anybody could. */
    @ArchTest
    static final ArchRule contracts_use_what_the_core_exports = noClasses()
            .that()
            .resideInAPackage("dev.korm.testkit..")
            .should()
            .dependOnClassesThat(resideInAPackage("dev.korm..")
                    .and(resideOutsideOfPackages(
                            "dev.korm",
                            "dev.korm.argument",
                            "dev.korm.deletion",
                            "dev.korm.depot",
                            "dev.korm.file",
                            "dev.korm.history",
                            "dev.korm.key",
                            "dev.korm.limit",
                            "dev.korm.live",
                            "dev.korm.lock",
                            "dev.korm.recovery",
                            "dev.korm.relocate",
                            "dev.korm.schema",
                            "dev.korm.spi..",
                            "dev.korm.testkit..")));

    @ArchTest
    static final ArchRule stores_in_memory_and_faults_know_no_contract = noClasses()
            .that()
            .resideInAnyPackage("dev.korm.testkit.memory", "dev.korm.testkit.fault")
            .should()
            .dependOnClassesThat(
                    resideInAPackage("dev.korm.testkit.contract..").or(resideInAPackage("dev.korm.testkit.random")));

    @ArchTest
    static final ArchRule a_contract_of_one_store_knows_no_pool = noClasses()
            .that()
            .resideInAPackage("dev.korm.testkit.contract.store")
            .should()
            .dependOnClassesThat()
            .haveNameMatching("dev[.]korm[.](Korm|Pool|PoolBuilder)");
}
