package dev.korm.engine.layer;

import dev.korm.engine.federation.FederatedLayer;
import dev.korm.spi.RowCursor;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.SortKey;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.TableSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** One of korm's own tables, with a key {@code id}. */
public record SystemTable(TableName name, List<ColumnSchema> columns) {
    public static SystemTable of(String name, ColumnSchema... columns) {
        return new SystemTable(TableName.own(name, "id"), List.of(columns));
    }

    /** Makes it where it is missing. */
    public void make(FederatedLayer layer) {
        List<ColumnSchema> all = new ArrayList<>();
        all.add(new ColumnSchema(name.key(), ColumnKind.ID));
        all.addAll(columns);
        layer.store().evolve(new TableSchema(name, all, List.of()), Set.of());
    }

    public Operand key() {
        return new Operand.Column(0, name.key(), ColumnKind.ID);
    }

    /** A function of a row: its key, then its columns. */
    public interface Reading<R> {
        R of(RowCursor row);
    }

    /** Returns the row of a key. */
    public <R> Optional<R> row(FederatedLayer layer, String key, Reading<R> reading) {
        List<R> rows =
                rows(layer, new Condition.Compare(key(), Condition.Comparison.EQUAL, key), OptionalLong.of(1), reading);
        return rows.stream().findFirst();
    }

    /** Returns the rows in the order of their keys. */
    public <R> List<R> rows(FederatedLayer layer, Condition where, OptionalLong limit, Reading<R> reading) {
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
