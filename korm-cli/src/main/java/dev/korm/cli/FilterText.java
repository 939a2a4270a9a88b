package dev.korm.cli;

import dev.korm.FieldPath;
import dev.korm.Filter;
import dev.korm.KormException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * A filter as it is written on a command line.
 *
 * <pre>{@code
 * filter     = conjunction, { "or", conjunction } ;
 * conjunction = term, { "and", term } ;
 * term       = "not", term | "(", filter, ")" | "exists", "(", path, ")" | "any", "(", path, ",", filter, ")" | condition ;
 * condition  = path, ( comparison, value | [ "not" ], "in", "(", value, { ",", value }, ")" | "between", value, "and", value
 *            | [ "not" ], ( "like" | "ilike" | "contains" | "icontains" ), text | "is", [ "not" ], "null" ) ;
 * comparison = "=" | "!=" | "<>" | "<" | "<=" | ">" | ">=" ;
 * value      = text | number | "true" | "false" | "null" ;
 * }</pre>
 *
 * <p>A text stands in single quotes, two of which stand for one. A path is that of {@link FieldPath}; a field that is called as a keyword is written {@code ["and"]}.
 */
final class FilterText {
    private static final Set<String> KEYWORDS = Set.of(
            "and",
            "or",
            "not",
            "in",
            "between",
            "like",
            "ilike",
            "contains",
            "icontains",
            "is",
            "null",
            "true",
            "false");

    /** What is nested deeper than this nobody has written by hand. */
    private static final int DEEPEST = 50;

    private final String text;
    private int at;
    private int depth;

    private FilterText(String text) {
        this.text = text;
    }

    /** Returns the filter that a text is; throws a {@link Failure} that tells where it is none. */
    static Filter parse(String text) {
        FilterText parser = new FilterText(text);
        Filter filter = parser.disjunction();
        if (!parser.atEnd()) {
            throw parser.expected("\"and\", \"or\" or the end");
        }
        return filter;
    }

    private Filter disjunction() {
        if (++depth > DEEPEST) {
            throw expected("less nesting: at most " + DEEPEST + " levels");
        }
        List<Filter> alternatives = new ArrayList<>(List.of(conjunction()));
        while (keyword("or")) {
            alternatives.add(conjunction());
        }
        depth--;
        return anyOf(alternatives);
    }

    private Filter conjunction() {
        List<Filter> all = new ArrayList<>(List.of(term()));
        while (keyword("and")) {
            all.add(term());
        }
        return allOf(all);
    }

    private static Filter anyOf(List<Filter> filters) {
        return filters.size() == 1 ? filters.get(0) : Filter.or(filters.toArray(Filter[]::new));
    }

    private static Filter allOf(List<Filter> filters) {
        return filters.size() == 1 ? filters.get(0) : Filter.and(filters.toArray(Filter[]::new));
    }

    private Filter term() {
        boolean negated = false;
        while (keyword("not")) {
            negated = !negated;
        }
        Filter filter = primary();
        return negated ? Filter.not(filter) : filter;
    }

    private Filter primary() {
        if (symbol("(")) {
            Filter inner = disjunction();
            require(")");
            return inner;
        }
        if (call("exists")) {
            FieldPath path = path();
            require(")");
            return Filter.exists(path);
        }
        if (call("any")) {
            String list = path().toString();
            require(",");
            Filter entry = disjunction();
            require(")");
            return Filter.any(list, entry);
        }
        return condition(path());
    }

    /** Takes the name of a function and its parenthesis; a field may be called like it. */
    private boolean call(String name) {
        int before = at;
        if (keyword(name) && symbol("(")) {
            return true;
        }
        at = before;
        return false;
    }

    private Filter condition(FieldPath path) {
        if (keyword("is")) {
            boolean negated = keyword("not");
            if (!keyword("null")) {
                throw expected("\"null\"");
            }
            return negated ? Filter.exists(path) : Filter.isNull(path);
        }
        if (keyword("between")) {
            Object low = value();
            if (!keyword("and")) {
                throw expected("\"and\" and the upper end");
            }
            return Filter.and(oneOf(path, low, Filter::gte), oneOf(path, value(), Filter::lte));
        }
        if (keyword("not")) {
            return Filter.not(selection(path));
        }
        return compared(path);
    }

    private Filter compared(FieldPath path) {
        // The longer ones first, which the shorter ones begin.
        if (symbol("!=") || symbol("<>")) {
            return allOf(path, value(), Filter::ne);
        }
        if (symbol("<=")) {
            return oneOf(path, value(), Filter::lte);
        }
        if (symbol(">=")) {
            return oneOf(path, value(), Filter::gte);
        }
        if (symbol("<")) {
            return allOf(path, value(), Filter::lt);
        }
        if (symbol(">")) {
            return allOf(path, value(), Filter::gt);
        }
        return symbol("=") ? oneOf(path, value(), Filter::eq) : selection(path);
    }

    private static Filter oneOf(
            FieldPath path, @Nullable Object value, BiFunction<FieldPath, @Nullable Object, Filter> comparison) {
        return anyOf(comparisons(path, value, comparison));
    }

    private static Filter allOf(
            FieldPath path, @Nullable Object value, BiFunction<FieldPath, @Nullable Object, Filter> comparison) {
        return allOf(comparisons(path, value, comparison));
    }

