package dev.korm.jdbc.sql;

import java.util.List;

/**
 * The columns of an index that has the order of its parts and of the row's key behind them, ascending with nulls last, where the database cannot index
 * long texts as they are: hidden columns hold the beginnings of texts, and so rows can be equal in all of them that differ in what was cut off.
 */
public interface OrderKey {
    /** Returns the columns of the index, none of which is null. */
    List<String> columns();

    /** Returns those among them that hold beginnings of texts, in their order. */
    List<Beginning> beginnings();

    /**
     * A column that holds beginnings of texts.
     *
     * @param length so many characters has one of which something may have been cut off
     */
    record Beginning(String column, int length) {}
}
