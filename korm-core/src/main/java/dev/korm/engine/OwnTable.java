package dev.korm.engine;

import dev.korm.spi.ColumnKind;
import dev.korm.spi.ColumnShape;
import dev.korm.spi.Condition;
import dev.korm.spi.Operand;
import dev.korm.spi.Output;
import dev.korm.spi.RowCursor;
import dev.korm.spi.Selection;
import dev.korm.spi.SortKey;
import dev.korm.spi.TableName;
import dev.korm.spi.TableShape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** One of korm's own tables, with a key {@code id}. */
record OwnTable(TableName name, List<ColumnShape> columns) {
    static OwnTable of(String name, ColumnShape... columns) {
        return new OwnTable(TableName.own(name, "id"), List.of(columns));
    }

    /** Makes it where it is missing. */
    void make(FederatedLayer layer) {
        List<ColumnShape> all = new ArrayList<>();
        all.add(new ColumnShape(name.key(), ColumnKind.ID));
        all.addAll(columns);
        layer.store().evolve(new TableShape(name, all, List.of()), Set.of());
    }

    Operand key() {
        return new Operand.Column(0, name.key(), ColumnKind.ID);
    }

    /** What is done with a row: its key, then its columns. */
    interface Reading<R> {
        R of(RowCursor row);
    }

    /** The row of a key. */
    <R> Optional<R> row(FederatedLayer layer, String key, Reading<R> reading) {
        List<R> rows =
                rows(layer, new Condition.Compare(key(), Condition.Comparison.EQUAL, key), OptionalLong.of(1), reading);
        return rows.stream().findFirst();
    }

    /** Rows in the order of their keys. */
    <R> List<R> rows(FederatedLayer layer, Condition where, OptionalLong limit, Reading<R> reading) {
        List<Output> outputs = new ArrayList<>();
        outputs.add(new Output.Value(key()));
        columns.forEach(column -> outputs.add(new Output.Value(new Operand.Column(0, column.name(), column.kind()))));
        List<SortKey> order =
                List.of(new SortKey(new Output.Value(key()), SortKey.Direction.ASCENDING, SortKey.Nulls.LAST));
        List<R> rows = new ArrayList<>();
        try (RowCursor row = layer.select(new Selection(name, List.of(), outputs, where, List.of(), order, limit))) {
            while (row.next()) {
                rows.add(reading.of(row));
            }
        }
        return rows;
    }
}
