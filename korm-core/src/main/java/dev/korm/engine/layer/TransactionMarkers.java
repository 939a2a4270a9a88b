package dev.korm.engine.layer;

import dev.korm.StoreException;
import dev.korm.engine.context.ItemIds;
import dev.korm.engine.federation.FederatedLayer;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Mutation;
import dev.korm.spi.Refusal;
import dev.korm.spi.RowCursor;
import dev.korm.spi.TransactionMarker;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.SchemaMovedException;
import dev.korm.spi.schema.TableSchema;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The markers in a layer, each of which proves that a change was stored there, or that it never will be. Safe for many threads and programs:
 * the store's key decides between them.
 *
 * <p><b>States of an id.</b> No row: the change has not happened and still may; or it ended so long ago that nobody asks any more. APPLIED: it has; the row was inserted before the change's mutations, in
 * their transaction. FORBIDDEN: it never will; {@link #forbid} has inserted the row, and a late attempt meets it on the key and is
 * refused whole. A row never goes from one state to the other.
 *
 * <p><b>Who owns what.</b> Whoever begins a change chooses its id and deletes the marker when nothing depends on it any more: files are at their names, or
 * the journal's DONE entry is durable. An id is used once. Anybody who must know what
 * became of a change may forbid it, and learns the truth by that; asking without forbidding proves nothing about later.
 *
 * <p><b>Changes of several layers.</b> Snapshots of the layers are one moment when no change is in one and not in another; that can be told by the markers in them, however many programs
 * make changes, since of each change the marker in the layer that decides is there first and goes first, and since whoever deletes such markers leaves a row of its own with them
 * ({@link TransactionMarker#SWEPT}): where there is no new one, no marker has gone.
 */
public final class TransactionMarkers {
    /** How long the rows stay that tell of deletions. Whoever takes away one that is older leaves one of his own. */
    private static final Duration SWEPT_FOR = Duration.ofMinutes(10);

    /** How many are deleted together. */
    private static final int TOGETHER = 500;

    private static final ColumnSchema KEY = new ColumnSchema(TransactionMarker.TABLE.key(), ColumnKind.ID);
    private static final ColumnSchema LAYERS = new ColumnSchema("layers", ColumnKind.TEXT);

    /** How many are taken out of many that are written together, before the rest is written one by one. */
    private static final int MOST_REFUSED = 16;

    private final FederatedLayer layer;

    public TransactionMarkers(FederatedLayer layer) {
        this.layer = layer;
    }

    /** Returns the ids among some whose change was stored. */
    Set<String> applied(Predicate<String> wanted) {
        Set<String> applied = new HashSet<>();
        find(wanted).forEach((id, marker) -> {
            if (marker.state() == TransactionMarker.State.APPLIED) {
                applied.add(id);
            }
        });
        return applied;
    }

    /** Returns the markers of some ids, whatever they say, by one question for many of them where the layer can select them. */
    public Map<String, TransactionMarker> find(Collection<String> ids) {
        Map<String, TransactionMarker> found = new HashMap<>();
        for (List<String> chunk : ItemIds.chunks(List.copyOf(ids), layer.store())) {
            Operand id = new Operand.Column(0, TransactionMarker.TABLE.key(), ColumnKind.ID);
            Condition some = new Condition.OneOf(id, List.copyOf(chunk));
            if (!layer.store().capabilities().pushdown().test(some)) {
                return find(Set.copyOf(ids)::contains);
            }
            found.putAll(find(some, any -> true));
        }
        return found;
    }

    /** Returns the markers of some ids, whatever they say; looks at all there are. */
    public Map<String, TransactionMarker> find(Predicate<String> wanted) {
        // There are few, and not every layer evaluates conditions.
        return find(Condition.ALWAYS, wanted);
    }

    /**
     * A marker that is there.
     *
     * @param layers as the row holds them
     */
    public record Found(String id, @Nullable Object layers) {
        /** Returns whether the layer of some name, in which the marker is, decided about its change, or has it alone. */
        public boolean isOfCoordinator(String name) {
            List<String> names = TransactionMarker.layers(layers);
            return names.isEmpty() || names.get(0).equals(name);
        }
    }

    /** Returns ids of markers, whatever they say, but not more than so many. */
    public List<String> ids(Predicate<Found> wanted, int most) {
        List<String> ids = new ArrayList<>();
        Optional<TableSchema> schema = layer.schema(TransactionMarker.TABLE);
        if (schema.isEmpty()) {
            return ids;
        }
        List<ColumnSchema> columns = schema.get().has(LAYERS.name()) ? List.of(KEY, LAYERS) : List.of(KEY);
        try (RowCursor row = layer.store().select(selection(columns, Condition.ALWAYS))) {
            while (ids.size() < most && row.next()) {
                String id = String.valueOf(row.get(0));
                if (wanted.test(new Found(id, columns.size() > 1 ? row.get(1) : null))) {
                    ids.add(id);
                }
            }
        }
        return ids;
    }

    private static Selection selection(List<ColumnSchema> columns, Condition where) {
        List<Output> outputs = new ArrayList<>();
        for (ColumnSchema column : columns) {
            outputs.add(new Output.Value(new Operand.Column(0, column.name(), column.kind())));
        }
        return new Selection(
                TransactionMarker.TABLE, List.of(), outputs, where, List.of(), List.of(), OptionalLong.empty());
    }

    private Map<String, TransactionMarker> find(Condition where, Predicate<String> wanted) {
        Map<String, TransactionMarker> found = new HashMap<>();
        Optional<TableSchema> schema = layer.schema(TransactionMarker.TABLE);
        if (schema.isEmpty()) {
            return found;
        }
        List<ColumnSchema> columns = TransactionMarker.SCHEMA.columns().stream()
                .filter(column -> schema.get().has(column.name()))
                .toList();
        try (RowCursor row = layer.store().select(selection(columns, where))) {
            while (row.next()) {
                String id = String.valueOf(row.get(0));
                if (wanted.test(id)) {
                    found.put(id, marker(id, columns, row));
                }
            }
        }
        return found;
    }

    /** Reads a marker; an older table may lack columns. */
    private static TransactionMarker marker(String id, List<ColumnSchema> columns, RowCursor row) {
        Map<String, Object> values = new HashMap<>();
        for (int i = 0; i < columns.size(); i++) {
            Object value = row.get(i);
            if (value != null) {
                values.put(columns.get(i).name(), value);
            }
        }
        Instant time = Instant.ofEpochMilli(values.get("time") instanceof Number number ? number.longValue() : 0);
        return new TransactionMarker(
                id,
                String.valueOf(values.get("pool")),
                time,
                TransactionMarker.State.of(values.get("state")),
                TransactionMarker.layers(values.get("layers")));
    }

    /**
     * Sees to it that a change is never stored any more, unless it was already: from now on the store refuses it, however late it
     * comes.
     *
     * @return what holds for good
     * @throws StoreException when the store could not be asked
     */
    public TransactionMarker.State forbid(TransactionMarker marker) {
        BatchResult result = layer.store().apply(Batch.forbidding(marker));
        return result instanceof BatchResult.Refused refused && refused.refusal() instanceof Refusal.AlreadyApplied
                ? TransactionMarker.State.APPLIED
                : TransactionMarker.State.FORBIDDEN;
    }

    /**
     * Sees to it for many changes, as far as possible in one transaction of the store; see {@link #forbid(TransactionMarker)}.
     *
     * @return what holds for good, by id
     * @throws StoreException when the store could not be asked
     */
    public Map<String, TransactionMarker.State> forbid(List<TransactionMarker> markers) {
        Map<String, TransactionMarker.State> states = new HashMap<>();
        List<TransactionMarker> left = new ArrayList<>(markers);
        for (int refused = 0; left.size() > 1 && refused <= MOST_REFUSED; refused++) {
            int there = together(left);
            if (there < 0) {
                left.forEach(marker -> states.put(marker.id(), TransactionMarker.State.FORBIDDEN));
                return states;
            }
            // Somebody was faster with this one.
            TransactionMarker one = left.remove(there);
            states.put(one.id(), forbid(one));
        }
        left.forEach(marker -> states.put(marker.id(), forbid(marker)));
        return states;
    }

    /** Stores all of them or none; returns which is in the way, and -1 where none is. */
    private int together(List<TransactionMarker> markers) {
        List<Mutation> inserts = new ArrayList<>();
        markers.forEach(marker -> inserts.add(marker.forbidding().insert()));
        try {
            BatchResult result = layer.store().apply(Batch.of(inserts));
            return result instanceof BatchResult.Refused refused ? refused.mutation() : -1;
        } catch (SchemaMovedException lacking) {
            // The marker of a batch has the layer make the table.
            return 0;
        }
    }

    /** Deletes markers that nothing asks for any more; those that are gone already do not matter. */
    public void delete(List<String> ids, Environment environment) {
        Instant now = environment.clock().instant();
        List<String> all = new ArrayList<>(ids);
        find(id -> id.startsWith(TransactionMarker.SWEPT)).forEach((id, marker) -> {
            if (marker.time().isBefore(now.minus(SWEPT_FOR))) {
                all.add(id);
            }
        });
        for (int from = 0; from < all.size(); from += TOGETHER) {
            deleteTogether(all.subList(from, Math.min(all.size(), from + TOGETHER)), now, environment);
        }
    }

    private void deleteTogether(List<String> ids, Instant now, Environment environment) {
        Operand id = new Operand.Column(0, TransactionMarker.TABLE.key(), ColumnKind.ID);
        Condition some = new Condition.OneOf(id, List.copyOf(ids));
        if (layer.store().capabilities().pushdown().test(some)) {
            Selection selected = new Selection(
                    TransactionMarker.TABLE, List.of(), List.of(), some, List.of(), List.of(), OptionalLong.empty());
            sweep(now, environment, new Mutation.DeleteSelected(selected));
        } else {
            for (String one : ids) {
                sweep(now, environment, new Mutation.Delete(TransactionMarker.TABLE, one, OptionalLong.empty()));
            }
        }
    }

    /** Deletes markers and leaves the row that tells of it; nothing where they are gone. */
    private void sweep(Instant now, Environment environment, Mutation deletion) {
        Mutation told = new TransactionMarker(TransactionMarker.SWEPT + ItemIds.random(environment), "", now)
                .forbidding()
                .insert();
        Batch batch = Batch.of(List.of(deletion, told));
        try {
            layer.store().apply(batch);
        } catch (SchemaMovedException moved) {
            if (layer.store().describe(TransactionMarker.TABLE).isPresent()) {
                // An earlier version made it, with fewer columns.
                layer.store().evolve(TransactionMarker.SCHEMA, Set.of());
                layer.store().apply(batch);
            }
        }
    }

    /** Takes a marker away, when nothing asks for it any more. */
    public void delete(String id) {
        try {
            layer.store()
                    .apply(Batch.of(List.of(new Mutation.Delete(TransactionMarker.TABLE, id, OptionalLong.empty()))));
        } catch (SchemaMovedException gone) {
            // Without the table there is no marker.
            return;
        }
    }
}
