package dev.korm.jdbc.mysql;

import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The columns that a selection looks at, by the tables that its numbers name; the key is always among them, and first. */
final class CandidateColumns {
    private final Map<Integer, TableName> tables;
    private final Map<Integer, Map<String, Operand.Column>> columns = new LinkedHashMap<>();
    private final boolean joinsElements;

    CandidateColumns(Selection selection) {
        this.tables = selection.tables();
        this.joinsElements = tables.size() > 1 + selection.joins().size();
        tables.forEach((source, table) -> add(new Operand.Column(source, table.key(), ColumnKind.ID)));
        selection.columnsBySource().values().forEach(some -> some.forEach(this::add));
    }

    /** Returns whether references inside JSON are followed from elements of arrays. */
    boolean joinsElements() {
        return joinsElements;
    }

    List<Operand.Column> of(int source) {
        return List.copyOf(columns.getOrDefault(source, Map.of()).values());
    }

    /** Returns all that is looked at of a table, by whichever number; of source 0. */
    List<Operand.Column> of(TableName table) {
        Map<String, Operand.Column> all = new LinkedHashMap<>();
        tables.forEach((source, name) -> {
            if (name.equals(table)) {
                of(source)
                        .forEach(column -> all.put(column.name(), new Operand.Column(0, column.name(), column.kind())));
            }
        });
        return new ArrayList<>(all.values());
    }

    private void add(Operand.Column column) {
        columns.computeIfAbsent(column.source(), key -> new LinkedHashMap<>()).putIfAbsent(column.name(), column);
    }
}
