package dev.korm.testkit;

import static dev.korm.spi.ColumnKind.BOOLEAN;
import static dev.korm.spi.ColumnKind.DECIMAL;
import static dev.korm.spi.ColumnKind.INTEGER;
import static dev.korm.spi.ColumnKind.JSON;
import static dev.korm.spi.ColumnKind.OTHER;
import static dev.korm.spi.ColumnKind.REAL;
import static dev.korm.spi.ColumnKind.RN;
import static dev.korm.spi.ColumnKind.TEXT;
import static dev.korm.spi.Condition.Comparison.EQUAL;
import static dev.korm.spi.Condition.Comparison.GREATER;
import static dev.korm.spi.Condition.Comparison.GREATER_OR_EQUAL;
import static dev.korm.spi.Condition.Comparison.LESS;
import static dev.korm.spi.Condition.Comparison.LESS_OR_EQUAL;
import static dev.korm.spi.Condition.Comparison.NOT_EQUAL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.KormException;
import dev.korm.spi.ColumnKind;
import dev.korm.spi.ColumnShape;
import dev.korm.spi.CompiledSelection;
import dev.korm.spi.Condition;
import dev.korm.spi.Condition.Members;
import dev.korm.spi.Join;
import dev.korm.spi.Mutation;
import dev.korm.spi.Operand;
import dev.korm.spi.Output;
import dev.korm.spi.Output.Function;
import dev.korm.spi.Row;
import dev.korm.spi.RowCursor;
import dev.korm.spi.Selection;
import dev.korm.spi.SortKey;
import dev.korm.spi.TextPattern;
import dev.korm.spi.evaluate.Values;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a layer answers: values, conditions, paths, joins, orders and figures. */
abstract class LayerReadContract extends LayerWorld {
    private static final List<String> HOSTILE = List.of(
            "'; DROP TABLE \"__items__contract__thing\"; --",
            "__proto__",
            "a\"b",
            "a'b",
            "a\\b",
            "a.b",
            "a[0]",
            "[0]",
            "$",
            "?",
            ":x",
            "%",
            "_",
            "",
            " ",
            "é😀",
            "line\nbreak",
            "tab\tquote\"\\",
            "constructor",
            "]",
            "*");

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

