package dev.korm.testkit.foreign;

import static dev.korm.Filter.contains;
import static dev.korm.Filter.eq;
import static dev.korm.Filter.gt;
import static dev.korm.Filter.isNull;
import static dev.korm.Filter.lt;
import static dev.korm.Order.asc;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.Document;
import dev.korm.DuplicateException;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.Stored;
import dev.korm.Unique;
import dev.korm.ValueException;
import dev.korm.jdbc.Sqlite;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Database files that the TypeScript korm 1.5.0 wrote: read, asked and changed; and how far our own files look like them. */
@NullUnmarked // Tests dereference what they expect to be there.
class OriginalDatabaseTest {
    private static final String ADA = "d49403d8-cb81-4392-bf80-45811809dcb6";
    private static final String BOB = "4673bfac-c35c-4899-b2d8-419a59b83907";
    private static final String BOSS = "[rn]:users:basic:" + ADA;
    private static final String INDEX = "CREATE UNIQUE INDEX \"__korm_u_63d21816f103367a66260a99\""
            + " ON \"__items__users__basic\" (\"__korm_unique__email\")";
    private static final String PASSWORD =
            "{\"__ENCRYPTED__\":true,\"type\":\"password\",\"value\":\"$argon2id$v=19$x\","
                    + "\"dataType\":\"string\"}";

    @TempDir
    Path folder;

    private Pool pool;

    record Inner(int b, List<@Nullable Double> a) {}

    @Stored(namespace = "users", kind = "basic")
    record User(
            String name,
            @Nullable Integer age,
            double ratio,
            long big,
            double e,
            boolean active,
            @Nullable String nul,
            Inner obj,
            Instant date,
            Unique<String> email,
            @Nullable Rn<User> boss) {}

    /** As {@link User}, in whatever collection. */
    record Person(
            String name,
            @Nullable Integer age,
            double ratio,
            long big,
            double e,
            boolean active,
            @Nullable String nul,
            Inner obj,
            Instant date,
            Unique<String> email,
            @Nullable Rn<User> boss) {}

    record WithLong(String name, long e) {}

    record WithDecimal(String name, BigDecimal e, Document obj, String date) {}

    record WithFlag(String name, int active) {}

    private Path file() {
        return folder.resolve("original.sqlite");
    }

