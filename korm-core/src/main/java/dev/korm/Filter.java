package dev.korm;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.parse.FieldPathParser;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A predicate over the items of a collection. Made by the static methods here, which read well imported:
 *
 * <pre>{@code
 * import static dev.korm.Filter.*;
 *
 * eq("owner.username", "freddie").and(gt(Car::year, 2010)).or(startsWith("make", "Cit"))
 * }</pre>
 *
 * <p>The logic is SQL's: a comparison with a field that is null or absent is neither true nor false, {@code not} of it is
 * neither too, and only items for which the whole is true are found. A value of another kind than the constant (a text
 * where a number is compared) counts as absent. A path with {@code [*]} or {@code .*} is true when some value there is;
 * {@code not} of that is true when none is. Numbers compare by value, texts by code point and with regard to case, JSON by
 * value. Every constant is sent as a parameter, never as part of a statement.
 *
 * <p>Immutable. Paths are checked against the model when the query is built. {@code toString} shows no constants.
 */
public sealed interface Filter {
    /** Matches items that both filters match. */
    default Filter and(Filter other) {
        return new And(List.of(this, FilterChain.requireFilter(other)));
    }

    /** Matches items that at least one of the filters matches. */
    default Filter or(Filter other) {
        return new Or(List.of(this, FilterChain.requireFilter(other)));
    }

    /** Returns the items for which this is false. */
    default Filter negate() {
        return new Not(this);
    }

    /** Matches every item. */
    static Filter everything() {
        return new And(List.of());
    }

    /** Matches items that all of the filters match; none given: every item. */
    static Filter and(Filter... filters) {
        return new And(Arrays.asList(FilterChain.requireFilters(filters)));
    }

    /** Matches items that at least one of the filters matches; none given: no item. */
    static Filter or(Filter... filters) {
        return new Or(Arrays.asList(FilterChain.requireFilters(filters)));
    }

    /** Matches the items for which the filter is false. */
    static Filter not(Filter filter) {
        return new Not(filter);
    }

    /** Matches items with an equal value; with null: null or absent. */
    static Filter eq(String path, @Nullable Object value) {
        return eq(FieldPath.parse(path), value);
    }

    /** Matches items with an equal value; with null: null or absent. */
    static <T, V> Filter eq(Property<T, V> property, @Nullable Object value) {
        return eq(FieldPath.of(property), value);
    }

    /** Matches items with an equal value; with null: null or absent. */
    static Filter eq(FieldPath path, @Nullable Object value) {
        return compare(path, Operator.EQUAL, value);
    }

    /** Matches items with another value that is not absent; with null: neither null nor absent. */
    static Filter ne(String path, @Nullable Object value) {
        return ne(FieldPath.parse(path), value);
    }

    /** Matches items with another value that is not absent; with null: neither null nor absent. */
    static <T, V> Filter ne(Property<T, V> property, @Nullable Object value) {
        return ne(FieldPath.of(property), value);
    }

    /** Matches items with another value that is not absent; with null: neither null nor absent. */
    static Filter ne(FieldPath path, @Nullable Object value) {
        return compare(path, Operator.NOT_EQUAL, value);
    }

    /** Matches items with a greater value. */
    static Filter gt(String path, @Nullable Object value) {
        return gt(FieldPath.parse(path), value);
    }

    /** Matches items with a greater value. */
    static <T, V> Filter gt(Property<T, V> property, @Nullable Object value) {
        return gt(FieldPath.of(property), value);
    }

    /** Matches items with a greater value. */
    static Filter gt(FieldPath path, @Nullable Object value) {
        return compare(path, Operator.GREATER, value);
    }

    /** Matches items with a greater or equal value. */
    static Filter gte(String path, @Nullable Object value) {
        return gte(FieldPath.parse(path), value);
    }

    /** Matches items with a greater or equal value. */
    static <T, V> Filter gte(Property<T, V> property, @Nullable Object value) {
        return gte(FieldPath.of(property), value);
    }

    /** Matches items with a greater or equal value. */
    static Filter gte(FieldPath path, @Nullable Object value) {
        return compare(path, Operator.GREATER_OR_EQUAL, value);
    }

    /** Matches items with a smaller value. */
    static Filter lt(String path, @Nullable Object value) {
        return lt(FieldPath.parse(path), value);
    }

