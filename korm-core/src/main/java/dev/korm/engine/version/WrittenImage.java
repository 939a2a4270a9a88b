package dev.korm.engine.version;

import dev.korm.spi.Row;
import dev.korm.spi.schema.ColumnSchema;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The image of a row as a mutation leaves it. That of a new row is what is inserted, and is taken apart only where the same change goes on with it, which few do. For one thread.
 */
final class WrittenImage {
    private final List<ColumnSchema> columns;
    private final Row row;
    private @Nullable RowImage whole;

    private WrittenImage(List<ColumnSchema> columns, Row row, @Nullable RowImage whole) {
        this.columns = columns;
        this.row = row;
        this.whole = whole;
    }

    /** @param columns without the ways in which the database fills them */
    static WrittenImage inserted(List<ColumnSchema> columns, Row row) {
        return new WrittenImage(columns, row, null);
    }

    static WrittenImage of(RowImage image) {
        return new WrittenImage(List.of(), Row.of(), image);
    }

    RowImage whole() {
        RowImage known = whole;
        if (known == null) {
            known = RowImage.of(columns, row);
            whole = known;
        }
        return known;
    }

    String text(ImageWriter writer) {
        RowImage known = whole;
        return known == null ? writer.text(columns, row) : writer.text(known);
    }
}
