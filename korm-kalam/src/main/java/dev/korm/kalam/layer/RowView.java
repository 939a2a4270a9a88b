package dev.korm.kalam.layer;

import dev.korm.kalam.layer.ledger.RowData;
import dev.korm.kalam.layer.ledger.StoredSchema;
import dev.korm.spi.evaluate.Scope;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A view of stored rows by the columns of their table. */
final class RowView {
    private final StoredSchema table;
    private final Map<String, ColumnKind> kinds = new HashMap<>();

    RowView(StoredSchema table) {
        this.table = table;
        for (ColumnSchema column : table.schema().columns()) {
            kinds.put(column.name(), column.kind());
        }
    }

    /** Returns a row; one of items without a revision has revision 0. */
    Scope.SourceRow of(String id, RowData data) {
        return column -> {
            Object value = value(id, data, column);
            return value == null
                            && column.equals(TableName.REVISION)
                            && table.schema().table().isItems()
                    ? (Object) 0L
                    : value;
        };
    }

    private @Nullable Object value(String id, RowData data, String column) {
        if (column.equals(table.schema().table().key())) {
            return id;
        }
        ColumnKind kind = kinds.get(column);
        String cell = table.cells().get(column);
        return kind == null || cell == null ? null : data.value(cell, kind);
    }

    /** Returns the number by which the row is known to have changed. */
    static long number(StoredSchema table, RowData data, String column) {
        String cell = table.cells().get(column);
        return cell != null && data.stored(cell) instanceof Number number ? number.longValue() : 0;
    }
}
