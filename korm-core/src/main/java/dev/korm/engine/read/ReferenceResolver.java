package dev.korm.engine.read;

import dev.korm.FieldPath;
import dev.korm.Item;
import dev.korm.MissingReferenceException;
import dev.korm.QueryException;
import dev.korm.Rn;
import dev.korm.engine.item.CollectionHandle;
import dev.korm.engine.item.PoolContext;
import dev.korm.engine.item.StoredItem;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.file.FileRef;
import dev.korm.model.Model;
import dev.korm.model.Models;
import dev.korm.model.reference.ReferenceVisitor;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.query.TableName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads what references name and puts it into the items that hold them: level by level, one question for each collection and
 * level, different layers at once, each item read once. For one answer; used by one thread.
 */
final class ReferenceResolver {
    /** The treatment of references to missing items. */
    enum Missing {
        ALLOWED,
        REFUSED
    }

    /** The items of one type in one collection. */
    private record Collection(String layer, TableName table, Class<?> type) {}

    /** The remainder of a path behind a reference; one object for all that are equal. */
    private static final class Rest {
        final List<FieldPath.Step> steps;
        final int number;

        /** What is left later, by its length. */
        final Rest[] later;

        Rest(List<FieldPath.Step> steps, int number) {
            this.steps = steps;
            this.number = number;
            this.later = new Rest[steps.size() + 1];
        }

        Rest behind(List<FieldPath.Step> fewer) {
            return later[fewer.size()];
        }

        boolean isEnd() {
            return steps.isEmpty();
        }
    }

    /** An item that references name. */
    private static final class Referred {
        final Group group;
        final String id;

        /** By the number of what was left of the path. */
        final boolean[] seen;

        /** What references are given to carry, likewise: places that ask one item for the same depth share it. */
        final @Nullable Object[] made;

        @Nullable StoredItem<?> item;

        boolean asked;

        Referred(Group group, String id, int rests) {
            this.group = group;
            this.id = id;
            this.seen = new boolean[rests];
            this.made = new @Nullable Object[rests];
        }
    }

    /** The references into one collection. */
    private static final class Group {
        final Collection collection;
        final String namespace;
        final String kind;
        final Map<String, Referred> referred = new HashMap<>();
        List<String> wanted = new ArrayList<>();

        Group(Collection collection) {
            this.collection = collection;
            this.namespace = collection.table().namespace();
            this.kind = collection.table().kind();
        }

        boolean holds(Rn<?> rn, String layer, Class<?> type) {
            return type == collection.type()
                    && rn.namespace().equals(namespace)
                    && rn.kind().equals(kind)
                    && layer.equals(collection.layer());
        }
    }

    /** An item, seen with the rest of a path. */
    private record Visit(Referred referred, Rest rest) {}

    private final PoolContext pool;
    private final Missing missing;
    private final List<Rest> paths = new ArrayList<>();
    private final Map<List<FieldPath.Step>, Rest> rests = new HashMap<>();
    private final Map<Collection, Group> groups = new LinkedHashMap<>();

    /** The one that was looked for last; the next reference is mostly to the same. */
    private @Nullable Group last;

    /** As {@link Referred#made}, of items that were carried already. */
    private final IdentityHashMap<StoredItem<?>, @Nullable Object[]> carried = new IdentityHashMap<>();

    ReferenceResolver(PoolContext pool, List<FieldPath> paths, Missing missing) {
        this.pool = pool;
        this.missing = missing;
        for (FieldPath path : paths) {
            this.paths.add(rest(path.steps()));
        }
    }

    private Rest rest(List<FieldPath.Step> steps) {
        Rest known = rests.get(steps);
        if (known != null) {
            return known;
        }
        Rest rest = new Rest(List.copyOf(steps), rests.size());
        rests.put(rest.steps, rest);
        rest.later[steps.size()] = rest;
        for (int from = 1; from <= steps.size(); from++) {
            rest.later[steps.size() - from] = rest(steps.subList(from, steps.size()));
        }
        return rest;
    }

    /** Returns the items with the references at the paths resolved, in the same order. */
    <T> List<Item<T>> resolve(List<StoredItem<T>> items) {
        if (paths.isEmpty() || items.isEmpty()) {
            return List.copyOf(items);
        }
        read(items);
        List<Item<T>> resolved = new ArrayList<>(items.size());
        for (StoredItem<T> item : items) {
            StoredItem<T> whole = item;
            for (Rest path : paths) {
                whole = carrying(whole, path);
            }
            resolved.add(whole);
        }
        return resolved;
    }

    private <T> void read(List<StoredItem<T>> items) {
        List<Visit> level = new ArrayList<>();
        for (StoredItem<T> item : items) {
            for (Rest path : paths) {
                references(item, path, level);
            }
        }
        while (!level.isEmpty()) {
            readMissing(level);
            List<Visit> next = new ArrayList<>();
            for (Visit visit : level) {
                StoredItem<?> item = visit.referred().item;
                if (item != null && !visit.rest().isEnd()) {
                    references(item, visit.rest(), next);
                }
            }
            level = next;
        }
    }

    private <T> void references(StoredItem<T> item, Rest path, List<Visit> level) {
        if (!item.isReadable()) {
            return;
        }
        CollectionHandle<T> home = item.home();
        home.model().mapReferences(item.data(), path.steps, (rn, type, steps) -> {
            if (rn.mayName(type)) {
                Referred referred = referred(rn, type, home);
                Rest rest = path.behind(steps);
                if (!referred.seen[rest.number]) {
                    referred.seen[rest.number] = true;
                    level.add(new Visit(referred, rest));
                }
            }
            return rn;
        });
    }

