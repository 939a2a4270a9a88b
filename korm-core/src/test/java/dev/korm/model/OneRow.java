package dev.korm.model;

import dev.korm.Rn;
import dev.korm.model.row.Decoder;
import dev.korm.model.row.Encoded;
import dev.korm.spi.RowCursor;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.TableSchema;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A table of one row, in memory: what was encoded is what is read. */
final class OneRow {
    static final TableName TABLE = TableName.items("test", "things");

    private final TableSchema schema;
    private final Map<String, @Nullable Object> cells = new HashMap<>();

    OneRow(TableSchema schema) {
        this.schema = schema;
    }

    static <T> Rn<T> rn() {
        return Rn.item("test", "things", UUID.fromString("3dd91ede-37a4-4c25-a86a-6f1a9e132186"));
    }

    /** A table that has just the columns that the data wants. */
    static <T> OneRow of(Model<T> model, T data) {
        OneRow row = new OneRow(model.wanted(TABLE, data));
        row.write(model.encode(data, row.schema, rn()));
        return row;
    }

    TableSchema schema() {
        return schema;
    }

    OneRow write(Encoded encoded) {
        for (int i = 0; i < encoded.columns().size(); i++) {
            cells.put(encoded.columns().get(i).name(), encoded.values().get(i));
        }
        return this;
    }

    OneRow put(String column, @Nullable Object value) {
        cells.put(column, value);
        return this;
    }

    @Nullable Object cell(String column) {
        return cells.get(column);
    }

    <T> T read(Model<T> model) {
        Decoder<T> decoder = model.decoder(schema);
        List<ColumnSchema> columns = decoder.columns();
        return decoder.decode(
                new RowCursor() {
                    @Override
                    public boolean next() {
                        return false;
                    }

                    @Override
                    public @Nullable Object get(int column) {
                        return cells.get(columns.get(column - 2).name());
                    }

                    @Override
                    public void close() {}
                },
                2,
                rn());
    }
}
