package dev.korm.engine.read;

import dev.korm.QueryException;
import dev.korm.Rn;
import dev.korm.engine.item.CollectionHandle;
import dev.korm.engine.item.PoolContext;
import dev.korm.engine.item.StoredItem;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.engine.layer.TableView;
import dev.korm.model.Model;
import dev.korm.model.Models;
import dev.korm.model.row.FieldReferences;
import dev.korm.spi.RowCursor;
import dev.korm.spi.query.TableName;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads what references name along {@link DirectPaths}, without a copy of any item: a row's references are given, as it is read, items that are awaited, and these are filled
 * level by level, by one question for each collection and level, different layers at once. For one answer; used by one thread, and by those that ask layers for it.
 */
final class DirectResolver<T> {
    /** The items of one type in one collection. */
    private record Collection(String layer, String namespace, String kind, Class<?> type) {
        /** @param home the layer of an RN that names none */
        boolean holds(Rn<?> rn, String home, Class<?> wanted) {
            return type == wanted
                    && namespace.equals(rn.namespace())
                    && kind.equals(rn.kind())
                    && layer.equals(rn.layer().orElse(home));
        }
    }

    private final CollectionHandle<T> home;
    private final Meeting meeting;
    private final List<StoredItem<T>> items;
    private final ReentrantLock lock = new ReentrantLock();

    /** Guarded by the lock, as is what they await. */
    private final Map<Collection, Group<?>> groups = new LinkedHashMap<>();

    /** The items of one collection. */
    private static final class Group<R> {
        final CollectionHandle<R> home;
        final DirectPaths further;
        final Map<String, String> mods;
        /** By id, those of earlier levels. */
        final List<IdTable<StoredItem<R>>> asked = new ArrayList<>();

        IdTable<StoredItem<R>> awaited = new IdTable<>();

        /** The ids of those, as they were met. */
        List<String> wanted = new ArrayList<>();

        Group(CollectionHandle<R> home, DirectPaths further) {
            this.home = home;
            this.further = further;
            this.mods = home.collection().mods();
        }

        /** @param rn names an item of the collection, in whatever spelling */
        StoredItem<R> item(Rn<?> rn) {
            String id = rn.id().orElseThrow();
            for (IdTable<StoredItem<R>> level : asked) {
                StoredItem<R> known = level.get(id);
                if (known != null) {
                    return known;
                }
            }
            StoredItem<R> known = awaited.get(id);
            if (known == null) {
                known = StoredItem.awaited(home, named(rn, id));
                awaited.add(id, known);
                wanted.add(id);
            }
            return known;
        }

        /** Returns the name that the item has here: mostly the very one that it is referred to by. */
        @SuppressWarnings("unchecked") // What is referred to is read as the type of the collection.
        private Rn<R> named(Rn<?> rn, String id) {
            return mods.size() <= 1 && rn.mods().equals(mods)
                    ? (Rn<R>) rn
                    : home.collection().item(id);
        }
    }

    /** @param items gets what is read */
    DirectResolver(CollectionHandle<T> home, DirectPaths paths, List<StoredItem<T>> items) {
        this.home = home;
        this.items = items;
        this.meeting = new Meeting(home.layer().layer(), paths);
    }

    /** Adds the item of the row at hand. */
    void add(TableView<T> view, RowCursor row) {
        items.add(StoredItem.read(view, row, home, meeting));
    }

    /** Reads what the items refer to, and returns them. */
    List<StoredItem<T>> resolved() {
        int missing = 0;
        List<Level<?>> level = next();
        while (!level.isEmpty()) {
            missing += read(level);
            level = next();
        }
        if (missing > 0) {
            tellMissing();
        }
        // Whoever sees an item sees it filled, however it was handed on.
        VarHandle.releaseFence();
        return items;
    }

    /** The items of one collection that are asked for at once. */
    private static final class Level<R> {
        final Group<R> group;
        private final IdTable<StoredItem<R>> awaited;
        private final List<String> wanted;

        Level(Group<R> group) {
            this.group = group;
            this.awaited = group.awaited;
            this.wanted = group.wanted;
            group.asked.add(awaited);
            group.awaited = new IdTable<>();
            group.wanted = new ArrayList<>();
        }

        /** Returns how many of them were not found. */
        int fill(FieldReferences references) {
            return wanted.size() - ItemReader.fill(group.home, wanted, awaited, references);
        }
    }

