package dev.korm.benchmarks.task;

import dev.korm.Item;
import dev.korm.Korm;
import dev.korm.benchmarks.rival.Car;
import dev.korm.benchmarks.rival.World;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Changes a field of an item that was read before, durably, and keeps what it was. */
public class UpdateWithHistory extends WithHistory {
    private final Map<World, List<Item<Car>>> items = new HashMap<>();

    @Override
    Object change(World world, int number) {
        List<Item<Car>> cars = items.computeIfAbsent(world, UpdateWithHistory::read);
        int at = number % cars.size();
        Item<Car> changed = cars.get(at).set(Car::price, number + 0.5).commit();
        cars.set(at, changed);
        return changed;
    }

    private static List<Item<Car>> read(World world) {
        return new ArrayList<>(Korm.item(Car.class, world.pool())
                .fromQuery(World.NAMESPACE, World.KIND)
                .limit(1000)
                .get());
    }
}
