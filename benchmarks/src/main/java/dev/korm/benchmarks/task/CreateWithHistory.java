package dev.korm.benchmarks.task;

import dev.korm.Korm;
import dev.korm.benchmarks.rival.Car;
import dev.korm.benchmarks.rival.World;

/** Creates one item, durably, and its version. */
public class CreateWithHistory extends WithHistory {
    @Override
    Object change(World world, int number) {
        return Korm.item(Car.class, world.pool())
                .fromData(World.NAMESPACE, World.KIND, Car.number(number))
                .create();
    }
}
