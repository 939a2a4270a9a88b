package dev.korm.spi.evaluate;

import dev.korm.spi.evaluate.JsonValue.JsonArray;
import dev.korm.spi.evaluate.JsonValue.JsonNumber;
import dev.korm.spi.evaluate.JsonValue.JsonObject;
import dev.korm.spi.evaluate.JsonValue.JsonText;
import dev.korm.spi.evaluate.JsonValue.JsonWord;
import dev.korm.spi.evaluate.JsonValue.NoJson;
import dev.korm.spi.query.SortKey.Direction;
import dev.korm.spi.query.SortKey.Nulls;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The order and the equality of values, the same for every layer: numbers by exact value whatever their class, texts by
 * code point, {@code false} before {@code true}, bytes unsigned from the left.
 *
 * <p>Where values of several sorts meet, as under a dynamic field, booleans stand before numbers, numbers before texts,
 * texts before bytes.
 */
public final class Values {
    private static final double TWO_TO_63 = 0x1p63;

    private Values() {}

    /** Returns the order of values, nulls included, under a sort key. */
    public static Comparator<@Nullable Object> order(Direction direction, Nulls nulls) {
        int up = direction == Direction.ASCENDING ? 1 : -1;
        int nullFirst = nulls == Nulls.FIRST ? -1 : 1;
        return (left, right) -> {
            if (left == null || right == null) {
                return left == right ? 0 : left == null ? nullFirst : -nullFirst;
            }
            return up * compare(left, right);
        };
    }

    /**
     * Compares two values, neither of them null.
     *
     * @throws IllegalArgumentException when a value's class has no order
     */
    public static int compare(Object left, Object right) {
        Sort sort = Sort.of(left);
        int bySort = sort.compareTo(Sort.of(right));
        if (bySort != 0) {
            return bySort;
        }
        return switch (sort) {
            case BOOLEAN -> ((Boolean) left).compareTo((Boolean) right);
            case NUMBER -> compareNumbers((Number) left, (Number) right);
            case TEXT -> compareTexts((String) left, (String) right);
            case BYTES -> Arrays.compareUnsigned((byte[]) left, (byte[]) right);
            case JSON, UNKNOWN ->
                throw new IllegalArgumentException(
                        "Values of " + left.getClass().getName() + " have no order");
        };
    }

    /** Returns whether two values are of one sort, so that a comparison of them means something. */
    static boolean comparable(Object left, Object right) {
        return Sort.of(left) == Sort.of(right);
    }

    /** Compares two values of one type. */
    static boolean same(Object left, Object right) {
        if (left instanceof NoJson || right instanceof NoJson) {
            return text(left).equals(text(right));
        }
        return Sort.of(left).isOrdered() ? compare(left, right) == 0 : left.equals(right);
    }

    /** Returns a text that is no JSON counts as the JSON string of that text. */
    private static Optional<String> text(Object json) {
        if (json instanceof NoJson noJson) {
            return Optional.of(noJson.text());
        }
        return json instanceof JsonText text ? Optional.of(text.text()) : Optional.empty();
    }

    /** Orders by code point, which differs from the order of UTF-16 units beyond the basic plane. */
    private static int compareTexts(String left, String right) {
        int shorter = Math.min(left.length(), right.length());
        for (int i = 0; i < shorter; i++) {
            char a = left.charAt(i);
            char b = right.charAt(i);
            if (a != b) {
                if (Character.isSurrogate(a) != Character.isSurrogate(b)) {
                    return Character.isSurrogate(a) ? 1 : -1;
                }
                return Character.compare(a, b);
            }
        }
        return Integer.compare(left.length(), right.length());
    }

    private static int compareNumbers(Number left, Number right) {
        Number a = plain(left);
        Number b = plain(right);
        if (a instanceof Long x) {
            if (b instanceof Long y) {
                return Long.compare(x, y);
            }
            if (b instanceof Double y) {
                return compareExactly(x, y);
            }
        } else if (a instanceof Double x) {
            if (b instanceof Double y) {
                return x < y ? -1 : x > y ? 1 : 0;
            }
            if (b instanceof Long y) {
                return -compareExactly(y, x);
            }
            if (x.isInfinite()) {
                return x > 0 ? 1 : -1;
            }
        }
        if (b instanceof Double y && y.isInfinite()) {
            return y > 0 ? -1 : 1;
        }
        return exact(a).compareTo(exact(b));
    }

