package dev.korm.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.jdbc.number.Decimals;
import dev.korm.jdbc.sqlite.SqliteLayer;
import dev.korm.jdbc.sqlite.SqliteWorld;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Mutation;
import dev.korm.spi.Refusal;
import dev.korm.spi.Row;
import dev.korm.spi.RowCursor;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Join;
import dev.korm.spi.query.JsonPath;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.SortKey;
import dev.korm.spi.query.TableName;
import dev.korm.spi.query.TextPattern;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.IndexSchema;
import dev.korm.spi.schema.TableSchema;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The stored format of korm-format 3.4, both ways, and which index answers what. */
class SqliteFormatTest extends SqliteWorld {
    private static final String ORIGINAL = "CREATE TABLE \"__items__users__basic\" ( \"rnId\" ID_TEXT PRIMARY KEY,"
            + " \"name\" TEXT, \"age\" INTEGER, \"ratio\" REAL, \"big\" INTEGER, \"e\" INTEGER,"
            + " \"active\" BOOLEAN CHECK( \"active\" IN (0, 1) ), \"nul\" TEXT, \"obj\" JSON_TEXT, \"date\" JSON_TEXT,"
            + " \"email\" TEXT, \"__korm_unique__email\" TEXT, \"pw\" ENCRYPTED_JSON, \"sec\" ENCRYPTED_JSON,"
            + " \"avatar\" RN_REF_TEXT )";
    private static final String ORIGINAL_INDEX = "CREATE UNIQUE INDEX \"__korm_u_63d21816f103367a66260a99\" ON"
            + " \"__items__users__basic\" (\"__korm_unique__email\")";

    private static final List<ColumnSchema> VECTOR = List.of(
            NAME,
            new ColumnSchema("age", ColumnKind.INTEGER),
            new ColumnSchema("ratio", ColumnKind.REAL),
            new ColumnSchema("big", ColumnKind.INTEGER),
            new ColumnSchema("e", ColumnKind.INTEGER),
            new ColumnSchema("active", ColumnKind.BOOLEAN),
            new ColumnSchema("nul", ColumnKind.TEXT),
            new ColumnSchema("obj", ColumnKind.JSON),
            new ColumnSchema("date", ColumnKind.JSON),
            new ColumnSchema("email", ColumnKind.TEXT),
            new ColumnSchema("__korm_unique__email", ColumnKind.FINGERPRINT),
            new ColumnSchema("pw", ColumnKind.ENCRYPTED),
            new ColumnSchema("sec", ColumnKind.ENCRYPTED),
            new ColumnSchema("avatar", ColumnKind.RN));
    private static final IndexSchema UNIQUE = new IndexSchema(
            "__korm_u_63d21816f103367a66260a99",
            IndexSchema.Uniqueness.UNIQUE,
            List.of(column("__korm_unique__email", ColumnKind.FINGERPRINT)));
    private static final TableSchema VECTOR_SHAPE = new TableSchema(
            USERS, schema(USERS, VECTOR.toArray(new ColumnSchema[0])).columns(), List.of(UNIQUE));

    private static final Object[] VALUES = {
        "Ada",
        36L,
        1.5,
        9007199254740991L,
        1e21,
        true,
        null,
        "{\"b\":1,\"a\":[1,2.5,null]}",
        "\"2024-01-01T00:00:00.000Z\"",
        "ada@example.org",
        "6f2c",
        "{\"__ENCRYPTED__\":true}",
        "{\"x\":1}",
        "[rn][depot::files]:avatars:ada.txt"
    };

    @Test
    void a_table_is_made_byte_for_byte_as_the_format_says() throws Exception {
        open().evolve(VECTOR_SHAPE, Set.of());
        assertThat(query("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid"))
                .containsExactly(ORIGINAL, ORIGINAL_INDEX);
    }

