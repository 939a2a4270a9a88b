package dev.korm.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.ConfigurationException;
import dev.korm.Document;
import dev.korm.Korm;
import dev.korm.MetadataException;
import dev.korm.Pool;
import dev.korm.PoolBuilder;
import dev.korm.Rn;
import dev.korm.backup.BackupInfo;
import dev.korm.backup.BackupOptions;
import dev.korm.backup.BackupStatus;
import dev.korm.backup.ChainLimit;
import dev.korm.backup.RestoreOptions;
import dev.korm.backup.Retention;
import dev.korm.backup.Schedule;
import dev.korm.backup.ScheduledBackup;
import dev.korm.backup.Verification;
import dev.korm.depots.local.LocalDepot;
import dev.korm.event.PoolListener;
import dev.korm.jdbc.Sqlite;
import dev.korm.key.KeyRing;
import dev.korm.spi.depot.DepotSource;
import dev.korm.spi.depot.PutOptions;
import dev.korm.testkit.fault.FaultyDepot;
import dev.korm.testkit.fault.VirtualEnvironment;
import dev.korm.testkit.memory.MemoryDepot;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backups that a pool makes by itself, on virtual time. */
@NullUnmarked // Tests dereference what they expect to be there.
class ScheduledBackupsTest {
    @TempDir
    Path folder;

    private final VirtualEnvironment world = VirtualEnvironment.seeded(7);
    private final List<String> events = new ArrayList<>();
    private final List<ScheduledBackup> made = new ArrayList<>();

    private final PoolListener listener = new PoolListener() {
        @Override
        public void backupBegun(ScheduledBackup backup) {
            events.add("begun " + String.join(",", backup.layers()));
        }

        @Override
        public void backupEnded(ScheduledBackup backup, Duration took) {
            events.add("ended " + String.join(",", backup.layers()));
            made.add(backup);
        }

        @Override
        public void backupFailed(ScheduledBackup backup, Throwable failure) {
            events.add("failed " + String.join(",", backup.layers()));
        }
    };

    private PoolBuilder pool(DepotSource copies) {
        return Korm.pool()
                .environment(world)
                .layer("main", Sqlite.file(folder.resolve("main.sqlite")))
                .depot("copies", copies)
                .withMeta("main")
                .listener(listener);
    }

    private PoolBuilder nightly(DepotSource copies) {
        return pool(copies)
                .backups("copies", plan -> plan.every("*", Schedule.daily().at(2, 0))
                        .retain(Retention.days(7)));
    }

    private void passTo(Instant moment) {
        world.setTime(moment);
        world.advance(Duration.ofSeconds(31));
    }

    @Test
    void a_schedule_runs_when_it_is_due_and_its_state_is_told() {
        try (Pool pool = nightly(MemoryDepot.create()).open()) {
            world.advance(Duration.ofMinutes(1));
            BackupStatus before = pool.backups().status().get(0);
            assertThat(before.layer()).isEqualTo("main");
            assertThat(before.nextRun()).isEqualTo("2030-01-01T02:00:00Z");
            assertThat(before.lastSuccess()).isEmpty();
            assertThat(pool.backups().list("copies")).isEmpty();

            world.advance(Duration.ofHours(2));
            BackupStatus after = pool.backups().status().get(0);
            assertThat(after.nextRun()).isEqualTo("2030-01-02T02:00:00Z");
            assertThat(after.lastSuccess()).contains(Instant.parse("2030-01-01T02:00:00Z"));
            assertThat(after.running()).isFalse();
            assertThat(pool.backups().list("copies")).hasSize(1).allSatisfy(backup -> assertThat(backup.verified())
                    .isPresent());
            assertThat(made).singleElement().satisfies(backup -> assertThat(backup.retention())
                    .containsEntry("main", Retention.days(7)));
        }
    }

