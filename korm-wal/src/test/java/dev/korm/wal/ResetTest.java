package dev.korm.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.ConfigurationException;
import dev.korm.Document;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.PoolBuilder;
import dev.korm.Rn;
import dev.korm.danger.Reset;
import dev.korm.danger.ResetException;
import dev.korm.danger.ResetMode;
import dev.korm.depots.local.LocalDepot;
import dev.korm.file.FileRef;
import dev.korm.jdbc.Sqlite;
import dev.korm.lock.LockName;
import dev.korm.spi.depot.PutOptions;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Resets of pools: what goes, what stays, and who is in the way. */
@NullUnmarked // Tests dereference what they expect to be there.
class ResetTest {
    @TempDir
    Path folder;

    private PoolBuilder pool() {
        return Korm.pool()
                .layer("main", Sqlite.file(folder.resolve("main.sqlite")))
                .layer("cars", Sqlite.file(folder.resolve("cars.sqlite")))
                .depot("files", LocalDepot.at(folder.resolve("files")))
                .withHistory()
                .defaultLayer("main")
                .withLocks("main")
                .withMeta("main");
    }

    private void fill() throws Exception {
        try (Pool pool = pool().open()) {
            for (String layer : pool.layers()) {
                for (int i = 0; i < 3; i++) {
                    Korm.item(Document.class, pool)
                            .fromData(
                                    layer,
                                    "cars",
                                    "suv",
                                    Document.builder().put("number", i).build())
                            .create();
                }
            }
            pool.backups().run("files");
        }
        Files.createDirectories(folder.resolve("files/invoices"));
        Files.writeString(folder.resolve("files/invoices/one.txt"), "one");
        execute("main", "CREATE TABLE mine (a TEXT)");
        execute("main", "CREATE TABLE \"__items__mine\" (a TEXT)");
        execute("main", "CREATE TABLE \"__korm_other_thing__\" (a TEXT)");
    }

    private void execute(String layer, String sql) throws SQLException {
        try (Connection connection = connect(layer);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private Connection connect(String layer) throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + folder.resolve(layer + ".sqlite"));
    }

    private List<String> tables(String layer) throws SQLException {
        List<String> tables = new ArrayList<>();
        try (Connection connection = connect(layer);
                Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1")) {
            while (rows.next()) {
                tables.add(rows.getString(1));
            }
        }
        return tables;
    }

    @ParameterizedTest
    @EnumSource(ResetMode.class)
    void what_the_plan_tells_goes_and_nothing_else(ResetMode mode) throws Exception {
        fill();
        List<String> before = tables("main");
        Reset plan;
        try (Pool pool = pool().open()) {
            plan = Korm.danger().reset(pool, mode);
            assertThat(tables("main")).isEqualTo(before);
            for (String wrong : List.of("", "yes", plan.confirmation() + " ")) {
                assertThatThrownBy(() -> plan.run(wrong)).isInstanceOf(ResetException.class);
            }
            assertThat(pool.layers()).hasSize(2);
            plan.run(plan.confirmation());
        }
        boolean items = mode == ResetMode.ALL || mode == ResetMode.LAYERS;
        boolean meta = mode != ResetMode.DEPOTS;
        assertThat(plan.tables().stream().map(Reset.Table::name).anyMatch("__items__cars__suv"::equals))
                .isEqualTo(items);
        List<String> mine = List.of("__items__mine", "__korm_other_thing__", "mine");
        assertThat(tables("main")).containsAll(mine);
        if (items) {
            assertThat(tables("main")).containsExactlyElementsOf(mine);
            assertThat(tables("cars")).isEmpty();
        } else {
            assertThat(tables("main")).contains("__items__cars__suv", "__korm_history__");
        }
        assertThat(tables("main").contains("__korm_pool__")).isEqualTo(!meta);
        assertThat(Files.exists(folder.resolve("files/invoices/one.txt"))).isTrue();
        boolean backups = mode == ResetMode.ALL || mode == ResetMode.DEPOTS;
        assertThat(plan.folders().stream().map(Reset.Folder::name).anyMatch("__korm_backups__"::equals))
                .isEqualTo(backups);
        if (meta && mode != ResetMode.LAYERS) {
            // Another configuration opens, without adopting.
            Korm.pool()
                    .layer("other", Sqlite.file(folder.resolve("main.sqlite")))
                    .depot("copies", LocalDepot.at(folder.resolve("files")))
                    .withMeta("other")
                    .open()
                    .close();
        } else if (mode == ResetMode.DEPOTS) {
            pool().open().close();
        }
    }

