package dev.korm.testkit.contract.store;

import static dev.korm.spi.query.ColumnKind.DECIMAL;
import static dev.korm.spi.query.ColumnKind.INTEGER;
import static dev.korm.spi.query.ColumnKind.JSON;
import static dev.korm.spi.query.ColumnKind.OTHER;
import static dev.korm.spi.query.ColumnKind.RN;
import static dev.korm.spi.query.ColumnKind.TEXT;
import static dev.korm.spi.query.Condition.Comparison.EQUAL;
import static dev.korm.spi.query.Condition.Comparison.GREATER_OR_EQUAL;
import static dev.korm.spi.query.Condition.Comparison.LESS;
import static dev.korm.spi.query.Condition.Comparison.NOT_EQUAL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.KormException;
import dev.korm.spi.CompiledSelection;
import dev.korm.spi.Mutation;
import dev.korm.spi.Row;
import dev.korm.spi.RowCursor;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Condition.Members;
import dev.korm.spi.query.Join;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Output.Function;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.SortKey;
import dev.korm.spi.schema.ColumnSchema;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The answers of a layer: values, joins, orders and aggregates. */
abstract class LayerReadContract extends LayerConditionContract {
    // --- values

    private void comesBack(String column, @Nullable Object... values) {
        assertThat(storedAndRead(column, values)).containsExactly(values);
    }

    private List<@Nullable Object> storedAndRead(String column, @Nullable Object... values) {
        things();
        insertAll(column, values);
        List<List<@Nullable Object>> rows = rows(new Selection(
                THINGS,
                List.of(),
                List.of(value(of(column))),
                Condition.ALWAYS,
                List.of(),
                List.of(ascending(key())),
                OptionalLong.empty()));
        List<@Nullable Object> read = new ArrayList<>();
        rows.forEach(row -> read.add(row.get(0)));
        return read;
    }

    @Test
    void texts_come_back_as_they_were() {
        List<Object> texts = new ArrayList<>(HOSTILE);
        texts.add("x".repeat(10_000_000));
        texts.add("\u0001\u007f\u2028\uffff\uD83D\uDE00");
        texts.add("1");
        texts.add("1.0");
        comesBack("text", texts.toArray());
    }

    @Test
    void whole_numbers_come_back_with_all_64_bits() {
        comesBack("whole", Long.MIN_VALUE, Long.MAX_VALUE, 0L, -1L, (1L << 53) + 1, 1L << 31, null);
    }

    @Test
    void real_numbers_come_back_with_every_bit() {
        comesBack("ratio", 1e308, Double.MAX_VALUE, Double.MIN_VALUE, 0.1, 2.0, -1.5, 9007199254740994.0, 1e21, null);
    }

    @Test
    void booleans_come_back() {
        comesBack("flag", true, false, null);
    }

    @Test
    void decimals_come_back_with_all_digits_and_their_scale() {
        comesBack(
                "amount",
                new BigDecimal("123456789012345678901234567890123456789012345678901234567890"),
                new BigDecimal("-0.000000000000000000000000000000000000000000000000000000000001"),
                new BigDecimal("2.50"),
                new BigDecimal("2.5"),
                BigDecimal.ZERO,
                null);
    }

    @Test
    void decimals_of_a_negative_scale_come_back_with_their_value() {
        assertThat(storedAndRead("amount", new BigDecimal("1E+30"), new BigDecimal("-12E+2")))
                .map(value -> ((BigDecimal) value).toBigIntegerExact().toString())
                .containsExactly("1" + "0".repeat(30), "-1200");
    }

    @Test
    void bytes_come_back() {
        byte[] all = new byte[256];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        comesBack("bytes", all, new byte[0], new byte[1_000_000], null);
    }

    @Test
    void json_references_and_sealed_values_come_back_as_text() {
        comesBack("secret", "[]", "{}", null);
        comesBackByValue("data", "{\"b\":1,\"a\":[1,2.5,null]}", "[]", "\"text\"", "1", "true", "null");
        comesBackByValue("data", "[123456789012345678901234567890,0.1000000000000000000000000000001,2.50,1e100]");
    }

