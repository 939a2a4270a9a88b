package dev.korm.engine.history;

import dev.korm.engine.context.ItemIds;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.engine.version.HistoryClock;
import dev.korm.engine.version.HistoryTable;
import dev.korm.engine.version.RowImage;
import dev.korm.engine.version.StoredVersion;
import dev.korm.engine.version.VersionKey;
import dev.korm.history.HistoryException;
import dev.korm.spi.RowCursor;
import dev.korm.spi.evaluate.Scope;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.SortKey;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.TableSchema;
import java.math.BigDecimal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a table as they were at a moment: of each item the last version that is not later. An item without any version has not
 * changed since before the history began, so its row is as it is; one that was created later, by a program without history, shows that by its
 * revision. Used by one thread.
 */
final class AsOfRows {
    private static final int PAGE = 500;

    private final OpenLayer layer;
    private final Function<Selection, RowCursor> reading;
    private final HistoryTable history;
    private final TableSchema schema;
    private final long micros;

    /**
     * @param reading runs selections, all in one moment of the layer where it can
     * @param schema the columns that rows have
     */
    AsOfRows(OpenLayer layer, Function<Selection, RowCursor> reading, TableSchema schema, long micros) {
        this.layer = layer;
        this.reading = reading;
        this.history = new HistoryTable(layer, reading);
        this.schema = schema;
        this.micros = micros;
    }

    /** Returns the rows of some ids. */
    Iterator<Scope> of(List<String> ids) {
        List<Scope> rows = new ArrayList<>();
        List<String> unknown = new ArrayList<>();
        for (String id : ids) {
            StoredVersion version =
                    history.lastAt(VersionKey.of(schema.table(), id), micros).orElse(null);
            if (version == null) {
                unknown.add(id);
            } else if (!version.isDeletion()) {
                rows.add(scope(version, version.image()));
            }
        }
        List<String> without = withoutVersions(unknown);
        for (List<String> some : ItemIds.chunks(without, layer.store())) {
            rows.addAll(presentRows(some));
        }
        return rows.iterator();
    }

    /** Returns all rows, read a page at a time. */
    Iterator<Scope> all() {
        return new Pages();
    }

    private Scope scope(StoredVersion version, @Nullable String image) {
        RowImage columns = RowImage.parse(layer.layer(), image == null ? "{}" : image);
        Map<String, Object> values = new HashMap<>();
        columns.columns().forEach((column, value) -> {
            ColumnSchema now = schema.column(column.name()).orElse(null);
            if (now != null) {
                values.put(column.name(), fitting(value, column.kind(), now, version));
            }
        });
        values.put(TableName.ID, version.id());
        values.put(TableName.REVISION, version.revision());
        return Scope.of(0, values::get);
    }

    /** Returns a value of then as a value of the column of now. */
    private Object fitting(Object value, ColumnKind then, ColumnSchema now, StoredVersion version) {
        if (then == now.kind()) {
            return value;
        }
        if (value instanceof Number number) {
            switch (now.kind()) {
                case REAL -> {
                    return number.doubleValue();
                }
                case DECIMAL -> {
                    return number instanceof BigDecimal decimal ? decimal : new BigDecimal(number.toString());
                }
                case INTEGER -> {
                    return number;
                }
                default -> {
                    // Refused below.
                }
            }
        }
        throw new HistoryException(
                "The column " + now.name() + " of " + schema.table() + " in the layer \"" + layer.layer()
                        + "\" was replaced by one of another kind since " + HistoryClock.instant(micros)
                        + ", so its items of then cannot be asked for. history(rn) has the versions of each, as documents; revision "
                        + version.revision() + " of " + version.id() + " is one");
    }

    /** Returns the ids among some whose items have no versions. */
    private List<String> withoutVersions(List<String> ids) {
        Map<String, VersionKey> keys = new LinkedHashMap<>();
        ids.forEach(id -> keys.put(id, VersionKey.of(schema.table(), id)));
        Set<VersionKey> present = history.present(List.copyOf(keys.values()));
        return ids.stream().filter(id -> !present.contains(keys.get(id))).toList();
    }

