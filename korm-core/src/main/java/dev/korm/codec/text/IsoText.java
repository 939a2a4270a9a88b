package dev.korm.codec.text;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/**
 * Dates and times as ISO 8601 texts of one length, so that the order of the texts is the order of the times. Read is every
 * ISO text; those of our own form without a formatter, since every row has some.
 */
public final class IsoText {
    private static final int LAST_YEAR = 9999;
    private static final int DATE_LENGTH = 10;
    private static final int TIME_LENGTH = 18;

    /** Sorts before every digit. */
    private static final String BEFORE = "";

    /** Sorts behind every digit. */
    private static final String BEHIND = ":";

    private static final Instant FIRST = Instant.parse("0000-01-01T00:00:00Z");
    private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999999999Z");

    private IsoText() {}

    public static String text(Instant instant) {
        LocalDateTime utc;
        try {
            utc = LocalDateTime.ofEpochSecond(instant.getEpochSecond(), instant.getNano(), ZoneOffset.UTC);
        } catch (DateTimeException beyond) {
            throw beyondYears();
        }
        return dateTime(utc).append('Z').toString();
    }

    public static String text(LocalDate date) {
        return append(new StringBuilder(DATE_LENGTH), date).toString();
    }

    public static String text(LocalTime time) {
        return append(new StringBuilder(TIME_LENGTH), time).toString();
    }

    public static String text(LocalDateTime dateTime) {
        return dateTime(dateTime).toString();
    }

    public static String text(YearMonth month) {
        checkYear(month.getYear());
        return month.toString();
    }

    private static StringBuilder dateTime(LocalDateTime dateTime) {
        StringBuilder out = new StringBuilder(DATE_LENGTH + TIME_LENGTH + 2);
        append(out, dateTime.toLocalDate()).append('T');
        return append(out, dateTime.toLocalTime());
    }

    private static StringBuilder append(StringBuilder out, LocalDate date) {
        checkYear(date.getYear());
        digits(out, date.getYear(), 1000);
        digits(out.append('-'), date.getMonthValue(), 10);
        return digits(out.append('-'), date.getDayOfMonth(), 10);
    }

    private static StringBuilder append(StringBuilder out, LocalTime time) {
        digits(out, time.getHour(), 10);
        digits(out.append(':'), time.getMinute(), 10);
        digits(out.append(':'), time.getSecond(), 10);
        return digits(out.append('.'), time.getNano(), 100_000_000);
    }

    private static StringBuilder digits(StringBuilder out, int number, int highest) {
        for (int power = highest; power > 0; power /= 10) {
            out.append((char) ('0' + number / power % 10));
        }
        return out;
    }

    private static void checkYear(int year) {
        if (year < 0 || year > LAST_YEAR) {
            throw beyondYears();
        }
    }

    private static TypeMismatch beyondYears() {
        return new TypeMismatch(
                "dates are stored for the years 0 to " + LAST_YEAR + "; keep other years in a field of their own");
    }

    /**
     * Returns a text that stands before or behind all that are stored, for a date to compare with that is before or behind all that can be: an open end, such as
     * {@link Instant#MAX}. Null for a date that can be stored, and for what is no date.
     *
     * @param type of the values that it is compared with
     */
    public static @Nullable String beyond(@Nullable Object value, Class<?> type) {
        if (!type.isInstance(value)) {
            return null;
        }
        if (value instanceof Instant instant) {
            return instant.isBefore(FIRST) ? BEFORE : instant.isAfter(LAST) ? BEHIND : null;
        }
        int year = value instanceof LocalDate date
                ? date.getYear()
                : value instanceof LocalDateTime dateTime
                        ? dateTime.getYear()
                        : value instanceof YearMonth month ? month.getYear() : 0;
        return year < 0 ? BEFORE : year > LAST_YEAR ? BEHIND : null;
    }

    public static Instant instant(String text) {
        int length = DATE_LENGTH + 1 + TIME_LENGTH + 1;
        if (text.length() == length && text.charAt(length - 1) == 'Z' && text.charAt(DATE_LENGTH) == 'T') {
            LocalDate date = ownDate(text);
            LocalTime time = ownTime(text, DATE_LENGTH + 1);
            if (date != null && time != null) {
                return LocalDateTime.of(date, time).toInstant(ZoneOffset.UTC);
            }
        }
        return text.endsWith("Z")
                ? Instant.parse(text)
                : OffsetDateTime.parse(text).toInstant();
    }

    public static LocalDate date(String text) {
        LocalDate own = text.length() == DATE_LENGTH ? ownDate(text) : null;
        return own != null ? own : LocalDate.parse(text);
    }

    public static LocalTime time(String text) {
        LocalTime own = text.length() == TIME_LENGTH ? ownTime(text, 0) : null;
        return own != null ? own : LocalTime.parse(text);
    }

    public static LocalDateTime dateTime(String text) {
        if (text.length() == DATE_LENGTH + 1 + TIME_LENGTH && text.charAt(DATE_LENGTH) == 'T') {
            LocalDate date = ownDate(text);
            LocalTime time = ownTime(text, DATE_LENGTH + 1);
            if (date != null && time != null) {
                return LocalDateTime.of(date, time);
            }
        }
        return LocalDateTime.parse(text);
    }

    private static @Nullable LocalDate ownDate(String text) {
        int year = number(text, 0, 4);
        int month = number(text, 5, 2);
        int day = number(text, 8, 2);
        if (text.charAt(4) != '-' || text.charAt(7) != '-' || (year | month | day) < 0) {
            return null;
        }
        return LocalDate.of(year, month, day);
    }

    private static @Nullable LocalTime ownTime(String text, int from) {
        int hour = number(text, from, 2);
        int minute = number(text, from + 3, 2);
        int second = number(text, from + 6, 2);
        int nano = number(text, from + 9, 9);
        if (text.charAt(from + 2) != ':'
                || text.charAt(from + 5) != ':'
                || text.charAt(from + 8) != '.'
                || (hour | minute | second | nano) < 0) {
            return null;
        }
        return LocalTime.of(hour, minute, second, nano);
    }

    private static int number(String text, int from, int digits) {
        int number = 0;
        for (int i = from; i < from + digits; i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            number = 10 * number + digit;
        }
        return number;
    }
}
