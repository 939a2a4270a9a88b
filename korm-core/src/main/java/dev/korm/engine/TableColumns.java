package dev.korm.engine;

import dev.korm.spi.ColumnShape;
import dev.korm.spi.Condition;
import dev.korm.spi.Operand;
import dev.korm.spi.Output;
import dev.korm.spi.RowCursor;
import dev.korm.spi.Selection;
import dev.korm.spi.TableName;
import dev.korm.spi.TableShape;
import dev.korm.spi.evaluate.Scope;
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

    TableColumns(TableShape shape, Set<String> needed) {
        this.table = shape.table();
        for (ColumnShape column : shape.columns()) {
            if (needed.contains(column.name())) {
                positions.put(column.name(), outputs.size());
                outputs.add(new Output.Value(new Operand.Column(0, column.name(), column.kind())));
            }
        }
    }

    List<Output> outputs() {
        return outputs;
    }

    /** Where a column is among the outputs. */
    int position(String column) {
        return Objects.requireNonNull(positions.get(column));
    }

    /** The rows of some ids. */
    Selection byIds(List<String> ids) {
        Condition where = new Condition.OneOf(ItemIds.operand(), List.copyOf(ids));
        return new Selection(table, List.of(), outputs, where, List.of(), List.of(), OptionalLong.empty());
    }

    /** The row at hand, to be kept. */
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
