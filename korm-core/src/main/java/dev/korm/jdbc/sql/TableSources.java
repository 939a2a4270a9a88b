package dev.korm.jdbc.sql;

import dev.korm.jdbc.sql.text.SqlWriter;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Join;
import dev.korm.spi.query.JsonPath;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.IndexSchema;
import dev.korm.spi.schema.TableSchema;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The tables that the numbers of a selection name, with their schemas. Made for writing one statement. */
public final class TableSources {
    private final String layer;
    private final Function<TableName, Optional<TableSchema>> schemas;
    private final ShownTable.Known shown;
    private final Map<Integer, TableName> tables = new HashMap<>();
    private boolean provisional;

    /**
     * @param layer the layer's name, by which references name it
     * @param shown its tables that korm did not make
     */
    public TableSources(String layer, Function<TableName, Optional<TableSchema>> schemas, ShownTable.Known shown) {
        this.layer = layer;
        this.schemas = schemas;
        this.shown = shown;
    }

    /** Writes a table, where a statement selects from it. */
    void selectedFrom(SqlWriter sql, Dialect dialect, TableName table) {
        ShownTable existing = shown.of(table);
        if (existing == null) {
            dialect.table(sql, table);
        } else {
            existing.derived(sql);
        }
    }

    /** Returns a table that korm did not make; null where it is korm's own. */
    @Nullable ShownTable shown(TableName table) {
        return shown.of(table);
    }

    /** Returns the table of a source, where korm did not make it. */
    @Nullable ShownTable shown(int source) {
        TableName table = tables.get(source);
        return table == null ? null : shown.of(table);
    }

    public String layer() {
        return layer;
    }

    void put(int source, TableName table) {
        tables.put(source, table);
    }

    void put(Join join) {
        put(join.source(), join.target());
    }

    /**
     * Returns whether an index holds a value of that place, so that the statement has to spell it as the index does.
     */
    public boolean isIndexed(Operand.Json json) {
        if (!(json.document() instanceof Operand.Column column)) {
            return false;
        }
        for (IndexSchema index :
                schema(column.source()).map(TableSchema::indexes).orElseGet(List::of)) {
            for (Operand part : index.parts()) {
                if (part instanceof Operand.Json indexed
                        && indexed.path().equals(json.path())
                        && indexed.document() instanceof Operand.Column document
                        && document.name().equals(column.name())) {
                    return true;
                }
            }
        }
        return false;
    }

    /**
     * Returns whether the column is the revision of a table that has none yet. From then on the statement is
     * provisional.
     */
    public boolean lacksRevision(Operand.Column column) {
        boolean lacking = column.name().equals(TableName.REVISION)
                && schema(column.source())
                        .filter(schema -> !schema.has(TableName.REVISION))
                        .isPresent();
        provisional |= lacking;
        return lacking;
    }

    /** Returns whether the statement would be another once a table gains its revision column. */
    public boolean provisional() {
        return provisional;
    }

    /** Returns a table of which it is known by now how it is; empty where there is none. */
    public Optional<TableName> known(int source) {
        return schema(source).map(TableSchema::table);
    }

    /** Returns whether an index begins with a column. */
    public boolean isIndexed(Operand.Column column) {
        return schema(column.source()).stream()
                .flatMap(schema -> schema.indexes().stream())
                .anyMatch(index -> index.parts().get(0) instanceof Operand.Column first
                        && first.name().equals(column.name()));
    }

    /**
     * Returns whether an index has the order of a column, or of a place inside JSON, of the first table.
     *
     * @param given columns of which all rows have one value
     */
    boolean isOrdered(Operand first, Set<String> given) {
        return schema(0).stream().flatMap(schema -> schema.indexes().stream()).anyMatch(index -> index.parts().stream()
                .dropWhile(part -> part instanceof Operand.Column column && given.contains(column.name()))
                .findFirst()
                .filter(part -> isSame(part, first))
                .isPresent());
    }

    private static boolean isSame(Operand part, Operand operand) {
        if (part instanceof Operand.Json indexed && operand instanceof Operand.Json json) {
            return indexed.path().equals(json.path())
                    && IndexParts.indexKind(indexed.kind()) == IndexParts.indexKind(json.kind())
                    && isSame(indexed.document(), json.document());
        }
        return part instanceof Operand.Column one
                && operand instanceof Operand.Column other
                && one.name().equals(other.name());
    }

    /** Returns the hidden column in which MySQL keeps, for an index, what stands at a place of JSON. */
    public Optional<String> generatedColumn(Operand.Column column, JsonPath path) {
        for (IndexSchema index :
                schema(column.source()).map(TableSchema::indexes).orElseGet(List::of)) {
            for (int i = 0; i < index.parts().size(); i++) {
                if (index.parts().get(i) instanceof Operand.Json json
                        && json.path().equals(path)
                        && TableSchemas.column(json).equals(column.name())) {
                    return Optional.of(IndexParts.hiddenColumn(index.name(), i));
                }
            }
        }
        return Optional.empty();
    }

    /** Returns the index by which rows are found that hold a reference. */
    public Optional<IndexSchema> referenceIndex(Operand.Column reference) {
        return schema(reference.source()).stream()
                .flatMap(schema -> schema.indexes().stream())
                .filter(index -> index.uniqueness() == IndexSchema.Uniqueness.REPEATABLE
                        && index.parts().get(0) instanceof Operand.Column first
                        && first.kind() == ColumnKind.RN
                        && first.name().equals(reference.name()))
                .findFirst();
    }

    /** Returns how a table is known to be; empty where there is none. */
    public Optional<TableSchema> schema(int source) {
        TableName table = tables.get(source);
        return table == null ? Optional.empty() : schemas.apply(table);
    }
}
