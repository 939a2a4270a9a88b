package dev.korm.testkit.contract.store;

import static dev.korm.spi.query.ColumnKind.BOOLEAN;
import static dev.korm.spi.query.ColumnKind.DECIMAL;
import static dev.korm.spi.query.ColumnKind.INTEGER;
import static dev.korm.spi.query.ColumnKind.JSON;
import static dev.korm.spi.query.ColumnKind.OTHER;
import static dev.korm.spi.query.ColumnKind.REAL;
import static dev.korm.spi.query.ColumnKind.TEXT;
import static dev.korm.spi.query.Condition.Comparison.GREATER;
import static dev.korm.spi.query.Condition.Comparison.GREATER_OR_EQUAL;
import static dev.korm.spi.query.Condition.Comparison.LESS;
import static dev.korm.spi.query.Condition.Comparison.LESS_OR_EQUAL;
import static dev.korm.spi.query.Condition.Comparison.NOT_EQUAL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.spi.Mutation;
import dev.korm.spi.Row;
import dev.korm.spi.evaluate.Values;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Condition.Members;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.TextPattern;
import dev.korm.spi.schema.ColumnSchema;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The evaluation of conditions by a layer: logic, comparisons, patterns, paths into JSON, and elements. */
abstract class LayerConditionContract extends LayerWorld {
    static final List<String> HOSTILE = List.of(
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
        assertThat(where(not(new Condition.And(List.of(unknownForNull, Condition.NEVER)))))
                .containsExactly(0, 1, 2);
        assertThat(where(new Condition.Or(List.of(unknownForNull, Condition.ALWAYS))))
                .containsExactly(0, 1, 2);
        assertThat(where(not(new Condition.And(List.of(unknownForNull, Condition.ALWAYS)))))
                .containsExactly(1);
        assertThat(where(not(new Condition.Or(List.of(unknownForNull, Condition.NEVER)))))
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
        assertThat(where(new Condition.And(many))).containsExactly(0, 1, 2);
        assertThat(where(not(new Condition.Or(many)))).isEmpty();
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
        Operand first = new Operand.Coalesce(List.of(json(INTEGER, "a"), json(INTEGER, "b")));
        assertThat(where(compare(first, GREATER, 1L))).containsExactly(1, 2);
        assertThat(where(new Condition.IsNull(first))).containsExactly(3);
        Operand decimals = new Operand.Coalesce(List.of(json(DECIMAL, "a"), json(DECIMAL, "b")));
        assertThat(where(equal(decimals, new BigDecimal("2.0")))).containsExactly(1);
    }

    @Test
    void doubles_beside_numbers_of_json_keep_their_exact_value() {
        things();
        List<Double> doubles = List.of(0x1p62, -0x1p62, -0x1p63, 0x1p63, 0.1, 1e300, Double.MAX_VALUE);
        insertAll("ratio", doubles.toArray());
        Operand first = new Operand.Coalesce(List.of(of("ratio"), json(REAL, "a")));
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

    static Operand.Json element(ColumnKind kind, Object... path) {
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

    // --- at random

    @Test
    void random_conditions_select_what_their_definition_selects() {
        things();
        long seed = Long.getLong("korm.test.seed", System.nanoTime());
        RandomConditions conditions = new RandomConditions(seed);
        List<ColumnSchema> columns =
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

    static String byValue(@Nullable Object json) {
        return Values.jsonKey(String.valueOf(json));
    }
}
