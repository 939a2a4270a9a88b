package dev.korm.jdbc;

import java.math.BigDecimal;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/** Decimal numbers as texts, and constants beside columns that hold only 64-bit integers and doubles. */
final class Decimals {
    private static final BigDecimal LONG_MIN = BigDecimal.valueOf(Long.MIN_VALUE);
    private static final BigDecimal LONG_MAX = BigDecimal.valueOf(Long.MAX_VALUE);

    private Decimals() {}

    /** The number that the text is; null when it is none. */
    static @Nullable BigDecimal parse(String text) {
        if (text.isEmpty() || !isNumeric(text)) {
            return null;
        }
        try {
            return new BigDecimal(text);
        } catch (NumberFormatException noNumber) {
            return null;
        }
    }

    /** Spares an exception for most texts that are no numbers, and keeps out digits other than ASCII's. */
    private static boolean isNumeric(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if ((c < '0' || c > '9') && c != '.' && c != '-' && c != '+' && c != 'e' && c != 'E') {
                return false;
            }
        }
        return true;
    }

    /** The exact value of a constant of any numeric class. */
    static BigDecimal exact(Object constant) {
        if (constant instanceof BigDecimal decimal) {
            return decimal;
        }
        return constant instanceof Long whole ? BigDecimal.valueOf(whole) : new BigDecimal((Double) constant);
    }

    /** Order by value; what is no number comes after all numbers, by code point. */
    static int compare(String left, String right) {
        BigDecimal a = parse(left);
        BigDecimal b = parse(right);
        if (a != null && b != null) {
            return a.compareTo(b);
        }
        if (a == null && b == null) {
            return JsonTexts.compareCodePoints(left, right);
        }
        return a != null ? -1 : 1;
    }

    /** The greatest number that is a long or a double and not above the decimal; as Long or Double. */
    static Object floor(BigDecimal decimal) {
        double real = decimal.doubleValue();
        if (Double.isInfinite(real) && real > 0) {
            real = Double.MAX_VALUE;
        } else if (!Double.isInfinite(real) && new BigDecimal(real).compareTo(decimal) > 0) {
            real = Math.nextDown(real);
        }
        if (decimal.compareTo(LONG_MIN) < 0) {
            return real;
        }
        long whole = decimal.compareTo(LONG_MAX) > 0 ? Long.MAX_VALUE : wholeFloor(decimal);
        return !Double.isInfinite(real) && new BigDecimal(real).compareTo(BigDecimal.valueOf(whole)) > 0
                ? (Object) real
                : (Object) whole;
    }

    private static long wholeFloor(BigDecimal decimal) {
        // Shifting 1e-999999999 to scale 0 would take a divisor of a billion digits.
        if (decimal.precision() - (long) decimal.scale() <= 0) {
            return decimal.signum() < 0 ? -1 : 0;
        }
        return decimal.setScale(0, RoundingMode.FLOOR).longValueExact();
    }

    /** The least number that is a long or a double and not below the decimal; as Long or Double. */
    static Object ceiling(BigDecimal decimal) {
        Object opposite = floor(decimal.negate());
        if (opposite instanceof Double real) {
            return -real;
        }
        long whole = (Long) opposite;
        // The one long without a positive counterpart is a power of two, and so a double.
        return whole == Long.MIN_VALUE ? (Object) 0x1p63 : (Object) (-whole);
    }
}
