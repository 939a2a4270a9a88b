package dev.korm.benchmarks.task;

import dev.korm.benchmarks.rival.Rivals;
import dev.korm.benchmarks.rival.World;
import org.openjdk.jmh.annotations.Benchmark;

/** One task in a pool that keeps history; the rival is korm's own pool without, over a database of its own. */
@SuppressWarnings("NullAway.Init") // Opened before anything is asked.
public abstract class WithHistory extends Rivals {
    private World recorded;
    private int next;

    @Override
    protected void prepare(World without) {
        recorded = World.withHistory(size, store);
    }

    @Override
    public void close() throws Exception {
        try {
            recorded.close();
        } finally {
            super.close();
        }
    }

    /** @param number another one in each call */
    abstract Object change(World world, int number);

    @Override
    @Benchmark
    public Object korm() {
        return change(recorded, next++);
    }

    @Override
    @Benchmark
    public Object jdbc() {
        return change(world(), next++);
    }
}
