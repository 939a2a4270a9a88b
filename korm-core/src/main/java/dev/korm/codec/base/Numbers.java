package dev.korm.codec.base;

import dev.korm.codec.json.StoredForms;
import dev.korm.codec.text.TypeMismatch;
import java.math.BigDecimal;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/** Java's numbers as the three that are stored: {@link Long}, {@link Double}, {@link BigDecimal}. */
public final class Numbers {
    private Numbers() {}

    /** Returns the number as stored; null for what is no number. */
    public static @Nullable Object stored(Object value) {
        if (value instanceof Long || value instanceof Double || value instanceof BigDecimal) {
            return value;
        }
        if (value instanceof Integer || value instanceof Short || value instanceof Byte) {
            return ((Number) value).longValue();
        }
        if (value instanceof Float real) {
            return (double) real;
        }
        return value instanceof BigInteger whole ? new BigDecimal(whole) : null;
    }

    /** Returns the number given for a value of a type. */
    public static Object stored(Object value, Codec type) {
        Object number = stored(value);
        if (number == null) {
            throw type.unfit(value);
        }
        return number;
    }

    /** Returns a number to be compared with values of a numeric type, of whichever class it is. */
    public static Object constant(Object value, Codec type) {
        Object bare = Codec.bare(value);
        if (bare == null) {
            throw new TypeMismatch("to compare with an empty value, use isNull");
        }
        Object number = stored(bare, type);
        if (number instanceof Double real && !Double.isFinite(real)) {
            throw new TypeMismatch("NaN and infinity cannot be compared");
        }
        if (number instanceof BigDecimal decimal) {
            return StoredForms.checkSize(decimal);
        }
        return number instanceof Double real ? (Object) (real + 0.0) : number;
    }
}
