package dev.korm.engine.item;

import dev.korm.engine.context.ItemIds;
import dev.korm.model.row.Encoded;
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
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The columns of an item's row beside the data that was read of it: columns that the record does not know, since a
 * newer program has added them, that no document can hold, or that the database fills in. An item that is deleted takes
 * them along, so that it can be restored as it was.
 */
public record OtherColumns(List<ColumnSchema> columns, Row values) {
    static final OtherColumns NONE = new OtherColumns(List.of(), Row.of());

    public OtherColumns {
        columns = List.copyOf(columns);
    }

    /** Reads them of the row of an item; none where the row is gone, or not as the item was read. */
    public static <T> OtherColumns of(StoredItem<T> item) {
        CollectionHandle<T> home = item.home();
        TableSchema schema = home.layer().recent(home.table()).orElse(null);
        List<ColumnSchema> others = schema == null ? List.of() : others(home, schema);
        if (schema == null || others.isEmpty()) {
            return NONE;
        }
        List<Output> outputs = new ArrayList<>();
        for (ColumnSchema column : others) {
            outputs.add(new Output.Value(new Operand.Column(0, column.name(), column.kind())));
        }
        Selection selection = new Selection(
                home.table(), List.of(), outputs, asRead(item, schema), List.of(), List.of(), OptionalLong.of(1));
        try (RowCursor row = home.layer().select(selection)) {
            if (!row.next()) {
                return NONE;
            }
            @Nullable Object[] values = new @Nullable Object[others.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = row.get(i);
            }
            return new OtherColumns(others, Row.of(values));
        }
    }

    private static Condition asRead(StoredItem<?> item, TableSchema schema) {
        Condition same = new Condition.Compare(
                ItemIds.operand(), Condition.Comparison.EQUAL, item.rn().id().orElseThrow());
        if (!schema.has(TableName.REVISION)) {
            return same;
        }
        Operand revision = new Operand.Column(0, TableName.REVISION, ColumnKind.INTEGER);
        return new Condition.And(
                List.of(same, new Condition.Compare(revision, Condition.Comparison.EQUAL, item.revision())));
    }

    /** Returns the columns that an item of the type, encoded again, leaves out. */
    private static <T> List<ColumnSchema> others(CollectionHandle<T> home, TableSchema schema) {
        List<ColumnSchema> read = home.model().decoder(schema).columns();
        boolean dynamic = home.model().root().isDynamic();
        // There are hardly ever any, and each deletion asks.
        List<ColumnSchema> others = List.of();
        for (ColumnSchema column : schema.columns()) {
            if (!column.isGenerated() && !isOf(column, read, dynamic, schema)) {
                if (others.isEmpty()) {
                    others = new ArrayList<>();
                }
                others.add(column);
            }
        }
        return others;
    }

    /** Returns whether the column holds a field, or follows from fields alone, or is the row's own. */
    private static boolean isOf(ColumnSchema column, List<ColumnSchema> read, boolean dynamic, TableSchema schema) {
        if (ColumnSchema.isFingerprint(column.name())) {
            return FingerprintKey.columns(column.name(), schema).stream()
                    .allMatch(name -> isField(name, read, dynamic));
        }
        return column.isHidden() || isField(column.name(), read, dynamic);
    }

    private static boolean isField(String name, List<ColumnSchema> read, boolean dynamic) {
        for (int i = 0; i < read.size(); i++) {
            ColumnSchema column = read.get(i);
            if (column.name().equals(name) && (!dynamic || (column.kind() != ColumnKind.OTHER && !column.isFilled()))) {
                return true;
            }
        }
        return false;
    }

    /**
     * Puts them beside the item's own columns, as far as the table has them still. A fingerprint that the item could only guess at
     * gives way to the one that was there.
     */
    Encoded beside(Encoded own, TableSchema actual) {
        if (columns.isEmpty()) {
            return own;
        }
        List<ColumnSchema> all = new ArrayList<>(own.columns());
        List<@Nullable Object> row = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            row.add(own.values().get(i));
        }
        for (int i = 0; i < columns.size(); i++) {
            ColumnSchema column = columns.get(i);
            if (!actual.has(column.name())) {
                continue;
            }
            int at = all.stream().map(ColumnSchema::name).toList().indexOf(column.name());
            if (at < 0) {
                all.add(column);
                row.add(values.get(i));
            } else {
                all.set(at, column);
                row.set(at, values.get(i));
            }
        }
        return new Encoded(List.copyOf(all), Row.of(row.toArray()), own.sealedFingerprints());
    }
}
