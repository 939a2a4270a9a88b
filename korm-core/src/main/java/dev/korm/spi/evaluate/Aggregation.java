package dev.korm.spi.evaluate;

import dev.korm.ValueException;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One output of a group, while its rows come by. */
interface Aggregation {
    void add(Scope row);

    @Nullable Object result();

    static Aggregation of(Output output) {
        if (output instanceof Output.Count) {
            return new Count();
        }
        if (output instanceof Output.Value value) {
            return new First(Operands.output(value.operand()));
        }
        Output.Aggregate aggregate = (Output.Aggregate) output;
        Operand operand = aggregate.operand();
        return switch (aggregate.function()) {
            case SUM -> new Total(operand);
            case AVERAGE -> new Average(operand);
            case MINIMUM -> new Extreme(operand, -1);
            case MAXIMUM -> new Extreme(operand, 1);
            case DISTINCT -> new Distinct(Operands.reader(operand));
        };
    }

    /** The number of rows. */
    final class Count implements Aggregation {
        private long rows;

        @Override
        public void add(Scope row) {
            rows++;
        }

        @Override
        public Object result() {
            return rows;
        }
    }

    /** A value that is equal in all rows of the group, as it stands in the first. */
    final class First implements Aggregation {
        private final Evaluator.RowValue reader;
        private boolean seen;
        private @Nullable Object value;

        First(Evaluator.RowValue reader) {
            this.reader = reader;
        }

        @Override
        public void add(Scope row) {
            if (!seen) {
                seen = true;
                value = reader.of(row);
            }
        }

        @Override
        public @Nullable Object result() {
            return value;
        }
    }

    /** The number of distinct values. */
    final class Distinct implements Aggregation {
        private final Operands.Reader reader;
        private final Set<String> seen = new HashSet<>();

        Distinct(Operands.Reader reader) {
            this.reader = reader;
        }

        @Override
        public void add(Scope row) {
            Object value = reader.read(row);
            if (value != null) {
                seen.add(Values.key(Arrays.asList(value)));
            }
        }

        @Override
        public Object result() {
            return (long) seen.size();
        }
    }

    /** The smallest or the largest value. */
    final class Extreme implements Aggregation {
        private final Operands.Reader reader;
        private final ColumnKind kind;
        private final int sign;
        private @Nullable Object best;

        Extreme(Operand operand, int sign) {
            if (Operands.isJson(operand.kind())) {
                throw new IllegalArgumentException("JSON values have no order, so none is the smallest or largest");
            }
            this.reader = Operands.reader(operand);
            this.kind = operand.kind();
            this.sign = sign;
        }

        @Override
        public void add(Scope row) {
            Object value = reader.read(row);
            if (value != null && (best == null || sign * Values.compare(value, best) > 0)) {
                best = value;
            }
        }

        @Override
        public @Nullable Object result() {
            return Operands.answer(best, kind);
        }
    }

    /** A sum: exact for whole and decimal numbers, as good as doubles can be where one of them takes part. */
    final class Sum {
        private BigInteger whole = BigInteger.ZERO;
        private BigDecimal decimal = BigDecimal.ZERO;
        private double real;
        private double lost;
        private long reals;
        private long count;

        void add(Number number) {
            Number plain = Values.plain(number);
            count++;
            if (plain instanceof Long value) {
                whole = whole.add(BigInteger.valueOf(value));
            } else if (plain instanceof BigDecimal value) {
                decimal = decimal.add(value);
            } else {
                reals++;
                addReal(plain.doubleValue());
            }
        }

        /** Neumaier's summation: what an addition rounds away is kept and added at the end. */
        private void addReal(double value) {
            double next = real + value;
            lost += Math.abs(real) >= Math.abs(value) ? (real - next) + value : (value - next) + real;
            real = next;
        }

        BigDecimal exact() {
            return new BigDecimal(whole).add(decimal);
        }

        /** Rounded once, so that whole numbers and doubles which cancel out leave what is small beside them. */
        double nearest() {
            if (!Double.isFinite(real)) {
                return exact().doubleValue() + real;
            }
            return exact().add(new BigDecimal(real)).add(new BigDecimal(lost)).doubleValue();
        }
    }

    /** SUM. */
    final class Total implements Aggregation {
        private final Operands.Reader reader;
        private final ColumnKind kind;
        private final Sum sum = new Sum();

        Total(Operand operand) {
            this.reader = Operands.reader(operand);
            this.kind = operand.kind();
        }

        @Override
        public void add(Scope row) {
            if (reader.read(row) instanceof Number number) {
                sum.add(number);
            }
        }

        @Override
        public @Nullable Object result() {
            if (sum.count == 0) {
                return null;
            }
            if (kind == ColumnKind.DECIMAL) {
                return sum.exact();
            }
            if (kind == ColumnKind.REAL || sum.reals > 0) {
                return sum.nearest();
            }
            if (sum.whole.bitLength() > 63) {
                throw new ValueException("A sum of whole numbers is beyond 64 bits. Sum a field of type BigDecimal or"
                        + " double, or fewer items");
            }
            return sum.whole.longValue();
        }
    }

    /** AVERAGE. */
    final class Average implements Aggregation {
        private final Operands.Reader reader;
        private final Sum sum = new Sum();

        Average(Operand operand) {
            this.reader = Operands.reader(operand);
        }

        @Override
        public void add(Scope row) {
            if (reader.read(row) instanceof Number number) {
                sum.add(number);
            }
        }

        @Override
        public @Nullable Object result() {
            if (sum.count == 0) {
                return null;
            }
            return sum.reals > 0
                    ? (Object) (sum.nearest() / sum.count)
                    : sum.exact()
                            .divide(BigDecimal.valueOf(sum.count), MathContext.DECIMAL128)
                            .doubleValue();
        }
    }
}
