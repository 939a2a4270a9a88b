package dev.korm.testkit.kalam.data;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A type of columns: its name in schemas, its declaration in SQLite, and the forms that values have. */
public record ColumnType(String name, int first, int second) {
    private static final Map<String, String> NAMES = Map.ofEntries(
            Map.entry("BOOLEAN", "Boolean"),
            Map.entry("BOOL", "Boolean"),
            Map.entry("SMALLINT", "SmallInt"),
            Map.entry("INT2", "SmallInt"),
            Map.entry("INT", "Int"),
            Map.entry("INTEGER", "Int"),
            Map.entry("INT4", "Int"),
            Map.entry("MEDIUMINT", "Int"),
            Map.entry("BIGINT", "BigInt"),
            Map.entry("INT8", "BigInt"),
            Map.entry("SERIAL", "BigInt"),
            Map.entry("BIGSERIAL", "BigInt"),
            Map.entry("FLOAT", "Float"),
            Map.entry("REAL", "Float"),
            Map.entry("FLOAT4", "Float"),
            Map.entry("DOUBLE", "Double"),
            Map.entry("FLOAT8", "Double"),
            Map.entry("DECIMAL", "Decimal"),
            Map.entry("TEXT", "Text"),
            Map.entry("VARCHAR", "Text"),
            Map.entry("CHAR", "Text"),
            Map.entry("STRING", "Text"),
            Map.entry("CLOB", "Text"),
            Map.entry("JSON", "Json"),
            Map.entry("JSONB", "Json"),
            Map.entry("UUID", "Uuid"),
            Map.entry("BYTES", "Bytes"),
            Map.entry("BLOB", "Bytes"),
            Map.entry("BYTEA", "Bytes"),
            Map.entry("BINARY", "Bytes"),
            Map.entry("TIMESTAMP", "Timestamp"),
            Map.entry("DATETIME", "DateTime"),
            Map.entry("DATE", "Date"),
            Map.entry("TIME", "Time"),
            Map.entry("EMBEDDING", "Embedding"),
            Map.entry("FILE", "File"));

    static final ColumnType TEXT = new ColumnType("Text", 0, 0);
    static final ColumnType BIGINT = new ColumnType("BigInt", 0, 0);
    static final ColumnType BOOLEAN = new ColumnType("Boolean", 0, 0);
    static final ColumnType DOUBLE = new ColumnType("Double", 0, 0);

    static ColumnType of(String declared, int first, int second) {
        String name = NAMES.get(declared.toUpperCase(Locale.ROOT));
        if (name == null) {
            throw SqlFailure.execution("Unsupported data type: " + declared);
        }
        return name.equals("Decimal") && first == 0
                ? new ColumnType(name, 38, 10)
                : new ColumnType(name, first, second);
    }

    /** Returns the type in SQLite's words, from which {@link #ofSqlite} reads it again; the words decide how SQLite compares. */
    String sqlite() {
        return switch (name) {
            case "Boolean" -> "BOOLEAN";
            case "SmallInt" -> "SMALLINT";
            case "Int" -> "INT";
            case "BigInt" -> "BIGINT";
            case "Float" -> "FLOAT";
            case "Double" -> "DOUBLE";
            case "Decimal" -> "DECIMAL(" + first + "," + second + ")";
            case "Bytes" -> "BYTESBLOB";
            case "Timestamp", "DateTime", "Date", "Time" -> name.toUpperCase(Locale.ROOT) + "INT";
            case "Embedding" -> "EMBEDDINGTEXT(" + first + ")";
            case "Text" -> "TEXT";
            default -> name.toUpperCase(Locale.ROOT) + "TEXT";
        };
    }

    static @Nullable ColumnType ofSqlite(@Nullable String declared, int first, int second) {
        if (declared == null) {
            return null;
        }
        return switch (declared.toUpperCase(Locale.ROOT)) {
            case "BOOLEAN" -> BOOLEAN;
            case "SMALLINT" -> new ColumnType("SmallInt", 0, 0);
            case "INT" -> new ColumnType("Int", 0, 0);
            case "BIGINT" -> BIGINT;
            case "FLOAT" -> new ColumnType("Float", 0, 0);
            case "DOUBLE" -> DOUBLE;
            case "DECIMAL" -> new ColumnType("Decimal", first, second);
            case "BYTESBLOB" -> new ColumnType("Bytes", 0, 0);
            case "TIMESTAMPINT" -> new ColumnType("Timestamp", 0, 0);
            case "DATETIMEINT" -> new ColumnType("DateTime", 0, 0);
            case "DATEINT" -> new ColumnType("Date", 0, 0);
            case "TIMEINT" -> new ColumnType("Time", 0, 0);
            case "EMBEDDINGTEXT" -> new ColumnType("Embedding", first, 0);
            case "TEXT" -> TEXT;
            case "JSONTEXT" -> new ColumnType("Json", 0, 0);
            case "UUIDTEXT" -> new ColumnType("Uuid", 0, 0);
            case "FILETEXT" -> new ColumnType("File", 0, 0);
            default -> null;
        };
    }

