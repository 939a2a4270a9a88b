package dev.korm.wal;

import dev.korm.Change;
import dev.korm.Filter;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.file.FileRef;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A program that creates items of one name in several layers together, changes them together, and deletes some, until it is killed. It tells of each change
 * when that is acknowledged. Which layers and which depots a name has follows from the name.
 */
final class ChangingProgram {
    static final String NAMESPACE = "sets";
    static final String KIND = "part";

    /** What is told when a name is deleted. */
    static final int DELETED = 2;

    private final Pool pool;
    private final List<String> layers;
    private final List<String> depots;

    record Part(String name, int version, @Nullable FileRef file) {}

    private ChangingProgram(Pool pool, ProgramStores stores) {
        this.pool = pool;
        this.layers = List.copyOf(stores.layers().keySet());
        this.depots = List.copyOf(stores.depots().keySet());
    }

    /** Returns the layers that have the items of a name: two or more. */
    static List<String> layers(String name, List<String> all) {
        int number = number(name);
        List<String> some = new ArrayList<>(all);
        if (number % 3 != 0) {
            while (some.size() > 2) {
                some.remove(number % some.size());
            }
        }
        return some;
    }

    /** Returns the depots that have a file of a name, by the layer of the item that it belongs to. */
    static Map<String, String> files(String name, List<String> layers, List<String> depots) {
        int number = number(name);
        Map<String, String> files = new TreeMap<>();
        if (number % 2 == 0) {
            for (int i = 0; i < depots.size() && i < layers.size(); i++) {
                if (number % 4 == 0 || i == number / 2 % depots.size()) {
                    files.put(layers.get(i), depots.get(i));
                }
            }
        }
        return files;
    }

    static boolean isDeleted(String name) {
        return number(name) % 5 == 4 || number(name) % 5 == 2;
    }

    private static int number(String name) {
        return Integer.parseInt(name.substring(name.lastIndexOf('-') + 1));
    }

    static String text(String name, int version) {
        return (name + " " + version + " ").repeat(1 + number(name) % 200);
    }

    /**
     * Runs.
     *
     * @param arguments the prefix of its names, the number of its threads, and its stores
     */
    public static void main(String[] arguments) throws InterruptedException {
        ProgramStores stores = new ProgramStores(Arrays.asList(arguments).subList(2, arguments.length));
        Pool pool = KillingStores.open(stores);
        ChangingProgram program = new ChangingProgram(pool, stores);
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < Integer.parseInt(arguments[1]); t++) {
            String prefix = arguments[0] + "-" + t + "-";
            Thread thread = new Thread(() -> program.work(prefix));
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private void work(String prefix) {
        for (int i = 0; ; i++) {
            String name = prefix + i;
            List<String> own = layers(name, layers);
            Map<String, String> files = files(name, own, depots);
            change(name, own, files, 0);
            change(name, own, files, 1);
            if (isDeleted(name)) {
                delete(name, own);
            }
        }
    }

    private Items<Part> items() {
        return Korm.item(Part.class, pool);
    }

    private void change(String name, List<String> own, Map<String, String> files, int version) {
        List<Change<?>> changes = new ArrayList<>();
        for (String layer : own) {
            String depot = files.get(layer);
            FileRef file = depot == null
                    ? null
                    : FileRef.of(depot, "sets/" + name, text(name, version).getBytes(StandardCharsets.UTF_8));
            Part part = new Part(name, version, file);
            changes.add(
                    version == 0
                            ? items().fromData(layer, NAMESPACE, KIND, part)
                            : find(layer, name).update(before -> part));
        }
        Korm.tx(changes.toArray(Change<?>[]::new)).persist();
        tell(name + " " + version);
    }

    private void delete(String name, List<String> own) {
        Korm.tx(own.stream().map(layer -> find(layer, name).deletion()).toArray(Change<?>[]::new))
                .persist();
        tell(name + " " + DELETED);
    }

    private Item<Part> find(String layer, String name) {
        return items().fromQuery(layer, NAMESPACE, KIND)
                .where(Filter.eq("name", name))
                .get()
                .get(0);
    }

    private static void tell(String what) {
        synchronized (System.out) {
            System.out.println(what);
            System.out.flush();
        }
    }
}
