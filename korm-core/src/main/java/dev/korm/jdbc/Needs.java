package dev.korm.jdbc;

import dev.korm.spi.Operand;
import dev.korm.spi.Selection;
import dev.korm.spi.TableName;
import dev.korm.spi.TableShape;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The tables and columns that a statement cannot do without. */
final class Needs {
    private final Map<TableName, Set<String>> columns = new LinkedHashMap<>();

    static Needs of(Selection selection) {
        Needs needs = new Needs();
        Map<Integer, Set<Operand.Column>> columns = selection.columnsBySource();
        selection.tables().forEach((source, table) -> needs.add(table, read(columns.getOrDefault(source, Set.of()))));
        return needs;
    }

    /** The revision is not needed to read: a table without it answers 0. */
    private static List<String> read(Set<Operand.Column> columns) {
        return columns.stream()
                .map(Operand.Column::name)
                .filter(name -> !name.equals(TableName.REVISION))
                .toList();
    }

    static Needs of(TableName table, Iterable<String> names) {
        Needs needs = new Needs();
        needs.add(table, names);
        return needs;
    }

    private void add(TableName table, Iterable<String> names) {
        Set<String> its = columns.computeIfAbsent(table, key -> new LinkedHashSet<>(Set.of(table.key())));
        names.forEach(its::add);
    }

    /** The first table. */
    TableName first() {
        return columns.keySet().iterator().next();
    }

    /** The first table of which something is not there. */
    Optional<TableName> missing(Tables tables) throws SQLException {
        for (Map.Entry<TableName, Set<String>> entry : columns.entrySet()) {
            Optional<TableShape> shape = tables.read(entry.getKey());
            if (shape.isEmpty() || !entry.getValue().stream().allMatch(shape.get()::has)) {
                return Optional.of(entry.getKey());
            }
        }
        return Optional.empty();
    }

    /** Looks at tables as they are now. */
    interface Tables {
        Optional<TableShape> read(TableName table) throws SQLException;
    }
}
