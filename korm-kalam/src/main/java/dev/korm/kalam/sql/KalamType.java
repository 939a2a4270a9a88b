package dev.korm.kalam.sql;

import static dev.korm.kalam.error.KalamNullException.requireNonNull;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * A column's type.
 *
 * @param kind the kind
 * @param first the precision of a decimal, the length of an embedding, or 0
 * @param second the scale of a decimal, or 0
 */
public record KalamType(Kind kind, int first, int second) {
    public KalamType {
        requireNonNull(kind, "kind");
    }

    /** A kind of types. */
    public enum Kind {
        /** True or false. */
        BOOLEAN("Boolean"),
        /** 16 bits. */
        SMALL_INT("SmallInt"),
        /** 32 bits. */
        INT("Int"),
        /** 64 bits. */
        BIG_INT("BigInt"),
        /** Floating point of 64 bits. */
        DOUBLE("Double"),
        /** Floating point of 32 bits. */
        FLOAT("Float"),
        /** A text. */
        TEXT("Text"),
        /** Microseconds since 1970, without a zone; computed ones may be nanoseconds. */
        TIMESTAMP("Timestamp"),
        /** Days since 1970. */
        DATE("Date"),
        /** Microseconds since 1970, in UTC. */
        DATE_TIME("DateTime"),
        /** Microseconds of the day. */
        TIME("Time"),
        /** A text of JSON. */
        JSON("Json"),
        /** Bytes. */
        BYTES("Bytes"),
        /** A UUID, which the server cannot compare. */
        UUID("Uuid"),
        /** A reference to a file. */
        FILE("File"),
        /** A vector. */
        EMBEDDING("Embedding"),
        /** A decimal. */
        DECIMAL("Decimal"),
        /** A type that this client does not know. */
        UNKNOWN("");

        private static final Map<String, Kind> BY_NAME =
                Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(Kind::wireName, Function.identity()));

        private final String wireName;

        Kind(String wireName) {
            this.wireName = wireName;
        }

        /** Returns the name in answers. */
        public String wireName() {
            return wireName;
        }
    }

    /** Returns the type that a schema tells; one that is not known is no error. */
    static KalamType of(JsonNode json) {
        if (json.isString()) {
            return new KalamType(Kind.BY_NAME.getOrDefault(json.asString(), Kind.UNKNOWN), 0, 0);
        }
        if (json.has("Decimal")) {
            JsonNode decimal = json.path("Decimal");
            return new KalamType(
                    Kind.DECIMAL,
                    decimal.path("precision").asInt(0),
                    decimal.path("scale").asInt(0));
        }
        if (json.has("Embedding")) {
            return new KalamType(Kind.EMBEDDING, json.path("Embedding").asInt(0), 0);
        }
        return new KalamType(Kind.UNKNOWN, 0, 0);
    }
}
