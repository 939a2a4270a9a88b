package dev.korm.jdbc.mysql;

import dev.korm.jdbc.number.RealRange;
import dev.korm.jdbc.number.WholeRange;
import dev.korm.jdbc.sql.SelectionSql;
import dev.korm.jdbc.sql.text.BindParameter;
import dev.korm.jdbc.sql.text.SqlWriter;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Operand;
import java.util.ArrayList;
import java.util.List;

/** Comparisons of numbers in MySQL and MariaDB, with constants that their columns could not hold. */
final class MySqlNumbers {
    private MySqlNumbers() {}

    /**
     * Numbers between two that the column's type has: the server would bend other constants into it, or the column into theirs. Equality of a column is two comparisons, since MariaDB 10.11 does not see of {@code BETWEEN} that both
     * ends are one value, and so that an index has the order of what is behind it.
     */
    static void between(
            SqlWriter sql, Runnable number, Operand operand, Condition.Comparison comparison, Object constant) {
        boolean unequal = comparison == Condition.Comparison.NOT_EQUAL;
        boolean twice = comparison == Condition.Comparison.EQUAL && operand instanceof Operand.Column;
        boolean real = operand.kind() == ColumnKind.REAL;
        sql.add(unequal ? "(NOT (" : "(");
        number.run();
        sql.add(twice ? " >= " : " BETWEEN ")
                .bind(BindParameter.of(
                        constant,
                        given -> real
                                ? (Object) RealRange.of(comparison, given).least()
                                : (Object) WholeRange.of(comparison, given).least()))
                .add(" AND ");
        if (twice) {
            number.run();
            sql.add(" <= ");
        }
        sql.bind(BindParameter.of(
                        constant,
                        given -> real
                                ? (Object) RealRange.of(comparison, given).greatest()
                                : (Object) WholeRange.of(comparison, given).greatest()))
                .add(unequal ? "))" : ")");
    }

    /** Writes whether a number is one of several. */
    static void oneOf(SqlWriter sql, Runnable number, Condition.OneOf oneOf) {
        ColumnKind kind = oneOf.operand().kind();
        boolean known = oneOf.values().stream().noneMatch(Condition.Parameter.class::isInstance);
        if (!known) {
            String separator = "(";
            for (Object value : oneOf.values()) {
                sql.add(separator);
                between(sql, number, oneOf.operand(), Condition.Comparison.EQUAL, value);
                separator = " OR ";
            }
            sql.add(")");
            return;
        }
        List<Object> equal = new ArrayList<>();
        for (Object value : oneOf.values()) {
            RealRange reals = RealRange.of(Condition.Comparison.EQUAL, value);
            WholeRange wholes = WholeRange.of(Condition.Comparison.EQUAL, value);
            if (kind == ColumnKind.REAL && reals.least() <= reals.greatest()) {
                equal.add(reals.least());
            } else if (kind == ColumnKind.INTEGER && wholes.least() <= wholes.greatest()) {
                equal.add(wholes.least());
            }
        }
        sql.add("(");
        number.run();
        if (equal.isEmpty()) {
            // False, and unknown for null.
            sql.add(" IS NULL AND NULL)");
            return;
        }
        int padded = SelectionSql.padded(equal.size());
        for (int i = 0; i < padded; i++) {
            sql.add(i == 0 ? " IN (" : ", ").bind(equal.get(Math.min(i, equal.size() - 1)));
        }
        sql.add("))");
    }
}
