package dev.korm.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The blocks of docs/migrating.md that are other tools' compile by them, each beside what a program of that tool has: its fields, and what its generator makes. */
class MigratingBlocksTest {
    private static final String VALUES = "import java.math.BigDecimal; import java.util.*;\n";

    private static final String JPA = VALUES + """
            import jakarta.persistence.*;
            class JpaProgram {
                @Entity @Table(name = "orders") public static class Order {
                    @Id Long id; @ManyToOne Customer customer; BigDecimal total; String state;
                    BigDecimal getTotal() { return total; }
                    void setTotal(BigDecimal now) { total = now; }
                }
                interface Named { void setName(String name); }
                EntityManager entityManager;
            """;

    private static final String SPRING = VALUES + """
            import org.springframework.data.annotation.*;
            import org.springframework.data.relational.core.mapping.*;
            import org.springframework.data.repository.*;
            class SpringProgram {
                @Table("orders") record Order(@Id Long id, Customer customer, BigDecimal total, String state) {}
                interface CustomerRepository extends CrudRepository<Customer, Long> {}
                CustomerRepository customerRepository;
                interface OrderRepository extends CrudRepository<Order, Long> {
            """;

    private static final String JOOQ = VALUES + """
            import org.jooq.*;
            import org.jooq.impl.*;
            class JooqProgram {
                static class CustomersRecord extends UpdatableRecordImpl<CustomersRecord> {
                    CustomersRecord() { super(CUSTOMERS); }
                    void setFullName(String name) { set(CUSTOMERS.FULL_NAME, name); }
                }
                static class Customers extends TableImpl<CustomersRecord> {
                    final TableField<CustomersRecord, Long> ID = createField(DSL.name("id"), SQLDataType.BIGINT, this);
                    final TableField<CustomersRecord, String> FULL_NAME = createField(DSL.name("full_name"), SQLDataType.VARCHAR, this);
                    Customers() { super(DSL.name("customers")); }
                }
                static class Orders extends TableImpl<org.jooq.Record> {
                    final TableField<org.jooq.Record, Long> ID = createField(DSL.name("id"), SQLDataType.BIGINT, this);
                    final TableField<org.jooq.Record, BigDecimal> TOTAL = createField(DSL.name("total"), SQLDataType.NUMERIC, this);
                    final TableField<org.jooq.Record, String> STATE = createField(DSL.name("state"), SQLDataType.VARCHAR, this);
                    Orders() { super(DSL.name("orders")); }
                    Customers customers() { return CUSTOMERS; }
                }
                static final Customers CUSTOMERS = new Customers();
                static final Orders ORDERS = new Orders();
                DSLContext dsl;
            """;

    @TempDir
    private Path out;

    @Test
    void of_jpa() throws IOException {
        List<String> blocks = blocks("jpa");
        assertThat(blocks).hasSize(7);
        StringBuilder program = new StringBuilder(JPA).append(blocks.get(0));
        for (int i = 1; i < blocks.size(); i++) {
            String given = i == 4 ? "Named ada" : "Order from, Order to";
            program.append("void block").append(i).append('(').append(given).append(") {\n");
            program.append(blocks.get(i)).append("}\n");
        }
        compiles("JpaProgram", program.append("}").toString());
    }

    @Test
    void of_spring_data() throws IOException {
        List<String> blocks = blocks("spring");
        assertThat(blocks).hasSize(4);
        compiles(
                "SpringProgram",
                SPRING + blocks.get(2) + "}\n" + blocks.get(0) + "void reading() {\n" + blocks.get(1)
                        + "}\nvoid writing(Customer ada) {\n" + blocks.get(3)
                        + "}\n}");
    }

    @Test
    void of_jooq() throws IOException {
        List<String> blocks = blocks("jooq");
        assertThat(blocks).hasSize(4);
        compiles(
                "JooqProgram",
                JOOQ + "void reading() {\n" + blocks.get(0) + blocks.get(2) + "}\nvoid asking() {\n" + blocks.get(1)
                        + blocks.get(3) + "}\n}");
    }

    /** A text that names something there is not must not pass, or these tests show nothing. */
    @Test
    void what_does_not_compile_is_noticed() {
        assertThat(faults(
                        "Wrong",
                        VALUES + "import org.jooq.*;\nclass Wrong { DSLContext dsl; Object o = dsl.fetchOn(); }"))
                .contains("fetchOn");
    }

    private static List<String> blocks(String tool) throws IOException {
        Matcher block = Pattern.compile("^```" + tool + "\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL)
                .matcher(Files.readString(Path.of("../docs/migrating.md")));
        List<String> blocks = new ArrayList<>();
        while (block.find()) {
            blocks.add(block.group(1));
        }
        return blocks;
    }

    private void compiles(String name, String program) {
        assertThat(faults(name, program)).as(program).isEmpty();
    }

    private String faults(String name, String program) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter said = new StringWriter();
        JavaFileObject source =
                new SimpleJavaFileObject(URI.create("string:///" + name + ".java"), JavaFileObject.Kind.SOURCE) {
                    @Override
                    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                        return program;
                    }
                };
        boolean done = compiler.getTask(
                        said,
                        null,
                        null,
                        List.of(
                                "-proc:none",
                                "-nowarn",
                                "-Xlint:none",
                                "-d",
                                out.toString(),
                                "-cp",
                                System.getProperty("java.class.path")),
                        null,
                        List.of(source))
                .call();
        return done ? "" : said.toString();
    }
}
