package dev.korm.testkit.contract.store;

import static dev.korm.Filter.eq;
import static dev.korm.Filter.gt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.korm.ClosedException;
import dev.korm.ConfigurationException;
import dev.korm.DuplicateException;
import dev.korm.Item;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.SchemaException;
import dev.korm.StoreBusyException;
import dev.korm.StoreException;
import dev.korm.StoreException.Outcome;
import dev.korm.StoreReadOnlyException;
import dev.korm.StoreUnavailableException;
import dev.korm.Stored;
import dev.korm.Unique;
import dev.korm.ValueException;
import dev.korm.jdbc.MySql;
import dev.korm.jdbc.mysql.MySqlSettings;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Layer;
import dev.korm.spi.LayerDescription;
import dev.korm.spi.Mutation;
import dev.korm.spi.PreparedBatch;
import dev.korm.spi.Refusal;
import dev.korm.spi.Row;
import dev.korm.spi.RowCursor;
import dev.korm.spi.TransactionMarker;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.TableSchema;
import dev.korm.testkit.MariaDbServer;
import dev.korm.testkit.mysql.MySqlTestServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.mariadb.jdbc.MariaDbDataSource;

/** What is MySQL's and MariaDB's own: addresses, tables that the original made, settings, names, locks, and servers that are lost. */
@NullUnmarked // Tests dereference what they expect to be there.
class MySqlTest {
    private static final String ADA = "d49403d8-cb81-4392-bf80-45811809dcb6";

    private final String database = MySqlTestServer.newDatabase();

    private MySql source() {
        return MySqlTestServer.in(database);
    }

    private Layer open() {
        return source().open("main", Environment.system());
    }

    private String ask(String query) {
        return MySqlTestServer.ask(database, query);
    }

