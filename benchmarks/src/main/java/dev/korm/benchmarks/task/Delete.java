package dev.korm.benchmarks.task;

import dev.korm.DeletedItem;
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

/** Deletes an item that was read before, unless somebody else has changed it since, durably. Ends when all are deleted. */
@SuppressWarnings("NullAway.Init") // Prepared before anything is asked.
public class Delete extends Rivals {
    private List<Item<Car>> items;
    private PreparedStatement delete;
    private int next;

    @Override
    protected void prepare(World world) throws SQLException {
        items = new ArrayList<>(Korm.item(Car.class, world.pool())
                .fromQuery(World.NAMESPACE, World.KIND)
                .get());
        delete = world.connect().prepareStatement(HandWritten.DELETE);
    }

    @Override
    @Benchmark
    public DeletedItem<Car> korm() {
        return items.get(next++).delete();
    }

    @Override
    @Benchmark
    public String jdbc() throws SQLException {
        Item<Car> item = items.get(next++);
        String id = item.rn().id().orElseThrow();
        if (HandWritten.delete(delete, id, item.revision()) != 1) {
            throw new IllegalStateException("The row was changed");
        }
        return id;
    }
}
