package dev.korm.query;

import dev.korm.spi.query.Condition;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.FingerprintKey;
import dev.korm.spi.schema.TableSchema;
import java.util.List;
import java.util.Optional;

/** The tables of one layer, as they are. */
public interface Tables {
    /** Returns the layer's name in its pool. */
    String layer();

    /** Returns the fingerprints, under every key, by which sealed values equal to one are found in a hidden column. */
    List<String> fingerprints(TableName table, FingerprintKey key, String canonicalJson);

    /**
     * Opens what rows hold in a column of sealed values, to see whether it equals one of some values.
     *
     * @param key what the column is searched by
     * @param canonicalJson those values
     */
    Condition.SealedMatcher opening(TableName table, FingerprintKey key, List<String> canonicalJson);

    /** Returns the table's schema; empty when there is no such table. */
    Optional<TableSchema> schema(TableName table);

    /** Returns every table of items. */
    List<TableSchema> items();

    /**
     * Returns every table of items that has a column.
     *
     * @param type what the items are, where it is known
     */
    List<TableSchema> items(String column, Class<?> type);

    /** Returns whether a column of references holds one that names an item of a table, in this layer or another. */
    boolean refersTo(TableName holder, String column, String layer, TableName target);

    /** Returns every other layer of the pool. */
    List<? extends Tables> neighbours();
}
