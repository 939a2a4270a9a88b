package dev.korm.jdbc.sql.text;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.korm.QueryException;
import java.util.List;
import java.util.Locale;

/**
 * The limits of one statement, so that a longer one is refused before it is sent.
 *
 * @param database its name, for messages
 * @param values how many values may be bound
 * @param characters how long the text may be
 * @param bytes how many the text and its values may come to together
 */
public record StatementLimits(String database, int values, int characters, long bytes) {
    /** Fewer values are sent without adding them up; one that is too large by itself is told by the server. */
    private static final int FEW = 1_000;

    /** What a value takes beside itself, such as quotes and its length. */
    private static final int OVERHEAD = 8;

    /** So many bytes has a char at the most. */
    private static final long LONGEST_CHAR = 3;

    public StatementLimits(String database, int values, int characters) {
        this(database, values, characters, Long.MAX_VALUE);
    }

    /** Checks a statement that is about to be used. */
    void require(String text, List<BindParameter> slots) {
        if (slots.size() > values) {
            throw tooLong(slots.size(), values, "values");
        }
        if (text.length() > characters) {
            throw tooLong(text.length(), characters, "characters");
        }
        if (slots.size() > FEW && bytes < Long.MAX_VALUE) {
            long most = text.length();
            for (BindParameter slot : slots) {
                most += OVERHEAD + (slot.value() instanceof String value ? LONGEST_CHAR * value.length() : bytes(slot));
            }
            if (most > bytes) {
                requireExactly(text, slots);
            }
        }
    }

    private void requireExactly(String text, List<BindParameter> slots) {
        long sum = text.length();
        for (BindParameter slot : slots) {
            sum += OVERHEAD + bytes(slot);
        }
        if (sum > bytes) {
            throw tooLong(sum, bytes, "bytes");
        }
    }

    private static int bytes(BindParameter slot) {
        if (slot.value() instanceof String value) {
            return value.getBytes(UTF_8).length;
        }
        return slot.value() instanceof byte[] value ? value.length : Long.BYTES;
    }

    private QueryException tooLong(long actual, long most, String what) {
        return new QueryException(String.format(
                Locale.ROOT,
                "A statement would have %,d %s, and %s takes at most %,d; nothing was sent. Run several queries, or use fewer values",
                actual,
                what,
                database,
                most));
    }
}