    private static int compareExactly(long whole, double number) {
        if (number >= TWO_TO_63) {
            return -1;
        }
        if (number < -TWO_TO_63) {
            return 1;
        }
        long cut = (long) number;
        int byWhole = Long.compare(whole, cut);
        return byWhole != 0 ? byWhole : Double.compare((double) cut, number + 0.0);
    }

    /** Returns a {@link Long}, {@link Double} or {@link BigDecimal} of the same value. */
    static Number plain(Number number) {
        if (number instanceof Long || number instanceof Double || number instanceof BigDecimal) {
            return number;
        }
        if (number instanceof BigInteger whole) {
            return new BigDecimal(whole);
        }
        if (number instanceof Float) {
            return number.doubleValue();
        }
        return number.longValue();
    }

    /** Returns the value of a finite number. */
    static BigDecimal exact(Number number) {
        Number plain = plain(number);
        if (plain instanceof BigDecimal decimal) {
            return decimal;
        }
        return plain instanceof Long whole ? BigDecimal.valueOf(whole) : new BigDecimal(plain.doubleValue());
    }

    /**
     * Returns a text that is the same for two lists of values exactly when these are equal one by one; null equals
     * null.
     */
    public static String key(List<? extends @Nullable Object> values) {
        StringBuilder out = new StringBuilder();
        for (Object value : values) {
            appendKey(out, value);
        }
        return out.toString();
    }

    /** Returns a text that is the same for two JSON texts exactly when they are the same value. */
    public static String jsonKey(String json) {
        StringBuilder out = new StringBuilder();
        appendJson(out, JsonTexts.parse(json));
        return out.toString();
    }

    private static void appendKey(StringBuilder out, @Nullable Object value) {
        if (value == null) {
            out.append("n;");
        } else if (value instanceof Boolean) {
            out.append(value).append(';');
        } else if (value instanceof Number number) {
            Number plain = plain(number);
            boolean infinite = plain instanceof Double real && real.isInfinite();
            out.append(infinite ? plain : exact(plain).stripTrailingZeros()).append(';');
        } else if (value instanceof String text) {
            appendText(out, text);
        } else if (value instanceof byte[] bytes) {
            out.append('x').append(HexFormat.of().formatHex(bytes)).append(';');
        } else if (value instanceof JsonValue json) {
            out.append('j');
            appendJson(out, json);
        } else {
            throw new IllegalArgumentException("Values of " + value.getClass().getName() + " have no key");
        }
    }

    private static void appendText(StringBuilder out, String text) {
        out.append('t').append(text.length()).append(':').append(text);
    }

    private static void appendJson(StringBuilder out, JsonValue json) {
        if (json instanceof JsonObject object) {
            out.append('{');
            for (Map.Entry<String, JsonValue> member : new TreeMap<>(object.members()).entrySet()) {
                appendText(out, member.getKey());
                appendJson(out, member.getValue());
            }
            out.append('}');
        } else if (json instanceof JsonArray array) {
            out.append('[');
            for (JsonValue entry : array.entries()) {
                appendJson(out, entry);
            }
            out.append(']');
        } else if (json instanceof JsonText text) {
            appendText(out, text.text());
        } else if (json instanceof JsonNumber number) {
            appendKey(out, number.exact());
        } else if (json instanceof JsonWord word) {
            out.append(word.name()).append(';');
        } else if (json instanceof NoJson noJson) {
            appendText(out, noJson.text());
        }
    }

    private enum Sort {
        BOOLEAN,
        NUMBER,
        TEXT,
        BYTES,
        JSON,
        UNKNOWN;

        static Sort of(Object value) {
            if (value instanceof String) {
                return TEXT;
            }
            if (value instanceof Number) {
                return NUMBER;
            }
            if (value instanceof Boolean) {
                return BOOLEAN;
            }
            if (value instanceof byte[]) {
                return BYTES;
            }
            return value instanceof JsonValue ? JSON : UNKNOWN;
        }

        boolean isOrdered() {
            return this != JSON && this != UNKNOWN;
        }
    }
}
