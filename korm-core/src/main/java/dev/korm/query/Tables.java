package dev.korm.query;

import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.FingerprintKey;
import dev.korm.spi.schema.TableSchema;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

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

    /**
     * Returns whether a reference in some row of a table names an item of another, in this layer or another.
     *
     * @param reference in the row, or in what {@code within} leads to
     * @param within makes a condition on the row of one on the reference
     */
    boolean refersTo(
            TableName holder, Operand reference, UnaryOperator<Condition> within, String layer, TableName target);

    /** Returns every other layer of the pool. */
    List<? extends Tables> neighbours();
}
