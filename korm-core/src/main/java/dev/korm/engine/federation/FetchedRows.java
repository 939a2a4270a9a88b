package dev.korm.engine.federation;

import dev.korm.engine.context.ItemIds;
import dev.korm.engine.context.ItemKey;
import dev.korm.spi.Layer;
import dev.korm.spi.RowCursor;
import dev.korm.spi.evaluate.Evaluator;
import dev.korm.spi.evaluate.Scope;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.TableSchema;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Rows that references of other rows name. What is asked for and not there yet counts as missing until it is fetched with
 * everything else that was: one question for each layer and table. For one question; not safe for several threads.
 */
final class FetchedRows implements Evaluator.LayersLookup {
    /** Rows that are remembered from one batch to the next. */
    private static final int REMEMBERED = 10_000;

    private final FederatedLayer home;
    private final Map<Pruning.LayerTable, Set<String>> columns;
    private final Map<ItemKey, Optional<Scope.SourceRow>> known = new HashMap<>();
    private final Map<Pruning.LayerTable, Set<String>> missed = new LinkedHashMap<>();
    private long misses;

    FetchedRows(FederatedLayer home, Map<Pruning.LayerTable, Set<String>> columns) {
        this.home = home;
        this.columns = columns;
    }

    @Override
    public Scope.@Nullable SourceRow find(String layer, TableName table, String id) {
        Optional<Scope.SourceRow> row = known.get(new ItemKey(layer, table, id));
        if (row != null) {
            return row.orElse(null);
        }
        misses++;
        missed.computeIfAbsent(new Pruning.LayerTable(layer, table), any -> new LinkedHashSet<>())
                .add(id);
        return null;
    }

    /** Grows whenever a row was asked for that is not there yet. */
    long misses() {
        return misses;
    }

    /** Begins a look at rows that need none of those found so far. */
    void begin() {
        if (known.size() > REMEMBERED) {
            known.clear();
        }
    }

    /** Fetches all that was missed; layers are asked at once. */
    void fetch() {
        List<Supplier<Map<ItemKey, Scope.SourceRow>>> tasks = new ArrayList<>();
        missed.forEach((target, ids) -> {
            tasks.add(() -> rows(target, List.copyOf(ids)));
            ids.forEach(id -> known.put(new ItemKey(target.layer(), target.table(), id), Optional.empty()));
        });
        missed.clear();
        for (Map<ItemKey, Scope.SourceRow> rows : home.parallel().all(tasks)) {
            rows.forEach((key, row) -> known.put(key, Optional.of(row)));
        }
    }

    private Map<ItemKey, Scope.SourceRow> rows(Pruning.LayerTable target, List<String> ids) {
        FederatedLayer layer = home.neighbour(target.layer());
        TableSchema schema = layer.requireSchema(target.table());
        TableColumns needed = new TableColumns(schema, columns.getOrDefault(target, Set.of()));
        int id = needed.position(schema.table().key());
        Map<ItemKey, Scope.SourceRow> rows = new HashMap<>();
        Layer store = layer.store();
        for (List<String> chunk : ItemIds.chunks(ids, store)) {
            try (RowCursor row = store.select(needed.byIds(chunk))) {
                while (row.next()) {
                    rows.put(
                            new ItemKey(target.layer(), target.table(), String.valueOf(row.get(id))), needed.copy(row));
                }
            }
        }
        return rows;
    }
}