    @Test
    void cells_are_stored_as_the_format_says() throws Exception {
        SqliteLayer layer = open();
        layer.evolve(VECTOR_SHAPE, Set.of());
        apply(layer, new Mutation.Insert(USERS, id(1), VECTOR, Row.of(VALUES)));
        assertThat(query("SELECT age, typeof(age), ratio, typeof(ratio), big, typeof(big), typeof(e), active,"
                        + " typeof(active), typeof(nul), obj, typeof(obj), date, sec, typeof(sec), avatar FROM"
                        + " __items__users__basic"))
                .containsExactly("36|integer|1.5|real|9007199254740991|integer|real|1|integer|null|"
                        + "{\"b\":1,\"a\":[1,2.5,null]}|text|\"2024-01-01T00:00:00.000Z\"|{\"x\":1}|text|"
                        + "[rn][depot::files]:avatars:ada.txt");
    }

    @Test
    void columns_that_are_added_later_carry_no_check() throws Exception {
        SqliteLayer layer = open();
        layer.evolve(schema(USERS, NAME), Set.of());
        layer.evolve(
                schema(
                        USERS,
                        new ColumnSchema("active", ColumnKind.BOOLEAN),
                        new ColumnSchema("amount", ColumnKind.DECIMAL),
                        new ColumnSchema("raw", ColumnKind.BYTES),
                        REVISION),
                Set.of());
        assertThat(query("SELECT sql FROM sqlite_schema"))
                .first()
                .asString()
                .endsWith("\"name\" TEXT , \"active\" BOOLEAN, \"amount\" DECIMAL_TEXT, \"raw\" BLOB,"
                        + " \"__korm_unique____korm_rev__\" INTEGER NOT NULL DEFAULT 0)");
    }

    private void original() throws Exception {
        sql(
                ORIGINAL,
                ORIGINAL_INDEX,
                "INSERT INTO __items__users__basic VALUES ('" + id(1) + "', 'Ada', 36, 1.5, 9007199254740991, 1e21, 1,"
                        + " NULL, '{\"b\":1,\"a\":[1,2.5,null]}', '\"2024-01-01T00:00:00.000Z\"', 'ada@example.org',"
                        + " 'f1', '{}', '{}', '[rn][depot::files]:avatars:ada.txt')",
                "INSERT INTO __items__users__basic (rnId, age, obj) VALUES ('" + id(2) + "', 'old', 'no json')");
    }

    @Test
    void a_table_of_the_original_is_described_and_read() throws Exception {
        original();
        SqliteLayer layer = open();
        assertThat(layer.describe(USERS)).contains(VECTOR_SHAPE);
        Output[] outputs = VECTOR.stream()
                .map(column -> value(column.name(), column.kind()))
                .toArray(Output[]::new);
        try (RowCursor cursor = layer.select(users(equal(column("name", ColumnKind.TEXT), "Ada"), outputs))) {
            assertThat(cursor.next()).isTrue();
            assertThat(cursor.get(1)).isEqualTo(36L);
            assertThat(cursor.get(4)).isEqualTo(1e21);
            assertThat(cursor.get(5)).isEqualTo(true);
            assertThat(cursor.get(6)).isNull();
        }
    }

    @Test
    void a_text_in_a_number_column_and_what_is_no_json_come_as_they_are() throws Exception {
        original();
        SqliteLayer layer = open();
        Operand.Json inside = new Operand.Json(
                column("obj", ColumnKind.JSON), new JsonPath(List.of(new JsonPath.Member("b"))), ColumnKind.INTEGER);
        Condition second = equal(column("rnId", ColumnKind.ID), id(2));
        try (RowCursor cursor = layer.select(users(
                second, value("age", ColumnKind.INTEGER), value("obj", ColumnKind.JSON), new Output.Value(inside)))) {
            assertThat(cursor.next()).isTrue();
            assertThat(cursor.get(0)).isEqualTo("old");
            assertThat(cursor.get(1)).isEqualTo("no json");
            assertThat(cursor.get(2)).isNull();
        }
        try (RowCursor cursor = layer.select(
                users(equal(column("obj", ColumnKind.JSON), "\"no json\""), value("rnId", ColumnKind.ID)))) {
            assertThat(cursor.next()).isTrue();
            assertThat(cursor.get(0)).isEqualTo(id(2));
        }
    }

