package dev.korm.engine.pool;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.Change;
import dev.korm.ConfigurationException;
import dev.korm.FloatingItem;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Pool;
import dev.korm.PoolBuilder;
import dev.korm.Transaction;
import dev.korm.danger.Danger;
import dev.korm.engine.collection.ItemsOfType;
import dev.korm.engine.collection.RelocationsOfType;
import dev.korm.engine.commit.JournaledChanges;
import dev.korm.engine.item.ColumnReplacement;
import dev.korm.engine.item.ItemPrinter;
import dev.korm.engine.item.PoolContext;
import dev.korm.engine.write.ItemTransaction;
import dev.korm.model.Models;
import dev.korm.recovery.JournaledChange;
import dev.korm.relocate.Relocations;
import dev.korm.spi.LayerSource;
import dev.korm.spi.journal.JournalEntry;
import java.util.ArrayList;
import java.util.List;

/** The engine's door: what {@link dev.korm.Korm} asks for. */
public final class Engine {
    private Engine() {}

    public static PoolBuilder pool() {
        return new PoolBuilderImpl(null);
    }

    public static PoolBuilder discover(LayerSource layer) {
        return new PoolBuilderImpl(layer);
    }

    public static Danger danger() {
        return (pool, mode) -> {
            requireNonNull(pool, "pool");
            requireNonNull(mode, "mode");
            return own(pool).reset(mode);
        };
    }

    public static <T> Items<T> items(Class<T> type, Pool pool) {
        return new ItemsOfType<>(Models.of(type), opened(pool));
    }

    public static <T> Relocations<T> collections(Class<T> type, Pool pool) {
        PoolContext open = opened(pool);
        return new RelocationsOfType<>(new ItemsOfType<>(Models.of(type), open));
    }

    private static PoolContext opened(Pool pool) {
        return own(pool).context();
    }

    private static KormPool own(Pool pool) {
        if (pool instanceof KormPool open) {
            return open;
        }
        throw new ConfigurationException(
                "A pool is made by Korm.pool()…open(), not a " + pool.getClass().getName());
    }

    public static JournaledChange journaled(JournalEntry entry) {
        return JournaledChanges.of(entry);
    }

    @SuppressWarnings("unchecked") // A change set answers with items of the types that were put in.
    public static <T> List<Item<T>> createAll(List<FloatingItem<T>> items) {
        List<Item<T>> created = new ArrayList<>(items.size());
        for (Item<?> item : new ItemTransaction(items, ColumnReplacement.REFUSED).persist()) {
            created.add((Item<T>) item);
        }
        return created;
    }

    public static void show(List<? extends Item<?>> items) {
        ItemPrinter.print(items, System.out);
    }

    public static String show(List<? extends Item<?>> items, Item.View view) {
        return ItemPrinter.table(items, view);
    }

    public static Transaction transaction(List<? extends Change<?>> changes) {
        return new ItemTransaction(changes, ColumnReplacement.REFUSED);
    }
}