    private Referred referred(Rn<?> rn, Class<?> type, CollectionHandle<?> holder) {
        if (rn.form() == Rn.Form.COLLECTION) {
            throw new QueryException(rn + " names a collection, and cannot be resolved to one item");
        }
        String layer = rn.layer().orElse(holder.layer().layer());
        Group group = last;
        if (group == null || !group.holds(rn, layer, type)) {
            TableName table = TableName.items(rn.namespace(), rn.kind());
            group = groups.computeIfAbsent(new Collection(layer, table, type), Group::new);
            last = group;
        }
        String id = rn.id().orElseThrow();
        Referred known = group.referred.get(id);
        if (known == null) {
            known = new Referred(group, id, rests.size());
            group.referred.put(id, known);
        }
        return known;
    }

    private void readMissing(List<Visit> level) {
        Map<String, Set<Group>> byLayer = new LinkedHashMap<>();
        for (Visit visit : level) {
            Referred referred = visit.referred();
            if (!referred.asked) {
                referred.asked = true;
                Group group = referred.group;
                if (group.wanted.isEmpty()) {
                    byLayer.computeIfAbsent(group.collection.layer(), any -> new LinkedHashSet<>())
                            .add(group);
                }
                group.wanted.add(referred.id);
            }
        }
        List<Supplier<Map<Group, List<? extends StoredItem<?>>>>> tasks = new ArrayList<>();
        for (Set<Group> inOneLayer : byLayer.values()) {
            tasks.add(() -> {
                Map<Group, List<? extends StoredItem<?>>> items = new HashMap<>();
                for (Group group : inOneLayer) {
                    items.put(group, ItemReader.all(home(group.collection), group.wanted));
                }
                return items;
            });
        }
        for (Map<Group, List<? extends StoredItem<?>>> answers :
                pool.layers().parallel().all(tasks)) {
            answers.forEach((group, items) -> {
                group.wanted = new ArrayList<>();
                for (StoredItem<?> item : items) {
                    Referred referred = group.referred.get(item.rn().id().orElseThrow());
                    if (referred != null) {
                        referred.item = item;
                    }
                }
            });
        }
    }

    private CollectionHandle<?> home(Collection collection) {
        return home(Models.of(collection.type()), collection.layer(), collection.table());
    }

    private <T> CollectionHandle<T> home(Model<T> model, String name, TableName table) {
        OpenLayer layer = pool.layers().layer(name);
        Rn<T> bare = Rn.collection(table.namespace(), table.kind());
        Rn<T> collection = pool.layers().names().size() == 1 ? bare : bare.from(name);
        return new CollectionHandle<>(pool, layer, model, table, collection);
    }

    /** Returns the item with the references at a path carrying what was read. */
    private <T> StoredItem<T> carrying(StoredItem<T> item, Rest path) {
        if (!item.isReadable()) {
            return item;
        }
        CollectionHandle<T> home = item.home();
        return item.with(home.model().mapReferences(item.data(), path.steps, new Carrying<>(item, path)));
    }

    /** Puts what was read into an item. */
    private final class Carrying<T> implements ReferenceVisitor {
        private final StoredItem<T> item;
        private final Rest path;

        Carrying(StoredItem<T> item, Rest path) {
            this.item = item;
            this.path = path;
        }

        @Override
        public FileRef file(FileRef file) {
            if (file.isFloating()) {
                return file;
            }
            Depot depot = pool.depots().depot(file.rn());
            if (missing == Missing.REFUSED && depot.stat(file.rn()).isEmpty()) {
                throw new MissingReferenceException(
                        item.rn() + " refers to " + file + ", which is not in its depot. Restore the file, or leave out"
                                + " requireReferences()",
                        file.rn());
            }
            return file.in(depot);
        }

        @Override
        public Rn<?> visit(Rn<?> rn, Class<?> type, List<FieldPath.Step> steps) {
            if (rn.isDepot()) {
                return rn;
            }
            if (!rn.mayName(type)) {
                if (missing == Missing.REFUSED) {
                    throw new MissingReferenceException(
                            item.rn() + " refers to " + rn + ", which is not in the collection of "
                                    + type.getSimpleName()
                                    + ". Correct the reference, or leave out requireReferences()",
                            rn);
                }
                return rn;
            }
            StoredItem<?> whole = whole(rn, type, path.behind(steps));
            if (whole == null) {
                if (missing == Missing.REFUSED) {
                    throw new MissingReferenceException(
                            item.rn() + " refers to " + rn
                                    + ", which does not exist. Correct the reference, or leave out requireReferences()",
                            rn);
                }
                return rn.missing();
            }
            return carry(rn, whole);
        }

        private @Nullable StoredItem<?> whole(Rn<?> rn, Class<?> type, Rest rest) {
            if (rn.carried().orElse(null) instanceof StoredItem<?> known) {
                return made(known, rest, carried.computeIfAbsent(known, any -> new @Nullable Object[rests.size()]));
            }
            Referred referred = referred(rn, type, item.home());
            return referred.item == null ? null : made(referred.item, rest, referred.made);
        }
    }

    private StoredItem<?> made(StoredItem<?> base, Rest rest, @Nullable Object[] depths) {
        if (rest.isEnd()) {
            return base;
        }
        if (depths[rest.number] instanceof StoredItem<?> known) {
            return known;
        }
        StoredItem<?> whole = carrying(base, rest);
        depths[rest.number] = whole;
        return whole;
    }

    @SuppressWarnings("unchecked") // The item was read as the type that the reference declares.
    private static <T> Rn<T> carry(Rn<T> rn, StoredItem<?> item) {
        return rn.carrying((StoredItem<T>) item);
    }
}
