package dev.korm.examples.wildlife;

import static dev.korm.Filter.exists;

import dev.korm.Korm;
import dev.korm.KormException;
import dev.korm.Pool;
import dev.korm.Query;
import dev.korm.depots.local.LocalDepot;
import dev.korm.examples.Spread;
import dev.korm.examples.TemporaryFolder;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Option;

/** Loads airports, routes and ten thousand wildlife strikes into an SQLite file and asks questions about them. */
@Command(
        name = "WildlifeStrikes",
        mixinStandardHelpOptions = true,
        version = "korm 0.1.0",
        description = "Loads airports, routes and wildlife strikes into an SQLite file and asks questions about them.")
public final class WildlifeStrikes implements Callable<Integer> {
    private static final int BAD_LINES_SHOWN = 20;
    private static final int PAGES = 2;

    @Option(
            names = "--database",
            paramLabel = "PATH",
            description = "The database file, kept for another run. Without it: a temporary one.")
    private Optional<Path> database = Optional.empty();

    @Option(
            names = "--data",
            paramLabel = "FOLDER",
            description = "A folder with airports.csv, flights-airport.csv and birdstrikes.csv. Without it: those that"
                    + " came with the program.")
    private Optional<Path> data = Optional.empty();

    @Option(
            names = "--state",
            paramLabel = "CODE",
            defaultValue = "CA",
            description = "Whose busiest routes to show (default: ${DEFAULT-VALUE}).")
    private String state = "CA";

    @Option(
            names = Spread.OPTION,
            paramLabel = "PLACE=STORE,…",
            description =
                    "Keep some of it elsewhere: wildlife:airport, wildlife:route, wildlife:strike or wildlife:loadedfile,"
                            + " and for each the URL of a server or an SQLite file.")
    private Optional<String> spread = Optional.empty();

    @Option(names = "--explain", description = "Show how the database answers the first question.")
    private boolean explain;

    private final PrintStream out;
    private final PrintStream err;

    WildlifeStrikes(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    /** Runs it. */
    public static void main(String[] arguments) {
        System.exit(new WildlifeStrikes(System.out, System.err).run(arguments));
    }

    int run(String... arguments) {
        return new CommandLine(this)
                .setOut(new PrintWriter(out, true, Charset.defaultCharset()))
                .setErr(new PrintWriter(err, true, Charset.defaultCharset()))
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    if (failure instanceof KormException || failure instanceof UncheckedIOException) {
                        err.println(failure.getMessage());
                        return 1;
                    }
                    throw failure;
                })
                .execute(arguments);
    }

    @Override
    public Integer call() {
        if (database.isPresent()) {
            run(database.get());
        } else {
            try (TemporaryFolder folder = TemporaryFolder.create()) {
                run(folder.path().resolve("wildlife.sqlite"));
            }
        }
        return 0;
    }

    private void run(Path file) {
        LocalDepot reports = LocalDepot.at(file.resolveSibling(file.getFileName() + "-reports"));
        try (Pool pool = spread.map(Spread::parse)
                .orElseGet(Spread::none)
                .builder(file)
                .depot(Reports.DEPOT, reports)
                .open()) {
            load(pool);
            Questions questions = new Questions(pool, out);
            questions.busiestRoutesOutOf(state.toUpperCase(Locale.ROOT));
            if (explain) {
                questions.explainBusiestRoutesOutOf(state.toUpperCase(Locale.ROOT));
            }
            questions.aircraftAtLargestAirports();
            questions.costsBySpeciesAndPhase();
            questions.years();
            questions.mostExpensive(PAGES);
            Reports written = new Reports(pool);
            written.write();
            written.show(out);
        }
    }

    private void load(Pool pool) {
        DataFolder folder = data.map(DataFolder::at).orElseGet(DataFolder::packaged);
        // Where colours are welcome there is a terminal that can also take a bar that moves.
        Progress progress = Ansi.AUTO.enabled() ? Progress.bar() : Progress.quiet();
        for (Loader.Report report : new Loader(pool, folder, progress).loadAll()) {
            LoadedFile loaded = report.loaded();
            out.println(loaded.file() + ": " + counted(loaded.items()) + " items"
                    + (loaded.badLines() == 0 ? "" : ", bad lines: " + counted(loaded.badLines()))
                    + (report.before() ? ", loaded by an earlier run" : ""));
            complain(report.badLines());
        }
        Query<Strike> strikes = Korm.item(Strike.class, pool).query();
        out.println(counted(strikes.where(exists(Strike::airport)).count()) + " of " + counted(strikes.count())
                + " strikes name an airport of the list");
    }

    private void complain(List<BadLine> badLines) {
        badLines.stream().limit(BAD_LINES_SHOWN).forEach(err::println);
        if (badLines.size() > BAD_LINES_SHOWN) {
            err.println("and " + counted(badLines.size() - BAD_LINES_SHOWN) + " bad lines more");
        }
    }

    private static String counted(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }
}
