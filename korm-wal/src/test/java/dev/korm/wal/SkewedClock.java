package dev.korm.wal;

import dev.korm.spi.environment.Environment;
import dev.korm.spi.environment.ProcessIdentity;
import dev.korm.spi.environment.RevisionClock;
import dev.korm.spi.environment.Scheduler;
import java.nio.file.FileSystem;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.random.RandomGenerator;

/** The world as a program sees it whose wall clock is wrong. */
final class SkewedClock implements Environment {
    private final Environment world;
    private final Clock clock;
    private final RevisionClock revisions;

    /** @param ahead by how much its clock is fast */
    SkewedClock(Environment world, Duration ahead) {
        this.world = world;
        this.clock = Clock.offset(world.clock(), ahead);
        this.revisions = new RevisionClock(clock);
    }

    @Override
    public Clock clock() {
        return clock;
    }

    @Override
    public RevisionClock revisions() {
        return revisions;
    }

    @Override
    public long nanoTime() {
        return world.nanoTime();
    }

    @Override
    public RandomGenerator random() {
        return world.random();
    }

    @Override
    public void sleep(Duration duration) throws InterruptedException {
        world.sleep(duration);
    }

    @Override
    public ExecutorService executor(String name, int threads) {
        return world.executor(name, threads);
    }

    @Override
    public Scheduler scheduler(String name) {
        return world.scheduler(name);
    }

    @Override
    public ProcessIdentity process() {
        return world.process();
    }

    @Override
    public FileSystem fileSystem() {
        return world.fileSystem();
    }

    @Override
    public Optional<String> variable(String name) {
        return world.variable(name);
    }
}