    private static List<Filter> comparisons(
            FieldPath path, @Nullable Object value, BiFunction<FieldPath, @Nullable Object, Filter> comparison) {
        return forms(value).stream()
                .map(form -> comparison.apply(path, form.orElse(null)))
                .toList();
    }

    /**
     * Returns the values that a written one may stand for. Numbers compare exactly, and 0.1 is one number as a decimal, another as a double, and a third as a
     * float; the command line does not know which of them the field is.
     */
    private static List<Optional<Object>> forms(@Nullable Object value) {
        if (!(value instanceof BigDecimal decimal)) {
            return List.of(Optional.ofNullable(value));
        }
        List<Optional<Object>> forms = new ArrayList<>();
        forms.add(Optional.of(decimal));
        for (double binary : new double[] {decimal.doubleValue(), decimal.floatValue()}) {
            if (Double.isFinite(binary) && new BigDecimal(binary).compareTo(decimal) != 0) {
                forms.add(Optional.of(binary));
            }
        }
        return forms;
    }

    private Filter selection(FieldPath path) {
        if (keyword("in")) {
            require("(");
            List<@Nullable Object> values = new ArrayList<>();
            do {
                forms(value()).forEach(form -> values.add(form.orElse(null)));
            } while (symbol(","));
            require(")");
            return Filter.inList(path, values);
        }
        String written = path.toString();
        if (keyword("like")) {
            return Filter.like(written, quoted());
        }
        if (keyword("ilike")) {
            return Filter.likeIgnoreCase(written, quoted());
        }
        if (keyword("contains")) {
            return Filter.contains(written, quoted());
        }
        if (keyword("icontains")) {
            return Filter.containsIgnoreCase(written, quoted());
        }
        throw expected("=, !=, <, <=, >, >=, in, between, like, ilike, contains, icontains or is");
    }

    private FieldPath path() {
        space();
        int start = at;
        while (at < text.length() && "()=<>!,'".indexOf(text.charAt(at)) < 0 && !isSpace(text.charAt(at))) {
            if (text.startsWith("[\"", at)) {
                skipQuotedKey();
            } else {
                at++;
            }
        }
        String path = text.substring(start, at);
        if (path.isEmpty() || KEYWORDS.contains(path.toLowerCase(Locale.ROOT))) {
            at = start;
            throw expected("a field");
        }
        try {
            return FieldPath.parse(path);
        } catch (KormException malformed) {
            at = start;
            throw failure(malformed.getMessage());
        }
    }

    /** Moves behind the quotes of a key in brackets, in which everything may stand. */
    private void skipQuotedKey() {
        at += 2;
        while (at < text.length() && text.charAt(at) != '"') {
            at += text.charAt(at) == '\\' ? 2 : 1;
        }
        at = Math.min(at + 1, text.length());
    }

    private @Nullable Object value() {
        space();
        if (at < text.length() && text.charAt(at) == '\'') {
            return quoted();
        }
        if (keyword("true")) {
            return true;
        }
        if (keyword("false")) {
            return false;
        }
        if (keyword("null")) {
            return null;
        }
        int start = at;
        while (at < text.length() && "0123456789+-.eE".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        try {
            BigDecimal number = new BigDecimal(text.substring(start, at));
            boolean whole = number.scale() <= 0 && number.precision() - number.scale() < 19;
            return whole ? number.longValueExact() : number;
        } catch (NumberFormatException noNumber) {
            at = start;
            throw expected("a value: 'text', a number, true, false or null");
        }
    }

    private String quoted() {
        space();
        if (at >= text.length() || text.charAt(at) != '\'') {
            throw expected("a text in single quotes");
        }
        int start = at++;
        StringBuilder value = new StringBuilder();
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c != '\'') {
                value.append(c);
            } else if (at < text.length() && text.charAt(at) == '\'') {
                value.append('\'');
                at++;
            } else {
                return value.toString();
            }
        }
        at = start;
        throw expected("the single quote that ends the text which begins here");
    }

    /** Takes a word if it comes next, whatever its case. */
    private boolean keyword(String word) {
        space();
        int end = at + word.length();
        if (!text.regionMatches(true, at, word, 0, word.length())
                || (end < text.length() && !isSpace(text.charAt(end)) && "()'=<>!,".indexOf(text.charAt(end)) < 0)) {
            return false;
        }
        at = end;
        return true;
    }

    private boolean symbol(String symbol) {
        space();
        if (!text.startsWith(symbol, at)) {
            return false;
        }
        at += symbol.length();
        return true;
    }

    private void require(String symbol) {
        if (!symbol(symbol)) {
            throw expected("\"" + symbol + "\"");
        }
    }

    private boolean atEnd() {
        space();
        return at == text.length();
    }

    private void space() {
        while (at < text.length() && isSpace(text.charAt(at))) {
            at++;
        }
    }

    private static boolean isSpace(char c) {
        return Character.isWhitespace(c);
    }

    private Failure expected(String what) {
        return failure("expected " + what);
    }

    private Failure failure(@Nullable String why) {
        return new Failure("The filter is not valid at character " + (at + 1) + ": " + why, null);
    }
}
