package dev.korm.codec;

import dev.korm.Document;
import dev.korm.Encrypted;
import dev.korm.FieldPath;
import dev.korm.Password;
import dev.korm.PathException;
import dev.korm.Rn;
import dev.korm.Unique;
import dev.korm.codec.base.Codec;
import dev.korm.codec.text.FrozenList;
import dev.korm.codec.text.TypeMismatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Paths through values without a declared type. */
public final class DynamicPath {
    private DynamicPath() {}

    /** The receiver of changes whose path continues through a reference. */
    @FunctionalInterface
    public interface Through {
        Rn<?> set(Rn<?> reference, List<FieldPath.Step> rest);
    }

    /** Returns the value that a path leads to; empty for null and for a missing value. */
    public static Optional<Object> get(@Nullable Object from, FieldPath path) {
        Object at = from;
        for (FieldPath.Step step : path.steps()) {
            Object bare = Codec.bare(at);
            if (step instanceof FieldPath.Field field) {
                at = bare instanceof Document document ? document.asMap().get(field.name()) : null;
            } else if (step instanceof FieldPath.Entry entry) {
                at = bare instanceof List<?> list && entry.index() < list.size() ? list.get(entry.index()) : null;
            } else {
                throw many(path);
            }
        }
        return Optional.ofNullable(at);
    }

    /**
     * Returns a value with another one at the end of a path; objects that are missing on the way are made.
     *
     * @param at the step that leads on from {@code current}
     * @param value in the form of documents
     */
    public static @Nullable Object set(
            @Nullable Object current, FieldPath path, int at, @Nullable Object value, Through through) {
        if (at == path.steps().size()) {
            return asSpecialAs(current, value);
        }
        FieldPath.Step step = path.steps().get(at);
        if (step instanceof FieldPath.EveryEntry || step instanceof FieldPath.EveryField) {
            throw many(path);
        }
        if (current instanceof Unique<?> unique) {
            Object inner = set(unique.value(), path, at, value, through);
            return inner == null ? null : Unique.of(inner);
        }
        if (current instanceof Rn<?> reference) {
            return through.set(reference, path.steps().subList(at, path.steps().size()));
        }
        if (step instanceof FieldPath.Field field) {
            return setField(current, field.name(), path, at, value, through);
        }
        return setEntry(current, ((FieldPath.Entry) step).index(), path, at, value, through);
    }

    private static Document setField(
            @Nullable Object current, String name, FieldPath path, int at, @Nullable Object value, Through through) {
        if (current != null && !(current instanceof Document)) {
            throw new PathException("The path " + path + " cannot be set: step " + (at + 1) + ", \"" + name
                    + "\", follows something that is not an object; set that to an object first");
        }
        Document document = current instanceof Document there ? there : Document.EMPTY;
        return document.toBuilder()
                .put(name, set(document.asMap().get(name), path, at + 1, value, through))
                .build();
    }

    private static Object setEntry(
            @Nullable Object current, int index, FieldPath path, int at, @Nullable Object value, Through through) {
        if (!(current instanceof List<?> list)) {
            throw new PathException(
                    "The path " + path + " cannot be set: [" + index + "] follows something that is not a list");
        }
        checkIndex(index, list.size(), path);
        List<@Nullable Object> changed = new ArrayList<>(list);
        changed.set(index, set(list.get(index), path, at + 1, value, through));
        return new FrozenList(changed);
    }