    private void execute(String... statements) {
        try (Connection connection = MySqlTestServer.connect(database);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    // --- addresses

    @Test
    void every_spelling_of_a_url_names_the_same_store_and_none_shows_credentials() {
        for (String url : List.of(
                "mysql://app:se%40cret@db.example:3307/shop?connectTimeout=3",
                "mariadb://app:se%40cret@db.example:3307/shop",
                "jdbc:mariadb://db.example:3307/shop?user=app&password=se%40cret",
                "jdbc:mysql://db.example:3307/shop?user=app&password=se%40cret")) {
            MySql source = MySql.url(url);
            LayerDescription.Url location =
                    (LayerDescription.Url) source.description().location();
            assertThat(location.identity()).isEqualTo("mysql://db.example:3307/shop");
            assertThat(source + " " + source.description())
                    .doesNotContain("cret")
                    .doesNotContain("app");
        }
        MySql built = MySql.server("db.example")
                .port(3307)
                .database("shop")
                .user("app")
                .password("secret");
        assertThat(built + " " + built.description()).doesNotContain("secret").doesNotContain("app");
        assertThat(((LayerDescription.Options) built.description().location()).identity())
                .isEqualTo(Map.of("host", "db.example", "port", 3307L, "database", "shop"));
    }

    @Test
    void a_url_that_cannot_be_read_is_refused_without_its_text() {
        for (String url : List.of(
                "postgres://app:secret@x/y",
                "mysql://app:secret/with@db:x/y",
                "mysql://app:secret%@x/y",
                "jdbc:mysql:loadbalance://app:secret@x/y",
                "mysql://app:secret@x,z/y")) {
            ConfigurationException refused = catchThrowableOfType(ConfigurationException.class, () -> MySql.url(url));
            assertThat(refused.getMessage()).doesNotContain("secret");
        }
    }

    @Test
    void what_cannot_be_opened_says_why_without_credentials() {
        StoreException nobody = catchThrowableOfType(StoreException.class, () -> MySql.server("localhost")
                .port(1)
                .database("shop")
                .password("secret")
                .poolTimeout(Duration.ofSeconds(1))
                .open("main", Environment.system()));
        assertThat(nobody).isInstanceOf(StoreUnavailableException.class).hasMessageContaining("localhost:1");
        assertThat(nobody.getMessage()).doesNotContain("secret");
        assertThatThrownBy(() -> MySqlTestServer.in("no_such_database").open("main", Environment.system()))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("no such database");
        assertThatThrownBy(() -> MySql.server("localhost").open("main", Environment.system()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("no database is named");
    }

    @Test
    void a_data_source_of_the_programs_own_stays_open_and_is_given_back_as_it_was() throws SQLException {
        OneConnection given = new OneConnection(database);
        TableName table = TableName.items("own", "source");
        String before = given.settings();
        Layer layer = MySql.dataSource(given).open("main", Environment.system());
        layer.evolve(schema(table), Set.of());
        apply(layer, insert(table, 1));
        assertThat(apply(layer, insert(table, 1))).isEqualTo(new BatchResult.Refused(0, new Refusal.Exists()));
        assertThat(given.settings()).isEqualTo(before);
        RowCursor cursor = layer.select(all(table));
        cursor.next();
        assertThat(before).contains("rowid_filter=on");
        assertThat(given.settings()).as("while it is lent").contains("rowid_filter=off");
        layer.close();
        assertThatThrownBy(cursor::next).isInstanceOf(ClosedException.class);
        given.getConnection().close();
    }

    @Test
    void connections_of_korms_own_filter_by_no_row_ids() throws SQLException {
        try (Connection own = MySqlTestServer.connect(database)) {
            new MySqlSettings(1).set(own);
            try (Statement statement = own.createStatement();
                    ResultSet rows = statement.executeQuery("SELECT @@optimizer_switch")) {
                rows.next();
                assertThat(rows.getString(1)).contains("rowid_filter=off");
            }
        }
    }

    /** Hands out the driver's connections, and tells how the last one is set. */
    private static final class OneConnection extends MariaDbDataSource {
        private Connection last;

        OneConnection(String database) throws SQLException {
            setUrl(MySqlTestServer.driverUrl(database) + "&sessionVariables=sql_mode='ANSI_QUOTES'");
            last = super.getConnection();
        }

        @Override
        public Connection getConnection() throws SQLException {
            Connection shared = super.getConnection();
            last = (Connection) java.lang.reflect.Proxy.newProxyInstance(
                    Connection.class.getClassLoader(),
                    new Class<?>[] {Connection.class},
                    (proxy, method, arguments) -> {
                        if (method.getName().equals("close")) {
                            return null;
                        }
                        try {
                            return method.invoke(shared, arguments);
                        } catch (java.lang.reflect.InvocationTargetException e) {
                            throw e.getCause();
                        }
                    });
            return last;
        }

        String settings() throws SQLException {
            try (Statement statement = last.createStatement();
                    ResultSet rows = statement.executeQuery(
                            "SELECT CONCAT_WS(' ', @@sql_mode, @@max_sort_length, @@innodb_lock_wait_timeout,"
                                    + " @@lock_wait_timeout, @@sort_buffer_size, @@autocommit, @@optimizer_switch)")) {
                rows.next();
                return rows.getString(1);
            }
        }
    }

    private static Selection all(TableName table) {
        return new Selection(
                table,
                List.of(),
                List.of(new Output.Value(new Operand.Column(0, "text", ColumnKind.TEXT))),
                Condition.ALWAYS,
                List.of(),
                List.of(),
                OptionalLong.empty());
    }

    // --- tables

    private static final List<ColumnSchema> COLUMNS = List.of(
            new ColumnSchema("text", ColumnKind.TEXT), new ColumnSchema(TableName.REVISION, ColumnKind.INTEGER));

    private static TableSchema schema(TableName table) {
        return LayerWorld.schema(table, COLUMNS);
    }

    private static Mutation.Insert insert(TableName table, int number) {
        return new Mutation.Insert(table, LayerWorld.id(number), COLUMNS, Row.of("x", 1L));
    }

    private static BatchResult apply(Layer layer, Mutation... mutations) {
        return layer.apply(Batch.of(List.of(mutations)));
    }

    record Inner(int b) {}

    @Stored(namespace = "users", kind = "basic")
    record User(
            String name,
            @Nullable Integer age,
            @Nullable Double ratio,
            boolean active,
            @Nullable Inner obj,
            Unique<String> email,
            @Nullable Rn<User> boss) {}

    private void originalTable() {
        execute(
                "CREATE TABLE `__korm_meta__` (table_name VARCHAR(255) NOT NULL, column_name VARCHAR(255) NOT NULL,"
                        + " kind VARCHAR(32) NOT NULL, PRIMARY KEY (table_name, column_name))",
                "CREATE TABLE `__items__users__basic` (`rnId` VARCHAR(255) PRIMARY KEY, `name` TEXT, `age` INT,"
                        + " `ratio` DOUBLE, `active` TINYINT(1), `obj` JSON, `email` TEXT,"
                        + " `__korm_unique__email` CHAR(128), `boss` TEXT, `pw` JSON)",
                "ALTER TABLE `__items__users__basic` ADD UNIQUE INDEX `__korm_u_63d21816f103367a66260a99`"
                        + " (`__korm_unique__email`)",
                "INSERT INTO `__korm_meta__` VALUES ('__items__users__basic', 'boss', 'rn'),"
                        + " ('__items__users__basic', 'pw', 'encrypted')",
                "INSERT INTO `__items__users__basic` VALUES ('" + ADA + "', 'Ada', 36, 1.5, 1,"
                        + " '{\"b\": 1}', 'ada@example.org', SHA2('\"ada@example.org\"', 512), NULL, NULL)");
    }

    @Test
    void tables_of_the_original_are_read_asked_and_changed() {
        originalTable();
        try (Pool pool = Korm.pool().layer("main", source()).open()) {
            Item<User> ada = Korm.item(User.class, pool).query().first().orElseThrow();
            assertThat(ada.data())
                    .isEqualTo(new User("Ada", 36, 1.5, true, new Inner(1), Unique.of("ada@example.org"), null));
            Item<User> bob = Korm.item(User.class, pool)
                    .fromData(new User("Bob", 40, 2.0, false, null, Unique.of("bob@example.org"), ada.rn()))
                    .create();
            assertThat(Korm.item(User.class, pool)
                            .query()
                            .where(eq("boss.name", "Ada").and(gt("age", 36)))
                            .get())
                    .containsExactly(bob);
            assertThatThrownBy(() -> Korm.item(User.class, pool)
                            .fromData(new User("Eve", 1, 1.0, false, null, Unique.of("ada@example.org"), null))
                            .create())
                    .isInstanceOf(DuplicateException.class);
            assertThat(ada.set("age", 37).commit().reload().data().age()).isEqualTo(37);
            assertThat(Korm.item(User.class, pool)
                            .query()
                            .where(eq("name", "ada"))
                            .count())
                    .as("the table's collation knows no case")
                    .isZero();
            assertThat(Korm.item(User.class, pool)
                            .query()
                            .where(eq("name", "Ada "))
                            .count())
                    .as("and no blanks at the end")
                    .isZero();
        }
        assertThat(ask("SELECT age FROM `__items__users__basic` ORDER BY age")).isEqualTo("37|40");
        assertThat(ask("SELECT GROUP_CONCAT(kind ORDER BY kind) FROM `__korm_meta__`"))
                .isEqualTo("encrypted,rn");
    }

    @Test
    void a_value_that_an_old_column_cannot_hold_is_refused_and_not_cut() {
        originalTable();
        TableName table = TableName.items("users", "basic");
        try (Layer layer = open()) {
            for (Mutation insert : List.of(
                    new Mutation.Insert(
                            table,
                            LayerWorld.id(1),
                            List.of(new ColumnSchema("age", ColumnKind.INTEGER)),
                            Row.of(1L << 40)),
                    new Mutation.Insert(
                            table,
                            LayerWorld.id(1),
                            List.of(new ColumnSchema("name", ColumnKind.TEXT)),
                            Row.of("x".repeat(70_000))),
                    new Mutation.Insert(
                            table,
                            LayerWorld.id(1),
                            List.of(new ColumnSchema("name", ColumnKind.TEXT)),
                            Row.of("日")))) {
                assertThatThrownBy(() -> apply(layer, insert)).isInstanceOf(ValueException.class);
            }
        }
        assertThat(ask("SELECT COUNT(*) FROM `__items__users__basic`")).isEqualTo("1");
    }

    @Test
    void tables_are_made_in_the_originals_format() {
        List<ColumnSchema> columns = List.of(
                new ColumnSchema("name", ColumnKind.TEXT),
                new ColumnSchema("__korm_unique__name", ColumnKind.FINGERPRINT),
                new ColumnSchema("owner", ColumnKind.RN),
                new ColumnSchema("secret", ColumnKind.ENCRYPTED),
                new ColumnSchema("flag", ColumnKind.BOOLEAN),
                new ColumnSchema("count", ColumnKind.INTEGER),
                new ColumnSchema(TableName.REVISION, ColumnKind.INTEGER));
        TableSchema wanted = LayerWorld.schema(TableName.items("some", "form"), columns);
        try (Layer layer = open()) {
            assertThat(layer.evolve(wanted, Set.of())).isEqualTo(wanted);
        }
        assertThat(ask("SELECT CONCAT(COLUMN_NAME, ' ', REPLACE(COLUMN_TYPE, '(20)', ''))"
                        + " FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE()"
                        + " AND TABLE_NAME = '__items__some__form' ORDER BY ORDINAL_POSITION"))
                .isEqualTo(
                        "rnId varchar(255)|name longtext|__korm_unique__name char(128)|owner text|secret longtext|flag tinyint(1)"
                                + "|count bigint|__korm_unique____korm_rev__ bigint");
        assertThat(ask("SELECT CONCAT(column_name, ' ', kind) FROM `__korm_meta__` ORDER BY column_name"))
                .isEqualTo("owner rn|secret encrypted");
    }

    @Test
    void long_names_are_hashed_as_the_original_does_and_listed_whole() {
        TableName one = TableName.items("n" + "a".repeat(40), "k" + "b".repeat(40));
        TableName two = TableName.items("n" + "a".repeat(40), "k" + "b".repeat(40) + "2");
        TableName original = TableName.items("n" + "c".repeat(40), "k" + "d".repeat(40));
        try (Layer layer = open()) {
            TableSchema owned =
                    LayerWorld.schema(two, List.of(new ColumnSchema("owner", ColumnKind.RN), COLUMNS.get(1)));
            layer.evolve(schema(one), Set.of());
            layer.evolve(owned, Set.of());
            apply(layer, insert(one, 1));
            assertThat(layer.tables()).containsExactlyInAnyOrder(one, two);
            assertThat(ask("SHOW TABLES LIKE '%dc6e78248c1153b836021298810ba362'"))
                    .isEqualTo("__items__dc6e78248c1153b836021298810ba362");
            String hash = "__items__" + ask("SELECT LEFT(SHA2('" + original.text() + "', 256), 32)");
            execute(
                    "CREATE TABLE `" + hash + "` (`rnId` VARCHAR(255) PRIMARY KEY, `owner` TEXT)",
                    "INSERT INTO `__korm_meta__` VALUES ('" + original.text() + "', 'owner', 'rn')");
            assertThat(layer.tables()).containsExactlyInAnyOrder(one, two, original);
            assertThat(layer.describe(original).orElseThrow().column("owner"))
                    .contains(new ColumnSchema("owner", ColumnKind.RN));
            String tooLong = "a".repeat(65);
            assertThatThrownBy(() -> layer.evolve(
                            LayerWorld.schema(one, List.of(new ColumnSchema(tooLong, ColumnKind.TEXT))), Set.of()))
                    .isInstanceOf(SchemaException.class);
        }
    }

    @Test
    void a_value_larger_than_a_packet_is_refused_and_the_layer_goes_on() {
        TableName table = TableName.items("a", "packet");
        long most = Long.parseLong(ask("SELECT @@max_allowed_packet"));
        assumeTrue(most <= 1 << 27);
        try (Layer layer = open()) {
            layer.evolve(schema(table), Set.of());
            Mutation tooLarge =
                    new Mutation.Insert(table, LayerWorld.id(1), COLUMNS, Row.of("x".repeat((int) most + 1), 1L));
            assertThatThrownBy(() -> apply(layer, tooLarge)).isInstanceOf(ValueException.class);
            assertThat(apply(layer, insert(table, 1))).isEqualTo(new BatchResult.Applied(List.of(1L)));
        }
    }

    @Test
    void long_texts_that_begin_alike_are_told_apart_in_orders_and_groups() {
        TableName table = TableName.items("long", "texts");
        String alike = "x".repeat(10_000);
        try (Layer layer = open()) {
            layer.evolve(schema(table), Set.of());
            String[] ends = {"b", "a", "c", "a "};
            for (int i = 0; i < ends.length; i++) {
                apply(layer, new Mutation.Insert(table, LayerWorld.id(i), COLUMNS, Row.of(alike + ends[i], 1L)));
            }
            Operand text = new Operand.Column(0, "text", ColumnKind.TEXT);
            Selection ordered = new Selection(
                    table,
                    List.of(),
                    List.of(new Output.Value(text)),
                    Condition.ALWAYS,
                    List.of(text),
                    List.of(LayerWorld.ascending(text)),
                    OptionalLong.empty());
            try (RowCursor rows = layer.select(ordered)) {
                assertThat(LayerWorld.read(rows, 1))
                        .extracting(row -> ((String) row.get(0)).substring(alike.length()))
                        .containsExactly("a", "a ", "b", "c");
            }
        }
    }

    // --- failures

    private static Mutation update(TableName table, int number) {
        return new Mutation.Update(
                table, LayerWorld.id(number), OptionalLong.empty(), List.of(COLUMNS.get(0)), Row.of("y"));
    }

    @Test
    void a_lock_that_is_held_for_longer_than_the_busy_timeout_is_busy() {
        TableName table = TableName.items("a", "lock");
        try (Layer layer = source().busyTimeout(Duration.ofSeconds(1)).open("main", Environment.system())) {
            layer.evolve(schema(table), Set.of());
            apply(layer, insert(table, 1));
            try (PreparedBatch held = layer.prepare(Batch.of(List.of(update(table, 1))))) {
                StoreBusyException busy =
                        catchThrowableOfType(StoreBusyException.class, () -> apply(layer, update(table, 1)));
                assertThat(busy.outcome()).isEqualTo(Outcome.NOT_APPLIED);
                held.commit();
            }
            assertThat(apply(layer, update(table, 1))).isEqualTo(new BatchResult.Applied(List.of(1L)));
        }
    }

    @Test
    void a_statement_that_the_server_stops_for_its_length_is_busy() {
        assumeTrue(MySqlTestServer.isMariaDb(), "MySQL itself stops statements that read, and no others");
        TableName table = TableName.items("a", "length");
        MySql limited = MySql.url(MySqlTestServer.url(database) + "&sessionVariables=max_statement_time=1");
        try (Layer layer = open();
                Layer hasty = limited.open("main", Environment.system())) {
            layer.evolve(schema(table), Set.of());
            apply(layer, insert(table, 1));
            try (PreparedBatch held = layer.prepare(Batch.of(List.of(update(table, 1))))) {
                StoreBusyException busy =
                        catchThrowableOfType(StoreBusyException.class, () -> apply(hasty, update(table, 1)));
                assertThat(busy.outcome()).isEqualTo(Outcome.NOT_APPLIED);
                held.commit();
            }
        }
    }

    @Test
    void a_pool_that_is_used_up_is_busy() {
        TableName table = TableName.items("a", "pool");
        try (Layer layer =
                source().poolSize(1).poolTimeout(Duration.ofMillis(300)).open("main", Environment.system())) {
            layer.evolve(schema(table), Set.of());
            try (PreparedBatch held = layer.prepare(Batch.of(List.of(insert(table, 1))))) {
                assertThatThrownBy(layer::tables).isInstanceOf(StoreBusyException.class);
                held.commit();
            }
            assertThat(layer.tables()).containsExactly(table);
        }
    }

    /** Ends the connection that is in a transaction on a table of this test. */
    private void cut() {
        execute("KILL "
                + ask("SELECT p.ID FROM information_schema.PROCESSLIST AS p JOIN information_schema.INNODB_TRX AS t"
                        + " ON t.trx_mysql_thread_id = p.ID WHERE p.DB = DATABASE()"));
    }

    @Test
    void a_commit_on_a_lost_connection_may_have_happened_and_the_marker_tells() {
        TableName table = TableName.items("a", "loss");
        TransactionMarker marker = new TransactionMarker("tx-1", "pool", Instant.EPOCH);
        try (Layer layer = open()) {
            layer.evolve(schema(table), Set.of());
            PreparedBatch held = layer.prepare(new Batch(List.of(insert(table, 1)), Optional.of(marker)));
            cut();
            StoreException lost = catchThrowableOfType(StoreException.class, held::commit);
            assertThat(lost.outcome()).isEqualTo(Outcome.UNKNOWN);
            held.close();
            assertThat(layer.apply(new Batch(List.of(insert(table, 1)), Optional.of(marker))))
                    .isEqualTo(new BatchResult.Applied(List.of(1L)));
            assertThat(layer.apply(new Batch(List.of(insert(table, 2)), Optional.of(marker))))
                    .isEqualTo(new BatchResult.Refused(BatchResult.Refused.MARKER, new Refusal.AlreadyApplied()));
        }
    }

    @Test
    void a_table_gains_its_revision_before_the_batch_and_the_batch_stays_whole() {
        execute("CREATE TABLE `__items__old__kind` (`rnId` VARCHAR(255) PRIMARY KEY, `text` TEXT)");
        TableName old = TableName.items("old", "kind");
        TableName table = TableName.items("a", "fresh");
        try (Layer layer = open()) {
            layer.evolve(schema(table), Set.of());
            Mutation first = new Mutation.Insert(old, LayerWorld.id(1), List.of(COLUMNS.get(0)), Row.of("x"));
            apply(layer, first);
            assertThat(apply(layer, insert(table, 1), update(old, 1), update(old, 7)))
                    .isEqualTo(new BatchResult.Refused(2, new Refusal.Missing()));
            assertThat(ask("SELECT COUNT(*) FROM `__items__a__fresh`")).isEqualTo("0");
            assertThat(ask("SELECT `__korm_unique____korm_rev__` FROM `__items__old__kind`"))
                    .isEqualTo("0");
        }
    }

    @Test
    void transactions_that_wait_for_each_other_are_run_again() throws Exception {
        TableName table = TableName.items("a", "deadlock");
        try (Layer layer = open()) {
            layer.evolve(schema(table), Set.of());
            apply(layer, insert(table, 1), insert(table, 2));
            String deadlocks = "SELECT `COUNT` FROM information_schema.INNODB_METRICS WHERE NAME = 'lock_deadlocks'";
            String before = ask(deadlocks);
            Thread[] threads = new Thread[4];
            BatchResult[] last = new BatchResult[threads.length];
            for (int t = 0; t < threads.length; t++) {
                int number = t;
                threads[t] = new Thread(() -> {
                    for (int i = 0; i < 40; i++) {
                        last[number] = number % 2 == 0
                                ? apply(layer, update(table, 1), update(table, 2))
                                : apply(layer, update(table, 2), update(table, 1));
                    }
                });
                threads[t].start();
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(last).containsOnly(new BatchResult.Applied(List.of(1L, 1L)));
            assertThat(ask(deadlocks)).as("some did wait for each other").isNotEqualTo(before);
        }
    }

    @Test
    void closing_gives_every_connection_back() {
        String connections = "SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE DB = DATABASE()"
                + " AND ID <> CONNECTION_ID()";
        Layer layer = open();
        TableName table = TableName.items("a", "close");
        layer.evolve(schema(table), Set.of());
        layer.prepare(Batch.of(List.of(insert(table, 1))));
        assertThat(ask(connections)).isNotEqualTo("0");
        layer.close();
        await().untilAsserted(() -> assertThat(ask(connections)).isEqualTo("0"));
    }

    @Test
    void a_stream_that_is_left_early_gives_its_connection_back() {
        TableName table = TableName.items("a", "stream");
        try (Layer layer = source().poolSize(1).open("main", Environment.system())) {
            layer.evolve(schema(table), Set.of());
            Mutation[] many = new Mutation[3000];
            for (int i = 0; i < many.length; i++) {
                many[i] = new Mutation.Insert(table, LayerWorld.id(i), COLUMNS, Row.of("x".repeat(500), 1L));
            }
            apply(layer, many);
            for (int i = 0; i < 5; i++) {
                try (RowCursor rows = layer.select(all(table))) {
                    assertThat(rows.next()).isTrue();
                }
            }
            assertThat(layer.tables()).containsExactly(table);
        }
    }

    @Test
    void a_server_that_takes_no_changes_says_so() {
        TableName table = TableName.items("read", "only");
        MySql reading = MySql.url(MySqlTestServer.url(database) + "&sessionVariables="
                + (MySqlTestServer.isMariaDb() ? "tx" : "transaction") + "_read_only=1");
        try (Layer layer = open();
                Layer reader = reading.open("main", Environment.system())) {
            layer.evolve(schema(table), Set.of());
            assertThat(reader.tables()).containsExactly(table);
            StoreReadOnlyException refused =
                    catchThrowableOfType(StoreReadOnlyException.class, () -> apply(reader, insert(table, 1)));
            assertThat(refused.outcome()).isEqualTo(Outcome.NOT_APPLIED);
        }
    }

    @Test
    void a_restart_of_the_server_is_survived_without_opening_again() {
        TableName table = TableName.items("a", "server");
        try (MariaDbServer server = MySqlTestServer.own()) {
            MySql source = MySql.url("mariadb://localhost:" + server.port() + "/test?user=root&sslMode=disable")
                    .poolTimeout(Duration.ofSeconds(2));
            try (Layer layer = source.open("main", Environment.system())) {
                layer.evolve(schema(table), Set.of());
                apply(layer, insert(table, 1));
                server.stop();
                assertThatThrownBy(layer::tables).isInstanceOf(StoreUnavailableException.class);
                assertThatThrownBy(() -> apply(layer, insert(table, 2))).isInstanceOf(StoreUnavailableException.class);
                server.start();
                // The pool tries again at growing intervals.
                await().atMost(Duration.ofSeconds(60))
                        .ignoreExceptionsInstanceOf(StoreUnavailableException.class)
                        .untilAsserted(() -> assertThat(layer.tables()).containsExactly(table));
                assertThat(apply(layer, insert(table, 3))).isEqualTo(new BatchResult.Applied(List.of(1L)));
            }
        }
    }
}
