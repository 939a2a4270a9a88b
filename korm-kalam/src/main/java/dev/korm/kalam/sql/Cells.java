package dev.korm.kalam.sql;

import dev.korm.kalam.error.KalamDataException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Readers of values from JSON, strict: what does not fit is an error that names the column. */
final class Cells {
    /** Above this a computed timestamp is in nanoseconds: as microseconds it would lie behind the year 5000. */
    private static final long MOST_MICROS = 95_617_584_000_000_000L;

    private static final int MOST_DIGITS = 400;

    private interface Reader {
        @Nullable Object read(JsonNode cell, SchemaField field);
    }

    private static final Map<Class<?>, Reader> READERS = Map.ofEntries(
            Map.entry(String.class, (cell, field) -> text(cell)),
            Map.entry(Long.class, (cell, field) -> number(cell).longValueExact()),
            Map.entry(Integer.class, (cell, field) -> number(cell).intValueExact()),
            Map.entry(Short.class, (cell, field) -> number(cell).shortValueExact()),
            Map.entry(Byte.class, (cell, field) -> number(cell).byteValueExact()),
            Map.entry(BigInteger.class, (cell, field) -> number(cell).toBigIntegerExact()),
            Map.entry(BigDecimal.class, (cell, field) -> number(cell)),
            Map.entry(Double.class, (cell, field) -> number(cell).doubleValue()),
            Map.entry(Float.class, (cell, field) -> number(cell).floatValue()),
            Map.entry(Boolean.class, (cell, field) -> cell.isBoolean() ? (Object) cell.booleanValue() : null),
            Map.entry(SeqId.class, (cell, field) -> new SeqId(number(cell).longValueExact())),
            Map.entry(UUID.class, (cell, field) -> UUID.fromString(cell.stringValue())),
            Map.entry(Instant.class, Cells::instant),
            Map.entry(
                    LocalDateTime.class,
                    (cell, field) -> LocalDateTime.ofInstant(instant(cell, field), ZoneOffset.UTC)),
            Map.entry(LocalDate.class, Cells::date),
            Map.entry(LocalTime.class, Cells::time),
            Map.entry(JsonNode.class, Cells::json),
            Map.entry(byte[].class, (cell, field) -> bytes(cell)),
            Map.entry(float[].class, (cell, field) -> vector(cell)));

    private Cells() {}

    static boolean knows(Class<?> type) {
        return READERS.containsKey(type) || type.isEnum();
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    static <T> T read(JsonNode cell, SchemaField field, Class<T> type) {
        Object value;
        try {
            if (type.isEnum()) {
                value = Enum.valueOf((Class) type, cell.stringValue());
            } else {
                Reader reader = READERS.get(type);
                if (reader == null) {
                    throw new IllegalArgumentException("Values of " + type.getName() + " cannot be read");
                }
                value = reader.read(cell, field);
            }
        } catch (ArithmeticException | DateTimeException | JacksonException | IllegalArgumentException e) {
            // Not as a cause: its text may hold the value.
            throw new KalamDataException("Column '" + field.name() + "' does not hold a " + type.getSimpleName(), null);
        }
        if (value == null) {
            throw new KalamDataException("Column '" + field.name() + "' does not hold a " + type.getSimpleName(), null);
        }
        return (T) value;
    }

    /** Returns the value as the type that fits its column best. */
    static Object natural(JsonNode cell, SchemaField field) {
        return switch (field.type().kind()) {
            case BOOLEAN -> read(cell, field, Boolean.class);
            case SMALL_INT, INT -> read(cell, field, Integer.class);
            case BIG_INT -> read(cell, field, Long.class);
            case FLOAT, DOUBLE -> read(cell, field, Double.class);
            case DECIMAL -> read(cell, field, BigDecimal.class);
            case TIMESTAMP, DATE_TIME -> read(cell, field, Instant.class);
            case DATE -> read(cell, field, LocalDate.class);
            case TIME -> read(cell, field, LocalTime.class);
            case BYTES -> read(cell, field, byte[].class);
            case EMBEDDING -> read(cell, field, float[].class);
            default ->
                cell.isString()
                        ? cell.stringValue()
                        : cell.isBoolean() ? (Object) cell.booleanValue() : cell.isNumber() ? cell.numberValue() : cell;
        };
    }

    private static @Nullable String text(JsonNode cell) {
        return cell.isString() ? cell.stringValue() : null;
    }

    /** Reads a number, also one that came as a text, as all of 64 bits and decimals do. */
    private static BigDecimal number(JsonNode cell) {
        if (cell.isNumber()) {
            BigDecimal value = cell.decimalValue();
            // A larger one is no number of the server's, and would cost much to write out.
            if (Math.abs((long) value.scale()) > MOST_DIGITS) {
                throw new ArithmeticException("no number");
            }
            return value;
        }
        String text = cell.isString() ? cell.stringValue() : "";
        // Longer ones are no numbers of the server's, and would cost much to read.
        if (text.isEmpty() || text.length() > MOST_DIGITS || text.indexOf('e') >= 0 || text.indexOf('E') >= 0) {
            throw new ArithmeticException("no number");
        }
        return new BigDecimal(text);
    }

    private static Instant instant(JsonNode cell, SchemaField field) {
        KalamType.Kind kind = field.type().kind();
        if (cell.isString() && kind != KalamType.Kind.BIG_INT) {
            return Instant.parse(cell.stringValue());
        }
        if (kind == KalamType.Kind.DATE) {
            return date(cell, field).atStartOfDay().toInstant(ZoneOffset.UTC);
        }
        long value = number(cell).longValueExact();
        return Math.abs(value) > MOST_MICROS
                ? Instant.EPOCH.plusNanos(value)
                : Instant.EPOCH.plus(value, ChronoUnit.MICROS);
    }

    private static LocalDate date(JsonNode cell, SchemaField field) {
        return switch (field.type().kind()) {
            case TIMESTAMP, DATE_TIME -> LocalDate.ofInstant(instant(cell, field), ZoneOffset.UTC);
            default ->
                cell.isString()
                        ? LocalDate.parse(cell.stringValue())
                        : LocalDate.ofEpochDay(number(cell).longValueExact());
        };
    }

    private static LocalTime time(JsonNode cell, SchemaField field) {
        return cell.isString()
                ? LocalTime.parse(cell.stringValue())
                : LocalTime.ofNanoOfDay(Math.multiplyExact(number(cell).longValueExact(), 1000));
    }

    /** Reads a tree, of a text of JSON what it says. */
    private static JsonNode json(JsonNode cell, SchemaField field) {
        return cell.isString() && field.type().kind() == KalamType.Kind.JSON
                ? JsonMapper.shared().readTree(cell.stringValue())
                : cell;
    }

    private static byte @Nullable [] bytes(JsonNode cell) {
        if (!cell.isArray()) {
            return null;
        }
        byte[] bytes = new byte[cell.size()];
        for (int i = 0; i < bytes.length; i++) {
            int value = number(cell.get(i)).intValueExact();
            if (value < 0 || value > 255) {
                return null;
            }
            bytes[i] = (byte) value;
        }
        return bytes;
    }

    private static float @Nullable [] vector(JsonNode cell) {
        JsonNode array = cell.isString() ? JsonMapper.shared().readTree(cell.stringValue()) : cell;
        if (!array.isArray()) {
            return null;
        }
        float[] vector = new float[array.size()];
        for (int i = 0; i < vector.length; i++) {
            vector[i] = number(array.get(i)).floatValue();
        }
        return vector;
    }
}