    @Test
    void a_schedule_of_increments_makes_a_full_one_whenever_its_chain_is_at_its_limit_and_retention_breaks_none() {
        PoolBuilder daily = pool(MemoryDepot.create())
                .backups("copies", plan -> plan.every("*", Schedule.daily().at(2, 0))
                        .incremental(ChainLimit.backups(3))
                        .retain(Retention.backups(2)));
        try (Pool pool = daily.open()) {
            for (int day = 1; day <= 5; day++) {
                passTo(Instant.parse("2030-01-0" + day + "T02:00:00Z"));
            }
            assertThat(pool.backups().list("copies"))
                    .extracting(backup ->
                            LocalDate.ofInstant(backup.cut(), ZoneId.of("UTC")).getDayOfMonth() + " " + backup.kind())
                    .containsExactly("5 INCREMENT", "4 FULL");
            passTo(Instant.parse("2030-01-06T02:00:00Z"));
            passTo(Instant.parse("2030-01-07T02:00:00Z"));
            assertThat(pool.backups().list("copies"))
                    .as("the last two are kept, and what the older one adds to")
                    .extracting(backup ->
                            LocalDate.ofInstant(backup.cut(), ZoneId.of("UTC")).getDayOfMonth() + " " + backup.kind())
                    .containsExactly("7 FULL", "6 INCREMENT", "5 INCREMENT", "4 FULL");
        }
        try (Pool again = Korm.discover(Sqlite.file(folder.resolve("main.sqlite")))
                .environment(world)
                .depot("copies", MemoryDepot.create())
                .listener(listener)
                .open()) {
            made.clear();
            passTo(Instant.parse("2030-01-08T02:00:00Z"));
            assertThat(made)
                    .singleElement()
                    .satisfies(backup -> assertThat(backup.options().chain()).contains(ChainLimit.backups(3)));
        }
    }

    @Test
    void what_goes_into_the_backups_is_said_for_all_schedules_and_found_again() throws Exception {
        BackupOptions whole = BackupOptions.defaults().withFiles().sealed().verify(Verification.Depth.FULL);
        MemoryDepot copies = MemoryDepot.create();
        KeyRing keys = KeyRing.of("k1", Map.of("k1", new byte[32]));
        try (Pool pool = pool(copies)
                .depot("letters", MemoryDepot.create())
                .keys(keys)
                .backups("copies", plan -> plan.every("*", Schedule.daily().at(2, 0))
                        .incremental(ChainLimit.backups(2))
                        .options(whole))
                .open()) {
            pool.depot("letters")
                    .put(
                            Rn.file("letters", "a.txt"),
                            new ByteArrayInputStream("Dear Ada".getBytes(StandardCharsets.UTF_8)),
                            PutOptions.NONE);
            world.advance(Duration.ofHours(3));
            assertThat(pool.backups().list("copies")).singleElement().satisfies(backup -> {
                assertThat(backup.files()).contains(1L);
                assertThat(backup.verified()).map(Verification::depth).contains(Verification.Depth.FULL);
            });
        }
        try (Pool again = Korm.discover(Sqlite.file(folder.resolve("main.sqlite")))
                .environment(world)
                .depot("copies", copies)
                .depot("letters", MemoryDepot.create())
                .keys(keys)
                .listener(listener)
                .open()) {
            made.clear();
            passTo(Instant.parse("2030-01-08T02:00:00Z"));
            assertThat(made).singleElement().satisfies(backup -> assertThat(backup.options())
                    .isEqualTo(whole.incremental(ChainLimit.backups(2))));
        }
        assertThatThrownBy(() -> pool(copies).backups("copies", plan -> plan.every(
                                "*", Schedule.daily().at(2, 0))
                        .options(whole.incremental())))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("every(…).incremental(…)");
    }

    @Test
    void backups_go_that_no_layer_keeps_and_the_last_good_one_stays() {
        PoolBuilder two = pool(MemoryDepot.create())
                .layer("other", Sqlite.file(folder.resolve("other.sqlite")))
                .backups("copies", plan -> plan.every("main", Schedule.daily().at(2, 0))
                        .retain(Retention.backups(3))
                        .every("other", Schedule.weekly().at(3, 0))
                        .retain(Retention.none()));
        try (Pool pool = two.open()) {
            for (int day = 1; day <= 5; day++) {
                passTo(Instant.parse("2030-01-0" + day + "T02:00:00Z"));
            }
            assertThat(pool.backups().list("copies"))
                    .extracting(backup ->
                            LocalDate.ofInstant(backup.cut(), ZoneId.of("UTC")).getDayOfMonth())
                    .containsExactly(5, 4, 3);
        }
    }

    @Test
    void what_was_missed_is_made_once_and_run_now_runs_once() {
        MemoryDepot copies = MemoryDepot.create();
        nightly(copies).open().close();
        passTo(Instant.parse("2030-01-09T12:00:00Z"));
        try (Pool pool = nightly(copies).open()) {
            world.advance(Duration.ofHours(1));
            assertThat(events).containsExactly("begun main", "ended main");
            assertThat(pool.backups().status().get(0).nextRun()).isEqualTo("2030-01-10T02:00:00Z");
        }
        events.clear();
        for (int i = 0; i < 2; i++) {
            Pool pool = pool(copies)
                    .backups(
                            "copies",
                            plan -> plan.every("main", Schedule.weekly().runNow()))
                    .adoptMeta()
                    .open();
            world.advance(Duration.ofMinutes(5));
            pool.close();
        }
        assertThat(events).containsExactly("begun main", "ended main");
    }

