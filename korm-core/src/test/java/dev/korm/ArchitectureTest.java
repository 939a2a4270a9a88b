package dev.korm;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
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

@AnalyzeClasses(packages = "dev.korm", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule an_arrow_only_points_down = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("entry")
            .definedBy(JavaClass.Predicates.type(Korm.class))
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
            .resideInAnyPackage(
                    "dev.korm",
                    "dev.korm.argument",
                    "dev.korm.backup",
                    "dev.korm.deletion",
                    "dev.korm.danger",
                    "dev.korm.depot",
                    "dev.korm.event",
                    "dev.korm.file",
                    "dev.korm.history",
                    "dev.korm.key",
                    "dev.korm.limit",
                    "dev.korm.live",
                    "dev.korm.lock",
                    "dev.korm.recovery",
                    "dev.korm.relocate",
                    "dev.korm.schema",
                    "dev.korm.table")
            .and()
            .areNotAssignableTo(Korm.class)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.korm.engine..", "dev.korm.query..", "dev.korm.model..", "dev.korm.jdbc..");

    /** The root is outside of the slices, since everybody uses its words; so what it uses itself is said here. */
    @ArchTest
    static final ArchRule the_root_uses_words_and_what_can_be_plugged_in = noClasses()
            .that()
            .resideInAPackage("dev.korm")
            .and()
            .areNotAssignableTo(Korm.class)
            .should()
            .dependOnClassesThat(resideInAPackage("dev.korm..")
                    .and(resideOutsideOfPackages(
                            "dev.korm",
                            "dev.korm.argument",
                            "dev.korm.backup",
                            "dev.korm.deletion",
                            "dev.korm.danger",
                            "dev.korm.depot",
                            "dev.korm.event",
                            "dev.korm.file",
                            "dev.korm.history",
                            "dev.korm.key",
                            "dev.korm.limit",
                            "dev.korm.live",
                            "dev.korm.lock",
                            "dev.korm.parse",
                            "dev.korm.recovery",
                            "dev.korm.relocate",
                            "dev.korm.schema",
                            "dev.korm.table",
                            "dev.korm.spi..",
                            "dev.korm.codec..",
                            "dev.korm.crypto..")));

    @ArchTest
    static final ArchRule only_the_entry_opens_the_engine_and_by_one_door = noClasses()
            .that()
            .resideOutsideOfPackage("dev.korm.engine..")
            .should()
            .dependOnClassesThat(resideInAPackage("dev.korm.engine..").and(not(name("dev.korm.engine.pool.Engine"))));

    /** Values that hold secrets or anything at all are words of users, and know how they are stored. No other word does. */
    @ArchTest
    static final ArchRule codecs_and_ciphers_are_known_to_few_words = noClasses()
            .that()
            .resideInAnyPackage(
                    "dev.korm",
                    "dev.korm.argument",
                    "dev.korm.backup",
                    "dev.korm.deletion",
                    "dev.korm.danger",
                    "dev.korm.depot",
                    "dev.korm.event",
                    "dev.korm.file",
                    "dev.korm.limit",
                    "dev.korm.live",
                    "dev.korm.lock",
                    "dev.korm.recovery",
                    "dev.korm.relocate",
                    "dev.korm.schema",
                    "dev.korm.table")
            .and()
            .haveNameNotMatching(
                    "dev[.]korm[.](Document|Encrypted|HeldSecrets|Password|PasswordHasher|PasswordProfile|Unique)([$].*)?")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.korm.codec..", "dev.korm.crypto..");

    @ArchTest
    static final ArchRule what_can_be_plugged_in_knows_only_words = noClasses()
            .that()
            .resideInAnyPackage("dev.korm.spi..", "dev.korm.concurrent")
            .should()
            .dependOnClassesThat(resideInAPackage("dev.korm..")
                    .and(resideOutsideOfPackages(
                            "dev.korm",
                            "dev.korm.argument",
                            "dev.korm.backup",
                            "dev.korm.depot",
                            "dev.korm.key",
                            "dev.korm.limit",
                            "dev.korm.spi..",
                            "dev.korm.concurrent")));

    /** Layers wait for connections, which takes the machine's own time; the clock is the environment's for them too. */
    @ArchTest
    static final ArchRule time_chance_and_sleep_come_from_the_environment = noClasses()
            .that()
            .resideOutsideOfPackages("dev.korm.spi.environment", "dev.korm.jdbc..", "dev.korm.concurrent")
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
            .doNotHaveFullyQualifiedName("dev.korm.spi.support.Pkcs12KeyWrapper")
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

    /** The words of {@code dev.korm} itself are everybody's; all other rooms stand above and below each other. */
    @ArchTest
    static final ArchRule rooms_are_free_of_cycles =
            slices().matching("dev.korm.(**)").should().beFreeOfCycles();

    /** How many files a room may hold; the words that users meet first are more. */
    @ArchTest
    static void a_room_fits_in_ones_head(JavaClasses classes) {
        Map<String, Integer> more = Map.of("dev.korm", 80);
        Map<String, Long> files = classes.stream()
                .filter(JavaClass::isTopLevelClass)
                .collect(Collectors.groupingBy(JavaClass::getPackageName, Collectors.counting()));
        assertThat(files)
                .allSatisfy(
                        (room, count) -> assertThat(count).as(room).isLessThanOrEqualTo(more.getOrDefault(room, 25)));
    }
}