    @Test
    void a_table_of_the_original_reads_revision_0_and_gains_its_column_at_the_first_write() throws Exception {
        original();
        SqliteLayer layer = open();
        SqliteLayer neighbour = open();
        Selection revisions = users(Condition.ALWAYS, value(TableName.REVISION, ColumnKind.INTEGER));
        var compiled = layer.compile(revisions);
        assertThat(read(compiled.select())).containsExactly(0L, 0L);
        Mutation update = new Mutation.Update(USERS, id(1), OptionalLong.of(0), List.of(NAME), Row.of("Ada 2"));
        assertThat(apply(neighbour, update)).isEqualTo(new BatchResult.Applied(List.of(1L)));
        assertThat(read(compiled.select())).containsExactlyInAnyOrder(1L, 0L);
        assertThat(apply(layer, update)).isEqualTo(new BatchResult.Refused(0, new Refusal.Stale(1)));
    }

    private static List<Object> read(RowCursor cursor) {
        List<Object> values = new ArrayList<>();
        try (cursor) {
            while (cursor.next()) {
                values.add(cursor.get(0));
            }
        }
        return values;
    }

    @Test
    void generated_columns_are_only_read_and_tables_of_others_are_not_korms() throws Exception {
        sql(
                "CREATE TABLE __items__cars__suv (rnId TEXT PRIMARY KEY, a INTEGER, g INTEGER AS (a + 1), v VARCHAR(10), n NUMERIC)",
                "CREATE TABLE xxitemsxxcars__suv (rnId TEXT PRIMARY KEY)",
                "CREATE TABLE __items__Cars__suv2 (rnId TEXT PRIMARY KEY)",
                "CREATE TABLE __items__cars__noid (id TEXT)");
        TableName cars = TableName.items("cars", "suv");
        SqliteLayer layer = open();
        assertThat(layer.tables()).containsExactly(cars);
        assertThat(layer.describe(cars).orElseThrow().columns())
                .containsExactly(
                        new ColumnSchema("rnId", ColumnKind.ID),
                        new ColumnSchema("a", ColumnKind.INTEGER),
                        new ColumnSchema("g", ColumnKind.INTEGER, ColumnSchema.Filling.GENERATED),
                        new ColumnSchema("v", ColumnKind.TEXT),
                        new ColumnSchema("n", ColumnKind.OTHER));
    }

    // --- indexes

    private SqliteLayer indexed() {
        SqliteLayer layer = open();
        ColumnSchema data = new ColumnSchema("data", ColumnKind.JSON);
        ColumnSchema friend = new ColumnSchema("friend", ColumnKind.RN);
        layer.evolve(
                new TableSchema(
                        USERS,
                        schema(USERS, NAME, data, friend, REVISION).columns(),
                        List.of(
                                index("__korm_i_name", column("name", ColumnKind.TEXT)),
                                index("__korm_i_path", zip(ColumnKind.TEXT)),
                                index("__korm_i_friend", column("friend", ColumnKind.RN)))),
                Set.of());
        return layer;
    }

    private static IndexSchema index(String name, Operand part) {
        return new IndexSchema(name, IndexSchema.Uniqueness.REPEATABLE, List.of(part));
    }

    private static Operand.Json zip(ColumnKind kind) {
        return new Operand.Json(
                column("data", ColumnKind.JSON),
                new JsonPath(List.of(new JsonPath.Member("home's"), new JsonPath.Member("zip"))),
                kind);
    }

    private static String plan(SqliteLayer layer, Selection selection) {
        return String.join("\n", layer.explain(selection).steps());
    }

    @Test
    void an_indexed_path_is_found_by_its_index() {
        SqliteLayer layer = indexed();
        assertThat(plan(layer, users(equal(zip(ColumnKind.TEXT), "1010")))).contains("INDEX __korm_i_path (<expr>=?)");
        assertThat(layer.describe(USERS).orElseThrow().indexes()).hasSize(3);
    }

