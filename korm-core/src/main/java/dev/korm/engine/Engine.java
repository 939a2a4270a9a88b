package dev.korm.engine;

import dev.korm.Change;
import dev.korm.FloatingItem;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Pool;
import dev.korm.PoolBuilder;
import dev.korm.Transaction;
import java.util.List;

/** The engine's door: what {@link dev.korm.Korm} asks for. */
public final class Engine {
    private Engine() {}

    public static PoolBuilder pool() {
        throw new UnsupportedOperationException();
    }

    public static <T> Items<T> items(Class<T> type, Pool pool) {
        throw new UnsupportedOperationException();
    }

    public static <T> List<Item<T>> createAll(List<FloatingItem<T>> items) {
        throw new UnsupportedOperationException();
    }

    public static Transaction transaction(List<? extends Change<?>> changes) {
        throw new UnsupportedOperationException();
    }
}
