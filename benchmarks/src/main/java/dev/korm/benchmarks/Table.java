package dev.korm.benchmarks;

import dev.korm.benchmarks.rival.Rivals;
import dev.korm.benchmarks.rival.Store;
import dev.korm.benchmarks.rival.World;
import dev.korm.benchmarks.task.AtomicChanges;
import dev.korm.benchmarks.task.Create;
import dev.korm.benchmarks.task.CreateMany;
import dev.korm.benchmarks.task.CreateManyWithHistory;
import dev.korm.benchmarks.task.CreateTogether;
import dev.korm.benchmarks.task.CreateWithHistory;
import dev.korm.benchmarks.task.Delete;
import dev.korm.benchmarks.task.FilteredScan;
import dev.korm.benchmarks.task.IndexedQuery;
import dev.korm.benchmarks.task.PointRead;
import dev.korm.benchmarks.task.Reseal;
import dev.korm.benchmarks.task.ResolveAcross;
import dev.korm.benchmarks.task.ResolveByQuestions;
import dev.korm.benchmarks.task.ResolveReferences;
import dev.korm.benchmarks.task.SealedRead;
import dev.korm.benchmarks.task.TransactionOfOne;
import dev.korm.benchmarks.task.Update;
import dev.korm.benchmarks.task.UpdateWithHistory;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/**
 * Prints how korm stands beside code written by hand. Each task runs in several programs, in each of which the rivals take
 * turns in short rounds; the ratio is the median of all rounds' ratios. The ratio of the CPU's time leaves out waiting, for the
 * disk as for other programs.
 *
 * <p>Arguments: names of tasks, such as {@code PointRead}; none means all. {@code --size=1000} changes how many cars there
 * are, {@code --programs=1} in how many programs each task runs, {@code --stores=postgres,mariadb} where.
 */
final class Table {
    private static final int THREADS = 64;
    private static final int UNFINISHED = 10_000;
    private static final int READ_ROUNDS = 24;
    private static final int WRITE_ROUNDS = 10;
    private static final int TOGETHER_ROUNDS = 6;
    private static final Duration READING = Duration.ofMillis(40);
    /** Long enough for each round to have its share of the log's checkpoints, which come every few hundred changes. */
    private static final Duration WRITING = Duration.ofMillis(300);

    private static final Duration TOGETHER = Duration.ofMillis(1200);

    private final List<String> tasks = new ArrayList<>();
    private final Set<Store> stores = EnumSet.allOf(Store.class);
    private int size = 100_000;
    private int programs = 3;

    private Table() {}

    public static void main(String[] args) throws Exception {
        Table table = new Table();
        for (String arg : args) {
            if (arg.startsWith("--size=")) {
                table.size = Integer.parseInt(arg.substring("--size=".length()));
            } else if (arg.startsWith("--programs=")) {
                table.programs = Integer.parseInt(arg.substring("--programs=".length()));
            } else if (arg.startsWith("--stores=")) {
                table.stores.clear();
                for (String store : arg.substring("--stores=".length()).split(",", -1)) {
                    table.stores.add(Store.valueOf(store.toUpperCase(Locale.ROOT)));
                }
            } else {
                table.tasks.add(arg);
            }
        }
        table.print();
    }

    private void print() throws Exception {
        line("task", "target", "ratio", "CPU ratio", "korm", "by hand", "korm alloc", "by hand");
        line("---", "---", "---", "---", "---", "---", "---", "---");
        rivals("read 1 by RN", "<= 1.3", PointRead.class, READING, READ_ROUNDS);
        rivals("10 rows by an index", "<= 1.35", IndexedQuery.class, READING, READ_ROUNDS);
        rivals("1,000 of 100,000 rows", "<= 1.3", FilteredScan.class, READING, READ_ROUNDS);
        rivals("100 and their references", "", ResolveReferences.class, READING, READ_ROUNDS);
        rivals("10 rows with a secret", "<= 1.3", SealedRead.class, READING, READ_ROUNDS);
        rivals("1,000 secrets sealed anew", "<= 1.67", Reseal.class, READING, READ_ROUNDS);
        rivals("create 1", "<= 1.15", Create.class, WRITING, WRITE_ROUNDS);
        rivals("transaction of 1, or create", "", TransactionOfOne.class, WRITING, WRITE_ROUNDS);
        rivals("create 1,000 together", "<= 1.3", CreateMany.class, WRITING, WRITE_ROUNDS);
        history();
        together(Store.SQLITE, "");
        atomic();
        journal();
        recovery();
        startUp();
        server(Store.POSTGRES);
        together(Store.POSTGRES, ", Postgres");
        server(Store.MARIADB);
        across();
    }

