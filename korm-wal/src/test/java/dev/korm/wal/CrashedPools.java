package dev.korm.wal;

import dev.korm.Pool;
import dev.korm.file.SweepReport;
import dev.korm.recovery.RecoveryReport;
import dev.korm.testkit.fault.CrashingClient.Killed;
import dev.korm.testkit.fault.CrashingFiles;
import dev.korm.testkit.fault.CrashingLayer;
import dev.korm.testkit.fault.VirtualEnvironment;
import dev.korm.wal.PoolHistory.Violation;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A copy of a world in which the power was cut, or all programs were killed; and the programs that recover it, which may be cut off too. */
final class CrashedPools {
    private final Random random;
    private final Wal.Settings settings;
    private final @Nullable EngineShortcut shortcut;
    private final PoolHistory history;
    private final VirtualEnvironment time;
    private CrashingFiles files;
    private Map<String, CrashingLayer> databases;
    private int stop;
    private @Nullable SimulatedProgram current;

    CrashedPools(
            long seed,
            CrashingFiles files,
            Map<String, CrashingLayer> databases,
            VirtualEnvironment time,
            Wal.Settings settings,
            @Nullable EngineShortcut shortcut,
            PoolHistory history) {
        this.random = new Random(seed);
        this.settings = settings;
        this.shortcut = shortcut;
        this.history = history;
        this.time = VirtualEnvironment.seeded(random.nextLong());
        this.time.setTime(time.clock().instant().plus(Duration.ofDays(1)));
        this.files = files;
        this.databases = databases;
    }

    private void crash() {
        boolean power = random.nextInt(4) > 0;
        CrashingFiles copy = files.copy(random.nextLong());
        if (power) {
            copy.crash(random.nextLong());
        }
        copy.beforeStep(this::step);
        Map<String, CrashingLayer> crashed = new LinkedHashMap<>();
        databases.forEach((name, database) ->
                crashed.put(name, power ? database.crashed(random.nextLong()) : database.abandoned(random.nextLong())));
        files = copy;
        databases = crashed;
    }

    private void step() {
        if (current != null && stop > 0 && --stop == 0) {
            current.kill();
            throw new Killed();
        }
    }

    private SimulatedProgram program() {
        return new SimulatedProgram(
                files, databases, time, PoolWorld.skew(random), settings, shortcut, (call, moment) -> step());
    }

    /** Recovers, perhaps after recoveries that were cut off, and looks. */
    void recover() {
        crash();
        for (int i = 0; i < 3 && random.nextInt(3) == 0; i++) {
            cutOff();
            crash();
        }
        stop = 0;
        SimulatedProgram program = program();
        program.open();
        check(program);
        if (random.nextInt(8) == 0) {
            again(program);
        } else {
            program.kill();
            program.bury();
        }
    }

    private void cutOff() {
        SimulatedProgram program = program();
        current = program;
        stop = 1 + random.nextInt(random.nextBoolean() ? 15 : 80);
        try {
            program.open();
            if (random.nextBoolean()) {
                program.close();
            }
        } catch (RuntimeException | Error failed) {
            if (!program.isDead()) {
                throw new Violation("A recovery failed", failed);
            }
        } finally {
            program.kill();
            program.bury();
            current = null;
        }
    }

    private void check(SimulatedProgram program) {
        Pool pool = program.pool();
        RecoveryReport report = pool.recovery().atOpening();
        if (report.unreachable() > 0) {
            throw new Violation("It says that a layer does not answer: " + report, null);
        }
        history.check(program.found(), PoolWorld.missing(pool));
    }

    /** Sees that nothing is left after an orderly end, and that the rest is swept. */
    private void again(SimulatedProgram before) {
        Set<String> quarantined = PoolWorld.missing(before.pool());
        before.close();
        SimulatedProgram program = program();
        program.open();
        Pool pool = program.pool();
        RecoveryReport report = pool.recovery().atOpening();
        if (quarantined.isEmpty() && report.found() > 0) {
            throw new Violation("It finds what was recovered already: " + report, null);
        }
        if (!PoolWorld.missing(pool).equals(quarantined)) {
            throw new Violation(
                    "Quarantined were " + quarantined + " and are " + PoolWorld.missing(pool) + " after a new opening",
                    null);
        }
        SweepReport swept = pool.sweep().grace(Duration.ofMillis(1)).run();
        if (swept.missing() + swept.unfinished() + swept.setAside() > 0) {
            throw new Violation("The sweep finds what should be at its name: " + swept, null);
        }
        history.check(program.found(), PoolWorld.missing(pool));
        program.close();
    }
}
