package dev.korm.benchmarks.task;

import dev.korm.Korm;
import dev.korm.benchmarks.rival.Car;
import dev.korm.benchmarks.rival.HandWritten;
import dev.korm.benchmarks.rival.Store;
import dev.korm.benchmarks.rival.World;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Many threads create items one by one, each durably. The rivals commit each insert by itself, over a connection for each
 * thread, and over one that the threads share. What the store can do at all is what one thread inserts in transactions of a thousand.
 */
public final class CreateTogether implements AutoCloseable {
    private final World world;
    private final List<PreparedStatement> own = new ArrayList<>();
    private static final int BATCH = 1_000;

    private final PreparedStatement shared;
    private final Connection batching;
    private final PreparedStatement batched;
    private final Lock sharing = new ReentrantLock();
    private final AtomicInteger next = new AtomicInteger();
    private final ExecutorService threads;
    private final int count;

    /** Creates items until it is told to stop. */
    private interface Task {
        void create(int thread) throws SQLException;
    }

    public CreateTogether(Store store, int size, int count) throws SQLException {
        this.world = new World(size, store);
        this.count = count;
        this.threads = Executors.newFixedThreadPool(count);
        for (int i = 0; i < count; i++) {
            own.add(world.connect().prepareStatement(HandWritten.INSERT));
        }
        Connection one = world.connect();
        this.shared = one.prepareStatement(HandWritten.INSERT);
        this.batching = world.connect();
        batching.setAutoCommit(false);
        this.batched = batching.prepareStatement(HandWritten.INSERT);
    }

    /** Measures items a second by korm. */
    public double korm(Duration time) throws InterruptedException, ExecutionException {
        return rate(time, thread -> Korm.item(Car.class, world.pool())
                .fromData(World.NAMESPACE, World.KIND, Car.number(next.getAndIncrement()))
                .create());
    }

    /** Measures items a second with a connection for each thread. */
    public double ownConnections(Duration time) throws InterruptedException, ExecutionException {
        return rate(time, thread -> {
            PreparedStatement insert = own.get(thread);
            HandWritten.bind(insert, Car.number(next.getAndIncrement()));
            insert.executeUpdate();
        });
    }

    /** Measures items a second with one connection for all. */
    public double sharedConnection(Duration time) throws InterruptedException, ExecutionException {
        return rate(time, thread -> {
            sharing.lock();
            try {
                HandWritten.bind(shared, Car.number(next.getAndIncrement()));
                shared.executeUpdate();
            } finally {
                sharing.unlock();
            }
        });
    }

    /** Measures items a second of one thread that commits a thousand at a time. */
    public double batches(Duration time) throws SQLException {
        long begin = System.nanoTime();
        long items = 0;
        do {
            for (int i = 0; i < BATCH; i++) {
                HandWritten.bind(batched, Car.number(next.getAndIncrement()));
                batched.addBatch();
            }
            batched.executeBatch();
            batching.commit();
            items += BATCH;
        } while (System.nanoTime() - begin < time.toNanos());
        return items * 1e9 / (System.nanoTime() - begin);
    }

    private double rate(Duration time, Task task) throws InterruptedException, ExecutionException {
        CountDownLatch ready = new CountDownLatch(count);
        List<Future<Integer>> done = new ArrayList<>();
        long begin = System.nanoTime();
        for (int i = 0; i < count; i++) {
            int thread = i;
            done.add(threads.submit(() -> {
                ready.countDown();
                ready.await();
                int created = 0;
                do {
                    task.create(thread);
                    created++;
                } while (System.nanoTime() - begin < time.toNanos());
                return created;
            }));
        }
        long items = 0;
        for (Future<Integer> each : done) {
            items += each.get();
        }
        return items * 1e9 / (System.nanoTime() - begin);
    }

    @Override
    public void close() throws SQLException, IOException {
        threads.shutdown();
        world.close();
    }
}
