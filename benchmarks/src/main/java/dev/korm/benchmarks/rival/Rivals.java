package dev.korm.benchmarks.rival;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One task, done by korm and by hand on the same database. JMH runs either; {@code Alternation} alternates them and prints the ratio.
 * For one thread.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@SuppressWarnings("NullAway.Init") // Opened before anything is asked.
public abstract class Rivals {
    /** How many cars there are. */
    @Param("100000")
    public int size = 100_000;

    /** Where the cars are. */
    @Param("SQLITE")
    public Store store = Store.SQLITE;

    private World world;

    /** Fills a file and prepares both. */
    @Setup
    public void open() throws Exception {
        world = new World(size, store);
        prepare(world);
    }

    @TearDown
    public void close() throws Exception {
        world.close();
    }

    protected final World world() {
        return world;
    }

    /** Makes ready what is kept from one call to the next. */
    protected abstract void prepare(World prepared) throws Exception;

    /** Does the task by korm. */
    public abstract Object korm() throws Exception;

    /** Does the same by hand. */
    public abstract Object jdbc() throws Exception;
}
