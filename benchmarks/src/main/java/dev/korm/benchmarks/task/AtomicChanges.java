package dev.korm.benchmarks.task;

import dev.korm.FloatingItem;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.benchmarks.rival.Car;
import dev.korm.benchmarks.rival.HandWritten;
import dev.korm.benchmarks.rival.Store;
import dev.korm.benchmarks.rival.World;
import dev.korm.jdbc.Sqlite;
import dev.korm.wal.Wal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

/**
 * Creates a car in an SQLite file and in another store, as one change with a journal. The rival inserts them by two durable commits that know nothing of each
 * other, and many threads' changes stand beside as many threads' creates in the file.
 */
public final class AtomicChanges implements AutoCloseable {
    private final Path folder;
    private final Store other;
    private final String otherName = Store.newName();
    private final Pool pool;
    private final List<Connection> connections = new ArrayList<>();
    private final List<PreparedStatement> inserts = new ArrayList<>();
    private final AtomicInteger next = new AtomicInteger();

    private interface Task {
        void run() throws SQLException;
    }

    public AtomicChanges(Store other) throws IOException, SQLException {
        this.other = other;
        folder = Files.createTempDirectory("korm-benchmark");
        pool = Korm.pool()
                .layer("left", Sqlite.file(folder.resolve("left.sqlite")))
                .layer("right", other.layer(folder, otherName))
                .withWal(Wal.at(folder.resolve("journal")))
                .open();
        change();
        connections.add(World.connect(folder.resolve("left.sqlite")));
        connections.add(other.connect(folder, otherName));
        for (Connection connection : connections) {
            inserts.add(connection.prepareStatement(HandWritten.INSERT));
        }
    }

    private FloatingItem<Car> car(String layer) {
        return Korm.item(Car.class, pool)
                .fromData(layer, World.NAMESPACE, World.KIND, Car.number(next.getAndIncrement()));
    }

    /** Makes one change of both stores. */
    void change() {
        Korm.tx(car("left"), car("right")).persist();
    }

    /** Makes one change of the file. */
    void create() {
        car("left").create();
    }

    /** Makes two changes by hand. */
    void byHand() throws SQLException {
        for (PreparedStatement insert : inserts) {
            HandWritten.bind(insert, Car.number(next.getAndIncrement()));
            insert.executeUpdate();
        }
    }

    /** Measures nanoseconds for a change by one thread. */
    public double alone(Duration time) throws SQLException {
        return nanos(time, this::change);
    }

    /** Measures nanoseconds for two commits by hand. */
    public double aloneByHand(Duration time) throws SQLException {
        return nanos(time, this::byHand);
    }

    private static double nanos(Duration time, Task task) throws SQLException {
        long begin = System.nanoTime();
        int count = 0;
        do {
            task.run();
            count++;
        } while (System.nanoTime() - begin < time.toNanos());
        return (double) (System.nanoTime() - begin) / count;
    }

    /** Measures changes a second by many threads. */
    public double together(int threads, Duration time) throws InterruptedException, ExecutionException {
        return rate(threads, time, this::change);
    }

    /** Measures creates in one file a second by many threads. */
    public double createsTogether(int threads, Duration time) throws InterruptedException, ExecutionException {
        return rate(threads, time, this::create);
    }

    private static double rate(int threads, Duration time, Task task) throws InterruptedException, ExecutionException {
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            CountDownLatch ready = new CountDownLatch(threads);
            List<Future<Integer>> done = new ArrayList<>();
            long begin = System.nanoTime();
            for (int i = 0; i < threads; i++) {
                done.add(executor.submit(() -> {
                    ready.countDown();
                    ready.await();
                    int count = 0;
                    do {
                        task.run();
                        count++;
                    } while (System.nanoTime() - begin < time.toNanos());
                    return count;
                }));
            }
            long all = 0;
            for (Future<Integer> each : done) {
                all += each.get();
            }
            return all * 1e9 / (System.nanoTime() - begin);
        } finally {
            executor.shutdownNow();
        }
    }

    @Override
    public void close() throws SQLException, IOException {
        for (Connection connection : connections) {
            connection.close();
        }
        pool.close();
        other.drop(otherName);
        World.delete(folder);
    }
}
