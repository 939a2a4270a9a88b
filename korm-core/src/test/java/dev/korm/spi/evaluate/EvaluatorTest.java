package dev.korm.spi.evaluate;

import static dev.korm.spi.evaluate.Truth.FALSE;
import static dev.korm.spi.evaluate.Truth.TRUE;
import static dev.korm.spi.evaluate.Truth.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.ValueException;
import dev.korm.spi.Row;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Condition.Comparison;
import dev.korm.spi.query.Condition.Members;
import dev.korm.spi.query.Join;
import dev.korm.spi.query.JsonPath;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.SortKey;
import dev.korm.spi.query.TableName;
import dev.korm.spi.query.TextPattern;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class EvaluatorTest {
    private static final TableName USERS = TableName.items("users", "basic");
    private static final String FRED = "3dd91ede-37a4-4c25-a86a-6f1a9e132186";

    private final Map<String, Map<String, Object>> users = new HashMap<>();
    private final Evaluator evaluator = new Evaluator("main", (table, id) -> {
        Map<String, Object> user = table.equals(USERS) ? users.get(id) : null;
        return user == null ? null : user::get;
    });

    @Test
    void three_valued_logic_is_that_of_SQL() {
        Truth[] all = {TRUE, FALSE, UNKNOWN};
        Truth[][] and = {{TRUE, FALSE, UNKNOWN}, {FALSE, FALSE, FALSE}, {UNKNOWN, FALSE, UNKNOWN}};
        Truth[][] or = {{TRUE, TRUE, TRUE}, {TRUE, FALSE, UNKNOWN}, {TRUE, UNKNOWN, UNKNOWN}};
        for (int i = 0; i < 3; i++) {
            for (int j = 0; j < 3; j++) {
                assertThat(all[i].and(all[j])).isEqualTo(and[i][j]);
                assertThat(all[i].or(all[j])).isEqualTo(or[i][j]);
                assertThat(test(new Condition.And(List.of(of(all[i]), of(all[j])))))
                        .isEqualTo(and[i][j]);
                assertThat(test(new Condition.Or(List.of(of(all[i]), of(all[j])))))
                        .isEqualTo(or[i][j]);
            }
        }
        assertThat(Arrays.stream(all).map(Truth::not)).containsExactly(FALSE, TRUE, UNKNOWN);
        assertThat(Arrays.stream(all).map(truth -> test(new Condition.Not(of(truth)))))
                .containsExactly(FALSE, TRUE, UNKNOWN);
        assertThat(Arrays.stream(all).map(Truth::isTrue)).containsExactly(true, false, false);
        assertThat(test(Condition.ALWAYS)).isEqualTo(TRUE);
        assertThat(test(Condition.NEVER)).isEqualTo(FALSE);
    }

    /** A condition that comes to that. */
    private static Condition of(Truth truth) {
        return switch (truth) {
            case TRUE -> Condition.ALWAYS;
            case FALSE -> Condition.NEVER;
            case UNKNOWN -> new Condition.Compare(new Operand.Absent(ColumnKind.TEXT), Comparison.EQUAL, "a");
        };
    }

    @Test
    void a_comparison_with_null_is_unknown_and_IsNull_never_is() {
        assertThat(compare(ColumnKind.TEXT, null, Comparison.NOT_EQUAL, "a")).isEqualTo(UNKNOWN);
        assertThat(test(new Condition.IsNull(column(ColumnKind.TEXT)), row("c", null)))
                .isEqualTo(TRUE);
        assertThat(test(new Condition.IsNull(column(ColumnKind.TEXT)), row("c", "")))
                .isEqualTo(FALSE);
        assertThat(test(new Condition.OneOf(column(ColumnKind.TEXT), List.of("a")), row("c", null)))
                .isEqualTo(UNKNOWN);
        assertThat(test(new Condition.OneOf(column(ColumnKind.TEXT), List.of()), row("c", null)))
                .isEqualTo(FALSE);
        assertThat(test(
                        new Condition.Matches(
                                column(ColumnKind.TEXT),
                                new TextPattern(List.of(new TextPattern.AnyText()), TextPattern.Case.SENSITIVE)),
                        row("c", null)))
                .isEqualTo(UNKNOWN);
    }

    @Test
    void numbers_of_any_class_compare_by_exact_value() {
        long beyond = (1L << 53) + 1;
        assertThat(equal(ColumnKind.INTEGER, beyond, (double) (1L << 53))).isEqualTo(FALSE);
        assertThat(compare(ColumnKind.INTEGER, beyond, Comparison.GREATER, (double) (1L << 53)))
                .isEqualTo(TRUE);
        assertThat(compare(ColumnKind.INTEGER, Long.MAX_VALUE, Comparison.LESS, 0x1p63))
                .isEqualTo(TRUE);
        assertThat(equal(ColumnKind.INTEGER, Long.MIN_VALUE, -0x1p63)).isEqualTo(TRUE);
        assertThat(equal(ColumnKind.INTEGER, 2L, new BigDecimal("2.00"))).isEqualTo(TRUE);
        assertThat(equal(ColumnKind.INTEGER, 0L, -0.0)).isEqualTo(TRUE);
        assertThat(equal(ColumnKind.REAL, 0.1, new BigDecimal("0.1"))).isEqualTo(FALSE);
        assertThat(equal(ColumnKind.REAL, 0.5, new BigDecimal("0.50"))).isEqualTo(TRUE);
        assertThat(compare(ColumnKind.REAL, -1.5, Comparison.LESS, -1L)).isEqualTo(TRUE);
        assertThat(equal(ColumnKind.DECIMAL, new BigDecimal("2.50"), new BigDecimal("2.5")))
                .isEqualTo(TRUE);
        assertThat(compare(ColumnKind.DECIMAL, new BigDecimal("1e-30"), Comparison.GREATER, 0L))
                .isEqualTo(TRUE);
    }

    @Test
    void texts_stand_in_the_order_of_code_points() {
        List<String> texts = new ArrayList<>(List.of("𝄞", "\uFFFD", "b", "", "a", "B", "é", "ab", "𝄟"));
        texts.sort(Values.order(SortKey.Direction.ASCENDING, SortKey.Nulls.FIRST)::compare);
        assertThat(texts).containsExactly("", "B", "a", "ab", "b", "é", "\uFFFD", "𝄞", "𝄟");
        assertThat(compare(ColumnKind.TEXT, "𝄞", Comparison.GREATER, "\uFFFD")).isEqualTo(TRUE);
    }

    @Test
    void booleans_and_bytes_are_ordered_and_are_no_numbers() {
        assertThat(compare(ColumnKind.BOOLEAN, false, Comparison.LESS, true)).isEqualTo(TRUE);
        assertThat(compare(ColumnKind.BYTES, new byte[] {(byte) 0x80}, Comparison.GREATER, new byte[] {0x7f, 1}))
                .isEqualTo(TRUE);
        assertThat(json("{\"a\": true}", "a", ColumnKind.INTEGER)).isNull();
        assertThat(json("{\"a\": 1}", "a", ColumnKind.BOOLEAN)).isNull();
    }

    @Test
    void a_JSON_value_of_another_kind_than_asked_is_null() {
        assertThat(json("{\"a\": \"1\"}", "a", ColumnKind.INTEGER)).isNull();
        assertThat(json("{\"a\": \"1.50\"}", "a", ColumnKind.DECIMAL)).isEqualTo(new BigDecimal("1.50"));
        assertThat(json("{\"a\": 1.50}", "a", ColumnKind.DECIMAL)).isEqualTo(new BigDecimal("1.50"));
        assertThat(json("{\"a\": \"1.5 \"}", "a", ColumnKind.DECIMAL)).isNull();
        assertThat(json("{\"a\": 9007199254740993}", "a", ColumnKind.INTEGER)).isEqualTo(9007199254740993L);
        assertThat(json("{\"a\": 9223372036854775808}", "a", ColumnKind.INTEGER))
                .isEqualTo(0x1p63);
        assertThat(json("{\"a\": 1}", "a", ColumnKind.REAL)).isEqualTo(1.0);
        assertThat(json("{\"a\": 1}", "a", ColumnKind.TEXT)).isNull();
        assertThat(json("{\"a\": null}", "a", ColumnKind.JSON)).isNull();
        assertThat(json("{\"a\": [1, {\"b\": null}]}", "a", ColumnKind.JSON)).isEqualTo("[1,{\"b\":null}]");
        assertThat(json("{\"a\": [1]}", "a", ColumnKind.OTHER)).isNull();
        assertThat(json("{\"a\": false}", "a", ColumnKind.OTHER)).isEqualTo(false);
        assertThat(json("{\"a\": \"x\"}", "a", ColumnKind.OTHER)).isEqualTo("x");
        assertThat(json("{\"a\": 2.5}", "a", ColumnKind.OTHER)).isEqualTo(2.5);
        assertThat(json("{\"b\": 1}", "a", ColumnKind.OTHER)).isNull();
        assertThat(json("no JSON", "a", ColumnKind.OTHER)).isNull();
        assertThat(json("[1]", "a", ColumnKind.OTHER)).isNull();
    }

    @Test
    void a_column_of_an_unknown_type_is_compared_across_sorts_in_their_order() {
        assertThat(compare(ColumnKind.OTHER, "a", Comparison.GREATER, 1L)).isEqualTo(TRUE);
        assertThat(compare(ColumnKind.OTHER, 1L, Comparison.GREATER, "a")).isEqualTo(FALSE);
        assertThat(compare(ColumnKind.OTHER, new byte[] {1}, Comparison.GREATER, "a"))
                .isEqualTo(TRUE);
        assertThat(compare(ColumnKind.OTHER, "1", Comparison.EQUAL, 1L)).isEqualTo(FALSE);
        assertThat(compare(ColumnKind.OTHER, null, Comparison.GREATER, 1L)).isEqualTo(UNKNOWN);
    }

    @Test
    void beside_a_scalar_of_any_kind_a_constant_of_another_kind_is_unknown() {
        Operand any = new Operand.Json(column(ColumnKind.JSON), member("a"), ColumnKind.OTHER);
        Scope row = row("c", "{\"a\": \"1\"}");
        assertThat(test(new Condition.Compare(any, Comparison.EQUAL, 1L), row)).isEqualTo(UNKNOWN);
        assertThat(test(new Condition.Compare(any, Comparison.EQUAL, "1"), row)).isEqualTo(TRUE);
        assertThat(test(new Condition.OneOf(any, List.of(1L, true, "1")), row)).isEqualTo(TRUE);
        assertThat(test(new Condition.OneOf(any, List.of(1L, "2")), row)).isEqualTo(UNKNOWN);
    }

    @Test
    void JSON_is_equal_by_value() {
        assertThat(equal(ColumnKind.JSON, "{\"a\":1,\"b\":[2.50,\"x\"]}", " {\"b\": [25e-1, \"\\u0078\"], \"a\": 1.0}"))
                .isEqualTo(TRUE);
        assertThat(equal(ColumnKind.JSON, "[1,2]", "[2,1]")).isEqualTo(FALSE);
        assertThat(equal(ColumnKind.JSON, "1", "true")).isEqualTo(FALSE);
        assertThat(compare(ColumnKind.JSON, "{\"a\":null}", Comparison.NOT_EQUAL, "{}"))
                .isEqualTo(TRUE);
        assertThatIllegalArgumentException().isThrownBy(() -> compare(ColumnKind.JSON, "1", Comparison.LESS, "2"));
    }

    @Test
    void patterns_match_whole_texts_by_code_points() {
        assertThat(matches("a𝄞b", "a?b")).isTrue();
        assertThat(matches("a\nb", "a?b")).isTrue();
        assertThat(matches("ab", "a?b")).isFalse();
        assertThat(matches("", "*")).isTrue();
        assertThat(matches("", "")).isTrue();
        assertThat(matches("x", "")).isFalse();
        assertThat(matches("abcbcd", "a*bcd")).isTrue();
        assertThat(matches("abcbce", "a*bcd")).isFalse();
        assertThat(matches("mississippi", "*iss*ip*?")).isTrue();
        assertThat(matches("Abc", "abc")).isFalse();
        assertThat(matches("x".repeat(20_000) + "y", "*x*x*x*x*z")).isFalse();
    }

    @Test
    void insensitive_patterns_compare_folded_texts_piece_by_piece() {
        assertThat(matchesInsensitive("STRASSE", "straß*")).isTrue();
        assertThat(matchesInsensitive("Straße", "*SS*")).isTrue();
        assertThat(matchesInsensitive("ΟΔΟΣ", "οδος")).isTrue();
        assertThat(matchesInsensitive("ΟΔΟΣΑ", "οδος*")).isTrue();
        assertThat(matchesInsensitive("é", "e")).isFalse();
    }

    @Test
    void an_element_satisfies_a_condition_or_none_does_and_it_is_never_unknown() {
        Condition big = new Condition.Compare(
                new Operand.Json(new Operand.Element(1), JsonPath.ROOT, ColumnKind.INTEGER), Comparison.GREATER, 2L);
        Condition entries = anyElement(Members.ENTRIES, big);
        Condition values = anyElement(Members.ENTRIES_OR_VALUES, big);
        assertThat(test(entries, row("c", "[1, null, \"x\", 3]"))).isEqualTo(TRUE);
        assertThat(test(entries, row("c", "[null]"))).isEqualTo(FALSE);
        assertThat(test(new Condition.Not(entries), row("c", "[null]"))).isEqualTo(TRUE);
        assertThat(test(entries, row("c", null))).isEqualTo(FALSE);
        assertThat(test(entries, row("c", "{\"a\": 3}"))).isEqualTo(FALSE);
        assertThat(test(values, row("c", "{\"a\": 3}"))).isEqualTo(TRUE);
        assertThat(test(values, row("c", "3"))).isEqualTo(FALSE);
        Condition isNull = anyElement(Members.ENTRIES, new Condition.IsNull(new Operand.Element(1)));
        assertThat(test(isNull, row("c", "[null]"))).isEqualTo(TRUE);
        assertThat(test(isNull, row("c", "[]"))).isEqualTo(FALSE);
    }

    private static Condition anyElement(Members members, Condition condition) {
        return new Condition.AnyElement(1, column(ColumnKind.JSON), members, List.of(), condition);
    }

    @Test
    void a_join_finds_the_row_that_a_reference_names_on_this_layer() {
        users.put(FRED, Map.of("name", "Fred"));
        assertThat(joined("[rn]:users:basic:" + FRED)).isEqualTo("Fred");
        assertThat(joined("[rn][from::main]:users:basic:" + FRED)).isEqualTo("Fred");
        assertThat(joined("[rn][tag::x][from::main]:users:basic:" + FRED)).isEqualTo("Fred");
        assertThat(joined("[rn][from::other]:users:basic:" + FRED)).isNull();
        assertThat(joined("[rn]:users:premium:" + FRED)).isNull();
        assertThat(joined("[rn]:users:basic:*")).isNull();
        assertThat(joined("[rn][depot::files]:users:basic:" + FRED)).isNull();
        assertThat(joined("no RN")).isNull();
        assertThat(joined(null)).isNull();
    }

    private Object joined(String reference) {
        Join join = new Join(7, new Operand.Column(0, "c", ColumnKind.RN), USERS);
        Scope scope = evaluator.join(join).apply(row("c", reference));
        return evaluator.value(new Operand.Column(7, "name", ColumnKind.TEXT)).of(scope);
    }

    @Test
    void groups_are_made_by_value_and_aggregates_leave_out_nulls() {
        Operand decimal = column(ColumnKind.DECIMAL);
        Operand number = new Operand.Column(0, "n", ColumnKind.INTEGER);
        List<Scope> rows = List.of(
                row("c", new BigDecimal("2.50"), "n", 1L),
                row("c", new BigDecimal("2.5"), "n", 2L),
                row("c", null, "n", null),
                row("c", null, "n", 4L));
        Selection selection = selection(
                List.of(
                        new Output.Value(decimal),
                        new Output.Count(),
                        aggregate(Output.Function.SUM, number),
                        aggregate(Output.Function.AVERAGE, number),
                        aggregate(Output.Function.MAXIMUM, number),
                        aggregate(Output.Function.DISTINCT, number)),
                List.of(decimal));
        List<Row> answer = evaluator.select(selection, rows.stream()).toList();
        assertThat(answer)
                .extracting(Row::values)
                .containsExactlyInAnyOrder(
                        Arrays.asList(new BigDecimal("2.50"), 2L, 3L, 1.5, 2L, 2L),
                        Arrays.asList(null, 2L, 4L, 4.0, 4L, 1L));
    }

    @Test
    void aggregates_over_no_rows_make_one_row_and_groups_of_no_rows_none() {
        Operand number = column(ColumnKind.INTEGER);
        List<Output> aggregates = List.of(new Output.Count(), aggregate(Output.Function.SUM, number));
        assertThat(evaluator.select(selection(aggregates, List.of()), List.<Scope>of().stream()))
                .extracting(Row::values)
                .containsExactly(Arrays.asList(0L, null));
        assertThat(evaluator.select(selection(aggregates, List.of(number)), List.<Scope>of().stream()))
                .isEmpty();
    }

    @Test
    void a_whole_sum_beyond_64_bits_is_an_error_and_one_that_comes_back_is_none() {
        Operand number = column(ColumnKind.INTEGER);
        Selection sum = selection(List.of(aggregate(Output.Function.SUM, number)), List.of());
        assertThatThrownBy(() -> evaluator
                        .select(sum, List.of(row("c", Long.MAX_VALUE), row("c", 1L)).stream())
                        .toList())
                .isInstanceOf(ValueException.class)
                .hasMessageContaining("beyond 64 bits");
        assertThat(evaluator
                        .select(sum, List.of(row("c", Long.MAX_VALUE), row("c", 1L), row("c", -1L)).stream())
                        .toList()
                        .get(0)
                        .get(0))
                .isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void rows_are_ordered_with_nulls_where_the_key_says_and_then_cut() {
        List<Scope> rows = List.of(row("c", 2L), row("c", null), row("c", 3L), row("c", 1L));
        assertThat(ordered(rows, SortKey.Direction.DESCENDING, SortKey.Nulls.FIRST, 2))
                .containsExactly(null, 3L);
        assertThat(ordered(rows, SortKey.Direction.ASCENDING, SortKey.Nulls.LAST, 9))
                .containsExactly(1L, 2L, 3L, null);
        assertThat(ordered(rows, SortKey.Direction.ASCENDING, SortKey.Nulls.FIRST, 0))
                .isEmpty();
    }

    private List<Object> ordered(List<Scope> rows, SortKey.Direction direction, SortKey.Nulls nulls, long limit) {
        Output number = new Output.Value(column(ColumnKind.INTEGER));
        Selection selection = new Selection(
                USERS,
                List.of(),
                List.of(number),
                Condition.ALWAYS,
                List.of(),
                List.of(new SortKey(number, direction, nulls)),
                OptionalLong.of(limit));
        List<Object> values = new ArrayList<>();
        evaluator.select(selection, rows.stream()).forEach(row -> values.add(row.get(0)));
        return values;
    }

    @Test
    void parameters_are_bound_wherever_they_stand() {
        Condition.Parameter parameter = new Condition.Parameter(1, ColumnKind.TEXT);
        Condition condition = new Condition.Not(new Condition.OneOf(column(ColumnKind.TEXT), List.of(parameter, "b")));
        Selection bound = Parameters.bind(
                new Selection(USERS, List.of(), List.of(), condition, List.of(), List.of(), OptionalLong.empty()),
                "x",
                "a");
        assertThat(test(bound.where(), row("c", "a"))).isEqualTo(FALSE);
        assertThat(test(bound.where(), row("c", "x"))).isEqualTo(TRUE);
        assertThatIllegalArgumentException().isThrownBy(() -> evaluator.test(condition));
    }

    private static Selection selection(List<Output> outputs, List<Operand> groupBy) {
        return new Selection(USERS, List.of(), outputs, Condition.ALWAYS, groupBy, List.of(), OptionalLong.empty());
    }

    private static Output aggregate(Output.Function function, Operand operand) {
        return new Output.Aggregate(function, operand);
    }

    private boolean matches(String text, String pattern) {
        return matches(text, pattern, TextPattern.Case.SENSITIVE);
    }

    private boolean matchesInsensitive(String text, String pattern) {
        return matches(text, pattern, TextPattern.Case.INSENSITIVE);
    }

    /** A pattern with * for any text and ? for any character. */
    private boolean matches(String text, String pattern, TextPattern.Case sensitivity) {
        List<TextPattern.Part> parts = new ArrayList<>();
        pattern.codePoints()
                .forEach(c -> parts.add(
                        c == '*'
                                ? new TextPattern.AnyText()
                                : c == '?'
                                        ? new TextPattern.AnyCharacter()
                                        : new TextPattern.Literal(Character.toString(c))));
        Condition condition = new Condition.Matches(column(ColumnKind.TEXT), new TextPattern(parts, sensitivity));
        return test(condition, row("c", text)).isTrue();
    }

    private Object json(String document, String key, ColumnKind kind) {
        return evaluator
                .value(new Operand.Json(column(ColumnKind.JSON), member(key), kind))
                .of(row("c", document));
    }

    private static JsonPath member(String key) {
        return new JsonPath(List.of(new JsonPath.Member(key)));
    }

    private Truth equal(ColumnKind kind, Object value, Object constant) {
        return compare(kind, value, Comparison.EQUAL, constant);
    }

    private Truth compare(ColumnKind kind, Object value, Comparison comparison, Object constant) {
        return test(new Condition.Compare(column(kind), comparison, constant), row("c", value));
    }

    private static Operand column(ColumnKind kind) {
        return new Operand.Column(0, "c", kind);
    }

    private Truth test(Condition condition) {
        return test(condition, row());
    }

    private Truth test(Condition condition, Scope row) {
        return evaluator.test(condition).test(row);
    }

    private static Scope row(Object... columns) {
        Map<String, Object> row = new HashMap<>();
        for (int i = 0; i < columns.length; i += 2) {
            row.put((String) columns[i], columns[i + 1]);
        }
        return Scope.of(0, row::get);
    }
}
