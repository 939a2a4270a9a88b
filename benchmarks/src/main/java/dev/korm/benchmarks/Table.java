package dev.korm.benchmarks;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Prints how korm stands beside code written by hand. Both are run by turns in short rounds, and the ratio is the median of
 * the rounds' ratios, so that what else the machine does disturbs both alike. The ratio of the CPU's time leaves out waiting,
 * for the disk as for other programs.
 *
 * <p>Arguments: names of tasks, such as {@code PointRead}; none means all. {@code --size=1000} changes how many cars there
 * are, {@code --rounds=5} how often the rivals take turns.
 */
final class Table {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final Duration READING = Duration.ofMillis(40);
    /** Long enough for each round to have its share of the log's checkpoints, which come every few hundred changes. */
    private static final Duration WRITING = Duration.ofMillis(400);

    private static final Duration WARM_UP = Duration.ofMillis(2500);
    private static final int THREAD_COUNT = 64;

    private final List<String> tasks = new ArrayList<>();
    private int size = 100_000;
    private int rounds = 60;
    private volatile @Nullable Object sink;

    private Table() {}

    private interface Task {
        @Nullable Object run() throws Exception;
    }

    /** Calls of one task in one round. */
    private record Round(double nanos, double work, double bytes) {}

    public static void main(String[] args) throws Exception {
        Table table = new Table();
        for (String arg : args) {
            if (arg.startsWith("--size=")) {
                table.size = Integer.parseInt(arg.substring("--size=".length()));
            } else if (arg.startsWith("--rounds=")) {
                table.rounds = Integer.parseInt(arg.substring("--rounds=".length()));
            } else {
                table.tasks.add(arg);
            }
        }
        table.print();
    }

    private void print() throws Exception {
        line("task", "target", "ratio", "CPU ratio", "korm", "by hand", "korm alloc", "by hand");
        rivals("read 1 by RN", 1.3, new PointRead(), READING, rounds);
        rivals("10 rows by an index", 1.35, new IndexedQuery(), READING, rounds);
        rivals("1,000 of 100,000 rows", 1.3, new FilteredScan(), READING, rounds);
        rivals("100 and their references", 0, new ResolveReferences(), READING, rounds);
        rivals("create 1", 1.15, new Create(), WRITING, rounds / 2);
        rivals("create 1,000 together", 1.3, new CreateMany(), WRITING, rounds / 2);
        together();
        startUp();
    }

    private boolean isWanted(String name) {
        return tasks.isEmpty() || tasks.contains(name);
    }

