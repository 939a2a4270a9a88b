package dev.korm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.Filter;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.jdbc.Sqlite;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Records that are printed for tables: they compile, and their items are read. */
class ImportSchemaCommandTest {
    @TempDir
    Path folder;

    private Path database(String... statements) throws Exception {
        Path file = folder.resolve("shop.sqlite");
        try (Connection jdbc = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement sql = jdbc.createStatement()) {
            for (String statement : statements) {
                sql.execute(statement);
            }
        }
        return file;
    }

    @Test
    void the_records_compile_and_read_what_is_there() throws Exception {
        Path file = database(
                "CREATE TABLE customers (id INTEGER PRIMARY KEY, full_name VARCHAR(80) NOT NULL, born_on DATE,"
                        + " version INTEGER NOT NULL DEFAULT 0, \"class\" TEXT, \"Odd Näme\" REAL, active BOOLEAN NOT NULL)",
                "CREATE TABLE ORDERS (code TEXT PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES customers,"
                        + " sponsor INTEGER REFERENCES customers (id), total DECIMAL(10, 2))",
                "CREATE TABLE order_lines (order_code TEXT REFERENCES ORDERS, line INTEGER, note TEXT, PRIMARY KEY (order_code, line))",
                "CREATE TABLE remarks (id INTEGER PRIMARY KEY, a_code TEXT, a_line INTEGER, text TEXT,"
                        + " FOREIGN KEY (a_code, a_line) REFERENCES order_lines (order_code, line))",
                "CREATE TABLE log (text TEXT)",
                "CREATE TABLE __korm_tx__ (id TEXT PRIMARY KEY)",
                "INSERT INTO customers VALUES (1, 'Ada', '1815-12-10', 0, 'x', 1.5, 1)",
                "INSERT INTO ORDERS VALUES ('A-1', 1, NULL, '9.90')",
                "INSERT INTO order_lines VALUES ('A-1', 3, 'n')",
                "INSERT INTO remarks VALUES (7, 'A-1', 3, 't')");
        KormProcess printed =
                KormProcess.run(folder, "import-schema", file.toString(), "--package", "made", "--namespace", "shop");
        assertThat(printed.exit()).as(printed.err()).isZero();
        assertThat(printed.out())
                .contains("package made;")
                .contains("@Table(name = \"customers\")")
                .contains("@Id Long id")
                .contains("String fullName")
                .contains("@Version long version")
                .contains("@Column(\"class\") String classValue")
                .contains("@Column(\"Odd N\\u00e4me\") Double")
                .contains("boolean active")
                .contains("record Orders(")
                .contains("Rn<Customers> customer,")
                .contains("Rn<Customers> sponsor")
                .contains("@Column({\"a_code\", \"a_line\"}) Rn<OrderLines> orderLines")
                .contains("// log: no record, since it has no primary key")
                .doesNotContain("korm_tx");
        try (URLClassLoader made = compiled(printed.out());
                Pool pool = Korm.pool().layer("shop", Sqlite.file(file)).open()) {
            for (String name : new String[] {"Customers", "Orders", "OrderLines", "Remarks"}) {
                Items<?> items = Korm.item(made.loadClass("made." + name), pool);
                assertThat(items.query().get()).as(name).hasSize(1);
            }
            Items<?> orders = Korm.item(made.loadClass("made.Orders"), pool);
            assertThat(orders.query()
                            .where(Filter.eq("customer.fullName", "Ada"))
                            .count())
                    .isEqualTo(1);
            Items<?> remarks = Korm.item(made.loadClass("made.Remarks"), pool);
            assertThat(remarks.query().where(Filter.eq("orderLines.note", "n")).count())
                    .isEqualTo(1);
        }
    }

    private URLClassLoader compiled(String source) throws IOException {
        Path text = folder.resolve("Made.java");
        Path classes = Files.createDirectories(folder.resolve("classes"));
        Files.writeString(text, source);
        int exit = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        null,
                        null,
                        "-encoding",
                        "UTF-8",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-d",
                        classes.toString(),
                        text.toString());
        assertThat(exit).as(source).isZero();
        return new URLClassLoader(
                new URL[] {classes.toUri().toURL()}, getClass().getClassLoader());
    }

    @Test
    void a_name_can_write_nothing_into_the_source() throws Exception {
        Path file = database(
                "CREATE TABLE \"x*/ class Evil {} /*\" (\"a\"\"b\\\" INTEGER PRIMARY KEY, \"\n@\" TEXT, \"1\" TEXT, \"clone\" TEXT)",
                "CREATE TABLE \"line\nclass Evil {}\" (a TEXT)");
        KormProcess printed = KormProcess.run(folder, "import-schema", file.toString());
        assertThat(printed.out().lines()).noneMatch(line -> line.startsWith("class"));
        try (URLClassLoader made = compiled(printed.out())) {
            assertThat(made.getURLs()).hasSize(1);
        }
        try (var classes = Files.list(folder.resolve("classes"))) {
            assertThat(classes.map(each -> each.getFileName().toString())).containsExactly("XClassEvil.class");
        }
    }

    @Test
    void what_cannot_be_read_is_told_without_the_password() throws Exception {
        KormProcess away = KormProcess.run(folder, "import-schema", "postgres://me:canary@localhost:1/x");
        assertThat(away.exit()).isEqualTo(1);
        assertThat(away.out() + away.err()).doesNotContain("canary").contains("check the address");
        assertThat(KormProcess.run(folder, "import-schema", "none.sqlite").exit())
                .isEqualTo(1);
        assertThat(folder.resolve("none.sqlite")).doesNotExist();
    }
}
