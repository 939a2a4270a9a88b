package dev.korm.gateway.query;

import dev.korm.gateway.wire.RefusedException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** Units of times since 1970, in the order of their numbers in binary queries. */
final class TimeUnits {
    private static final List<String> WORDS = List.of("SECONDS", "MILLIS", "MICROS", "NANOS");
    private static final List<ChronoUnit> UNITS =
            List.of(ChronoUnit.SECONDS, ChronoUnit.MILLIS, ChronoUnit.MICROS, ChronoUnit.NANOS);

    private TimeUnits() {}

    static Instant instant(long epoch, String word) {
        return instant(epoch, WORDS.indexOf(word));
    }

    static Instant instant(long epoch, int unit) {
        if (unit < 0 || unit >= UNITS.size()) {
            throw RefusedException.bad("A TimestampValue has the unit SECONDS, MILLIS, MICROS or NANOS");
        }
        try {
            return Instant.EPOCH.plus(epoch, UNITS.get(unit));
        } catch (DateTimeException | ArithmeticException beyond) {
            throw RefusedException.bad("A TimestampValue lies outside of all years");
        }
    }
}
