package dev.korm;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.RandomAccess;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The filters that stand side by side in one connective. Immutable. One that is made longer at its end shares its array with the
 * longer one, so that a program which puts a filter together in a loop pays for each step the same.
 */
final class FilterChain extends AbstractList<Filter> implements RandomAccess {
    /** Others may have filled it from {@code size} on; nothing before that ever changes. */
    private final Filter[] filters;

    private final int size;

    /** How much of the array the longest chain over it has filled. */
    private final AtomicInteger filled;

    private FilterChain(Filter[] filters, int size, AtomicInteger filled) {
        this.filters = filters;
        this.size = size;
        this.filled = filled;
    }

    /**
     * Returns the filters with those of a nested connective in its place.
     *
     * @param nested the filters of a connective of the same kind; empty for any other filter
     */
    static FilterChain of(List<Filter> filters, Function<Filter, Optional<List<Filter>>> nested) {
        FilterChain chain = null;
        for (Filter filter : filters) {
            Filter each = requireFilter(filter);
            Optional<List<Filter>> parts = nested.apply(each);
            if (chain == null && parts.isPresent() && parts.get() instanceof FilterChain longer) {
                chain = longer;
                continue;
            }
            chain = chain == null ? empty(filters.size()) : chain;
            chain = parts.isPresent() ? chain.plus(parts.get()) : chain.plus(List.of(each));
        }
        return chain == null ? empty(0) : chain;
    }

    /** Refuses null, which programs give that put a filter together from conditions that they have or have not. */
    static Filter requireFilter(@Nullable Filter filter) {
        if (filter == null) {
            throw new QueryException(
                    "A filter was expected, but null was given; leave it out, or use everything() where all items are meant");
        }
        return filter;
    }

    static Filter[] requireFilters(Filter @Nullable [] filters) {
        if (filters == null) {
            throw new QueryException("Filters were expected, but null was given; give none, or an empty array");
        }
        Arrays.asList(filters).forEach(FilterChain::requireFilter);
        return filters;
    }

    /** @param values an array or a collection of them, in which null stands for null or absent */
    static <V> V requireValues(@Nullable V values) {
        if (values == null) {
            throw new QueryException(
                    "inList takes several values, but null was given instead; for items without a value use isNull(…)");
        }
        return values;
    }

    private static FilterChain empty(int room) {
        return new FilterChain(new Filter[room], 0, new AtomicInteger());
    }

    private FilterChain plus(List<Filter> more) {
        int longer = size + more.size();
        boolean fits = longer <= filters.length && filled.compareAndSet(size, longer);
        Filter[] array = filters;
        if (!fits) {
            array = new Filter[Math.max(longer, 2 * size)];
            System.arraycopy(filters, 0, array, 0, size);
        }
        if (more instanceof FilterChain chain) {
            System.arraycopy(chain.filters, 0, array, size, chain.size);
        } else {
            for (int i = 0; i < more.size(); i++) {
                array[size + i] = more.get(i);
            }
        }
        return new FilterChain(array, longer, fits ? filled : new AtomicInteger(longer));
    }

    @Override
    public Filter get(int index) {
        return filters[Objects.checkIndex(index, size)];
    }

    @Override
    public int size() {
        return size;
    }
}