    private void history() throws IOException, InterruptedException {
        rivals("create 1, history or not", "", CreateWithHistory.class, WRITING, WRITE_ROUNDS);
        rivals("update 1, history or not", "", UpdateWithHistory.class, WRITING, WRITE_ROUNDS);
        rivals("create 1,000, history or not", "", CreateManyWithHistory.class, WRITING, WRITE_ROUNDS);
    }

    private void server(Store store) throws IOException, InterruptedException {
        String suffix =
                ", " + store.name().charAt(0) + store.name().substring(1).toLowerCase(Locale.ROOT);
        rivals("read 1 by RN" + suffix, "<= 1.2", PointRead.class, store, READING, READ_ROUNDS);
        rivals("10 rows by an index" + suffix, "<= 1.2", IndexedQuery.class, store, READING, READ_ROUNDS);
        rivals("create 1" + suffix, "<= 1.2", Create.class, store, WRITING, WRITE_ROUNDS);
        rivals("update 1" + suffix, "", Update.class, store, WRITING, WRITE_ROUNDS);
        rivals("delete 1" + suffix, "", Delete.class, store, WRITING, WRITE_ROUNDS);
        rivals("create 1,000" + suffix, "<= 1.3", CreateMany.class, store, WRITING, WRITE_ROUNDS);
    }

    private void across() throws IOException, InterruptedException {
        if (isWanted(ResolveAcross.class, Store.POSTGRES)) {
            Store.POSTGRES.url();
            Store.MARIADB.url();
            rivals("10,000 and 3 deep, 3 engines", "<= 2", ResolveAcross.class, Store.POSTGRES, WRITING, WRITE_ROUNDS);
        }
        if (isWanted(ResolveByQuestions.class, Store.POSTGRES)) {
            Store.POSTGRES.url();
            Store.MARIADB.url();
            rivals(
                    "the same, or 4 questions by hand",
                    "",
                    ResolveByQuestions.class,
                    Store.POSTGRES,
                    WRITING,
                    WRITE_ROUNDS);
        }
    }

    private boolean isWanted(Class<?> task) {
        return isWanted(task, Store.SQLITE);
    }

    private boolean isWanted(Class<?> task, Store store) {
        return (tasks.isEmpty() || tasks.contains(task.getSimpleName())) && stores.contains(store);
    }

    private void rivals(String what, String target, Class<? extends Rivals> task, Duration round, int count)
            throws IOException, InterruptedException {
        rivals(what, target, task, Store.SQLITE, round, count);
    }

    private void rivals(
            String what, String target, Class<? extends Rivals> task, Store store, Duration round, int count)
            throws IOException, InterruptedException {
        if (!isWanted(task, store)) {
            return;
        }
        store.url();
        List<Alternation.Round> rounds = new ArrayList<>();
        for (int i = 0; i < programs; i++) {
            rounds.addAll(Alternation.measure(task, store, size, round, count));
        }
        line(
                what,
                target,
                number(median(rounds, each -> each.korm().nanos() / each.jdbc().nanos())),
                number(median(rounds, each -> each.korm().work() / each.jdbc().work())),
                time(median(rounds, each -> each.korm().nanos())),
                time(median(rounds, each -> each.jdbc().nanos())),
                bytes(median(rounds, each -> each.korm().bytes())),
                bytes(median(rounds, each -> each.jdbc().bytes())));
    }

