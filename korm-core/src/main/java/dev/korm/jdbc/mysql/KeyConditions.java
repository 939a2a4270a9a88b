package dev.korm.jdbc.mysql;

import dev.korm.jdbc.sql.SelectionSql;
import dev.korm.jdbc.sql.text.BindParameter;
import dev.korm.jdbc.sql.text.LikePattern;
import dev.korm.jdbc.sql.text.SqlWriter;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Condition.Comparison;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.TextPattern;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Conditions on the hidden columns of an index that are true wherever a condition about their part is true, so that the index serves it. They need not be
 * false or unknown where it is, and are of no use within {@code NOT}.
 */
final class KeyConditions {
    /** A condition as it is written, with {@code AND} before it. */
    private interface Bound {
        void write(SqlWriter sql);
    }

    /** Longer lists, written twice, would make statements with more placeholders than a server prepares. */
    private static final int MOST_VALUES = 30_000;

    /** Longer lists are written for one index alone. */
    private static final int FEW_VALUES = 64;

    private KeyConditions() {}

    /** Returns the column that a condition is about, when an index may serve it. */
    static Optional<Operand.Column> column(Condition condition) {
        Condition leaf = condition instanceof Condition.Not not ? not.condition() : condition;
        Operand operand = null;
        if (leaf instanceof Condition.IsNull isNull) {
            operand = isNull.operand();
        } else if (condition instanceof Condition.Compare compare && compare.comparison() != Comparison.NOT_EQUAL) {
            operand = compare.operand();
        } else if (condition instanceof Condition.OneOf oneOf
                && !oneOf.values().isEmpty()
                && oneOf.values().size() <= MOST_VALUES) {
            operand = oneOf.operand();
        } else if (condition instanceof Condition.Matches matches
                && matches.pattern().sensitivity() == TextPattern.Case.SENSITIVE) {
            operand = matches.operand();
        }
        return operand instanceof Operand.Column column ? Optional.of(column) : Optional.empty();
    }

    /**
     * Returns what writes all that is true of the hidden columns of a table; empty where nothing is known.
     *
     * @param keys the parts of each of its indexes
     * @param preferred hidden columns of the index whose order the rows are read in; where one of them is about the column, none other is named
     */
    static Optional<Runnable> of(
            SqlWriter sql,
            Condition condition,
            Operand.Column column,
            Collection<List<KeyPart>> keys,
            List<String> preferred) {
        List<KeyPart> parts = new ArrayList<>();
        boolean ordered = false;
        for (List<KeyPart> key : keys) {
            for (int i = 0; i < key.size(); i++) {
                KeyPart part = key.get(i);
                if (part.column().equals(column.name())) {
                    ordered |= preferred.contains(part.hidden());
                    parts.add(i == 0 ? 0 : parts.size(), part);
                }
            }
        }
        List<Bound> bounds = new ArrayList<>();
        for (KeyPart part : parts) {
            if (!ordered || preferred.contains(part.hidden())) {
                of(condition, column, part, ordered).ifPresent(bounds::add);
            }
        }
        if (bounds.isEmpty()) {
            return Optional.empty();
        }
        boolean many =
                condition instanceof Condition.OneOf oneOf && oneOf.values().size() > FEW_VALUES;
        List<Bound> written = many ? bounds.subList(0, 1) : bounds;
        return Optional.of(() -> written.forEach(bound -> bound.write(sql)));
    }

    /**
     * Returns what is true of a part of an index; empty where nothing is known.
     *
     * @param ordered whether rows are read in the order of the index. What is equal to a constant is then written as a range of one value, since
     *     MariaDB 10.11 otherwise looks up all that is equal and passes over the rows of the pages before.
     */
    private static Optional<Bound> of(Condition condition, Operand.Column column, KeyPart part, boolean ordered) {
        if (condition instanceof Condition.IsNull) {
            // A row that a join has not found is null in everything, also in what is never null.
            return column.source() == 0 ? Optional.of(sql -> isNull(sql, column, part, ordered)) : Optional.empty();
        }
        if (condition instanceof Condition.Not) {
            return Optional.of(sql -> present(sql, column, part, ordered));
        }
        if (part.form() == KeyPart.Form.NUMBER) {
            return KeyPart.form(column.kind()) == KeyPart.Form.NUMBER
                    ? Optional.of(sql -> present(sql, column, part, ordered))
                    : Optional.empty();
        }
        boolean decimal = part.kind() == ColumnKind.DECIMAL;
        if (decimal != (column.kind() == ColumnKind.DECIMAL) || KeyPart.form(column.kind()) != KeyPart.Form.TEXT) {
            return Optional.empty();
        }
        if (condition instanceof Condition.Compare compare) {
            return isOfKind(compare.value(), decimal)
                    ? Optional.of(sql -> compared(sql, column, part, compare, ordered))
                    : Optional.empty();
        }
        if (condition instanceof Condition.OneOf oneOf) {
            return oneOf.values().stream().allMatch(value -> isOfKind(value, decimal))
                    ? Optional.of(sql -> oneOf(sql, column, part, oneOf.values()))
                    : Optional.empty();
        }
        return condition instanceof Condition.Matches matches && !decimal
                ? matched(column, part, matches.pattern())
                : Optional.empty();
    }

