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

/** Reads the ten items that an index finds. */
@SuppressWarnings("NullAway.Init") // Prepared before anything is asked.
public class IndexedQuery extends Rivals {
    private static final int STRIDE = 7919;

    private PreparedStatement byLot;
    private long next;

    @Override
    protected void prepare(World world) throws SQLException {
        byLot = world.connect().prepareStatement(HandWritten.SELECT + " WHERE \"lot\" = ?");
    }

    private long next() {
        next = (next + STRIDE) % (size / 10);
        return next;
    }

    @Override
    @Benchmark
    public List<Item<Car>> korm() {
        return Korm.item(Car.class, world().pool())
                .fromQuery(World.NAMESPACE, World.KIND)
                .where(eq(Car::lot, next()))
                .get();
    }

    @Override
    @Benchmark
    public List<Row> jdbc() throws SQLException {
        byLot.setLong(1, next());
        List<Row> found = new ArrayList<>();
        try (ResultSet row = byLot.executeQuery()) {
            while (row.next()) {
                found.add(HandWritten.read(row));
            }
        }
        return found;
    }
}
