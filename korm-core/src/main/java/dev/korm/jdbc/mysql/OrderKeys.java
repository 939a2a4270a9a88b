package dev.korm.jdbc.mysql;

import dev.korm.jdbc.number.Decimals;
import dev.korm.jdbc.number.WholeRange;
import dev.korm.jdbc.sql.OrderKey;
import dev.korm.jdbc.sql.TableSchemas;
import dev.korm.jdbc.sql.text.BindParameter;
import dev.korm.jdbc.sql.text.SqlWriter;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition.Comparison;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.IndexSchema;
import dev.korm.spi.schema.TableSchema;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/**
 * The order keys of indexes in MariaDB, whose own index of a long text holds its beginning and so serves no order: a second index holds them, with a
 * hidden column that the server works out. Each part is written with a mark for its place among nulls; a text by its characters and an end that comes
 * before every character, a whole number by sixteen hex digits, a decimal number as {@link DecimalKeys} have it; behind them the key of the row.
 */
final class OrderKeys {
    /** The most characters of an order key; what is behind them is cut off. */
    static final int LONGEST = 255;

    private static final String PRESENT = "0";
    private static final String ABSENT = "1";

    /** Ends a text. It comes before every character within one, of which these two are written as {@link #ESCAPES} says. */
    private static final String END = "\u0001\u0001";

    private static final String[][] ESCAPES = {{"\u0001", "\u0001\u0003"}, {"\u0000", "\u0001\u0002"}};

    private static final String END_SQL = "CONVERT(X'0101' USING utf8mb4)";

    /** Comes behind every other character. */
    private static final String LAST_SQL = "CONVERT(X'F48FBFBF' USING utf8mb4)";

    /** Turns the sign of a whole number round, so that the order is that of numbers without one. */
    private static final String SIGN = "9223372036854775808";

    private static final int DIGITS = 16;

    private OrderKeys() {}

    /** Returns whether an index by itself has not the order of its parts, and an order key would have it. */
    static boolean serve(TableName table, IndexSchema index) {
        List<Operand> parts = index.parts();
        boolean known = parts.stream().allMatch(part -> part instanceof Operand.Column column && isKnown(column));
        boolean some =
                parts.stream().anyMatch(part -> part.kind() == ColumnKind.TEXT || part.kind() == ColumnKind.DECIMAL)
                        || (parts.size() > 1 && parts.stream().anyMatch(part -> part.kind() == ColumnKind.RN));
        return table.isItems() && index.uniqueness() == IndexSchema.Uniqueness.REPEATABLE && known && some;
    }

    private static boolean isKnown(Operand.Column column) {
        return switch (column.kind()) {
            case TEXT, RN, DECIMAL, INTEGER, BOOLEAN -> true;
            case ID, REAL, BYTES, JSON, ENCRYPTED, FINGERPRINT, OTHER -> false;
        };
    }

    /** Writes the type of the hidden column, within CREATE TABLE or ALTER TABLE. */
    static void write(SqlWriter sql, TableSchema table, IndexSchema index, String collation) {
        sql.add("VARCHAR(").add(LONGEST).add(") CHARACTER SET utf8mb4 COLLATE ").add(collation);
        sql.add(" GENERATED ALWAYS AS (LEFT(CONCAT(");
        for (Operand part : index.parts()) {
            String column = TableSchemas.column(part);
            ColumnKind kind = table.column(column).map(ColumnSchema::kind).orElse(part.kind());
            sql.add("COALESCE(CONCAT('" + PRESENT + "', ");
            value(sql, kind, column, collation);
            sql.add("), '" + ABSENT + "'), ");
        }
        text(sql, () -> sql.name(table.table().key()), collation);
        sql.add("), ").add(LONGEST).add(")) VIRTUAL");
    }

    private static void text(SqlWriter sql, Runnable text, String collation) {
        sql.add("CONVERT(");
        text.run();
        sql.add(" USING utf8mb4) COLLATE ").add(collation);
    }

    private static void value(SqlWriter sql, ColumnKind kind, String column, String collation) {
        switch (kind) {
            case INTEGER, BOOLEAN ->
                text(
                        sql,
                        () -> sql.add("LPAD(HEX(")
                                .name(column)
                                .add(" ^ " + SIGN + "), ")
                                .add(DIGITS)
                                .add(", '0')"),
                        collation);
            case DECIMAL -> {
                text(
                        sql,
                        () -> DecimalKeys.write(
                                sql, () -> sql.add("CONVERT(").name(column).add(" USING utf8mb4)")),
                        collation);
                sql.add(", " + END_SQL);
            }
            default -> {
                sql.add("REPLACE(".repeat(ESCAPES.length)).add("LEFT(");
                text(sql, () -> sql.name(column), collation);
                sql.add(", ").add(LONGEST).add(")");
                for (String[] escape : ESCAPES) {
                    sql.add(", ").add(literal(escape[0])).add(", ");
                    sql.add(literal(escape[1])).add(")");
                }
                sql.add(", " + END_SQL);
            }
        }
    }

    private static String literal(String control) {
        return MySqlDialect.literal(control);
    }

    /** Makes the order key of an index that has one. */
    static OrderKey of(IndexSchema index) {
        return new Hidden(MySqlNames.orderKey(index.name()));
    }

    private record Hidden(String column) implements OrderKey {
        @Override
        public BindParameter absent() {
            return BindParameter.fixed(ABSENT);
        }

        @Override
        public BindParameter present(Operand part, Comparison comparison, Object constant) {
            ColumnKind kind = part.kind();
            return BindParameter.of(constant, given -> PRESENT + beginning(kind, comparison, given));
        }

        @Override
        public BindParameter key(Object id) {
            return BindParameter.of(id, given -> given);
        }

        @Override
        public void from(SqlWriter sql, List<BindParameter> beginning) {
            sql.column(0, column).add(" >= ");
            cut(sql, beginning);
        }

        @Override
        public void to(SqlWriter sql, List<BindParameter> beginning, boolean with) {
            sql.column(0, column).add(with ? " <= CONCAT(" : " <= ");
            cut(sql, beginning);
            sql.add(with ? ", " + LAST_SQL + ")" : "");
        }

        private static void cut(SqlWriter sql, List<BindParameter> beginning) {
            String separator = "LEFT(CONCAT(";
            for (BindParameter each : beginning) {
                sql.add(separator).bind(each);
                separator = ", ";
            }
            sql.add("), ").add(LONGEST).add(")");
        }
    }

    private static String beginning(ColumnKind kind, Comparison comparison, Object constant) {
        boolean before = comparison == Comparison.LESS || comparison == Comparison.LESS_OR_EQUAL;
        String end = comparison == Comparison.EQUAL || before ? END : "";
        return switch (kind) {
            case INTEGER, BOOLEAN -> digits(whole(comparison, constant, before));
            case DECIMAL -> DecimalKeys.key(Decimals.exact(constant)) + end;
            default -> {
                String text = String.valueOf(constant);
                for (String[] escape : ESCAPES) {
                    text = text.replace(escape[0], escape[1]);
                }
                yield text + end;
            }
        };
    }

    private static long whole(Comparison comparison, Object constant, boolean before) {
        if (constant instanceof Boolean yes) {
            return yes ? 1 : 0;
        }
        // Where no number compares so, the condition itself is false for every row.
        WholeRange range = WholeRange.of(comparison, constant);
        return before ? range.greatest() : range.least();
    }

    private static String digits(long number) {
        return HexFormat.of().toHexDigits(number ^ Long.MIN_VALUE).toUpperCase(Locale.ROOT);
    }
}
