package dev.korm.query;

import dev.korm.FieldPath;
import dev.korm.Filter;
import dev.korm.QueryException;
import dev.korm.model.Model;
import dev.korm.model.Node;
import dev.korm.spi.query.ColumnKind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Holds filters against the model as soon as they are given, so that a mistake shows where it was made. */
public final class FilterCheck {
    /** So deep filters may stand within one another, whatever looks through them by recursion. */
    private static final int DEEPEST = 100;

    /** So many comparisons a filter may make; the planners of databases take time that grows with their square. */
    private static final int MOST = 10_000;

    private FilterCheck() {}

    /**
     * Checks every path, operator and constant.
     *
     * @return the number of constants
     * @throws dev.korm.PathException when a path names no field
     * @throws QueryException when an operator or constant does not fit its field, or the filter is too deep or too long
     */
    public static long check(Filter filter, Model<?> model) {
        if (filter == null) {
            throw new QueryException(
                    "where(…) needs a filter, but was given null; leave where(…) out to select all items");
        }
        long constants = requireBounded(filter);
        check(filter, path -> Paths.follow(model, path));
        return constants;
    }

    /** Looks at the filter level by level, since it may be deeper than a thread's stack. */
    private static long requireBounded(Filter filter) {
        List<Filter> level = List.of(filter);
        long comparisons = 0;
        long constants = 0;
        for (int depth = 1; !level.isEmpty(); depth++) {
            if (depth > DEEPEST) {
                throw new QueryException(
                        "Filters stand at most " + DEEPEST + " deep within one another, and this one goes"
                                + " deeper, by not(…), any(…), or and(…) and or(…) in turn. A chain of and(…), or of or(…), is one level"
                                + " however long it is; put filters side by side, or run several queries");
            }
            List<Filter> next = new ArrayList<>();
            for (Filter each : level) {
                if (isConnective(each)) {
                    next.addAll(within(each));
                } else {
                    comparisons++;
                    constants +=
                            each instanceof Filter.OneOf list ? list.values().size() : 1;
                }
            }
            level = next;
        }
        if (comparisons > MOST) {
            throw new QueryException(
                    "A filter makes at most " + MOST + " comparisons, and this one makes " + comparisons
                            + ". A list of inList(…) counts as one, however long it is, and so do many equalities of one field, with no [*] in"
                            + " its path, side by side in or(…); use inList(…) where possible, or run several queries");
        }
        return constants;
    }

    private static boolean isConnective(Filter filter) {
        return filter instanceof Filter.And
                || filter instanceof Filter.Or
                || filter instanceof Filter.Not
                || filter instanceof Filter.AnyEntry;
    }

    private static List<Filter> within(Filter filter) {
        if (filter instanceof Filter.And and) {
            return and.filters();
        }
        if (filter instanceof Filter.Or or) {
            return Equalities.counted(or.filters());
        }
        return List.of(filter instanceof Filter.Not not ? not.filter() : ((Filter.AnyEntry) filter).entry());
    }

    private interface Types {
        Node at(FieldPath path);
    }

    private static void check(Filter filter, Types types) {
        if (filter instanceof Filter.And and) {
            and.filters().forEach(inner -> check(inner, types));
        } else if (filter instanceof Filter.Or or) {
            or.filters().forEach(inner -> check(inner, types));
        } else if (filter instanceof Filter.Not not) {
            check(not.filter(), types);
        } else if (filter instanceof Filter.Compare compare) {
            boolean ordered = compare.operator().compareTo(Filter.Operator.NOT_EQUAL) > 0;
            constant(types.at(compare.path()), compare.value(), compare.path(), ordered);
        } else if (filter instanceof Filter.Between between) {
            Node node = types.at(between.path());
            constant(node, between.low(), between.path(), true);
            constant(node, between.high(), between.path(), true);
        } else if (filter instanceof Filter.OneOf oneOf) {
            Node node = types.at(oneOf.path());
            oneOf.values().forEach(value -> constant(node, value, oneOf.path(), false));
        } else if (filter instanceof Filter.Text text) {
            text(types.at(text.path()), text);
        } else if (filter instanceof Filter.Null isNull) {
            types.at(isNull.path());
        } else if (filter instanceof Filter.Present present) {
            types.at(present.path());
        } else if (filter instanceof Filter.AnyEntry any) {
            Node entry = types.at(any.path().each());
            check(any.entry(), path -> Paths.follow(entry, path));
        }
    }

    private static void constant(Node node, @Nullable Object value, FieldPath path, boolean ordered) {
        if (value != null && (ordered || !node.isSearchable())) {
            Paths.requireOpen(node.kind(), path, "A filter");
        }
        if (ordered) {
            Paths.requireOrder(node, path);
        }
        if (value != null && !isAnyField(path)) {
            node.constant(value, path);
        }
    }

    private static void text(Node node, Filter.Text filter) {
        Paths.requireOpen(node.kind(), filter.path(), "A filter");
        boolean text = node.kind() == ColumnKind.TEXT || node.kind() == ColumnKind.RN;
        if (!text && !node.isDynamic() && !isAnyField(filter.path())) {
            throw new QueryException(
                    filter.match() + " compares texts, but " + filter.path() + " is " + node.typeNameWithArticle());
        }
        if (filter.text() != null) {
            Patterns.of(filter.match(), filter.text(), filter.sensitivity(), filter.path());
        }
    }

    /**
     * Checks for a path through .*, behind which the fields differ in type; which of them a constant fits shows when
     * the path is bound.
     */
    private static boolean isAnyField(FieldPath path) {
        return path.steps().get(path.steps().size() - 1) instanceof FieldPath.EveryField;
    }
}
