package dev.korm.kalam.layer;

import dev.korm.DuplicateException;
import dev.korm.Rn;
import dev.korm.kalam.layer.ledger.Head;
import dev.korm.kalam.layer.ledger.Ledger;
import dev.korm.kalam.layer.ledger.RowData;
import dev.korm.kalam.layer.ledger.RowKey;
import dev.korm.kalam.layer.ledger.RowWrite;
import dev.korm.kalam.layer.ledger.StoredSchema;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.FingerprintKey;
import dev.korm.spi.schema.IndexSchema;
import dev.korm.spi.schema.SchemaMovedException;
import dev.korm.spi.schema.TableSchema;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** A table as it is wanted, made of the table as it is. */
final class Evolution {
    private final String layer;
    private final Ledger ledger;
    private final Head at;
    private final StoredSchema before;
    private final StoredSchema after;

    Evolution(String layer, Ledger ledger, Head at, TableSchema wanted, Set<String> replace) {
        this.layer = layer;
        this.ledger = ledger;
        this.at = at;
        this.before = at.tables().getOrDefault(wanted.table().text(), StoredSchema.empty(wanted.table()));
        this.after = after(wanted, replace);
    }

    private StoredSchema after(TableSchema wanted, Set<String> replace) {
        StoredSchema table = before;
        for (ColumnSchema column : wanted.columns()) {
            SelectionCheck.requireIdentifier(column.name());
            Optional<ColumnSchema> there = before.schema().column(column.name());
            if (there.isPresent() && there.get().kind() != column.kind() && replace.contains(column.name())) {
                for (FingerprintKey key : FingerprintKey.in(before.schema())) {
                    if (key.isOf(column.name())) {
                        table = table.without(key.hidden().name());
                    }
                }
                table = table.without(column.name());
            }
        }
        for (ColumnSchema column : wanted.columns()) {
            table = table.with(new ColumnSchema(column.name(), column.kind()));
        }
        for (IndexSchema index : wanted.indexes()) {
            if (!table.schema().hasIndex(index.name())) {
                requireColumns(table, index);
                table = table.with(index);
            }
        }
        return table;
    }

    private static void requireColumns(StoredSchema table, IndexSchema index) {
        index.parts().stream().flatMap(Operand::columns).forEach(column -> {
            if (!table.has(column.name())) {
                throw new SchemaMovedException(
                        table.schema().table(), new IllegalStateException("There is no column " + column.name()));
            }
        });
    }

    /** Returns whether nothing is to be done. */
    boolean isNone() {
        return at.tables().containsKey(before.schema().table().text()) && after.equals(before);
    }

    TableSchema schema() {
        return after.schema();
    }

    /**
     * Returns what is to be written: the shape, and the values of rows that are unique now.
     *
     * @throws DuplicateException when two rows hold one value
     */
    List<RowWrite> writes() {
        List<RowWrite> writes = new ArrayList<>();
        writes.add(after.write());
        boolean isUnique = after.schema().indexes().stream()
                .anyMatch(index -> index.uniqueness() == IndexSchema.Uniqueness.UNIQUE
                        && !Objects.equals(
                                after.numbers().get(index.name()),
                                before.numbers().get(index.name())));
        if (!isUnique) {
            return writes;
        }
        UniqueKeys unique = new UniqueKeys(after);
        UniqueKeys former = new UniqueKeys(before);
        Map<RowKey, String> holders = new HashMap<>();
        Iterator<Ledger.Entry> rows = ledger.rows(at, after.schema().table().text());
        while (rows.hasNext()) {
            Ledger.Entry row = rows.next();
            Map<IndexSchema, RowKey> held = former.of(row.id(), row.data());
            for (Map.Entry<IndexSchema, RowKey> value :
                    unique.of(row.id(), row.data()).entrySet()) {
                if (value.getValue().equals(held.get(value.getKey()))) {
                    continue;
                }
                String other = holders.put(value.getValue(), row.id());
                if (other != null) {
                    throw duplicate(value.getKey(), other);
                }
                RowData holder = UniqueKeys.heldBy(row.id());
                writes.add(new RowWrite(value.getValue(), holder));
            }
        }
        return writes;
    }

    private DuplicateException duplicate(IndexSchema index, String id) {
        TableName table = after.schema().table();
        List<String> fields = new ArrayList<>();
        index.parts().stream()
                .flatMap(Operand::columns)
                .forEach(column -> fields.addAll(FingerprintKey.columns(column.name(), after.schema())));
        String holder = table.isItems() ? "[rn]:" + table.namespace() + ":" + table.kind() + ":" + id : "";
        return new DuplicateException(
                "The unique index " + index.name() + " of " + table + " on layer \"" + layer
                        + "\" cannot be made: several rows hold one value. Change the values of all but one",
                fields,
                Rn.isRn(holder) ? Optional.of(Rn.parse(holder)) : Optional.empty());
    }
}
