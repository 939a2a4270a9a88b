package dev.korm.engine.item;

import dev.korm.crypto.BlindIndex;
import dev.korm.crypto.ItemIdentity;
import dev.korm.engine.context.ItemIds;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.engine.softdelete.DeletionMarks;
import dev.korm.model.row.SecretRows;
import dev.korm.spi.Mutation;
import dev.korm.spi.Row;
import dev.korm.spi.RowCursor;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.FingerprintKey;
import dev.korm.spi.schema.TableSchema;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A row that is marked as deleted, and how it is without the mark: with the fingerprints of its unique values again, which are made of what it holds. */
final class MarkedRow {
    private static final ColumnSchema DELETED = new ColumnSchema(TableName.DELETED, ColumnKind.INTEGER);

    private final OpenLayer layer;
    private final TableSchema schema;
    private final String id;
    private final List<FingerprintKey> keys;

    MarkedRow(OpenLayer layer, TableSchema schema, String id) {
        this.layer = layer;
        this.schema = schema;
        this.id = id;
        List<ColumnSchema> unique = DeletionMarks.unique(schema);
        this.keys = FingerprintKey.in(schema).stream()
                .filter(key -> unique.contains(key.hidden()))
                .toList();
    }

    /** Returns whether sealed values are among the unique ones. */
    boolean hasSealedKeys() {
        return keys.stream().anyMatch(FingerprintKey::isSealed);
    }

    /** Returns the change that takes the mark away from the row at a revision. */
    Mutation restored(long revision) {
        List<ColumnSchema> columns = new ArrayList<>(List.of(DELETED));
        List<@Nullable Object> values = new ArrayList<>();
        values.add(null);
        Map<String, @Nullable Object> cells = keys.isEmpty() ? Map.of() : cells(revision);
        ItemIdentity owner = layer.seals().item(schema.table(), id);
        for (FingerprintKey key : keys) {
            if (cells.get(key.hidden().name()) instanceof String stored && BlindIndex.isDeleted(stored)) {
                columns.add(key.hidden());
                values.add(
                        SecretRows.fingerprint(schema, key, owner, layer.seals(), column -> cells.get(column.name())));
            }
        }
        return new Mutation.Update(schema.table(), id, OptionalLong.of(revision), columns, Row.of(values.toArray()));
    }

    /** Reads what fingerprints are made of, and the fingerprints; nothing where the row is not at the revision. */
    private Map<String, @Nullable Object> cells(long revision) {
        Set<ColumnSchema> columns = new LinkedHashSet<>();
        for (FingerprintKey key : keys) {
            key.columns().forEach(name -> columns.add(schema.column(name).orElseThrow()));
            columns.add(key.hidden());
        }
        List<Output> outputs = new ArrayList<>();
        columns.forEach(column -> outputs.add(new Output.Value(new Operand.Column(0, column.name(), column.kind()))));
        Condition same = new Condition.And(List.of(
                new Condition.Compare(ItemIds.operand(), Condition.Comparison.EQUAL, id),
                new Condition.Compare(
                        new Operand.Column(0, TableName.REVISION, ColumnKind.INTEGER),
                        Condition.Comparison.EQUAL,
                        revision)));
        Map<String, @Nullable Object> cells = new HashMap<>();
        Selection selection =
                new Selection(schema.table(), List.of(), outputs, same, List.of(), List.of(), OptionalLong.of(1));
        try (RowCursor row = layer.allRows().select(selection)) {
            if (row.next()) {
                int at = 0;
                for (ColumnSchema column : columns) {
                    cells.put(column.name(), row.get(at++));
                }
            }
        }
        return cells;
    }
}
