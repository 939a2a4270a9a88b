package dev.korm;

import dev.korm.limit.StatementTimeoutException;
import dev.korm.live.LiveEvent;
import dev.korm.live.LiveListener;
import dev.korm.live.LivePosition;
import dev.korm.live.LiveQuery;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Flow;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A question about the items of one collection.
 *
 * <pre>{@code
 * List<Item<Car>> cars = Korm.item(Car.class, pool)
 *         .fromQuery("cars", "suv")
 *         .where(eq("owner.username", "freddie").and(gt(Car::year, 2010)))
 *         .orderBy(desc(Car::year))
 *         .limit(20)
 *         .resolvePaths("owner")
 *         .get();
 * }</pre>
 *
 * <p>Immutable: each call answers a new query, so one can be kept and varied. Nothing is asked before one of the last methods
 * ({@code get}, {@code first}, {@code count}, …), each of which asks anew. Paths and constants are checked against the model
 * when they are given. A collection whose table does not exist yet has no items. Safe for many threads.
 *
 * <p>All methods that ask throw {@link StoreException} when the store fails and {@link ValueException} when a stored value
 * does not fit its field.
 *
 * @param <T> the type of the items
 */
public interface Query<T> {
    /**
     * Selects only items for which the filter is true. Adds to earlier filters: {@code where(a).where(b)} selects what
     * {@code where(a.and(b))} does.
     *
     * @throws PathException when a path names no field
     * @throws QueryException when an operator or constant does not fit its field
     */
    Query<T> where(Filter filter);

    /**
     * Sets the order; replaces an earlier one. Items that are equal in all keys follow in the order of their ids.
     * Without an order the items come in any.
     *
     * @throws PathException when a path names no field
     * @throws QueryException when a path has {@code [*]}, or names something that has no order
     */
    Query<T> orderBy(Order... orders);

    /** Limits the number of items. */
    Query<T> limit(int items);

    /**
     * Limits how long each statement may take that the question needs, in place of the limit of the pool ({@link PoolBuilder#timeout}). One that takes longer is ended in the store, with
     * a {@link StatementTimeoutException}; a change has then changed nothing. The time in which nobody takes an item of a {@link #stream()} does not count.
     *
     * @param longest from a millisecond on; zero for as long as it likes
     * @throws QueryException when it is negative
     */
    Query<T> timeout(Duration longest);

    /**
     * Reads along what references name: {@code owner}; {@code owner.*} also everything that the owner refers to directly;
     * {@code members[*]}, {@code owner.addresses[*].city} any depth. Adds to earlier paths. One round trip for each depth
     * and collection, however many references.
     *
     * @throws PathException when a path names no field, or leads to no reference
     */
    Query<T> resolvePaths(String... paths);

    /** Works as {@link #resolvePaths(String...)}. */
    Query<T> resolvePaths(FieldPath... paths);

    /** Resolves nothing more than before. */
    default Query<T> resolvePaths() {
        return resolvePaths(new String[0]);
    }

    /** Returns a reference that is to be resolved and names no item is an error, {@link MissingReferenceException}. */
    Query<T> requireReferences();

    /**
     * Shows items that are deleted and kept, too ({@link dev.korm.deletion.SoftDelete}), here and behind every reference of the question;
     * {@link Item#deletedAt} tells which these are. Nothing is changed by such a query, and a transaction asks none.
     */
    Query<T> includeDeleted();

    /** Returns the items. */
    List<Item<T>> get();

    /** Returns the first item, if there is one. */
    Optional<Item<T>> first();

    /**
     * Returns the items as they are read, in bounded memory, all as of one moment. Close it: it holds a connection until then.
     *
     * <pre>{@code
     * try (Stream<Item<Car>> cars = query.stream()) { … }
     * }</pre>
     *
     * <p>With {@link #resolvePaths(String...)}, or where the layer cannot answer alone what references of the filter or the order name,
     * the items come in portions and no connection is held in between, so that many such streams never wait for one another. Each
     * portion, from a few hundred to ten thousand items, is as of one moment, and the next as of a later one. An item that stays where
     * it is in the order comes exactly once; one whose order changes meanwhile may be missed or come twice.
     */
    Stream<Item<T>> stream();

    /** Returns the first page of so many items; in the order of ids where no order is given. */
    Page<T> page(int size);

    /**
     * Returns the page after another. Pages stay right while items come and go: each begins after the last item of the
     * page before.
     *
     * @param cursor what {@link Page#next()} of a page of the same query gave; null for the first page
     * @throws CursorException when the cursor was altered or belongs to another query
     */
    Page<T> page(int size, @Nullable String cursor);

