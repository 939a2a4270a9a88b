package dev.korm.gateway.query;

import static dev.korm.gateway.wire.RefusedException.bad;
import static dev.korm.gateway.wire.RefusedException.unsupported;

import dev.korm.FieldPath;
import dev.korm.Filter;
import dev.korm.Filter.Case;
import dev.korm.Filter.Match;
import dev.korm.gateway.query.QuerySpec.Basic;
import dev.korm.gateway.query.QuerySpec.Node;
import dev.korm.gateway.query.QuerySpec.Range;
import dev.korm.gateway.query.QuerySpec.Scalar;
import dev.korm.gateway.query.QuerySpec.Several;
import dev.korm.gateway.query.QuerySpec.Value;
import dev.korm.gateway.query.QuerySpec.Wrapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Makes korm's filters of the protocol's. The logic is SQL's: a comparison with null is never true, whichever side has it. What korm has no filter for is refused by its name.
 *
 * <p>For one query, and one thread. Wrappers only join, so that unknown and false come to the same here: a condition that can never be true is a filter that finds nothing.
 */
public final class Translation {
    private static final Filter NEVER = Filter.or();

    private static final int MOST_CONDITIONS = 500;
    private static final int MOST_VALUES = 5_000;

    private final FieldNames names;
    private int conditions;

    public Translation(FieldNames names) {
        this.names = names;
    }

    /** Returns the filter of a whole query; a wrapper without parts is what a client sends that has no filter. */
    public Filter filter(Node node) {
        return node instanceof Wrapper wrapper && wrapper.parts().isEmpty() ? Filter.everything() : part(node);
    }

    private Filter part(Node node) {
        if (node instanceof Wrapper wrapper) {
            Filter[] parts = wrapper.parts().stream().map(this::part).toArray(Filter[]::new);
            return wrapper.any() ? Filter.or(parts) : Filter.and(parts);
        }
        return basic((Basic) node);
    }

    private Filter basic(Basic basic) {
        if (++conditions > MOST_CONDITIONS) {
            throw bad("The filter has more than " + MOST_CONDITIONS + " conditions");
        }
        if (basic.distinct()) {
            throw unsupported("\"distinct\" of the filter " + basic.type().word() + " has no meaning for rows");
        }
        return switch (basic.type()) {
            case EQUALS -> compared(basic, value -> same(basic, value));
            case NOT_EQUALS -> compared(basic, value -> different(basic, value));
            case LESS_THAN -> ordered(basic, Filter::lt);
            case LESS_THAN_OR_EQUALS -> ordered(basic, Filter::lte);
            case GREATER_THAN -> ordered(basic, Filter::gt);
            case GREATER_THAN_OR_EQUALS -> ordered(basic, Filter::gte);
            case IS_NULL -> Filter.isNull(names.single(basic.field()));
            case IS_NOT_NULL -> Filter.exists(names.single(basic.field()));
            case STARTS_WITH -> text(basic, Match.STARTS_WITH, false);
            case ENDS_WITH -> text(basic, Match.ENDS_WITH, false);
            case CONTAINS -> text(basic, Match.CONTAINS, false);
            case NOT_CONTAINS -> text(basic, Match.CONTAINS, true);
            case BETWEEN -> within(basic, range(basic), false);
            case NOT_BETWEEN -> outside(basic, range(basic));
            case RANGE_CONTAINED_BY -> within(basic, range(basic), true);
            case IN_LIST -> inList(basic);
            case NOT_IN_LIST -> notInList(basic);
            case ARRAY_CONTAINS -> arrayContains(basic);
            case ARRAY_OVERLAPS -> arrayOverlaps(basic);
            case ARRAY_EQUALS -> array(basic, Filter::eq, list(basic));
            case ARRAY_NOT_EQUALS -> array(basic, Filter::ne, list(basic));
            case ARRAY_EMPTY -> array(basic, Filter::eq, List.of());
            case ARRAY_NOT_EMPTY -> array(basic, Filter::ne, List.of());
            case ARRAY_LENGTH -> arrayLength(basic);
            case JSON_CONTAINS -> new JsonContainment(names.inside(basic.field())).filter(text(basic));
            case JSON_HAS_KEY -> hasKey(names.inside(basic.field()), text(basic));
            case JSON_HAS_ANY_KEY -> keys(basic, Filter::or);
            case JSON_HAS_ALL_KEYS -> keys(basic, Filter::and);
            case REGEX, NOT_REGEX ->
                throw unsupported(basic.type().word()
                        + " is not answered: the databases read regular expressions each in its own way");
            case ARRAY_CONTAINED_BY, JSON_CONTAINED_BY ->
                throw unsupported(basic.type().word() + " is not answered: no condition on every entry is there");
            case JSON_GET_FIELD, JSON_GET_FIELD_AS_TEXT ->
                throw unsupported(
                        basic.type().word() + " is not answered: it gives a value, which is neither true nor false");
            case RANGE_CONTAINS -> throw unsupported(basic.type().word() + " is not answered: no field holds ranges");
        };
    }

