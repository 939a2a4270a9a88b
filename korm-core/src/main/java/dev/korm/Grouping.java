package dev.korm;

import java.util.List;

/**
 * Items in groups.
 *
 * <pre>{@code
 * strikes.groupBy("species", "phase")
 *        .orderBy(desc(sum("cost")))
 *        .limit(10)
 *        .select(count(), sum("cost"));
 * }</pre>
 *
 * <p>Immutable.
 */
public interface Grouping {
    /**
     * Returns the order of the groups: by fields they are grouped by, or by aggregates. Replaces an earlier one.
     *
     * @throws QueryException for a field that the items are not grouped by
     */
    Grouping orderBy(Order... orders);

    /** Limits the number of groups. */
    Grouping limit(int groups);

    /** Computes the groups, with these aggregates. */
    List<Group> select(Aggregate... aggregates);

    /** Explains how the query would be answered. */
    Explanation explain(Aggregate... aggregates);
}