    private static String byValue(@Nullable Object json) {
        return Values.jsonKey(String.valueOf(json));
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

    // --- three-valued logic

    @Test
    void a_comparison_with_null_is_unknown_and_so_is_its_negation() {
        things();
        insertAll("whole", 1L, 2L, null);
        for (Condition.Comparison comparison : Condition.Comparison.values()) {
            Condition condition = compare(of("whole"), comparison, 1L);
            List<Integer> both = new ArrayList<>(where(condition));
            both.addAll(where(not(condition)));
            assertThat(both).as("%s", comparison).containsExactlyInAnyOrder(0, 1);
        }
        assertThat(where(not(new Condition.OneOf(of("whole"), List.of(1L))))).containsExactly(1);
    }

    @Test
    void unknown_goes_through_and_or_and_not_as_in_sql() {
        things();
        insertAll("whole", 1L, 2L, null);
        Condition unknownForNull = equal(of("whole"), 1L);
        assertThat(where(not(new Condition.All(List.of(unknownForNull, Condition.NEVER)))))
                .containsExactly(0, 1, 2);
        assertThat(where(new Condition.Any(List.of(unknownForNull, Condition.ALWAYS))))
                .containsExactly(0, 1, 2);
        assertThat(where(not(new Condition.All(List.of(unknownForNull, Condition.ALWAYS)))))
                .containsExactly(1);
        assertThat(where(not(new Condition.Any(List.of(unknownForNull, Condition.NEVER)))))
                .containsExactly(1);
        assertThat(where(not(not(unknownForNull)))).containsExactly(0);
    }

    @Test
    void is_null_is_never_unknown() {
        things();
        insertAll("whole", 1L, null);
        assertThat(where(new Condition.IsNull(of("whole")))).containsExactly(1);
        assertThat(where(not(new Condition.IsNull(of("whole"))))).containsExactly(0);
        assertThat(where(new Condition.IsNull(new Operand.Absent(TEXT)))).containsExactly(0, 1);
    }

    @Test
    void empty_lists_of_conditions_and_constants() {
        things();
        insertAll("whole", 1L, null);
        assertThat(where(Condition.ALWAYS)).containsExactly(0, 1);
        assertThat(where(Condition.NEVER)).isEmpty();
        assertThat(where(new Condition.OneOf(of("whole"), List.of()))).isEmpty();
        assertThat(where(not(new Condition.OneOf(of("whole"), List.of())))).containsExactly(0, 1);
    }

    @Test
    void an_absent_operand_is_null_everywhere() {
        things();
        insertAll("whole", 1L);
        Operand absent = new Operand.Absent(INTEGER);
        assertThat(where(equal(absent, 1L))).isEmpty();
        assertThat(where(not(equal(absent, 1L)))).isEmpty();
        assertThat(rows(selection(Condition.ALWAYS, value(absent))).get(0)).containsExactly((Object) null);
    }

    @Test
    void a_thousand_conditions_and_ten_thousand_constants_are_fine() {
        things();
        insertAll("whole", 1L, 2L, 3L);
        List<Condition> many = IntStream.range(2, 1500)
                .<Condition>mapToObj(i -> compare(of("whole"), NOT_EQUAL, (long) i * 2))
                .toList();
        assertThat(where(new Condition.All(many))).containsExactly(0, 1, 2);
        assertThat(where(not(new Condition.Any(many)))).isEmpty();
        List<Object> constants = new ArrayList<>();
        for (long i = 2; i < 10_000; i++) {
            constants.add(i);
        }
        assertThat(where(new Condition.OneOf(of("whole"), constants))).containsExactly(1, 2);
    }

    // --- comparisons

    @Test
    void texts_compare_by_code_point_and_with_regard_to_case() {
        things();
        insertAll("text", "a", "B", "é", "\uFFFF", "\uD83D\uDE00", "");
        assertThat(where(compare(of("text"), LESS, "a"))).containsExactly(1, 5);
        assertThat(where(compare(of("text"), GREATER, "\uFFFF"))).containsExactly(4);
        assertThat(where(equal(of("text"), "A"))).isEmpty();
        assertThat(where(equal(of("text"), ""))).containsExactly(5);
    }

    @Test
    void numbers_compare_by_exact_value_whatever_the_constant_is() {
        things();
        insertAll("whole", 9007199254740992L, 9007199254740993L, Long.MAX_VALUE, 2L, -3L);
        assertThat(where(equal(of("whole"), 0x1p53))).containsExactly(0);
        assertThat(where(compare(of("whole"), LESS, 0x1p63))).containsExactly(0, 1, 2, 3, 4);
        assertThat(where(equal(of("whole"), new BigDecimal("9007199254740993.0"))))
                .containsExactly(1);
        assertThat(where(equal(of("whole"), new BigDecimal("2.5")))).isEmpty();
        assertThat(where(compare(of("whole"), NOT_EQUAL, new BigDecimal("2.5"))))
                .hasSize(5);
        assertThat(where(compare(of("whole"), LESS, new BigDecimal("2.1")))).containsExactly(3, 4);
        assertThat(where(compare(of("whole"), LESS_OR_EQUAL, new BigDecimal("-2.9"))))
                .containsExactly(4);
        assertThat(where(compare(of("whole"), GREATER, new BigDecimal("9223372036854775806.5"))))
                .containsExactly(2);
        assertThat(where(compare(of("whole"), GREATER_OR_EQUAL, new BigDecimal("1e400"))))
                .isEmpty();
        assertThat(where(compare(of("whole"), GREATER, new BigDecimal("-1e400"))))
                .hasSize(5);
        assertThat(where(new Condition.OneOf(of("whole"), List.of(2.0, new BigDecimal("-3.00"), 7L))))
                .containsExactly(3, 4);
    }

    @Test
    void real_numbers_are_not_what_their_decimal_spelling_says() {
        things();
        insertAll("ratio", 0.1, 0.5, 2.0);
        assertThat(where(equal(of("ratio"), 0.1))).containsExactly(0);
        assertThat(where(equal(of("ratio"), new BigDecimal("0.1")))).isEmpty();
        assertThat(where(compare(of("ratio"), GREATER, new BigDecimal("0.1")))).containsExactly(0, 1, 2);
        assertThat(where(equal(of("ratio"), new BigDecimal("0.50")))).containsExactly(1);
        assertThat(where(equal(of("ratio"), 2L))).containsExactly(2);
        assertThat(where(compare(of("ratio"), LESS, 1L))).containsExactly(0, 1);
    }

    @Test
    void decimals_compare_by_value() {
        things();
        insertAll(
                "amount",
                new BigDecimal("2.50"),
                new BigDecimal("10"),
                new BigDecimal("-1"),
                new BigDecimal("1E+2"),
                null);
        assertThat(where(equal(of("amount"), new BigDecimal("2.5")))).containsExactly(0);
        assertThat(where(equal(of("amount"), 100L))).containsExactly(3);
        assertThat(where(compare(of("amount"), GREATER, 2.5))).containsExactly(1, 3);
        assertThat(where(compare(of("amount"), LESS, new BigDecimal("2.500001"))))
                .containsExactly(0, 2);
        assertThat(where(new Condition.OneOf(of("amount"), List.of(new BigDecimal("10.0"), -1L))))
                .containsExactly(1, 2);
    }

    @Test
    void booleans_and_bytes_compare() {
        things();
        insertAll("flag", true, false, null);
        assertThat(where(equal(of("flag"), true))).containsExactly(0);
        assertThat(where(compare(of("flag"), LESS, true))).containsExactly(1);
        applied(insert(10, "bytes", new byte[] {1, (byte) 0x80}), insert(11, "bytes", new byte[] {1, 2}));
        assertThat(where(equal(of("bytes"), new byte[] {1, 2}))).containsExactly(11);
        assertThat(where(compare(of("bytes"), GREATER, new byte[] {1, 2}))).containsExactly(10);
    }

    @Test
    void json_is_equal_by_value() {
        things();
        insertAll(
                "data",
                "{\"a\":1,\"b\":[1,2.50]}",
                "{ \"b\" : [1.0, 2.5], \"a\" : 1e0 }",
                "[1]",
                "\"x\"",
                "{\"a\":\"1\"}",
                null);
        assertThat(where(equal(of("data"), "{\"b\":[1,2.5],\"a\":1.0}"))).containsExactly(0, 1);
        assertThat(where(compare(of("data"), NOT_EQUAL, "[1.00]"))).containsExactly(0, 1, 3, 4);
        assertThat(where(new Condition.OneOf(of("data"), List.of("[1]", " \"x\" "))))
                .containsExactly(2, 3);
        assertThat(where(equal(json(JSON, "b"), "[1,2.5]"))).containsExactly(0, 1);
    }

    @Test
    void hostile_constants_are_only_constants() {
        things();
        insertAll("text", HOSTILE.toArray());
        for (int i = 0; i < HOSTILE.size(); i++) {
            assertThat(where(equal(of("text"), HOSTILE.get(i))))
                    .as(HOSTILE.get(i))
                    .containsExactly(i);
            assertThat(where(new Condition.OneOf(of("text"), List.of(HOSTILE.get(i)))))
                    .containsExactly(i);
            assertThat(where(matches(of("text"), literal(HOSTILE.get(i))))).containsExactly(i);
        }
    }

    // --- patterns

    private static TextPattern.Part literal(String text) {
        return new TextPattern.Literal(text);
    }

    private static final TextPattern.Part ANY = new TextPattern.AnyText();
    private static final TextPattern.Part ONE = new TextPattern.AnyCharacter();

    private static Condition matches(Operand operand, TextPattern.Part... parts) {
        return new Condition.Matches(operand, new TextPattern(List.of(parts), TextPattern.Case.SENSITIVE));
    }

    private static Condition folded(Operand operand, TextPattern.Part... parts) {
        return new Condition.Matches(operand, new TextPattern(List.of(parts), TextPattern.Case.INSENSITIVE));
    }

    @Test
    void patterns_match_the_whole_text_with_regard_to_case() {
        things();
        insertAll("text", "abc", "ABC", "abcd", "xabc", "", null);
        assertThat(where(matches(of("text"), literal("abc")))).containsExactly(0);
        assertThat(where(matches(of("text"), literal("abc"), ANY))).containsExactly(0, 2);
        assertThat(where(matches(of("text"), ANY, literal("abc")))).containsExactly(0, 3);
        assertThat(where(matches(of("text"), ANY, literal("bc"), ANY))).containsExactly(0, 2, 3);
        assertThat(where(matches(of("text"), literal("a"), ANY, literal("c"), ANY)))
                .containsExactly(0, 2);
        assertThat(where(matches(of("text"), literal("a"), literal("b"), ONE))).containsExactly(0);
        assertThat(where(matches(of("text")))).containsExactly(4);
        assertThat(where(matches(of("text"), ANY))).containsExactly(0, 1, 2, 3, 4);
        assertThat(where(matches(of("text"), ANY, ANY, ONE))).containsExactly(0, 1, 2, 3);
        assertThat(where(not(matches(of("text"), ANY, literal("c"))))).containsExactly(1, 2, 4);
    }

    @Test
    void wildcards_in_literals_are_characters() {
        things();
        insertAll("text", "a*c", "a?c", "a[b]c", "a%c", "a_c", "a\\c", "abc", "a]c", "a^c", "a-c");
        List<String> literals = List.of("a*c", "a?c", "a[b]c", "a%c", "a_c", "a\\c", "abc", "a]c", "a^c", "a-c");
        for (int i = 0; i < literals.size(); i++) {
            String text = literals.get(i);
            assertThat(where(matches(of("text"), literal(text)))).as(text).containsExactly(i);
            assertThat(where(matches(of("text"), ONE, literal(text.substring(1)))))
                    .as(text)
                    .containsExactly(i);
            assertThat(where(matches(of("text"), literal(text.substring(0, 2)), ANY, literal("c"))))
                    .as(text)
                    .containsExactly(i);
            assertThat(where(folded(of("text"), ONE, literal(text.substring(1)))))
                    .as(text)
                    .containsExactly(i);
        }
    }

    @Test
    void any_character_is_one_code_point_and_line_breaks_are_characters() {
        things();
        insertAll("text", "a\uD83D\uDE00b", "a\nb", "a\r\nb", "ab", "a\n");
        assertThat(where(matches(of("text"), literal("a"), ONE, literal("b")))).containsExactly(0, 1);
        assertThat(where(matches(of("text"), literal("a"), ANY, literal("b")))).containsExactly(0, 1, 2, 3);
        assertThat(where(matches(of("text"), literal("a")))).isEmpty();
        assertThat(where(matches(of("text"), ANY, literal("\uD83D\uDE00"), ANY)))
                .containsExactly(0);
    }

    @Test
    void prefixes_end_where_the_next_code_point_begins() {
        things();
        insertAll("text", "a\uD7FF", "a\uD7FFx", "a\uE000", "a\uDBFF\uDFFF", "a\uDBFF\uDFFFx", "b", "a");
        assertThat(where(matches(of("text"), literal("a\uD7FF"), ANY))).containsExactly(0, 1);
        assertThat(where(matches(of("text"), literal("a\uDBFF\uDFFF"), ANY))).containsExactly(3, 4);
        assertThat(where(matches(of("text"), literal("\uDBFF\uDFFF"), ANY))).isEmpty();
        assertThat(where(matches(of("text"), literal("a"), ANY))).containsExactly(0, 1, 2, 3, 4, 6);
    }

    @Test
    void insensitive_patterns_fold_both_sides() {
        things();
        insertAll("text", "Straße", "STRASSE", "strasse", "ÉCOLE", "École", "İstanbul", "x", null);
        assertThat(where(folded(of("text"), literal("strasse")))).containsExactly(0, 1, 2);
        assertThat(where(folded(of("text"), literal("STRAß"), ANY))).containsExactly(0, 1, 2);
        assertThat(where(folded(of("text"), ANY, literal("cole")))).containsExactly(3, 4);
        assertThat(where(folded(of("text"), literal("İstanbul")))).containsExactly(5);
        assertThat(where(folded(of("text"), ANY, literal("STANBU"), ANY))).containsExactly(5);
        assertThat(where(not(folded(of("text"), literal("X"))))).containsExactly(0, 1, 2, 3, 4, 5);
    }

    // --- JSON

    @Test
    void a_value_of_another_kind_is_null() {
        things();
        insertAll(
                "data",
                "{\"v\":1}",
                "{\"v\":1.5}",
                "{\"v\":\"1\"}",
                "{\"v\":true}",
                "{\"v\":null}",
                "{\"v\":[1]}",
                "{\"v\":{}}",
                "{}",
                "[1]",
                "1",
                null);
        assertThat(where(equal(json(INTEGER, "v"), 1L))).containsExactly(0);
        assertThat(where(not(equal(json(INTEGER, "v"), 1L)))).containsExactly(1);
        assertThat(where(equal(json(REAL, "v"), 1.5))).containsExactly(1);
        assertThat(where(equal(json(TEXT, "v"), "1"))).containsExactly(2);
        assertThat(where(equal(json(BOOLEAN, "v"), true))).containsExactly(3);
        assertThat(where(new Condition.IsNull(json(JSON, "v")))).containsExactly(4, 7, 8, 9, 10);
        assertThat(where(new Condition.IsNull(json(OTHER, "v")))).containsExactly(4, 5, 6, 7, 8, 9, 10);
        assertThat(where(compare(json(DECIMAL, "v"), GREATER_OR_EQUAL, BigDecimal.ONE)))
                .containsExactly(0, 1, 2);
        assertThat(where(equal(json(OTHER, "v"), "1"))).containsExactly(2);
        assertThat(where(equal(json(OTHER, "v"), 1L))).containsExactly(0);
        assertThat(where(equal(json(OTHER, "v"), true))).containsExactly(3);
        assertThat(where(new Condition.OneOf(json(OTHER, "v"), List.of("1", 1.5, true))))
                .containsExactly(1, 2, 3);
        assertThat(where(equal(json(INTEGER), 1L))).containsExactly(9);
        assertThat(where(equal(json(INTEGER, 0), 1L))).containsExactly(8);
    }

    @Test
    void values_inside_json_are_answered_in_their_kind() {
        things();
        insertAll(
                "data",
                "{\"i\":9007199254740993,\"r\":0.1,\"w\":2,\"t\":\"x\\u00e9\",\"b\":false,\"d\":\"2.50\",\"n\":2.5,\"o\":{\"k\":[1]},\"e\":\"\",\"y\":\"AQL/\"}");
        List<@Nullable Object> row = rows(selection(
                        Condition.ALWAYS,
                        value(json(INTEGER, "i")),
                        value(json(REAL, "r")),
                        value(json(REAL, "w")),
                        value(json(TEXT, "t")),
                        value(json(BOOLEAN, "b")),
                        value(json(DECIMAL, "d")),
                        value(json(DECIMAL, "n")),
                        value(json(TEXT, "e")),
                        value(json(ColumnKind.BYTES, "y")),
                        value(json(OTHER, "b")),
                        value(json(OTHER, "t")),
                        value(json(OTHER, "r")),
                        value(json(OTHER, "i"))))
                .get(0);
        assertThat(row)
                .containsExactly(
                        9007199254740993L,
                        0.1,
                        2.0,
                        "xé",
                        false,
                        new BigDecimal("2.50"),
                        new BigDecimal("2.5"),
                        "",
                        new byte[] {1, 2, -1},
                        false,
                        "xé",
                        0.1,
                        9007199254740993L);
        assertThat(byValue(only(selection(Condition.ALWAYS, value(json(JSON, "o"))))))
                .isEqualTo(byValue("{\"k\":[1]}"));
    }

    @Test
    void any_text_is_a_key() {
        things();
        Object[] documents = new Object[HOSTILE.size()];
        for (int i = 0; i < documents.length; i++) {
            documents[i] = "{" + quoted(HOSTILE.get(i)) + ":{" + quoted(HOSTILE.get(i)) + ":" + i + "}}";
        }
        insertAll("data", documents);
        for (int i = 0; i < documents.length; i++) {
            Operand operand = json(INTEGER, HOSTILE.get(i), HOSTILE.get(i));
            assertThat(where(equal(operand, (long) i))).as(HOSTILE.get(i)).containsExactly(i);
            assertThat(where(not(new Condition.IsNull(operand))))
                    .as(HOSTILE.get(i))
                    .containsExactly(i);
        }
    }

    static String quoted(String text) {
        StringBuilder out = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ') {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c == '"' || c == '\\' ? "\\" : "").append(c);
            }
        }
        return out.append('"').toString();
    }

    @Test
    void paths_go_through_members_and_entries() {
        things();
        insertAll("data", "{\"a\":[{\"b\":[10,20]}]}", "{\"a\":{\"0\":{\"b\":[10,20]}}}", "[[1,2],[3]]");
        assertThat(where(equal(json(INTEGER, "a", 0, "b", 1), 20L))).containsExactly(0);
        assertThat(where(equal(json(INTEGER, "a", "0", "b", 1), 20L))).containsExactly(1);
        assertThat(where(equal(json(INTEGER, 1, 0), 3L))).containsExactly(2);
        assertThat(where(equal(json(json(JSON, "a", 0), INTEGER, "b", 0), 10L))).containsExactly(0);
    }

    @Test
    void first_of_takes_what_is_not_null() {
        things();
        insertAll("data", "{\"a\":1}", "{\"b\":2}", "{\"a\":\"x\",\"b\":3}", "{}");
        Operand first = new Operand.FirstOf(List.of(json(INTEGER, "a"), json(INTEGER, "b")));
        assertThat(where(compare(first, GREATER, 1L))).containsExactly(1, 2);
        assertThat(where(new Condition.IsNull(first))).containsExactly(3);
        Operand decimals = new Operand.FirstOf(List.of(json(DECIMAL, "a"), json(DECIMAL, "b")));
        assertThat(where(equal(decimals, new BigDecimal("2.0")))).containsExactly(1);
    }

    @Test
    void doubles_beside_numbers_of_json_keep_their_exact_value() {
        things();
        List<Double> doubles = List.of(0x1p62, -0x1p62, -0x1p63, 0x1p63, 0.1, 1e300, Double.MAX_VALUE);
        insertAll("ratio", doubles.toArray());
        Operand first = new Operand.FirstOf(List.of(of("ratio"), json(REAL, "a")));
        for (int i = 0; i < doubles.size(); i++) {
            assertThat(where(equal(first, doubles.get(i)))).containsExactly(i);
            assertThat(where(equal(first, new BigDecimal(doubles.get(i))))).containsExactly(i);
        }
        assertThat(where(compare(first, LESS, -0x1p62 + 1024))).containsExactly(1, 2);
    }

    @Test
    void numbers_of_json_that_are_no_whole_ones_count_as_doubles() {
        things();
        insertAll(
                "data",
                "{\"a\":4611686018427387904.5}",
                "{\"a\":-9223372036854775808.5}",
                "{\"a\":4611686018427387905}");
        assertThat(where(equal(json(REAL, "a"), 0x1p62))).containsExactly(0);
        assertThat(where(equal(json(REAL, "a"), -0x1p63))).containsExactly(1);
    }

    // --- elements

    private static Condition any(Operand container, Members members, Condition condition) {
        return new Condition.AnyElement(7, container, members, List.of(), condition);
    }

    private static Operand.Json element(ColumnKind kind, Object... path) {
        return json(new Operand.Element(7), kind, path);
    }

    @Test
    void any_element_walks_the_entries_of_an_array() {
        things();
        insertAll("data", "[1,2]", "[\"2\"]", "[[2]]", "{\"a\":2}", "2", "[]", "[null]", null, "[true]");
        assertThat(where(any(of("data"), Members.ENTRIES, equal(element(INTEGER), 2L))))
                .containsExactly(0);
        assertThat(where(any(of("data"), Members.ENTRIES, equal(element(TEXT), "2"))))
                .containsExactly(1);
        assertThat(where(any(of("data"), Members.ENTRIES, equal(element(BOOLEAN), true))))
                .containsExactly(8);
        assertThat(where(any(of("data"), Members.ENTRIES, equal(new Operand.Element(7), "[2.0]"))))
                .containsExactly(2);
        assertThat(where(any(of("data"), Members.ENTRIES, new Condition.IsNull(new Operand.Element(7)))))
                .containsExactly(6);
        assertThat(where(any(of("data"), Members.ENTRIES, Condition.ALWAYS))).containsExactly(0, 1, 2, 6, 8);
        assertThat(where(not(any(of("data"), Members.ENTRIES, equal(element(INTEGER), 2L)))))
                .containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
    }

    @Test
    void numbers_of_elements_compare_as_they_are_written() {
        things();
        insertAll(
                "data",
                "[9007199254740993.5]",
                "[9007199254740992]",
                "{\"x.y\":9007199254740993.5}",
                "{\"q\\\"q\":1}",
                "[\"9007199254740993.5\"]");
        Condition more = compare(element(DECIMAL), GREATER, new BigDecimal("9007199254740993"));
        assertThat(where(any(of("data"), Members.ENTRIES_OR_VALUES, more))).containsExactly(0, 2, 4);
        Condition one = equal(element(DECIMAL), BigDecimal.ONE);
        assertThat(where(any(of("data"), Members.ENTRIES_OR_VALUES, one))).containsExactly(3);
    }

    @Test
    void any_element_walks_the_values_of_an_object_when_asked_to() {
        things();
        insertAll("data", "[1,2]", "{\"a\":2,\"b\":{\"a\":3}}", "{}", "\"2\"");
        assertThat(where(any(of("data"), Members.ENTRIES_OR_VALUES, equal(element(INTEGER), 2L))))
                .containsExactly(0, 1);
        assertThat(where(any(of("data"), Members.ENTRIES_OR_VALUES, equal(element(INTEGER, "a"), 3L))))
                .containsExactly(1);
    }

    @Test
    void an_element_that_is_text_is_not_looked_into() {
        things();
        insertAll("data", "[\"{\\\"a\\\":1}\"]", "[{\"a\":1}]", "[\"[1]\"]", "[[1]]");
        assertThat(where(any(of("data"), Members.ENTRIES, equal(element(INTEGER, "a"), 1L))))
                .containsExactly(1);
        assertThat(where(any(of("data"), Members.ENTRIES, equal(element(INTEGER, 0), 1L))))
                .containsExactly(3);
        assertThat(where(any(of("data"), Members.ENTRIES, equal(element(JSON), "[1]"))))
                .containsExactly(3);
    }

    @Test
    void elements_have_elements() {
        things();
        insertAll(
                "data",
                "{\"rooms\":[{\"beds\":[1,2]},{\"beds\":[5]}]}",
                "{\"rooms\":[{\"beds\":[]}]}",
                "{\"rooms\":{\"x\":{\"beds\":[5]}}}");
        Condition inner = new Condition.AnyElement(
                8,
                element(JSON, "beds"),
                Members.ENTRIES,
                List.of(),
                compare(json(new Operand.Element(8), INTEGER), GREATER, 4L));
        assertThat(where(any(json(JSON, "rooms"), Members.ENTRIES, inner))).containsExactly(0);
        assertThat(where(any(json(JSON, "rooms"), Members.ENTRIES_OR_VALUES, inner)))
                .containsExactly(0, 2);
        assertThat(where(not(any(json(JSON, "rooms"), Members.ENTRIES, not(inner)))))
                .containsExactly(2);
    }

    // --- joins

    private static final Join OWNER = new Join(1, of("owner"), OWNERS);
    private static final Operand OWNER_NAME = new Operand.Column(1, "name", TEXT);

    private void owners() {
        List<ColumnShape> columns = List.of(new ColumnShape("name", TEXT), REVISION);
        layer().evolve(shape(OWNERS, columns), Set.of());
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

    // --- figures

    private List<List<@Nullable Object>> grouped(List<Operand> by, Output... outputs) {
        List<SortKey> order = by.stream().map(LayerWorld::ascending).toList();
        return rows(
                new Selection(THINGS, List.of(), List.of(outputs), Condition.ALWAYS, by, order, OptionalLong.empty()));
    }

    private static Output figure(Function function, Operand operand) {
        return new Output.Aggregate(function, operand);
    }

    @Test
    void figures_of_whole_numbers() {
        things();
        insertAll("whole", 1L, 2L, 2L, null);
        assertThat(grouped(
                        List.of(),
                        new Output.Count(),
                        figure(Function.SUM, of("whole")),
                        figure(Function.AVERAGE, of("whole")),
                        figure(Function.MINIMUM, of("whole")),
                        figure(Function.MAXIMUM, of("whole")),
                        figure(Function.DISTINCT, of("whole"))))
                .containsExactly(List.of(4L, 5L, 5 / 3.0, 1L, 2L, 2L));
    }

    @Test
    void what_cancels_out_leaves_what_is_small_beside_it() {
        things();
        insertAll("ratio", 0x1p63, -0x1p62, -0x1p62, 1.5);
        assertThat(grouped(List.of(), figure(Function.SUM, of("ratio")))).containsExactly(List.of(1.5));
    }

    @Test
    void what_cancels_out_in_json_leaves_what_is_small_beside_it() {
        things();
        insertAll("data", "{\"a\":9223372036854775807}", "{\"a\":-9.223372036854775808e18}", "{\"a\":0.5}");
        assertThat(grouped(List.of(), figure(Function.SUM, json(INTEGER, "a")))).containsExactly(List.of(-0.5));
    }

    @Test
    void figures_over_nothing_are_null_and_counts_are_zero() {
        things();
        assertThat(grouped(
                        List.of(),
                        new Output.Count(),
                        figure(Function.SUM, of("whole")),
                        figure(Function.SUM, of("amount")),
                        figure(Function.AVERAGE, of("amount")),
                        figure(Function.MINIMUM, of("text")),
                        figure(Function.DISTINCT, of("whole"))))
                .containsExactly(Arrays.asList(0L, null, null, null, null, 0L));
    }

    @Test
    void figures_of_decimals_are_exact() {
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
                        figure(Function.SUM, of("amount")),
                        figure(Function.MINIMUM, of("amount")),
                        figure(Function.MAXIMUM, of("amount")),
                        figure(Function.DISTINCT, of("amount")),
                        figure(Function.AVERAGE, of("amount")))
                .get(0);
        assertThat((BigDecimal) row.get(0)).isEqualByComparingTo("1000000000000000000000000000000.5");
        assertThat((BigDecimal) row.get(1)).isEqualByComparingTo("0.1");
        assertThat((BigDecimal) row.get(2)).isEqualByComparingTo("1e30");
        assertThat(row.get(3)).isEqualTo(3L);
        assertThat(row.get(4)).isEqualTo(2.5e29);
    }

    @Test
    void figures_of_other_kinds() {
        things();
        insertAll("ratio", 0.5, 1.5);
        applied(insert(10, "text", "b"), insert(11, "text", "a"), insert(12, "flag", true), insert(13, "flag", false));
        List<@Nullable Object> row = grouped(
                        List.of(),
                        figure(Function.SUM, of("ratio")),
                        figure(Function.AVERAGE, of("ratio")),
                        figure(Function.MINIMUM, of("text")),
                        figure(Function.MAXIMUM, of("flag")),
                        figure(Function.MINIMUM, of("flag")))
                .get(0);
        assertThat(row).containsExactly(2.0, 1.0, "a", true, false);
    }

    @Test
    void a_whole_sum_beyond_64_bits_is_an_error() {
        things();
        insertAll("whole", Long.MAX_VALUE, 1L);
        assertThatThrownBy(() -> grouped(List.of(), figure(Function.SUM, of("whole"))))
                .isInstanceOf(KormException.class);
    }

    @Test
    void groups_are_of_equal_values() {
        things();
        insertAll("data", "{\"k\":\"a\",\"n\":1}", "{\"k\":\"b\",\"n\":2}", "{\"k\":\"a\",\"n\":3}", "{\"n\":4}");
        assertThat(grouped(
                        List.of(json(TEXT, "k")),
                        value(json(TEXT, "k")),
                        new Output.Count(),
                        figure(Function.SUM, json(INTEGER, "n"))))
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
    void groups_can_be_ordered_by_a_figure() {
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

    // --- at random

    @Test
    void random_conditions_select_what_their_definition_selects() {
        things();
        long seed = Long.getLong("korm.test.seed", System.nanoTime());
        RandomConditions conditions = new RandomConditions(seed);
        List<ColumnShape> columns =
                List.of(column("text"), column("whole"), column("amount"), column("data"), REVISION);
        List<Map<String, @Nullable Object>> rows = new ArrayList<>();
        List<Mutation> inserts = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            Map<String, @Nullable Object> row = conditions.row();
            Object data = row.get("data");
            rows.add(row);
            inserts.add(new Mutation.Insert(
                    THINGS,
                    id(i),
                    columns,
                    Row.of(
                            row.get("text"),
                            row.get("whole"),
                            row.get("amount"),
                            data == null ? null : RandomConditions.json(data),
                            1L)));
        }
        applied(inserts.toArray(new Mutation[0]));
        for (int i = 0; i < 400; i++) {
            Condition condition = conditions.condition(3);
            List<Integer> expected = IntStream.range(0, rows.size())
                    .filter(each -> Boolean.TRUE.equals(RandomConditions.evaluate(condition, rows.get(each), Map.of())))
                    .boxed()
                    .toList();
            assertThat(where(condition))
                    .as("repeat with -Dkorm.test.seed=%d; condition %d: %s", seed, i, condition)
                    .isEqualTo(expected);
        }
    }

    // --- compiled

    @Test
    void a_compiled_selection_answers_to_other_constants() {
        things();
        insertAll("whole", 1L, 2L, 3L);
        CompiledSelection compiled = layer().compile(selection(
                new Condition.All(List.of(
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
                new Condition.All(List.of(
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
        for (int i = 0; i < 200; i++) {
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