    @Test
    void a_failure_is_told_and_tried_again_and_does_not_count() {
        FaultyDepot copies = FaultyDepot.around(MemoryDepot.create());
        try (Pool pool = nightly(copies).open()) {
            world.advance(Duration.ofMinutes(1));
            for (int i = 0; i < 3; i++) {
                copies.failNext(FaultyDepot.Call.PUT, FaultyDepot.Moment.BEFORE);
                world.advance(i == 0 ? Duration.ofMinutes(119) : Duration.ofMinutes(i));
                BackupStatus failed = pool.backups().status().get(0);
                assertThat(failed.failures()).isEqualTo(i + 1);
                assertThat(failed.lastError()).isPresent();
                assertThat(failed.lastSuccess()).isEmpty();
                assertThat(failed.nextRun()).isEqualTo("2030-01-01T02:00:00Z");
                assertThat(failed.retry().get()).isAfter(world.clock().instant());
            }
            world.advance(Duration.ofMinutes(4).plusSeconds(30));
            BackupStatus good = pool.backups().status().get(0);
            assertThat(good.lastSuccess()).isPresent();
            assertThat(good.failures()).isZero();
            assertThat(good.lastError()).isEmpty();
            assertThat(good.nextRun()).isEqualTo("2030-01-02T02:00:00Z");
        }
        assertThat(events)
                .containsExactly(
                        "begun main",
                        "failed main",
                        "begun main",
                        "failed main",
                        "begun main",
                        "failed main",
                        "begun main",
                        "ended main");
    }

