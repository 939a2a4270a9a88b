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
import java.util.HashMap;
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
    private record Collection(String layer, TableName table, Class<?> type) {}

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
        /** By id, those of earlier levels. */
        final List<Map<String, StoredItem<R>>> asked = new ArrayList<>();

        Map<String, StoredItem<R>> awaited = new LinkedHashMap<>();

        Group(CollectionHandle<R> home, DirectPaths further) {
            this.home = home;
            this.further = further;
        }

        StoredItem<R> item(String id) {
            for (Map<String, StoredItem<R>> level : asked) {
                StoredItem<R> known = level.get(id);
                if (known != null) {
                    return known;
                }
            }
            return awaited.computeIfAbsent(
                    id, wanted -> StoredItem.awaited(home, home.collection().item(wanted)));
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
        boolean complete = true;
        List<Level<?>> level = next();
        while (!level.isEmpty()) {
            read(level);
            for (Level<?> one : level) {
                complete &= one.awaited.values().stream().noneMatch(StoredItem::isAwaited);
            }
            level = next();
        }
        if (!complete) {
            tellMissing();
        }
        // Whoever sees an item sees it filled, however it was handed on.
        VarHandle.releaseFence();
        return items;
    }

    /** What is asked of one collection at once. */
    private static final class Level<R> {
        final Group<R> group;
        final Map<String, StoredItem<R>> awaited;

        Level(Group<R> group) {
            this.group = group;
            this.awaited = group.awaited;
            group.asked.add(awaited);
            group.awaited = new LinkedHashMap<>();
        }

        void fill(FieldReferences references) {
            ItemReader.fill(group.home, List.copyOf(awaited.keySet()), awaited, references);
        }
    }

    private List<Level<?>> next() {
        List<Level<?>> next = new ArrayList<>();
        for (Group<?> group : groups.values()) {
            if (!group.awaited.isEmpty()) {
                next.add(new Level<>(group));
            }
        }
        return next;
    }

    private void read(List<Level<?>> level) {
        Map<String, List<Level<?>>> byLayer = new LinkedHashMap<>();
        for (Level<?> one : level) {
            byLayer.computeIfAbsent(one.group.home.layer().layer(), any -> new ArrayList<>())
                    .add(one);
        }
        List<Supplier<Integer>> tasks = new ArrayList<>();
        byLayer.forEach((layer, inOneLayer) -> tasks.add(() -> {
            for (Level<?> one : inOneLayer) {
                one.fill(new Meeting(layer, one.group.further));
            }
            return inOneLayer.size();
        }));
        home.pool().layers().parallel().all(tasks);
    }

    /** Has references to items that were not found say so. */
    private void tellMissing() {
        items.forEach(DirectResolver::tellMissing);
        for (Group<?> group : groups.values()) {
            group.asked.forEach(level -> level.values().forEach(DirectResolver::tellMissing));
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
        private final List<Map<String, Rn<?>>> byField = new ArrayList<>();

        /** @param layer where the rows are */
        Meeting(String layer, DirectPaths along) {
            this.layer = layer;
            this.along = along;
            for (int field = 0; field < along.width(); field++) {
                byField.add(along.of(field) == null ? Map.of() : new HashMap<>());
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
            byField.get(field).put(text, given);
            return given;
        }

        private Rn<?> carrying(Rn<?> rn, DirectPaths.Target target) {
            if (rn.form() == Rn.Form.COLLECTION) {
                throw new QueryException(rn + " names a collection, and cannot be resolved to one item");
            }
            lock.lock();
            try {
                Collection collection = new Collection(
                        rn.layer().orElse(layer), TableName.items(rn.namespace(), rn.kind()), target.type());
                Group<?> group = groups.get(collection);
                if (group == null) {
                    group = group(Models.of(target.type()), collection, target.further());
                    groups.put(collection, group);
                }
                return carry(rn, group.item(rn.id().orElseThrow()));
            } finally {
                lock.unlock();
            }
        }
    }

    private <R> Group<R> group(Model<R> model, Collection collection, DirectPaths further) {
        PoolContext pool = home.pool();
        OpenLayer layer = pool.layers().layer(collection.layer());
        Rn<R> bare =
                Rn.collection(collection.table().namespace(), collection.table().kind());
        Rn<R> all = pool.layers().names().size() == 1 ? bare : bare.from(collection.layer());
        return new Group<>(new CollectionHandle<>(pool, layer, model, collection.table(), all), further);
    }

    @SuppressWarnings("unchecked") // The item is read as the type that the reference declares.
    private static <R> Rn<R> carry(Rn<R> rn, StoredItem<?> item) {
        return rn.carrying((StoredItem<R>) item);
    }
}
