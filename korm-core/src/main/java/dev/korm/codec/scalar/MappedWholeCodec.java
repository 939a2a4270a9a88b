package dev.korm.codec.scalar;

import dev.korm.codec.base.Numbers;
import dev.korm.codec.json.StoredForms;
import dev.korm.codec.scalar.ScalarCodec.Order;
import dev.korm.codec.text.Article;
import dev.korm.codec.text.TypeMismatch;
import dev.korm.spi.query.ColumnKind;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.function.Function;

/** A type that is stored as a whole number. */
final class MappedWholeCodec<T> extends ScalarCodec {
    /** Digits of a second behind the point. */
    private static final int NANO_DIGITS = 9;

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
}
