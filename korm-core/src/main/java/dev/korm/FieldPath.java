package dev.korm;

import static dev.korm.argument.NullArgumentException.requireElements;
import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.parse.AccessorName;
import dev.korm.parse.FieldPathParser;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A way from an item to values in it, through nested records, lists, maps and references.
 *
 * <pre>
 * owner.firstName          a field of the record or item that owner names
 * addresses[0].city        an entry of a list, counted from 0
 * addresses[*].city        every entry
 * owner.*                  every field, or every value of a map
 * labels["k8s.io/name"]    a key of a map that is no plain word; \" and \\ inside the quotes
 * </pre>
 *
 * <p>The same as method references, which the compiler checks: {@code FieldPath.path(Car::owner, User::firstName)}.
 * Immutable; equal when the steps are.
 */
public final class FieldPath {
    private final List<Step> steps;
    private final @Nullable Class<?> root;

    FieldPath(List<Step> steps, @Nullable Class<?> root) {
        this.steps = List.copyOf(steps);
        this.root = root;
    }

    /** One step down. */
    public sealed interface Step {}

    /** To a field of a record, a key of a map or document, or what a reference names. */
    public record Field(String name) implements Step {
        public Field {
            requireNonNull(name, "name");
        }
    }

    /** To the entry of a list, counted from 0. */
    public record Entry(int index) implements Step {}

    /** To every entry of a list: {@code [*]}. */
    public record EveryEntry() implements Step {}

    /** To every field, every value of a map or every entry of a list: {@code .*}. */
    public record EveryField() implements Step {}

    /**
     * Reads a path.
     *
     * @throws PathException when it cannot be read; the message shows where
     */
    public static FieldPath parse(String text) {
        return new FieldPath(new FieldPathParser(text).parse(), null);
    }

    /** Returns the path of these steps. */
    public static FieldPath of(List<Step> steps) {
        if (requireElements(FieldPathParser.requirePath(steps), "steps").isEmpty()) {
            throw new PathException("A path names at least one field");
        }
        return new FieldPath(steps, null);
    }

    /** Returns the path to a field of a record, by its accessor. */
    public static <A, B> FieldPath of(Property<A, B> property) {
        AccessorName accessor = AccessorName.of(property);
        return new FieldPath(List.of(new Field(accessor.name())), accessor.record());
    }

    /** Returns the path to a field of a nested record: {@code path(Car::engine, Engine::power)}. */
    @SuppressWarnings("overloads") // A method reference fits one of them, by what its accessor answers.
    public static <A, B, C> FieldPath path(Property<A, B> first, Property<B, C> second) {
        return of(first).then(second);
    }

    /** Returns the path to a field of the item that a reference names: {@code path(Car::owner, User::firstName)}. */
    @SuppressWarnings("overloads") // See above.
    public static <A, B, C> FieldPath path(Reference<A, B> reference, Property<B, C> second) {
        return of(reference).then(second);
    }

    /** Returns this path and one field more. */
    public <A, B> FieldPath then(Property<A, B> property) {
        return then(new Field(AccessorName.of(property).name()));
    }

    /** Returns this path and every entry of the list at its end. */
    public FieldPath each() {
        return then(new EveryEntry());
    }

    /** Returns this path and one entry of the list at its end, counted from 0. */
    public FieldPath at(int index) {
        if (index < 0) {
            throw new PathException("List indexes start at 0; " + index + " is not one, after " + this);
        }
        return then(new Entry(index));
    }

    /** Returns this path and one step more. */
    public FieldPath then(Step step) {
        requireNonNull(step, "step");
        List<Step> longer = new ArrayList<>(steps);
        longer.add(step);
        return new FieldPath(longer, root);
    }

    /** Returns whether the path can lead to several values: it has {@code [*]} or {@code .*}. */
    public boolean isMany() {
        for (Step step : steps) {
            if (step instanceof EveryEntry || step instanceof EveryField) {
                return true;
            }
        }
        return false;
    }

    /** Returns the steps, at least one. */
    public List<Step> steps() {
        return steps;
    }

    /** Returns the record that the first step belongs to, when the path was made from accessors. */
    public Optional<Class<?>> root() {
        return Optional.ofNullable(root);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof FieldPath path && path.steps.equals(steps);
    }

    @Override
    public int hashCode() {
        return steps.hashCode();
    }

    /** Returns the path as {@link #parse} reads it. */
    @Override
    public String toString() {
        StringBuilder out = new StringBuilder();
        for (Step step : steps) {
            append(out, step);
        }
        return out.toString();
    }

    private static void append(StringBuilder out, Step step) {
        if (step instanceof Field field) {
            if (FieldPathParser.isPlain(field.name())) {
                out.append(out.length() == 0 ? "" : ".").append(field.name());
            } else {
                out.append("[\"")
                        .append(field.name().replace("\\", "\\\\").replace("\"", "\\\""))
                        .append("\"]");
            }
        } else if (step instanceof Entry entry) {
            out.append('[').append(entry.index()).append(']');
        } else if (step instanceof EveryEntry) {
            out.append("[*]");
        } else {
            out.append(out.length() == 0 ? "*" : ".*");
        }
    }
}