    /** Stores keep what a JSON text says, and not always how it was written. */
    private void comesBackByValue(String column, String... values) {
        applied(new Mutation.DeleteSelected(selection(Condition.ALWAYS)));
        assertThat(storedAndRead(column, (Object[]) values))
                .map(LayerReadContract::byValue)
                .containsExactlyElementsOf(
                        Arrays.stream(values).map(LayerReadContract::byValue).toList());
    }

    @Test
    void a_row_of_nulls_comes_back_as_nulls() {
        things();
        applied(new Mutation.Insert(
                THINGS, id(1), COLUMNS, Row.of(null, null, null, null, null, null, null, null, null, 1L)));
        List<List<@Nullable Object>> rows = rows(selection(
                Condition.ALWAYS,
                COLUMNS.stream().map(column -> value(of(column.name()))).toArray(Output[]::new)));
        assertThat(rows.get(0).subList(0, 9)).containsOnlyNulls();
    }

    // --- joins

    private static final Join OWNER = new Join(1, of("owner"), OWNERS);
    private static final Operand OWNER_NAME = new Operand.Column(1, "name", TEXT);

    private void owners() {
        List<ColumnSchema> columns = List.of(new ColumnSchema("name", TEXT), REVISION);
        layer().evolve(schema(OWNERS, columns), Set.of());
        applied(
                new Mutation.Insert(OWNERS, id(1), columns, Row.of("Ada", 1L)),
                new Mutation.Insert(OWNERS, id(2), columns, Row.of("Bob", 1L)));
    }

    @Test
    void a_join_follows_a_reference_to_its_row() {
        things();
        owners();
        insertAll(
                "owner",
                "[rn]:contract:owner:" + id(1),
                "[rn][from::main]:contract:owner:" + id(1),
                "[rn][from::other]:contract:owner:" + id(1),
                "[rn][tag::x][from::main]:contract:owner:" + id(2),
                "[rn][tag::main]:contract:owner:" + id(2),
                "[rn]:contract:thing:" + id(1),
                "[rn]:xcontract:owner:" + id(1),
                "[rn]:contract:owner:" + id(9),
                "contract:owner:" + id(1),
                "",
                null);
        assertThat(numbers(joined(OWNER, equal(OWNER_NAME, "Ada"), value(key()))))
                .containsExactlyInAnyOrder(0, 1);
        assertThat(numbers(joined(OWNER, equal(OWNER_NAME, "Bob"), value(key()))))
                .containsExactlyInAnyOrder(3, 4);
        assertThat(numbers(joined(OWNER, new Condition.IsNull(OWNER_NAME), value(key()))))
                .containsExactlyInAnyOrder(2, 5, 6, 7, 8, 9, 10);
        assertThat(numbers(joined(OWNER, not(equal(OWNER_NAME, "Ada")), value(key()))))
                .containsExactlyInAnyOrder(3, 4);
        assertThat(rows(joined(OWNER, Condition.ALWAYS, value(OWNER_NAME)))).hasSize(11);
    }

    @Test
    void a_join_finds_no_row_in_which_a_column_is_not_null() {
        things();
        List<ColumnSchema> columns =
                List.of(new ColumnSchema("name", TEXT), new ColumnSchema("gone", INTEGER), REVISION);
        layer().evolve(schema(OWNERS, columns), Set.of());
        applied(
                new Mutation.Insert(OWNERS, id(1), columns, Row.of("Ada", null, 1L)),
                new Mutation.Insert(OWNERS, id(2), columns, Row.of("Bob", 7L, 1L)));
        insertAll("owner", "[rn]:contract:owner:" + id(1), "[rn]:contract:owner:" + id(2), null);
        Join present = OWNER.unless("gone");
        assertThat(numbers(joined(present, equal(OWNER_NAME, "Ada"), value(key()))))
                .containsExactly(0);
        assertThat(numbers(joined(present, equal(OWNER_NAME, "Bob"), value(key()))))
                .isEmpty();
        assertThat(numbers(joined(present, new Condition.IsNull(OWNER_NAME), value(key()))))
                .containsExactlyInAnyOrder(1, 2);
        assertThat(numbers(joined(present, not(equal(OWNER_NAME, "Ada")), value(key()))))
                .isEmpty();
    }