    /** Matches items with a smaller value. */
    static <T, V> Filter lt(Property<T, V> property, @Nullable Object value) {
        return lt(FieldPath.of(property), value);
    }

    /** Matches items with a smaller value. */
    static Filter lt(FieldPath path, @Nullable Object value) {
        return compare(path, Operator.LESS, value);
    }

    /** Matches items with a smaller or equal value. */
    static Filter lte(String path, @Nullable Object value) {
        return lte(FieldPath.parse(path), value);
    }

    /** Matches items with a smaller or equal value. */
    static <T, V> Filter lte(Property<T, V> property, @Nullable Object value) {
        return lte(FieldPath.of(property), value);
    }

    /** Matches items with a smaller or equal value. */
    static Filter lte(FieldPath path, @Nullable Object value) {
        return compare(path, Operator.LESS_OR_EQUAL, value);
    }

    /** Matches items with a value within both ends, which are included. */
    static Filter between(String path, @Nullable Object low, @Nullable Object high) {
        return between(FieldPath.parse(path), low, high);
    }

    /** Matches items with a value within both ends, which are included. */
    static <T, V> Filter between(Property<T, V> property, @Nullable Object low, @Nullable Object high) {
        return between(FieldPath.of(property), low, high);
    }

    /** Matches items with a value within both ends, which are included. */
    static Filter between(FieldPath path, @Nullable Object low, @Nullable Object high) {
        return new Between(path, low, high);
    }

    /** Matches items whose value equals one of the values; null among them stands for null or absent; none: no item. */
    static Filter inList(String path, Collection<?> values) {
        return inList(FieldPath.parse(path), values);
    }

    /** Matches items whose value equals one of the values; null among them stands for null or absent; none: no item. */
    static Filter inList(String path, @Nullable Object... values) {
        return inList(FieldPath.parse(path), Arrays.asList(FilterChain.requireValues(values)));
    }

    /** Matches items whose value equals one of the values; null among them stands for null or absent; none: no item. */
    static <T, V> Filter inList(Property<T, V> property, Collection<?> values) {
        return inList(FieldPath.of(property), values);
    }

    /** Matches items whose value equals one of the values; null among them stands for null or absent; none: no item. */
    static <T, V> Filter inList(Property<T, V> property, @Nullable Object... values) {
        return inList(FieldPath.of(property), Arrays.asList(FilterChain.requireValues(values)));
    }

    /** Matches items whose value equals one of the values; null among them stands for null or absent; none: no item. */
    static Filter inList(FieldPath path, Collection<?> values) {
        List<@Nullable Object> constants =
                new ArrayList<>(FilterChain.requireValues(values).size());
        values.forEach(value -> constants.add(named(value)));
        return new OneOf(path, Collections.unmodifiableList(constants));
    }

    /** Matches items whose value is null or absent. */
    static Filter isNull(String path) {
        return isNull(FieldPath.parse(path));
    }

    /** Matches items whose value is null or absent. */
    static <T, V> Filter isNull(Property<T, V> property) {
        return isNull(FieldPath.of(property));
    }

    /** Matches items whose value is null or absent. */
    static Filter isNull(FieldPath path) {
        return new Null(path);
    }

    /** Matches items with a value that is not null; with {@code [*]}: at least one entry that is not null. */
    static Filter exists(String path) {
        return exists(FieldPath.parse(path));
    }

    /** Matches items with a value that is not null. */
    static <T, V> Filter exists(Property<T, V> property) {
        return exists(FieldPath.of(property));
    }

    /** Matches items with a value that is not null; with {@code [*]}: at least one entry that is not null. */
    static Filter exists(FieldPath path) {
        return new Present(path);
    }

    /**
     * Returns a text that fits a pattern: {@code %} is any text, {@code _} one character, {@code \} takes either
     * literally.
     */
    static Filter like(String path, @Nullable String pattern) {
        return text(FieldPath.parse(path), Match.LIKE, pattern, Case.SENSITIVE);
    }

    /**
     * Returns a text that fits a pattern: {@code %} is any text, {@code _} one character, {@code \} takes either
     * literally.
     */
    static <T, V> Filter like(Property<T, V> property, @Nullable String pattern) {
        return text(FieldPath.of(property), Match.LIKE, pattern, Case.SENSITIVE);
    }