    record Invoice(String number, FileRef scan) {}

    @Test
    void files_that_items_brought_go_and_others_stay() throws Exception {
        try (Pool pool = pool().withWal(Wal.in("files")).open()) {
            for (String name : List.of("mine.txt", "named.txt")) {
                pool.depot("files")
                        .put(Rn.file("files", "scans", name), new ByteArrayInputStream(new byte[7]), PutOptions.NONE);
            }
            Items<Invoice> invoices = Korm.item(Invoice.class, pool);
            for (FileRef scan : List.of(
                    FileRef.of("files", "scans/brought.txt", new byte[7]),
                    FileRef.to(Rn.file("files", "scans", "named.txt")))) {
                invoices.fromData("main", "scans", "invoice", new Invoice("1", scan))
                        .create();
            }
            Reset reset = Korm.danger().reset(pool, ResetMode.ALL);
            assertThat(reset.folders()).contains(new Reset.Folder("files", "scans", 1, 7));
            reset.run(reset.confirmation());
        }
        assertThat(folder.resolve("files/scans")).isDirectoryContaining("glob:**/mine.txt");
        assertThat(folder.resolve("files/scans")).isDirectoryContaining("glob:**/named.txt");
        assertThat(folder.resolve("files/scans/brought.txt")).doesNotExist();
        try (Pool pool = pool().withWal(Wal.in("files")).open()) {
            assertThat(Korm.item(Invoice.class, pool)
                            .fromQuery("main", "scans", "invoice")
                            .count())
                    .isZero();
        }
    }

    @Test
    void what_has_changed_since_the_plan_is_not_taken_along() throws Exception {
        fill();
        try (Pool pool = pool().open()) {
            Reset plan = Korm.danger().reset(pool, ResetMode.LAYERS);
            Korm.item(Document.class, pool)
                    .fromData("cars", "van", Document.builder().put("a", 1).build())
                    .create();
            assertThatThrownBy(() -> plan.run(plan.confirmation()))
                    .isInstanceOf(ResetException.class)
                    .hasMessageContaining("other things would go");
            assertThat(tables("main")).contains("__items__cars__van", "__items__cars__suv");
        }
    }

    @Test
    void a_pool_that_another_program_holds_is_not_reset() throws Exception {
        fill();
        try (Pool pool = pool().open();
                Pool other = pool().open();
                AutoCloseable lock = other.locks().acquire(LockName.of("night work"))) {
            Reset plan = Korm.danger().reset(pool, ResetMode.ALL);
            assertThat(lock).isNotNull();
            assertThatThrownBy(() -> plan.run(plan.confirmation()))
                    .isInstanceOf(ResetException.class)
                    .hasMessageContaining("holds a lock in the layer \"main\"");
            assertThat(tables("cars")).contains("__items__cars__suv");
        }
    }

    @Test
    void a_pool_of_somebody_elses_making_is_not_planned_for() {
        assertThatThrownBy(() -> Korm.danger().reset(foreign(), ResetMode.ALL))
                .isInstanceOf(ConfigurationException.class);
    }

    private static Pool foreign() {
        return (Pool) java.lang.reflect.Proxy.newProxyInstance(
                Pool.class.getClassLoader(), new Class<?>[] {Pool.class}, (proxy, method, arguments) -> null);
    }
}
