package dev.korm.wal;

import dev.korm.Korm;
import dev.korm.KormException;
import dev.korm.Pool;
import dev.korm.StoreException;
import dev.korm.StoreException.Outcome;
import dev.korm.recovery.QuarantinedChange;
import dev.korm.spi.Capabilities.Feature;
import dev.korm.testkit.fault.CrashingClient.Killed;
import dev.korm.testkit.fault.CrashingFiles;
import dev.korm.testkit.fault.CrashingFiles.Failure;
import dev.korm.testkit.fault.CrashingLayer;
import dev.korm.testkit.fault.CrashingLayer.Moment;
import dev.korm.testkit.fault.CrashingLayer.Step;
import dev.korm.testkit.fault.VirtualEnvironment;
import dev.korm.wal.PoolHistory.Found;
import dev.korm.wal.PoolHistory.Violation;
import dev.korm.wal.SimulatedProgram.KeptPart;
import dev.korm.wal.SimulatedProgram.Part;
import dev.korm.wal.run.Steps;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Programs that have pools over the same databases, folder and journal, change them together, are killed and lose the power, all by one seed and in
 * one thread, but for now and then a few threads of a program whose changes are committed together ({@link ThreadsAtOnce}). At any step of one, another may do something, from its
 * beginning to its end or to where it is killed. At any step the world may be cut
 * off: then copies of it crash in several ways, are recovered, and held against {@link PoolHistory}, while it goes on itself.
 */
final class PoolWorld {
    private static final List<String> NAMES = List.of("a", "b", "c");
    private static final int DEEPEST = 2;

    /** Where a depot has files that are still being written. */
    private static final String TEMPORARY = "/files/__korm_depot__/temporary/";

    final Random random;
    final PoolHistory history;
    private final @Nullable EngineShortcut shortcut;
    private final Wal.Settings settings;
    private final CrashingFiles files;
    private final Map<String, CrashingLayer> databases = new LinkedHashMap<>();
    private final VirtualEnvironment time;
    private final List<SimulatedProgram> programs = new ArrayList<>();
    private final int cuts;
    private final boolean faulty;
    /** The program that a thread runs. */
    private final ThreadLocal<@Nullable SimulatedProgram> current = new ThreadLocal<>();

    private final ThreadsAtOnce threads = new ThreadsAtOnce();

    /** Whether a program is changing something in several threads. */
    private boolean atOnce;

    private int depth;

    /** The first that was seen, whatever becomes of it on its way through the program in the middle of which it was. */
    private volatile @Nullable Violation violation;

    private int crashes;

    /**
     * Makes a world.
     *
     * @param cuts at one step of how many it is cut off
     */
    PoolWorld(long seed, @Nullable EngineShortcut shortcut, int cuts) {
        this.random = new Random(seed);
        this.shortcut = shortcut;
        this.cuts = cuts;
        files = CrashingFiles.seeded(random.nextLong());
        time = VirtualEnvironment.seeded(random.nextLong());
        Steps steps = shortcut == EngineShortcut.LIVING_RUNS_TAKEN
                ? new Steps(Set.of(Steps.Shortcut.LOCKS_IGNORED))
                : Steps.ALL;
        settings = new Wal.Settings(512 + random.nextInt(1024), 2, 1 + random.nextInt(6), steps);
        for (String name : NAMES.subList(0, 2 + random.nextInt(2))) {
            CrashingLayer database = CrashingLayer.seeded(random.nextLong());
            databases.put(name, random.nextInt(3) == 0 ? database.with(Feature.SINGLE_WRITER) : database);
        }
        faulty = random.nextInt(3) == 0;
        history = new PoolHistory(random.nextInt(3) == 0);
        if (random.nextInt(4) == 0) {
            files.leaveOutLinks();
        }
        declare();
        if (shortcut != null) {
            leaveOutSyncs(shortcut);
        }
        files.beforeStep(this::step);
    }

    /**
     * Has the databases know what is declared about deletions. Who deletes sees what another program declares for the first time only a second later, and here
     * time stands still.
     */
    private void declare() {
        SimulatedProgram first =
                new SimulatedProgram(files, databases, time, Duration.ZERO, settings, null, (call, moment) -> {});
        first.open();
        for (String layer : layers()) {
            if (history.keepsDeleted()) {
                Korm.item(KeptPart.class, first.pool())
                        .fromData(layer, "sim", "part", new KeptPart(0, 0, null, null))
                        .create()
                        .delete();
            } else {
                first.items()
                        .fromData(layer, "sim", "part", new Part(0, 0, null, null))
                        .create()
                        .delete();
            }
        }
        first.pool().purgeDeleted(Duration.ZERO).run();
        first.close();
    }

