package dev.korm.engine.live;

import dev.korm.engine.context.ItemIds;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.spi.RowCursor;
import dev.korm.spi.evaluate.Scope.SourceRow;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.TableSchema;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads rows that have changed, as far as somebody looks at them. */
final class ChangedTable {
    private ChangedTable() {}

    /**
     * Returns the rows of these ids that are there.
     *
     * @param wanted names of columns
     */
    static Map<String, SourceRow> rows(OpenLayer layer, TableSchema schema, Set<String> wanted, Set<String> ids) {
        Map<String, Integer> places = new HashMap<>();
        List<Output> outputs = new ArrayList<>();
        outputs.add(new Output.Value(ItemIds.operand()));
        places.put(TableName.ID, 0);
        for (ColumnSchema column : schema.columns()) {
            if (wanted.contains(column.name()) && !places.containsKey(column.name())) {
                places.put(column.name(), outputs.size());
                outputs.add(new Output.Value(new Operand.Column(0, column.name(), column.kind())));
            }
        }
        Map<String, SourceRow> rows = new HashMap<>();
        for (List<String> chunk : ItemIds.chunks(List.copyOf(ids), layer.store())) {
            Selection asked = new Selection(
                    schema.table(),
                    List.of(),
                    outputs,
                    new Condition.OneOf(ItemIds.operand(), List.copyOf(chunk)),
                    List.of(),
                    List.of(),
                    OptionalLong.empty());
            try (RowCursor cursor = layer.select(asked)) {
                while (cursor.next()) {
                    if (cursor.get(0) instanceof String id) {
                        rows.put(id, kept(cursor, places, outputs.size()));
                    }
                }
            }
        }
        return rows;
    }

    private static SourceRow kept(RowCursor cursor, Map<String, Integer> places, int width) {
        @Nullable Object[] values = new Object[width];
        for (int i = 0; i < width; i++) {
            values[i] = cursor.get(i);
        }
        return column -> {
            Integer place = places.get(column);
            return place == null ? null : values[place];
        };
    }
}