    private List<Level<?>> next() {
        List<Level<?>> next = new ArrayList<>();
        for (Group<?> group : groups.values()) {
            if (!group.wanted.isEmpty()) {
                next.add(new Level<>(group));
            }
        }
        return next;
    }

    /** Returns how many items were not found. */
    private int read(List<Level<?>> level) {
        Map<String, List<Level<?>>> byLayer = new LinkedHashMap<>();
        for (Level<?> one : level) {
            byLayer.computeIfAbsent(one.group.home.layer().layer(), any -> new ArrayList<>())
                    .add(one);
        }
        List<Supplier<Integer>> tasks = new ArrayList<>();
        byLayer.forEach((layer, inOneLayer) -> tasks.add(() -> {
            int missing = 0;
            for (Level<?> one : inOneLayer) {
                missing += one.fill(new Meeting(layer, one.group.further));
            }
            return missing;
        }));
        int missing = 0;
        for (int inOneLayer : home.pool().layers().parallel().all(tasks)) {
            missing += inOneLayer;
        }
        return missing;
    }

    /** Has references to items that were not found say so. */
    private void tellMissing() {
        items.forEach(DirectResolver::tellMissing);
        for (Group<?> group : groups.values()) {
            group.asked.forEach(level -> level.each(DirectResolver::tellMissing));
        }
    }

    private static <R> void tellMissing(StoredItem<R> item) {
        if (item.isReadable()) {
            item.fill(item.home()
                    .model()
                    .mapAllReferences(
                            item.data(),
                            rn -> rn.carried().orElse(null) instanceof StoredItem<?> carried && carried.isAwaited()
                                    ? rn.missing()
                                    : rn));
        }
    }

    /** The references of rows of one collection, of which what they name is awaited. */
    private final class Meeting implements FieldReferences {
        private final String layer;
        private final DirectPaths along;
        private final List<IdTable<Rn<?>>> byField = new ArrayList<>();

        /** The one that was looked for last, and its key; the next reference is mostly to the same. */
        private @Nullable Group<?> last;

        private @Nullable Collection lastOf;

        /** @param layer where the rows are */
        Meeting(String layer, DirectPaths along) {
            this.layer = layer;
            this.along = along;
            for (int field = 0; field < along.width(); field++) {
                byField.add(new IdTable<>());
            }
        }

        @Override
        public @Nullable Rn<?> known(int field, String text) {
            return field < along.width() ? byField.get(field).get(text) : null;
        }

        @Override
        public Rn<?> met(int field, String text, Rn<?> rn) {
            DirectPaths.Target target = along.of(field);
            if (target == null) {
                return rn;
            }
            Rn<?> given = rn.mayName(target.type()) ? carrying(rn, target) : rn;
            byField.get(field).add(text, given);
            return given;
        }

        private Rn<?> carrying(Rn<?> rn, DirectPaths.Target target) {
            if (rn.form() == Rn.Form.COLLECTION) {
                throw new QueryException(rn + " names a collection, and cannot be resolved to one item");
            }
            Collection collection = lastOf;
            if (collection == null || !collection.holds(rn, layer, target.type())) {
                collection = new Collection(rn.layer().orElse(layer), rn.namespace(), rn.kind(), target.type());
                lastOf = collection;
                last = null;
            }
            lock.lock();
            try {
                Group<?> group = last;
                if (group == null) {
                    group = groups.get(collection);
                    if (group == null) {
                        group = group(Models.of(target.type()), collection, target.further());
                        groups.put(collection, group);
                    }
                    last = group;
                }
                return carry(rn, group.item(rn));
            } finally {
                lock.unlock();
            }
        }
    }

    private <R> Group<R> group(Model<R> model, Collection collection, DirectPaths further) {
        PoolContext pool = home.pool();
        OpenLayer layer = pool.layers().layer(collection.layer());
        TableName table = TableName.items(collection.namespace(), collection.kind());
        Rn<R> bare = Rn.collection(collection.namespace(), collection.kind());
        Rn<R> all = pool.layers().names().size() == 1 ? bare : bare.from(collection.layer());
        return new Group<>(new CollectionHandle<>(pool, layer, model, table, all), further);
    }

    @SuppressWarnings("unchecked") // The item is read as the type that the reference declares.
    private static <R> Rn<R> carry(Rn<R> rn, StoredItem<?> item) {
        return rn.carrying((StoredItem<R>) item);
    }
}