    private void leaveOutSyncs(EngineShortcut unsynced) {
        String coordinator = SimulatedProgram.coordinator(databases);
        databases.forEach((name, database) -> {
            if (unsynced
                    == (name.equals(coordinator)
                            ? EngineShortcut.COORDINATOR_UNSYNCED
                            : EngineShortcut.FOLLOWERS_UNSYNCED)) {
                database.leaveOutSyncs();
            }
        });
        switch (unsynced) {
            case FILES_UNSYNCED -> files.leaveOutSyncs(path -> path.startsWith(TEMPORARY));
            case FILE_NAMES_UNSYNCED ->
                files.leaveOutSyncs(path -> path.startsWith("/files") && !path.startsWith(TEMPORARY));
            default -> {}
        }
    }

    /** Returns how many crashes were recovered from. */
    int crashes() {
        return crashes;
    }

    List<String> layers() {
        return List.copyOf(databases.keySet());
    }

    /** Lives for so many changes. */
    void run(int changes) {
        for (int i = 0; i < changes; i++) {
            if (programs.isEmpty() || (programs.size() < 2 && random.nextInt(5) == 0)) {
                start();
            } else {
                act(programs.get(random.nextInt(programs.size())));
            }
            time.advance(Duration.ofMillis(random.nextInt(50)));
        }
    }

    /** Returns by how much a program's clock is fast: some are wrong by an hour. */
    static Duration skew(Random random) {
        return Duration.ofHours(random.nextInt(4) == 0 ? 1 - 2 * random.nextInt(2) : 0);
    }

    private void start() {
        SimulatedProgram program =
                new SimulatedProgram(files, databases, time, skew(random), settings, shortcut, this::step);
        programs.add(program);
        boolean alone = programs.size() == 1;
        as(program, () -> {
            try {
                program.open();
            } catch (KormException failed) {
                if (!faulty) {
                    throw failed;
                }
                program.kill();
            }
        });
        if (program.isDead()) {
            programs.remove(program);
        } else if (alone) {
            observe(program);
        }
    }

    /** Has a program do something, which may be killed at that. */
    private void act(SimulatedProgram program) {
        if (faulty && random.nextInt(10) == 0) {
            Failure failure = random.nextBoolean() ? Failure.EIO : Failure.ENOSPC;
            if (random.nextBoolean()) {
                files.failWrite(1 + random.nextInt(20), failure);
            } else {
                files.failSync(1 + random.nextInt(20), failure);
            }
        }
        if (random.nextInt(12) == 0) {
            program.killAt(1 + random.nextInt(60));
        }
        as(program, () -> {
            try {
                new RandomChange(this, program).run();
            } finally {
                if (depth == 0 && atOnce) {
                    threads.end();
                    atOnce = false;
                }
            }
        });
        if (program.isDead()) {
            programs.remove(program);
        } else if (random.nextInt(15) == 0) {
            close(program);
        }
    }

    private void close(SimulatedProgram program) {
        as(program, () -> {
            try {
                program.close();
            } catch (KormException failed) {
                if (!faulty) {
                    throw failed;
                }
                program.kill();
            }
        });
        programs.remove(program);
    }

    /** Does something as a program, until that is killed. */
    private void as(SimulatedProgram program, Runnable work) {
        SimulatedProgram before = current.get();
        current.set(program);
        try {
            work.run();
        } catch (RuntimeException | Error failed) {
            // What a killed program throws on its way out says nothing.
            if (violation == null && !program.isDead()) {
                violation = new Violation("A program failed: " + failed, failed);
            }
        } finally {
            if (program.isDead()) {
                program.bury();
            }
            current.set(before);
        }
        if (violation != null) {
            throw violation;
        }
    }

    /** Waits until it is the turn of the thread at hand, where a program has several. */
    void awaitTurn() {
        threads.await();
    }

    /** Returns how many changes had to wait for the commit of another thread of their program, and were committed together. */
    int together() {
        return threads.together();
    }

    /** Has other threads of a program change something, one or two that are then committed together. */
    private void changeAtOnce(SimulatedProgram program) {
        atOnce = true;
        for (int i = 1 + random.nextInt(2); i > 0; i--) {
            threads.begin(() -> {
                current.set(program);
                try {
                    new RandomChange(this, program).runAtOnce();
                } catch (RuntimeException | Error failed) {
                    awaitTurn();
                    // What a killed program throws on its way out says nothing.
                    if (violation == null && !program.isDead()) {
                        violation = new Violation("A thread of a program failed: " + failed, failed);
                    }
                }
            });
        }
    }

