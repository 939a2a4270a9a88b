package dev.korm.wal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.testkit.Seed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Programs that change several databases and depots together, are killed anywhere, and are followed by others: at any moment, at each step of the protocol
 * ({@link KillingStores}), and at each sync ({@link KillingSyncs}).
 */
@NullUnmarked // Tests dereference what they expect to be there.
class KilledChangesTest {
    /** The ways in which programs are killed, one after the other. */
    private static final int WAYS = 3;

    /** The programs that use the same stores, one after the other. */
    private static final int PROGRAMS_OF_STORES = 20;

    @TempDir
    Path folder;

    private final Map<String, Integer> killed = new TreeMap<>();

    /** Makes new stores. */
    @FunctionalInterface
    interface Stores {
        ProgramStores make(Path folder, String name) throws IOException;
    }

    @Test
    void a_program_that_is_killed_leaves_all_or_nothing_of_each_change() throws Exception {
        kill(WAYS, (in, name) -> ProgramStores.in(in));
    }

    @Test
    @Tag("long")
    void so_do_many() throws Exception {
        kill(300, (in, name) -> ProgramStores.in(in));
    }

    @Test
    void one_that_is_killed_does_so_in_databases_depots_and_servers_of_all_kinds() throws Exception {
        try (StoreServers servers = new StoreServers(folder)) {
            kill(WAYS, servers::stores);
        }
    }

    @Test
    @Tag("long")
    void so_do_a_thousand() throws Exception {
        try (StoreServers servers = new StoreServers(folder)) {
            kill(1_000, servers::stores);
        }
    }

    void kill(int programs, Stores source) throws Exception {
        Random random = Seed.random(KilledChangesTest.class);
        Optional<KillingSyncs> syncs = KillingSyncs.make(folder);
        ChangedStores changed = null;
        ProgramStores stores = null;
        for (int program = 0; program < programs; program++) {
            if (program % PROGRAMS_OF_STORES == 0) {
                requireRecovered(changed);
                String name = "stores" + program / PROGRAMS_OF_STORES;
                stores = source.make(Files.createDirectory(folder.resolve(name)), name);
                changed = new ChangedStores(stores);
            }
            run(program, stores, changed, syncs, random);
            if (random.nextInt(4) > 0) {
                assertThat(changed.recover()).as("after program " + program).isEmpty();
            }
        }
        requireRecovered(changed);
        System.out.println("Killed " + programs + " programs: " + killed);
    }

    private static void requireRecovered(@Nullable ChangedStores changed) {
        if (changed != null) {
            assertThat(changed.recover()).isEmpty();
            assertThat(changed.recover()).as("once more").isEmpty();
            System.out.println(changed);
        }
    }

    /** Runs a program until it is killed: by itself at a sync, or where it asks for that, or when it has told of some changes and a little later. */
    private void run(
            int number, ProgramStores stores, ChangedStores changed, Optional<KillingSyncs> syncs, Random random)
            throws IOException {
        String prefix = "p" + number;
        int at = 1 + random.nextInt(random.nextBoolean() ? 60 : 300);
        int kind = number % WAYS;
        Map<String, String> variables = kind == 1
                ? Map.of(KillingStores.STEP, String.valueOf(at))
                : kind == 2 && syncs.isPresent() ? syncs.get().killingAt(at) : Map.of();
        int most = variables.isEmpty() ? 1 + random.nextInt(60) : 200;
        long pause = random.nextInt(10_000);
        changed.begin(prefix);
        String how = kind == 2 && syncs.isPresent() ? "at a sync" : "at a moment";
        try (ChildProgram program =
                new ChildProgram(prefix, 1 + random.nextInt(4), stores, folder.resolve("program.log"), variables)) {
            int told = 0;
            for (String line = program.next(); line != null; line = program.next()) {
                if (line.startsWith(KillingStores.ASKS)) {
                    how = line.substring(1);
                    program.kill();
                    continue;
                }
                changed.acknowledge(line);
                told++;
                if (told == most) {
                    LockSupport.parkNanos(pause * 1_000);
                    how = "at a moment";
                    program.kill();
                }
            }
            assertThat(program.isKilled())
                    .as(() -> "the program ended by itself: " + log())
                    .isTrue();
        }
        killed.merge(how, 1, Integer::sum);
    }

    private List<String> log() {
        try {
            return Files.readAllLines(folder.resolve("program.log"));
        } catch (IOException unread) {
            return List.of(unread.toString());
        }
    }
}