    private void rivals(String what, double target, Rivals rivals, Duration round, int count) throws Exception {
        if (!isWanted(rivals.getClass().getSimpleName())) {
            return;
        }
        rivals.size = size;
        rivals.open();
        try {
            int kormCalls = warmUp(rivals::korm, round);
            int jdbcCalls = warmUp(rivals::jdbc, round);
            List<Double> ratios = new ArrayList<>();
            List<Double> work = new ArrayList<>();
            List<Round> korm = new ArrayList<>();
            List<Round> jdbc = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                if (i % 2 == 0) {
                    korm.add(run(kormCalls, rivals::korm));
                    jdbc.add(run(jdbcCalls, rivals::jdbc));
                } else {
                    jdbc.add(run(jdbcCalls, rivals::jdbc));
                    korm.add(run(kormCalls, rivals::korm));
                }
                ratios.add(korm.get(i).nanos() / jdbc.get(i).nanos());
                work.add(korm.get(i).work() / jdbc.get(i).work());
            }
            line(
                    what,
                    target == 0 ? "" : "<= " + target,
                    number(median(ratios)),
                    number(median(work)),
                    time(median(korm.stream().map(Round::nanos).toList())),
                    time(median(jdbc.stream().map(Round::nanos).toList())),
                    bytes(median(korm.stream().map(Round::bytes).toList())),
                    bytes(median(jdbc.stream().map(Round::bytes).toList())));
        } finally {
            rivals.close();
        }
    }

    /** How many calls fill a round, found when the code is warm. */
    private int warmUp(Task task, Duration round) throws Exception {
        long share = WARM_UP.toNanos() * rounds / 60;
        long begin = System.nanoTime();
        int calls = 0;
        double nanos = 1;
        do {
            nanos = run(1 + calls / 10, task).nanos();
            calls += 1 + calls / 10;
        } while (System.nanoTime() - begin < share);
        return (int) Math.max(1, round.toNanos() / nanos);
    }

    private Round run(int calls, Task task) throws Exception {
        long allocated = THREADS.getCurrentThreadAllocatedBytes();
        long worked = THREADS.getCurrentThreadCpuTime();
        long begin = System.nanoTime();
        for (int i = 0; i < calls; i++) {
            sink = task.run();
        }
        long end = System.nanoTime();
        return new Round(
                (double) (end - begin) / calls,
                (double) (THREADS.getCurrentThreadCpuTime() - worked) / calls,
                (double) (THREADS.getCurrentThreadAllocatedBytes() - allocated) / calls);
    }

    private void together() throws Exception {
        if (!isWanted("CreateTogether")) {
            return;
        }
        try (CreateTogether together = new CreateTogether(size / 10, THREAD_COUNT)) {
            Duration time = Duration.ofMillis(25L * rounds);
            List<Double> korm = new ArrayList<>();
            List<Double> own = new ArrayList<>();
            List<Double> shared = new ArrayList<>();
            List<Double> beside = new ArrayList<>();
            List<Double> besideShared = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                double byKorm = together.korm(time);
                double byOwn = together.ownConnections(time);
                double byShared = together.sharedConnection(time);
                if (i > 0) {
                    korm.add(byKorm);
                    own.add(byOwn);
                    shared.add(byShared);
                    beside.add(byKorm / byOwn);
                    besideShared.add(byKorm / byShared);
                }
            }
            line(
                    "64 threads create, own connections",
                    ">= 4",
                    number(median(beside)),
                    "",
                    rate(median(korm)),
                    rate(median(own)),
                    "",
                    "");
            line(
                    "64 threads create, one connection",
                    ">= 4",
                    number(median(besideShared)),
                    "",
                    rate(median(korm)),
                    rate(median(shared)),
                    "",
                    "");
        }
    }

    private void startUp() throws Exception {
        if (!isWanted("StartUp")) {
            return;
        }
        try (World world = new World(size / 10)) {
            String rn = world.cars().get(0).toString();
            List<StartUp.Times> korm = new ArrayList<>();
            List<StartUp.Times> jdbc = new ArrayList<>();
            for (int i = 0; i < 9; i++) {
                korm.add(StartUp.measure("korm", world.file(), rn));
                jdbc.add(StartUp.measure("jdbc", world.file(), rn));
            }
            startUpLine("start a JVM's first pool", "<= 50 ms more", korm, jdbc, true);
            startUpLine("start and read 1", "", korm, jdbc, false);
        }
    }

    private static void startUpLine(
            String what, String target, List<StartUp.Times> korm, List<StartUp.Times> jdbc, boolean open) {
        double byKorm = median(
                korm.stream().map(times -> open ? times.open() : times.read()).toList());
        double byHand = median(
                jdbc.stream().map(times -> open ? times.open() : times.read()).toList());
        line(what, target, "+" + time((byKorm - byHand) * 1e6), "", time(byKorm * 1e6), time(byHand * 1e6), "", "");
    }

    private static double median(List<Double> values) {
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    private static String time(double nanos) {
        return nanos < 1e6
                ? String.format(Locale.ROOT, "%.1f µs", nanos / 1e3)
                : String.format(Locale.ROOT, "%.2f ms", nanos / 1e6);
    }

    private static String rate(double aSecond) {
        return String.format(Locale.ROOT, "%,.0f/s", aSecond);
    }

    private static String bytes(double bytes) {
        return bytes < 10_000
                ? String.format(Locale.ROOT, "%.0f B", bytes)
                : String.format(Locale.ROOT, "%.1f kB", bytes / 1e3);
    }

    private static void line(
            String what,
            String target,
            String ratio,
            String work,
            String korm,
            String jdbc,
            String kormBytes,
            String jdbcBytes) {
        System.out.printf(
                Locale.ROOT,
                "| %-34s | %-13s | %-10s | %-9s | %-10s | %-10s | %-10s | %-10s |%n",
                what,
                target,
                ratio,
                work,
                korm,
                jdbc,
                kormBytes,
                jdbcBytes);
    }
}
