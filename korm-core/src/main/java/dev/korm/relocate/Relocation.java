package dev.korm.relocate;

import dev.korm.AlreadyExistsException;
import dev.korm.DuplicateException;
import dev.korm.Pool;
import dev.korm.SchemaException;
import dev.korm.Stored;
import java.util.function.Consumer;

/**
 * A copy or move of a collection into another layer, where it keeps its namespace, kind, ids, revisions and unique values.
 *
 * <pre>{@code
 * Relocated moved = Korm.collection(User.class, pool)
 *         .from("userdb", "users", "freetier")
 *         .to("archive")
 *         .onProgress(progress -> System.out.println(progress))
 *         .move();
 * }</pre>
 *
 * <p>It may be killed at any point; the same call goes on where it stopped, since what was done is written into the target layer
 * together with the items. Others may go on writing to the source: what they change is copied again, a bounded number of
 * times. One process at a time relocates a collection, and nobody else writes to the copies before a relocation has come to its
 * end; a copy that was changed is never overwritten.
 *
 * <p>Columns that the record does not know go along. References in the items go on naming what they named: one without {@code
 * from} gets the layer that it was in, unless what it names is moved along.
 *
 * <p>Immutable, safe for many threads; memory is bounded by a page of items.
 *
 * @param <T> the type of the items
 */
public interface Relocation<T> {
    /** Sets the target layer. */
    Relocation<T> to(String layer);

    /** Tells how far it has come, after each page of items, in the thread that relocates. */
    Relocation<T> onProgress(Consumer<RelocationProgress> progress);

    /**
     * Copies the items and compares what arrived with the source. The copies have the same ids and are items of their own: who
     * refers to the originals goes on doing so, and a reference in a copy names what it names in the original, also where that
     * was copied too. Called again, it brings the copies up to date, those that were changed since apart.
     *
     * @throws AlreadyExistsException when the target has an item of one of the ids that is no copy
     * @throws DuplicateException when an item of the target that is no copy has a unique value
     * @throws RelocationException when the source is changed faster than it can be copied, an item was changed on both sides, or
     *     what arrived is not what was sent
     * @throws SchemaException when the table has a column that cannot go along
     */
    Relocated copy();

    /**
     * Copies the items, compares, has every reference in every layer of the pool name the new place, and deletes the items from
     * the old one, each only as it was copied. At every moment an item can be found under the references there are: both places
     * have it until the last step. Who writes a reference to the old place after that step writes one that names nothing; see
     * {@link Pool#danglingReferences}. Programs that name the old layer themselves, in code or by {@link Stored}, have to be
     * changed by hand.
     *
     * <p>What others delete meanwhile, in either place, goes from both, and all that refers to it by then follows its {@link
     * dev.korm.OnDelete}. Where that is {@code RESTRICT}, the move stops with a {@link RelocationException} that names who refers to it.
     *
     * @throws AlreadyExistsException when the target has an item of one of the ids that is no copy
     * @throws DuplicateException when an item of the target that is no copy has a unique value
     * @throws RelocationException when the source is changed faster than it can be copied, an item was changed on both sides, or
     *     what arrived is not what was sent
     * @throws SchemaException when the table has a column that cannot go along
     */
    Relocated move();

    /**
     * Returns the move of the collection as one change of a transaction, which happens with all the others or not at all; see {@link
     * dev.korm.Korm#tx} and {@link dev.korm.PoolTransaction#move(CollectionMove)}. It is for as many items as the pool changes at
     * once, see {@link dev.korm.PoolBuilder#largestChange}; persisting more is refused before anything is written, and {@link
     * #move()} has no such bound. The pool needs a journal. Nobody is told of progress.
     *
     * @throws dev.korm.ConfigurationException when the target is missing
     */
    CollectionMove<T> asChange();
}
