package dev.korm.cli;

import dev.korm.spi.Fence;
import dev.korm.spi.Layer;
import dev.korm.spi.RowCursor;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.SortKey;
import dev.korm.spi.schema.SchemaMovedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A lock as it is stored.
 *
 * @param expires milliseconds since 1970 by the store's clock; 0 where it was given back
 */
record StoredLock(String lock, String owner, long expires, long token) {
    /** Begins the keys of locks of names. */
    static final String NAMED = "[lock]:";

    static final String EXPIRES = "expires_at";

    /** Returns whether somebody has it at a moment of the store's clock. */
    boolean isHeld(long now) {
        return expires > now;
    }

    /** Returns whether its holder has neither given it back nor renewed it. */
    boolean isStale(long now) {
        return expires > 0 && expires <= now;
    }

    /** Returns the locks that a layer has, in the order of their names. */
    static List<StoredLock> all(Layer layer) {
        if (layer.describe(Fence.TABLE).isEmpty()) {
            return List.of();
        }
        try {
            return rows(layer);
        } catch (SchemaMovedException withoutToken) {
            // Of the original alone so far.
            layer.evolve(Fence.SCHEMA, Set.of());
            return rows(layer);
        }
    }

    private static List<StoredLock> rows(Layer layer) {
        Output lock = output(Fence.TABLE.key(), ColumnKind.ID);
        List<Output> outputs = List.of(
                lock,
                output("owner", ColumnKind.TEXT),
                output(EXPIRES, ColumnKind.INTEGER),
                output(Fence.COLUMN, ColumnKind.INTEGER));
        Selection selection = new Selection(
                Fence.TABLE,
                List.of(),
                outputs,
                Condition.ALWAYS,
                List.of(),
                List.of(new SortKey(lock, SortKey.Direction.ASCENDING, SortKey.Nulls.LAST)),
                OptionalLong.empty());
        List<StoredLock> rows = new ArrayList<>();
        try (RowCursor row = layer.select(selection)) {
            while (row.next()) {
                rows.add(new StoredLock(
                        String.valueOf(row.get(0)),
                        String.valueOf(row.get(1)),
                        number(row.get(2)).orElse(0L),
                        number(row.get(3)).orElse(0L)));
            }
        }
        return rows;
    }

    private static Output output(String column, ColumnKind kind) {
        return new Output.Value(new Operand.Column(0, column, kind));
    }

    private static Optional<Long> number(@Nullable Object value) {
        return value instanceof Number number ? Optional.of(number.longValue()) : Optional.empty();
    }
}
