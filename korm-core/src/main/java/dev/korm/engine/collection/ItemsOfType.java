package dev.korm.engine.collection;

import static dev.korm.argument.NullArgumentException.requireElements;
import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.ConfigurationException;
import dev.korm.FieldPath;
import dev.korm.FloatingItem;
import dev.korm.Item;
import dev.korm.ItemQuery;
import dev.korm.Items;
import dev.korm.ModelException;
import dev.korm.NotFoundException;
import dev.korm.Query;
import dev.korm.QueryException;
import dev.korm.Rn;
import dev.korm.RnException;
import dev.korm.Stored;
import dev.korm.engine.context.ItemIds;
import dev.korm.engine.context.ItemKey;
import dev.korm.engine.convert.ConvertedField;
import dev.korm.engine.convert.FieldConversion;
import dev.korm.engine.history.AsOfPool;
import dev.korm.engine.history.ItemVersions;
import dev.korm.engine.item.CollectionHandle;
import dev.korm.engine.item.NewItem;
import dev.korm.engine.item.PoolContext;
import dev.korm.engine.item.StoredItem;
import dev.korm.engine.key.KeyCheck;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.engine.read.ItemReader;
import dev.korm.engine.read.TrialRead;
import dev.korm.event.PoolCall;
import dev.korm.event.PreparationProgress;
import dev.korm.history.Versions;
import dev.korm.model.Model;
import dev.korm.model.existing.ExistingRecord;
import dev.korm.schema.Conversion;
import dev.korm.spi.query.TableName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The entry point for items of one type in a pool. */
public final class ItemsOfType<T> implements Items<T> {
    private final Model<T> model;
    private final PoolContext pool;

    public ItemsOfType(Model<T> model, PoolContext pool) {
        this.model = model;
        this.pool = pool;
    }

    /** Returns the pool as the calling thread sees it: through the transaction that it is within, if it is within one. */
    private PoolContext pool() {
        return pool.outer().isEmpty() ? pool.items().seen(pool) : pool;
    }

    @Override
    public FloatingItem<T> fromData(String layer, String namespace, String kind, T data) {
        requireNonNull(layer, "layer");
        requireNonNull(namespace, "namespace");
        requireNonNull(kind, "kind");
        requireNonNull(data, "data");
        return floating(home(layer, namespace, kind), data);
    }

    @Override
    public FloatingItem<T> fromData(String namespace, String kind, T data) {
        requireNonNull(namespace, "namespace");
        requireNonNull(kind, "kind");
        requireNonNull(data, "data");
        return floating(home(Rn.collection(namespace, kind)), data);
    }

    @Override
    public FloatingItem<T> fromData(Rn<T> collection, T data) {
        requireNonNull(collection, "collection");
        return floating(home(requireCollection(collection)), data);
    }

    @Override
    public FloatingItem<T> fromData(T data) {
        requireNonNull(data, "data");
        return floating(declaredHome(), data);
    }

    private FloatingItem<T> floating(CollectionHandle<T> home, T data) {
        ExistingRecord rows = model.existing().orElse(null);
        if (rows != null) {
            T keyed = rows.isNumbered() && rows.key(data).isEmpty()
                    ? model.type()
                            .cast(rows.numbered(data, home.layer().existing().next(model)))
                    : data;
            return new NewItem<>(home, rows.named(home.collection(), keyed), keyed);
        }
        return new NewItem<>(home, home.collection().item(ItemIds.random(pool.environment())), data);
    }

    @Override
    public Query<T> fromQuery(String layer, String namespace, String kind) {
        requireNonNull(layer, "layer");
        requireNonNull(namespace, "namespace");
        requireNonNull(kind, "kind");
        return new ModelQuery<>(home(layer, namespace, kind));
    }

    @Override
    public Query<T> fromQuery(String namespace, String kind) {
        requireNonNull(namespace, "namespace");
        requireNonNull(kind, "kind");
        return new ModelQuery<>(home(Rn.collection(namespace, kind)));
    }

    @Override
    public Query<T> fromQuery(Rn<T> collection) {
        requireNonNull(collection, "collection");
        return new ModelQuery<>(home(requireCollection(collection)));
    }

    @Override
    public Query<T> query() {
        return new ModelQuery<>(declaredHome());
    }

    @Override
    public ItemQuery<T> fromRn(Rn<T> rn) {
        requireNonNull(rn, "rn");
        return new NamedItemQuery<>(home(requireItem(rn).collection()), rn.unresolved());
    }

    @Override
    public ItemQuery<T> fromRn(String rn) {
        return fromRn(Rn.parse(rn));
    }

    @Override
    public void prepare(Rn<T> collection) {
        prepare(collection, progress -> {});
    }

    @Override
    public void prepare() {
        prepare(progress -> {});
    }

    @Override
    public void prepare(Consumer<PreparationProgress> progress) {
        requireNonNull(progress, "progress");
        prepare(declaredHome(), progress);
    }

    @Override
    public void prepare(Rn<T> collection, Consumer<PreparationProgress> progress) {
        requireNonNull(collection, "collection");
        requireNonNull(progress, "progress");
        prepare(home(requireCollection(collection)), progress);
    }

    /**
     * Requires that the pool's keys open what is stored in the record's collection.
     *
     * @throws dev.korm.SealException when they do not
     */
    public void requireKeys() {
        CollectionHandle<T> home = declaredHome();
        KeyCheck.require(home.base().layer(), home.table());
    }