    private void together(Store store, String suffix) throws Exception {
        if (!isWanted(CreateTogether.class, store)) {
            return;
        }
        record Rates(double korm, double own, double shared, double batches) {}
        List<Rates> rates = new ArrayList<>();
        store.url();
        try (CreateTogether together = new CreateTogether(store, size / 10, THREADS)) {
            for (int i = 0; i < TOGETHER_ROUNDS; i++) {
                Rates measured = new Rates(
                        together.korm(TOGETHER),
                        together.ownConnections(TOGETHER),
                        together.sharedConnection(TOGETHER),
                        together.batches(TOGETHER));
                if (i > 0) {
                    rates.add(measured);
                }
            }
        }
        together("a connection each" + suffix, ">= 4", rates, Rates::korm, Rates::own);
        together("one connection" + suffix, ">= 4", rates, Rates::korm, Rates::shared);
        together("batches of 1,000" + suffix, ">= 0.7", rates, Rates::korm, Rates::batches);
    }

    private static <T> void together(
            String beside, String target, List<T> rates, ToDoubleFunction<T> korm, ToDoubleFunction<T> rival) {
        line(
                THREADS + " threads, " + beside,
                target,
                number(median(rates, each -> korm.applyAsDouble(each) / rival.applyAsDouble(each))),
                "",
                rate(median(rates, korm)),
                rate(median(rates, rival)),
                "",
                "");
    }

    private void atomic() throws Exception {
        if (isWanted(AtomicChanges.class, Store.SQLITE)) {
            atomic(
                    Store.SQLITE,
                    "change 2 files, or 2 commits",
                    "<= 2.5",
                    THREADS + " threads change 2, or create",
                    ">= 0.3");
        }
        if (isWanted(AtomicChanges.class, Store.POSTGRES)) {
            atomic(Store.POSTGRES, "change file and server", "", THREADS + " threads, file and server", ">= 2000/s");
        }
    }

    private void atomic(Store other, String alone, String aloneTarget, String together, String togetherTarget)
            throws Exception {
        record Round(double korm, double hand, double together, double creates) {}
        List<Round> rounds = new ArrayList<>();
        try (AtomicChanges changes = new AtomicChanges(other)) {
            for (int i = 0; i < 2 * TOGETHER_ROUNDS; i++) {
                Round measured = new Round(
                        changes.alone(WRITING),
                        changes.aloneByHand(WRITING),
                        changes.together(THREADS, TOGETHER),
                        changes.createsTogether(THREADS, TOGETHER));
                if (i > 1) {
                    rounds.add(measured);
                }
            }
        }
        line(
                alone,
                aloneTarget,
                number(median(rounds, each -> each.korm() / each.hand())),
                "",
                time(median(rounds, Round::korm)),
                time(median(rounds, Round::hand)),
                "",
                "");
        line(
                together,
                togetherTarget,
                number(median(rounds, each -> each.together() / each.creates())),
                "",
                rate(median(rounds, Round::together)),
                rate(median(rounds, Round::creates)),
                "",
                "");
    }

    private void journal() throws Exception {
        if (!isWanted(JournalSpeed.class)) {
            return;
        }
        record Rates(double hand, double one, double together) {}
        List<Rates> rates = new ArrayList<>();
        List<Double> few = new ArrayList<>();
        List<Double> many = new ArrayList<>();
        try (JournalSpeed journal = new JournalSpeed()) {
            for (int i = 0; i < 2 * TOGETHER_ROUNDS; i++) {
                Rates measured = new Rates(
                        journal.byHand(WRITING), journal.append(1, WRITING), journal.append(THREADS, WRITING));
                if (i > 1) {
                    rates.add(measured);
                }
            }
            for (int i = 0; i < 3; i++) {
                few.add(journal.recover(UNFINISHED, UNFINISHED));
                many.add(journal.recover(10 * size, UNFINISHED));
            }
        }
        journal(
                "append to the journal",
                ">= 0.8",
                median(rates, each -> each.one() / each.hand()),
                rates,
                Rates::one,
                Rates::hand);
        journal(
                THREADS + " threads append",
                ">= 0.8",
                median(rates, each -> each.together() / each.hand()),
                rates,
                Rates::together,
                Rates::hand);
        line("recover 10,000 unfinished", "<= 1 s", "", "", time(1e6 * median(few, each -> each)), "", "", "");
        line("the same among 1,000,000", "<= 1 s", "", "", time(1e6 * median(many, each -> each)), "", "", "");
    }

