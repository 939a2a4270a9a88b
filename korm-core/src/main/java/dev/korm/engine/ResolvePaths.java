package dev.korm.engine;

import dev.korm.FieldPath;
import dev.korm.PathException;
import dev.korm.model.Model;
import dev.korm.query.Paths;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Which references a question reads along. Immutable. */
record ResolvePaths(List<FieldPath> paths, Resolver.Missing missing) {
    static final ResolvePaths NONE = new ResolvePaths(List.of(), Resolver.Missing.ALLOWED);

    ResolvePaths {
        paths = List.copyOf(paths);
    }

    boolean isEmpty() {
        return paths.isEmpty();
    }

    ResolvePaths with(Model<?> model, String... texts) {
        List<FieldPath> more = new ArrayList<>();
        for (String text : texts) {
            more.add(FieldPath.parse(text));
        }
        return with(model, more);
    }

    ResolvePaths with(Model<?> model, List<FieldPath> more) {
        Set<FieldPath> all = new LinkedHashSet<>(paths);
        for (FieldPath path : more) {
            if (!Paths.meetsReference(model, path)) {
                throw new PathException(
                        "The path " + path + " leads to no reference and no file, so there is nothing to resolve");
            }
            all.add(path);
        }
        return new ResolvePaths(List.copyOf(all), missing);
    }

    ResolvePaths required() {
        return new ResolvePaths(paths, Resolver.Missing.REFUSED);
    }

    Resolver resolver(PoolContext pool) {
        return new Resolver(pool, paths, missing);
    }
}