    /** Returns the first page of so many items with the {@link Page#total()} of all pages; see {@link #pageWithTotal(int, String)}. */
    Page<T> pageWithTotal(int size);

    /**
     * Works as {@link #page(int, String)}, and says how many items there are on all pages together, as {@link #count()} does. Page and total are of one moment, in each layer that is asked; a layer
     * without snapshots, which are SQLite in memory and what other programs implement, and a transaction, answer the two questions one after the other.
     *
     * <p>A total costs reading the index or the table for all that the filter selects, again for every page. A first page that is not full costs nothing more. Where only "is
     * there more" is wanted, {@link Page#next()} of {@link #page(int, String)} says it.
     *
     * @param cursor what {@link Page#next()} of a page of the same query gave, with or without a total; null for the first page
     * @throws CursorException when the cursor was altered or belongs to another query
     */
    Page<T> pageWithTotal(int size, @Nullable String cursor);

    /** Counts the items, the limit taken into account. */
    long count();

    /** Returns whether there is an item. */
    boolean exists();

    /**
     * Returns the sum of a field, {@link Long}, {@link Double} or {@link java.math.BigDecimal} by its type; 0 without
     * values.
     */
    Number sum(String path);

    /** Works as {@link #sum(String)}. */
    <V> Number sum(Property<T, V> property);

    /** Returns the mean of a field; empty without values. */
    Optional<Double> avg(String path);

    /** Works as {@link #avg(String)}. */
    <V> Optional<Double> avg(Property<T, V> property);

    /** Returns the smallest value of a field, of the field's type; empty without values. */
    Optional<Object> min(String path);

    /** Works as {@link #min(String)}. */
    <V> Optional<V> min(Property<T, V> property);

    /** Returns the largest value of a field, of the field's type; empty without values. */
    Optional<Object> max(String path);

    /** Works as {@link #max(String)}. */
    <V> Optional<V> max(Property<T, V> property);

    /** Groups the items by the values of fields; none: all in one group. Aggregates follow by {@link Grouping#select}. */
    Grouping groupBy(String... paths);

    /** Works as {@link #groupBy(String...)}. */
    Grouping groupBy(FieldPath... paths);

    /** Returns all items as one group. */
    default Grouping groupBy() {
        return groupBy(new String[0]);
    }

    /**
     * Deletes every item that the filter finds, in one transaction; what refers to them is treated as {@link OnDelete} says, as
     * for {@link Item#delete}.
     *
     * @return how many, without those that went along
     * @throws ReferencedException when a policy forbids it; nothing was deleted
     * @throws QueryException without a filter; {@code where(everything())} says that all are meant
     */
    long deleteAll();

    /**
     * Sets fields of every item that the filter finds, in one transaction; revisions grow. Assignments that add, append or remove read the items, and hold
     * their changes in memory, as many as {@link PoolBuilder#largestChange} allows.
     *
     * @return how many items
     * @throws ValueException when a field cannot hold its value; nothing is changed
     * @throws QueryException without a filter; {@code where(everything())} says that all are meant
     */
    long updateAll(Assignment... assignments);

    /**
     * Keeps the answer true while data changes: the listener is told first of all items ({@link LiveEvent.Snapshot}), then of each that enters, changes, moves or leaves, whoever changes it. Items are in
     * the order of the query, and by id where it has none. The items are read at one moment of each layer, and again when a change can alter the answer; changes that come in a burst are told
     * together.
     *
     * <p>The changes of a table that a live query depends on are noted by its layer from then on (see {@code docs/live-queries.md}). Returns when the first answer is there; the listener is told by
     * another thread.
     *
     * @throws ConfigurationException when a layer that the query depends on tells of no changes
     * @throws QueryException within a transaction
     */
    LiveQuery<T> live(LiveListener<T> listener);

    /**
     * Works as {@link #live(LiveListener)}, for a listener that was told before, by this process or another: it is told how what it held then differs from what there is now, or of all items where that
     * is not known any more.
     *
     * @param from of {@link LiveQuery#position} or of an event that was the last of its change
     * @throws CursorException when the position was altered or belongs to another query
     */
    LiveQuery<T> live(LiveListener<T> listener, LivePosition from);

    /**
     * Returns the same events as {@link #live(LiveListener)} for those who ask for them one by one. Each subscriber has a live query of its own, beginning with a snapshot. What is not asked for waits,
     * up to a bound, behind which a fresh snapshot takes its place. A failure of the store passes without a word; any other ends the subscription with it, and closing the pool completes it.
     */
    Flow.Publisher<LiveEvent<T>> publisher();

    /** Explains how the query would be answered; asks the store for its plan and reads no item. */
    Explanation explain();
}
