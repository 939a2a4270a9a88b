package dev.korm.backup;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import com.cronutils.model.Cron;
import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import dev.korm.ConfigurationException;
import dev.korm.Document;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The times of a cron expression. Immutable; made by {@link Schedule#cron}.
 *
 * <p>The expression is asked which time the clock on the wall shows next, as if clocks never jumped, and the zone for the moment at which it does: libraries that know both leave a day out.
 */
public final class CronSchedule implements Schedule {
    private static final int UNIX_FIELDS = 5;
    private static final int QUARTZ_FIELDS = 7;
    private static final Instant ANY = Instant.parse("2024-01-01T00:00:00Z");

    private final String expression;
    private final ZoneId zone;
    private final boolean startsNow;
    private final ExecutionTime times;

    private CronSchedule(String expression, ZoneId zone, boolean startsNow, ExecutionTime times) {
        this.expression = expression;
        this.zone = zone;
        this.startsNow = startsNow;
        this.times = times;
    }

    static CronSchedule of(String expression) {
        String text = expression.strip().replaceAll("\\s+", " ");
        int fields = text.split(" ").length;
        if (fields < UNIX_FIELDS || fields > QUARTZ_FIELDS) {
            throw refused(text, "it has " + fields + " fields, not five as in Unix or six or seven as in Quartz", null);
        }
        CronType type = fields == UNIX_FIELDS ? CronType.UNIX : CronType.QUARTZ;
        ExecutionTime times;
        try {
            Cron cron = new CronParser(CronDefinitionBuilder.instanceDefinitionFor(type)).parse(text);
            times = ExecutionTime.forCron(cron);
        } catch (IllegalArgumentException malformed) {
            throw refused(text, String.valueOf(malformed.getMessage()), malformed);
        }
        CronSchedule schedule = new CronSchedule(text, CalendarSchedule.UTC, false, times);
        if (schedule.after(LocalDateTime.ofInstant(ANY, ZoneOffset.UTC)).isEmpty()) {
            throw refused(text, "its time never comes", null);
        }
        return schedule;
    }

    private static ConfigurationException refused(String text, String why, @Nullable Exception cause) {
        return new ConfigurationException(
                "The cron expression \"" + text + "\" cannot be a schedule: " + why
                        + ". An example is \"0 2 * * *\", every day at 02:00",
                cause);
    }

    /** Returns the same by the clock of another zone. */
    public CronSchedule in(ZoneId other) {
        requireNonNull(other, "other");
        return new CronSchedule(expression, other, startsNow, times);
    }

    /** Returns the same, done also at once when it is new. */
    public CronSchedule runNow() {
        return new CronSchedule(expression, zone, true, times);
    }

    @Override
    public Instant next(Instant from) {
        requireNonNull(from, "from");
        LocalDateTime time = WallClock.at(from, zone);
        while (true) {
            time = after(time).orElseThrow(() -> refused(expression, "its last time is over", null));
            Instant moment = WallClock.moment(time, zone);
            if (moment.isAfter(from)) {
                return moment;
            }
        }
    }

    private Optional<LocalDateTime> after(LocalDateTime time) {
        return times.nextExecution(time.atZone(ZoneOffset.UTC)).map(ZonedDateTime::toLocalDateTime);
    }

    @Override
    public boolean startsNow() {
        return startsNow;
    }

    @Override
    public ZoneId zone() {
        return zone;
    }

    @Override
    public Document spec() {
        Document.Builder spec = Document.builder().put(ScheduleParser.CRON, expression);
        if (startsNow) {
            spec.put("startsNow", true);
        }
        if (!zone.equals(CalendarSchedule.UTC)) {
            spec.put(ScheduleParser.ZONE, zone.getId());
        }
        return spec.build();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof CronSchedule schedule
                && schedule.expression.equals(expression)
                && schedule.zone.equals(zone)
                && schedule.startsNow == startsNow;
    }

    @Override
    public int hashCode() {
        return Objects.hash(expression, zone, startsNow);
    }

    @Override
    public String toString() {
        return "cron " + expression + " " + zone;
    }
}
