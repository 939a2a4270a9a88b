package dev.korm.backup;

import dev.korm.ConfigurationException;
import dev.korm.Document;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.ZoneId;
import java.util.Locale;
import java.util.Optional;

/** The stored form of schedules (korm-format, section 13), which other programs may have written. */
final class ScheduleParser {
    static final String CRON = "cron";
    static final String ZONE = "zone";
    private static final String WRAPPER = "_spec";

    private ScheduleParser() {}

    static Schedule parse(Document stored) {
        Document spec = stored.get(WRAPPER)
                .filter(Document.class::isInstance)
                .map(Document.class::cast)
                .orElse(stored);
        ZoneId zone =
                spec.get(ZONE).map(Object::toString).map(ScheduleParser::zone).orElse(CalendarSchedule.UTC);
        boolean now = spec.get("startsNow").filter(Boolean.TRUE::equals).isPresent();
        Optional<String> cron = spec.get(CRON).map(Object::toString);
        if (cron.isPresent()) {
            CronSchedule schedule = CronSchedule.of(cron.get()).in(zone);
            return now ? schedule.runNow() : schedule;
        }
        CalendarSchedule.Unit unit =
                CalendarSchedule.Unit.of(spec.get("unit").map(Object::toString).orElse(""));
        return new CalendarSchedule(
                unit,
                number(spec, "yearInUnit"),
                number(spec, "month"),
                number(spec, "day"),
                weekday(spec),
                number(spec, "hour"),
                number(spec, "minute"),
                number(spec, "second"),
                now,
                zone);
    }

    static ZoneId zone(String text) {
        try {
            return ZoneId.of(text);
        } catch (DateTimeException unknown) {
            throw new ConfigurationException(
                    "A schedule's time zone is not known to this Java; give one as in Europe/Berlin");
        }
    }

    private static Optional<Integer> number(Document spec, String member) {
        return spec.get(member).map(value -> {
            if (value instanceof Long number && number >= 0 && number <= CalendarSchedule.MOST) {
                return number.intValue();
            }
            throw new ConfigurationException("A stored schedule's " + member + " is not a number that it could be");
        });
    }

    /** Returns a day of the week: its name, or its number from 0, Monday. */
    private static Optional<DayOfWeek> weekday(Document spec) {
        return spec.get("weekday").map(value -> {
            if (value instanceof Long number && number >= 0 && number < DayOfWeek.values().length) {
                return DayOfWeek.of(number.intValue() + 1);
            }
            try {
                return DayOfWeek.valueOf(value.toString().toUpperCase(Locale.ROOT));
            } catch (IllegalArgumentException unknown) {
                throw new ConfigurationException("A stored schedule's weekday is none");
            }
        });
    }
}
