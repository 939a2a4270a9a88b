package dev.korm.backup;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.ConfigurationException;
import dev.korm.Document;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.time.zone.ZoneOffsetTransition;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A unit of the calendar and the time in it. Immutable; made by {@link Schedule}. What is empty is taken from the moment at which the next time is asked for.
 *
 * @param yearInUnit the year of the decade, century or millennium
 * @param month 1 to 12
 * @param day 1 to 31; where the month is shorter, its last
 * @param startsNow whether it is also done at once when it is new
 */
public record CalendarSchedule(
        Unit unit,
        Optional<Integer> yearInUnit,
        Optional<Integer> month,
        Optional<Integer> day,
        Optional<DayOfWeek> weekday,
        Optional<Integer> hour,
        Optional<Integer> minute,
        Optional<Integer> second,
        boolean startsNow,
        ZoneId zone)
        implements Schedule {
    static final ZoneId UTC = ZoneOffset.UTC;
    static final int MOST = 999;
    private static final int LONGEST_MONTH = 31;
    private static final int LAST_HOUR = 23;
    private static final int LAST_MINUTE = 59;

    /** A unit of the calendar. */
    public enum Unit {
        MINUTE(1),
        HOUR(1),
        DAY(1),
        WEEK(1),
        MONTH(1),
        YEAR(1),
        DECADE(10),
        CENTURY(100),
        MILLENNIUM(1000);

        private final int years;

        Unit(int years) {
            this.years = years;
        }

        static Unit of(String text) {
            for (Unit unit : values()) {
                if (unit.word().equals(text)) {
                    return unit;
                }
            }
            throw new ConfigurationException(
                    "A schedule is every minute, hour, day, week, month, year, decade, century or millennium; it has another unit");
        }

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        private boolean isYears() {
            return compareTo(YEAR) >= 0;
        }
    }

    /** @throws ConfigurationException when a part is out of its range, or does not go with the unit */
    public CalendarSchedule {
        requireNonNull(unit, "unit");
        requireNonNull(yearInUnit, "yearInUnit");
        requireNonNull(month, "month");
        requireNonNull(day, "day");
        requireNonNull(weekday, "weekday");
        requireNonNull(hour, "hour");
        requireNonNull(minute, "minute");
        requireNonNull(second, "second");
        requireNonNull(zone, "zone");
        yearInUnit.ifPresent(year -> {
            requirePart("inYear", unit.compareTo(Unit.YEAR) > 0, unit);
            requireRange("inYear", year, 0, unit.years - 1);
        });
        month.ifPresent(value -> {
            requirePart("onDate", unit.isYears(), unit);
            requireRange("the month of onDate", value, 1, 12);
        });
        int longest =
                month.map(value -> YearMonth.of(2024, value).lengthOfMonth()).orElse(LONGEST_MONTH);
        day.ifPresent(value -> {
            requirePart("onDay", unit == Unit.MONTH || unit.isYears(), unit);
            requireRange("the day", value, 1, longest);
        });
        if (weekday.isPresent()) {
            requirePart("on", unit == Unit.WEEK, unit);
        }
        hour.ifPresent(value -> {
            requirePart("the hour of at", unit.compareTo(Unit.DAY) >= 0, unit);
            requireRange("the hour of at", value, 0, LAST_HOUR);
        });
        minute.ifPresent(value -> {
            requirePart("the minute of at", unit.compareTo(Unit.HOUR) >= 0, unit);
            requireRange("the minute of at", value, 0, LAST_MINUTE);
        });
        second.ifPresent(value -> requireRange("onSecond", value, 0, LAST_MINUTE));
    }

    private static void requirePart(String step, boolean possible, Unit unit) {
        if (!possible) {
            throw new ConfigurationException("A schedule of every " + unit.word() + " has no place for " + step);
        }
    }

    private static void requireRange(String step, int value, int least, int most) {
        if (value < least || value > most) {
            throw new ConfigurationException(
                    "In a schedule " + step + " is from " + least + " to " + most + ", not " + value);
        }
    }

    static CalendarSchedule every(Unit unit) {
        return new CalendarSchedule(
                unit,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                false,
                UTC);
    }

    /** Returns the same in one year of the decade, century or millennium, from 0. */
    public CalendarSchedule inYear(int year) {
        requireBefore("inYear", month.isPresent() || hour.isPresent() || minute.isPresent());
        return new CalendarSchedule(
                unit, Optional.of(year), month, day, weekday, hour, minute, second, startsNow, zone);
    }

    /** Returns the same on a date of the year; a 29 February is the 28th in other years. */
    public CalendarSchedule onDate(int newMonth, int newDay) {
        requireBefore("onDate", hour.isPresent() || minute.isPresent());
        return new CalendarSchedule(
                unit,
                yearInUnit,
                Optional.of(newMonth),
                Optional.of(newDay),
                weekday,
                hour,
                minute,
                second,
                startsNow,
                zone);
    }

    CalendarSchedule onDay(int newDay) {
        return new CalendarSchedule(
                unit, yearInUnit, month, Optional.of(newDay), weekday, hour, minute, second, startsNow, zone);
    }

    /** Returns the same on a day of the week. */
    public CalendarSchedule on(DayOfWeek newWeekday) {
        requireNonNull(newWeekday, "newWeekday");
        return new CalendarSchedule(
                unit, yearInUnit, month, day, Optional.of(newWeekday), hour, minute, second, startsNow, zone);
    }

    /** Works as {@link #on(DayOfWeek)}, by the original's word for it, such as {@code monday}. */
    public CalendarSchedule on(String newWeekday) {
        requireNonNull(newWeekday, "newWeekday");
        for (DayOfWeek each : DayOfWeek.values()) {
            if (each.name().toLowerCase(Locale.ROOT).equals(newWeekday)) {
                return on(each);
            }
        }
        throw new ConfigurationException("In a schedule, on takes a day of the week, from monday to sunday");
    }

    /** Returns the same at a time of the day. */
    public CalendarSchedule at(int newHour, int newMinute) {
        return new CalendarSchedule(
                unit,
                yearInUnit,
                month,
                day,
                weekday,
                Optional.of(newHour),
                Optional.of(newMinute),
                second,
                startsNow,
                zone);
    }

    CalendarSchedule exactlyAt(int newHour, int newMinute) {
        return at(newHour, newMinute).onSecond(0);
    }

    CalendarSchedule atMinute(int newMinute) {
        return new CalendarSchedule(
                unit, yearInUnit, month, day, weekday, hour, Optional.of(newMinute), Optional.of(0), startsNow, zone);
    }

    /** Returns the same at a second of the minute. */
    public CalendarSchedule onSecond(int newSecond) {
        return new CalendarSchedule(
                unit, yearInUnit, month, day, weekday, hour, minute, Optional.of(newSecond), startsNow, zone);
    }

    /** Returns the same, done also at once when it is new. */
    public CalendarSchedule runNow() {
        return new CalendarSchedule(unit, yearInUnit, month, day, weekday, hour, minute, second, true, zone);
    }

    /** Returns the same by the clock of another zone. */
    public CalendarSchedule in(ZoneId other) {
        requireNonNull(other, "other");
        return new CalendarSchedule(unit, yearInUnit, month, day, weekday, hour, minute, second, startsNow, other);
    }

    private static void requireBefore(String step, boolean isLate) {
        if (isLate) {
            throw new ConfigurationException(
                    "In a schedule " + step + " comes too late: the order is inYear, onDate, on, at, onSecond, runNow");
        }
    }

    @Override
    public Instant next(Instant from) {
        requireNonNull(from, "from");
        return unit.compareTo(Unit.DAY) < 0 ? nextShort(from) : nextLong(from);
    }

    /** Minutes and hours go on while clocks are turned back, so they are counted by the time that really passes. */
    private Instant nextShort(Instant from) {
        Duration step = unit == Unit.MINUTE ? Duration.ofMinutes(1) : Duration.ofHours(1);
        ZoneOffset offset = zone.getRules().getOffset(from);
        Instant candidate = inUnit(from, offset);
        if (!candidate.isAfter(from)) {
            candidate = candidate.plus(step);
        }
        // Some clocks jump by half an hour.
        ZoneOffsetTransition jump = zone.getRules().nextTransition(from);
        if (jump != null && !candidate.isBefore(jump.getInstant())) {
            candidate = inUnit(jump.getInstant(), jump.getOffsetAfter());
            return candidate.isBefore(jump.getInstant()) ? candidate.plus(step) : candidate;
        }
        return candidate;
    }

    private Instant inUnit(Instant moment, ZoneOffset offset) {
        LocalDateTime time = LocalDateTime.ofInstant(moment, offset).truncatedTo(ChronoUnit.SECONDS);
        time = time.withSecond(second.orElse(time.getSecond()));
        if (unit == Unit.HOUR) {
            time = time.withMinute(minute.orElse(time.getMinute()));
        }
        return time.toInstant(offset);
    }

    private Instant nextLong(Instant from) {
        LocalDateTime now = WallClock.at(from, zone).truncatedTo(ChronoUnit.SECONDS);
        LocalTime time = LocalTime.of(
                hour.orElse(now.getHour()), minute.orElse(now.getMinute()), second.orElse(now.getSecond()));
        for (int i = 0; ; i++) {
            Instant moment = WallClock.moment(date(now.toLocalDate(), i).atTime(time), zone);
            if (moment.isAfter(from)) {
                return moment;
            }
        }
    }

    /** Returns the date in the unit of a day, or some units later. */
    private LocalDate date(LocalDate today, int later) {
        return switch (unit) {
            case WEEK ->
                today.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY))
                        .plusDays(weekday.orElse(today.getDayOfWeek()).getValue() - 1L)
                        .plusWeeks(later);
            case MONTH -> inMonth(YearMonth.from(today).plusMonths(later), today);
            case YEAR, DECADE, CENTURY, MILLENNIUM -> {
                int first = Math.floorDiv(today.getYear(), unit.years) * unit.years;
                int year = first + yearInUnit.orElse(today.getYear() - first) + later * unit.years;
                yield inMonth(YearMonth.of(year, month.orElse(today.getMonthValue())), today);
            }
            default -> today.plusDays(later);
        };
    }

    private LocalDate inMonth(YearMonth of, LocalDate today) {
        return of.atDay(Math.min(day.orElse(today.getDayOfMonth()), of.lengthOfMonth()));
    }

    @Override
    public Document spec() {
        Document.Builder spec = Document.builder().put("unit", unit.word());
        put(spec, "yearInUnit", yearInUnit.orElse(null));
        put(spec, "month", month.orElse(null));
        put(spec, "day", day.orElse(null));
        put(
                spec,
                "weekday",
                weekday.map(each -> each.name().toLowerCase(Locale.ROOT)).orElse(null));
        put(spec, "hour", hour.orElse(null));
        put(spec, "minute", minute.orElse(null));
        put(spec, "second", second.orElse(null));
        if (startsNow) {
            spec.put("startsNow", true);
        }
        if (!zone.equals(UTC)) {
            spec.put(ScheduleParser.ZONE, zone.getId());
        }
        return spec.build();
    }

    private static void put(Document.Builder spec, String member, @Nullable Object value) {
        if (value != null) {
            spec.put(member, value);
        }
    }

    @Override
    public String toString() {
        return spec().toJson();
    }
}
