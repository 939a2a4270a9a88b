package dev.korm.spi.environment;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;

/** The machine's own time, chance, threads and files. */
final class SystemEnvironment implements Environment {
    static final SystemEnvironment INSTANCE = new SystemEnvironment();

    private final SecureRandom random = new SecureRandom();
    private final RevisionClock revisions = new RevisionClock(Clock.systemUTC());

    private final ProcessIdentity process = new ProcessIdentity(
            UUID.randomUUID().toString(), ProcessHandle.current().pid());

    private SystemEnvironment() {}

    @Override
    public Clock clock() {
        return Clock.systemUTC();
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public RevisionClock revisions() {
        return revisions;
    }

    @Override
    public RandomGenerator random() {
        return random;
    }

    @Override
    public void sleep(Duration duration) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(requireNonNull(duration, "duration").toNanos());
    }

    @Override
    public ExecutorService executor(String name, int threads) {
        requireNonNull(name, "name");
        AtomicInteger count = new AtomicInteger();
        ThreadPoolExecutor executor =
                new ThreadPoolExecutor(threads, threads, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), work -> {
                    Thread thread = new Thread(work, name + "-" + count.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        executor.allowCoreThreadTimeOut(true);
        return executor;
    }

    @Override
    public Scheduler scheduler(String name) {
        return new SystemScheduler(requireNonNull(name, "name"));
    }

    @Override
    public ProcessIdentity process() {
        return process;
    }

    @Override
    public FileSystem fileSystem() {
        return FileSystems.getDefault();
    }
}
