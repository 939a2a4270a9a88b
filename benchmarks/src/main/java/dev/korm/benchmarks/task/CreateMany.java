package dev.korm.benchmarks.task;

import dev.korm.FloatingItem;
import dev.korm.Item;
import dev.korm.Korm;
import dev.korm.benchmarks.rival.Car;
import dev.korm.benchmarks.rival.HandWritten;
import dev.korm.benchmarks.rival.Rivals;
import dev.korm.benchmarks.rival.Row;
import dev.korm.benchmarks.rival.World;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;

/** Creates a thousand items in one durable transaction. */
@SuppressWarnings("NullAway.Init") // Prepared before anything is asked.
public class CreateMany extends Rivals {
    private static final int ITEMS = 1000;

    private Connection connection;
    private PreparedStatement insert;
    private int next;

    @Override
    protected void prepare(World world) throws SQLException {
        connection = world.connect();
        connection.setAutoCommit(false);
        insert = connection.prepareStatement(HandWritten.INSERT);
    }

    @Override
    @Benchmark
    public List<Item<Car>> korm() {
        List<FloatingItem<Car>> items = new ArrayList<>(ITEMS);
        for (int i = 0; i < ITEMS; i++) {
            items.add(Korm.item(Car.class, world().pool()).fromData(World.NAMESPACE, World.KIND, Car.number(next++)));
        }
        return Korm.createAll(items);
    }

    @Override
    @Benchmark
    public List<Row> jdbc() throws SQLException {
        List<Row> rows = new ArrayList<>(ITEMS);
        for (int i = 0; i < ITEMS; i++) {
            rows.add(HandWritten.bind(insert, Car.number(next++)));
            insert.addBatch();
        }
        insert.executeBatch();
        connection.commit();
        return rows;
    }
}
