package dev.korm;

import dev.korm.event.PreparationProgress;
import dev.korm.history.HistoryException;
import dev.korm.history.Versions;
import dev.korm.schema.Conversion;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The entry point for items of one type: from data, a query, or an RN. Made by {@link Korm#item}. Immutable, safe for
 * many threads.
 *
 * <p>A layer may be left out where the pool has only one; namespace and kind where the record is {@link Stored}.
 *
 * @param <T> the type of the data
 */
public interface Items<T> {
    /** Returns a new item of the layer, namespace and kind, with an id of its own. */
    FloatingItem<T> fromData(String layer, String namespace, String kind, T data);

    /** Returns a new item in the pool's only layer. */
    FloatingItem<T> fromData(String namespace, String kind, T data);

    /** Returns a new item of the collection that an RN names. */
    FloatingItem<T> fromData(Rn<T> collection, T data);

    /** Returns a new item where {@link Stored} says. */
    FloatingItem<T> fromData(T data);

    /** Returns the items of a layer, namespace and kind. */
    Query<T> fromQuery(String layer, String namespace, String kind);

    /** Returns the items of a namespace and kind of the pool's only layer. */
    Query<T> fromQuery(String namespace, String kind);

    /**
     * Returns the items of the collection that an RN names.
     *
     * @throws QueryException when the RN names one item
     */
    Query<T> fromQuery(Rn<T> collection);

    /** Returns the items where {@link Stored} says. */
    Query<T> query();

    /**
     * Returns the item that an RN names.
     *
     * @throws QueryException when the RN names no single item
     */
    ItemQuery<T> fromRn(Rn<T> rn);

    /** Returns the item that an RN's text names. */
    ItemQuery<T> fromRn(String rn);

    /**
     * Gives the collection that an RN names all that the record asks for now: columns, indexes, and for fields that have
     * become unique or searchable what the store compares, worked out for the rows that are there. The first write does the
     * same; a program that only reads, or would have no write wait for it, calls this when it starts.
     *
     * <p>Reads the first and the last items by id as well, 16 each: where some cannot be read as the record is now, the log says so at WARN.
     *
     * @throws SchemaException when the record has fields that the collection has no columns for, and none of those items can be read, as without a {@link Default} of a new
     *     primitive field; nothing is made then
     * @throws DuplicateException when rows hold the same values of fields that become unique; nothing is unique then
     */
    void prepare(Rn<T> collection);

    /** Works as {@link #prepare(Rn)}, for the collection in {@link Stored}. */
    void prepare();

    /** Works as {@link #prepare()}, and reports how far it has come after each chunk of items that it works something out for. */
    void prepare(Consumer<PreparationProgress> progress);

    /** Works as {@link #prepare(Rn)}, and reports how far it has come. */
    void prepare(Rn<T> collection, Consumer<PreparationProgress> progress);

    /**
     * Returns the conversion of the texts of a field that was a {@code String} and has got another type, to be {@linkplain Conversion#run run}:
     *
     * <pre>{@code
     * patients.convert("age", text -> Integer.valueOf(text.strip())).run();
     * }</pre>
     *
     * @param field a top-level field
     * @param function is called for each value, at least twice, and has no other effect
     * @throws PathException when the record has no such field
     * @throws QueryException when the field is kept as text too, or holds references, files or secrets
     */
    Conversion convert(String field, Function<? super String, ? extends @Nullable Object> function);

    /**
     * Works as {@link #convert(String, Function)}, for a field that was of another type than {@code String}.
     *
     * @param before the type that the field had, such as {@code Long.class}
     * @throws QueryException when both types are kept alike, so that nothing would tell what is converted; or the field holds references, files or secrets
     */
    <V> Conversion convert(String field, Class<V> before, Function<? super V, ? extends @Nullable Object> function);

    /**
     * Restores an item that was deleted and kept, as it was, with a revision of its own. Its references lead where they led; what its deletion did to those who
     * referred to it stays as it is.
     *
     * @throws NotFoundException when there is no such item, or it was purged
     * @throws AlreadyExistsException when it is not deleted
     * @throws DuplicateException when another item has one of its unique values by now; nothing is changed
     * @throws ConflictException when others have restored it meanwhile
     */
    Item<T> restore(Rn<T> rn);

    /**
     * Returns the items as they were at a moment, to be read: by name, by queries, with what their references named then. The history tells it, and what
     * filters and orders ask is evaluated in memory while the versions pass. Whatever would change one of these items is refused.
     *
     * <pre>{@code
     * List<Item<Car>> before = cars.asOf(Instant.parse("2026-01-01T00:00:00Z")).query().where(eq("owner.name", "fred")).get();
     * }</pre>
     *
     * @throws ConfigurationException when the pool was made without {@link PoolBuilder#withHistory}
     * @throws HistoryException when the moment is still to come; reading throws it, too, where it is before the history of the layer begins
     */
    Items<T> asOf(Instant moment);

    /**
     * Returns the versions of an item, the newest first; none where it has no history.
     *
     * @throws ConfigurationException when the pool was made without {@link PoolBuilder#withHistory}
     * @throws QueryException when the RN names no single item
     */
    Versions<T> history(Rn<T> rn);

    /** Reads those items that exist, in the order of their RNs, in one round trip for each collection. */
    List<Item<T>> fromRns(Collection<Rn<T>> rns);
}