    /** Works as {@link #like(String, String)}, without regard to case. */
    static Filter likeIgnoreCase(String path, @Nullable String pattern) {
        return text(FieldPath.parse(path), Match.LIKE, pattern, Case.INSENSITIVE);
    }

    /** Works as {@link #like(String, String)}, without regard to case. */
    static <T, V> Filter likeIgnoreCase(Property<T, V> property, @Nullable String pattern) {
        return text(FieldPath.of(property), Match.LIKE, pattern, Case.INSENSITIVE);
    }

    /**
     * Returns the text with {@code %}, {@code _} and {@code \} escaped, to stand literally in a {@code like} pattern.
     */
    static String escapeLike(String text) {
        requireNonNull(text, "text");
        return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_");
    }

    /** Returns an equal text without regard to case. */
    static Filter eqIgnoreCase(String path, @Nullable String value) {
        return text(FieldPath.parse(path), Match.EQUALS, value, Case.INSENSITIVE);
    }

    /** Returns an equal text without regard to case. */
    static <T, V> Filter eqIgnoreCase(Property<T, V> property, @Nullable String value) {
        return text(FieldPath.of(property), Match.EQUALS, value, Case.INSENSITIVE);
    }

    /** Returns a text with this piece in it. */
    static Filter contains(String path, @Nullable String piece) {
        return text(FieldPath.parse(path), Match.CONTAINS, piece, Case.SENSITIVE);
    }

    /** Returns a text with this piece in it. */
    static <T, V> Filter contains(Property<T, V> property, @Nullable String piece) {
        return text(FieldPath.of(property), Match.CONTAINS, piece, Case.SENSITIVE);
    }

    /** Returns a text with this piece in it, without regard to case. */
    static Filter containsIgnoreCase(String path, @Nullable String piece) {
        return text(FieldPath.parse(path), Match.CONTAINS, piece, Case.INSENSITIVE);
    }

    /** Returns a text with this piece in it, without regard to case. */
    static <T, V> Filter containsIgnoreCase(Property<T, V> property, @Nullable String piece) {
        return text(FieldPath.of(property), Match.CONTAINS, piece, Case.INSENSITIVE);
    }

    /** Returns a text that begins so. */
    static Filter startsWith(String path, @Nullable String start) {
        return text(FieldPath.parse(path), Match.STARTS_WITH, start, Case.SENSITIVE);
    }

    /** Returns a text that begins so. */
    static <T, V> Filter startsWith(Property<T, V> property, @Nullable String start) {
        return text(FieldPath.of(property), Match.STARTS_WITH, start, Case.SENSITIVE);
    }

    /** Returns a text that begins so, without regard to case. */
    static Filter startsWithIgnoreCase(String path, @Nullable String start) {
        return text(FieldPath.parse(path), Match.STARTS_WITH, start, Case.INSENSITIVE);
    }

    /** Returns a text that begins so, without regard to case. */
    static <T, V> Filter startsWithIgnoreCase(Property<T, V> property, @Nullable String start) {
        return text(FieldPath.of(property), Match.STARTS_WITH, start, Case.INSENSITIVE);
    }

    /** Returns a text that ends so. */
    static Filter endsWith(String path, @Nullable String end) {
        return text(FieldPath.parse(path), Match.ENDS_WITH, end, Case.SENSITIVE);
    }

    /** Returns a text that ends so. */
    static <T, V> Filter endsWith(Property<T, V> property, @Nullable String end) {
        return text(FieldPath.of(property), Match.ENDS_WITH, end, Case.SENSITIVE);
    }

    /** Returns a text that ends so, without regard to case. */
    static Filter endsWithIgnoreCase(String path, @Nullable String end) {
        return text(FieldPath.parse(path), Match.ENDS_WITH, end, Case.INSENSITIVE);
    }

    /** Returns a text that ends so, without regard to case. */
    static <T, V> Filter endsWithIgnoreCase(Property<T, V> property, @Nullable String end) {
        return text(FieldPath.of(property), Match.ENDS_WITH, end, Case.INSENSITIVE);
    }

    /** Returns a list with an entry equal to the value; the same as {@code eq(path + "[*]", value)}. */
    static Filter hasElement(String path, @Nullable Object value) {
        return eq(FieldPath.parse(path).each(), value);
    }