    @Test
    void a_join_follows_a_reference_inside_json_and_inside_elements() {
        things();
        owners();
        insertAll(
                "data",
                "{\"o\":\"[rn]:contract:owner:" + id(1) + "\",\"l\":[\"[rn]:contract:owner:" + id(2) + "\"]}",
                "{\"o\":1,\"l\":[1,{\"r\":\"[rn][from::main]:contract:owner:" + id(1) + "\"}]}");
        Join nested = new Join(1, json(RN, "o"), OWNERS);
        assertThat(numbers(joined(nested, equal(OWNER_NAME, "Ada"), value(key()))))
                .containsExactly(0);
        Operand name = new Operand.Column(8, "name", TEXT);
        Condition inList = new Condition.AnyElement(
                7, json(JSON, "l"), Members.ENTRIES, List.of(new Join(8, element(RN), OWNERS)), equal(name, "Bob"));
        assertThat(where(inList)).containsExactly(0);
        Condition deeper = new Condition.AnyElement(
                7,
                json(JSON, "l"),
                Members.ENTRIES,
                List.of(new Join(8, element(RN, "r"), OWNERS)),
                equal(name, "Ada"));
        assertThat(where(deeper)).containsExactly(1);
    }

    @Test
    void joins_chain() {
        things();
        insertAll("owner", (Object) null);
        applied(
                insert(10, "owner", "[rn]:contract:thing:" + id(11)),
                insert(11, "owner", "[rn]:contract:thing:" + id(12)),
                insert(12, "text", "end"));
        Selection selection = new Selection(
                THINGS,
                List.of(new Join(1, of("owner"), THINGS), new Join(2, new Operand.Column(1, "owner", RN), THINGS)),
                List.of(value(key())),
                equal(new Operand.Column(2, "text", TEXT), "end"),
                List.of(),
                List.of(),
                OptionalLong.empty());
        assertThat(numbers(selection)).containsExactly(10);
    }

    // --- order and limit

    private List<Integer> ordered(
            Operand operand, SortKey.Direction direction, SortKey.Nulls nulls, OptionalLong limit) {
        return numbers(new Selection(
                THINGS,
                List.of(),
                List.of(value(key())),
                Condition.ALWAYS,
                List.of(),
                List.of(new SortKey(value(operand), direction, nulls), ascending(key())),
                limit));
    }

    @Test
    void rows_come_in_order_with_nulls_where_they_were_asked_for() {
        things();
        insertAll("whole", 2L, null, 10L, 1L);
        OptionalLong all = OptionalLong.empty();
        assertThat(ordered(of("whole"), SortKey.Direction.ASCENDING, SortKey.Nulls.FIRST, all))
                .containsExactly(1, 3, 0, 2);
        assertThat(ordered(of("whole"), SortKey.Direction.ASCENDING, SortKey.Nulls.LAST, all))
                .containsExactly(3, 0, 2, 1);
        assertThat(ordered(of("whole"), SortKey.Direction.DESCENDING, SortKey.Nulls.FIRST, all))
                .containsExactly(1, 2, 0, 3);
        assertThat(ordered(of("whole"), SortKey.Direction.DESCENDING, SortKey.Nulls.LAST, all))
                .containsExactly(2, 0, 3, 1);
        assertThat(ordered(of("whole"), SortKey.Direction.DESCENDING, SortKey.Nulls.LAST, OptionalLong.of(2)))
                .containsExactly(2, 0);
        assertThat(ordered(of("whole"), SortKey.Direction.DESCENDING, SortKey.Nulls.LAST, OptionalLong.of(0)))
                .isEmpty();
    }

    @Test
    void order_is_the_kinds_own() {
        things();
        insertAll("amount", new BigDecimal("10"), new BigDecimal("9"), new BigDecimal("-1"), new BigDecimal("9.0"));
        assertThat(ordered(of("amount"), SortKey.Direction.ASCENDING, SortKey.Nulls.LAST, OptionalLong.empty()))
                .containsExactly(2, 1, 3, 0);
    }

