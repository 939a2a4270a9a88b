package dev.korm.benchmarks.task;

import dev.korm.FloatingItem;
import dev.korm.Korm;
import dev.korm.benchmarks.rival.Car;
import dev.korm.benchmarks.rival.World;
import java.util.ArrayList;
import java.util.List;

/** Creates a thousand items in one durable transaction, and their versions. */
public class CreateManyWithHistory extends WithHistory {
    private static final int ITEMS = 1000;

    @Override
    Object change(World world, int number) {
        List<FloatingItem<Car>> items = new ArrayList<>(ITEMS);
        for (int i = 0; i < ITEMS; i++) {
            items.add(Korm.item(Car.class, world.pool()).fromData(World.NAMESPACE, World.KIND, Car.number(number + i)));
        }
        return Korm.createAll(items);
    }
}
