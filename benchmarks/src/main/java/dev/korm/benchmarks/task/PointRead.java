package dev.korm.benchmarks.task;

import dev.korm.Item;
import dev.korm.Korm;
import dev.korm.Rn;
import dev.korm.benchmarks.rival.Car;
import dev.korm.benchmarks.rival.HandWritten;
import dev.korm.benchmarks.rival.Rivals;
import dev.korm.benchmarks.rival.Row;
import dev.korm.benchmarks.rival.World;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;

/** Reads one item by its name. */
@SuppressWarnings("NullAway.Init") // Prepared before anything is asked.
public class PointRead extends Rivals {
    private static final int STRIDE = 7919;

    private List<Rn<Car>> rns;
    private List<String> ids;
    private PreparedStatement byId;
    private int next;

    @Override
    protected void prepare(World world) throws SQLException {
        rns = world.cars();
        ids = rns.stream().map(rn -> rn.id().orElseThrow()).toList();
        byId = world.connect().prepareStatement(HandWritten.SELECT + " WHERE \"rnId\" = ?");
    }

    private int next() {
        next = (next + STRIDE) % rns.size();
        return next;
    }

    @Override
    @Benchmark
    public Item<Car> korm() {
        return Korm.item(Car.class, world().pool()).fromRn(rns.get(next())).get();
    }

    @Override
    @Benchmark
    public Row jdbc() throws SQLException {
        byId.setString(1, ids.get(next()));
        try (ResultSet row = byId.executeQuery()) {
            if (!row.next()) {
                throw new IllegalStateException("The row is gone");
            }
            return HandWritten.read(row);
        }
    }
}
