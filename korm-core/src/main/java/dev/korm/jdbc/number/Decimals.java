package dev.korm.jdbc.number;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/** Decimal numbers as texts, and constants beside columns that hold only 64-bit integers and doubles. */
public final class Decimals {
    /** The SQLSTATE of a number that its type cannot hold. */
    public static final String OUT_OF_RANGE = "22003";

    private static final BigDecimal LONG_MIN = BigDecimal.valueOf(Long.MIN_VALUE);
    private static final BigDecimal LONG_MAX = BigDecimal.valueOf(Long.MAX_VALUE);

    private static final int NUMERIC_DIGITS = 131_072;
    private static final int NUMERIC_SCALE = 16_383;

    /** So many digits tell every double from its neighbours. */
    private static final int DOUBLE_DIGITS = 17;

    private Decimals() {}

    /** Returns the number that the text is; null when it is none. */
    public static @Nullable BigDecimal parse(String text) {
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

    /** Returns the exact value of a constant of any numeric class. */
    public static BigDecimal exact(Object constant) {
        if (constant instanceof BigDecimal decimal) {
            return decimal;
        }
        return constant instanceof Long whole ? BigDecimal.valueOf(whole) : new BigDecimal((Double) constant);
    }

    /** Order by value; what is no number comes after all numbers, by code point. */
    public static int compare(String left, String right) {
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

    /** Returns the greatest number that is a long or a double and not above the decimal; as Long or Double. */
    public static Object floor(BigDecimal decimal) {
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

    /** Returns the least number that is a long or a double and not below the decimal; as Long or Double. */
    public static Object ceiling(BigDecimal decimal) {
        Object opposite = floor(decimal.negate());
        if (opposite instanceof Double real) {
            return -real;
        }
        long whole = (Long) opposite;
        // The one long without a positive counterpart is a power of two, and so a double.
        return whole == Long.MIN_VALUE ? (Object) 0x1p63 : (Object) (-whole);
    }

    /** The fit of a number into PostgreSQL's {@code numeric} (postgresql.org/docs, 8.1.2). */
    public enum NumericFit {
        FITS,
        TOO_LARGE,
        /** It has too many digits after the point. */
        TOO_FINE
    }

    public static NumericFit fitsNumeric(BigDecimal decimal) {
        if (decimal.precision() - (long) decimal.scale() > NUMERIC_DIGITS && decimal.signum() != 0) {
            return NumericFit.TOO_LARGE;
        }
        return decimal.scale() > NUMERIC_SCALE ? NumericFit.TOO_FINE : NumericFit.FITS;
    }

    public static BigDecimal floorNumeric(BigDecimal tooFine) {
        return scaled(tooFine, RoundingMode.FLOOR);
    }

    public static BigDecimal ceilingNumeric(BigDecimal tooFine) {
        return scaled(tooFine, RoundingMode.CEILING);
    }

    private static BigDecimal scaled(BigDecimal tooFine, RoundingMode mode) {
        // Shifting 1e-999999999 would take a divisor of a billion digits.
        if (tooFine.precision() - (long) tooFine.scale() < -NUMERIC_SCALE) {
            boolean outwards = tooFine.signum() > 0 == (mode == RoundingMode.CEILING);
            return outwards ? BigDecimal.valueOf(tooFine.signum()).scaleByPowerOfTen(-NUMERIC_SCALE) : BigDecimal.ZERO;
        }
        return tooFine.setScale(NUMERIC_SCALE, mode);
    }

    /** Returns the decimal of fewest digits that is nearest to the double and to no other; exact for whole numbers. */
    public static BigDecimal shortest(double real) {
        BigDecimal exact = new BigDecimal(real);
        if (real == Math.rint(real)) {
            return exact;
        }
        for (int digits = 1; digits < DOUBLE_DIGITS; digits++) {
            BigDecimal rounded = exact.round(new MathContext(digits));
            if (rounded.doubleValue() == real) {
                return rounded;
            }
        }
        return exact.round(new MathContext(DOUBLE_DIGITS));
    }
}
