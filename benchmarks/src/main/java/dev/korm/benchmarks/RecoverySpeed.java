package dev.korm.benchmarks;

import dev.korm.FloatingItem;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.PoolBuilder;
import dev.korm.benchmarks.rival.Car;
import dev.korm.benchmarks.rival.World;
import dev.korm.jdbc.Sqlite;
import dev.korm.recovery.RecoveryReport;
import dev.korm.spi.journal.Journal;
import dev.korm.spi.journal.JournalContext;
import dev.korm.spi.journal.JournalEntry;
import dev.korm.spi.journal.JournalSource;
import dev.korm.spi.journal.UnfinishedEntries;
import dev.korm.wal.Wal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Opens a pool of two SQLite files whose journal has many unfinished changes, each of an item in both: all of them undecided, as programs leave them that are killed behind the sync of the
 * journal, or all of them decided, as those do that are killed behind the first commit.
 */
final class RecoverySpeed implements AutoCloseable {
    private static final int THREADS = 64;
    private static final String FOLLOWER = "left";
    private static final String COORDINATOR = "right";

    private final Path folder = Files.createTempDirectory("korm-benchmark");

    private static final class CutOffException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** A journal that keeps each change and says that it failed, so that its layers roll back. */
    private record CutOff(Journal journal, Set<String> left) implements Journal {
        @Override
        public String run() {
            return journal.run();
        }

        @Override
        public void append(List<JournalEntry> entries) {
            journal.append(entries);
            entries.forEach(entry -> left.add(entry.change()));
            throw new CutOffException();
        }

        @Override
        public UnfinishedEntries unfinished() {
            return journal.unfinished();
        }

        @Override
        public void close() {
            journal.close();
        }
    }

    private record CutOffSource(JournalSource source, Set<String> left) implements JournalSource {
        @Override
        public String description() {
            return source.description();
        }

        @Override
        public Journal open(JournalContext context) {
            return new CutOff(source.open(context), left);
        }
    }

    RecoverySpeed() throws IOException {
        // Programs that were killed have made their tables before.
        try (Pool pool = pool(wal())) {
            Korm.tx(car(pool, FOLLOWER, 0), car(pool, COORDINATOR, 0)).persist();
        }
    }

    private JournalSource wal() {
        return Wal.at(folder.resolve("journal"));
    }

    private Pool pool(JournalSource journal) {
        PoolBuilder pool = Korm.pool();
        for (String layer : List.of(FOLLOWER, COORDINATOR)) {
            pool.layer(layer, Sqlite.file(folder.resolve(layer + ".sqlite")));
        }
        return pool.withWal(journal).open();
    }

    private static FloatingItem<Car> car(Pool pool, String layer, int number) {
        return Korm.item(Car.class, pool).fromData(layer, World.NAMESPACE, World.KIND, Car.number(number));
    }

    /** Leaves so many changes unfinished. */
    void leave(int changes, boolean areDecided) throws InterruptedException, ExecutionException, SQLException {
        Set<String> left = ConcurrentHashMap.newKeySet();
        AtomicInteger next = new AtomicInteger();
        ExecutorService executor = Executors.newFixedThreadPool(THREADS);
        try (Pool pool = pool(new CutOffSource(wal(), left))) {
            CountDownLatch ready = new CountDownLatch(THREADS);
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                all.add(executor.submit(() -> {
                    ready.countDown();
                    ready.await();
                    for (int n = next.getAndIncrement(); n < changes; n = next.getAndIncrement()) {
                        try {
                            Korm.tx(car(pool, FOLLOWER, n), car(pool, COORDINATOR, n))
                                    .persist();
                        } catch (CutOffException cutOff) {
                            continue;
                        }
                        throw new IllegalStateException("The change is there");
                    }
                    return left;
                }));
            }
            for (Future<?> each : all) {
                each.get();
            }
        } finally {
            executor.shutdownNow();
        }
        if (left.size() != changes) {
            throw new IllegalStateException("There are " + left.size());
        }
        if (areDecided) {
            decide(left);
        }
    }

    /** Has the coordinator's layer say of each that it is decided. */
    private void decide(Set<String> changes) throws SQLException {
        try (Connection connection = World.connect(folder.resolve(COORDINATOR + ".sqlite"));
                PreparedStatement insert = connection.prepareStatement(
                        "INSERT INTO \"__korm_tx__\" (\"id\", \"pool\", \"time\", \"state\", \"layers\") VALUES (?, '', 0, 'applied', ?)")) {
            connection.setAutoCommit(false);
            for (String change : changes) {
                insert.setString(1, change);
                insert.setString(2, COORDINATOR + "," + FOLLOWER);
                insert.addBatch();
            }
            insert.executeBatch();
            connection.commit();
        }
    }

    /** Measures milliseconds to open the pool. */
    double open(int found) {
        long begin = System.nanoTime();
        try (Pool pool = pool(wal())) {
            double millis = (System.nanoTime() - begin) / 1e6;
            RecoveryReport report = pool.recovery().atOpening();
            if (report.found() != found || report.finished() + report.dropped() != found) {
                throw new IllegalStateException("It found " + report);
            }
            return millis;
        }
    }

    @Override
    public void close() throws IOException {
        World.delete(folder);
    }
}
