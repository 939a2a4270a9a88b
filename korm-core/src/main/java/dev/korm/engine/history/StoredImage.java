package dev.korm.engine.history;

import dev.korm.Rn;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.engine.version.RowImage;
import dev.korm.model.Model;
import dev.korm.model.row.Decoder;
import dev.korm.spi.RowCursor;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.TableSchema;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads images as data. */
final class StoredImage {
    private StoredImage() {}

    /** Returns the data of an image. Columns that the table has gained since are null in it, as in a row of then. */
    static <T> T decode(RowImage image, Model<T> model, OpenLayer layer, TableName table, Rn<T> rn) {
        TableSchema schema = schema(image, table, layer);
        Decoder<T> decoder = model.decoder(schema);
        List<@Nullable Object> values = new ArrayList<>();
        for (ColumnSchema column : decoder.columns()) {
            values.add(image.columns().get(new ColumnSchema(column.name(), column.kind())));
        }
        return decoder.decode(new Values(values), 0, rn, layer.seals());
    }

    /** Returns the table as it was for an image. */
    private static TableSchema schema(RowImage image, TableName table, OpenLayer layer) {
        List<ColumnSchema> columns = new ArrayList<>();
        columns.add(new ColumnSchema(table.key(), ColumnKind.ID));
        columns.addAll(image.columns().keySet());
        layer.schema(table).ifPresent(now -> {
            for (ColumnSchema column : now.columns()) {
                if (RowImage.holds(column) && image.column(column.name()) == null) {
                    columns.add(column);
                }
            }
        });
        return new TableSchema(table, columns, List.of());
    }

    /** One row of values. */
    private record Values(List<@Nullable Object> values) implements RowCursor {
        @Override
        public boolean next() {
            return false;
        }

        @Override
        public @Nullable Object get(int column) {
            return values.get(column);
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }
}
