package dev.korm.engine.live;

import dev.korm.FieldPath;
import dev.korm.Filter;
import dev.korm.Order;
import dev.korm.engine.read.Criteria;

/** Finds out whether criteria may go through references. */
final class DeepPaths {
    private DeepPaths() {}

    /** Returns whether a path has several steps, or references are resolved: so the answer may depend on tables that are made later. */
    static boolean areIn(Criteria criteria) {
        return !criteria.resolve().isEmpty()
                || criteria.filter().filter(DeepPaths::isDeep).isPresent()
                || criteria.order().stream()
                        .anyMatch(order -> order.key() instanceof Order.ByField field && isDeep(field.path()));
    }

    private static boolean isDeep(FieldPath path) {
        return path.steps().size() > 1;
    }

    private static boolean isDeep(Filter filter) {
        if (filter instanceof Filter.And and) {
            return and.filters().stream().anyMatch(DeepPaths::isDeep);
        }
        if (filter instanceof Filter.Or or) {
            return or.filters().stream().anyMatch(DeepPaths::isDeep);
        }
        if (filter instanceof Filter.Not not) {
            return isDeep(not.filter());
        }
        if (filter instanceof Filter.Compare compare) {
            return isDeep(compare.path());
        }
        if (filter instanceof Filter.Between between) {
            return isDeep(between.path());
        }
        if (filter instanceof Filter.OneOf oneOf) {
            return isDeep(oneOf.path());
        }
        if (filter instanceof Filter.Text text) {
            return isDeep(text.path());
        }
        if (filter instanceof Filter.Null isNull) {
            return isDeep(isNull.path());
        }
        if (filter instanceof Filter.Present present) {
            return isDeep(present.path());
        }
        return true;
    }
}