    private void execute(String... statements) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file());
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.executeUpdate(sql);
            }
        }
    }

    private List<String> texts(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file());
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> texts = new ArrayList<>();
            while (rows.next()) {
                for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                    texts.add(rows.getString(i));
                }
            }
            return texts;
        }
    }

    /** The worked example of the format, with a reference to an item where it has one to a file. */
    @BeforeEach
    void write() throws SQLException {
        execute(
                "CREATE TABLE \"__items__users__basic\" ( \"rnId\" ID_TEXT PRIMARY KEY, \"name\" TEXT, \"age\" INTEGER,"
                        + " \"ratio\" REAL, \"big\" INTEGER, \"e\" INTEGER,"
                        + " \"active\" BOOLEAN CHECK( \"active\" IN (0, 1) ), \"nul\" TEXT, \"obj\" JSON_TEXT,"
                        + " \"date\" JSON_TEXT, \"email\" TEXT, \"__korm_unique__email\" TEXT, \"pw\" ENCRYPTED_JSON,"
                        + " \"sec\" ENCRYPTED_JSON, \"avatar\" RN_REF_TEXT, \"boss\" RN_REF_TEXT )",
                INDEX,
                "INSERT INTO \"__items__users__basic\" VALUES ('" + ADA
                        + "', 'Ada', 36, 1.5, 9007199254740991, 1e21, 1,"
                        + " NULL, '{\"b\":1,\"a\":[1,2.5,null]}', '\"2024-01-01T00:00:00.000Z\"', 'ada@example.org', '"
                        + Unique.of("ada@example.org").fingerprint() + "', '" + PASSWORD + "', '" + PASSWORD
                        + "', '[rn][depot::files]:avatars:ada.txt', NULL)",
                "INSERT INTO \"__items__users__basic\" VALUES ('" + BOB + "', 'Bob', NULL, 2, -1, 5, 0,"
                        + " 'x', '{\"a\":[],\"b\":2}', '\"2025-01-01T00:00:00.000Z\"', 'bob@example.org', '"
                        + Unique.of("bob@example.org").fingerprint() + "', NULL, NULL, '[rn]no reference', '" + BOSS
                        + "')",
                // Another program's table, which only looks like one of korm's.
                "CREATE TABLE \"xxitemsxxusersxxbasic\" (\"rnId\" TEXT PRIMARY KEY, \"name\" TEXT)");
        pool = Korm.pool().layer("main", Sqlite.file(file())).open();
    }

    @AfterEach
    void close() {
        pool.close();
    }

    private Items<User> users() {
        return Korm.item(User.class, pool);
    }

    private Item<User> ada() {
        return users().fromRn("[rn]:users:basic:" + ADA).get();
    }

    private List<String> names(dev.korm.Filter filter) {
        return users().query().where(filter).orderBy(asc(User::name)).get().stream()
                .map(item -> item.data().name())
                .toList();
    }

    @Test
    void the_fingerprint_is_the_originals() {
        assertThat(Unique.of("ada@example.org").fingerprint())
                .startsWith("6f2c9a12a9a8fe61")
                .endsWith("c067")
                .hasSize(128);
    }

    @Test
    void an_item_is_read_as_a_record() {
        assertThat(ada().data())
                .isEqualTo(new User(
                        "Ada",
                        36,
                        1.5,
                        9_007_199_254_740_991L,
                        1e21,
                        true,
                        null,
                        new Inner(1, java.util.Arrays.asList(1.0, 2.5, null)),
                        Instant.parse("2024-01-01T00:00:00Z"),
                        Unique.of("ada@example.org"),
                        null));
        assertThat(ada().revision()).isZero();
        assertThat(users().query().count()).isEqualTo(2);
    }

    @Test
    void an_item_is_read_as_a_document_with_its_secrets_in_holders() {
        Document data = Korm.item(Document.class, pool)
                .fromRn("[rn]:users:basic:" + ADA)
                .get()
                .data();
        assertThat(data.fieldNames())
                .containsExactly(
                        "name", "age", "ratio", "big", "e", "active", "obj", "date", "email", "pw", "sec", "avatar");
        assertThat(data.get("pw")).get().hasToString("[HASH]");
        assertThat(data.get("e")).contains(1e21);
        assertThat(data.bool("active")).isTrue();
        assertThat(data.get("obj.a[1]")).contains(2.5);
        assertThat(data.text("date")).isEqualTo("2024-01-01T00:00:00.000Z");
        assertThat(data.rn("avatar").depot()).contains("files");
        assertThat(data.get("email")).contains(Unique.of("ada@example.org"));
        assertThat(Korm.item(Document.class, pool)
                        .fromRn("[rn]:users:basic:" + BOB)
                        .get()
                        .data()
                        .get("avatar"))
                .contains("[rn]no reference");
    }

    @Test
    void a_number_that_does_not_fit_is_an_error_that_names_the_field() {
        String ada = "[rn]:users:basic:" + ADA;
        assertThatThrownBy(() -> Korm.item(WithLong.class, pool).fromRn(ada).get())
                .isInstanceOf(ValueException.class)
                .hasMessageContaining("\"e\"")
                .hasMessageContaining(ada);
        WithDecimal decimal =
                Korm.item(WithDecimal.class, pool).fromRn(ada).get().data();
        assertThat(decimal.e()).isEqualByComparingTo("1e21");
        assertThat(decimal.date()).isEqualTo("2024-01-01T00:00:00.000Z");
        assertThat(decimal.obj().get("b")).contains(1L);
        assertThat(Korm.item(WithFlag.class, pool).fromRn(ada).get().data().active())
                .isEqualTo(1);
    }

    @Test
    void the_items_are_asked_like_our_own() {
        assertThat(names(gt("e", 1e20))).containsExactly("Ada");
        assertThat(names(eq("e", 1e21))).containsExactly("Ada");
        assertThat(names(lt("e", 6))).containsExactly("Bob");
        assertThat(names(eq("big", 9_007_199_254_740_991L))).containsExactly("Ada");
        assertThat(names(eq("ratio", 2))).containsExactly("Bob");
        assertThat(names(eq("active", true))).containsExactly("Ada");
        assertThat(names(isNull("age"))).containsExactly("Bob");
        assertThat(names(eq("obj.a[1]", 2.5))).containsExactly("Ada");
        assertThat(names(eq("obj.a[*]", 1))).containsExactly("Ada");
        assertThat(names(eq("obj", new Inner(2, List.of())))).containsExactly("Bob");
        assertThat(names(eq("email", "ada@example.org"))).containsExactly("Ada");
        assertThat(names(eq("boss.name", "Ada"))).containsExactly("Bob");
        assertThat(names(gt("date", Instant.parse("2024-06-01T00:00:00Z")))).containsExactly("Bob");
        assertThat(names(contains("name", "o"))).containsExactly("Bob");
        assertThat(users().query().orderBy(asc("e")).get())
                .extracting(item -> item.data().name())
                .containsExactly("Bob", "Ada");
        assertThat(users().query().max(User::e)).contains(1e21);
        assertThat(users().query().where(eq("name", "Bob")).resolvePaths("boss").get())
                .allSatisfy(bob -> assertThat(bob.data().boss().get().name()).isEqualTo("Ada"));
    }

    @Test
    void an_item_is_changed_in_the_columns_that_are_there_and_nothing_else_is() throws SQLException {
        Item<User> changed = ada().set(User::age, null)
                .set(User::ratio, 2.0)
                .set(User::e, 7.0)
                .set(User::date, Instant.parse("2026-01-01T00:00:00Z"))
                .commit();
        assertThat(changed.revision()).isEqualTo(1);
        assertThat(changed.reload()).isEqualTo(changed);
        assertThat(texts("SELECT typeof(age), typeof(ratio), typeof(e), date, pw, avatar, name"
                        + " FROM \"__items__users__basic\" WHERE rnId = '" + ADA + "'"))
                .containsExactly(
                        "null",
                        "real",
                        "integer",
                        "\"2026-01-01T00:00:00.000000000Z\"",
                        PASSWORD,
                        "[rn][depot::files]:avatars:ada.txt",
                        "Ada");
        assertThatThrownBy(() -> changed.set(User::e, 1.5).commit())
                .isInstanceOfAny(ValueException.class, dev.korm.SchemaException.class)
                .hasMessageContaining("e");
        assertThat(names(gt("date", Instant.parse("2025-06-01T00:00:00Z")))).containsExactly("Ada");
        assertThat(texts("SELECT sql FROM sqlite_schema WHERE name = '__items__users__basic'")
                        .get(0))
                .contains("\"__korm_unique____korm_rev__\" INTEGER NOT NULL DEFAULT 0");
        assertThatThrownBy(() ->
                        ada().set(User::name, "A").commit().pool().layers().add("x"))
                .isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void two_changes_of_one_original_item_conflict_from_the_first_on() {
        Item<User> one = ada();
        Item<User> other = ada();
        one.set(User::name, "One").commit();
        assertThatThrownBy(() -> other.set(User::name, "Other").commit())
                .isInstanceOf(dev.korm.ConflictException.class);
        assertThat(ada().data().name()).isEqualTo("One");
    }

    @Test
    void uniqueness_of_the_original_holds_for_us() {
        User twin = new User(
                "Twin",
                1,
                1,
                1,
                1,
                true,
                null,
                new Inner(1, List.of()),
                Instant.EPOCH,
                Unique.of("ada@example.org"),
                null);
        assertThatThrownBy(() -> users().fromData(twin).create()).isInstanceOf(DuplicateException.class);
        assertThatThrownBy(() -> Korm.item(Document.class, pool)
                        .fromData("users", "basic", Document.of(Map.of("name", "Twin", "email", "bob@example.org")))
                        .create())
                .isInstanceOf(DuplicateException.class);
        assertThat(users().query().count()).isEqualTo(2);
    }

    @Test
    void our_own_table_has_the_originals_declarations_and_its_cells_the_originals_values() throws SQLException {
        Item<Person> item = Korm.item(Person.class, pool)
                .fromData(
                        "users",
                        "mine",
                        new Person(
                                "Ada",
                                36,
                                1.5,
                                9_007_199_254_740_991L,
                                1e21,
                                true,
                                null,
                                new Inner(1, java.util.Arrays.asList(1.0, 2.5, null)),
                                Instant.parse("2024-01-01T00:00:00Z"),
                                Unique.of("ada@example.org"),
                                Rn.parse(BOSS)))
                .create();
        assertThat(texts("SELECT sql FROM sqlite_schema WHERE name = '__items__users__mine'"))
                .containsExactly("CREATE TABLE \"__items__users__mine\" ( \"rnId\" ID_TEXT PRIMARY KEY, \"name\" TEXT,"
                        + " \"age\" INTEGER, \"ratio\" REAL, \"big\" INTEGER, \"e\" REAL,"
                        + " \"active\" BOOLEAN CHECK( \"active\" IN (0, 1) ), \"nul\" TEXT, \"obj\" JSON_TEXT,"
                        + " \"date\" TEXT, \"email\" TEXT, \"__korm_unique__email\" TEXT, \"boss\" RN_REF_TEXT,"
                        + " \"__korm_unique____korm_rev__\" INTEGER NOT NULL DEFAULT (CAST((julianday('now')"
                        + " - 2440587.5) * 86400000 AS INTEGER) * 1000 + abs(random() % 1000)) )");
        assertThat(texts("SELECT * FROM \"__items__users__mine\""))
                .containsExactly(
                        item.rn().id().orElseThrow(),
                        "Ada",
                        "36",
                        "1.5",
                        "9007199254740991",
                        "1.0e+21",
                        "1",
                        null,
                        "{\"b\":1,\"a\":[1,2.5,null]}",
                        "2024-01-01T00:00:00.000000000Z",
                        "ada@example.org",
                        Unique.of("ada@example.org").fingerprint(),
                        BOSS,
                        Long.toString(item.revision()));
    }

    @Test
    void the_unique_index_has_the_originals_name() throws SQLException {
        pool.close();
        execute("DROP TABLE \"__items__users__basic\"");
        pool = Korm.pool().layer("main", Sqlite.file(file())).open();
        Korm.item(Document.class, pool)
                .fromData("users", "basic", Document.of(Map.of("email", Unique.of("x"))))
                .create();
        assertThat(texts("SELECT sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL"))
                .containsExactly(INDEX);
    }

    @Test
    void a_table_that_only_looks_like_ours_is_left_alone() throws SQLException {
        assertThat(Korm.item(Document.class, pool).fromQuery("users", "other").get())
                .isEmpty();
        assertThat(names(eq("boss.name", "Ada"))).containsExactly("Bob");
        assertThat(texts("SELECT count(*) FROM \"xxitemsxxusersxxbasic\"")).containsExactly("0");
    }
}
