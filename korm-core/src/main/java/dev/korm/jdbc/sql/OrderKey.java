package dev.korm.jdbc.sql;

import dev.korm.jdbc.sql.text.BindParameter;
import dev.korm.jdbc.sql.text.SqlWriter;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Operand;
import java.util.List;

/**
 * A hidden column of an index, where the database cannot index long texts as they are: one text that has the order of all parts of the index and of
 * the row's key behind them, ascending with nulls last. It has a greatest length, and so rows can be equal in it that differ in what was cut off.
 */
public interface OrderKey {
    /** Returns the name of the column. */
    String column();

    /** Returns what the column has for a part that is null. */
    BindParameter absent();

    /**
     * Returns what the column has for a part that compares so with a constant: for EQUAL the whole, to go on behind it; for others what the
     * nearest such value begins with.
     */
    BindParameter present(Operand part, Condition.Comparison comparison, Object constant);

    /** Returns what the column has for the key of a row, at its end. */
    BindParameter key(Object id);

    /** Writes a condition that is true for all rows behind those that begin so, and those themselves. */
    void from(SqlWriter sql, List<BindParameter> beginning);

    /**
     * Writes a condition that is true for all rows before those that begin so.
     *
     * @param with whether it is true for those as well
     */
    void to(SqlWriter sql, List<BindParameter> beginning, boolean with);
}
