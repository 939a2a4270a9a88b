package dev.korm.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.ConfigurationException;
import dev.korm.Rn;
import dev.korm.recovery.JournalException;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.PutOptions;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.journal.Journal;
import dev.korm.spi.journal.JournalContext;
import dev.korm.spi.journal.JournalEntry;
import dev.korm.spi.journal.JournalEntry.Kind;
import dev.korm.spi.journal.UnfinishedEntries;
import dev.korm.testkit.fault.VirtualEnvironment;
import dev.korm.testkit.memory.MemoryDepot;
import java.io.ByteArrayInputStream;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Runs that are killed, or stopped for longer than their lease lasts. */
class DepotWalTest {
    private final MemoryDepot store = MemoryDepot.create();
    private VirtualEnvironment world = VirtualEnvironment.seeded(1);
    private Depot depot = store.open("files", world);
    private final DepotWal wal = Wal.in("files").namespace("demo");

    private DepotMachine open() {
        return open(wal);
    }

    private DepotMachine open(DepotWal with) {
        DepotMachine machine = new DepotMachine(depot);
        machine.open(with, "a-pool", world);
        return machine;
    }

    private static JournalEntry entry(String change) {
        return new JournalEntry(
                Kind.PREPARED, change, ByteBuffer.wrap(("body of " + change).getBytes(StandardCharsets.US_ASCII)));
    }

    private static List<String> changes(UnfinishedEntries entries) {
        List<String> changes = new ArrayList<>();
        for (Optional<JournalEntry> next = entries.next(); next.isPresent(); next = entries.next()) {
            changes.add(next.get().change());
        }
        return changes;
    }

    private static List<String> unfinished(DepotMachine machine) {
        try (UnfinishedEntries entries = machine.journal().unfinished()) {
            return changes(entries);
        }
    }

    /** Returns what the opening of a run takes and forgets. */
    private static List<String> settled(DepotMachine machine) {
        try (UnfinishedEntries entries = machine.journal().unfinished()) {
            List<String> changes = changes(entries);
            entries.forget();
            return changes;
        }
    }

    @Test
    void an_opening_right_after_a_kill_waits_for_the_end_of_the_lease_and_finds_what_was_left() {
        DepotMachine killed = open();
        killed.journal().append(List.of(entry("a")));
        killed.kill();
        long began = world.nanoTime();
        assertThat(unfinished(open())).containsExactly("a");
        assertThat(Duration.ofNanos(world.nanoTime() - began))
                .isBetween(Duration.ofSeconds(15), Duration.ofSeconds(20));
    }

    @Test
    void a_run_that_lives_is_not_taken_and_keeps_an_opening_waiting_only_for_its_sign() {
        DepotMachine living = open();
        living.journal().append(List.of(entry("a")));
        for (int i = 0; i < 20; i++) {
            long began = world.nanoTime();
            DepotMachine other = open();
            assertThat(unfinished(other)).isEmpty();
            assertThat(Duration.ofNanos(world.nanoTime() - began)).isLessThan(Duration.ofSeconds(7));
            other.journal().close();
            world.advance(Duration.ofSeconds(i * 7L));
        }
        living.journal().append(List.of(JournalEntry.done("a")));
    }

    @Test
    void a_machine_whose_clock_is_wrong_by_an_hour_takes_nobody_for_dead() {
        DepotMachine living = open();
        living.journal().append(List.of(entry("a")));
        for (Duration wrong : List.of(Duration.ofHours(1), Duration.ofHours(-1))) {
            DepotMachine other = new DepotMachine(depot);
            other.open(wal, "a-pool", withClock(Clock.offset(world.clock(), wrong)));
            assertThat(unfinished(other)).isEmpty();
            other.journal().close();
        }
        living.journal().append(List.of(JournalEntry.done("a")));
        living.kill();
        assertThat(unfinished(open())).isEmpty();
    }

    private Environment withClock(Clock clock) {
        return (Environment) Proxy.newProxyInstance(
                Environment.class.getClassLoader(),
                new Class<?>[] {Environment.class},
                (self, method, args) -> method.getName().equals("clock") ? clock : method.invoke(world, args));
    }