    @Test
    void of_several_programs_one_makes_each_backup() {
        MemoryDepot copies = MemoryDepot.create();
        for (boolean shared : new boolean[] {false, true}) {
            events.clear();
            List<Pool> pools = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                PoolBuilder builder = nightly(copies).adoptMeta();
                pools.add((shared ? builder.withLocks("main") : builder).open());
            }
            world.advance(Duration.ofDays(3));
            assertThat(events).hasSize(6).containsOnly("begun main", "ended main");
            pools.forEach(Pool::close);
        }
    }

    @Test
    void while_a_program_restores_none_makes_a_backup_by_schedule_and_then_one_does() {
        MemoryDepot copies = MemoryDepot.create();
        try (Pool restoring = nightly(copies).adoptMeta().withLocks("main").open();
                Pool other = nightly(copies).adoptMeta().withLocks("main").open()) {
            BackupInfo before = restoring.backups().run("copies");
            List<String> meanwhile = new ArrayList<>(List.of("not asked"));
            restoring.backups().restore(before.id(), RestoreOptions.replace().progress((done, total) -> {
                if (meanwhile.remove("not asked")) {
                    world.advance(Duration.ofHours(3));
                    meanwhile.addAll(events);
                }
            }));
            assertThat(meanwhile).isEmpty();
            world.advance(Duration.ofMinutes(5));
            assertThat(events).containsExactly("begun main", "ended main");
            assertThat(other.backups().status().get(0).lastSuccess()).isPresent();
        }
    }

    @Test
    void on_every_day_of_a_year_in_three_zones_there_is_one_backup() {
        Map<String, ZoneId> zones = new TreeMap<>(Map.of(
                "a",
                ZoneId.of("Europe/Berlin"),
                "b",
                ZoneId.of("America/New_York"),
                "c",
                ZoneId.of("Australia/Lord_Howe")));
        Map<String, List<LocalDate>> days = new TreeMap<>();
        PoolBuilder builder = Korm.pool()
                .environment(world)
                .layer("main", Sqlite.memory())
                .depot("copies", MemoryDepot.create())
                .withMeta("main")
                .listener(new PoolListener() {
                    @Override
                    public void backupEnded(ScheduledBackup backup, Duration took) {
                        backup.layers().forEach(layer -> days.computeIfAbsent(layer, first -> new ArrayList<>())
                                .add(world.clock()
                                        .instant()
                                        .atZone(zones.get(layer))
                                        .toLocalDate()));
                    }
                });
        zones.keySet().forEach(layer -> builder.layer(layer, Sqlite.memory()));
        builder.backups(
                "copies",
                plan -> zones.forEach((layer, zone) ->
                        plan.every(layer, Schedule.daily().at(2, 15).in(zone))));
        Instant end = Instant.parse("2031-01-01T00:00:00Z");
        try (Pool pool = builder.open()) {
            for (Instant day = Instant.parse("2030-01-01T00:00:00Z");
                    day.isBefore(end);
                    day = day.plus(Duration.ofDays(1))) {
                for (int minutes = 0; minutes < 24 * 60; minutes += 180) {
                    passTo(day.plus(Duration.ofMinutes(minutes)));
                }
            }
            assertThat(pool.backups().status()).hasSize(3).allSatisfy(status -> assertThat(status.failures())
                    .isZero());
        }
        days.forEach((layer, done) ->
                assertThat(done).as(layer).doesNotHaveDuplicates().hasSizeBetween(364, 366));
        assertThat(days).hasSize(3);
        days.forEach((layer, done) -> {
            for (int i = 1; i < done.size(); i++) {
                assertThat(done.get(i)).as(layer).isEqualTo(done.get(i - 1).plusDays(1));
            }
        });
    }

    @Test
    void a_clock_that_jumps_makes_nothing_twice() {
        try (Pool pool = nightly(MemoryDepot.create()).open()) {
            passTo(Instant.parse("2030-01-01T03:00:00Z"));
            passTo(Instant.parse("2030-01-01T01:00:00Z"));
            passTo(Instant.parse("2030-01-01T02:30:00Z"));
            assertThat(made).hasSize(1);
            passTo(Instant.parse("2030-01-02T02:00:00Z"));
            assertThat(made).hasSize(2);
            assertThat(pool.backups().status().get(0).nextRun()).isEqualTo("2030-01-03T02:00:00Z");
        }
    }

    @Test
    void the_rows_are_the_originals() throws Exception {
        pool(LocalDepot.at(folder.resolve("copies")))
                .backups("copies", plan -> plan.every(
                                "*", Schedule.every("day").at(2, 0).runNow())
                        .retain(Retention.days(7)))
                .open()
                .close();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("main.sqlite"));
                Statement statement = connection.createStatement()) {
            try (ResultSet row = statement.executeQuery(
                    "SELECT schedule_id, layer_ident, interval_spec, last_run_at FROM \"__korm_backups__\"")) {
                assertThat(row.next()).isTrue();
                assertThat(row.getString(1)).isEqualTo("fd9648e7-b955-4650-90a1-19820683c584");
                assertThat(row.getString(2)).isEqualTo("main");
                assertThat(row.getString(3)).isEqualTo("{\"unit\":\"day\",\"hour\":2,\"minute\":0,\"startsNow\":true}");
            }
            try (ResultSet row = statement.executeQuery("SELECT config FROM \"__korm_pool__\"")) {
                assertThat(row.next()).isTrue();
                assertThat(Document.parse(row.getString(1)).document("backups").toJson())
                        .isEqualTo(
                                "{\"depotIdent\":\"copies\",\"intervals\":[{\"layerIdent\":\"*\",\"interval\":{\"_spec\":{\"unit\":\"day\",\"hour\":2,\"minute\":0,\"startsNow\":true}}}],"
                                        + "\"retention\":[{\"layerIdent\":\"*\",\"retention\":{\"mode\":\"days\",\"days\":7}}]}");
            }
        }
        // Discovered, it goes on with the same schedule.
        try (Pool pool = Korm.discover(Sqlite.file(folder.resolve("main.sqlite")))
                .environment(world)
                .open()) {
            assertThat(pool.backups().status()).singleElement().satisfies(status -> assertThat(status.id())
                    .isEqualTo("fd9648e7-b955-4650-90a1-19820683c584"));
        }
        assertThatThrownBy(
                        () -> nightly(LocalDepot.at(folder.resolve("copies"))).open())
                .isInstanceOf(MetadataException.class)
                .hasMessageContaining("backups: stored {");
    }

    @Test
    void what_is_no_plan_is_refused() {
        MemoryDepot copies = MemoryDepot.create();
        refused("names no depot", pool(copies).backups("other", plan -> plan.every("*", Schedule.daily())));
        refused("no layer of the pool", pool(copies).backups("copies", plan -> plan.every("other", Schedule.daily())));
        refused("has no schedule", pool(copies).backups("copies", plan -> {}));
        assertThatThrownBy(() -> pool(copies).backups("copies", plan -> plan.retain(Retention.all())))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("every(…) first");
        refused(
                "needs withMeta",
                Korm.pool()
                        .layer("main", Sqlite.memory())
                        .depot("copies", copies)
                        .backups("copies", plan -> plan.every("*", Schedule.daily())));
    }

    private static void refused(String why, PoolBuilder builder) {
        assertThatThrownBy(builder::open)
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(why);
    }
}
