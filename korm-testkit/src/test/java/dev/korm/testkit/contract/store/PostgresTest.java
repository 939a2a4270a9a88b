package dev.korm.testkit.contract.store;

import static dev.korm.Filter.eq;
import static dev.korm.Filter.gt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

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
import dev.korm.StoreUnavailableException;
import dev.korm.Stored;
import dev.korm.Unique;
import dev.korm.ValueException;
import dev.korm.jdbc.Postgres;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Layer;
import dev.korm.spi.LayerDescription;
import dev.korm.spi.Mutation;
import dev.korm.spi.PreparedBatch;
import dev.korm.spi.Row;
import dev.korm.spi.RowCursor;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.TableSchema;
import dev.korm.testkit.postgres.PostgresServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/** What is PostgreSQL's own: addresses, tables that the original made, names, locks, and connections that are lost. */
@NullUnmarked // Tests dereference what they expect to be there.
class PostgresTest {
    private static final String ADA = "d49403d8-cb81-4392-bf80-45811809dcb6";

    private final String schema = PostgresServer.newSchema();

    private Postgres source() {
        return PostgresServer.in(schema);
    }

    private Layer open() {
        return source().open("main", Environment.system());
    }

    private String sql(String text) {
        return text.replace("$", schema);
    }

    private String ask(String query) throws SQLException {
        try (Connection connection = PostgresServer.connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql(query))) {
            StringBuilder answer = new StringBuilder();
            while (rows.next()) {
                answer.append(answer.length() == 0 ? "" : "|").append(rows.getString(1));
            }
            return answer.toString();
        }
    }

    // --- addresses

    @Test
    void every_spelling_of_a_url_names_the_same_store_and_none_shows_credentials() {
        for (String url : List.of(
                "postgres://app:se%40cret@db.example:5433/shop?connectTimeout=3",
                "postgresql://app:se%40cret@db.example:5433/shop",
                "jdbc:postgresql://db.example:5433/shop?user=app&password=se%40cret")) {
            Postgres source = Postgres.url(url);
            LayerDescription.Url location =
                    (LayerDescription.Url) source.description().location();
            assertThat(location.identity()).isEqualTo("postgres://db.example:5433/shop");
            assertThat(source + " " + source.description())
                    .doesNotContain("cret")
                    .doesNotContain("app");
        }
        Postgres built = Postgres.server("db.example")
                .port(5433)
                .database("shop")
                .user("app")
                .password("secret");
        assertThat(built + " " + built.description()).doesNotContain("secret").doesNotContain("app");
        assertThat(((LayerDescription.Options) built.description().location()).identity())
                .isEqualTo(Map.of("host", "db.example", "port", 5433L, "database", "shop"));
    }

    @Test
    void a_url_that_cannot_be_read_is_refused_without_its_text() {
        for (String url :
                List.of("mysql://app:secret@x/y", "postgres://app:secret/with@db:x/y", "postgres://app:secret%@x/y")) {
            ConfigurationException refused =
                    catchThrowableOfType(ConfigurationException.class, () -> Postgres.url(url));
            assertThat(refused.getMessage()).doesNotContain("secret");
        }
    }

    @Test
    void what_cannot_be_opened_says_why_without_credentials() {
        StoreException nobody = catchThrowableOfType(StoreException.class, () -> Postgres.server("localhost")
                .port(1)
                .password("secret")
                .poolTimeout(Duration.ofSeconds(1))
                .open("main", Environment.system()));
        assertThat(nobody).isInstanceOf(StoreUnavailableException.class).hasMessageContaining("localhost:1");
        assertThat(nobody.getMessage()).doesNotContain("secret");
        assertThatThrownBy(() -> source().schema("no such schema").open("main", Environment.system()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("no such schema");
    }

    @Test
    void a_data_source_of_the_programs_own_stays_open() throws SQLException {
        PGSimpleDataSource given = new PGSimpleDataSource();
        given.setUrl(PostgresServer.driverUrl());
        TableName table = TableName.items("own", "source");
        Layer layer = Postgres.dataSource(given).schema(schema).open("main", Environment.system());
        layer.evolve(shape(table), Set.of());
        apply(layer, insert(table, 1));
        RowCursor cursor = layer.select(all(table));
        cursor.next();
        layer.close();
        assertThatThrownBy(cursor::next).isInstanceOf(ClosedException.class);
        given.getConnection().close();
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

    private static TableSchema shape(TableName table) {
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
        PostgresServer.execute(
                sql("CREATE DOMAIN $.korm_rn_ref_text AS TEXT"),
                sql("CREATE DOMAIN $.korm_encrypted_json AS JSONB"),
                sql(
                        "CREATE TABLE $.\"__items__users__basic\" (\"rnId\" TEXT PRIMARY KEY, \"name\" TEXT, \"age\" INTEGER,"
                                + " \"ratio\" DOUBLE PRECISION, \"active\" BOOLEAN, \"obj\" JSONB, \"email\" TEXT,"
                                + " \"__korm_unique__email\" TEXT, \"boss\" $.korm_rn_ref_text, \"pw\" $.korm_encrypted_json)"),
                sql("CREATE UNIQUE INDEX \"__korm_u_63d21816f103367a66260a99\" ON $.\"__items__users__basic\""
                        + " (\"__korm_unique__email\")"),
                sql("INSERT INTO $.\"__items__users__basic\" VALUES ('" + ADA + "', 'Ada', 36, 1.5, TRUE,"
                        + " '{\"b\": 1}', 'ada@example.org',"
                        + " encode(sha512(convert_to('\"ada@example.org\"', 'UTF8')), 'hex'), NULL, NULL)"));
    }

    @Test
    void tables_of_the_original_are_read_asked_and_changed() throws SQLException {
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
        }
        assertThat(ask("SELECT age FROM $.\"__items__users__basic\" ORDER BY age"))
                .isEqualTo("37|40");
        assertThat(ask("SELECT pg_typeof(boss) FROM $.\"__items__users__basic\" LIMIT 1"))
                .endsWith("korm_rn_ref_text");
    }

    @Test
    void a_value_that_an_old_column_cannot_hold_is_refused() {
        originalTable();
        try (Layer layer = open()) {
            TableName table = TableName.items("users", "basic");
            Mutation insert = new Mutation.Insert(
                    table, LayerWorld.id(1), List.of(new ColumnSchema("age", ColumnKind.INTEGER)), Row.of(1L << 40));
            assertThatThrownBy(() -> apply(layer, insert)).isInstanceOf(ValueException.class);
        }
    }

    @Test
    void kinds_are_kept_beside_the_table_where_domains_cannot_be_made() {
        PostgresServer.execute(sql("CREATE TYPE $.korm_rn_ref_text AS ENUM ('taken')"));
        ColumnSchema owner = new ColumnSchema("owner", ColumnKind.RN);
        ColumnSchema secret = new ColumnSchema("secret", ColumnKind.ENCRYPTED);
        TableSchema wanted = LayerWorld.schema(TableName.items("no", "domains"), List.of(owner, secret));
        try (Layer layer = open()) {
            assertThat(layer.evolve(wanted, Set.of())).isEqualTo(wanted);
            assertThat(layer.describe(wanted.table())).contains(wanted);
        }
    }

    @Test
    void long_names_are_kept_apart_and_whole() {
        TableName one = TableName.items("n" + "a".repeat(40), "k" + "b".repeat(40) + "1");
        TableName two = TableName.items("n" + "a".repeat(40), "k" + "b".repeat(40) + "2");
        try (Layer layer = open()) {
            layer.evolve(shape(one), Set.of());
            layer.evolve(shape(two), Set.of());
            apply(layer, insert(one, 1));
            assertThat(layer.tables()).containsExactlyInAnyOrder(one, two);
            String tooLong = "a".repeat(64);
            assertThatThrownBy(() -> layer.evolve(
                            LayerWorld.schema(one, List.of(new ColumnSchema(tooLong, ColumnKind.TEXT))), Set.of()))
                    .isInstanceOf(SchemaException.class);
        }
    }

    @Test
    void schemas_are_apart() {
        TableName table = TableName.items("in", "schema");
        try (Layer here = open();
                Layer there = PostgresServer.in(PostgresServer.newSchema()).open("main", Environment.system())) {
            here.evolve(shape(table), Set.of());
            assertThat(here.tables()).containsExactly(table);
            assertThat(there.tables()).isEmpty();
            assertThat(there.describe(table)).isEmpty();
        }
    }

    // --- failures

    @Test
    void a_lock_that_is_held_for_longer_than_the_busy_timeout_is_busy() {
        TableName table = TableName.items("a", "lock");
        try (Layer layer = source().busyTimeout(Duration.ofSeconds(1)).open("main", Environment.system())) {
            layer.evolve(shape(table), Set.of());
            apply(layer, insert(table, 1));
            Mutation change = new Mutation.Update(
                    table, LayerWorld.id(1), OptionalLong.empty(), List.of(COLUMNS.get(0)), Row.of("y"));
            try (PreparedBatch held = layer.prepare(Batch.of(List.of(change)))) {
                StoreBusyException busy = catchThrowableOfType(StoreBusyException.class, () -> apply(layer, change));
                assertThat(busy.outcome()).isEqualTo(Outcome.NOT_APPLIED);
                held.commit();
            }
            assertThat(apply(layer, change)).isEqualTo(new BatchResult.Applied(List.of(1L)));
        }
    }

    @Test
    void a_table_that_is_locked_for_longer_than_the_busy_timeout_is_busy_to_those_who_read_too() throws SQLException {
        TableName table = TableName.items("a", "read");
        String schema = PostgresServer.newSchema();
        try (Layer layer = PostgresServer.in(schema)
                        .busyTimeout(Duration.ofSeconds(1))
                        .open("main", Environment.system());
                Connection other = PostgresServer.connect();
                Statement statement = other.createStatement()) {
            layer.evolve(shape(table), Set.of());
            apply(layer, insert(table, 1));
            other.setAutoCommit(false);
            statement.execute("LOCK TABLE " + schema + ".\"" + table.text() + "\" IN ACCESS EXCLUSIVE MODE");
            assertThatThrownBy(() -> layer.select(all(table)).next()).isInstanceOf(StoreBusyException.class);
            other.rollback();
            assertThat(LayerWorld.read(layer.select(all(table)), 1)).hasSize(1);
        }
    }

    @Test
    void a_pool_that_is_used_up_is_busy() {
        TableName table = TableName.items("a", "pool");
        try (Layer layer =
                source().poolSize(1).poolTimeout(Duration.ofMillis(300)).open("main", Environment.system())) {
            layer.evolve(shape(table), Set.of());
            try (PreparedBatch held = layer.prepare(Batch.of(List.of(insert(table, 1))))) {
                assertThatThrownBy(layer::tables).isInstanceOf(StoreBusyException.class);
                held.commit();
            }
            assertThat(layer.tables()).containsExactly(table);
        }
    }

    @Test
    void a_commit_on_a_lost_connection_may_have_happened_and_the_next_one_finds_another() throws SQLException {
        TableName table = TableName.items("a", "loss");
        try (Layer layer = open()) {
            layer.evolve(shape(table), Set.of());
            PreparedBatch held = layer.prepare(Batch.of(List.of(insert(table, 1))));
            ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle in transaction'"
                    + " AND query LIKE '%$%'");
            StoreException lost = catchThrowableOfType(StoreException.class, held::commit);
            assertThat(lost.outcome()).isEqualTo(Outcome.UNKNOWN);
            held.close();
            assertThat(apply(layer, insert(table, 1))).isEqualTo(new BatchResult.Applied(List.of(1L)));
        }
    }

    @Test
    void transactions_that_wait_for_each_other_are_run_again() throws Exception {
        TableName table = TableName.items("a", "deadlock");
        try (Layer layer = open()) {
            layer.evolve(shape(table), Set.of());
            apply(layer, insert(table, 1), insert(table, 2));
            List<ColumnSchema> text = List.of(COLUMNS.get(0));
            Mutation first = new Mutation.Update(table, LayerWorld.id(1), OptionalLong.empty(), text, Row.of("y"));
            Mutation second = new Mutation.Update(table, LayerWorld.id(2), OptionalLong.empty(), text, Row.of("y"));
            Thread[] threads = new Thread[4];
            BatchResult[] last = new BatchResult[threads.length];
            for (int t = 0; t < threads.length; t++) {
                int number = t;
                threads[t] = new Thread(() -> {
                    for (int i = 0; i < 20; i++) {
                        last[number] = number % 2 == 0 ? apply(layer, first, second) : apply(layer, second, first);
                    }
                });
                threads[t].start();
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(last).containsOnly(new BatchResult.Applied(List.of(1L, 1L)));
        }
    }

    @Test
    void closing_gives_every_connection_back() throws SQLException {
        String before = ask("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'korm'");
        Layer layer = open();
        layer.evolve(shape(TableName.items("a", "close")), Set.of());
        layer.prepare(Batch.of(List.of(insert(TableName.items("a", "close"), 1))));
        layer.close();
        await().untilAsserted(
                        () -> assertThat(ask("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'korm'"))
                                .isEqualTo(before));
    }
}
