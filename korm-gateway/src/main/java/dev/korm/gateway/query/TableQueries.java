package dev.korm.gateway.query;

import dev.korm.Document;
import dev.korm.Filter;
import dev.korm.Korm;
import dev.korm.Order;
import dev.korm.Pool;
import dev.korm.Query;
import dev.korm.Rn;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes korm's query of one that a client wrote, with the rows of the policy joined to it. */
public final class TableQueries {
    private TableQueries() {}

    /**
     * A query of korm, and what makes it the same as another: two subscribers of the same question are answered by one.
     *
     * @param query the query
     * @param key equal for queries that find the same rows in the same order
     */
    public record Question(Query<Document> query, Object key) {}

    /** The parts of a question, by which it is told from others. */
    private record Key(Rn<Document> collection, Filter filter, List<Order> order, int limit) {}

    /**
     * Returns the question.
     *
     * @param rows the rows that the client may see
     * @param most how many rows an answer has at the most
     */
    public static Question question(
            Pool pool, Rn<Document> collection, Filter rows, FieldNames names, QuerySpec spec, int most) {
        Filter filter = rows.and(filter(names, spec.filter().orElse(null))).and(new Keyset(names).after(spec));
        Order[] order = new Keyset(names).order(spec);
        int limit = spec.limit() == 0 ? most : Math.min(spec.limit(), most);
        return new Question(
                Korm.item(Document.class, pool)
                        .fromQuery(collection)
                        .where(filter)
                        .orderBy(order)
                        .limit(limit),
                new Key(collection, filter, List.of(order), limit));
    }

    /** Returns the filter of a part, everything for none. */
    public static Filter filter(FieldNames names, QuerySpec.@Nullable Node node) {
        return node == null ? Filter.everything() : new Translation(names).filter(node);
    }
}
