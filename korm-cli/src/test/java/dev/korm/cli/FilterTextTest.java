package dev.korm.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.FieldPath;
import dev.korm.Filter;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Filters as they are written on a command line. */
class FilterTextTest {
    static Stream<Arguments> filters() {
        return Stream.of(
                Arguments.of("name = 'Ada'", Filter.eq("name", "Ada")),
                Arguments.of("name='O''Hara'", Filter.eq("name", "O'Hara")),
                Arguments.of("name = ''", Filter.eq("name", "")),
                Arguments.of("  age>=18 ", Filter.gte("age", 18L)),
                Arguments.of("age <> -3", Filter.ne("age", -3L)),
                Arguments.of("price < 9.5", Filter.lt("price", new BigDecimal("9.5"))),
                Arguments.of(
                        "price < 9.9",
                        Filter.and(
                                Filter.lt("price", new BigDecimal("9.9")),
                                Filter.lt("price", 9.9),
                                Filter.lt("price", (double) 9.9f))),
                Arguments.of("price in (9.9)", Filter.inList("price", new BigDecimal("9.9"), 9.9, (double) 9.9f)),
                Arguments.of("price <= 1e3", Filter.lte("price", 1000L)),
                Arguments.of("a > 1 and b != true", Filter.and(Filter.gt("a", 1L), Filter.ne("b", true))),
                Arguments.of(
                        "a = 1 or b = 2 and c = 3",
                        Filter.or(Filter.eq("a", 1L), Filter.and(Filter.eq("b", 2L), Filter.eq("c", 3L)))),
                Arguments.of(
                        "(a = 1 OR b = 2) AND c = 3",
                        Filter.and(Filter.or(Filter.eq("a", 1L), Filter.eq("b", 2L)), Filter.eq("c", 3L))),
                Arguments.of("not a = null", Filter.not(Filter.eq("a", null))),
                Arguments.of("not not a = 1", Filter.eq("a", 1L)),
                Arguments.of("a is null", Filter.isNull("a")),
                Arguments.of("owner.city is not null", Filter.exists("owner.city")),
                Arguments.of("exists(tags[*])", Filter.exists("tags[*]")),
                Arguments.of("exists = 1", Filter.eq("exists", 1L)),
                Arguments.of("android = 1", Filter.eq("android", 1L)),
                Arguments.of("age between 1 and 2", Filter.and(Filter.gte("age", 1L), Filter.lte("age", 2L))),
                Arguments.of(
                        "city in ('Rome','Bern', null)", Filter.inList("city", Arrays.asList("Rome", "Bern", null))),
                Arguments.of("city not in ('Rome')", Filter.not(Filter.inList("city", Arrays.asList("Rome")))),
                Arguments.of("name like 'A%'", Filter.like("name", "A%")),
                Arguments.of("name not ilike 'a_'", Filter.not(Filter.likeIgnoreCase("name", "a_"))),
                Arguments.of("name contains 'd'", Filter.contains("name", "d")),
                Arguments.of("name icontains 'D'", Filter.containsIgnoreCase("name", "D")),
                Arguments.of(
                        "any(wheels, size > 15 and make = 'X')",
                        Filter.any("wheels", Filter.and(Filter.gt("size", 15L), Filter.eq("make", "X")))),
                Arguments.of("more[0].more[\"a (b)\"] = 1", Filter.eq("more[0].more[\"a (b)\"]", 1L)),
                Arguments.of("[\"and\"] = 1", Filter.eq(FieldPath.parse("[\"and\"]"), 1L)));
    }

    @ParameterizedTest
    @MethodSource("filters")
    void is_read(String text, Filter filter) {
        assertThat(FilterText.parse(text)).isEqualTo(filter);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "a; 2",
                "a =; 4",
                "a = b; 5",
                "a = 1 b = 2; 7",
                "a = 'x; 5",
                "(a = 1; 7",
                "a in (1; 8",
                "a = 1 and; 10",
                "and = 1; 1",
                "a is 3; 6",
                "a between 1; 12",
                "a like 3; 8",
                "a = 1-1; 5",
                "a..b = 1; 1",
                "'a' = 1; 1",
                "any(a b); 7",
                "a = \"x\"; 5",
                "``; 1",
                "not; 4",
                "a not 1; 7"
            })
    void what_is_none_is_refused_with_where(String text, int character) {
        assertThatThrownBy(() -> FilterText.parse(text))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("at character " + character + ":");
    }

    @Test
    void nesting_without_end_is_refused() {
        assertThatThrownBy(() -> FilterText.parse("(".repeat(100_000) + "a = 1"))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("nesting");
        assertThat(FilterText.parse("not ".repeat(100_000) + "a = 1")).isEqualTo(Filter.eq("a", 1L));
    }
}
