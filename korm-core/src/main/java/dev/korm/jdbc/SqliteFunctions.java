package dev.korm.jdbc;

import dev.korm.spi.TextFolding;
import java.math.BigDecimal;
import java.math.MathContext;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.sqlite.Collation;
import org.sqlite.Function;

/** What korm adds to its own connections. Nothing in a schema uses it, so other programs can read and write the file. */
final class SqliteFunctions {
    /** A JSON text by value; see {@link JsonTexts#canonical}. */
    static final String JSON = "korm_json";

    /** A text after {@link TextFolding#fold}. */
    static final String FOLD = "korm_fold";

    /** The text of a decimal number; null for what is none. */
    static final String DECIMAL = "korm_decimal";

    static final String DECIMAL_SUM = "korm_decimal_sum";
    static final String DECIMAL_AVERAGE = "korm_decimal_average";

    /** Collation of texts that are decimal numbers, by value. */
    static final String DECIMAL_ORDER = "korm_decimal_order";

    /** Collation of JSON scalars: booleans, numbers, texts. */
    static final String SCALAR_ORDER = "korm_scalar_order";

    private static final int NULL = 5;

    private SqliteFunctions() {}

    static void addTo(Connection connection) throws SQLException {
        add(connection, JSON, JsonTexts::canonical);
        add(connection, FOLD, TextFolding::fold);
        add(connection, DECIMAL, text -> Decimals.parse(text) == null ? null : text);
        Function.create(connection, DECIMAL_SUM, new Sum(), 1, Function.FLAG_DETERMINISTIC);
        Function.create(connection, DECIMAL_AVERAGE, new Average(), 1, Function.FLAG_DETERMINISTIC);
        Collation.create(connection, DECIMAL_ORDER, new Collation() {
            @Override
            protected int xCompare(String left, String right) {
                return Decimals.compare(left, right);
            }
        });
        Collation.create(connection, SCALAR_ORDER, new Collation() {
            @Override
            protected int xCompare(String left, String right) {
                return JsonTexts.compareScalars(left, right);
            }
        });
    }

    private static void add(Connection connection, String name, TextFunction function) throws SQLException {
        Function.create(
                connection,
                name,
                new Function() {
                    @Override
                    protected void xFunc() throws SQLException {
                        String answer = value_type(0) == NULL ? null : function.apply(value_text(0));
                        if (answer == null) {
                            result();
                        } else {
                            result(answer);
                        }
                    }
                },
                1,
                Function.FLAG_DETERMINISTIC);
    }

    /** From text to text, or null. */
    private interface TextFunction {
        @Nullable String apply(String text);
    }

    /** Adds up exactly. The driver clones it for every group. */
    private static class Sum extends Function.Aggregate {
        @Nullable BigDecimal sum;

        long count;

        @Override
        protected void xStep() throws SQLException {
            BigDecimal value = value_type(0) == NULL ? null : Decimals.parse(value_text(0));
            if (value != null) {
                sum = sum == null ? value : sum.add(value);
                count++;
            }
        }

        @Override
        protected void xFinal() throws SQLException {
            if (sum == null) {
                result();
            } else {
                result(sum.toString());
            }
        }
    }

    private static final class Average extends Sum {
        @Override
        protected void xFinal() throws SQLException {
            if (sum == null) {
                result();
            } else {
                result(sum.divide(BigDecimal.valueOf(count), MathContext.DECIMAL128)
                        .doubleValue());
            }
        }
    }
}
