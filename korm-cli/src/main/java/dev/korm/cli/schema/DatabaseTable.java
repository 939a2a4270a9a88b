package dev.korm.cli.schema;

import java.util.List;
import java.util.Optional;

/**
 * A table as its database describes it.
 *
 * @param columns in the order of the table
 * @param key the columns of the primary key, in its order; empty where there is none
 */
public record DatabaseTable(String name, List<Column> columns, List<String> key, List<ForeignKey> foreignKeys) {
    public DatabaseTable {
        columns = List.copyOf(columns);
        key = List.copyOf(key);
        foreignKeys = List.copyOf(foreignKeys);
    }

    /**
     * A column.
     *
     * @param type in the database's own words, in lower case, with its length where it has one
     */
    public record Column(String name, String type, boolean nullable) {}

    /**
     * A foreign key, its columns in the order of those that it refers to.
     *
     * @param referred the columns of the other table
     */
    public record ForeignKey(List<String> columns, String table, List<String> referred) {
        public ForeignKey {
            columns = List.copyOf(columns);
            referred = List.copyOf(referred);
        }
    }

    Optional<Column> column(String name) {
        return columns.stream().filter(column -> column.name().equals(name)).findFirst();
    }
}
