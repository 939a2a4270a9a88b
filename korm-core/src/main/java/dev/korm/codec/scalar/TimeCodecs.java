package dev.korm.codec.scalar;

import dev.korm.codec.scalar.ScalarCodec.Order;
import dev.korm.codec.text.IsoText;
import dev.korm.codec.text.TypeMismatch;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import org.jspecify.annotations.Nullable;

/** The codecs of the types of {@code java.time}. */
final class TimeCodecs {
    private TimeCodecs() {}

    /** Returns the codec of a type of {@code java.time}; null for any other type. */
    static @Nullable ScalarCodec find(Class<?> type) {
        if (type == Instant.class) {
            return new TextCodec<>(Instant.class, Order.ORDERED, IsoText::text, IsoText::instant);
        }
        if (type == LocalDate.class) {
            return new TextCodec<>(LocalDate.class, Order.ORDERED, IsoText::text, IsoText::date);
        }
        if (type == LocalTime.class) {
            return new TextCodec<>(LocalTime.class, Order.ORDERED, IsoText::text, IsoText::time);
        }
        if (type == LocalDateTime.class) {
            return new TextCodec<>(LocalDateTime.class, Order.ORDERED, IsoText::text, IsoText::dateTime);
        }
        if (type == OffsetDateTime.class) {
            return new TextCodec<>(
                    OffsetDateTime.class, Order.UNORDERED, OffsetDateTime::toString, OffsetDateTime::parse);
        }
        if (type == ZonedDateTime.class) {
            return new TextCodec<>(ZonedDateTime.class, Order.UNORDERED, ZonedDateTime::toString, ZonedDateTime::parse);
        }
        if (type == YearMonth.class) {
            return new TextCodec<>(YearMonth.class, Order.ORDERED, IsoText::text, YearMonth::parse);
        }
        if (type == MonthDay.class) {
            return new TextCodec<>(MonthDay.class, Order.UNORDERED, MonthDay::toString, MonthDay::parse);
        }
        if (type == Period.class) {
            return new TextCodec<>(Period.class, Order.UNORDERED, Period::toString, Period::parse);
        }
        if (type == ZoneId.class) {
            return new TextCodec<>(ZoneId.class, Order.UNORDERED, ZoneId::getId, ZoneId::of);
        }
        if (type == ZoneOffset.class) {
            return new TextCodec<>(ZoneOffset.class, Order.UNORDERED, ZoneOffset::getId, ZoneOffset::of);
        }
        if (type == Duration.class) {
            return new MappedWholeCodec<>(Duration.class, TimeCodecs::nanos, Duration::ofNanos, Duration::parse);
        }
        return type == Year.class
                ? new MappedWholeCodec<>(Year.class, year -> (long) year.getValue(), TimeCodecs::year, Year::parse)
                : null;
    }

    private static Long nanos(Duration duration) {
        try {
            return duration.toNanos();
        } catch (ArithmeticException tooLong) {
            throw new TypeMismatch("a duration is stored in nanoseconds, 64 bits of them: at most some 292 years");
        }
    }

    private static Year year(long number) {
        return Year.of(Math.toIntExact(number));
    }
}
