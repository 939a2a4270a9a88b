package dev.korm.benchmarks;

import com.sun.management.ThreadMXBean;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.benchmarks.rival.Car;
import dev.korm.benchmarks.rival.Store;
import dev.korm.benchmarks.rival.World;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Times writes of a collection that nobody follows in a store whose changes nobody reads, of one beside a collection that is followed, and of one that is followed itself: by turns in one program, over three places of
 * one kind of store. Arguments: rounds, calls in a round, then names of stores.
 */
public final class FeedSpeed {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int WARM = 6;

    private FeedSpeed() {}

    private enum Followed {
        NOTHING,
        ANOTHER,
        ITSELF
    }

    /** A call on average, in nanoseconds. */
    private record Cost(double wall, double cpu) {}

    /** A collection that is written to. For one thread. */
    private static final class Written implements AutoCloseable {
        private final Followed followed;
        private final Pool pool;
        private final Items<Car> cars;
        private final List<Cost> costs = new ArrayList<>();
        private final List<Item<Car>> made = new ArrayList<>();
        private int next;

        Written(Store store, Path folder, Followed followed) throws Exception {
            this.followed = followed;
            pool = Korm.pool()
                    .layer("main", store.layer(folder, Store.newName()))
                    .open();
            cars = Korm.item(Car.class, pool);
            for (int i = 0; i < 500; i++) {
                create();
            }
            cars.fromData(World.NAMESPACE, "other", Car.number(0)).create();
            if (followed != Followed.NOTHING) {
                cars.fromQuery(World.NAMESPACE, followed == Followed.ITSELF ? World.KIND : "other")
                        .where(dev.korm.Filter.eq("bucket", 7))
                        .live(event -> {});
            }
        }

        void create() {
            made.add(cars.fromData(World.NAMESPACE, World.KIND, Car.number(next++))
                    .create());
        }

        void update() {
            int at = next++ % 500;
            made.set(at, made.get(at).set("price", (double) next).commit());
        }

        @Override
        public void close() {
            pool.close();
        }
    }

    /** Prints a line for each store and task. */
    public static void main(String[] arguments) throws Exception {
        int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 30;
        int calls = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 300;
        List<Store> stores = arguments.length > 2
                ? Arrays.stream(arguments).skip(2).map(Store::valueOf).toList()
                : List.of(Store.SQLITE, Store.POSTGRES);
        for (Store store : stores) {
            Path folder = Files.createTempDirectory("korm-feed");
            List<Written> all = new ArrayList<>();
            try {
                for (Followed each : Followed.values()) {
                    all.add(new Written(store, folder, each));
                }
                compare(store, "create", rounds, calls, all, Written::create);
                compare(store, "update", rounds, calls, all, Written::update);
            } finally {
                all.forEach(Written::close);
                delete(folder);
            }
        }
        // A server that was started for this ends with the program.
        System.exit(0);
    }

    private interface Task {
        void run(Written written);
    }

    private static void compare(Store store, String name, int rounds, int calls, List<Written> all, Task task) {
        all.forEach(each -> each.costs.clear());
        List<Written> order = new ArrayList<>(all);
        for (int round = -WARM; round < rounds; round++) {
            order.add(order.remove(0));
            for (Written each : order) {
                Cost cost = cost(calls, each, task);
                if (round >= 0) {
                    each.costs.add(cost);
                }
            }
        }
        List<Cost> alone = all.get(0).costs;
        for (Written each : all.subList(1, all.size())) {
            double[] wall = new double[rounds];
            double[] cpu = new double[rounds];
            for (int round = 0; round < rounds; round++) {
                wall[round] = each.costs.get(round).wall() / alone.get(round).wall();
                cpu[round] = each.costs.get(round).cpu() / alone.get(round).cpu();
            }
            System.out.printf(
                    "%s, %s, followed is %s: %.3f of the time, %.3f of the thread's CPU (medians of %d rounds of %d; alone %.1f us, CPU %.1f us)%n",
                    store,
                    name,
                    each.followed,
                    median(wall),
                    median(cpu),
                    rounds,
                    calls,
                    median(alone.stream().mapToDouble(Cost::wall).toArray()) / 1e3,
                    median(alone.stream().mapToDouble(Cost::cpu).toArray()) / 1e3);
        }
    }

    private static Cost cost(int calls, Written written, Task task) {
        long worked = THREADS.getCurrentThreadCpuTime();
        long begin = System.nanoTime();
        for (int i = 0; i < calls; i++) {
            task.run(written);
        }
        double wall = System.nanoTime() - begin;
        return new Cost(wall / calls, (double) (THREADS.getCurrentThreadCpuTime() - worked) / calls);
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path each : files.toList()) {
                Files.delete(each);
            }
        }
        Files.delete(folder);
    }
}
