package dev.korm.wal.backup;

import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.TableSchema;
import dev.korm.wal.backup.format.StoredTable;
import java.util.ArrayList;
import java.util.List;

/** The tables that a restore makes. */
final class Restored {
    static final ColumnSchema REVISION = new ColumnSchema(TableName.REVISION, ColumnKind.INTEGER);

    private Restored() {}

    /** Returns a table with all columns of the backup, and the revision that every item has. */
    static TableSchema withColumns(StoredTable stored) {
        List<ColumnSchema> columns = new ArrayList<>(stored.schema().columns());
        if (stored.name().isItems() && !stored.schema().has(TableName.REVISION)) {
            columns.add(REVISION);
        }
        return new TableSchema(stored.name(), columns, List.of());
    }

    static TableSchema withIndexes(StoredTable stored) {
        return new TableSchema(
                stored.name(), withColumns(stored).columns(), stored.schema().indexes());
    }

    /** Returns the columns of a table that can be compared with those of a backup. */
    static List<ColumnSchema> comparable(TableSchema there) {
        return there.columns().stream()
                .filter(column -> StoredTable.holds(column) && !column.name().equals(TableName.FORMER_REVISION))
                .toList();
    }
}
