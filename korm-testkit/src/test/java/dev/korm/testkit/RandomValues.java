package dev.korm.testkit;

import dev.korm.spi.query.ColumnKind;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Values from small pools, so that they meet again, with the awkward ones among them. */
public final class RandomValues {
    static final List<String> KEYS = List.of(
            "a", "b", "c", "0", "", "k.x", "q\"u", "é", "$", "[0]", "a\\b", "𝄞", "[#-1]", "a b", "\u0001", "*");
    private static final List<String> TEXTS = List.of(
            "",
            "a",
            "A",
            "ab",
            "b",
            "ß",
            "ss",
            "SS",
            "Σ",
            "ς",
            "σα",
            "ς.",
            "𝄞",
            "\uFFFD",
            "é",
            "%",
            "_",
            "*",
            "[a]",
            "?",
            "a\nb",
            "2.5",
            "2.50",
            "1",
            "true",
            "null",
            "{}",
            "\"a\"",
            "\\",
            "'",
            "İ",
            "ǆ",
            "a b",
            "no number");
    private static final List<Long> LONGS = List.of(
            0L, 1L, 2L, 3L, -1L, -2L, 10L, (1L << 53) - 1, 1L << 53, (1L << 53) + 1, Long.MAX_VALUE, Long.MIN_VALUE);
    private static final List<Double> DOUBLES = List.of(
            0.0,
            1.0,
            2.0,
            2.5,
            -1.0,
            -2.5,
            0.1,
            0.30000000000000004,
            1e21,
            1e-7,
            0x1p53,
            0x1p63,
            -0x1p63,
            1e300,
            5e-324);
    private static final List<String> DECIMALS = List.of(
            "0",
            "0.0",
            "1",
            "1.0",
            "2.5",
            "2.50",
            "-2.5",
            "0.1",
            "0.10000000000000000000001",
            "1E+3",
            "1000",
            "1e-30",
            "9007199254740993",
            "9223372036854775808",
            "-9223372036854775809",
            "123456789012345678901234567890.5");
    private static final List<String> NUMBERS = List.of(
            "0",
            "1",
            "1.0",
            "2",
            "2.5",
            "2.50",
            "-1",
            "10",
            "1e1",
            "1E2",
            "100",
            "0.1",
            "9007199254740993",
            "9223372036854775807",
            "9223372036854775808",
            "-9223372036854775809",
            "12345678901234567890",
            "-0",
            "-0.0",
            "1e-7",
            "0.30000000000000004",
            "0.10000000000000000000001",
            "1e400",
            "-1e400",
            "1e-400",
            "9007199254740993.0");

    /** As wide as the column of MySQL, which fills shorter texts up with blanks; few, so that some are alike. */
    private static final List<String> FINGERPRINTS = fingerprints();

    private static List<String> fingerprints() {
        List<String> all = new ArrayList<>();
        for (String first : List.of("0", "07", "9", "9a", "a", "b3", "f")) {
            all.add(first + "c".repeat(128 - first.length()));
        }
        return all;
    }

    /** What may stand in a JSON column. */
    public enum JsonColumns {
        /** JSON only; the store refuses everything else. */
        JSON,
        /** Anything another program may have put there. */
        ANY_TEXT
    }

    private final Random random;
    private final JsonColumns jsonColumns;
    private final List<String> references;

    RandomValues(Random random, JsonColumns jsonColumns, List<String> references) {
        this.random = random;
        this.jsonColumns = jsonColumns;
        this.references = references;
    }

    <T> T one(List<T> all) {
        return all.get(random.nextInt(all.size()));
    }

    boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    /** A value for a column or a constant beside an operand of the kind. */
    Object value(ColumnKind kind) {
        return switch (kind) {
            case TEXT -> text();
            case FINGERPRINT -> one(FINGERPRINTS);
            case ID -> chance(80) ? one(references).replaceAll(".*:", "") : text();
            case RN -> chance(90) ? one(references) : text();
            case INTEGER -> one(LONGS);
            case REAL -> one(DOUBLES);
            case BOOLEAN -> random.nextBoolean();
            case DECIMAL -> new BigDecimal(one(DECIMALS));
            case BYTES -> bytes();
            case JSON -> jsonColumns == JsonColumns.ANY_TEXT && chance(4) ? text() : json(0);
            case ENCRYPTED -> object(0);
            case OTHER -> value(one(List.of(ColumnKind.TEXT, ColumnKind.INTEGER, ColumnKind.REAL, ColumnKind.BOOLEAN)));
        };
    }

    /** A constant; beside a number stand numbers of all classes. */
    Object constant(ColumnKind kind) {
        if (kind == ColumnKind.INTEGER || kind == ColumnKind.REAL || kind == ColumnKind.DECIMAL) {
            return value(one(List.of(ColumnKind.INTEGER, ColumnKind.REAL, ColumnKind.DECIMAL)));
        }
        if (kind == ColumnKind.FINGERPRINT && chance(20)) {
            return text();
        }
        return kind == ColumnKind.OTHER && chance(20) ? value(ColumnKind.DECIMAL) : value(kind);
    }

    String text() {
        return chance(85) ? one(TEXTS) : one(TEXTS) + one(TEXTS);
    }

    private byte[] bytes() {
        byte[] bytes = new byte[random.nextInt(3)];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) one(List.of(0, 1, 127, 128, 255)).intValue();
        }
        return bytes;
    }

    /** A JSON text. */
    String json(int depth) {
        int sort = random.nextInt(depth > 2 ? 7 : depth == 0 ? 14 : 11);
        return switch (sort) {
            case 0 -> "null";
            case 1 -> chance(50) ? "true" : "false";
            case 2, 3 -> one(NUMBERS);
            case 4, 5 -> quoted(text());
            case 6 -> quoted(chance(70) ? one(references) : one(DECIMALS));
            case 7, 8 -> array(depth);
            default -> object(depth);
        };
    }

    private String array(int depth) {
        List<String> entries = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            entries.add(json(depth + 1));
        }
        return "[" + String.join(chance(20) ? " , " : ",", entries) + "]";
    }

    private String object(int depth) {
        List<String> members = new ArrayList<>();
        List<String> keys = new ArrayList<>(KEYS);
        for (int i = random.nextInt(5); i > 0; i--) {
            String key =
                    chance(70) && keys.get(0).equals("a") ? keys.remove(0) : keys.remove(random.nextInt(keys.size()));
            members.add(quoted(key) + (chance(20) ? " : " : ":") + json(depth + 1));
        }
        return "{" + String.join(",", members) + "}";
    }

    private String quoted(String text) {
        StringBuilder out = new StringBuilder("\"");
        text.codePoints().forEach(c -> {
            if (c == '"' || c == '\\') {
                out.append('\\').appendCodePoint(c);
            } else if (c < ' ' || c > '~' && chance(25)) {
                for (char unit : Character.toChars(c)) {
                    out.append(String.format("\\u%04x", (int) unit));
                }
            } else {
                out.appendCodePoint(c);
            }
        });
        return out.append('"').toString();
    }
}
