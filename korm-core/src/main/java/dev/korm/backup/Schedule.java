package dev.korm.backup;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.ConfigurationException;
import dev.korm.Document;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.Month;
import java.time.ZoneId;

/**
 * The times at which something is done again and again. Immutable; two that mean the same are equal.
 *
 * <pre>{@code
 * Schedule.daily().at(2, 0)                                      // 02:00 UTC
 * Schedule.weekly().on(DayOfWeek.SUNDAY).at(4, 30).in(ZoneId.of("Europe/Berlin"))
 * Schedule.cron("15 3 * * 1-5")
 * Schedule.every("year").onDate(2, 29).at(2, 0).runNow()         // in the words of the original
 * }</pre>
 *
 * <p>Times are those of a zone: UTC unless another is given. Where clocks go forward, what would fall into the hour that is left out is done at the first moment after it; where
 * they go back, what falls into the hour that comes twice is done in the first one alone. So what is done daily is done on every day, once. What is done every hour or minute is done
 * in both hours, but by a cron expression, which goes by the clock on the wall.
 */
public sealed interface Schedule permits CalendarSchedule, CronSchedule {
    /** Returns every minute; at its beginning unless {@link CalendarSchedule#onSecond} says otherwise. */
    static CalendarSchedule minutely() {
        return CalendarSchedule.every(CalendarSchedule.Unit.MINUTE).onSecond(0);
    }

    /** Returns every hour, at the given minute. */
    static CalendarSchedule hourly(int minute) {
        return CalendarSchedule.every(CalendarSchedule.Unit.HOUR).atMinute(minute);
    }

    /** Returns every day, at midnight unless {@link CalendarSchedule#at} says otherwise. */
    static CalendarSchedule daily() {
        return CalendarSchedule.every(CalendarSchedule.Unit.DAY).exactlyAt(0, 0);
    }

    /** Returns every week, on Monday at midnight unless {@link CalendarSchedule#on} and {@link CalendarSchedule#at} say otherwise. */
    static CalendarSchedule weekly() {
        return CalendarSchedule.every(CalendarSchedule.Unit.WEEK)
                .on(DayOfWeek.MONDAY)
                .exactlyAt(0, 0);
    }

    /**
     * Returns every month.
     *
     * @param day 1 to 31; in shorter months, their last day
     */
    static CalendarSchedule monthly(int day) {
        return CalendarSchedule.every(CalendarSchedule.Unit.MONTH).onDay(day).exactlyAt(0, 0);
    }

    /** Returns every year; a 29 February is the 28th in other years. */
    static CalendarSchedule yearly(Month month, int day) {
        requireNonNull(month, "month");
        return CalendarSchedule.every(CalendarSchedule.Unit.YEAR)
                .onDate(month.getValue(), day)
                .exactlyAt(0, 0);
    }

    /**
     * Returns the original's schedule of a unit, which {@code inYear}, {@code onDate}, {@code on}, {@code at}, {@code onSecond} and {@code runNow} make precise, in that order. What is left out is taken
     * from the moment at which the next time is asked for.
     *
     * @param unit {@code minute}, {@code hour}, {@code day}, {@code week}, {@code month}, {@code year}, {@code decade}, {@code century} or {@code millennium}
     * @throws ConfigurationException when there is no such unit
     */
    static CalendarSchedule every(String unit) {
        requireNonNull(unit, "unit");
        return CalendarSchedule.every(CalendarSchedule.Unit.of(unit));
    }

    /**
     * Returns the times of a cron expression: five fields as in Unix, or six or seven as in Quartz, which begin with the second.
     *
     * @throws ConfigurationException when it is none, or never comes
     */
    static CronSchedule cron(String expression) {
        requireNonNull(expression, "expression");
        return CronSchedule.of(expression);
    }

    /** Returns the first time after a moment. */
    Instant next(Instant from);

    /** Returns whether it is also done at once when it is new. */
    boolean startsNow();

    /** Returns the zone whose clock it goes by. */
    ZoneId zone();

    /** Returns the form in which it is stored, the original's where that has one. */
    Document spec();

    /**
     * Reads the stored form, also of the original, with or without its wrapper.
     *
     * @throws ConfigurationException when it is none
     */
    static Schedule parse(Document spec) {
        requireNonNull(spec, "spec");
        return ScheduleParser.parse(spec);
    }
}
