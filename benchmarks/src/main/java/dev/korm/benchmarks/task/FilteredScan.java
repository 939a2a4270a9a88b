package dev.korm.benchmarks.task;

import static dev.korm.Filter.eq;

import dev.korm.Item;
import dev.korm.Korm;
import dev.korm.benchmarks.rival.Car;
import dev.korm.benchmarks.rival.HandWritten;
import dev.korm.benchmarks.rival.Rivals;
import dev.korm.benchmarks.rival.Row;
import dev.korm.benchmarks.rival.World;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;

/** Looks at every item, and reads one in a hundred. */
@SuppressWarnings("NullAway.Init") // Prepared before anything is asked.
public class FilteredScan extends Rivals {
    private PreparedStatement byBucket;
    private int next;

    @Override
    protected void prepare(World world) throws SQLException {
        byBucket = world.connect().prepareStatement(HandWritten.SELECT + " WHERE \"bucket\" = ?");
    }

    private int next() {
        next = (next + 1) % 100;
        return next;
    }

    @Override
    @Benchmark
    public List<Item<Car>> korm() {
        return Korm.item(Car.class, world().pool())
                .fromQuery(World.NAMESPACE, World.KIND)
                .where(eq(Car::bucket, next()))
                .get();
    }

    @Override
    @Benchmark
    public List<Row> jdbc() throws SQLException {
        byBucket.setInt(1, next());
        List<Row> found = new ArrayList<>();
        try (ResultSet row = byBucket.executeQuery()) {
            while (row.next()) {
                found.add(HandWritten.read(row));
            }
        }
        return found;
    }
}
