package dev.korm.codec;

import dev.korm.codec.ScalarCodec.Order;
import dev.korm.codec.text.Article;
import dev.korm.codec.text.IsoText;
import dev.korm.codec.text.TypeMismatch;
import dev.korm.file.FileRef;
import dev.korm.spi.query.ColumnKind;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Currency;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The codecs of all scalar types that are known by their class alone. */
final class Scalars {
    /** Digits of a second behind the point. */
    private static final int NANO_DIGITS = 9;

    private static final int UUID_LENGTH = 36;
    private static final Map<Class<?>, ScalarCodec> MADE = new ConcurrentHashMap<>();

    private Scalars() {}

    static boolean isScalar(Class<?> type) {
        return find(type) != null;
    }

    static ScalarCodec of(Class<?> type) {
        ScalarCodec codec = find(type);
        if (codec == null) {
            throw new IllegalArgumentException("No scalar: " + type);
        }
        return codec;
    }

    /** Returns the one codec of a type; null if it is no scalar. Each is made when it is first asked for, since most programs use few of them. */
    private static @Nullable ScalarCodec find(Class<?> type) {
        ScalarCodec known = MADE.get(type);
        if (known != null) {
            return known;
        }
        ScalarCodec made = make(type);
        if (made == null) {
            return null;
        }
        ScalarCodec first = MADE.putIfAbsent(type, made);
        return first == null ? made : first;
    }

    private static @Nullable ScalarCodec make(Class<?> type) {
        if (type == String.class) {
            return new StringCodec();
        }
        ScalarCodec number = number(type);
        if (number != null) {
            return number;
        }
        ScalarCodec time = time(type);
        if (time != null) {
            return time;
        }
        if (type == boolean.class || type == Boolean.class) {
            return new BooleanCodec(type);
        }
        if (type == char.class || type == Character.class) {
            return new CharacterCodec(type);
        }
        if (type == byte[].class) {
            return new BytesCodec();
        }
        if (type == FileRef.class) {
            return new FileRefCodec();
        }
        if (type == UUID.class) {
            return new TextCodec<>(UUID.class, Order.ORDERED, UUID::toString, Scalars::uuid);
        }
        if (type == Locale.class) {
            return new TextCodec<>(Locale.class, Order.UNORDERED, Scalars::tag, Locale::forLanguageTag);
        }
        if (type == Currency.class) {
            return new TextCodec<>(Currency.class, Order.UNORDERED, Currency::getCurrencyCode, Currency::getInstance);
        }
        if (type == URI.class) {
            return new TextCodec<>(URI.class, Order.UNORDERED, URI::toString, URI::create);
        }
        return null;
    }

