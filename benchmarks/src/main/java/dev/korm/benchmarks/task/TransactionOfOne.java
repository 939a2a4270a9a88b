package dev.korm.benchmarks.task;

import dev.korm.FloatingItem;
import dev.korm.Item;
import dev.korm.Korm;
import dev.korm.benchmarks.rival.Car;
import dev.korm.benchmarks.rival.Rivals;
import dev.korm.benchmarks.rival.World;
import org.openjdk.jmh.annotations.Benchmark;

/** Creates an item durably in a transaction of a program's work; the rival is korm's own change of one item. */
public class TransactionOfOne extends Rivals {
    private int next;

    @Override
    protected void prepare(World world) {}

    private FloatingItem<Car> car() {
        return Korm.item(Car.class, world().pool()).fromData(World.NAMESPACE, World.KIND, Car.number(next++));
    }

    @Override
    @Benchmark
    public Item<Car> korm() {
        return world().pool().transaction(tx -> tx.create(car()));
    }

    @Override
    @Benchmark
    public Item<Car> jdbc() {
        return car().create();
    }
}