    @Test
    void a_run_that_was_stopped_for_longer_than_its_lease_appends_nothing_more() {
        DepotMachine stopped = open();
        stopped.journal().append(List.of(entry("a")));
        stopped.stop();
        world.advance(Duration.ofMinutes(1));
        DepotMachine next = open();
        assertThat(settled(next)).containsExactly("a");
        stopped.goOn();
        assertThatThrownBy(() -> stopped.journal().append(List.of(entry("b"))))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("another program has taken its log")
                .hasMessageContaining("Open the pool anew");
        assertThatThrownBy(() -> stopped.journal().append(List.of(JournalEntry.done("a"))))
                .isInstanceOf(JournalException.class);
        stopped.journal().close();
        next.journal().close();
        assertThat(settled(open())).isEmpty();
    }

    @Test
    void a_run_that_was_stopped_in_the_middle_of_a_recovery_forgets_nothing_that_another_has_taken() {
        DepotMachine first = open();
        first.journal().append(List.of(entry("a")));
        first.journal().close();
        DepotMachine stopped = open();
        UnfinishedEntries entries = stopped.journal().unfinished();
        assertThat(changes(entries)).containsExactly("a");
        stopped.stop();
        world.advance(Duration.ofMinutes(1));
        DepotMachine next = open();
        UnfinishedEntries others = next.journal().unfinished();
        stopped.goOn();
        assertThatThrownBy(entries::forget)
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("another program has taken them");
        assertThat(changes(others)).containsExactly("a");
        others.forget();
        stopped.journal().close();
        assertThat(settled(open())).isEmpty();
    }

    @Test
    void who_takes_over_from_a_recovery_that_was_killed_reads_what_that_had_appended() {
        DepotMachine first = open();
        first.journal().append(List.of(entry("a"), entry("b")));
        first.journal().close();
        DepotMachine second = open();
        assertThat(changes(second.journal().unfinished())).containsExactly("a", "b");
        second.journal().append(List.of(JournalEntry.done("a")));
        second.kill();
        assertThat(unfinished(open())).containsExactly("b");
    }

    @Test
    void a_run_that_was_only_silent_counts_as_over_after_a_day() {
        DepotWal slow = wal.lease(Duration.ofMinutes(30));
        DepotMachine silent = open(slow);
        silent.journal().append(List.of(entry("a")));
        silent.kill();
        world.advance(Duration.ofHours(1));
        DepotMachine next = open(slow);
        try (UnfinishedEntries entries = next.journal().unfinished()) {
            assertThat(entries.runs()).isEmpty();
            assertThat(changes(entries)).containsExactly("a");
            entries.forget();
        }
        next.journal().close();
        world.advance(Duration.ofHours(26));
        DepotMachine later = open(slow);
        try (UnfinishedEntries entries = later.journal().unfinished()) {
            assertThat(entries.runs())
                    .containsExactlyInAnyOrder(
                            silent.journal().run(), next.journal().run());
            assertThat(changes(entries)).isEmpty();
            entries.forget();
        }
        later.journal().close();
        assertThat(store.names())
                .hasSize(2)
                .allMatch(name -> name.contains(later.journal().run()));
    }

    @Test
    void a_kill_at_any_call_of_the_depot_loses_nothing_that_was_appended() {
        for (int call = 1; call < 60; call++) {
            for (boolean afterwards : new boolean[] {false, true}) {
                world = VirtualEnvironment.seeded(call);
                depot = MemoryDepot.create().open("files", world);
                DepotMachine first = open();
                first.journal().append(List.of(entry("a"), entry("b")));
                first.kill();
                DepotMachine second = new DepotMachine(depot);
                second.killAt(call, afterwards);
                try {
                    second.open(wal, "a-pool", world);
                    try (UnfinishedEntries entries = second.journal().unfinished()) {
                        changes(entries);
                        second.journal().append(List.of(JournalEntry.done("a"), entry("b")));
                        entries.forget();
                    }
                    second.journal().close();
                } catch (JournalException killed) {
                    assertThat(second.isKilled()).isTrue();
                }
                second.kill();
                world.advance(Duration.ofMinutes(1));
                DepotMachine third = open();
                List<String> left = settled(third);
                assertThat(left).as("killed at call %s", call).contains("b").doesNotHaveDuplicates();
                third.journal().close();
            }
        }
    }