    @Test
    void a_compiled_selection_uses_an_index_that_came_later() {
        SqliteLayer layer = open();
        ColumnSchema data = new ColumnSchema("data", ColumnKind.JSON);
        layer.evolve(schema(USERS, NAME, data, REVISION), Set.of());
        Selection selection = users(equal(zip(ColumnKind.TEXT), "1010"));
        assertThat(plan(layer, selection)).contains("SCAN");
        layer.evolve(
                new TableSchema(
                        USERS,
                        schema(USERS, NAME, data).columns(),
                        List.of(index("__korm_i_path", zip(ColumnKind.TEXT)))),
                Set.of());
        assertThat(plan(layer, selection)).contains("INDEX __korm_i_path (<expr>=?)");
    }

    @Test
    void a_prefix_and_an_order_use_the_index_of_their_column() {
        SqliteLayer layer = indexed();
        Condition prefix = new Condition.Matches(
                column("name", ColumnKind.TEXT),
                new TextPattern(
                        List.of(new TextPattern.Literal("Ad"), new TextPattern.AnyText()), TextPattern.Case.SENSITIVE));
        assertThat(plan(layer, users(prefix, value("rnId", ColumnKind.ID))))
                .contains("INDEX __korm_i_name (name>? AND name<?)");
        for (SortKey.Direction direction : SortKey.Direction.values()) {
            SortKey.Nulls nulls = direction == SortKey.Direction.ASCENDING ? SortKey.Nulls.FIRST : SortKey.Nulls.LAST;
            Selection ordered = new Selection(
                    USERS,
                    List.of(),
                    List.of(value("rnId", ColumnKind.ID)),
                    Condition.ALWAYS,
                    List.of(),
                    List.of(new SortKey(value("name", ColumnKind.TEXT), direction, nulls)),
                    OptionalLong.of(5));
            assertThat(plan(layer, ordered)).contains("__korm_i_name").doesNotContain("TEMP B-TREE");
        }
    }

    @Test
    void a_filter_through_a_reference_can_begin_at_the_row_referred_to() {
        SqliteLayer layer = indexed();
        Selection friends = new Selection(
                USERS,
                List.of(new Join(1, column("friend", ColumnKind.RN), USERS)),
                List.of(value("rnId", ColumnKind.ID)),
                equal(new Operand.Column(1, "name", ColumnKind.TEXT), "Ada"),
                List.of(),
                List.of(),
                OptionalLong.empty());
        assertThat(plan(layer, friends))
                .contains(
                        "SEARCH s1 USING COVERING INDEX __korm_i_name (name=?)",
                        "SEARCH s0 USING COVERING INDEX __korm_i_friend (friend=?)",
                        "SEARCH s0 USING INDEX __korm_i_friend__id")
                .doesNotContain("SCAN s");
    }

    @Test
    void an_index_can_be_used_by_programs_without_korms_functions() throws Exception {
        indexed();
        sql("INSERT INTO __items__users__basic (rnId, data) VALUES ('x', 'no json'), ('y', '{}'), ('z', x'00')");
        assertThat(query("PRAGMA integrity_check")).containsExactly("ok");
    }

    // --- numbers

    @Test
    void decimals_beside_longs_and_doubles_keep_their_side() {
        assertThat(Decimals.floor(new BigDecimal("2.1"))).isEqualTo(Math.nextDown(2.1));
        assertThat(Decimals.ceiling(new BigDecimal("2.1"))).isEqualTo(2.1);
        assertThat(Decimals.floor(new BigDecimal("9007199254740993"))).isEqualTo(9007199254740993L);
        assertThat(Decimals.ceiling(new BigDecimal("9223372036854775807.5"))).isEqualTo(0x1p63);
        assertThat(Decimals.floor(new BigDecimal("-1e400"))).isEqualTo(Double.NEGATIVE_INFINITY);
        assertThat(Decimals.floor(new BigDecimal("1e400"))).isEqualTo(Double.MAX_VALUE);
        assertThat(Decimals.floor(new BigDecimal("1e-999999999"))).isEqualTo(0L);
        assertThat(Decimals.ceiling(new BigDecimal("1e-999999999"))).isEqualTo(Double.MIN_VALUE);
    }
}