    private void prepare(CollectionHandle<T> home, Consumer<PreparationProgress> progress) {
        model.warnOfReplacedNulls();
        TrialRead.require(home.base());
        home.base().layer().prepare(model, home.table(), progress);
    }

    @Override
    public Conversion convert(String field, Function<? super String, ? extends @Nullable Object> function) {
        return convert(field, String.class, function);
    }

    @Override
    public <V> Conversion convert(
            String field, Class<V> before, Function<? super V, ? extends @Nullable Object> function) {
        requireNonNull(field, "field");
        requireNonNull(before, "before");
        requireNonNull(function, "function");
        requireOwn("A conversion of its values");
        return new FieldConversion<>(
                new ConvertedField<>(model, FieldPath.parse(field), before, function), this::declaredHome, rn -> {
                    Rn<T> other = Rn.parse(rn.toString());
                    return home(requireCollection(other));
                });
    }

    @Override
    public Item<T> restore(Rn<T> rn) {
        requireNonNull(rn, "rn");
        requireOwn("The deleted " + rn);
        CollectionHandle<T> home = home(requireItem(rn).collection());
        StoredItem<T> found = ItemReader.find(ModelQuery.withDeleted(home.base()), rn.unresolved())
                .orElseThrow(() -> new NotFoundException(
                        rn + " is not in the layer \"" + home.layer().layer()
                                + "\", and no row is kept of it: it was purged, deleted for good, or never there",
                        rn));
        return pool().items().store(found.restoration());
    }

    @Override
    public Items<T> asOf(Instant moment) {
        requireNonNull(moment, "moment");
        requireOwn("A look at its items as of a moment");
        pool.pool().history();
        return new ItemsOfType<>(model, AsOfPool.at(pool.base(), moment));
    }

    @Override
    public Versions<T> history(Rn<T> rn) {
        requireNonNull(rn, "rn");
        requireOwn("A history of " + rn);
        pool.pool().history();
        return new ItemVersions<>(home(requireItem(rn).collection()).base(), rn);
    }

    @Override
    public List<Item<T>> fromRns(Collection<Rn<T>> rns) {
        requireElements(rns, "rns");
        Map<ItemKey, StoredItem<T>> found = new HashMap<>();
        Map<CollectionHandle<T>, Set<String>> wanted = new LinkedHashMap<>();
        List<ItemKey> keys = new ArrayList<>(rns.size());
        for (Rn<T> rn : rns) {
            CollectionHandle<T> home = home(requireItem(rn).collection());
            keys.add(home.key(rn));
            wanted.computeIfAbsent(home, any -> new LinkedHashSet<>())
                    .add(rn.id().orElseThrow());
        }
        wanted.forEach(
                (home, ids) -> home.call(PoolCall.GET, () -> home.pool().items().find(home, ids))
                        .forEach((id, item) -> found.put(home.key(item.rn()), item)));
        List<Item<T>> items = new ArrayList<>(keys.size());
        for (ItemKey key : keys) {
            StoredItem<T> item = found.get(key);
            if (item != null) {
                items.add(item);
            }
        }
        return items;
    }

    /** @param what only tables of korm's own have */
    void requireOwn(String what) {
        model.existing().ifPresent(rows -> {
            throw rows.refusal(what);
        });
    }

    CollectionHandle<T> home(String layer, String namespace, String kind) {
        pool.layers().layer(layer);
        return home(Rn.<T>collection(namespace, kind).from(layer));
    }

    CollectionHandle<T> home(Rn<T> collection) {
        if (!collection.mayName(model.type())) {
            Stored stored = model.home().orElseThrow();
            throw new QueryException(
                    collection + " is not the collection of " + model.type().getSimpleName()
                            + ", which is stored in " + stored.namespace() + ":" + stored.kind()
                            + " as its @Stored says. Use a record of the other collection, or Document");
        }
        PoolContext seen = pool();
        OpenLayer layer = collection.layer().map(seen.layers()::layer).orElseGet(() -> seen.layers()
                .homeOf(collection));
        TableName table = TableName.items(collection.namespace(), collection.kind());
        // Among several layers, an RN without one would mean the layer of whatever item it is put into.
        boolean among = collection.layer().isEmpty() && seen.layers().names().size() > 1;
        Rn<T> named = among ? collection.from(layer.layer()) : collection;
        return new CollectionHandle<>(seen, layer, model, table, named.unresolved());
    }

    CollectionHandle<T> declaredHome() {
        Stored stored = model.home()
                .orElseThrow(() -> new ConfigurationException(model.type().getSimpleName()
                        + " does not say where it is stored; give namespace and kind, or annotate it with @Stored"));
        Rn<T> collection = collection(stored);
        return stored.layer().isEmpty() ? home(collection) : home(collection.from(stored.layer()));
    }

    private Rn<T> collection(Stored stored) {
        try {
            return Rn.collection(stored.namespace(), stored.kind());
        } catch (RnException invalid) {
            throw new ModelException(
                    "@Stored of " + model.type().getSimpleName() + " does not name a collection. "
                            + invalid.getMessage(),
                    invalid);
        }
    }

    static <T> Rn<T> requireCollection(Rn<T> rn) {
        if (rn.form() != Rn.Form.COLLECTION) {
            throw new QueryException(
                    rn + " is not the RN of a collection, which ends in \":*\"; read a single item with fromRn(…)");
        }
        return rn;
    }

    private static <T> Rn<T> requireItem(Rn<T> rn) {
        if (rn.form() != Rn.Form.ITEM) {
            throw new QueryException(rn + " is not the RN of a single item; read a collection with fromQuery(…)");
        }
        return rn;
    }
}
