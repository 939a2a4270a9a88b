package dev.korm.examples.wildlife;

import static dev.korm.Aggregate.count;
import static dev.korm.Filter.eq;
import static dev.korm.Filter.exists;
import static dev.korm.Order.desc;

import dev.korm.Group;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Query;
import dev.korm.file.FileRef;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A report for each of the airports with most strikes: an item, and beside it a file that the item names. */
final class Reports {
    /** The name of the depot that the files are in. */
    static final String DEPOT = "reports";

    private static final int AIRPORTS = 3;
    private static final int SPECIES = 3;

    private final Items<Report> reports;
    private final Query<Airport> airports;
    private final Query<Strike> strikes;

    Reports(Pool pool) {
        this.reports = Korm.item(Report.class, pool);
        this.airports = Korm.item(Airport.class, pool).query();
        this.strikes = Korm.item(Strike.class, pool).query();
    }

    /** Writes the reports, in place of those that an earlier run wrote. */
    void write() {
        for (Group airport : strikes.where(exists(Strike::airport))
                .groupBy("airport.iata")
                .orderBy(desc(count()))
                .limit(AIRPORTS)
                .select(count())) {
            write(airport.text("airport.iata"), airport.count());
        }
    }

    private void write(String iata, long count) {
        byte[] text = text(iata, count).getBytes(StandardCharsets.UTF_8);
        Optional<Item<Report>> earlier = reports.query().where(eq("iata", iata)).first();
        if (earlier.isPresent()) {
            Report report = earlier.get().data();
            earlier.get().set(Report::text, report.text().edit(text)).commit();
            return;
        }
        FileRef file = FileRef.of(DEPOT, "airports/" + iata + ".txt", text).withContentType("text/plain");
        airports.where(eq("iata", iata)).first().ifPresent(airport -> reports.fromData(
                        new Report(dev.korm.Unique.of(iata), airport.rn(), count, file))
                .create());
    }

    private String text(String iata, long count) {
        StringBuilder text =
                new StringBuilder(String.format(Locale.ROOT, "%s: %,d strikes, most often%n", iata, count));
        List<Group> species = strikes.where(eq("airport.iata", iata))
                .groupBy("species")
                .orderBy(desc(count()))
                .limit(SPECIES)
                .select(count());
        for (Group one : species) {
            text.append(String.format(Locale.ROOT, "%s, %,d times%n", one.text("species"), one.count()));
        }
        return text.toString();
    }

    /** Shows the reports, as they lie in the depot. */
    void show(PrintStream out) {
        out.println();
        out.println("Reports");
        for (Item<Report> report : reports.query()
                .orderBy(desc(Report::strikes))
                .resolvePaths("airport", "text")
                .get()) {
            FileRef text = report.data().text();
            out.println(report.data().airport().get().name() + ", " + text.rn() + ", " + text.size() + " bytes");
            out.print(text.text());
        }
    }
}
