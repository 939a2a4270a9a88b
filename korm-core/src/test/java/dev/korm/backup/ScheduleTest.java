package dev.korm.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.ConfigurationException;
import dev.korm.Document;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.Month;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Times of schedules, also where clocks jump. */
class ScheduleTest {
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    @Test
    void the_next_time_is_the_originals() {
        Schedule daily = Schedule.every("day").at(2, 0);
        assertThat(daily.next(Instant.parse("2026-11-21T05:28:04.076Z")))
                .isEqualTo(Instant.parse("2026-11-22T02:00:04Z"))
                .isEqualTo(Instant.ofEpochMilli(1_795_312_804_000L));
        assertThat(daily.next(Instant.parse("2026-11-27T23:05:48Z"))).isEqualTo("2026-11-28T02:00:48Z");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Europe/Berlin", "America/New_York", "Australia/Lord_Howe"})
    void what_is_daily_is_done_on_every_day_of_a_year_once(String zone) {
        ZoneId place = ZoneId.of(zone);
        for (int hour : new int[] {0, 1, 2, 3, 12, 23}) {
            for (int minute : new int[] {0, 15, 30}) {
                for (Schedule daily : List.of(
                        Schedule.daily().at(hour, minute).in(place),
                        Schedule.cron(minute + " " + hour + " * * *").in(place))) {
                    List<LocalDate> days = new ArrayList<>();
                    Instant end =
                            ZonedDateTime.of(2027, 1, 1, 0, 0, 0, 0, place).toInstant();
                    Instant at = ZonedDateTime.of(2026, 1, 1, 0, 0, 0, 0, place)
                            .toInstant()
                            .minusMillis(1);
                    for (at = daily.next(at); at.isBefore(end); at = daily.next(at)) {
                        ZonedDateTime shown = at.atZone(place);
                        days.add(shown.toLocalDate());
                        if (!shown.toLocalTime().equals(LocalTime.of(hour, minute))) {
                            // At the first moment after what the clock left out.
                            assertThat(place.getRules()
                                            .getTransition(shown.toLocalDate().atTime(hour, minute)))
                                    .isNotNull()
                                    .satisfies(
                                            gap -> assertThat(shown.toInstant()).isEqualTo(gap.getInstant()));
                        }
                    }
                    assertThat(days).as("%s", daily).hasSize(365).doesNotHaveDuplicates();
                }
            }
        }
    }

    @Test
    void where_clocks_jump_a_time_comes_at_once_or_once() {
        Schedule half = Schedule.daily().at(2, 30).in(BERLIN);
        assertThat(half.next(Instant.parse("2026-03-28T12:00:00Z"))).isEqualTo("2026-03-29T01:00:00Z");
        assertThat(half.next(Instant.parse("2026-03-29T01:00:00Z"))).isEqualTo("2026-03-30T00:30:00Z");
        assertThat(half.next(Instant.parse("2026-10-24T12:00:00Z"))).isEqualTo("2026-10-25T00:30:00Z");
        // 02:45 in the second of the two hours.
        assertThat(half.next(Instant.parse("2026-10-25T01:45:00Z"))).isEqualTo("2026-10-26T01:30:00Z");
        // A day that a zone has left out.
        Schedule apia = Schedule.daily().at(9, 0).in(ZoneId.of("Pacific/Apia"));
        assertThat(apia.next(Instant.parse("2011-12-29T20:00:00Z"))).isEqualTo("2011-12-30T10:00:00Z");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Europe/Berlin", "America/New_York", "Australia/Lord_Howe"})
    void hours_go_on_while_clocks_jump(String zone) {
        ZoneId place = ZoneId.of(zone);
        Schedule hourly = Schedule.hourly(10).in(place);
        Instant at = Instant.parse("2026-01-01T00:00:00Z");
        while (at.isBefore(Instant.parse("2027-01-01T00:00:00Z"))) {
            Instant next = hourly.next(at);
            assertThat(next.atZone(place).getMinute()).isEqualTo(10);
            assertThat(Duration.between(at, next)).isLessThanOrEqualTo(Duration.ofMinutes(90));
            at = next;
        }
    }

    @ParameterizedTest
    @CsvSource({
        "minutely, 2026-11-28T11:30:00.5Z, 2026-11-28T11:31:00Z",
        "weekly, 2026-11-28T11:30:00Z, 2026-11-30T00:00:00Z",
        "sunday, 2026-11-29T04:30:00Z, 2026-12-06T04:30:00Z",
        "monthly, 2026-01-31T00:00:00Z, 2026-02-28T00:00:00Z",
        "yearly, 2026-03-01T00:00:00Z, 2027-02-28T00:00:00Z",
        "leap, 2027-03-01T00:00:00Z, 2028-02-29T00:00:00Z",
        "decade, 2026-01-01T00:00:00Z, 2033-05-06T07:08:09Z",
        "decade, 2034-01-01T00:00:00Z, 2043-05-06T07:08:09Z",
        "century, 2026-01-01T00:00:00Z, 2099-01-01T00:00:00Z",
        "millennium, 2026-01-01T00:00:00Z, 3000-01-01T00:00:00Z",
        "workdays, 2026-11-27T04:00:00Z, 2026-11-30T03:15:00Z",
        "quartz, 2026-11-28T11:30:00Z, 2026-11-28T11:30:15Z"
    })
    void each_unit_has_its_next_time(String name, String from, String next) {
        Schedule schedule =
                switch (name) {
                    case "minutely" -> Schedule.minutely();
                    case "weekly" -> Schedule.weekly();
                    case "sunday" -> Schedule.weekly().on(DayOfWeek.SUNDAY).at(4, 30);
                    case "monthly" -> Schedule.monthly(31);
                    case "yearly", "leap" -> Schedule.yearly(Month.FEBRUARY, 29);
                    case "decade" ->
                        Schedule.every("decade").inYear(3).onDate(5, 6).at(7, 8).onSecond(9);
                    case "century" ->
                        Schedule.every("century")
                                .inYear(99)
                                .onDate(1, 1)
                                .at(0, 0)
                                .onSecond(0);
                    case "millennium" ->
                        Schedule.every("millennium")
                                .inYear(0)
                                .onDate(1, 1)
                                .at(0, 0)
                                .onSecond(0);
                    case "workdays" -> Schedule.cron("15 3 * * 1-5");
                    default -> Schedule.cron("0/15 * * * * ?");
                };
        assertThat(schedule.next(Instant.parse(from))).isEqualTo(Instant.parse(next));
        assertThat(Schedule.parse(schedule.spec())).isEqualTo(schedule);
        assertThat(Schedule.parse(
                        Document.builder().put("_spec", schedule.spec()).build()))
                .isEqualTo(schedule);
    }

    @Test
    void the_stored_form_is_the_originals() {
        assertThat(Schedule.every("day").at(2, 0).runNow().spec().toJson())
                .isEqualTo("{\"unit\":\"day\",\"hour\":2,\"minute\":0,\"startsNow\":true}");
        assertThat(Schedule.every("week")
                        .on("monday")
                        .at(2, 0)
                        .in(BERLIN)
                        .spec()
                        .toJson())
                .isEqualTo(
                        "{\"unit\":\"week\",\"weekday\":\"monday\",\"hour\":2,\"minute\":0,\"zone\":\"Europe/Berlin\"}");
        assertThat(Schedule.parse(Document.parse("{\"unit\":\"week\",\"weekday\":6}")))
                .isEqualTo(Schedule.every("week").on(DayOfWeek.SUNDAY));
    }

    @Test
    void what_is_no_schedule_is_refused_by_its_step() {
        refused("another unit", () -> Schedule.every("fortnight"));
        refused("the hour of at is from 0 to 23, not 24", () -> Schedule.daily().at(24, 0));
        refused("no place for onDate", () -> Schedule.every("day").onDate(1, 1));
        refused("onDate comes too late", () -> Schedule.every("year").at(1, 0).onDate(1, 1));
        refused("the day is from 1 to 29, not 30", () -> Schedule.yearly(Month.FEBRUARY, 30));
        refused("no place for on", () -> Schedule.daily().on(DayOfWeek.MONDAY));
        refused("inYear is from 0 to 9, not 10", () -> Schedule.every("decade").inYear(10));
        refused("from monday to sunday", () -> Schedule.every("week").on("someday"));
        for (String cron : List.of("", "* * *", "61 * * * *", "x * * * *", "0 0 30 2 *", "0 0 31 4,6,9,11 *")) {
            refused("\"0 2 * * *\"", () -> Schedule.cron(cron));
        }
        refused("hour", () -> Schedule.parse(Document.parse("{\"unit\":\"day\",\"hour\":-1}")));
        refused("time zone", () -> Schedule.parse(Document.parse("{\"unit\":\"day\",\"zone\":\"Mars\"}")));
    }

    private static void refused(String why, org.assertj.core.api.ThrowableAssert.ThrowingCallable made) {
        assertThatThrownBy(made).isInstanceOf(ConfigurationException.class).hasMessageContaining(why);
    }

    @Test
    void retentions_keep_what_they_say() {
        Instant now = Instant.parse("2026-11-28T12:00:00Z");
        Set<Instant> nightly = new HashSet<>();
        for (int day = 0; day < 800; day++) {
            nightly.add(now.minus(Duration.ofDays(day)));
        }
        assertThat(Retention.all().kept(nightly, now)).hasSize(800);
        assertThat(Retention.none().kept(nightly, now)).isEmpty();
        assertThat(Retention.days(7).kept(nightly, now)).hasSize(8);
        assertThat(Retention.backups(3).kept(nightly, now)).hasSize(3).contains(now);
        assertThat(Retention.generations(7, 4, 12, 2).kept(nightly, now))
                .contains(now, Instant.parse("2026-10-31T12:00:00Z"), Instant.parse("2025-12-31T12:00:00Z"))
                .hasSizeBetween(7 + 3 + 10, 7 + 4 + 12 + 2);
        for (Retention each : List.of(
                Retention.all(),
                Retention.none(),
                Retention.days(0),
                Retention.backups(5),
                Retention.generations(1, 2, 3, 4))) {
            assertThat(Retention.parse(each.spec())).isEqualTo(each);
        }
        refused("negative", () -> Retention.backups(-1));
    }
}
