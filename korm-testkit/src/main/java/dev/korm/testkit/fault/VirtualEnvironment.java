package dev.korm.testkit.fault;

import dev.korm.spi.environment.Environment;
import dev.korm.spi.environment.ProcessIdentity;
import dev.korm.spi.environment.RevisionClock;
import dev.korm.spi.environment.Scheduler;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A world that a test rules: chance comes from a seed, time passes only when someone sleeps or the test says so.
 *
 * <pre>{@code
 * VirtualEnvironment world = VirtualEnvironment.seeded(42);
 * world.advance(Duration.ofHours(1));
 * }</pre>
 *
 * <p>Executors run their work in the thread that submits it, so that a test with one thread is repeatable; {@link
 * #withThreads} gives real ones. Files are the machine's, unless
 * {@link #withFiles} gives others. Safe for many threads.
 */
public final class VirtualEnvironment implements Environment {
    /** Where time begins: a moment that is easy to read in a failure. */
    public static final Instant START = Instant.parse("2030-01-01T00:00:00Z");

    private final RandomGenerator random;
    private final AtomicLong wallOffset;
    private final AtomicLong nanos;
    private final Threads threads;
    private final Map<String, String> variables;
    private final Clock clock;
    private final RevisionClock revisions;
    private final VirtualTasks tasks;
    private final ProcessIdentity process;
    private final FileSystem files;

    private enum Threads {
        CALLER,
        REAL
    }

    private VirtualEnvironment(
            RandomGenerator random,
            AtomicLong wallOffset,
            AtomicLong nanos,
            Threads threads,
            Map<String, String> variables,
            FileSystem files,
            @Nullable VirtualEnvironment shared) {
        this.random = random;
        this.wallOffset = wallOffset;
        this.nanos = nanos;
        this.threads = threads;
        this.variables = variables;
        this.files = files;
        InstantSource source = () -> START.plusNanos(nanos.get()).plusNanos(wallOffset.get());
        this.clock = source.withZone(ZoneOffset.UTC);
        this.revisions = shared == null ? new RevisionClock(source) : shared.revisions;
        this.tasks = shared == null ? new VirtualTasks(nanos) : shared.tasks;
        this.process = shared == null ? new ProcessIdentity(Long.toHexString(random.nextLong()), 1) : shared.process;
    }

    /** Returns a world whose chances all follow from the seed. */
    public static VirtualEnvironment seeded(long seed) {
        return new VirtualEnvironment(
                new Random(seed),
                new AtomicLong(),
                new AtomicLong(),
                Threads.CALLER,
                new ConcurrentHashMap<>(),
                FileSystems.getDefault(),
                null);
    }

    /** Returns a world that shares its time and its chances with this one, in which executors have threads. */
    public VirtualEnvironment withThreads() {
        return new VirtualEnvironment(random, wallOffset, nanos, Threads.REAL, variables, files, this);
    }

    /** Returns the world, its time and its chances shared with this one, with other files, such as {@link CrashingFiles#process}. */
    public VirtualEnvironment withFiles(FileSystem other) {
        return new VirtualEnvironment(random, wallOffset, nanos, threads, variables, other, this);
    }

    /** Lets time pass, on the wall and for {@link #nanoTime} alike. */
    public void advance(Duration duration) {
        if (duration.isNegative()) {
            throw new IllegalArgumentException("Time does not run back; setTime turns the wall clock");
        }
        tasks.advance(duration);
    }

    /** Turns the wall clock, forward or back, as an administrator does; {@link #nanoTime} does not notice. */
    public void setTime(Instant now) {
        wallOffset.set(Duration.between(START.plusNanos(nanos.get()), now).toNanos());
    }

    @Override
    public Clock clock() {
        return clock;
    }

    @Override
    public long nanoTime() {
        return nanos.get();
    }

    @Override
    public RevisionClock revisions() {
        return revisions;
    }

    @Override
    public RandomGenerator random() {
        return random;
    }

    /** Advances the clock and returns at once. */
    @Override
    public void sleep(Duration duration) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        if (!duration.isNegative()) {
            advance(duration);
        }
    }

    @Override
    public ExecutorService executor(String name, int most) {
        return switch (threads) {
            case CALLER -> new CallerExecutor();
            case REAL -> Environment.system().executor(name, most);
        };
    }

    /** Runs what is due in the thread that lets time pass. */
    @Override
    public Scheduler scheduler(String name) {
        return tasks.scheduler();
    }

    @Override
    public ProcessIdentity process() {
        return process;
    }

    @Override
    public FileSystem fileSystem() {
        return files;
    }

    /** Returns the value that the test has set; nothing of the machine's environment. */
    @Override
    public Optional<String> variable(String name) {
        return Optional.ofNullable(variables.get(name));
    }

    /** Sets a variable of the process's environment. */
    public void setVariable(String name, String value) {
        variables.put(name, value);
    }

    /** Runs everything in the thread that submits it. */
    private static final class CallerExecutor extends AbstractExecutorService {
        private volatile boolean shutdown;

        @Override
        public void execute(Runnable work) {
            if (shutdown) {
                throw new RejectedExecutionException("The executor is shut down");
            }
            work.run();
        }

        @Override
        public void shutdown() {
            shutdown = true;
        }

        @Override
        public List<Runnable> shutdownNow() {
            shutdown = true;
            return List.of();
        }

        @Override
        public boolean isShutdown() {
            return shutdown;
        }

        @Override
        public boolean isTerminated() {
            return shutdown;
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) {
            return shutdown;
        }
    }
}
