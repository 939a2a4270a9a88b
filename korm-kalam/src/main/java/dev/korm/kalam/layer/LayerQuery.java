package dev.korm.kalam.layer;

import dev.korm.StoreBusyException;
import dev.korm.StoreException.Outcome;
import dev.korm.kalam.layer.ledger.Head;
import dev.korm.kalam.layer.ledger.Ledger;
import dev.korm.kalam.layer.ledger.RowData;
import dev.korm.kalam.layer.ledger.RowKey;
import dev.korm.kalam.layer.ledger.StoredSchema;
import dev.korm.spi.Row;
import dev.korm.spi.evaluate.Evaluator;
import dev.korm.spi.evaluate.Scope;
import dev.korm.spi.limit.EvaluationTime;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * Selections over the rows of one moment. Rows whose ids are said are asked for by them; else the table is read page by page, and what the selection says is
 * evaluated here.
 */
final class LayerQuery {
    private static final int MOST_HELD = 200_000;
    private static final int MOST_JOINED = 2_000;

    private final String layer;
    private final Ledger ledger;
    private final Head at;
    private final Map<String, StoredSchema> tables;
    /** What a batch has changed so far; a row that it has deleted has no data. */
    private final Map<RowKey, Optional<RowData>> changes;
    /** Rows that were read with the moment. */
    private final Map<RowKey, Optional<RowData>> found;

    LayerQuery(String layer, Ledger ledger, Head at, Map<RowKey, Optional<RowData>> found) {
        this(layer, ledger, at, at.tables(), Map.of(), found);
    }

    LayerQuery(
            String layer,
            Ledger ledger,
            Head at,
            Map<String, StoredSchema> tables,
            Map<RowKey, Optional<RowData>> changes,
            Map<RowKey, Optional<RowData>> found) {
        this.layer = layer;
        this.ledger = ledger;
        this.at = at;
        this.tables = tables;
        this.changes = changes;
        this.found = found;
    }

    Stream<Row> answer(Selection selection) {
        return answer(selection, EvaluationTime.unlimited(layer, selection.from()));
    }

    Stream<Row> answer(Selection selection, EvaluationTime time) {
        SelectionCheck.check(selection, tables);
        Map<RowKey, Optional<Scope.SourceRow>> joined = new LinkedHashMap<>() {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<RowKey, Optional<Scope.SourceRow>> eldest) {
                return size() > MOST_JOINED;
            }
        };
        Map<TableName, RowView> views = new HashMap<>();
        Evaluator evaluator = new Evaluator(layer, (name, id) -> {
            RowKey key = new RowKey(name.text(), id);
            Optional<Scope.SourceRow> row = joined.get(key);
            if (row == null) {
                RowView view = views.computeIfAbsent(name, each -> new RowView(SelectionCheck.table(tables, each)));
                row = Optional.ofNullable(row(key)).map(data -> view.of(id, data));
                joined.put(key, row);
            }
            return row.orElse(null);
        });
        return evaluator.select(selection, scopes(selection, time), this::bound);
    }

    private void bound(long held) {
        if (held > MOST_HELD) {
            throw new StoreBusyException(
                    layer,
                    "Layer \"" + layer + "\" cannot sort or group more than " + MOST_HELD
                            + " rows in memory, and KalamDB cannot either in bounded answers. Ask for fewer, or for none in an order",
                    Outcome.NOT_APPLIED,
                    null);
        }
    }

    private Stream<Scope> scopes(Selection selection, EvaluationTime time) {
        StoredSchema table = SelectionCheck.table(tables, selection.from());
        RowView view = new RowView(table);
        Optional<List<String>> ids = KeyCondition.ids(selection.where());
        Iterator<Ledger.Entry> rows = ids.isPresent() ? named(selection.from(), ids.get()) : all(selection.from());
        return StreamSupport.stream(
                        Spliterators.spliteratorUnknownSize(rows, Spliterator.ORDERED | Spliterator.NONNULL), false)
                .map(row -> {
                    time.check();
                    return Scope.of(0, view.of(row.id(), row.data()));
                });
    }

    private Iterator<Ledger.Entry> named(TableName table, List<String> ids) {
        List<RowKey> missing = new ArrayList<>();
        for (String id : ids) {
            RowKey key = new RowKey(table.text(), id);
            if (!changes.containsKey(key) && !found.containsKey(key)) {
                missing.add(key);
            }
        }
        Map<RowKey, RowData> read = missing.isEmpty() ? Map.of() : ledger.rows(at, missing);
        List<Ledger.Entry> rows = new ArrayList<>();
        for (String id : ids) {
            RowKey key = new RowKey(table.text(), id);
            Optional<RowData> known = changes.containsKey(key) ? changes.get(key) : found.get(key);
            RowData data = known == null ? read.get(key) : known.orElse(null);
            if (data != null) {
                rows.add(new Ledger.Entry(id, data));
            }
        }
        return rows.iterator();
    }

    private @Nullable RowData row(RowKey key) {
        Optional<RowData> known = changes.containsKey(key) ? changes.get(key) : found.get(key);
        return known == null ? ledger.rows(at, List.of(key)).get(key) : known.orElse(null);
    }

    private Iterator<Ledger.Entry> all(TableName table) {
        Iterator<Ledger.Entry> stored = ledger.rows(at, table.text());
        List<Ledger.Entry> own = new ArrayList<>();
        Set<String> changed = new HashSet<>();
        changes.forEach((key, data) -> {
            if (key.table().equals(table.text())) {
                changed.add(key.id());
                data.ifPresent(row -> own.add(new Ledger.Entry(key.id(), row)));
            }
        });
        if (changed.isEmpty()) {
            return stored;
        }
        Stream<Ledger.Entry> rest = StreamSupport.stream(
                        Spliterators.spliteratorUnknownSize(stored, Spliterator.ORDERED | Spliterator.NONNULL), false)
                .filter(row -> !changed.contains(row.id()));
        return Stream.concat(rest, own.stream()).iterator();
    }
}