    private static boolean isOfKind(Object constant, boolean decimal) {
        if (constant instanceof Condition.Parameter parameter) {
            ColumnKind kind = parameter.kind();
            return decimal
                    ? kind == ColumnKind.DECIMAL
                    : kind == ColumnKind.TEXT || kind == ColumnKind.RN || kind == ColumnKind.ID;
        }
        return decimal
                ? constant instanceof BigDecimal || constant instanceof Long || constant instanceof Double
                : constant instanceof String;
    }

    private static void isNull(SqlWriter sql, Operand.Column column, KeyPart part, boolean ordered) {
        marked(sql, column, part, part.form() == KeyPart.Form.TEXT ? "'" + KeyPart.absent() + "'" : "1", ordered);
    }

    private static void present(SqlWriter sql, Operand.Column column, KeyPart part, boolean ordered) {
        if (part.form() == KeyPart.Form.TEXT) {
            sql.add(" AND ").column(column.source(), part.hidden()).add(" < '" + KeyPart.absent() + "'");
        } else {
            marked(sql, column, part, "0", ordered);
        }
    }

    private static void marked(SqlWriter sql, Operand.Column column, KeyPart part, String mark, boolean ordered) {
        for (String operator : equal(ordered)) {
            sql.add(" AND ")
                    .column(column.source(), part.hidden())
                    .add(operator)
                    .add(mark);
        }
    }

    private static List<String> equal(boolean ordered) {
        return ordered ? List.of(" >= ", " <= ") : List.of(" = ");
    }

    private static void compared(
            SqlWriter sql, Operand.Column column, KeyPart part, Condition.Compare compare, boolean ordered) {
        Comparison comparison = compare.comparison();
        switch (comparison) {
            case LESS -> compared(sql, column, part, " < ", compare);
            case LESS_OR_EQUAL -> compared(sql, column, part, " <= ", compare);
            case GREATER, GREATER_OR_EQUAL -> {
                compared(sql, column, part, comparison == Comparison.GREATER ? " > " : " >= ", compare);
                present(sql, column, part, ordered);
            }
            case EQUAL, NOT_EQUAL -> {
                for (String operator : equal(ordered)) {
                    compared(sql, column, part, operator, compare);
                }
            }
        }
    }

    private static void compared(
            SqlWriter sql, Operand.Column column, KeyPart part, String operator, Condition.Compare compare) {
        sql.add(" AND ").column(column.source(), part.hidden()).add(operator);
        sql.bind(BindParameter.of(compare.value(), given -> part.bound(compare.comparison(), given)));
    }

    private static void oneOf(SqlWriter sql, Operand.Column column, KeyPart part, List<Object> values) {
        sql.add(" AND ").column(column.source(), part.hidden()).add(" IN (");
        int padded = SelectionSql.padded(values.size());
        for (int i = 0; i < padded; i++) {
            Object value = values.get(Math.min(i, values.size() - 1));
            sql.add(i == 0 ? "" : ", ");
            sql.bind(BindParameter.of(value, given -> part.bound(Comparison.EQUAL, given)));
        }
        sql.add(")");
    }

    private static Optional<Bound> matched(Operand.Column column, KeyPart part, TextPattern pattern) {
        List<TextPattern.Part> parts = LikePattern.simplified(pattern);
        if (parts.isEmpty() || !(parts.get(0) instanceof TextPattern.Literal literal)) {
            return Optional.empty();
        }
        String least = part.bound(Comparison.EQUAL, literal.text());
        if (parts.size() == 1) {
            return Optional.of(sql -> sql.add(" AND ")
                    .column(column.source(), part.hidden())
                    .add(" = ")
                    .bind(least));
        }
        return Optional.of(sql -> {
            sql.add(" AND ").column(column.source(), part.hidden()).add(" >= ").bind(least);
            // The mark before the text always has a successor.
            sql.add(" AND ").column(column.source(), part.hidden()).add(" < ");
            sql.bind(LikePattern.successor(least).orElseThrow());
        });
    }
}
