package dev.korm;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "dev.korm", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule an_arrow_only_points_down = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("entry")
            .definedBy(com.tngtech.archunit.core.domain.JavaClass.Predicates.type(Korm.class))
            .layer("engine")
            .definedBy("dev.korm.engine..")
            .layer("query")
            .definedBy("dev.korm.query..")
            .layer("model")
            .definedBy("dev.korm.model..")
            .layer("codec")
            .definedBy("dev.korm.codec..")
            .layer("crypto")
            .definedBy("dev.korm.crypto..")
            .layer("jdbc")
            .definedBy("dev.korm.jdbc..")
            .layer("spi")
            .definedBy("dev.korm.spi..")
            .whereLayer("entry")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("engine")
            .mayOnlyBeAccessedByLayers("entry")
            .whereLayer("query")
            .mayOnlyBeAccessedByLayers("engine")
            .whereLayer("model")
            .mayOnlyBeAccessedByLayers("engine", "query")
            .whereLayer("codec")
            .mayOnlyBeAccessedByLayers("model", "query")
            .whereLayer("crypto")
            .mayOnlyBeAccessedByLayers("codec", "model", "engine")
            .whereLayer("jdbc")
            .mayNotBeAccessedByAnyLayer();

    @ArchTest
    static final ArchRule the_words_know_only_each_other = noClasses()
            .that()
            .resideInAPackage("dev.korm")
            .and()
            .areNotAssignableTo(Korm.class)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.korm.engine..", "dev.korm.query..", "dev.korm.model..", "dev.korm.jdbc..");

    /** Layers wait for connections, which takes the machine's own time; the clock is the environment's for them too. */
    @ArchTest
    static final ArchRule time_chance_and_sleep_come_from_the_environment = noClasses()
            .that()
            .resideOutsideOfPackages("dev.korm.spi", "dev.korm.jdbc")
            .should()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(Thread.class, "sleep", long.class)
            .orShould()
            .callMethod(java.util.UUID.class, "randomUUID")
            .orShould()
            .callMethod(java.time.Instant.class, "now");

    @ArchTest
    static final ArchRule ciphers_are_named_only_where_secrets_are_sealed_and_keys_wrapped = noClasses()
            .that()
            .resideOutsideOfPackage("dev.korm.crypto..")
            .and()
            .doNotHaveFullyQualifiedName("dev.korm.spi.Pkcs12KeyWrapper")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("javax.crypto..", "org.bouncycastle..");

    @ArchTest
    static final ArchRule jdbc_is_named_only_in_its_room = classes()
            .that()
            .resideOutsideOfPackage("dev.korm.jdbc..")
            .should()
            .onlyDependOnClassesThat()
            .resideOutsideOfPackages("java.sql..", "javax.sql..", "org.sqlite..");
}
