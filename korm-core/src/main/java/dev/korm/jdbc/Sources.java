package dev.korm.jdbc;

import dev.korm.spi.ColumnKind;
import dev.korm.spi.IndexShape;
import dev.korm.spi.Join;
import dev.korm.spi.JsonPath;
import dev.korm.spi.Operand;
import dev.korm.spi.TableName;
import dev.korm.spi.TableShape;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Which table each number of a selection names, and what is known of those tables. Made for writing one statement. */
final class Sources {
    private final String layer;
    private final Function<TableName, Optional<TableShape>> shapes;
    private final Map<Integer, TableName> tables = new HashMap<>();
    private boolean provisional;

    /** @param layer the layer's name, by which references name it */
    Sources(String layer, Function<TableName, Optional<TableShape>> shapes) {
        this.layer = layer;
        this.shapes = shapes;
    }

    String layer() {
        return layer;
    }

    void put(int source, TableName table) {
        tables.put(source, table);
    }

    void put(Join join) {
        put(join.source(), join.target());
    }

    /** Whether an index holds a value of that place, so that the statement has to spell it as the index does. */
    boolean isIndexed(Operand.Json json) {
        if (!(json.document() instanceof Operand.Column column)) {
            return false;
        }
        for (IndexShape index : shape(column.source()).map(TableShape::indexes).orElseGet(List::of)) {
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

    /** Whether the column is the revision of a table that has none yet. From then on the statement is provisional. */
    boolean lacksRevision(Operand.Column column) {
        boolean lacking = column.name().equals(TableName.REVISION)
                && shape(column.source())
                        .filter(shape -> !shape.has(TableName.REVISION))
                        .isPresent();
        provisional |= lacking;
        return lacking;
    }

    /** Whether the statement would be another once a table gains its revision column. */
    boolean provisional() {
        return provisional;
    }

    /** A table of which it is known by now how it is; empty where there is none. */
    Optional<TableName> known(int source) {
        return shape(source).map(TableShape::table);
    }

    /** The hidden column in which MySQL keeps, for an index, what stands at a place of JSON. */
    Optional<String> place(Operand.Column column, JsonPath path) {
        for (IndexShape index : shape(column.source()).map(TableShape::indexes).orElseGet(List::of)) {
            for (int i = 0; i < index.parts().size(); i++) {
                if (index.parts().get(i) instanceof Operand.Json json
                        && json.path().equals(path)
                        && TableShapes.column(json).equals(column.name())) {
                    return Optional.of(IndexParts.hiddenColumn(index.name(), i));
                }
            }
        }
        return Optional.empty();
    }

    /** The index by which rows are found that hold a reference. */
    Optional<IndexShape> referenceIndex(Operand.Column reference) {
        return shape(reference.source()).stream()
                .flatMap(shape -> shape.indexes().stream())
                .filter(index -> index.uniqueness() == IndexShape.Uniqueness.REPEATABLE
                        && index.parts().get(0) instanceof Operand.Column first
                        && first.kind() == ColumnKind.RN
                        && first.name().equals(reference.name()))
                .findFirst();
    }

    private Optional<TableShape> shape(int source) {
        TableName table = tables.get(source);
        return table == null ? Optional.empty() : shapes.apply(table);
    }
}
