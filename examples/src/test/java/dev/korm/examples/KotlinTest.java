package dev.korm.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jetbrains.kotlin.cli.common.ExitCode;
import org.jetbrains.kotlin.cli.jvm.K2JVMCompiler;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Data classes of Kotlin, compiled by its compiler: names, nulls, default arguments, property references. */
@Tag("long")
class KotlinTest {
    private static final String SOURCE = """
            package cars

            import dev.korm.*
            import dev.korm.Filter.*
            import dev.korm.jdbc.Sqlite

            @Stored(namespace = "people", kind = "user")
            data class User(val first: String, val last: String)

            data class Engine(val power: Int, val fuel: String = "diesel", val note: String? = "none", val cylinders: Int = 0)

            @Stored(namespace = "garage", kind = "car")
            data class Car(
                val make: String,
                val model: String,
                @Indexed val year: Int = 1999,
                val owner: Rn<User>? = null,
                val note: String? = "none",
                val tags: List<String> = listOf("new"),
                val isNew: Boolean = true,
                @param:Name("motor") val engine: Engine? = null,
            )

            @Stored(namespace = "garage", kind = "stay")
            data class Stay(
                val name: String,
                @OnDelete(DeletePolicy.CASCADE) val guest: Rn<User>,
                @OnDelete(DeletePolicy.SET_NULL) val host: Rn<User>? = null,
                @OnDelete(DeletePolicy.RESTRICT) val payer: Rn<User>? = null,
            )

            private fun open() = Korm.pool().layer("main", Sqlite.memory()).open()

            private fun check(actual: Any?, expected: Any?) {
                if (actual != expected) throw AssertionError("expected $expected, was $actual")
            }

            private fun older(pool: Pool, vararg fields: Pair<String, Any?>): Item<Car> {
                val data = Document.of(java.util.LinkedHashMap(fields.toMap()))
                val rn = Korm.item(Document::class.java, pool).fromData("garage", "car", data).create().rn()
                return Korm.item(Car::class.java, pool).fromRn(Rn.parse(rn.toString(), Car::class.java)).get()
            }

            class Checks {
                fun stored_and_read() = open().use { pool ->
                    val fred = Korm.item(User::class.java, pool).fromData(User("Fred", "Flintstone")).create()
                    val cars = Korm.item(Car::class.java, pool)
                    val car = cars.fromData(Car("Citroen", "C4", 2014, fred.rn(), null, listOf(), false, Engine(90, "petrol", null, 4))).create()
                    check(car.reload().data(), car.data())
                    check(cars.query().where(eq("owner.first", "Fred").and(eq("engine.fuel", "petrol"))).count(), 1L)
                    check(Korm.item(Document::class.java, pool).fromQuery("garage", "car").where(eq("motor.power", 90)).count(), 1L)
                }

                fun property_references() = open().use { pool ->
                    val cars = Korm.item(Car::class.java, pool)
                    val car = cars.fromData(Car("Citroen", "C4", 2014)).create()
                    check(cars.query().where(gt(Car::year, 2000).and(eq(Car::isNew, true))).orderBy(Order.desc(Car::year)).count(), 1L)
                    check(car.set(Car::year, 2015).commit().data().year, 2015)
                    check(FieldPath.of(Car::isNew).root().get(), Car::class.java)
                }

                fun defaults_for_absent_columns() = open().use { pool ->
                    check(older(pool, "make" to "a", "model" to "b").data(), Car("a", "b"))
                }

                fun null_is_the_default_only_where_the_type_takes_none() = open().use { pool ->
                    older(pool, "make" to "a", "model" to "b", "year" to 1, "note" to "x", "tags" to listOf("y"), "isNew" to false)
                    val second = older(pool, "make" to "a", "model" to "b")
                    check(second.data(), Car("a", "b", note = null))
                }

                fun policies() = open().use { pool ->
                    val users = Korm.item(User::class.java, pool)
                    val fred = users.fromData(User("Fred", "F")).create()
                    val ann = users.fromData(User("Ann", "A")).create()
                    val bob = users.fromData(User("Bob", "B")).create()
                    val stays = Korm.item(Stay::class.java, pool)
                    val one = stays.fromData(Stay("one", fred.rn(), ann.rn(), bob.rn())).create()
                    stays.fromData(Stay("two", fred.rn())).create()
                    check(runCatching { bob.delete() }.exceptionOrNull() is ReferencedException, true)
                    ann.delete()
                    check(one.reload().data(), Stay("one", fred.rn(), null, bob.rn()))
                    check(fred.delete().cascaded().values.sum(), 2L)
                    check(stays.query().count(), 0L)
                    bob.delete()
                }

                fun members_of_nested_data() = open().use { pool ->
                    check(older(pool, "make" to "a", "model" to "b", "motor" to Document.of(mapOf("power" to 5))).data().engine, Engine(5))
                    check(
                        older(pool, "make" to "a", "model" to "b", "motor" to Document.of(hashMapOf("power" to 5, "fuel" to null, "note" to null))).data().engine,
                        Engine(5, note = null))
                }

                fun absent_without_a_default() = open().use { pool ->
                    val failure = runCatching { older(pool, "make" to "a", "model" to "b", "motor" to Document.of(mapOf("fuel" to "x"))) }.exceptionOrNull()
                    check(failure is ValueException && failure.message!!.contains("engine.power"), true)
                    val other = runCatching { older(pool, "make" to "a") }.exceptionOrNull()
                    check(other is ValueException && other.message!!.contains("null: model"), true)
                }
            }
            """;

    @TempDir
    private static Path folder;

    private static Class<?> checks;

    @BeforeAll
    static void compile() throws Exception {
        Path source = Files.writeString(folder.resolve("Cars.kt"), SOURCE);
        Path out = folder.resolve("out");
        ByteArrayOutputStream complaints = new ByteArrayOutputStream();
        ExitCode code = new K2JVMCompiler()
                .exec(
                        new PrintStream(complaints, true, UTF_8),
                        "-no-stdlib",
                        "-no-reflect",
                        "-jvm-target",
                        "17",
                        "-cp",
                        System.getProperty("java.class.path").replace(';', File.pathSeparatorChar),
                        "-d",
                        out.toString(),
                        source.toString());
        assertThat(code).as("%s", complaints.toString(UTF_8)).isEqualTo(ExitCode.OK);
        checks = new URLClassLoader(new URL[] {out.toUri().toURL()}, KotlinTest.class.getClassLoader())
                .loadClass("cars.Checks");
    }

    private static void run(String check) throws Throwable {
        try {
            checks.getMethod(check).invoke(checks.getConstructor().newInstance());
        } catch (InvocationTargetException failed) {
            throw failed.getCause();
        }
    }

    @Test
    void data_classes_are_stored_and_read() throws Throwable {
        run("stored_and_read");
    }

    @Test
    void properties_name_fields() throws Throwable {
        run("property_references");
    }

    @Test
    void defaults_stand_for_columns_that_are_not_there() throws Throwable {
        run("defaults_for_absent_columns");
    }

    @Test
    void null_is_the_default_only_where_the_type_takes_none() throws Throwable {
        run("null_is_the_default_only_where_the_type_takes_none");
    }

    @Test
    void policies_for_deletions_hold() throws Throwable {
        run("policies");
    }

    @Test
    void defaults_stand_for_members_of_nested_data() throws Throwable {
        run("members_of_nested_data");
    }

    @Test
    void what_is_absent_without_a_default_is_an_error_that_names_it() throws Throwable {
        run("absent_without_a_default");
    }
}
