package dev.korm.engine.read;

import dev.korm.FieldPath;
import dev.korm.Item;
import dev.korm.PathException;
import dev.korm.engine.item.PoolContext;
import dev.korm.engine.item.StoredItem;
import dev.korm.model.Model;
import dev.korm.query.Paths;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

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

    /** Returns the items with the references at the paths resolved, in the same order. */
    public <T> List<Item<T>> resolve(PoolContext pool, List<StoredItem<T>> items) {
        return paths.isEmpty() ? List.copyOf(items) : new ReferenceResolver(pool, paths, missing).resolve(items);
    }
}