    /** Returns a value without what is at the end of a path; the same when there is nothing. */
    public static @Nullable Object without(@Nullable Object current, FieldPath path, int at) {
        FieldPath.Step step = path.steps().get(at);
        boolean last = at == path.steps().size() - 1;
        if (step instanceof FieldPath.EveryEntry || step instanceof FieldPath.EveryField) {
            throw many(path);
        }
        if (step instanceof FieldPath.Field field) {
            if (!(current instanceof Document document) || !document.asMap().containsKey(field.name())) {
                return current;
            }
            Document.Builder builder = document.toBuilder();
            return last
                    ? builder.remove(field.name()).build()
                    : builder.put(field.name(), without(document.asMap().get(field.name()), path, at + 1))
                            .build();
        }
        int index = ((FieldPath.Entry) step).index();
        if (!(current instanceof List<?> list) || index >= list.size()) {
            return current;
        }
        List<@Nullable Object> changed = new ArrayList<>(list);
        if (last) {
            changed.remove(index);
        } else {
            changed.set(index, without(list.get(index), path, at + 1));
        }
        return new FrozenList(changed);
    }

    /** Returns a document with a change merged in: objects member by member, everything else replaced. */
    public static Document patch(Document document, Map<?, ?> change, Merge merge, @Nullable FieldPath above) {
        return patch(document, change, merge, above, 0);
    }

    /** A function that merges an object into a reference. */
    @FunctionalInterface
    public interface Merge {
        Rn<?> into(Rn<?> reference, Map<?, ?> change, FieldPath path);
    }

    private static Document patch(
            Document document, Map<?, ?> change, Merge merge, @Nullable FieldPath above, int depth) {
        Codec.checkDepth(depth);
        Document.Builder builder = document.toBuilder();
        for (Map.Entry<?, ?> entry : change.entrySet()) {
            String name = String.valueOf(entry.getKey());
            try {
                builder.put(
                        name,
                        merged(document.asMap().get(name), entry.getValue(), merge, below(above, name), depth + 1));
            } catch (TypeMismatch misfit) {
                throw misfit.inField(name);
            }
        }
        return builder.build();
    }

    private static @Nullable Object merged(
            @Nullable Object current, @Nullable Object change, Merge merge, FieldPath path, int depth) {
        Object bare = Codec.bare(change);
        if (bare instanceof Document || bare instanceof Map<?, ?>) {
            Map<?, ?> members = bare instanceof Document document ? document.asMap() : (Map<?, ?>) bare;
            if (current instanceof Document document) {
                return patch(document, members, merge, path, depth);
            }
            if (current instanceof Rn<?> reference) {
                return merge.into(reference, members, path);
            }
        }
        return asSpecialAs(current, DynamicValue.normal(change, depth == 1 ? 0 : depth));
    }

    /** Wraps a new value like the one it replaces: a unique value stays unique, and a secret stays secret. */
    private static @Nullable Object asSpecialAs(@Nullable Object current, @Nullable Object value) {
        if (value == null || DynamicValue.isSecret(value)) {
            return value;
        }
        if (current instanceof Encrypted<?>) {
            return Encrypted.of(value);
        }
        if (current instanceof Password) {
            return PasswordCodec.INSTANCE.convert(value, 0);
        }
        return current instanceof Unique<?> && !(value instanceof Unique<?>) ? Unique.of(value) : value;
    }

    /** Returns the path to a field of what a path leads to; without one, of the item. */
    public static FieldPath below(@Nullable FieldPath above, String name) {
        if (above != null) {
            return above.then(new FieldPath.Field(name));
        }
        return FieldPath.parse("[\"" + name.replace("\\", "\\\\").replace("\"", "\\\"") + "\"]");
    }

    /** Returns a list of a document, of values in its form. */
    public static List<@Nullable Object> list(List<@Nullable Object> values) {
        return new FrozenList(values);
    }

    /** Refuses an index beyond the end of a list. */
    public static void checkIndex(int index, int size, FieldPath path) {
        if (index >= size) {
            throw new PathException("The path " + path + " leads beyond a list's end: [" + index + "] of " + size
                    + " entries; to add an entry, set the whole list");
        }
    }

    /** Returns the refusal of a path that can lead to several values. */
    public static PathException many(FieldPath path) {
        return new PathException(
                "The path " + path + " can lead to several values; name one entry, as in [0], or one field");
    }
}
