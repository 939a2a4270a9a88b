package dev.korm.engine.history;

import dev.korm.crypto.ItemIdentity;
import dev.korm.engine.item.PoolContext;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.engine.version.HistoryClock;
import dev.korm.model.row.SecretRows;
import dev.korm.spi.RowCursor;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.FingerprintKey;
import dev.korm.spi.schema.TableSchema;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a table as they were at a moment, to be stored: with the fingerprints of unique and searched values, which no version holds and which are made of what it holds. For one
 * thread.
 */
public final class MomentRows implements RowCursor {
    private final OpenLayer layer;
    private final TableSchema schema;
    private final List<ColumnSchema> columns;
    private final List<ColumnSchema> read = new ArrayList<>();
    private final Map<String, FingerprintKey> keys = new HashMap<>();
    private final RowCursor rows;
    private final Map<String, @Nullable Object> values = new HashMap<>();

    /**
     * Begins to read.
     *
     * @param columns the id first
     * @param reading runs selections of the layer, all in one moment of it
     * @throws dev.korm.history.HistoryException when the history of the layer begins later
     */
    public MomentRows(
            PoolContext pool,
            OpenLayer layer,
            TableName table,
            List<ColumnSchema> columns,
            Instant moment,
            Function<Selection, RowCursor> reading) {
        this.layer = layer;
        this.schema = layer.schema(table).orElseThrow();
        this.columns = List.copyOf(columns);
        FingerprintKey.in(schema).forEach(key -> keys.put(key.hidden().name(), key));
        List<Output> outputs = new ArrayList<>();
        for (ColumnSchema column : columns) {
            if (!ColumnSchema.isFingerprint(column.name())) {
                read.add(column);
                outputs.add(new Output.Value(new Operand.Column(0, column.name(), column.kind())));
            }
        }
        long micros = HistoryClock.micros(moment);
        this.rows = new AsOfLayer(layer, micros, () -> micros, pool.limit())
                .select(
                        new Selection(
                                table,
                                List.of(),
                                outputs,
                                Condition.ALWAYS,
                                List.of(),
                                List.of(),
                                OptionalLong.empty()),
                        reading);
    }

    @Override
    public boolean next() {
        if (!rows.next()) {
            return false;
        }
        values.clear();
        for (int i = 0; i < read.size(); i++) {
            values.put(read.get(i).name(), rows.get(i));
        }
        return true;
    }

    @Override
    public @Nullable Object get(int column) {
        ColumnSchema wanted = columns.get(column);
        FingerprintKey key = keys.get(wanted.name());
        if (key == null) {
            return values.get(wanted.name());
        }
        ItemIdentity owner = layer.seals()
                .item(schema.table(), String.valueOf(values.get(schema.table().key())));
        return SecretRows.fingerprint(schema, key, owner, layer.seals(), of -> values.get(of.name()));
    }

    @Override
    public void close() {
        rows.close();
    }
}
