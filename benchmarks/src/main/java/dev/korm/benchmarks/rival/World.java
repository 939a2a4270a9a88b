package dev.korm.benchmarks.rival;

import dev.korm.FloatingItem;
import dev.korm.Item;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.PoolBuilder;
import dev.korm.Rn;
import dev.korm.key.KeyRing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.sqlite.SQLiteConfig;

/**
 * A database that korm and its rival share: the rival reads and writes the very table that korm made, over a connection
 * of its own, set up to be as durable as korm's.
 */
public final class World implements AutoCloseable {
    public static final String NAMESPACE = "cars";
    public static final String KIND = "suv";
    /** What secrets are sealed with. */
    public static final byte[] KEY = "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    static final String TABLE = "\"__items__cars__suv\"";

    private static final int TOGETHER = 10_000;
    private static final Duration BUSY = Duration.ofSeconds(60);

    private final String name = Store.newName();
    private final Store store;
    private final Path folder;
    private final List<Connection> connections = new ArrayList<>();
    private final List<Rn<Car>> cars = new ArrayList<>();
    private final Pool pool;

    /** @param size how many cars there are */
    public World(int size) {
        this(size, Store.SQLITE);
    }

    public World(int size, Store store) {
        this(size, store, false);
    }

    /** Makes a database of its own whose pool keeps the versions of cars. */
    public static World withHistory(int size, Store store) {
        return new World(size, store, true);
    }

    private World(int size, Store store, boolean history) {
        this.store = store;
        try {
            folder = Files.createTempDirectory("korm-benchmark");
            PoolBuilder builder =
                    Korm.pool().layer("main", store.layer(folder, name)).keys(KeyRing.of("k1", Map.of("k1", KEY)));
            pool = (history ? builder.withHistory() : builder).open();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (SQLException e) {
            throw new IllegalStateException("The place for the cars could not be made", e);
        }
        for (int from = 0; from < size; from += TOGETHER) {
            List<FloatingItem<Car>> items = new ArrayList<>();
            for (int number = from; number < Math.min(size, from + TOGETHER); number++) {
                items.add(Korm.item(Car.class, pool).fromData(NAMESPACE, KIND, Car.number(number)));
            }
            for (Item<Car> item : Korm.createAll(items)) {
                cars.add(item.rn());
            }
        }
    }

    public Path file() {
        return folder.resolve(name + ".sqlite");
    }

    public Pool pool() {
        return pool;
    }

    /** Returns the names of the cars that were there from the beginning, in the order of their numbers. */
    public List<Rn<Car>> cars() {
        return cars;
    }

    /** Returns a connection for the rival; closed with the world. */
    public Connection connect() throws SQLException {
        Connection connection = store.connect(folder, name);
        connections.add(connection);
        return connection;
    }

    /**
     * Connects as korm does: a log written ahead, every commit synced, and no query for generated keys behind each
     * insert.
     */
    public static Connection connect(Path file) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        config.setGetGeneratedKeys(false);
        config.setBusyTimeout((int) BUSY.toMillis());
        return config.createConnection("jdbc:sqlite:" + file);
    }

    @Override
    public void close() throws SQLException, IOException {
        pool.close();
        for (Connection connection : connections) {
            connection.close();
        }
        store.drop(name);
        delete(folder);
    }

    /** Deletes a folder with all that is in it. */
    public static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
