package dev.korm.testkit.memory;

import dev.korm.spi.evaluate.Evaluator;
import dev.korm.spi.evaluate.Scope;
import dev.korm.spi.evaluate.Values;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnExchange;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.FingerprintKey;
import dev.korm.spi.schema.IndexSchema;
import dev.korm.spi.schema.SchemaMovedException;
import dev.korm.spi.schema.TableSchema;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A table at one moment: immutable, a change answers a new one. */
final class MemoryTable {
    static final ColumnSchema REVISION = new ColumnSchema(TableName.REVISION, ColumnKind.INTEGER);

    static final ColumnSchema TOKEN = new ColumnSchema(TableName.TOKEN, ColumnKind.INTEGER);

    private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    private final TableSchema schema;
    /** Where a row keeps a column. A column made anew has a new slot, which old rows do not have. */
    private final Map<String, Integer> slots;

    private final int nextSlot;
    private final PersistentMap<StoredRow> rows;
    /** For each unique index, the id of the row that holds a key. */
    private final Map<String, PersistentMap<String>> holders;

    private MemoryTable(
            TableSchema schema,
            Map<String, Integer> slots,
            int nextSlot,
            PersistentMap<StoredRow> rows,
            Map<String, PersistentMap<String>> holders) {
        this.schema = schema;
        this.slots = slots;
        this.nextSlot = nextSlot;
        this.rows = rows;
        this.holders = holders;
    }

    static MemoryTable empty(TableName name) {
        return new MemoryTable(
                new TableSchema(name, List.of(), List.of()), Map.of(), 0, PersistentMap.empty(), Map.of());
    }

    /** A row: its id, and its values by slot. */
    static final class StoredRow {
        private final String id;
        private final @Nullable Object[] values;

        private StoredRow(String id, @Nullable Object[] values) {
            this.id = id;
            this.values = values;
        }

        String id() {
            return id;
        }

        @Nullable Object at(int slot) {
            return slot < values.length ? values[slot] : null;
        }
    }

    /** A unique value that two rows would hold. */
    static final class TakenException extends Exception {
        private static final long serialVersionUID = 1L;

        final transient IndexSchema index;
        final String holder;

        TakenException(IndexSchema index, String holder) {
            super("The unique index " + index.name() + " holds the value already", null, false, false);
            this.index = index;
            this.holder = holder;
        }
    }

    TableSchema schema() {
        return schema;
    }

    Iterable<StoredRow> rows() {
        return rows;
    }

    @Nullable StoredRow row(String id) {
        return rows.get(id);
    }

    /** Returns a view of a row by the names of its columns; a row without a revision has revision 0. */
    Scope.SourceRow view(StoredRow row) {
        return column -> {
            Object value = lacksRevision(column) ? null : row.at(slot(column));
            return value == null && isRevision(column) ? Long.valueOf(0) : value;
        };
    }

    /** Returns whether the column is the revision of a table that has none yet. */
    boolean lacksRevision(String column) {
        return isRevision(column) && !has(column);
    }

    private boolean isRevision(String column) {
        return column.equals(TableName.REVISION) && schema.table().isItems();
    }

    /** Returns this table, with a revision column if it is a table of items. */
    MemoryTable withRevision() {
        return lacksRevision(TableName.REVISION) ? with(REVISION) : this;
    }

    /** Returns this table, with a column for tokens. */
    MemoryTable withToken() {
        return has(TableName.TOKEN) ? this : with(TOKEN);
    }

    private MemoryTable with(ColumnSchema column) {
        List<ColumnSchema> columns = new ArrayList<>(schema.columns());
        columns.add(column);
        Map<String, Integer> newSlots = new LinkedHashMap<>(slots);
        newSlots.put(column.name(), nextSlot);
        return new MemoryTable(
                new TableSchema(schema.table(), columns, schema.indexes()), newSlots, nextSlot + 1, rows, holders);
    }

    int slot(String column) {
        Integer slot = slots.get(column);
        if (slot == null) {
            requireIdentifier(column);
            throw moved(schema.table(), column);
        }
        return slot;
    }

    boolean has(String column) {
        return slots.containsKey(column);
    }