    /** Returns the rows of now of items that have no versions, and were there at the moment. */
    private List<Scope> presentRows(List<String> ids) {
        List<ColumnSchema> columns = schema.columns();
        List<Output> outputs = new ArrayList<>();
        columns.forEach(column -> outputs.add(new Output.Value(new Operand.Column(0, column.name(), column.kind()))));
        Condition where = new Condition.OneOf(ItemIds.operand(), List.copyOf(ids));
        List<Scope> rows = new ArrayList<>();
        try (RowCursor row = reading.apply(
                new Selection(schema.table(), List.of(), outputs, where, List.of(), List.of(), OptionalLong.empty()))) {
            while (row.next()) {
                Map<String, Object> values = new HashMap<>();
                for (int i = 0; i < columns.size(); i++) {
                    Object value = row.get(i);
                    if (value != null) {
                        values.put(columns.get(i).name(), value);
                    }
                }
                if (!(values.get(TableName.REVISION) instanceof Number revision) || revision.longValue() <= micros) {
                    rows.add(Scope.of(0, values::get));
                }
            }
        }
        return rows;
    }

    /** All rows: first those with versions, in the order of their keys, then those without, in the order of their ids. */
    private final class Pages implements Iterator<Scope> {
        private final Deque<Scope> ready = new ArrayDeque<>();
        private String nextKey = VersionKey.first(schema.table());
        private @Nullable StoredVersion candidate;
        private @Nullable StoredVersion seen;
        private String lastId = "";
        private boolean versionsEnded;
        private boolean rowsEnded;

        @Override
        public boolean hasNext() {
            while (ready.isEmpty() && !(versionsEnded && rowsEnded)) {
                if (versionsEnded) {
                    readRows();
                } else {
                    readVersions();
                }
            }
            return !ready.isEmpty();
        }

        @Override
        public Scope next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            return ready.remove();
        }

        private void readVersions() {
            List<StoredVersion> page =
                    history.oldest(nextKey, VersionKey.end(schema.table()), PAGE, HistoryTable.Content.WITHOUT_IMAGE);
            List<StoredVersion> found = new ArrayList<>();
            for (StoredVersion version : page) {
                if (seen != null && !VersionKey.itemOf(seen.key()).equals(VersionKey.itemOf(version.key()))) {
                    take(found);
                }
                seen = version;
                if (version.micros() <= micros) {
                    candidate = version;
                }
            }
            versionsEnded = page.size() < PAGE;
            if (versionsEnded) {
                take(found);
            } else {
                nextKey = VersionKey.behind(page.get(page.size() - 1).key());
            }
            Map<String, String> images = found.isEmpty()
                    ? Map.of()
                    : history.images(found.stream().map(StoredVersion::key).toList());
            // One that is gone was purged meanwhile, where there is no snapshot.
            found.stream()
                    .filter(version -> images.containsKey(version.key()))
                    .forEach(version -> ready.add(scope(version, images.get(version.key()))));
        }

        private void take(List<StoredVersion> found) {
            if (candidate != null && !candidate.isDeletion()) {
                found.add(candidate);
            }
            candidate = null;
        }

        private void readRows() {
            Condition behind = new Condition.Compare(ItemIds.operand(), Condition.Comparison.GREATER, lastId);
            boolean revised = schema.has(TableName.REVISION);
            List<Output> outputs = List.of(
                    new Output.Value(ItemIds.operand()),
                    new Output.Value(
                            revised
                                    ? new Operand.Column(0, TableName.REVISION, ColumnKind.INTEGER)
                                    : new Operand.Absent(ColumnKind.INTEGER)));
            List<SortKey> order = List.of(
                    new SortKey(new Output.Value(ItemIds.operand()), SortKey.Direction.ASCENDING, SortKey.Nulls.LAST));
            Map<String, String> states = new LinkedHashMap<>();
            try (RowCursor row = reading.apply(new Selection(
                    schema.table(), List.of(), outputs, behind, List.of(), order, OptionalLong.of(PAGE)))) {
                while (row.next()) {
                    String id = String.valueOf(row.get(0));
                    long revision = row.get(1) instanceof Number number ? number.longValue() : 0;
                    states.put(id, VersionKey.of(schema.table(), id).state(revision));
                    lastId = id;
                }
            }
            rowsEnded = states.size() < PAGE;
            // Most have the version that they are of; only for the others are all versions looked for.
            Set<String> recorded = history.times(List.copyOf(states.values())).keySet();
            states.values().removeIf(recorded::contains);
            List<String> without = withoutVersions(List.copyOf(states.keySet()));
            if (!without.isEmpty()) {
                ready.addAll(presentRows(without));
            }
        }
    }
}
