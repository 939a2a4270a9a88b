package dev.korm.benchmarks;

import com.sun.management.ThreadMXBean;
import dev.korm.benchmarks.rival.Rivals;
import dev.korm.benchmarks.rival.Store;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs two rivals by turns, in a program of its own: what else the machine does disturbs both alike, and chance in how the
 * code is compiled and memory is laid out differs from one program to the next.
 */
final class Alternation {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    /** Long enough for the compiler, which works beside it, to be done. */
    private static final Duration WARM_UP = Duration.ofSeconds(3);

    private final Rivals rivals;

    @SuppressWarnings("UnusedVariable") // Written, so that no answer is one that the compiler may leave out.
    private volatile @Nullable Object sink;

    private Alternation(Rivals rivals) {
        this.rivals = rivals;
    }

    private interface Task {
        @Nullable Object run() throws Exception;
    }

    /**
     * One call, the mean of a round.
     *
     * @param nanos how long it took
     * @param work for how much of that the CPU worked, in nanoseconds
     * @param bytes what it allocated
     */
    record Call(double nanos, double work, double bytes) {
        private static Call parse(String words) {
            String[] numbers = words.split(",", -1);
            return new Call(
                    Double.parseDouble(numbers[0]), Double.parseDouble(numbers[1]), Double.parseDouble(numbers[2]));
        }

        private String print() {
            return nanos + "," + work + "," + bytes;
        }
    }

    /** One turn of each. */
    record Round(Call korm, Call jdbc) {}

    /** Measures in a program of its own. */
    static List<Round> measure(Class<? extends Rivals> task, Store store, int size, Duration round, int rounds)
            throws IOException, InterruptedException {
        List<String> lines = Program.run(
                Alternation.class,
                task.getName(),
                store.name(),
                Integer.toString(size),
                Long.toString(round.toMillis()),
                Integer.toString(rounds));
        List<Round> measured = new ArrayList<>();
        for (String line : lines) {
            String[] both = line.split(" ", -1);
            measured.add(new Round(Call.parse(both[0]), Call.parse(both[1])));
        }
        return measured;
    }

    /** Prints the rounds. */
    public static void main(String[] args) throws Exception {
        Rivals rivals =
                Class.forName(args[0]).asSubclass(Rivals.class).getConstructor().newInstance();
        rivals.store = Store.valueOf(args[1]);
        rivals.size = Integer.parseInt(args[2]);
        rivals.open();
        try {
            new Alternation(rivals).run(Duration.ofMillis(Long.parseLong(args[3])), Integer.parseInt(args[4]));
        } finally {
            rivals.close();
        }
    }

    private void run(Duration round, int rounds) throws Exception {
        int kormCalls = warmUp(rivals::korm, round);
        int jdbcCalls = warmUp(rivals::jdbc, round);
        for (int i = 0; i < rounds; i++) {
            Call early = i % 2 == 0 ? calls(kormCalls, rivals::korm) : calls(jdbcCalls, rivals::jdbc);
            Call late = i % 2 == 0 ? calls(jdbcCalls, rivals::jdbc) : calls(kormCalls, rivals::korm);
            System.out.println(i % 2 == 0 ? early.print() + " " + late.print() : late.print() + " " + early.print());
        }
    }

    /** Measures how many calls fill a round, when the code is warm. */
    private int warmUp(Task task, Duration round) throws Exception {
        long begin = System.nanoTime();
        int calls = 1;
        double nanos;
        do {
            nanos = calls(calls, task).nanos();
            calls += 1 + calls / 10;
        } while (System.nanoTime() - begin < WARM_UP.toNanos());
        return (int) Math.max(1, round.toNanos() / nanos);
    }

    private Call calls(int calls, Task task) throws Exception {
        long allocated = THREADS.getCurrentThreadAllocatedBytes();
        long worked = THREADS.getCurrentThreadCpuTime();
        long begin = System.nanoTime();
        for (int i = 0; i < calls; i++) {
            sink = task.run();
        }
        long end = System.nanoTime();
        return new Call(
                (double) (end - begin) / calls,
                (double) (THREADS.getCurrentThreadCpuTime() - worked) / calls,
                (double) (THREADS.getCurrentThreadAllocatedBytes() - allocated) / calls);
    }
}