    private Filter compared(Basic basic, Function<Object, Filter> made) {
        Object value = scalar(basic);
        return value == null ? NEVER : made.apply(value);
    }

    private Filter same(Basic basic, Object value) {
        FieldPath path = names.path(basic.field());
        return basic.ignoreCase() && value instanceof String text
                ? new Filter.Text(path, Match.EQUALS, text, Case.INSENSITIVE)
                : Filter.eq(path, value);
    }

    private Filter different(Basic basic, Object value) {
        FieldPath path = names.path(basic.field());
        return basic.ignoreCase() && value instanceof String text
                ? Filter.not(new Filter.Text(path, Match.EQUALS, text, Case.INSENSITIVE))
                : Filter.ne(path, value);
    }

    private Filter ordered(Basic basic, BiFunction<FieldPath, Object, Filter> comparison) {
        return compared(basic, value -> comparison.apply(names.path(basic.field()), orderable(basic, value)));
    }

    private static Object orderable(Basic basic, Object value) {
        if (basic.ignoreCase() && value instanceof String) {
            throw unsupported("\"case_insensitive\" of the filter "
                    + basic.type().word() + " is not answered: texts are ordered by code point");
        }
        return value;
    }

    private Filter text(Basic basic, Match match, boolean negated) {
        Object value = scalar(basic);
        if (value == null) {
            return NEVER;
        }
        if (!(value instanceof String text)) {
            throw bad(basic.type().word() + " needs a text");
        }
        Filter filter = new Filter.Text(
                names.path(basic.field()), match, text, basic.ignoreCase() ? Case.INSENSITIVE : Case.SENSITIVE);
        return negated ? Filter.not(filter) : filter;
    }

    /** Returns what lies between two values; a null is an open end of a range, and otherwise makes the whole unknown. */
    private Filter within(Basic basic, Range range, boolean open) {
        FieldPath path = names.path(basic.field());
        Object low = range.low().value();
        Object high = range.high().value();
        if (!open && (low == null || high == null)) {
            return NEVER;
        }
        List<Filter> parts = new ArrayList<>();
        if (low != null) {
            orderable(basic, low);
            parts.add(range.includeLow() ? Filter.gte(path, low) : Filter.gt(path, low));
        }
        if (high != null) {
            orderable(basic, high);
            parts.add(range.includeHigh() ? Filter.lte(path, high) : Filter.lt(path, high));
        }
        return parts.isEmpty() ? Filter.exists(path) : Filter.and(parts.toArray(Filter[]::new));
    }

    private Filter outside(Basic basic, Range range) {
        FieldPath path = names.path(basic.field());
        List<Filter> parts = new ArrayList<>();
        Object low = range.low().value();
        if (low != null) {
            orderable(basic, low);
            parts.add(range.includeLow() ? Filter.lt(path, low) : Filter.lte(path, low));
        }
        Object high = range.high().value();
        if (high != null) {
            orderable(basic, high);
            parts.add(range.includeHigh() ? Filter.gt(path, high) : Filter.gte(path, high));
        }
        return Filter.or(parts.toArray(Filter[]::new));
    }