    @Test
    void scalars_of_any_kind_are_ordered_booleans_numbers_texts() {
        things();
        insertAll(
                "data",
                "{\"v\":\"b\"}",
                "{\"v\":10}",
                "{\"v\":true}",
                "{\"v\":2.5}",
                "{\"v\":\"a\"}",
                "{\"v\":false}",
                "{\"v\":null}",
                "{\"v\":[]}");
        assertThat(ordered(json(OTHER, "v"), SortKey.Direction.ASCENDING, SortKey.Nulls.LAST, OptionalLong.empty()))
                .containsExactly(5, 2, 3, 1, 4, 0, 6, 7);
    }

    // --- aggregates

    private List<List<@Nullable Object>> grouped(List<Operand> by, Output... outputs) {
        List<SortKey> order = by.stream().map(LayerWorld::ascending).toList();
        return rows(
                new Selection(THINGS, List.of(), List.of(outputs), Condition.ALWAYS, by, order, OptionalLong.empty()));
    }

    private static Output aggregate(Function function, Operand operand) {
        return new Output.Aggregate(function, operand);
    }

    @Test
    void aggregates_of_whole_numbers() {
        things();
        insertAll("whole", 1L, 2L, 2L, null);
        assertThat(grouped(
                        List.of(),
                        new Output.Count(),
                        aggregate(Function.SUM, of("whole")),
                        aggregate(Function.AVERAGE, of("whole")),
                        aggregate(Function.MINIMUM, of("whole")),
                        aggregate(Function.MAXIMUM, of("whole")),
                        aggregate(Function.DISTINCT, of("whole"))))
                .containsExactly(List.of(4L, 5L, 5 / 3.0, 1L, 2L, 2L));
    }

    @Test
    void a_number_of_json_with_a_point_is_no_whole_number() {
        things();
        insertAll("data", "{\"a\":9223372036854775807}", "{\"a\":1.0}");
        assertThat(grouped(
                        List.of(),
                        aggregate(Function.SUM, json(INTEGER, "a")),
                        aggregate(Function.MINIMUM, json(INTEGER, "a"))))
                .containsExactly(List.of(0x1p63, 1.0));
    }

    @Test
    void what_cancels_out_leaves_what_is_small_beside_it() {
        things();
        insertAll("ratio", 0x1p63, -0x1p62, -0x1p62, 1.5);
        assertThat(grouped(List.of(), aggregate(Function.SUM, of("ratio")))).containsExactly(List.of(1.5));
    }

    @Test
    void what_cancels_out_in_json_leaves_what_is_small_beside_it() {
        things();
        insertAll("data", "{\"a\":9223372036854775807}", "{\"a\":-9.223372036854775808e18}", "{\"a\":0.5}");
        assertThat(grouped(List.of(), aggregate(Function.SUM, json(INTEGER, "a"))))
                .containsExactly(List.of(-0.5));
    }

    @Test
    void aggregates_over_nothing_are_null_and_counts_are_zero() {
        things();
        assertThat(grouped(
                        List.of(),
                        new Output.Count(),
                        aggregate(Function.SUM, of("whole")),
                        aggregate(Function.SUM, of("amount")),
                        aggregate(Function.AVERAGE, of("amount")),
                        aggregate(Function.MINIMUM, of("text")),
                        aggregate(Function.DISTINCT, of("whole"))))
                .containsExactly(Arrays.asList(0L, null, null, null, null, 0L));
    }

    @Test
    void aggregates_of_decimals_are_exact() {
        things();
        insertAll(
                "amount",
                new BigDecimal("0.1"),
                new BigDecimal("0.2"),
                new BigDecimal("1e30"),
                new BigDecimal("0.20"),
                null);
        List<@Nullable Object> row = grouped(
                        List.of(),
                        aggregate(Function.SUM, of("amount")),
                        aggregate(Function.MINIMUM, of("amount")),
                        aggregate(Function.MAXIMUM, of("amount")),
                        aggregate(Function.DISTINCT, of("amount")),
                        aggregate(Function.AVERAGE, of("amount")))
                .get(0);
        assertThat((BigDecimal) row.get(0)).isEqualByComparingTo("1000000000000000000000000000000.5");
        assertThat((BigDecimal) row.get(1)).isEqualByComparingTo("0.1");
        assertThat((BigDecimal) row.get(2)).isEqualByComparingTo("1e30");
        assertThat(row.get(3)).isEqualTo(3L);
        assertThat(row.get(4)).isEqualTo(2.5e29);
    }

