package dev.korm.spi.evaluate;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rows at hand, by the numbers of their sources, and what was parsed of them: the JSON of a column is read when it is
 * first asked for, and once. Not safe for several threads.
 *
 * <pre>{@code
 * Scope scope = Scope.of(0, row::get).with(1, joined);
 * }</pre>
 */
public final class Scope {
    private final @Nullable Scope outer;
    private final int source;
    private final @Nullable SourceRow row;
    private final @Nullable JsonValue element;
    private @Nullable Map<String, JsonValue> parsed;

    private Scope(@Nullable Scope outer, int source, @Nullable SourceRow row, @Nullable JsonValue element) {
        this.outer = outer;
        this.source = source;
        this.row = row;
        this.element = element;
    }

    /** A row of a table, by the names of its columns. */
    @FunctionalInterface
    public interface SourceRow {
        /** Returns the column's value, of the class that its kind names; null also for null. */
        @Nullable Object get(String column);
    }

    /** Returns a row alone. */
    public static Scope of(int source, SourceRow row) {
        return new Scope(null, source, row, null);
    }

    /**
     * Returns this scope with a further row.
     *
     * @param joinedRow null where an outer join found none
     */
    public Scope with(int joined, @Nullable SourceRow joinedRow) {
        return new Scope(this, joined, joinedRow, null);
    }

    Scope withElement(int walked, JsonValue value) {
        return new Scope(this, walked, null, value);
    }

    @Nullable Object column(int wanted, String name) {
        SourceRow found = of(wanted).row;
        return found == null ? null : found.get(name);
    }

    /** Returns the JSON value of a column; null where the column is null. */
    @Nullable JsonValue json(int wanted, String name) {
        Scope scope = of(wanted);
        JsonValue value = scope.parsed == null ? null : scope.parsed.get(name);
        if (value == null && scope.row != null && scope.row.get(name) instanceof String text) {
            value = JsonTexts.parse(text);
            if (scope.parsed == null) {
                scope.parsed = new HashMap<>(4);
            }
            scope.parsed.put(name, value);
        }
        return value;
    }

    @Nullable JsonValue element(int wanted) {
        return of(wanted).element;
    }

    private Scope of(int wanted) {
        for (Scope scope = this; scope != null; scope = scope.outer) {
            if (scope.source == wanted) {
                return scope;
            }
        }
        throw new IllegalArgumentException("There is no source " + wanted + " at this place");
    }
}