    @Test
    void what_is_done_is_deleted_and_a_change_that_stays_does_not_keep_what_came_after_it() {
        DepotMachine machine = open();
        machine.journal().append(List.of(entry("stays")));
        for (int i = 0; i < 1000; i++) {
            machine.journal().append(List.of(entry("c-" + i)));
            machine.journal().append(List.of(JournalEntry.done("c-" + i)));
            world.advance(Duration.ofSeconds(1));
        }
        assertThat(store.names()).hasSizeLessThan(80);
        machine.kill();
        assertThat(unfinished(open())).containsExactly("stays");
    }

    @Test
    void what_is_done_is_kept_where_that_was_asked_for() {
        DepotMachine machine = open(wal.retention(JournalRetention.KEEP));
        for (int i = 0; i < 10; i++) {
            machine.journal().append(List.of(entry("c-" + i)));
            machine.journal().append(List.of(JournalEntry.done("c-" + i)));
        }
        world.advance(Duration.ofSeconds(10));
        machine.journal().close();
        DepotMachine next = open(wal.retention(JournalRetention.KEEP));
        assertThat(settled(next)).isEmpty();
        assertThat(store.names().stream().filter(name -> name.contains(":kept:")))
                .hasSize(20);
        assertThat(store.names().stream()
                        .filter(name ->
                                name.contains(":runs:" + machine.journal().run())))
                .isEmpty();
    }

    @Test
    void a_depot_that_cannot_say_that_a_file_is_there_already_is_refused() {
        Depot poor = store.withoutConditions().open("files", world);
        assertThatThrownBy(() -> wal.open(new JournalContext("a-pool", world, name -> poor)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("\"files\"")
                .hasMessageContaining("Wal.at");
    }

    @Test
    void names_that_cannot_be_part_of_an_rn_are_refused() {
        for (String name : List.of("", ".", "..", " a", "a:b", "a/b", "a\\b", "a*", "[a", "a]", "a\u0000")) {
            assertThatThrownBy(() -> Wal.in("files").namespace(name)).isInstanceOf(ConfigurationException.class);
        }
        assertThatThrownBy(() -> Wal.in("files").lease(Duration.ofSeconds(3)))
                .isInstanceOf(ConfigurationException.class);
    }

    @Test
    void the_log_of_the_original_beside_it_is_left_alone() {
        List<String> original = List.of("pending:x.json", "done:y.json", "payloads:x:0:after.bin");
        for (String name : original) {
            List<String> parts = new ArrayList<>(List.of("__korm_wal__", "demo", "a-pool"));
            parts.addAll(List.of(name.split(":")));
            Rn<?> rn = Rn.file("files", parts.toArray(String[]::new));
            depot.put(rn, new ByteArrayInputStream(new byte[] {'{'}), PutOptions.NONE);
        }
        DepotMachine machine = open();
        machine.journal().append(List.of(entry("a")));
        machine.kill();
        assertThat(settled(open())).containsExactly("a");
        for (String name : original) {
            assertThat(store.names()).anyMatch(each -> each.endsWith(name));
        }
    }

    @Test
    void an_append_that_fails_ends_the_journal() {
        DepotMachine machine = open();
        Journal journal = machine.journal();
        journal.append(List.of(entry("a")));
        machine.kill();
        assertThatThrownBy(() -> journal.append(List.of(entry("b"))))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("the journal takes nothing more");
        machine.goOn();
        assertThatThrownBy(() -> journal.append(List.of(entry("c")))).isInstanceOf(JournalException.class);
        journal.close();
        assertThat(Set.copyOf(unfinished(open()))).isEqualTo(Set.of("a"));
    }
}
