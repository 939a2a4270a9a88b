package dev.korm.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.FieldPath;
import dev.korm.Indexed;
import dev.korm.ModelException;
import dev.korm.Name;
import dev.korm.PathException;
import dev.korm.Property;
import dev.korm.Rn;
import dev.korm.model.reference.ReferenceEditor;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Classes that are no records and are made and read like ones: which are taken, how parameters are told apart, what the others lack. */
class PlainClassTest {
    private static final String CAR = """
            public final class Car {
                private final String make;
                private final String model;
                private final int year;
                %s
                public Car(String make, String model, int year) { this.make = make; this.model = model; this.year = year; }
                public String getMake() { return make; }
                public String getModel() { return model; }
                public int year() { return year; }
            }
            """;

    private static final ReferenceEditor NO_REFERENCES = new ReferenceEditor() {
        @Override
        public Rn<?> set(Rn<?> reference, List<FieldPath.Step> rest, Object value, FieldPath path) {
            throw new AssertionError(path);
        }

        @Override
        public Rn<?> patch(Rn<?> reference, Map<String, ?> change, FieldPath path) {
            throw new AssertionError(path);
        }
    };

    @TempDir
    private Path folder;

    private Class<?> compiled(String source, String... options) throws Exception {
        Path file = Files.writeString(folder.resolve("Car.java"), source);
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter complaints = new StringWriter();
        List<String> all = new ArrayList<>(
                List.of("-d", folder.toString(), "-cp", System.getProperty("java.class.path"), "-proc:none"));
        all.addAll(Arrays.asList(options));
        assertThat(compiler.getTask(
                                complaints,
                                null,
                                null,
                                all,
                                null,
                                compiler.getStandardFileManager(null, null, null)
                                        .getJavaFileObjects(file))
                        .call())
                .as("%s", complaints)
                .isTrue();
        return new URLClassLoader(new URL[] {folder.toUri().toURL()}, getClass().getClassLoader()).loadClass("Car");
    }

    private static Object made(Class<?> type, Map<String, Object> values) throws Exception {
        @SuppressWarnings("unchecked")
        Model<Object> model = (Model<Object>) Models.of(type);
        Object car = type.getConstructors()[0].newInstance("a", "b", 1);
        for (Map.Entry<String, Object> value : values.entrySet()) {
            car = model.set(
                    car, FieldPath.of(List.of(new FieldPath.Field(value.getKey()))), value.getValue(), NO_REFERENCES);
        }
        return car;
    }

    private static Object get(Object car, String accessor) throws Exception {
        return car.getClass().getMethod(accessor).invoke(car);
    }

    @Test
    void parameters_are_told_apart_by_their_names() throws Exception {
        Class<?> type = compiled(
                CAR.formatted("").replace("Car(String make, String model", "Car(String model, String make"),
                "-parameters");
        Object car = type.getConstructors()[0].newInstance("C4", "Citroen", 2014);
        assertThat(get(car, "getMake")).isEqualTo("Citroen");
        assertThat(Models.of(type).fieldNames()).containsExactly("model", "make", "year");
        Object changed = made(type, Map.of("make", "Fiat"));
        assertThat(get(changed, "getMake")).isEqualTo("Fiat");
        assertThat(get(changed, "getModel")).isEqualTo("a");
    }

    @Test
    void parameters_are_told_apart_by_constructor_properties() throws Exception {
        Class<?> type = compiled(
                CAR.formatted("@java.beans.ConstructorProperties({\"model\", \"make\", \"year\"})")
                        .replace("Car(String make, String model", "Car(String model, String make"),
                "-g:none");
        assertThat(get(made(type, Map.of("make", "Fiat")), "getMake")).isEqualTo("Fiat");
    }

    @Test
    void parameters_of_one_type_without_names_are_refused_rather_than_confused() throws Exception {
        Class<?> type = compiled(CAR.formatted(""));
        assertThatThrownBy(() -> Models.of(type))
                .isInstanceOf(ModelException.class)
                .hasMessage(
                        "A value of type Car cannot be stored: Car is no record, and korm cannot make and read it like"
                                + " one: no constructor takes exactly its fields, or their names are not known where types are"
                                + " alike: add such a constructor and compile with -parameters, or name its parameters by"
                                + " @ConstructorProperties, or write builder(); or make it a record");
    }

    static class Mutable {
        private int year;

        int getYear() {
            return year;
        }
    }

    static class Silent {
        @SuppressWarnings("unused")
        private final int year;

        Silent(int year) {
            this.year = year;
        }
    }

    static class Annotated {
        @Indexed
        @Name("first")
        private final int one;

        private final String two;
        private transient int hash;

        Annotated(int one, @Name("second") String two) {
            this.one = one;
            this.two = two;
        }

        int getOne() {
            return one;
        }

        String two() {
            hash++;
            return two;
        }

        int size() {
            return hash;
        }
    }

    static class Child extends Annotated {
        private final long three = 3;

        Child() {
            super(1, "");
        }

        long three() {
            return three;
        }
    }

    class Inner {
        private final int year;

        Inner(int year) {
            this.year = year;
        }

        int year() {
            return year;
        }
    }

    static class Several {
        private final int year;
        private final long other;

        Several(int year, long other) {
            this.year = year;
            this.other = other;
        }

        Several(long other, int year) {
            this(year, other);
        }

        int year() {
            return year;
        }

        long other() {
            return other;
        }
    }

    @Test
    void what_a_class_lacks_is_said() {
        refused(Mutable.class, "its field year can be changed behind korm's back; declare it final (in Kotlin, val)");
        refused(Silent.class, "its field year has no accessor; write int getYear()");
        refused(Child.class, "it inherits fields from Annotated; declare all of them in one class");
        refused(Inner.class, "its instances belong to others; declare it static");
        refused(Several.class, "several constructors take all of its fields; keep one");
    }

    private static void refused(Class<?> type, String reason) {
        assertThatThrownBy(() -> Models.of(type))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(
                        type.getName() + " is no record, and korm cannot make and read it like one: " + reason);
    }

    @Test
    void annotations_count_on_fields_and_on_parameters() {
        assertThat(Models.of(Annotated.class)
                        .wanted(dev.korm.spi.query.TableName.items("a", "b"), null)
                        .columns())
                .extracting(dev.korm.spi.schema.ColumnSchema::name)
                .contains("first", "second")
                .doesNotContain("one", "two", "hash");
    }

    @Test
    void getters_name_fields() {
        assertThat(FieldPath.of(Annotated::getOne).toString()).isEqualTo("one");
        assertThat(FieldPath.of(Annotated::two).toString()).isEqualTo("two");
        assertThat(FieldPath.of(Annotated::getOne).root()).contains(Annotated.class);
        Property<Annotated, Integer> none = Annotated::size;
        assertThatThrownBy(() -> FieldPath.of(none))
                .isInstanceOf(PathException.class)
                .hasMessage(
                        Annotated.class.getName()
                                + "::size is not the accessor of a record or of a field, nor of an interface that a record implements");
    }
}
