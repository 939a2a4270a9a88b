package dev.korm.codec.json;

import dev.korm.codec.text.EcmaNumber;
import dev.korm.codec.text.TypeMismatch;
import dev.korm.spi.query.ColumnKind;
import java.math.BigDecimal;
import java.util.Base64;

/** Stored values of one kind as those of another, where nothing is lost. */
public final class StoredForms {
    private static final BigDecimal LOWEST = BigDecimal.valueOf(Long.MIN_VALUE);
    private static final BigDecimal HIGHEST = BigDecimal.valueOf(Long.MAX_VALUE);
    /** A decimal with more digits before or after its point is an attack, not a number. */
    private static final int MOST_DIGITS = 100_000;

    private StoredForms() {}

    /** Returns whether a field of one kind may live in a column of another, value by value. */
    public static boolean accepts(ColumnKind field, ColumnKind column) {
        if (field == column) {
            return true;
        }
        return switch (column) {
            case JSON -> true;
            case INTEGER -> isNumber(field) || field == ColumnKind.BOOLEAN;
            case REAL, DECIMAL -> isNumber(field);
            case BOOLEAN -> field == ColumnKind.INTEGER;
            case TEXT -> field == ColumnKind.RN || field == ColumnKind.DECIMAL;
            case RN -> field == ColumnKind.TEXT;
            case ID, BYTES, ENCRYPTED, FINGERPRINT, OTHER -> false;
        };
    }

    private static boolean isNumber(ColumnKind kind) {
        return kind == ColumnKind.INTEGER || kind == ColumnKind.REAL || kind == ColumnKind.DECIMAL;
    }

    /** Returns a stored value as one of the kind. */
    public static Object fit(Object stored, ColumnKind kind) {
        return switch (kind) {
            case INTEGER -> whole(stored instanceof Boolean flag ? (Object) (flag ? 1L : 0L) : stored);
            case REAL -> real(stored);
            case DECIMAL -> stored instanceof String text ? decimal(text) : decimal(stored);
            case BOOLEAN -> bool(stored);
            case BYTES -> bytes(stored);
            case ID, TEXT, JSON, RN, ENCRYPTED, FINGERPRINT, OTHER -> text(stored);
        };
    }

    /** Returns a value of a JSON tree as a stored one of the kind. */
    public static Object fromTree(Object tree, ColumnKind kind) {
        return switch (kind) {
            case INTEGER -> whole(tree);
            case REAL -> nearest(tree);
            case DECIMAL -> tree instanceof String text ? decimal(text) : decimal(tree);
            case BOOLEAN -> {
                if (tree instanceof Boolean) {
                    yield tree;
                }
                throw new TypeMismatch("expected a JSON boolean");
            }
            case BYTES -> base64(tree);
            case ID, TEXT, JSON, RN, ENCRYPTED, FINGERPRINT, OTHER -> text(tree);
        };
    }

    public static void toJson(Object stored, JsonWriter out) {
        if (stored instanceof String text) {
            out.text(text);
        } else if (stored instanceof Long whole) {
            out.whole(whole);
        } else if (stored instanceof Double real) {
            out.real(real);
        } else if (stored instanceof Boolean flag) {
            out.bool(flag);
        } else if (stored instanceof byte[] bytes) {
            out.text(Base64.getEncoder().encodeToString(bytes));
        } else {
            out.text(stored.toString());
        }
    }

    public static Long whole(Object stored) {
        if (stored instanceof Long whole) {
            return whole;
        }
        if (stored instanceof Double real) {
            long whole = (long) real.doubleValue();
            if (whole == real && (whole != Long.MAX_VALUE)) {
                return whole;
            }
            throw new TypeMismatch("the number is not whole, or beyond 64 bits");
        }
        if (stored instanceof BigDecimal decimal) {
            return whole(decimal);
        }
        if (stored instanceof Integer || stored instanceof Short || stored instanceof Byte) {
            return ((Number) stored).longValue();
        }
        throw new TypeMismatch("expected a whole number, found something else");
    }

    private static Long whole(BigDecimal decimal) {
        if (decimal.compareTo(LOWEST) >= 0 && decimal.compareTo(HIGHEST) <= 0 && isWhole(decimal)) {
            return decimal.longValue();
        }
        throw new TypeMismatch("the number is not whole, or beyond 64 bits");
    }

    public static boolean isWhole(BigDecimal decimal) {
        return decimal.signum() == 0
                || decimal.scale() <= 0
                || (decimal.precision() - decimal.scale() > 0
                        && decimal.stripTrailingZeros().scale() <= 0);
    }

    public static Double real(Object stored) {
        if (stored instanceof Double real) {
            return real;
        }
        if (stored instanceof Float real) {
            return (double) real;
        }
        if (stored instanceof BigDecimal decimal) {
            double real = decimal.doubleValue();
            if (Double.isFinite(real) && decimal(real).compareTo(decimal) == 0) {
                return real;
            }
            throw new TypeMismatch("the decimal number has more digits than a double; use BigDecimal");
        }
        long whole = whole(stored);
        double real = whole;
        if (whole == Long.MAX_VALUE || (long) real != whole) {
            throw new TypeMismatch("the whole number has more digits than a double; use long");
        }
        return real;
    }

    /** Reads a number as JSON numbers are read: as the nearest double. */
    private static Double nearest(Object tree) {
        if (tree instanceof Double || tree instanceof Long || tree instanceof BigDecimal) {
            double real = ((Number) tree).doubleValue();
            if (Double.isFinite(real)) {
                return real;
            }
            throw new TypeMismatch("the number is beyond what a double can hold; use BigDecimal");
        }
        throw new TypeMismatch("expected a JSON number");
    }

    public static BigDecimal decimal(Object stored) {
        if (stored instanceof BigDecimal decimal) {
            return decimal;
        }
        if (stored instanceof Double real) {
            if (Double.isFinite(real)) {
                return new BigDecimal(EcmaNumber.text(real));
            }
            throw new TypeMismatch("NaN and infinity are not decimal numbers");
        }
        return BigDecimal.valueOf(whole(stored));
    }

    private static BigDecimal decimal(String text) {
        try {
            return checkSize(new BigDecimal(text));
        } catch (NumberFormatException notANumber) {
            throw new TypeMismatch("the text is not a decimal number");
        }
    }

    public static BigDecimal checkSize(BigDecimal decimal) {
        if (decimal.precision() > MOST_DIGITS || Math.abs((long) decimal.scale()) > MOST_DIGITS) {
            throw new TypeMismatch("the decimal number has more than " + MOST_DIGITS + " digits");
        }
        return decimal;
    }

    private static Boolean bool(Object stored) {
        if (stored instanceof Boolean flag) {
            return flag;
        }
        if (stored instanceof Long whole && (whole == 0 || whole == 1)) {
            return whole == 1;
        }
        throw new TypeMismatch("expected a boolean, found neither 0 nor 1");
    }

    private static String text(Object stored) {
        if (stored instanceof String text) {
            return text;
        }
        throw new TypeMismatch("expected text, found something else");
    }

    private static byte[] bytes(Object stored) {
        if (stored instanceof byte[] bytes) {
            return bytes;
        }
        throw new TypeMismatch("expected bytes, found something else");
    }

    private static byte[] base64(Object tree) {
        try {
            return Base64.getDecoder().decode(text(tree));
        } catch (IllegalArgumentException malformed) {
            throw new TypeMismatch("expected base64, found other text");
        }
    }
}
