package dev.korm.engine;

import dev.korm.FieldPath;
import dev.korm.FileRef;
import dev.korm.Item;
import dev.korm.MissingReferenceException;
import dev.korm.QueryException;
import dev.korm.Rn;
import dev.korm.model.Model;
import dev.korm.model.Models;
import dev.korm.model.ReferenceVisitor;
import dev.korm.spi.Depot;
import dev.korm.spi.TableName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Reads what references name and puts it into the items that hold them: level by level, one question for each collection and
 * level, different layers at once, each item read once. For one answer; used by one thread.
 */
final class Resolver {
    /** Whether a reference may name nothing. */
    enum Missing {
        ALLOWED,
        REFUSED
    }

    private record Target(ItemKey key, Class<?> type) {}

    private record Collection(String layer, TableName table, Class<?> type) {
        static Collection of(Target target) {
            return new Collection(target.key().layer(), target.key().table(), target.type());
        }
    }

    /** An item, seen with the rest of a path. */
    private record Visit(Target target, List<FieldPath.Step> rest) {}

    private final KormPool pool;
    private final Missing missing;
    private final List<FieldPath> paths;
    private final Map<Target, StoredItem<?>> found = new HashMap<>();
    /** What references were given to carry: places that ask one item for the same depth share it. */
    private final IdentityHashMap<StoredItem<?>, Map<List<FieldPath.Step>, StoredItem<?>>> made =
            new IdentityHashMap<>();

    Resolver(KormPool pool, List<FieldPath> paths, Missing missing) {
        this.pool = pool;
        this.paths = paths;
        this.missing = missing;
    }

    /** The items with the references at the paths resolved, in the same order. */
    <T> List<Item<T>> resolve(List<StoredItem<T>> items) {
        if (paths.isEmpty() || items.isEmpty()) {
            return List.copyOf(items);
        }
        read(items);
        List<Item<T>> resolved = new ArrayList<>(items.size());
        for (StoredItem<T> item : items) {
            StoredItem<T> whole = item;
            for (FieldPath path : paths) {
                whole = carrying(whole, path.steps());
            }
            resolved.add(whole);
        }
        return resolved;
    }

    private <T> void read(List<StoredItem<T>> items) {
        Set<Visit> seen = new LinkedHashSet<>();
        List<Visit> level = new ArrayList<>();
        for (StoredItem<T> item : items) {
            for (FieldPath path : paths) {
                references(item, path.steps(), seen, level);
            }
        }
        while (!level.isEmpty()) {
            readMissing(level);
            List<Visit> next = new ArrayList<>();
            for (Visit visit : level) {
                StoredItem<?> item = found.get(visit.target());
                if (item != null && !visit.rest().isEmpty()) {
                    references(item, visit.rest(), seen, next);
                }
            }
            level = next;
        }
    }

    private <T> void references(StoredItem<T> item, List<FieldPath.Step> steps, Set<Visit> seen, List<Visit> level) {
        Home<T> home = item.home();
        home.model().mapReferences(item.data(), steps, (rn, type, rest) -> {
            if (!rn.isDepot()) {
                Visit visit = new Visit(target(rn, type, home), rest);
                if (seen.add(visit)) {
                    level.add(visit);
                }
            }
            return rn;
        });
    }

    private Target target(Rn<?> rn, Class<?> type, Home<?> holder) {
        if (rn.form() == Rn.Form.COLLECTION) {
            throw new QueryException(rn + " names a collection, and cannot be resolved to one item");
        }
        return new Target(ItemKey.of(rn, holder.layer().layer()), type);
    }

