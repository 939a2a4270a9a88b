package dev.korm.model.assign;

import dev.korm.Assignment;
import dev.korm.codec.base.Codec;
import dev.korm.codec.text.TypeMismatch;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The value that an assignment gives a field, of the one that the field has; exact, so that it is the same whatever the store. */
public final class AssignedValue {
    /** Beyond so many digits a sum would fill the memory. */
    private static final long MOST_DIGITS = 100_000;

    private AssignedValue() {}

    /**
     * Returns the value; null for a null that nothing is added to.
     *
     * @param current the field's value
     * @param convert makes a list of given entries one of the field's type
     * @param same compares two lists of one entry
     * @throws TypeMismatch when the field has no such value; shows none
     */
    public static @Nullable Object of(
            Assignment assignment,
            @Nullable Object current,
            UnaryOperator<Object> convert,
            BiPredicate<Object, Object> same) {
        Object bare = Codec.bare(current);
        return switch (assignment.operation()) {
            case SET -> assignment.value();
            case ADD -> bare == null ? null : sum(number(bare), number(assignment.value()));
            case APPEND -> appended(bare, convert.apply(Collections.singletonList(assignment.value())));
            case REMOVE ->
                bare == null
                        ? null
                        : without(bare, convert.apply(Collections.singletonList(assignment.value())), convert, same);
        };
    }

    private static Number number(@Nullable Object value) {
        if (value instanceof Number number) {
            return number;
        }
        throw new TypeMismatch("a number can be added to a number alone");
    }

    private static Number sum(Number one, Number other) {
        if (one instanceof Double || one instanceof Float) {
            double sum = one instanceof Float
                    ? (float) (one.floatValue() + other.doubleValue())
                    : one.doubleValue() + other.doubleValue();
            if (!Double.isFinite(sum)) {
                throw new TypeMismatch("the sum is beyond the numbers that the field can have");
            }
            return one instanceof Float ? (Number) (float) sum : (Number) sum;
        }
        BigDecimal a = exact(one);
        BigDecimal b = exact(other);
        if (Math.abs((long) a.scale() - b.scale()) > MOST_DIGITS) {
            throw new TypeMismatch("the sum would have more than " + MOST_DIGITS + " digits");
        }
        BigDecimal sum = a.add(b);
        if (one instanceof BigDecimal) {
            return sum;
        }
        try {
            return one instanceof BigInteger ? sum.toBigIntegerExact() : (Number) sum.longValueExact();
        } catch (ArithmeticException unfit) {
            throw new TypeMismatch("the sum is not a whole number, or beyond those that the field can have");
        }
    }

    private static BigDecimal exact(Number number) {
        if (number instanceof BigDecimal decimal) {
            return decimal;
        }
        if (number instanceof BigInteger whole) {
            return new BigDecimal(whole);
        }
        if (number instanceof Double || number instanceof Float) {
            if (!Double.isFinite(number.doubleValue())) {
                throw new TypeMismatch("NaN and infinity cannot be added");
            }
            return new BigDecimal(number.toString());
        }
        return BigDecimal.valueOf(number.longValue());
    }

    private static Object appended(@Nullable Object current, Object entry) {
        if (current == null) {
            return entry;
        }
        List<@Nullable Object> entries = new ArrayList<>(entries(current));
        entries.addAll(entries(entry));
        return entries;
    }

    private static Object without(
            Object current, Object entry, UnaryOperator<Object> convert, BiPredicate<Object, Object> same) {
        List<@Nullable Object> entries = new ArrayList<>(entries(current));
        entries.removeIf(each -> same.test(convert.apply(Collections.singletonList(each)), entry));
        return entries;
    }

    private static Collection<?> entries(Object value) {
        if (value instanceof Collection<?> entries) {
            return entries;
        }
        throw new TypeMismatch("an entry can be appended to, or removed from, a list or set alone");
    }
}
