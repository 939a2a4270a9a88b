package dev.korm.engine.federation;

import dev.korm.engine.context.ItemIds;
import dev.korm.spi.RowCursor;
import dev.korm.spi.evaluate.Scope;
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
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The columns of a table that are needed, to be selected and to be kept. */
final class TableColumns {
    private final TableName table;
    private final Map<String, Integer> positions = new HashMap<>();
    private final List<Output> outputs = new ArrayList<>();

    TableColumns(TableSchema schema, Set<String> needed) {
        this.table = schema.table();
        for (ColumnSchema column : schema.columns()) {
            if (needed.contains(column.name())) {
                positions.put(column.name(), outputs.size());
                outputs.add(new Output.Value(new Operand.Column(0, column.name(), column.kind())));
            }
        }
    }

    List<Output> outputs() {
        return outputs;
    }

    /** Returns the position of a column among the outputs. */
    int position(String column) {
        return Objects.requireNonNull(positions.get(column));
    }

    /** Returns the rows of some ids. */
    Selection byIds(List<String> ids) {
        Condition where = new Condition.OneOf(ItemIds.operand(), List.copyOf(ids));
        return new Selection(table, List.of(), outputs, where, List.of(), List.of(), OptionalLong.empty());
    }

    /** Returns the row at hand, to be kept. */
    Kept copy(RowCursor row) {
        @Nullable Object[] values = new Object[outputs.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = row.get(i);
        }
        return new Kept(positions, values);
    }

    /** A row that was copied. */
    static final class Kept implements Scope.SourceRow {
        private final Map<String, Integer> positions;
        private final @Nullable Object[] values;

        private Kept(Map<String, Integer> positions, @Nullable Object[] values) {
            this.positions = positions;
            this.values = values;
        }

        @Override
        public @Nullable Object get(String column) {
            Integer position = positions.get(column);
            return position == null ? null : values[position];
        }
    }
}
