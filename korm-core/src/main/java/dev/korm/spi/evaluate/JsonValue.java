package dev.korm.spi.evaluate;

import dev.korm.spi.query.JsonPath;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A JSON value. Equal to another by value: members in any order, numbers by their exact decimal value. */
sealed interface JsonValue {
    /** The members in the order of the text. */
    record JsonObject(Map<String, JsonValue> members) implements JsonValue {}

    record JsonArray(List<JsonValue> entries) implements JsonValue {}

    record JsonText(String text) implements JsonValue {}

    /** A number as it was written. */
    record JsonNumber(String literal) implements JsonValue {
        BigDecimal exact() {
            return new BigDecimal(literal);
        }

        /**
         * Returns a {@link Long} when it is written as a whole number and fits; otherwise the nearest {@link Double}.
         */
        Number nearest() {
            for (int i = 0; i < literal.length(); i++) {
                char c = literal.charAt(i);
                if (c == '.' || c == 'e' || c == 'E') {
                    return Double.valueOf(literal);
                }
            }
            if (literal.length() < 19) {
                return Long.valueOf(literal);
            }
            try {
                return Long.valueOf(literal);
            } catch (NumberFormatException beyond64Bits) {
                return Double.valueOf(literal);
            }
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof JsonNumber number
                    && (literal.equals(number.literal) || exact().compareTo(number.exact()) == 0);
        }

        @Override
        public int hashCode() {
            return exact().stripTrailingZeros().hashCode();
        }
    }

    /** The literals. */
    enum JsonWord implements JsonValue {
        TRUE,
        FALSE,
        NULL
    }

    /** A text that is no JSON, from another program: nothing is inside. */
    record NoJson(String text) implements JsonValue {}

    /** Returns the value at the end of the path; null when there is none. */
    default @Nullable JsonValue at(JsonPath path) {
        JsonValue value = this;
        for (JsonPath.Step step : path.steps()) {
            JsonValue next = null;
            if (step instanceof JsonPath.Member member && value instanceof JsonObject object) {
                next = object.members.get(member.key());
            } else if (step instanceof JsonPath.Entry entry
                    && value instanceof JsonArray array
                    && entry.index() >= 0
                    && entry.index() < array.entries.size()) {
                next = array.entries.get(entry.index());
            }
            if (next == null) {
                return null;
            }
            value = next;
        }
        return value;
    }
}
