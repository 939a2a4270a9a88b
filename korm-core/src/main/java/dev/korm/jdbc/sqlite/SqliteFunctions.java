package dev.korm.jdbc.sqlite;

import dev.korm.jdbc.number.Decimals;
import dev.korm.jdbc.number.JsonTexts;
import dev.korm.spi.query.TextFolding;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.sqlite.Collation;
import org.sqlite.Function;

/**
 * The functions that korm adds to its own connections. Nothing in a schema uses it, so other programs can read and
 * write the file.
 */
final class SqliteFunctions {
    /** A JSON text by value; see {@link JsonTexts#canonical}. */
    static final String JSON = "korm_json";

    /** A text after {@link TextFolding#fold}. */
    static final String FOLD = "korm_fold";

    /** The text of a decimal number; null for what is none. */
    static final String DECIMAL = "korm_decimal";

    /** SQLite's {@code sum}, which fails where the sum of the first rows is beyond 64 bits, though that of all is not. */
    static final String WHOLE_SUM = "korm_whole_sum";

    static final String DECIMAL_SUM = "korm_decimal_sum";
    static final String DECIMAL_AVERAGE = "korm_decimal_average";

    /** Collation of texts that are decimal numbers, by value. */
    static final String DECIMAL_ORDER = "korm_decimal_order";

    /** Collation of JSON scalars: booleans, numbers, texts. */
    static final String SCALAR_ORDER = "korm_scalar_order";

    private static final int WHOLE = 1;
    private static final int NULL = 5;

    private SqliteFunctions() {}

    static void addTo(Connection connection) throws SQLException {
        add(connection, JSON, JsonTexts::canonical);
        add(connection, FOLD, TextFolding::fold);
        add(connection, DECIMAL, text -> Decimals.parse(text) == null ? null : text);
        Function.create(connection, WHOLE_SUM, new WholeSum(), 1, Function.FLAG_DETERMINISTIC);
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

    /** Adds up 64-bit numbers exactly; with others among them, as double. The driver clones it for every group. */
    private static final class WholeSum extends Function.Aggregate {
        private long sum;

        /** What the sum has been beyond 64 bits. */
        private BigInteger carried = BigInteger.ZERO;

        private double others;
        private boolean any;
        private boolean exact = true;

        @Override
        protected void xStep() throws SQLException {
            int type = value_type(0);
            if (type == NULL) {
                return;
            }
            any = true;
            if (type != WHOLE) {
                others += value_double(0);
                exact = false;
                return;
            }
            long value = value_long(0);
            long next = sum + value;
            if (((sum ^ next) & (value ^ next)) < 0) {
                carried = carried.add(BigInteger.valueOf(sum));
                next = value;
            }
            sum = next;
        }

        @Override
        protected void xFinal() throws SQLException {
            BigInteger total = carried.add(BigInteger.valueOf(sum));
            if (!any) {
                result();
            } else if (!exact) {
                result(total.doubleValue() + others);
            } else if (total.bitLength() < Long.SIZE) {
                result(total.longValue());
            } else {
                error("integer overflow");
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