    /** Returns a list with an entry equal to the value. */
    static <T, V> Filter hasElement(Property<T, V> property, @Nullable Object value) {
        return eq(FieldPath.of(property).each(), value);
    }

    /**
     * Returns a list with an entry that satisfies a filter by itself, whose paths begin at the entry: {@code
     * any("addresses", eq("city", "Rome").and(eq("zip", "00100")))}.
     */
    static Filter any(String path, Filter entry) {
        return new AnyEntry(FieldPath.parse(path), entry);
    }

    /** Returns a list with an entry that satisfies a filter by itself, whose paths begin at the entry. */
    static <T, V> Filter any(Property<T, V> property, Filter entry) {
        return new AnyEntry(FieldPath.of(property), entry);
    }

    /** Returns an item stands for its name. */
    private static @Nullable Object named(@Nullable Object value) {
        return value instanceof Referenced<?> item ? item.rn() : value;
    }

    private static Filter compare(FieldPath path, Operator operator, @Nullable Object value) {
        return new Compare(path, operator, named(value));
    }

    private static Filter text(FieldPath path, Match match, @Nullable String text, Case sensitivity) {
        return new Text(path, match, text, sensitivity);
    }

    /** All of the filters; none of them is itself an {@code And}, whose filters stand in its place. */
    record And(List<Filter> filters) implements Filter {
        public And {
            requireNonNull(filters, "filters");
            filters = FilterChain.of(
                    filters, filter -> filter instanceof And and ? Optional.of(and.filters()) : Optional.empty());
        }
    }

    /** One of the filters; none of them is itself an {@code Or}, whose filters stand in its place. */
    record Or(List<Filter> filters) implements Filter {
        public Or {
            requireNonNull(filters, "filters");
            filters = FilterChain.of(
                    filters, filter -> filter instanceof Or or ? Optional.of(or.filters()) : Optional.empty());
        }
    }

    /** Not the filter. */
    record Not(Filter filter) implements Filter {
        public Not {
            FilterChain.requireFilter(filter);
        }
    }

    /** A comparison with a constant. */
    record Compare(
            FieldPath path, Operator operator, @Nullable Object value) implements Filter {
        public Compare {
            requireNonNull(operator, "operator");
            FieldPathParser.requirePath(path);
        }

        @Override
        public String toString() {
            return path + " " + operator + " ?";
        }
    }

    /** Within two constants. */
    record Between(
            FieldPath path, @Nullable Object low, @Nullable Object high) implements Filter {
        public Between {
            FieldPathParser.requirePath(path);
        }

        @Override
        public String toString() {
            return path + " BETWEEN ? AND ?";
        }
    }

    /** Equality with one of several constants. */
    record OneOf(FieldPath path, List<@Nullable Object> values) implements Filter {
        public OneOf {
            requireNonNull(values, "values");
            FieldPathParser.requirePath(path);
        }

        @Override
        public String toString() {
            return path + " IN (" + values.size() + " values)";
        }
    }

    /** A text that matches. */
    record Text(FieldPath path, Match match, @Nullable String text, Case sensitivity) implements Filter {
        public Text {
            requireNonNull(match, "match");
            requireNonNull(sensitivity, "sensitivity");
            FieldPathParser.requirePath(path);
        }

        @Override
        public String toString() {
            return path + " " + match + " ?";
        }
    }

    /** Null or absent. */
    record Null(FieldPath path) implements Filter {
        public Null {
            FieldPathParser.requirePath(path);
        }
    }

    /** There, and not null. */
    record Present(FieldPath path) implements Filter {
        public Present {
            FieldPathParser.requirePath(path);
        }
    }

    /** An entry that satisfies a filter. */
    record AnyEntry(FieldPath path, Filter entry) implements Filter {
        public AnyEntry {
            FieldPathParser.requirePath(path);
            FilterChain.requireFilter(entry);
        }
    }

    /** Comparisons. */
    enum Operator {
        EQUAL,
        NOT_EQUAL,
        LESS,
        LESS_OR_EQUAL,
        GREATER,
        GREATER_OR_EQUAL
    }

    /** Ways to match a text. */
    enum Match {
        LIKE,
        EQUALS,
        CONTAINS,
        STARTS_WITH,
        ENDS_WITH
    }

    /** The choice of whether letters of different case match. */
    enum Case {
        SENSITIVE,
        INSENSITIVE
    }
}