    private static @Nullable ScalarCodec number(Class<?> type) {
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

    private static @Nullable ScalarCodec time(Class<?> type) {
        if (type == Instant.class) {
            return new TextCodec<>(Instant.class, Order.ORDERED, IsoText::text, IsoText::instant);
        }
        if (type == LocalDate.class) {
            return new TextCodec<>(LocalDate.class, Order.ORDERED, IsoText::text, IsoText::date);
        }
        if (type == LocalTime.class) {
            return new TextCodec<>(LocalTime.class, Order.ORDERED, IsoText::text, IsoText::time);
        }
        if (type == LocalDateTime.class) {
            return new TextCodec<>(LocalDateTime.class, Order.ORDERED, IsoText::text, IsoText::dateTime);
        }
        if (type == OffsetDateTime.class) {
            return new TextCodec<>(
                    OffsetDateTime.class, Order.UNORDERED, OffsetDateTime::toString, OffsetDateTime::parse);
        }
        if (type == ZonedDateTime.class) {
            return new TextCodec<>(ZonedDateTime.class, Order.UNORDERED, ZonedDateTime::toString, ZonedDateTime::parse);
        }
        if (type == YearMonth.class) {
            return new TextCodec<>(YearMonth.class, Order.ORDERED, IsoText::text, YearMonth::parse);
        }
        if (type == MonthDay.class) {
            return new TextCodec<>(MonthDay.class, Order.UNORDERED, MonthDay::toString, MonthDay::parse);
        }
        if (type == Period.class) {
            return new TextCodec<>(Period.class, Order.UNORDERED, Period::toString, Period::parse);
        }
        if (type == ZoneId.class) {
            return new TextCodec<>(ZoneId.class, Order.UNORDERED, ZoneId::getId, ZoneId::of);
        }
        if (type == ZoneOffset.class) {
            return new TextCodec<>(ZoneOffset.class, Order.UNORDERED, ZoneOffset::getId, ZoneOffset::of);
        }
        if (type == Duration.class) {
            return new MappedWholeCodec<>(Duration.class, Scalars::nanos, Duration::ofNanos, Duration::parse);
        }
        return type == Year.class
                ? new MappedWholeCodec<>(Year.class, year -> (long) year.getValue(), Scalars::year, Year::parse)
                : null;
    }

    private static UUID uuid(String text) {
        if (text.length() != UUID_LENGTH) {
            throw new IllegalArgumentException();
        }
        return UUID.fromString(text);
    }

    private static String tag(Locale locale) {
        String tag = locale.toLanguageTag();
        if (!Locale.forLanguageTag(tag).equals(locale)) {
            throw new TypeMismatch("the locale has parts that a language tag cannot express");
        }
        return tag;
    }

    private static Long nanos(Duration duration) {
        try {
            return duration.toNanos();
        } catch (ArithmeticException tooLong) {
            throw new TypeMismatch("a duration is stored in nanoseconds, 64 bits of them: at most some 292 years");
        }
    }

    /** Returns the nanoseconds of a duration to compare with, which may be longer than any that can be stored. */
    private static Object exactNanos(Duration duration) {
        try {
            return duration.toNanos();
        } catch (ArithmeticException longer) {
            return BigDecimal.valueOf(duration.getSeconds())
                    .movePointRight(NANO_DIGITS)
                    .add(BigDecimal.valueOf(duration.getNano()));
        }
    }

    private static Year year(long number) {
        return Year.of(Math.toIntExact(number));
    }

    private static final class BooleanCodec extends ScalarCodec {
        BooleanCodec(Class<?> type) {
            super(type, ColumnKind.BOOLEAN, Order.ORDERED);
        }

        @Override
        public Object toStored(Object value) {
            return value;
        }

        @Override
        public Object fromStored(Object stored) {
            return stored;
        }
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
            long number = (Long) stored;
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

    private static final class BytesCodec extends ScalarCodec {
        BytesCodec() {
            super(byte[].class, ColumnKind.BYTES, Order.UNORDERED);
        }

        @Override
        public Object toStored(Object value) {
            return value;
        }

        @Override
        public Object fromStored(Object stored) {
            return stored;
        }

        @Override
        public boolean same(Object one, Object other, int depth) {
            return java.util.Arrays.equals((byte[]) one, (byte[]) other);
        }

        @Override
        public Object describe(Object value, int depth) {
            int length = ((byte[]) value).length;
            return length == 1 ? "1 byte" : length + " bytes";
        }
    }

    private static final class StringCodec extends ScalarCodec {
        StringCodec() {
            super(String.class, ColumnKind.TEXT, Order.ORDERED);
        }

        @Override
        public Object toStored(Object value) {
            return value;
        }

        @Override
        public Object fromStored(Object stored) {
            return stored;
        }

        @Override
        public Object convert(Object value, int depth) {
            if (value instanceof Character c) {
                return c.toString();
            }
            return super.convert(value, depth);
        }
    }

    private static final class CharacterCodec extends ScalarCodec {
        CharacterCodec(Class<?> type) {
            super(type, ColumnKind.TEXT, Order.ORDERED);
        }

        @Override
        public Object toStored(Object value) {
            return value.toString();
        }

        @Override
        public Object fromStored(Object stored) {
            String text = (String) stored;
            if (text.length() != 1) {
                throw new TypeMismatch("the text is not one character; declare it as String");
            }
            return text.charAt(0);
        }
    }

    /** A type that is stored as a text of its own form. */
    private static final class TextCodec<T> extends ScalarCodec {
        private final Class<T> values;
        private final Function<T, String> print;
        private final Function<String, T> parse;

        TextCodec(Class<T> type, Order order, Function<T, String> print, Function<String, T> parse) {
            super(type, ColumnKind.TEXT, order);
            this.values = type;
            this.print = print;
            this.parse = parse;
        }

        @Override
        public Object constant(Object value) {
            String end = IsoText.beyond(bare(value), values);
            return end != null ? end : super.constant(value);
        }

        @Override
        public Object toStored(Object value) {
            return print.apply(values.cast(value));
        }

        @Override
        public Object fromStored(Object stored) {
            try {
                return parse.apply((String) stored);
            } catch (IllegalArgumentException | DateTimeException malformed) {
                // The parser's message quotes the text, which is data.
                throw new TypeMismatch("the text is not " + Article.with(typeName()));
            }
        }
    }

    /** A type that is stored as a whole number. */
    private static final class MappedWholeCodec<T> extends ScalarCodec {
        private final Class<T> values;
        private final Function<T, Long> number;
        private final Function<Long, T> value;
        private final Function<String, T> parse;

        MappedWholeCodec(Class<T> type, Function<T, Long> number, Function<Long, T> value, Function<String, T> parse) {
            super(type, ColumnKind.INTEGER, Order.ORDERED);
            this.values = type;
            this.number = number;
            this.value = value;
            this.parse = parse;
        }

        @Override
        public Object constant(Object of) {
            return bare(of) instanceof Duration duration && values == (Object) Duration.class
                    ? exactNanos(duration)
                    : super.constant(of);
        }

        @Override
        public Object toStored(Object of) {
            return number.apply(values.cast(of));
        }

        @Override
        public Object fromStored(Object stored) {
            try {
                return value.apply((Long) stored);
            } catch (ArithmeticException | DateTimeException beyond) {
                throw new TypeMismatch("the number is beyond what " + typeName() + " can hold");
            }
        }

        @Override
        public Object convert(Object of, int depth) {
            if (of instanceof String text) {
                try {
                    return parse.apply(text);
                } catch (DateTimeException malformed) {
                    throw new TypeMismatch("the text is not " + Article.with(typeName()));
                }
            }
            if (of instanceof Number && values != (Object) Duration.class) {
                return fromStored(StoredForms.whole(Numbers.stored(of, this)));
            }
            return super.convert(of, depth);
        }
    }
}