    private void readMissing(List<Visit> level) {
        Map<Collection, Set<String>> wanted = new LinkedHashMap<>();
        for (Visit visit : level) {
            Target target = visit.target();
            if (!found.containsKey(target)) {
                wanted.computeIfAbsent(Collection.of(target), any -> new LinkedHashSet<>())
                        .add(target.key().id());
            }
        }
        Map<String, List<Collection>> byLayer = new LinkedHashMap<>();
        wanted.keySet().forEach(collection -> byLayer.computeIfAbsent(collection.layer(), any -> new ArrayList<>())
                .add(collection));
        List<Supplier<Map<Target, StoredItem<?>>>> tasks = new ArrayList<>();
        for (List<Collection> collections : byLayer.values()) {
            tasks.add(() -> {
                Map<Target, StoredItem<?>> items = new HashMap<>();
                for (Collection collection : collections) {
                    read(home(collection), wanted.getOrDefault(collection, Set.of()), collection.type(), items);
                }
                return items;
            });
        }
        pool.parallel().all(tasks).forEach(found::putAll);
    }

    private <T> void read(Home<T> home, Set<String> ids, Class<?> type, Map<Target, StoredItem<?>> items) {
        pool.reader()
                .find(home, ids)
                .forEach((id, item) ->
                        items.put(new Target(new ItemKey(home.layer().layer(), home.table(), id), type), item));
    }

    private Home<?> home(Collection collection) {
        return home(Models.of(collection.type()), collection.layer(), collection.table());
    }

    private <T> Home<T> home(Model<T> model, String name, TableName table) {
        OpenLayer layer = pool.layer(name);
        Rn<T> bare = Rn.collection(table.namespace(), table.kind());
        Rn<T> collection = pool.layers().size() == 1 ? bare : bare.from(name);
        return new Home<>(pool, layer, model, table, collection);
    }

    /** The item with the references at a path carrying what was read. */
    private <T> StoredItem<T> carrying(StoredItem<T> item, List<FieldPath.Step> steps) {
        Home<T> home = item.home();
        return item.with(home.model().mapReferences(item.data(), steps, new Carrying<>(item)));
    }

    /** Puts what was read into an item. */
    private final class Carrying<T> implements ReferenceVisitor {
        private final StoredItem<T> item;

        Carrying(StoredItem<T> item) {
            this.item = item;
        }

        @Override
        public FileRef file(FileRef file) {
            if (file.isFloating()) {
                return file;
            }
            Depot depot = pool.depot(file.rn());
            if (missing == Missing.REFUSED && depot.stat(file.rn()).isEmpty()) {
                throw new MissingReferenceException(
                        item.rn() + " refers to " + file + ", which is not in its depot. Restore the file, or leave out"
                                + " requireReferences()",
                        file.rn());
            }
            return file.in(depot);
        }

        @Override
        public Rn<?> visit(Rn<?> rn, Class<?> type, List<FieldPath.Step> rest) {
            if (rn.isDepot()) {
                return rn;
            }
            StoredItem<?> base = rn.carried().orElse(null) instanceof StoredItem<?> carried
                    ? carried
                    : found.get(target(rn, type, item.home()));
            if (base == null) {
                if (missing == Missing.REFUSED) {
                    throw new MissingReferenceException(
                            item.rn() + " refers to " + rn + ", which does not exist. Mend the reference, or leave out"
                                    + " requireReferences()",
                            rn);
                }
                return rn;
            }
            return carry(rn, made(base, rest));
        }
    }

    private StoredItem<?> made(StoredItem<?> base, List<FieldPath.Step> rest) {
        if (rest.isEmpty()) {
            return base;
        }
        Map<List<FieldPath.Step>, StoredItem<?>> depths = made.computeIfAbsent(base, any -> new HashMap<>());
        StoredItem<?> known = depths.get(rest);
        if (known == null) {
            known = carrying(base, rest);
            depths.put(rest, known);
        }
        return known;
    }

    @SuppressWarnings("unchecked") // The item was read as the type that the reference declares.
    private static <T> Rn<T> carry(Rn<T> rn, StoredItem<?> item) {
        return rn.carrying((StoredItem<T>) item);
    }
}
