package dev.korm.kalam.sql;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Parameters as JSON can carry them, checked before they are sent. */
final class Parameters {
    static final int MAX_COUNT = 50;
    static final int MAX_BYTES = 1 << 19;

    private static final DateTimeFormatter MICROS = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS");

    private Parameters() {}

    static List<@Nullable Object> of(@Nullable Object... values) {
        if (values.length > MAX_COUNT) {
            throw new IllegalArgumentException(
                    "A statement has at most " + MAX_COUNT + " parameters, not " + values.length);
        }
        List<@Nullable Object> encoded = new ArrayList<>(values.length);
        for (int i = 0; i < values.length; i++) {
            Object value = encoded(values[i], i + 1);
            if (value instanceof String text && tooLong(text)) {
                throw new IllegalArgumentException("Parameter $" + (i + 1) + " is larger than " + MAX_BYTES + " bytes");
            }
            encoded.add(value);
        }
        return Collections.unmodifiableList(encoded);
    }

    private static boolean tooLong(String text) {
        return text.length() > MAX_BYTES
                || (text.length() > MAX_BYTES / 3 && text.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES);
    }

    private static @Nullable Object encoded(@Nullable Object value, int number) {
        if (value == null || value instanceof Boolean || value instanceof String) {
            return value;
        }
        if (value instanceof Long || value instanceof Integer || value instanceof Short || value instanceof Byte) {
            return ((Number) value).longValue();
        }
        if (value instanceof Double || value instanceof Float) {
            double floating = ((Number) value).doubleValue();
            if (Double.isNaN(floating) || Double.isInfinite(floating)) {
                throw new IllegalArgumentException(
                        "Parameter $" + number + " is not finite, which the server cannot read back");
            }
            // A float as it is written: 0.1f is 0.1, not 0.10000000149011612.
            return value instanceof Float ? Double.valueOf(value.toString()) : value;
        }
        if (value instanceof Enum<?> constant) {
            return constant.name();
        }
        if (value instanceof BigDecimal decimal) {
            return decimal.toPlainString();
        }
        if (value instanceof BigInteger whole) {
            return whole.bitLength() < Long.SIZE ? (Object) whole.longValue() : whole.toString();
        }
        if (value instanceof SeqId seq) {
            return seq.value();
        }
        if (value instanceof UUID
                || value instanceof CharSequence
                || value instanceof Character
                || value instanceof LocalDate) {
            return value.toString();
        }
        if (value instanceof JsonNode
                || value instanceof Map
                || value instanceof Collection
                || value instanceof float[]) {
            return JsonMapper.shared().writeValueAsString(value);
        }
        return time(value, number);
    }

    private static String time(Object value, int number) {
        if (value instanceof Instant instant) {
            return MICROS.format(instant.truncatedTo(ChronoUnit.MICROS).atOffset(ZoneOffset.UTC)) + "Z";
        }
        if (value instanceof OffsetDateTime offset) {
            return time(offset.toInstant(), number);
        }
        if (value instanceof ZonedDateTime zoned) {
            return time(zoned.toInstant(), number);
        }
        if (value instanceof LocalDateTime local) {
            return MICROS.format(local);
        }
        if (value instanceof LocalTime local) {
            return local.truncatedTo(ChronoUnit.MICROS).format(DateTimeFormatter.ISO_LOCAL_TIME);
        }
        if (value instanceof byte[]) {
            throw new IllegalArgumentException("Parameter $" + number
                    + " is bytes, which the server stores wrongly on INSERT: keep base64 in a TEXT column");
        }
        throw new IllegalArgumentException(
                "Parameter $" + number + " is of type " + value.getClass().getName() + ", which is no SQL value");
    }
}