    @Test
    void aggregates_of_other_kinds() {
        things();
        insertAll("ratio", 0.5, 1.5);
        applied(insert(10, "text", "b"), insert(11, "text", "a"), insert(12, "flag", true), insert(13, "flag", false));
        List<@Nullable Object> row = grouped(
                        List.of(),
                        aggregate(Function.SUM, of("ratio")),
                        aggregate(Function.AVERAGE, of("ratio")),
                        aggregate(Function.MINIMUM, of("text")),
                        aggregate(Function.MAXIMUM, of("flag")),
                        aggregate(Function.MINIMUM, of("flag")))
                .get(0);
        assertThat(row).containsExactly(2.0, 1.0, "a", true, false);
    }

    @Test
    void a_whole_sum_beyond_64_bits_is_an_error() {
        things();
        insertAll("whole", Long.MAX_VALUE, 1L);
        assertThatThrownBy(() -> grouped(List.of(), aggregate(Function.SUM, of("whole"))))
                .isInstanceOf(KormException.class);
    }

    @Test
    void a_whole_sum_that_goes_beyond_64_bits_on_the_way_and_comes_back_is_exact() {
        things();
        insertAll("whole", Long.MAX_VALUE, 7L, -9L, null);
        applied(
                insert(10, "data", "{\"n\":9223372036854775807}"),
                insert(11, "data", "{\"n\":5}"),
                insert(12, "data", "{\"n\":-6}"));
        Output whole = aggregate(Function.SUM, of("whole"));
        Output inside = aggregate(Function.SUM, json(INTEGER, "n"));
        assertThat(grouped(List.of(), whole, inside)).containsExactly(List.of(Long.MAX_VALUE - 2, Long.MAX_VALUE - 1));
        assertThat(grouped(List.of(of("flag")), whole, inside))
                .containsExactly(List.of(Long.MAX_VALUE - 2, Long.MAX_VALUE - 1));
    }

    @Test
    void the_first_of_very_many_is_found() {
        things();
        applied(insert(1, "data", "{\"last\":\"x\"}"));
        List<Operand> many = new ArrayList<>();
        for (int i = 0; i < 250; i++) {
            many.add(json(TEXT, "none" + i));
        }
        many.add(json(TEXT, "last"));
        assertThat(only(selection(Condition.ALWAYS, value(new Operand.Coalesce(many)))))
                .isEqualTo("x");
    }

    @Test
    void groups_are_of_equal_values() {
        things();
        insertAll("data", "{\"k\":\"a\",\"n\":1}", "{\"k\":\"b\",\"n\":2}", "{\"k\":\"a\",\"n\":3}", "{\"n\":4}");
        assertThat(grouped(
                        List.of(json(TEXT, "k")),
                        value(json(TEXT, "k")),
                        new Output.Count(),
                        aggregate(Function.SUM, json(INTEGER, "n"))))
                .containsExactly(Arrays.asList("a", 2L, 4L), Arrays.asList("b", 1L, 2L), Arrays.asList(null, 1L, 4L));
        assertThat(grouped(List.of(json(OTHER, "n")), new Output.Count())).hasSize(4);
    }

    @Test
    void groups_of_decimals_and_json_are_by_value() {
        things();
        insertAll("amount", new BigDecimal("2.5"), new BigDecimal("2.50"), new BigDecimal("3"));
        assertThat(grouped(List.of(of("amount")), new Output.Count())).containsExactly(List.of(2L), List.of(1L));
        applied(insert(10, "data", "{\"a\":1,\"b\":2}"), insert(11, "data", "{\"b\":2.0,\"a\":1}"));
        List<List<@Nullable Object>> counts = rows(new Selection(
                THINGS,
                List.of(),
                List.of(new Output.Count()),
                not(new Condition.IsNull(of("data"))),
                List.of(of("data")),
                List.of(),
                OptionalLong.empty()));
        assertThat(counts).containsExactly(List.of(2L));
    }

