package dev.korm.examples.wildlife;

import static dev.korm.Aggregate.avg;
import static dev.korm.Aggregate.count;
import static dev.korm.Aggregate.sum;
import static dev.korm.Filter.between;
import static dev.korm.Filter.eq;
import static dev.korm.Filter.gt;
import static dev.korm.Filter.inList;
import static dev.korm.Order.asc;
import static dev.korm.Order.desc;

import dev.korm.Group;
import dev.korm.Item;
import dev.korm.Korm;
import dev.korm.Page;
import dev.korm.Pool;
import dev.korm.Query;
import dev.korm.Rn;
import java.io.PrintStream;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;

/** The questions about the strikes, and the tables that answer them. */
final class Questions {
    private static final int ROWS = 10;
    private static final int LARGEST = 5;
    private static final int PAGE = 4;

    private final Query<Route> routes;
    private final Query<Strike> strikes;
    private final PrintStream out;

    Questions(Pool pool, PrintStream out) {
        this.routes = Korm.item(Route.class, pool).query();
        this.strikes = Korm.item(Strike.class, pool).query();
        this.out = out;
    }

    /**
     * Prints the routes with most flights from airports of a state. The filter and both names lie behind references.
     */
    void busiestRoutesOutOf(String state) {
        title("The busiest routes out of " + state);
        TextTable table = new TextTable("From", "Airport", "To", "Airport", "Flights");
        for (Item<Route> item : busiestRoutes(state).get()) {
            Route route = item.data();
            Airport origin = route.origin().get();
            Airport destination = route.destination().get();
            table.row(origin.iata(), origin.name(), destination.iata(), destination.name(), route.flights());
        }
        table.print(out);
    }

    /** Explains how the database finds the busiest routes. */
    void explainBusiestRoutesOutOf(String state) {
        title("How that was answered");
        out.print(busiestRoutes(state).explain());
    }

    private Query<Route> busiestRoutes(String state) {
        return routes.where(eq("origin.state", state))
                .orderBy(desc(Route::flights))
                .limit(ROWS)
                .resolvePaths("origin", "destination");
    }

    /** Prints which aircraft met animals at the airports with most departing flights. */
    void aircraftAtLargestAirports() {
        List<String> largest =
                routes
                        .groupBy("origin.iata")
                        .orderBy(desc(sum("flights")))
                        .limit(LARGEST)
                        .select(sum("flights"))
                        .stream()
                        .map(airport -> airport.text("origin.iata"))
                        .toList();
        title("Aircraft struck most at the " + LARGEST + " largest airports, " + String.join(", ", largest));
        List<Group> groups = strikes.where(inList("airport.iata", largest))
                .groupBy("airport.iata", "aircraft")
                .orderBy(desc(count()))
                .limit(ROWS)
                .select(count(), avg("speed"));
        TextTable table = new TextTable("Airport", "Aircraft", "Strikes", "Knots on average");
        for (Group group : groups) {
            table.row(
                    group.text("airport.iata"),
                    group.text("aircraft"),
                    group.count(),
                    group.get(avg("speed")).orElse("unknown"));
        }
        table.print(out);
    }

    /** Prints which animals cost most, and when. */
    void costsBySpeciesAndPhase() {
        title("The most expensive species and phases of flight");
        List<Group> groups = strikes.where(gt("costs.total", 0))
                .groupBy("species", "phase")
                .orderBy(desc(sum("costs.total")))
                .limit(ROWS)
                .select(count(), sum("costs.total"));
        TextTable table = new TextTable("Species", "Phase", "Strikes with costs", "Dollars");
        for (Group group : groups) {
            table.row(group.text("species"), group.text("phase"), group.count(), group.number(sum("costs.total")));
        }
        table.print(out);
    }

    /** Prints the strikes and their costs by year. */
    void years() {
        title("Year by year");
        Optional<LocalDate> first = strikes.min(Strike::date);
        Optional<LocalDate> last = strikes.max(Strike::date);
        TextTable table = new TextTable("Year", "Strikes", "Dollars");
        if (first.isPresent() && last.isPresent()) {
            for (int year = first.get().getYear(); year <= last.get().getYear(); year++) {
                Query<Strike> ofYear =
                        strikes.where(between(Strike::date, LocalDate.of(year, 1, 1), LocalDate.of(year, 12, 31)));
                table.row(String.valueOf(year), ofYear.count(), ofYear.sum("costs.total"));
            }
        }
        table.print(out);
    }

    /** Prints the most expensive strikes, page by page: each page begins after the last strike of the page before. */
    void mostExpensive(int pages) {
        Query<Strike> expensive = strikes.where(gt("costs.total", 0))
                .orderBy(desc("costs.total"), asc(Strike::date))
                .resolvePaths("airport");
        Page<Strike> page = expensive.page(PAGE);
        for (int number = 1; number <= pages; number++) {
            title("The most expensive strikes, page " + number);
            TextTable table = new TextTable("Date", "Airport", "Aircraft", "Species", "Dollars");
            for (Item<Strike> item : page.items()) {
                Strike strike = item.data();
                String airport =
                        strike.airport().map(Rn::get).map(Airport::name).orElse(strike.airportName());
                table.row(
                        strike.date(),
                        airport,
                        strike.aircraft(),
                        strike.species(),
                        strike.costs().total());
            }
            table.print(out);
            if (page.next().isEmpty()) {
                return;
            }
            page = expensive.page(PAGE, page.next().get());
        }
    }

    private void title(String text) {
        out.println();
        out.println(text);
        out.println();
    }
}
