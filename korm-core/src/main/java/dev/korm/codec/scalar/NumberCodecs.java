package dev.korm.codec.scalar;

import dev.korm.codec.base.Numbers;
import dev.korm.codec.json.StoredForms;
import dev.korm.codec.scalar.ScalarCodec.Order;
import dev.korm.codec.text.TypeMismatch;
import dev.korm.spi.query.ColumnKind;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The codecs of Java's numbers. */
final class NumberCodecs {
    private NumberCodecs() {}

    /** Returns the codec of a type of numbers; null for any other type. */
    static @Nullable ScalarCodec find(Class<?> type) {
        if (type == int.class || type == Integer.class) {
            return new WholeCodec(type, Integer.MIN_VALUE, Integer.MAX_VALUE, n -> (int) (long) n);
        }
        if (type == long.class || type == Long.class) {
            return new WholeCodec(type, Long.MIN_VALUE, Long.MAX_VALUE, n -> n);
        }
        if (type == double.class || type == Double.class || type == float.class || type == Float.class) {
            return new RealCodec(type);
        }
        if (type == short.class || type == Short.class) {
            return new WholeCodec(type, Short.MIN_VALUE, Short.MAX_VALUE, n -> (short) (long) n);
        }
        if (type == byte.class || type == Byte.class) {
            return new WholeCodec(type, Byte.MIN_VALUE, Byte.MAX_VALUE, n -> (byte) (long) n);
        }
        if (type == BigDecimal.class) {
            return new DecimalCodec();
        }
        return type == BigInteger.class ? new BigIntegerCodec() : null;
    }

    private static final class WholeCodec extends ScalarCodec {
        private final long lowest;
        private final long highest;
        private final Function<Long, Object> narrow;

        WholeCodec(Class<?> type, long lowest, long highest, Function<Long, Object> narrow) {
            super(type, ColumnKind.INTEGER, Order.ORDERED);
            this.lowest = lowest;
            this.highest = highest;
            this.narrow = narrow;
        }

        @Override
        public Object toStored(Object value) {
            return ((Number) value).longValue();
        }

        @Override
        public Object fromStored(Object stored) {
            Long number = (Long) stored;
            if (number < lowest || number > highest) {
                throw new TypeMismatch("the number is beyond what " + typeName() + " can hold; declare it as long");
            }
            return narrow.apply(number);
        }

        @Override
        public Object convert(Object value, int depth) {
            return fromStored(StoredForms.whole(Numbers.stored(value, this)));
        }

        @Override
        public Object constant(Object value) {
            return Numbers.constant(value, this);
        }
    }

    private static final class RealCodec extends ScalarCodec {
        private final boolean single;

        RealCodec(Class<?> type) {
            super(type, ColumnKind.REAL, Order.ORDERED);
            this.single = type == float.class || type == Float.class;
        }

        @Override
        public Object toStored(Object value) {
            double number = ((Number) value).doubleValue();
            if (!Double.isFinite(number)) {
                throw new TypeMismatch("NaN and infinity cannot be stored; use null, or a field that says why");
            }
            return number + 0.0;
        }

        @Override
        public Object fromStored(Object stored) {
            if (!single) {
                return stored;
            }
            double number = (Double) stored;
            float narrow = (float) number;
            if (narrow != number && Double.parseDouble(Float.toString(narrow)) != number) {
                throw new TypeMismatch("the number has more digits than a float; declare it as double");
            }
            return narrow;
        }

        @Override
        public Object convert(Object value, int depth) {
            return fromStored(toStored(StoredForms.real(Numbers.stored(value, this))));
        }

        @Override
        public Object constant(Object value) {
            return Numbers.constant(value, this);
        }

        @Override
        public boolean same(Object one, Object other, int depth) {
            return ((Number) one).doubleValue() == ((Number) other).doubleValue() || one.equals(other);
        }
    }

    private static final class DecimalCodec extends ScalarCodec {
        DecimalCodec() {
            super(BigDecimal.class, ColumnKind.DECIMAL, Order.ORDERED);
        }

        @Override
        public Object toStored(Object value) {
            return StoredForms.checkSize((BigDecimal) value);
        }

        @Override
        public Object fromStored(Object stored) {
            return stored;
        }

        @Override
        public Object convert(Object value, int depth) {
            return toStored(StoredForms.decimal(Numbers.stored(value, this)));
        }

        @Override
        public Object constant(Object value) {
            return Numbers.constant(value, this);
        }
    }

    private static final class BigIntegerCodec extends ScalarCodec {
        BigIntegerCodec() {
            super(BigInteger.class, ColumnKind.DECIMAL, Order.ORDERED);
        }

        @Override
        public Object toStored(Object value) {
            return StoredForms.checkSize(new BigDecimal((BigInteger) value));
        }

        @Override
        public Object fromStored(Object stored) {
            BigDecimal decimal = StoredForms.checkSize((BigDecimal) stored);
            if (!StoredForms.isWhole(decimal)) {
                throw new TypeMismatch("the number is not whole; declare it as BigDecimal");
            }
            return decimal.toBigInteger();
        }

        @Override
        public Object convert(Object value, int depth) {
            return fromStored(StoredForms.decimal(Numbers.stored(value, this)));
        }

        @Override
        public Object constant(Object value) {
            return Numbers.constant(value, this);
        }
    }
}