    @Test
    void groups_can_be_ordered_by_a_aggregate() {
        things();
        insertAll("text", "a", "b", "b", "c", "c", "c");
        Selection selection = new Selection(
                THINGS,
                List.of(),
                List.of(value(of("text"))),
                Condition.ALWAYS,
                List.of(of("text")),
                List.of(new SortKey(new Output.Count(), SortKey.Direction.DESCENDING, SortKey.Nulls.LAST)),
                OptionalLong.of(2));
        assertThat(rows(selection)).containsExactly(List.of("c"), List.of("b"));
    }

    // --- compiled

    @Test
    void a_compiled_selection_answers_to_other_constants() {
        things();
        insertAll("whole", 1L, 2L, 3L);
        CompiledSelection compiled = layer().compile(selection(
                new Condition.And(List.of(
                        compare(of("whole"), GREATER_OR_EQUAL, new Condition.Parameter(0, INTEGER)),
                        compare(of("whole"), LESS, new Condition.Parameter(1, DECIMAL)))),
                value(of("whole"))));
        assertThat(read(compiled.select(1L, new BigDecimal("2.5")), 1)).containsExactly(List.of(1L), List.of(2L));
        assertThat(read(compiled.select(3L, 10L), 1)).containsExactly(List.of(3L));
        assertThat(read(compiled.select(2.5, 3L), 1)).isEmpty();
    }

    @Test
    void a_compiled_selection_takes_one_of_and_repeated_parameters() {
        things();
        insertAll("text", "a", "b", "c");
        Condition.Parameter first = new Condition.Parameter(0, TEXT);
        CompiledSelection compiled = layer().compile(selection(
                new Condition.And(List.of(
                        new Condition.OneOf(of("text"), List.of(first, new Condition.Parameter(1, TEXT))),
                        compare(of("text"), NOT_EQUAL, first))),
                value(of("text"))));
        assertThat(read(compiled.select("a", "c"), 1)).containsExactly(List.of("c"));
        assertThat(read(compiled.select("b", "b"), 1)).isEmpty();
    }

    @Test
    void explain_shows_no_constants() {
        things();
        var plan = layer().explain(selection(equal(of("text"), "a private word"), value(key())));
        assertThat(plan.statement()).isNotEmpty().doesNotContain("private");
        assertThat(String.join("\n", plan.steps())).doesNotContain("private");
        assertThat(plan.parameters()).isPositive();
    }

    // --- cursors

    @Test
    void a_cursor_can_be_closed_early_and_twice() {
        things();
        insertAll("whole", 1L, 2L, 3L);
        for (int i = 0; i < 50; i++) {
            RowCursor cursor = layer().select(selection(Condition.ALWAYS, value(of("whole"))));
            assertThat(cursor.next()).isTrue();
            cursor.close();
            cursor.close();
        }
    }

    @Test
    void a_cursor_that_was_read_to_its_end_stays_there() {
        things();
        insertAll("whole", 1L);
        try (RowCursor cursor = layer().select(selection(Condition.ALWAYS, value(of("whole"))))) {
            assertThat(cursor.next()).isTrue();
            assertThat(cursor.next()).isFalse();
            assertThat(cursor.next()).isFalse();
        }
    }

    @Test
    void a_cursor_sees_one_moment() {
        things();
        insertAll("whole", 1L, 2L, 3L);
        try (RowCursor cursor = layer().select(selection(Condition.ALWAYS, value(of("whole"))))) {
            cursor.next();
            applied(insert(10, "whole", 4L));
            applied(new Mutation.Delete(THINGS, id(2), OptionalLong.empty()));
            assertThat(read(cursor, 1)).hasSize(2);
        }
        assertThat(where(Condition.ALWAYS)).containsExactly(0, 1, 10);
    }

    @Test
    void a_reading_sees_what_was_acknowledged_before() {
        things();
        for (int i = 0; i < 50; i++) {
            applied(insert(i, "whole", (long) i));
            assertThat(only(selection(Condition.ALWAYS, new Output.Count()))).isEqualTo(i + 1L);
        }
    }

    @Test
    void equality_of_references_is_of_texts() {
        things();
        insertAll("owner", "[rn]:contract:owner:" + id(1), "[rn][from::main]:contract:owner:" + id(1));
        assertThat(where(compare(of("owner"), EQUAL, "[rn]:contract:owner:" + id(1))))
                .containsExactly(0);
    }
}
