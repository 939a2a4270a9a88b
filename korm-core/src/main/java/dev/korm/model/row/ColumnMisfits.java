package dev.korm.model.row;

import dev.korm.codec.json.StoredForms;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.TableSchema;
import java.util.List;

/** Columns that hold nothing of what the fields of their names are of, as when a field has got another type. */
public final class ColumnMisfits {
    private ColumnMisfits() {}

    /** Returns whether a column of one kind holds values of fields of another. */
    public static boolean isFit(ColumnKind field, ColumnKind column) {
        return StoredForms.accepts(field, column);
    }

    /** Returns those of a table as it is which do not fit what is wanted of it. */
    public static List<ColumnSchema> of(TableSchema actual, TableSchema wanted) {
        return actual.columns().stream()
                .filter(column -> !column.isHidden()
                        && wanted.column(column.name())
                                .filter(field -> !isFit(field.kind(), column.kind()))
                                .isPresent())
                .toList();
    }
}