    private static <T> void journal(
            String what,
            String target,
            double ratio,
            List<T> rates,
            ToDoubleFunction<T> korm,
            ToDoubleFunction<T> hand) {
        line(what, target, number(ratio), "", rate(median(rates, korm)), rate(median(rates, hand)), "", "");
    }

    private void recovery() throws Exception {
        if (!isWanted(RecoverySpeed.class)) {
            return;
        }
        record Times(double undecided, double decided, double nothing) {}
        List<Times> times = new ArrayList<>();
        try (RecoverySpeed recovery = new RecoverySpeed()) {
            for (int i = 0; i < 3; i++) {
                recovery.leave(UNFINISHED, false);
                double undecided = recovery.open(UNFINISHED);
                recovery.leave(UNFINISHED, true);
                times.add(new Times(undecided, recovery.open(UNFINISHED), recovery.open(0)));
            }
        }
        recovery("open, 10,000 undecided", times, Times::undecided, Times::nothing);
        recovery("open, 10,000 decided", times, Times::decided, Times::nothing);
    }

    private static <T> void recovery(
            String what, List<T> times, ToDoubleFunction<T> unfinished, ToDoubleFunction<T> nothing) {
        line(what, "<= 1 s", "", "", time(1e6 * median(times, unfinished)), time(1e6 * median(times, nothing)), "", "");
    }

    private void startUp() throws Exception {
        if (!isWanted(StartUp.class)) {
            return;
        }
        List<StartUp.Times> korm = new ArrayList<>();
        List<StartUp.Times> jdbc = new ArrayList<>();
        try (World world = new World(size / 10)) {
            String rn = world.cars().get(0).toString();
            for (int i = 0; i < 1 + 3 * programs; i++) {
                korm.add(StartUp.measure("korm", world.file(), rn));
                jdbc.add(StartUp.measure("jdbc", world.file(), rn));
            }
        }
        startUp("open, in a new JVM", "<= +50 ms", korm, jdbc, StartUp.Times::open);
        startUp("open and read 1, in a new JVM", "", korm, jdbc, StartUp.Times::read);
    }

    private static void startUp(
            String what,
            String target,
            List<StartUp.Times> korm,
            List<StartUp.Times> jdbc,
            ToDoubleFunction<StartUp.Times> millis) {
        double byKorm = median(korm, millis);
        double byHand = median(jdbc, millis);
        line(what, target, "+" + time((byKorm - byHand) * 1e6), "", time(byKorm * 1e6), time(byHand * 1e6), "", "");
    }

    private static <T> double median(List<T> measured, ToDoubleFunction<T> value) {
        double[] sorted = measured.stream().mapToDouble(value).toArray();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    private static String time(double nanos) {
        return Math.abs(nanos) < 1e6
                ? String.format(Locale.ROOT, "%.1f µs", nanos / 1e3)
                : String.format(Locale.ROOT, "%.2f ms", nanos / 1e6);
    }

    private static String rate(double aSecond) {
        return String.format(Locale.ROOT, "%,.0f/s", aSecond);
    }

    private static String bytes(double bytes) {
        return String.format(Locale.ROOT, "%.1f kB", bytes / 1e3);
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
                "| %-29s | %-9s | %-9s | %-9s | %-9s | %-9s | %-10s | %-8s |%n",
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
