package dev.korm.benchmarks.task;

import static dev.korm.Filter.eq;

import dev.korm.Item;
import dev.korm.Korm;
import dev.korm.benchmarks.rival.Car;
import dev.korm.benchmarks.rival.HandWritten;
import dev.korm.benchmarks.rival.Rivals;
import dev.korm.benchmarks.rival.World;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;

/** Changes a field of an item that was read before, unless somebody else has changed it since, durably. */
@SuppressWarnings("NullAway.Init") // Prepared before anything is asked.
public class Update extends Rivals {
    private List<Item<Car>> items;
    private List<String> ids;
    private long[] revisions;
    private PreparedStatement update;
    private int next;

    @Override
    protected void prepare(World world) throws SQLException {
        // Each side has rows of its own, so that neither overtakes the other.
        items = new ArrayList<>(read(world, 0));
        List<Item<Car>> others = read(world, 1);
        revisions = new long[others.size()];
        ids = new ArrayList<>();
        for (Item<Car> other : others) {
            revisions[ids.size()] = other.revision();
            ids.add(other.rn().id().orElseThrow());
        }
        update = world.connect().prepareStatement(HandWritten.UPDATE);
    }

    private static List<Item<Car>> read(World world, int bucket) {
        return Korm.item(Car.class, world.pool())
                .fromQuery(World.NAMESPACE, World.KIND)
                .where(eq(Car::bucket, bucket))
                .get();
    }

    @Override
    @Benchmark
    public Item<Car> korm() {
        int at = next++ % items.size();
        Item<Car> changed = items.get(at).set(Car::price, next + 0.5).commit();
        items.set(at, changed);
        return changed;
    }

    @Override
    @Benchmark
    public Long jdbc() throws SQLException {
        int at = next++ % ids.size();
        if (HandWritten.update(update, ids.get(at), revisions[at], next + 0.5) != 1) {
            throw new IllegalStateException("The row was changed");
        }
        return ++revisions[at];
    }
}