    /** Returns the type as a schema names it. */
    public Object json() {
        return switch (name) {
            case "Decimal" -> Map.of("Decimal", Map.of("precision", first, "scale", second));
            case "Embedding" -> Map.of("Embedding", first);
            default -> name;
        };
    }

    boolean isTime() {
        return name.equals("Timestamp") || name.equals("DateTime") || name.equals("Date") || name.equals("Time");
    }

    /** Returns the value that stands in a NOT NULL column for one that an INSERT of literals left out. */
    Object blank() {
        return switch (name) {
            case "Boolean", "SmallInt", "Int", "BigInt", "Timestamp", "DateTime", "Date", "Time", "Decimal" -> 0L;
            case "Float", "Double" -> 0.0;
            default -> "";
        };
    }

    /** Returns a value as it is stored, made of what a statement computed. */
    @Nullable Object stored(@Nullable Object value, String column) {
        if (value == null) {
            return null;
        }
        try {
            return switch (name) {
                case "Boolean" ->
                    value instanceof String text ? (text.equalsIgnoreCase("true") ? 1L : 0L) : longOf(value);
                case "SmallInt" -> inRange(longOf(value), Short.MIN_VALUE, Short.MAX_VALUE);
                case "Int" -> inRange(longOf(value), Integer.MIN_VALUE, Integer.MAX_VALUE);
                case "BigInt" -> longOf(value);
                case "Float" -> (double) (float) new BigDecimal(value.toString()).doubleValue();
                case "Double" -> Double.valueOf(value.toString());
                case "Decimal" -> decimal(value);
                case "Timestamp", "DateTime" ->
                    value instanceof Number number ? number.longValue() : micros(value.toString());
                case "Date" ->
                    value instanceof Number number
                            ? number.longValue()
                            : LocalDate.parse(value.toString()).toEpochDay();
                case "Time" ->
                    value instanceof Number number
                            ? number.longValue()
                            : LocalTime.parse(value.toString()).toNanoOfDay() / 1000;
                case "Uuid" -> UUID.fromString(value.toString()).toString();
                case "Bytes" -> value;
                default ->
                    value instanceof byte[] bytes
                            ? new String(bytes, java.nio.charset.StandardCharsets.UTF_8)
                            : value.toString();
            };
        } catch (IllegalArgumentException | ArithmeticException | java.time.DateTimeException e) {
            throw SqlFailure.execution("Cannot cast value of column '" + column + "' to " + name);
        }
    }

    private Object decimal(Object value) {
        return new BigDecimal(value.toString())
                .setScale(second, RoundingMode.HALF_UP)
                .stripTrailingZeros()
                .toPlainString();
    }

    private static long longOf(Object value) {
        return value instanceof Long number
                ? number
                : new BigDecimal(value.toString())
                        .setScale(0, RoundingMode.DOWN)
                        .longValueExact();
    }

    private static long inRange(long value, long min, long max) {
        if (value < min || value > max) {
            throw new ArithmeticException();
        }
        return value;
    }

    static long micros(String text) {
        String iso = text.trim().replace(' ', 'T');
        Instant instant = iso.matches(".*(Z|[+-]\\d\\d:?\\d\\d)$")
                ? OffsetDateTime.parse(iso).toInstant()
                : iso.indexOf('T') < 0
                        ? LocalDate.parse(iso).atStartOfDay(ZoneOffset.UTC).toInstant()
                        : LocalDateTime.parse(iso).toInstant(ZoneOffset.UTC);
        return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    }

    /** Returns a stored value as JSON has it, in rows of HTTP, of a WebSocket and in payloads. */
    public @Nullable Object json(@Nullable Object stored) {
        if (stored == null) {
            return null;
        }
        return switch (name) {
            case "Boolean" -> !stored.toString().equals("0");
            case "SmallInt", "Int", "Timestamp", "DateTime", "Date", "Time" -> longOf(stored);
            case "BigInt" ->
                stored instanceof Double number
                        ? new BigDecimal(number).toBigInteger().toString()
                        : stored.toString();
            case "Float", "Double" -> Double.valueOf(stored.toString());
            case "Decimal" -> decimalText(stored);
            case "Bytes" ->
                stored instanceof byte[] bytes
                        ? unsigned(bytes)
                        : unsigned(stored.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8));
            case "Embedding" -> tools.jackson.databind.json.JsonMapper.shared().readTree(stored.toString());
            default -> stored.toString();
        };
    }

    /** Writes a decimal as the server does, which loses the sign of values between -1 and 0. */
    private String decimalText(Object stored) {
        BigDecimal value = new BigDecimal(stored.toString()).setScale(second, RoundingMode.HALF_UP);
        boolean losesSign = value.signum() < 0 && value.abs().compareTo(BigDecimal.ONE) < 0;
        return (losesSign ? value.abs() : value).toPlainString();
    }

    private static int[] unsigned(byte[] bytes) {
        int[] numbers = new int[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            numbers[i] = bytes[i] & 0xff;
        }
        return numbers;
    }

    /** Returns the type of a value that no column declares. */
    static ColumnType ofValue(@Nullable Object value) {
        return value instanceof Integer || value instanceof Long || value instanceof BigInteger
                ? BIGINT
                : value instanceof Double ? DOUBLE : TEXT;
    }
}
