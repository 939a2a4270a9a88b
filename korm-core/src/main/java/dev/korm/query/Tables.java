package dev.korm.query;

import dev.korm.spi.TableName;
import dev.korm.spi.TableShape;
import java.util.List;
import java.util.Optional;

/** The tables of one layer, as they are. */
public interface Tables {
    /** The layer's name in its pool. */
    String layer();

    /** The table's shape; empty when there is no such table. */
    Optional<TableShape> shape(TableName table);

    /** Every table of items. */
    List<TableShape> items();

    /**
     * Every table of items that has a column.
     *
     * @param type what the items are, where it is known
     */
    List<TableShape> items(String column, Class<?> type);

    /** Whether a column of references holds one that names an item of a table, in this layer or another. */
    boolean refersTo(TableName holder, String column, String layer, TableName target);

    /** Every other layer of the pool. */
    List<? extends Tables> neighbours();
}
