package dev.korm.engine.lock;

import dev.korm.StoreException;
import dev.korm.StoreException.Outcome;
import dev.korm.engine.layer.ChangedAgain;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Fence;
import dev.korm.spi.Mutation;
import dev.korm.spi.Row;
import dev.korm.spi.RowCursor;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Condition.Comparison;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.SchemaMovedException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The table of locks of one layer. Its rows are changed by compare-and-set on the token, which grows with each holder and with each release, and are never deleted. The
 * original deletes its own. Safe for many threads.
 */
final class LockTable {
    private static final int CHUNK = 500;
    private static final int ATTEMPTS = 20;

    private static final ColumnSchema OWNER = column("owner");
    private static final ColumnSchema EXPIRES = column("expires_at");
    private static final ColumnSchema CREATED = column("created_at");
    private static final ColumnSchema UPDATED = column("updated_at");
    private static final ColumnSchema TOKEN = column(Fence.COLUMN);

    private static final List<ColumnSchema> NEW = List.of(OWNER, EXPIRES, CREATED, UPDATED, TOKEN);
    private static final List<ColumnSchema> TAKEN = List.of(OWNER, EXPIRES, UPDATED, TOKEN);
    private static final List<ColumnSchema> RENEWED = List.of(EXPIRES, UPDATED);
    private static final List<ColumnSchema> RELEASED = List.of(EXPIRES, UPDATED, TOKEN);
    private static final List<ColumnSchema> RAISED = List.of(UPDATED, TOKEN);

    private static final Operand KEY = new Operand.Column(0, Fence.TABLE.key(), ColumnKind.ID);
    private static final List<Output> ROW =
            List.of(new Output.Value(KEY), output(OWNER), output(EXPIRES), output(TOKEN));

    private final OpenLayer layer;

    LockTable(OpenLayer layer) {
        this.layer = layer;
    }

    private static ColumnSchema column(String name) {
        return Fence.SCHEMA.column(name).orElseThrow();
    }

    /**
     * A lock as it is stored.
     *
     * @param expires milliseconds since 1970 by the store's clock; nobody has it from then on
     * @param token 0 where the original has made the row
     */
    record Held(String owner, long expires, long token) {}

    String layer() {
        return layer.layer();
    }

    /** Returns the store's own time, in milliseconds since 1970. */
    long time() {
        return layer.store().time().toEpochMilli();
    }

    /** Returns the row of a lock; empty where it has none. */
    Optional<Held> row(String id) {
        return Optional.ofNullable(rows(List.of(id)).get(id));
    }

    /** Returns the rows of locks, by id. */
    Map<String, Held> rows(Collection<String> ids) {
        try {
            return select(List.copyOf(ids));
        } catch (SchemaMovedException missing) {
            if (layer.store().describe(Fence.TABLE).isEmpty()) {
                return Map.of();
            }
            // The original's has no tokens.
            return made(() -> select(List.copyOf(ids)), missing);
        }
    }

    private Map<String, Held> select(List<String> ids) {
        Map<String, Held> rows = new HashMap<>();
        int most = Math.max(1, Math.min(CHUNK, layer.store().capabilities().parameterLimit()));
        for (int from = 0; from < ids.size(); from += most) {
            List<String> some = ids.subList(from, Math.min(ids.size(), from + most));
            Selection selection = new Selection(
                    Fence.TABLE,
                    List.of(),
                    ROW,
                    new Condition.OneOf(KEY, List.copyOf(some)),
                    List.of(),
                    List.of(),
                    OptionalLong.empty());
            try (RowCursor row = layer.select(selection)) {
                while (row.next()) {
                    rows.put(String.valueOf(row.get(0)), held(row));
                }
            }
        }
        return rows;
    }

    /** Returns a lock of an item, with its id, that somebody has at a moment of the store's clock; empty when nobody has any. */
    Optional<Map.Entry<String, Held>> heldItem(long now) {
        try {
            return selectHeldItem(now);
        } catch (SchemaMovedException missing) {
            if (layer.store().describe(Fence.TABLE).isEmpty()) {
                return Optional.empty();
            }
            return made(() -> selectHeldItem(now), missing);
        }
    }