    /** SQL stores know no other names, so korm has none. */
    static void requireIdentifier(String column) {
        if (!IDENTIFIER.matcher(column).matches()) {
            throw new IllegalArgumentException("The name of a column is [A-Za-z_][A-Za-z0-9_]*");
        }
    }

    static SchemaMovedException moved(TableName table, String column) {
        return new SchemaMovedException(table, new IllegalStateException("There is no column " + column));
    }

    /** Returns the row with some columns changed. */
    StoredRow changed(@Nullable StoredRow old, String id, List<ColumnSchema> columns, List<@Nullable Object> values) {
        @Nullable Object[] next = new @Nullable Object[nextSlot];
        if (old != null) {
            System.arraycopy(old.values, 0, next, 0, old.values.length);
        }
        next[slot(schema.table().key())] = id;
        for (int i = 0; i < columns.size(); i++) {
            next[slot(columns.get(i).name())] = values.get(i);
        }
        return new StoredRow(id, next);
    }

    MemoryTable with(StoredRow row) throws TakenException {
        StoredRow old = rows.get(row.id);
        Map<String, PersistentMap<String>> changed = new LinkedHashMap<>(holders);
        for (IndexSchema index : schema.indexes()) {
            PersistentMap<String> held = changed.get(index.name());
            if (held == null) {
                continue;
            }
            Optional<String> oldKey = old == null ? Optional.empty() : key(index, old);
            Optional<String> newKey = key(index, row);
            if (oldKey.equals(newKey)) {
                continue;
            }
            if (oldKey.isPresent()) {
                held = held.without(oldKey.get());
            }
            if (newKey.isPresent()) {
                String holder = held.get(newKey.get());
                if (holder != null) {
                    throw new TakenException(index, holder);
                }
                held = held.with(newKey.get(), row.id);
            }
            changed.put(index.name(), held);
        }
        return new MemoryTable(schema, slots, nextSlot, rows.with(row.id, row), changed);
    }

    MemoryTable without(StoredRow row) {
        Map<String, PersistentMap<String>> changed = new LinkedHashMap<>(holders);
        for (IndexSchema index : schema.indexes()) {
            PersistentMap<String> held = changed.get(index.name());
            if (held != null) {
                key(index, row).ifPresent(key -> changed.put(index.name(), held.without(key)));
            }
        }
        return new MemoryTable(schema, slots, nextSlot, rows.without(row.id), changed);
    }

    /** Returns the row's values in an index; empty when a part is null. */
    private Optional<String> key(IndexSchema index, StoredRow row) {
        Evaluator evaluator = new Evaluator("", (table, id) -> null);
        Scope scope = Scope.of(0, view(row));
        List<@Nullable Object> key = new ArrayList<>();
        for (Operand part : index.parts()) {
            Object value = evaluator.value(part).of(scope);
            if (value == null) {
                return Optional.empty();
            }
            key.add(value);
        }
        return Optional.of(Values.key(key));
    }

    /** Returns this table with a column in the place of another; empty where a row is not ready for it. */
    Optional<MemoryTable> exchanged(ColumnExchange exchange) {
        int old = slot(exchange.column());
        int by = slot(exchange.by());
        int seen = slot(exchange.seen());
        int revision = slot(TableName.REVISION);
        for (StoredRow row : rows) {
            Object at = row.at(seen);
            if ((row.at(old) != null || at != null) && !Objects.equals(at, row.at(revision))) {
                return Optional.empty();
            }
        }
        List<ColumnSchema> columns = new ArrayList<>(schema.columns());
        List<IndexSchema> indexes = new ArrayList<>(schema.indexes());
        for (FingerprintKey key : FingerprintKey.in(schema)) {
            if (key.isOf(exchange.column())) {
                drop(key.hidden().name(), columns, indexes);
            }
        }
        drop(exchange.column(), columns, indexes);
        drop(exchange.seen(), columns, indexes);
        columns.replaceAll(column ->
                column.name().equals(exchange.by()) ? new ColumnSchema(exchange.column(), column.kind()) : column);
        Map<String, Integer> newSlots = new LinkedHashMap<>(slots);
        newSlots.remove(exchange.by());
        newSlots.put(exchange.column(), by);
        newSlots.keySet().retainAll(columns.stream().map(ColumnSchema::name).toList());
        Map<String, PersistentMap<String>> held = new LinkedHashMap<>(holders);
        held.keySet().retainAll(indexes.stream().map(IndexSchema::name).toList());
        TableSchema next = new TableSchema(schema.table(), columns, indexes);
        return Optional.of(new MemoryTable(next, newSlots, nextSlot, rows, held));
    }

