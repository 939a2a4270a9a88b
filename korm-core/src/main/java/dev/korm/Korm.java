package dev.korm;

import static dev.korm.argument.NullArgumentException.requireElements;
import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.danger.Danger;
import dev.korm.engine.pool.Engine;
import dev.korm.recovery.JournaledChange;
import dev.korm.relocate.Relocations;
import dev.korm.spi.LayerSource;
import dev.korm.spi.journal.JournalEntry;
import java.util.List;

/**
 * The entry point of the library.
 *
 * <pre>{@code
 * try (Pool pool = Korm.pool().layer("main", Sqlite.file("cars.sqlite")).open()) {
 *     Item<User> fred = Korm.item(User.class, pool)
 *             .fromData("users", "freetier", new User("Fred", "Flintstone"))
 *             .create();
 * }
 * }</pre>
 */
public final class Korm {
    private Korm() {}

    /** Begins a pool. */
    public static PoolBuilder pool() {
        return Engine.pool();
    }

    /**
     * Begins a pool as its metadata says, found from any one of its layers: {@code open()} then reads the metadata and opens all other layers, depots, the
     * journal and what else is recorded.
     *
     * <pre>{@code
     * try (Pool pool = Korm.discover(Sqlite.file("cars.sqlite")).keys(ring).open()) { … }
     * }</pre>
     *
     * <p>What the builder is given takes precedence over what is recorded: the keys that credentials are sealed with, and layers, depots or a journal that cannot be opened by
     * what is recorded of them. Settings that are nobody's identity, such as time limits, are not recorded. A pool of the original's is discovered in the same way.
     *
     * @param layer one layer of the pool; the one with the metadata, or any other
     */
    public static PoolBuilder discover(LayerSource layer) {
        requireNonNull(layer, "layer");
        return Engine.discover(layer);
    }

    /** Returns the acts that cannot be taken back, such as the reset of a pool; each is planned first. */
    public static Danger danger() {
        return Engine.danger();
    }

    /**
     * Returns the items of a type in a pool.
     *
     * @param type a record, or {@link Document} where there is none
     * @throws ModelException when the type cannot be stored; the message names the field and the reason
     */
    public static <T> Items<T> item(Class<T> type, Pool pool) {
        requireNonNull(type, "type");
        requireNonNull(pool, "pool");
        return Engine.items(type, pool);
    }

    /**
     * Creates many items at once: all or none, in one transaction and one round trip.
     *
     * @return the items in the same order
     * @throws AlreadyExistsException when an id is taken
     * @throws DuplicateException when a unique value is taken
     * @throws ConfigurationException when they belong to several layers of a pool without a journal
     */
    public static <T> List<Item<T>> createAll(List<FloatingItem<T>> items) {
        requireElements(items, "items");
        return Engine.createAll(items);
    }

    /**
     * Returns the collections of a type in a pool, to be copied or moved to another layer.
     *
     * @param type a record, or {@link Document} where there is none
     * @throws ModelException when the type cannot be stored; the message names the field and the reason
     */
    public static <T> Relocations<T> collection(Class<T> type, Pool pool) {
        requireNonNull(type, "type");
        requireNonNull(pool, "pool");
        return Engine.collections(type, pool);
    }

    /** Combines several changes that happen together or not at all. */
    public static Transaction tx(Change<?>... changes) {
        requireElements(changes, "changes");
        return tx(List.of(changes));
    }

    /** Combines several changes that happen together or not at all. */
    public static Transaction tx(List<? extends Change<?>> changes) {
        requireElements(changes, "changes");
        return Engine.transaction(changes);
    }

    /** Prints items as a table to standard output, as {@link Item#show()} prints one. Secrets are hidden. */
    public static void show(List<? extends Item<?>> items) {
        requireElements(items, "items");
        Engine.show(items);
    }

    /** Returns items as a table: a line for each, a column for each field. Columns that do not fit are cut. Secrets are hidden. */
    public static String show(List<? extends Item<?>> items, Item.View view) {
        requireElements(items, "items");
        requireNonNull(view, "view");
        return Engine.show(items, view);
    }

    /**
     * Reads what an entry of a journal is about, for tools; the entry of a change that is {@link JournalEntry.Kind#DONE} says nothing.
     *
     * @throws dev.korm.recovery.JournalException when it is of a later version, or of another program
     */
    public static JournaledChange journaled(JournalEntry entry) {
        requireNonNull(entry, "entry");
        return Engine.journaled(entry);
    }
}
