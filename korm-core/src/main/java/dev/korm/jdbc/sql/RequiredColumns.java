package dev.korm.jdbc.sql;

import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.TableSchema;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The tables and columns that a statement cannot do without. */
public final class RequiredColumns {
    private final Map<TableName, Set<String>> columns = new LinkedHashMap<>();

    public static RequiredColumns of(Selection selection) {
        RequiredColumns needs = new RequiredColumns();
        Map<Integer, Set<Operand.Column>> columns = selection.columnsBySource();
        selection.tables().forEach((source, table) -> needs.add(table, read(columns.getOrDefault(source, Set.of()))));
        return needs;
    }

    /** Returns the columns to read. The revision is not among them: a table without it has revision 0. */
    private static List<String> read(Set<Operand.Column> columns) {
        return columns.stream()
                .map(Operand.Column::name)
                .filter(name -> !name.equals(TableName.REVISION))
                .toList();
    }

    public static RequiredColumns of(TableName table, Iterable<String> names) {
        RequiredColumns needs = new RequiredColumns();
        needs.add(table, names);
        return needs;
    }

    private void add(TableName table, Iterable<String> names) {
        Set<String> its = columns.computeIfAbsent(table, key -> new LinkedHashSet<>(Set.of(table.key())));
        names.forEach(its::add);
    }

    /** Returns the first table. */
    public TableName first() {
        return columns.keySet().iterator().next();
    }

    /** Returns the first table of which something is not there. */
    public Optional<TableName> missing(Tables tables) throws SQLException {
        for (Map.Entry<TableName, Set<String>> entry : columns.entrySet()) {
            Optional<TableSchema> schema = tables.read(entry.getKey());
            if (schema.isEmpty() || !entry.getValue().stream().allMatch(schema.get()::has)) {
                return Optional.of(entry.getKey());
            }
        }
        return Optional.empty();
    }

    /** Looks at tables as they are now. */
    public interface Tables {
        Optional<TableSchema> read(TableName table) throws SQLException;
    }
}