    MemoryTable evolved(TableSchema wanted, Set<String> replace) throws TakenException {
        List<ColumnSchema> columns = new ArrayList<>(schema.columns());
        Map<String, Integer> newSlots = new LinkedHashMap<>(slots);
        List<IndexSchema> indexes = new ArrayList<>(schema.indexes());
        int slot = nextSlot;
        for (ColumnSchema column : wanted.columns()) {
            requireIdentifier(column.name());
            Optional<ColumnSchema> existing = schema.column(column.name());
            if (existing.isPresent() && existing.get().kind() != column.kind() && replace.contains(column.name())) {
                for (FingerprintKey key : FingerprintKey.in(schema)) {
                    if (key.isOf(column.name())) {
                        drop(key.hidden().name(), columns, indexes);
                    }
                }
                drop(column.name(), columns, indexes);
            }
        }
        for (ColumnSchema column : wanted.columns()) {
            if (columns.stream().noneMatch(existing -> existing.name().equals(column.name()))) {
                columns.add(column);
                newSlots.put(column.name(), slot++);
            }
        }
        newSlots.keySet().retainAll(columns.stream().map(ColumnSchema::name).toList());
        List<IndexSchema> unchanged = List.copyOf(indexes);
        for (IndexSchema index : wanted.indexes()) {
            if (indexes.stream().noneMatch(existing -> existing.name().equals(index.name()))) {
                indexes.add(index);
            }
        }
        TableSchema next = new TableSchema(schema.table(), columns, indexes);
        MemoryTable table = new MemoryTable(next, Map.copyOf(newSlots), slot, rows, Map.of());
        return table.indexed(unchanged, holders);
    }

    private static void drop(String column, List<ColumnSchema> columns, List<IndexSchema> indexes) {
        columns.removeIf(existing -> existing.name().equals(column));
        indexes.removeIf(index -> mentions(index, column));
    }

    /** Returns this table with its unique indexes filled; those that are unchanged are taken over. */
    private MemoryTable indexed(List<IndexSchema> unchanged, Map<String, PersistentMap<String>> kept)
            throws TakenException {
        Map<String, PersistentMap<String>> filled = new LinkedHashMap<>();
        for (IndexSchema index : schema.indexes()) {
            if (index.uniqueness() != IndexSchema.Uniqueness.UNIQUE) {
                continue;
            }
            for (Operand part : index.parts()) {
                requireColumns(part);
            }
            PersistentMap<String> held = unchanged.contains(index) ? kept.get(index.name()) : null;
            filled.put(index.name(), held == null ? filled(index) : held);
        }
        return new MemoryTable(schema, slots, nextSlot, rows, filled);
    }

    private PersistentMap<String> filled(IndexSchema index) throws TakenException {
        PersistentMap<String> held = PersistentMap.empty();
        for (StoredRow row : rows) {
            Optional<String> key = key(index, row);
            if (key.isPresent()) {
                String holder = held.get(key.get());
                if (holder != null) {
                    throw new TakenException(index, holder);
                }
                held = held.with(key.get(), row.id);
            }
        }
        return held;
    }

    private void requireColumns(Operand part) {
        if (part instanceof Operand.Column column) {
            slot(column.name());
        } else if (part instanceof Operand.Json json) {
            requireColumns(json.document());
        }
    }

    private static boolean mentions(IndexSchema index, String column) {
        return index.parts().stream().anyMatch(part -> mentions(part, column));
    }

    private static boolean mentions(Operand part, String name) {
        if (part instanceof Operand.Json json) {
            return mentions(json.document(), name);
        }
        return part instanceof Operand.Column column && column.name().equals(name);
    }
}