    private Optional<Map.Entry<String, Held>> selectHeldItem(long now) {
        Operand expires = new Operand.Column(0, EXPIRES.name(), EXPIRES.kind());
        Selection held = new Selection(
                Fence.TABLE,
                List.of(),
                ROW,
                new Condition.Compare(expires, Comparison.GREATER, now),
                List.of(),
                List.of(),
                OptionalLong.empty());
        try (RowCursor row = layer.select(held)) {
            while (row.next()) {
                String id = String.valueOf(row.get(0));
                if (!LockKey.isName(id)) {
                    return Optional.of(Map.entry(id, held(row)));
                }
            }
        }
        return Optional.empty();
    }

    private static Held held(RowCursor row) {
        return new Held(String.valueOf(row.get(1)), number(row.get(2)), number(row.get(3)));
    }

    private static Output output(ColumnSchema column) {
        return new Output.Value(new Operand.Column(0, column.name(), column.kind()));
    }

    private static long number(@Nullable Object value) {
        return value instanceof Number number ? number.longValue() : 0;
    }

    /**
     * Gives a lock a holder.
     *
     * @param seen the row as it has to be still
     * @param holder with a token higher than that of the row
     * @param behind another lock's token that has to be the newest still
     * @return false when somebody was faster
     */
    boolean take(String id, Optional<Held> seen, Held holder, long now, Optional<Fence> behind) {
        Mutation change = seen.isEmpty()
                ? new Mutation.Insert(
                        Fence.TABLE, id, NEW, Row.of(holder.owner(), holder.expires(), now, now, holder.token()))
                : update(id, seen.get().token(), TAKEN, Row.of(holder.owner(), holder.expires(), now, holder.token()));
        List<Mutation> changes = behind.<List<Mutation>>map(fence -> List.of(new Mutation.RequireFence(fence), change))
                .orElse(List.of(change));
        return made(() -> apply(changes) instanceof BatchResult.Applied);
    }

    /**
     * Begins leases anew: all, or none when one of them has another holder.
     *
     * @param tokens by id, in the order in which rows are changed by everybody
     * @return the position of the first that has another holder; empty when all have a new lease
     */
    Optional<Integer> renew(Map<String, Long> tokens, long now, long until) {
        List<Mutation> changes = new ArrayList<>();
        tokens.forEach((id, token) -> changes.add(update(id, token, RENEWED, Row.of(until, now))));
        return apply(changes) instanceof BatchResult.Refused refused
                ? Optional.of(refused.mutation())
                : Optional.empty();
    }

    /** Frees a lock, unless it has another holder. What is still under way under the token is refused from now on. */
    void release(String id, long token, long now) {
        apply(List.of(update(id, token, RELEASED, Row.of(0L, now, token + 1))));
    }

    /**
     * Makes known in this layer, which is not that of the locks, that a token was given.
     *
     * @return the highest token that is known here; not above the given one unless somebody has acquired the lock later
     */
    long raise(String id, Held holder, long now) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Optional<Held> seen = row(id);
            if (seen.isPresent() && seen.get().token() >= holder.token()) {
                return seen.get().token();
            }
            Mutation change = seen.isEmpty()
                    ? new Mutation.Insert(Fence.TABLE, id, NEW, Row.of(holder.owner(), 0L, now, now, holder.token()))
                    : update(id, seen.get().token(), RAISED, Row.of(now, holder.token()));
            if (made(() -> apply(List.of(change)) instanceof BatchResult.Applied)) {
                return holder.token();
            }
        }
        throw new StoreException(
                layer(),
                "The lock " + id + " was not acquired, since its row in the layer \"" + layer()
                        + "\" was changed by others each of " + ATTEMPTS + " times. Try again",
                Outcome.NOT_APPLIED,
                null);
    }

    private static Mutation update(String id, long token, List<ColumnSchema> columns, Row values) {
        return new Mutation.Update(Fence.TABLE, id, OptionalLong.of(token), columns, values);
    }

    private BatchResult apply(List<Mutation> changes) {
        return layer.store().apply(Batch.of(changes));
    }

    /** Makes a change, and the table first where it is missing or lacks the token. */
    private <T> T made(Supplier<T> change) {
        try {
            return change.get();
        } catch (SchemaMovedException missing) {
            return made(change, missing);
        }
    }

    private <T> T made(Supplier<T> second, SchemaMovedException first) {
        layer.store().evolve(Fence.SCHEMA, Set.of());
        try {
            return ChangedAgain.attempt(layer, second);
        } catch (RuntimeException failed) {
            failed.addSuppressed(first);
            throw failed;
        }
    }
}
