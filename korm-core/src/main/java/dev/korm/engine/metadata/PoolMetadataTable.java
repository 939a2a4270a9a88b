package dev.korm.engine.metadata;

import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Layer;
import dev.korm.spi.Mutation;
import dev.korm.spi.Row;
import dev.korm.spi.RowCursor;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.SchemaMovedException;
import dev.korm.spi.schema.TableSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** The table {@code __korm_pool__} of a layer, or another of its form, with its one row. Times are milliseconds since 1970. */
final class PoolMetadataTable {
    /** The pool's configuration, in one layer of the pool. */
    static final TableName TABLE = TableName.own("__korm_pool__", "id");

    /** In every layer of a pool with metadata: which pool it belongs to. The original knows nothing of it. */
    static final TableName SHARE = TableName.own("__korm_share__", "id");

    private static final String ROW = "pool";
    private static final String CONFIG = "config";
    private static final String CREATED = "created_at";
    private static final String UPDATED = "updated_at";
    private final Layer layer;
    private final TableName table;

    private PoolMetadataTable(Layer layer, TableName table) {
        this.layer = layer;
        this.table = table;
    }

    static PoolMetadataTable pool(Layer layer) {
        return new PoolMetadataTable(layer, TABLE);
    }

    static PoolMetadataTable share(Layer layer) {
        return new PoolMetadataTable(layer, SHARE);
    }

    private TableSchema wanted() {
        return new TableSchema(
                table,
                List.of(
                        new ColumnSchema(table.key(), ColumnKind.ID),
                        new ColumnSchema(CONFIG, ColumnKind.JSON),
                        new ColumnSchema(CREATED, ColumnKind.INTEGER),
                        new ColumnSchema(UPDATED, ColumnKind.INTEGER)),
                List.of());
    }

    /** Returns the text of the configuration; an empty text when what is there is none. */
    Optional<String> read() {
        try {
            return readOnce();
        } catch (SchemaMovedException moved) {
            return readOnce();
        }
    }

    private Optional<String> readOnce() {
        Optional<TableSchema> schema = layer.describe(table);
        if (schema.isEmpty()) {
            return Optional.empty();
        }
        Operand config = schema.get()
                .column(CONFIG)
                .<Operand>map(column -> new Operand.Column(0, CONFIG, column.kind()))
                .orElse(new Operand.Absent(ColumnKind.TEXT));
        Operand id = new Operand.Column(0, table.key(), ColumnKind.ID);
        // There is one row, and not every layer evaluates conditions.
        Selection rows = new Selection(
                table,
                List.of(),
                List.of(new Output.Value(id), new Output.Value(config)),
                Condition.ALWAYS,
                List.of(),
                List.of(),
                OptionalLong.empty());
        try (RowCursor row = layer.select(rows)) {
            while (row.next()) {
                if (ROW.equals(row.get(0))) {
                    return Optional.of(row.get(1) instanceof String text ? text : "");
                }
            }
        }
        return Optional.empty();
    }

    /** Stores a configuration where there is none; false when there is one by now. */
    boolean insert(String config, long now) {
        TableSchema schema = layer.evolve(wanted(), Set.of());
        return apply(
                new Mutation.Insert(table, ROW, columns(schema, CONFIG, CREATED, UPDATED), Row.of(config, now, now)));
    }

    /** Stores another configuration; false when there is none any more. */
    boolean replace(String config, long now) {
        TableSchema schema = layer.evolve(wanted(), Set.of());
        return apply(update(columns(schema, CONFIG, UPDATED), Row.of(config, now)));
    }

    /** Stores that the configuration was found to be right; false when there is none any more. */
    boolean refresh(long now) {
        TableSchema schema = layer.evolve(wanted(), Set.of());
        return apply(update(columns(schema, UPDATED), Row.of(now)));
    }

    /** Removes the configuration. */
    void delete() {
        apply(new Mutation.Delete(table, ROW, OptionalLong.empty()));
    }

    private Mutation update(List<ColumnSchema> columns, Row values) {
        return new Mutation.Update(table, ROW, OptionalLong.empty(), columns, values);
    }

    /** Returns the columns as they are, since another program may have made them of another kind. */
    private static List<ColumnSchema> columns(TableSchema schema, String... names) {
        List<ColumnSchema> columns = new ArrayList<>();
        for (String name : names) {
            schema.column(name).ifPresent(columns::add);
        }
        return List.copyOf(columns);
    }

    /** Returns whether it was done; a row that came or went in the meantime is the only reason why it is not. */
    private boolean apply(Mutation mutation) {
        try {
            return layer.apply(Batch.of(List.of(mutation))) instanceof BatchResult.Applied;
        } catch (SchemaMovedException dropped) {
            return false;
        }
    }
}