    private Filter inList(Basic basic) {
        Filter[] parts = list(basic).stream()
                .filter(Objects::nonNull)
                .map(value -> same(basic, value))
                .toArray(Filter[]::new);
        if (!basic.ignoreCase() && parts.length > 1) {
            return Filter.inList(
                    names.path(basic.field()),
                    list(basic).stream().filter(Objects::nonNull).toList());
        }
        return Filter.or(parts);
    }

    private Filter notInList(Basic basic) {
        List<@Nullable Object> values = list(basic);
        if (values.contains(null)) {
            return NEVER;
        }
        return values.isEmpty() ? Filter.everything() : Filter.not(inList(basic));
    }

    private Filter arrayContains(Basic basic) {
        FieldPath entries = names.single(basic.field()).each();
        List<@Nullable Object> values = list(basic);
        if (values.contains(null)) {
            return NEVER;
        }
        return values.isEmpty()
                ? Filter.exists(names.single(basic.field()))
                : Filter.and(
                        values.stream().map(value -> Filter.eq(entries, value)).toArray(Filter[]::new));
    }

    private Filter arrayOverlaps(Basic basic) {
        FieldPath entries = names.single(basic.field()).each();
        return Filter.or(list(basic).stream()
                .filter(Objects::nonNull)
                .map(value -> Filter.eq(entries, value))
                .toArray(Filter[]::new));
    }

    private Filter array(Basic basic, BiFunction<FieldPath, Object, Filter> comparison, List<?> whole) {
        return comparison.apply(names.single(basic.field()), whole);
    }

    private Filter arrayLength(Basic basic) {
        Object length = scalar(basic);
        if (!(length instanceof Number number)) {
            throw bad(basic.type().word() + " needs a number");
        }
        if (number.doubleValue() != 0) {
            throw unsupported(
                    basic.type().word() + " is answered for 0 alone: no other length of a list is there to ask for");
        }
        return Filter.eq(names.single(basic.field()), List.of());
    }

    private Filter keys(Basic basic, Function<Filter[], Filter> joined) {
        FieldPath path = names.inside(basic.field());
        return joined.apply(list(basic).stream()
                .map(key -> {
                    if (key instanceof String name) {
                        return hasKey(path, name);
                    }
                    throw bad(basic.type().word() + " needs texts");
                })
                .toArray(Filter[]::new));
    }

    /** Returns the filter of a member that is there: one whose value is null counts as absent, as everywhere in korm; a list has a text among its entries. */
    private static Filter hasKey(FieldPath path, String key) {
        return Filter.or(Filter.exists(path.then(new FieldPath.Field(key))), Filter.eq(path.each(), key));
    }

    private static Value value(Basic basic) {
        return basic.value().orElseThrow(() -> bad(basic.type().word() + " needs a value"));
    }

    private static @Nullable Object scalar(Basic basic) {
        if (value(basic) instanceof Scalar scalar) {
            return scalar.value();
        }
        throw bad(basic.type().word() + " needs a single value, not a list and not a range");
    }

    private static String text(Basic basic) {
        if (scalar(basic) instanceof String text) {
            return text;
        }
        throw bad(basic.type().word() + " needs a text");
    }

    /** Returns the values of a list; a single one stands for a list of it. */
    private static List<@Nullable Object> list(Basic basic) {
        Value value = value(basic);
        if (value instanceof Several several) {
            if (several.values().size() > MOST_VALUES) {
                throw bad("A list has more than " + MOST_VALUES + " values");
            }
            return several.values();
        }
        if (value instanceof Scalar scalar) {
            List<@Nullable Object> one = new ArrayList<>();
            one.add(scalar.value());
            return one;
        }
        throw bad(basic.type().word() + " needs a list, not a range");
    }

    private static Range range(Basic basic) {
        Value value = value(basic);
        if (value instanceof Range range) {
            return range;
        }
        if (value instanceof Several several && several.values().size() == 2) {
            return new Range(
                    new Scalar(several.values().get(0)),
                    new Scalar(several.values().get(1)),
                    true,
                    true);
        }
        throw bad(basic.type().word() + " needs a range, or a list of two values");
    }
}
