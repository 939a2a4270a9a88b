package dev.korm.benchmarks.task;

import dev.korm.Item;
import dev.korm.Korm;
import dev.korm.benchmarks.rival.Car;
import dev.korm.benchmarks.rival.HandWritten;
import dev.korm.benchmarks.rival.Rivals;
import dev.korm.benchmarks.rival.Row;
import dev.korm.benchmarks.rival.World;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.openjdk.jmh.annotations.Benchmark;

/** Creates one item, durably. */
@SuppressWarnings("NullAway.Init") // Prepared before anything is asked.
public class Create extends Rivals {
    private PreparedStatement insert;
    private int next;

    @Override
    protected void prepare(World world) throws SQLException {
        insert = world.connect().prepareStatement(HandWritten.INSERT);
    }

    @Override
    @Benchmark
    public Item<Car> korm() {
        return Korm.item(Car.class, world().pool())
                .fromData(World.NAMESPACE, World.KIND, Car.number(next++))
                .create();
    }

    @Override
    @Benchmark
    public Row jdbc() throws SQLException {
        Row row = HandWritten.bind(insert, Car.number(next++));
        insert.executeUpdate();
        return row;
    }
}