    /** A step in a database. */
    private void step(Step call, Moment moment) {
        if (current.get() != null) {
            awaitTurn();
        }
        step();
        SimulatedProgram program = current.get();
        if (program == null) {
            return;
        }
        if (call == Step.COMMIT && moment == Moment.BEFORE && !atOnce && depth == 0 && random.nextInt(3) == 0) {
            changeAtOnce(program);
            if (program.isDead()) {
                throw new Killed();
            }
        }
        if (call == Step.COMMIT && moment == Moment.AFTER && programs.size() > 1 && random.nextInt(30) == 0) {
            // Others may be faster than the recovery then.
            program.kill();
            throw new Killed();
        }
        if (!faulty) {
            return;
        }
        if (random.nextInt(300) == 0) {
            time.advance(Duration.ofSeconds(31));
            // Within these two the deadline is not set yet, or not any more.
            if (call != Step.PREPARE && call != Step.ROLLBACK && depth == 0) {
                requireNoneOpen();
            }
        }
        if (random.nextInt(call == Step.COMMIT ? 30 : 150) == 0) {
            Outcome outcome = moment == Moment.BEFORE && random.nextBoolean() ? Outcome.NOT_APPLIED : Outcome.UNKNOWN;
            throw new StoreException("?", call + " failed, because the test says so", outcome, null);
        }
    }

    /** No program keeps others waiting for longer than a transaction may be open. */
    private void requireNoneOpen() {
        databases.forEach((name, database) -> {
            if (database.isHeld()) {
                violation =
                        new Violation("A transaction of the layer " + name + " is open for longer than it may", null);
            }
        });
        if (violation != null) {
            throw violation;
        }
    }

    /** What may happen at a step of a program, before it is made or while its answer is on the way. */
    private void step() {
        SimulatedProgram program = current.get();
        // The disk is locked here, so a thread whose turn it is not goes on, and cuts nothing off.
        if (program == null || (!threads.tryStep() && !program.isDead())) {
            return;
        }
        if (violation != null) {
            throw violation;
        }
        if (program.isDead()) {
            throw new Killed();
        }
        if (random.nextInt(cuts) == 0) {
            // A recovery has threads of its own, and what the others were told while it lasts is not in the copies.
            threads.keep(this::crash);
        }
        if (depth < DEEPEST && random.nextInt(60) == 0) {
            List<SimulatedProgram> others = programs.stream()
                    .filter(other -> other != program && !other.isBusy())
                    .toList();
            if (!others.isEmpty()) {
                depth++;
                program.busy(true);
                try {
                    act(others.get(random.nextInt(others.size())));
                } finally {
                    program.busy(false);
                    depth--;
                }
            }
        }
        if (program.isDue()) {
            program.kill();
            throw new Killed();
        }
    }

    /** Looks at what is there when no other program is left, and knows it from then on. */
    private void observe(SimulatedProgram program) {
        if (faulty && !retried(program)) {
            return;
        }
        Map<String, Found> found = program.found();
        Set<String> missing = missing(program.pool());
        history.check(found, missing);
        history.settle(found, missing);
    }

    /** Has a program bring to their names the files that a failing disk has kept from there while it was opened, as it does by itself after a while. */
    private boolean retried(SimulatedProgram program) {
        files.failWrite(0, Failure.EIO);
        files.failSync(0, Failure.EIO);
        try {
            program.pool().recovery().retry();
            return true;
        } catch (KormException failed) {
            // Its journal has failed, and a database may.
            return false;
        }
    }

    static Set<String> missing(Pool pool) {
        Set<String> missing = new HashSet<>();
        for (QuarantinedChange change : pool.recovery().quarantined()) {
            for (QuarantinedChange.Missing each : change.missing()) {
                each.items().forEach(rn -> missing.add(SimulatedProgram.key(each.layer(), rn)));
            }
        }
        return missing;
    }

    /** Crashes copies of the world. */
    private void crash() {
        SimulatedProgram before = current.get();
        current.remove();
        try {
            for (int i = 0; i < 4; i++) {
                long seed = random.nextLong();
                try {
                    new CrashedPools(seed, files, databases, time, settings, shortcut, history).recover();
                } catch (RuntimeException | Error failed) {
                    violation = new Violation("After the crash of seed " + seed + ": " + failed, failed);
                    throw violation;
                }
                crashes++;
            }
        } finally {
            current.set(before);
        }
    }
}
