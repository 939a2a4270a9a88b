package dev.korm.engine.read;

import dev.korm.FieldPath;
import dev.korm.Item;
import dev.korm.PathException;
import dev.korm.engine.item.CollectionHandle;
import dev.korm.engine.item.PoolContext;
import dev.korm.engine.item.StoredItem;
import dev.korm.engine.layer.TableView;
import dev.korm.model.Model;
import dev.korm.query.FederatedSelection;
import dev.korm.query.Paths;
import dev.korm.spi.RowCursor;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The references that a query resolves. Immutable. */
public record ResolvePaths(List<FieldPath> paths, ReferenceResolver.Missing missing) {
    public static final ResolvePaths NONE = new ResolvePaths(List.of(), ReferenceResolver.Missing.ALLOWED);

    public ResolvePaths {
        paths = List.copyOf(paths);
    }

    public boolean isEmpty() {
        return paths.isEmpty();
    }

    public ResolvePaths with(Model<?> model, String... texts) {
        List<FieldPath> more = new ArrayList<>();
        for (String text : texts) {
            more.add(FieldPath.parse(text));
        }
        return with(model, more);
    }

    public ResolvePaths with(Model<?> model, List<FieldPath> more) {
        Set<FieldPath> all = new LinkedHashSet<>(paths);
        for (FieldPath path : more) {
            if (!Paths.meetsReference(model, path)) {
                throw new PathException("The path " + path
                        + " leads to neither a reference nor a file, so there is nothing to resolve"
                        + Paths.toEntries(model, path)
                                .map(entries -> "; did you mean \"" + entries + "\"?")
                                .orElse(""));
            }
            all.add(path);
        }
        return new ResolvePaths(List.copyOf(all), missing);
    }

    public ResolvePaths required() {
        return new ResolvePaths(paths, ReferenceResolver.Missing.REFUSED);
    }

    /** Returns the items that a selection finds, with the references at the paths resolved. */
    public <T> List<Item<T>> read(CollectionHandle<T> home, Function<TableView<T>, FederatedSelection> asked) {
        DirectPaths direct = direct(home.model());
        if (direct == null) {
            return resolve(
                    home.pool(),
                    ItemReader.ask(home, view -> ItemReader.all(view, home, asked.apply(view)))
                            .orElse(List.of()));
        }
        return ItemReader.ask(home, view -> {
                    DirectResolver<T> resolver = new DirectResolver<>(home, direct, new ArrayList<>());
                    try (RowCursor row = home.layer().select(asked.apply(view))) {
                        while (row.next()) {
                            resolver.add(view, row);
                        }
                    }
                    return resolver;
                })
                .map(resolver -> List.<Item<T>>copyOf(resolver.resolved()))
                .orElse(List.of());
    }

    /** Returns the paths from items of a model, where what they lead to can be read without a copy of any item; else null. */
    @Nullable DirectPaths direct(Model<?> model) {
        return paths.isEmpty() || missing == ReferenceResolver.Missing.REFUSED
                ? null
                : DirectPaths.of(model, paths).orElse(null);
    }

    /** Returns the items with the references at the paths resolved, in the same order. */
    public <T> List<Item<T>> resolve(PoolContext pool, List<StoredItem<T>> items) {
        return paths.isEmpty() ? List.copyOf(items) : new ReferenceResolver(pool, paths, missing).resolve(items);
    }
}
