package dev.korm.spi.environment;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import java.nio.file.FileSystem;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.random.RandomGenerator;

/**
 * The world outside: time, chance, threads, files and variables. The engine and the layers ask nothing else for them, so a test can
 * run a whole pool under one seed and a clock of its own. What an implementation leaves out is the machine's. Safe for many threads.
 */
public interface Environment {
    /** Returns the wall clock. */
    Clock clock();

    /** Monotonic nanoseconds from an arbitrary start. */
    long nanoTime();

    /** Says with which revisions items begin: always the same object. */
    default RevisionClock revisions() {
        return system().revisions();
    }

    /** Randomness; the system's is cryptographically strong. */
    RandomGenerator random();

    /** Waits. */
    void sleep(Duration duration) throws InterruptedException;

    /**
     * Returns a new executor for blocking work. Its threads do not keep the program from ending; the caller shuts it
     * down.
     *
     * @param name what its threads are called
     * @param threads how many at the most
     */
    ExecutorService executor(String name, int threads);

    /**
     * Returns a new scheduler; the caller closes it.
     *
     * @param name what its thread is called
     */
    default Scheduler scheduler(String name) {
        return system().scheduler(name);
    }

    /** Returns the identity of the running process: always the same. */
    default ProcessIdentity process() {
        return system().process();
    }

    /**
     * Returns the file system. A test may give a file system that loses what was not synced, so files are opened
     * through their {@code Path} alone, and whatever has to last is synced: the file by {@code FileChannel.force}, a
     * new name by its folder.
     */
    FileSystem fileSystem();

    /** Returns a variable of the process's environment; empty when it is not set. */
    default Optional<String> variable(String name) {
        return Optional.ofNullable(System.getenv(requireNonNull(name, "name")));
    }

    /** Returns the machine's. */
    static Environment system() {
        return SystemEnvironment.INSTANCE;
    }
}
