package dev.korm.engine.collection;

import static dev.korm.argument.NullArgumentException.requireElements;
import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.FieldPath;
import dev.korm.Item;
import dev.korm.ItemQuery;
import dev.korm.Rn;
import dev.korm.engine.item.CollectionHandle;
import dev.korm.engine.item.StoredItem;
import dev.korm.engine.read.ItemReader;
import dev.korm.engine.read.ResolvePaths;
import dev.korm.event.PoolCall;
import java.util.List;
import java.util.Optional;

/** A question for one item by name. */
final class NamedItemQuery<T> implements ItemQuery<T> {
    private final CollectionHandle<T> home;
    private final Rn<T> rn;
    private final ResolvePaths paths;

    NamedItemQuery(CollectionHandle<T> home, Rn<T> rn) {
        this(home, rn, ResolvePaths.NONE);
    }

    private NamedItemQuery(CollectionHandle<T> home, Rn<T> rn, ResolvePaths paths) {
        this.home = home;
        this.rn = rn;
        this.paths = paths;
    }

    @Override
    public ItemQuery<T> resolvePaths(String... more) {
        requireNonNull(more, "paths");
        return new NamedItemQuery<>(home, rn, paths.with(home.model(), more));
    }

    @Override
    public ItemQuery<T> resolvePaths(FieldPath... more) {
        requireElements(more, "paths");
        return new NamedItemQuery<>(home, rn, paths.with(home.model(), List.of(more)));
    }

    @Override
    public ItemQuery<T> requireReferences() {
        return new NamedItemQuery<>(home, rn, paths.required());
    }

    @Override
    public ItemQuery<T> includeDeleted() {
        return new NamedItemQuery<>(ModelQuery.withDeleted(home), rn, paths);
    }

    @Override
    public Item<T> get() {
        return find().orElseThrow(() -> ItemReader.missing(home, rn));
    }

    @Override
    public Optional<Item<T>> find() {
        return home.reading(PoolCall.GET, this::found);
    }

    private Optional<Item<T>> found() {
        Optional<StoredItem<T>> found = home.pool().items().find(home, rn);
        return paths.isEmpty()
                ? found.map(item -> item)
                : found.map(item -> paths.resolve(home.pool(), List.of(item)).get(0));
    }
}
